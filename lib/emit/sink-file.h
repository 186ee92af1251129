/* SPDX-License-Identifier: MIT */
/* What the files of the sink share: the files of a run.  Knows nothing of what is written. */
#ifndef FASTABI_LIB_SINK_FILE_H
#define FASTABI_LIB_SINK_FILE_H

#include <sys/types.h>

#include "base/buffer.h"
#include "emit/sink.h"
#include "emit/target.h"

struct sink_file {
    char *path;      /* as the caller named it */
    uint32_t flags;  /* FASTABI_FILE_* */
    char *owner;     /* what it is written for, or NULL */
    char *target;    /* the file to replace; NULL: verifying, or streamed to */
    char *base;      /* the directory nearest to it that existed */
    int unnamed;     /* the new content, in a file without a name; or -1 */
    char *temporary; /* the new content, or a name that it had; NULL: there is none (any more) */
    char *backup;    /* the old content; NULL: there is none */
    bool existed;
    bool is_stream; /* it existed, and is not a regular file */
    bool replaced;
    bool is_away;                  /* backup is the old file itself, not a second link to it */
    mode_t mode;                   /* permissions of the target, if it existed */
    struct fastabi_buffer content; /* in memory */
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
    struct fastabi_litter *litter;          /* what a signal handler has to remove */
    size_t unnamed_count;                   /* files that are kept open */

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

/*
 * A new name beside the target of a file: take is tried with one after the other while they are
 * taken.
 */
int fastabi_sink_take_name(struct fastabi_sink *sink, const struct sink_file *file, char **name,
                           int (*take)(const char *name, const struct sink_file *file));

#define FASTABI_UNNAMED_SIZE 32

/* The name of a file without one, for linkat(). */
void fastabi_sink_name_unnamed(int fd, char path[FASTABI_UNNAMED_SIZE]);

/* Whether there is new content for a file. */
bool fastabi_sink_has_content(const struct sink_file *file);

/* Remove a file, and forget its path.  0 or a negative errno. */
int fastabi_sink_remove(char **path);

#endif
