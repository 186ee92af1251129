/* SPDX-License-Identifier: MIT */
/*
 * Where the loaded libclang has the compiler's own headers.  libclang looks for them from the path
 * that it was loaded by, which may lack a directory: then it would take what the working directory
 * has.  Knows nothing of requests.
 */
#include <ctype.h>
#include <dlfcn.h>
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

/* The headers of that version there, if there are any, malloced. */
static char *try_directory(const char *library, const char *place, const char *version)
{
    int length = (int)(strrchr(library, '/') - library);
    char *directory = NULL, *header = NULL;
    bool is_there = false;

    if (asprintf(&directory, "%.*s%s/%s/include", length, library, place, version) < 0)
        return NULL;
    if (asprintf(&header, "%s/stddef.h", directory) >= 0) {
        is_there = !access(header, R_OK);
        free(header);
    }
    if (is_there)
        return directory;
    free(directory);
    return NULL;
}

char *clang_find_resources(void)
{
    /* beside the library; in its prefix; as Debian has them: llvm-14/lib/clang and clang */
    static const char *const places[] = { "/clang", "/../lib/clang", "/../clang" };
    char version[32], *library, *found = NULL;
    Dl_info info;

    if (!dladdr((void *)(uintptr_t)clang_createIndex, &info) || !info.dli_fname)
        return NULL;
    library = realpath(info.dli_fname, NULL);
    for (int whole = 1; library && whole >= 0 && !found; whole--) {
        read_version(version, sizeof(version), whole);
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !found; i++)
            found = try_directory(library, places[i], version);
    }
    free(library);
    return found;
}
