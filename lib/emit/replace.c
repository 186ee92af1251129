/* SPDX-License-Identifier: MIT */
/*
 * Putting the files of a run in place: each replaced one is kept under a second link until the last
 * rename is done, and put back if one fails.  Knows nothing of how they were written.
 */
#include "emit/replace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "emit/sink-file.h"

static int link_backup(const char *name, const char *target)
{
    return link(target, name);
}

/* Keep the old content; where the file system has no links, by moving it away. */
static int keep_old(struct fastabi_sink *sink, struct sink_file *file)
{
    int error = fastabi_sink_take_name(sink, file->target, &file->backup, link_backup);

    if (!error || error == -ENOMEM || error == -ENOENT)
        return error == -ENOENT ? 0 : error;
    file->backup = fastabi_target_beside(file->target, sink->names_used++);
    if (!file->backup)
        return -ENOMEM;
    if (!rename(file->target, file->backup))
        return 0;
    error = -errno;
    free(file->backup);
    file->backup = NULL;
    return error;
}

/* Undo what was done to a file.  A backup that cannot be put back is left, and named. */
static void put_back(struct fastabi_sink *sink, struct sink_file *file)
{
    struct fastabi_place place = { .file = file->path };

    if (!file->backup) {
        if (file->replaced)
            unlink(file->target);
    } else if (rename(file->backup, file->target)) {
        fastabi_report(sink->context, FASTABI_DIAG_CANNOT_WRITE, &place,
                       "cannot be put back; its content is in '%s'", file->backup);
    } else {
        unlink(file->backup); /* two links to one file: rename() left both */
    }
    file->replaced = false;
}

static int replace(struct fastabi_sink *sink, struct sink_file *file, bool alone)
{
    int error;

    if (file->existed && !alone) {
        error = keep_old(sink, file);
        if (error)
            return error;
    }
    if (rename(file->temporary, file->target))
        return -errno;
    free(file->temporary);
    file->temporary = NULL;
    file->replaced = true;
    return 0;
}

/* What can be known to fail before anything is renamed. */
static int check_targets(struct fastabi_sink *sink, size_t *changed)
{
    struct stat status;

    *changed = 0;
    for (size_t i = 0; i < sink->count; i++) {
        struct sink_file *file = &sink->files[i];

        if (!file->temporary)
            continue;
        ++*changed;
        if (!lstat(file->target, &status) && S_ISDIR(status.st_mode))
            return fastabi_sink_fail(sink, file->path, -EISDIR);
    }
    return 0;
}

int fastabi_sink_replace_all(struct fastabi_sink *sink)
{
    size_t changed;
    int error = check_targets(sink, &changed);

    if (error)
        return error;
    for (size_t i = 0; i < sink->count; i++) {
        if (!sink->files[i].temporary)
            continue;
        error = replace(sink, &sink->files[i], changed == 1);
        if (!error)
            continue;
        error = fastabi_sink_fail(sink, sink->files[i].path, error);
        do {
            put_back(sink, &sink->files[i]);
        } while (i--);
        return error;
    }
    for (size_t i = 0; i < sink->count; i++)
        fastabi_sink_remove(&sink->files[i].backup);
    return 0;
}
