/* SPDX-License-Identifier: MIT */
/* What the files of the sink share: the files of a run.  Knows nothing of what is written. */
#ifndef FASTABI_LIB_SINK_FILE_H
#define FASTABI_LIB_SINK_FILE_H

#include <sys/types.h>

#include "emit/sink.h"
#include "emit/target.h"

struct sink_file {
    char *path;      /* as the caller named it */
    uint32_t flags;  /* FASTABI_FILE_* */
    char *owner;     /* what it is written for, or NULL */
    char *target;    /* the file to replace; NULL: verifying, or streamed to */
    char *temporary; /* the new content; NULL: there is none (any more) */
    char *backup;    /* second link to the old content; NULL: there is none */
    bool existed;
    bool is_stream; /* it existed, and is not a regular file */
    bool replaced;
    mode_t mode;   /* permissions of the target, if it existed */
    char *content; /* in memory */
    size_t length; /* of the content */
    size_t capacity;
};

struct fastabi_sink {
    struct fastabi_context *context;
    bool verify;
    fastabi_file_func on_file; /* takes the files, which are kept in memory; NULL: none */
    void *data;
    bool differs; /* verify: a difference was reported */
    bool committed;
    int error;               /* the first one */
    unsigned int names_used; /* for temporaries and backups */
    struct sink_file *files;
    size_t count;
    size_t capacity;
    struct fastabi_directories directories; /* made for the files */

    /* The file that is open: standard output and nowhere are none. */
    struct sink_file *file;
    int fd;            /* where bytes go; -1: nowhere */
    int existing;      /* the target's content, as far as it was the same; or -1 */
    bool same;         /* so far */
    unsigned int line; /* verify: that the comparison got to */
    char *compare;     /* COMPARE_BUFFER bytes */
};

/*
 * Report that the system failed, and keep the error.  -EINVAL and -ENOTSUP mean something else
 * to our callers, so the system's become -EIO.
 */
int fastabi_sink_fail(struct fastabi_sink *sink, const char *path, int error);

/* A new name beside a target; call is tried with one after the other while they are taken. */
int fastabi_sink_take_name(struct fastabi_sink *sink, const char *target, char **name,
                           int (*take)(const char *name, const char *target));

/* Remove a file, and forget its path. */
void fastabi_sink_remove(char **path);

#endif
