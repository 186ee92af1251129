/* SPDX-License-Identifier: MIT */
/*
 * Where the loaded libclang has the compiler's own headers.  libclang looks for them from the path
 * that it was loaded by, which may lack a directory: then it would take what the working directory
 * has.  Knows nothing of requests.
 */
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "layout/clang.h"

/* "14.0.6" of "Debian clang version 14.0.6", or its first number; "": it says none. */
static void read_version(char *version, size_t size, bool is_whole)
{
    CXString said = clang_getClangVersion();
    const char *text = clang_getCString(said);
    size_t length;

    while (*text && !isdigit((unsigned char)*text))
        text++;
    length = strspn(text, is_whole ? "0123456789." : "0123456789");
    snprintf(version, size, "%.*s", (int)length, text);
    clang_disposeString(said);
}

/* The headers of that version there, if there are any, malloced.  0 or -ENOMEM. */
static int try_directory(const char *library, const char *place, const char *version,
                         const char **found)
{
    int length = (int)(strrchr(library, '/') - library);
    char *directory = NULL, *header = NULL;

    if (asprintf(&directory, "%.*s%s/%s/include", length, library, place, version) < 0)
        return -ENOMEM;
    if (asprintf(&header, "%s/stddef.h", directory) < 0) {
        free(directory);
        return -ENOMEM;
    }
    if (!access(header, R_OK))
        *found = directory;
    else
        free(directory);
    free(header);
    return 0;
}

/* Fill a zeroed struct.  0 or -ENOMEM. */
static int look(struct clang_resources *found)
{
    /* beside the library; in its prefix; as Debian has them: llvm-14/lib/clang and clang */
    static const char *const places[] = { "/clang", "/../lib/clang", "/../clang" };
    char version[32];
    int status = 0;
    Dl_info info;

    if (!dladdr((void *)(uintptr_t)clang_createIndex, &info) || !info.dli_fname)
        return 0;
    found->library = realpath(info.dli_fname, NULL);
    if (!found->library)
        return errno == ENOMEM ? -ENOMEM : 0;
    for (int whole = 1; whole >= 0; whole--) {
        read_version(version, sizeof(version), whole);
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
            if (!status && !found->directory)
                status = try_directory(found->library, places[i], version, &found->directory);
        }
    }
    return status;
}

int clang_find_resources(struct clang_resources *found)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct clang_resources resources;
    static bool is_known; /* what is found stays, as the module does */
    int status = 0;

    pthread_mutex_lock(&mutex);
    if (!is_known) {
        status = look(&resources);
        is_known = !status;
        if (status) {
            free((char *)resources.library);
            resources = (struct clang_resources){ NULL, NULL };
        }
    }
    *found = resources;
    pthread_mutex_unlock(&mutex);
    return status;
}
