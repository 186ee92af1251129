/* SPDX-License-Identifier: MIT */
/* A backend that is not ours: a checked copy, or its description.  Knows not where it is from. */
#ifndef FASTABI_LIB_PLUGIN_H
#define FASTABI_LIB_PLUGIN_H

#include <sys/types.h>

#include <fastabi/backend.h>

struct fastabi_plugin {
    struct fastabi_plugin *next;
    void *handle; /* of dlopen(); NULL: registered, or loaded in children only */
    char *path;   /* loaded in children only: the shared object; else NULL */
    dev_t device; /* of the shared object */
    ino_t inode;
    struct fastabi_backend backend;
    struct fastabi_backend_option *options;
    char *texts; /* of a description */
};

/*
 * A checked copy of a backend of the right version.  NULL: no memory, or what is wrong with it, in
 * *fault.
 */
struct fastabi_plugin *fastabi_plugin_copy(const struct fastabi_backend *backend,
                                           const char **fault);

void fastabi_plugin_free(struct fastabi_plugin *plugin);

/* Write all but the hooks of a backend; write is a fastabi_writer_flush_func. */
int fastabi_plugin_describe(const struct fastabi_backend *backend,
                            int (*write)(void *data, const char *bytes, size_t length), void *data);

/* Read that.  texts is malloced and becomes the plug-in's, also when it fails. */
struct fastabi_plugin *fastabi_plugin_read(char *texts, size_t length, const char **fault);

#endif
