/* SPDX-License-Identifier: MIT */
/*
 * Loading the module that reads headers: from FASTABI_MODULE_PATH, from beside the library (where
 * it was built, or installed), or from the compiled-in folder.  Knows nothing of what it does.
 */
#ifndef _GNU_SOURCE
# define _GNU_SOURCE /* dladdr */
#endif
#include "layout/module.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context.h"
#include "base/diag.h"

#define MODULE_NAME      "fastabi-layout-clang.so"
#define STRINGIFY_(text) #text
#define STRINGIFY(text)  STRINGIFY_(text)

static bool try_folder(const char *folder, size_t length, const char *below, char *path,
                       size_t size)
{
    int printed = snprintf(path, size, "%.*s%s/" MODULE_NAME, (int)length, folder, below);

    return length && printed > 0 && (size_t)printed < size && !access(path, R_OK);
}

static bool find_module(const struct fastabi_context *context, char *path, size_t size)
{
    const char *list = context->flags & FASTABI_CONTEXT_NO_ENV ? NULL
                                                               : getenv("FASTABI_MODULE_PATH");
    const char *slash;
    Dl_info info;

    while (list && *list) {
        size_t length = strcspn(list, ":");

        if (try_folder(list, length, "", path, size))
            return true;
        list += length + (list[length] == ':');
    }
    if (dladdr(STRINGIFY(FASTABI_MODULE_DIR), &info) && info.dli_fname) {
        slash = strrchr(info.dli_fname, '/');
        if (slash &&
            (try_folder(info.dli_fname, (size_t)(slash - info.dli_fname), "", path, size) ||
             try_folder(info.dli_fname, (size_t)(slash - info.dli_fname), "/fastabi", path, size)))
            return true;
    }
    return try_folder(FASTABI_MODULE_DIR, strlen(FASTABI_MODULE_DIR), "", path, size);
}

static int refuse(struct fastabi_context *context, const char *path, const char *text)
{
    struct fastabi_place place = { .file = path };

    fastabi_report(context, FASTABI_DIAG_NO_HEADER_READER, path ? &place : NULL, "%s", text);
    return -ENOTSUP;
}

int fastabi_layout_load_module(struct fastabi_context *context,
                               const struct fastabi_layout_provider **provider, void **handle)
{
    fastabi_layout_provider_func entry;
    const struct fastabi_layout_provider *found;
    char path[4096];
    const char *error;

    if (!find_module(context, path, sizeof(path)))
        return refuse(context, NULL,
                      "this installation cannot read headers: " MODULE_NAME
                      " is not there (it is built "
                      "where libclang is found); use a snapshot");
    *handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL); /* LLVM has symbols by the thousand */
    if (!*handle) {
        error = dlerror();
        return refuse(context, path, error ? error : "cannot be loaded");
    }
    *(void **)&entry = dlsym(*handle, STRINGIFY(FASTABI_LAYOUT_PROVIDER_ENTRY));
    found = entry ? entry() : NULL;
    if (found && found->version == FASTABI_LAYOUT_PROVIDER_VERSION &&
        found->size >= sizeof(*found)) {
        *provider = found;
        return 0;
    }
    return refuse(context, path,
                  found ? "is made for another version of the library"
                        : "is no module that reads headers");
}
