/* SPDX-License-Identifier: MIT */
/*
 * Loading the module that reads headers: from FASTABI_MODULE_PATH, from beside the library (where
 * it was built, or installed), or from the compiled-in directory.  Knows nothing of what it does.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr */
#endif
#include "layout/module.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/c-locale.h"
#include "base/context.h"
#include "base/diag.h"
#include "base/path.h"

#define MODULE_NAME      "fastabi-layout-clang.so"
#define STRINGIFY_(text) #text
#define STRINGIFY(text)  STRINGIFY_(text)

/* The module in a directory, in the arena; *found NULL: it is not there.  0 or -ENOMEM. */
static int try_directory(struct fastabi_arena *arena, const char *directory, const char **found)
{
    const char *path = fastabi_path_join(arena, directory, MODULE_NAME);

    if (!path)
        return -ENOMEM;
    *found = access(path, R_OK) ? NULL : path;
    return 0;
}

/* Beside the library, where it was built or installed. */
static int try_own_directory(struct fastabi_arena *arena, const char **found)
{
    const char *directory;
    Dl_info info;
    int status;

    if (!dladdr(STRINGIFY(FASTABI_MODULE_DIR), &info) || !info.dli_fname ||
        !strchr(info.dli_fname, '/'))
        return 0;
    directory = fastabi_arena_copy(arena, info.dli_fname,
                                   (size_t)(strrchr(info.dli_fname, '/') - info.dli_fname) + 1);
    status = directory ? try_directory(arena, directory, found) : -ENOMEM;
    if (status || *found)
        return status;
    directory = fastabi_path_join(arena, directory, "fastabi");
    return directory ? try_directory(arena, directory, found) : -ENOMEM;
}

static int find_module(const struct fastabi_context *context, struct fastabi_arena *arena,
                       const char **found)
{
    const char *list = context->flags & FASTABI_CONTEXT_NO_ENV ? NULL
                                                               : getenv("FASTABI_MODULE_PATH");
    int status = 0;

    *found = NULL;
    while (list && *list && !status && !*found) {
        const char *directory = fastabi_path_next(arena, &list);

        if (directory)
            status = try_directory(arena, directory, found);
        else if (*list)
            status = -ENOMEM;
    }
    if (!status && !*found)
        status = try_own_directory(arena, found);
    if (!status && !*found)
        status = try_directory(arena, FASTABI_MODULE_DIR, found);
    return status;
}

static int refuse(struct fastabi_context *context, const char *path, const char *text)
{
    struct fastabi_place place = { .file = path };

    fastabi_report(context, FASTABI_DIAG_NO_HEADER_READER, path ? &place : NULL, "%s", text);
    return -ENOTSUP;
}

static int load(struct fastabi_context *context, const char *path,
                const struct fastabi_layout_provider **provider, void **handle)
{
    fastabi_layout_provider_func entry;
    const struct fastabi_layout_provider *found;
    struct fastabi_c_locale locale;
    const char *error;

    *handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL); /* LLVM has symbols by the thousand */
    if (!*handle) {
        fastabi_c_locale_enter(&locale);
        error = dlerror();
        fastabi_c_locale_leave(&locale);
        fastabi_report(context, FASTABI_DIAG_NO_HEADER_READER, NULL, "%s; install it again",
                       error ? error : "the module that reads headers cannot be loaded");
        return -ENOTSUP;
    }
    *(void **)&entry = dlsym(*handle, STRINGIFY(FASTABI_LAYOUT_PROVIDER_ENTRY));
    found = entry ? entry() : NULL;
    if (found && found->version == FASTABI_LAYOUT_PROVIDER_VERSION &&
        found->size >= sizeof(*found)) {
        *provider = found;
        return 0;
    }
    return refuse(
        context, path,
        found
            ? "is made for another version of the library; install those that belong together"
            : "is not a module that reads headers; name another directory in FASTABI_MODULE_PATH");
}

int fastabi_layout_load_module(struct fastabi_context *context,
                               const struct fastabi_layout_provider **provider, void **handle)
{
    struct fastabi_arena arena = { 0 };
    const char *path;
    int status = find_module(context, &arena, &path);

    if (!status && path)
        status = load(context, path, provider, handle);
    else if (!status)
        status = refuse(context, NULL,
                        "this installation cannot read headers: " MODULE_NAME
                        " is not there; install it (it is built "
                        "where libclang is found), or use a snapshot");
    fastabi_arena_free(&arena);
    return status;
}
