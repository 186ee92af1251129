/* SPDX-License-Identifier: MIT */
/*
 * Putting the files of a run in place: each replaced one is kept under a second link until the last
 * rename is done, and put back if one fails.  Knows nothing of how they were written.
 */
#include "emit/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "emit/shelter.h"
#include "emit/sink-file.h"

static int link_backup(const char *name, const struct sink_file *file)
{
    return link(file->target, name);
}

/* Keep the old content; where the file system has no links, by moving it away. */
static int keep_old(struct fastabi_sink *sink, struct sink_file *file)
{
    int error = fastabi_sink_take_name(sink, file, &file->backup, link_backup);

    if (!error || error == -ENOMEM || error == -ENOENT)
        return error == -ENOENT ? 0 : error;
    file->backup = fastabi_target_beside(file->target, sink->names_used++);
    if (!file->backup)
        return -ENOMEM;
    file->is_away = !rename(file->target, file->backup);
    if (file->is_away)
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
    } else if (!file->replaced && !file->is_away) {
        if (unlink(file->backup))
            fastabi_report(sink->context, FASTABI_DIAG_CANNOT_WRITE, &place,
                           "is as it was, but has a second name; remove '%s'", file->backup);
    } else if (rename(file->backup, file->target)) {
        fastabi_report(sink->context, FASTABI_DIAG_CANNOT_WRITE, &place,
                       "cannot be put back; its content is in '%s'", file->backup);
    }
    free(file->backup);
    file->backup = NULL;
    file->replaced = false;
}

/* Give a file without a name its name, or one beside that. */
static int link_unnamed(const char *name, const struct sink_file *file)
{
    char path[FASTABI_UNNAMED_SIZE];

    fastabi_sink_name_unnamed(file->unnamed, path);
    return linkat(AT_FDCWD, path, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

/* *is_done: it is in place.  Otherwise the name that it got has to be changed. */
static int name_unnamed(struct fastabi_sink *sink, struct sink_file *file, bool *is_done)
{
    int error;

    *is_done = false;
    if (!file->existed) {
        error = link_unnamed(file->target, file) ? -errno : 0;
        *is_done = !error;
        if (error != -EEXIST)
            return error;
    }
    error = fastabi_sink_take_name(sink, file, &file->temporary, link_unnamed);
    return error < 0 ? error : 0;
}

static int replace(struct fastabi_sink *sink, struct sink_file *file, bool alone)
{
    bool is_done = false;
    int error = 0;

    if (file->unnamed >= 0)
        error = fastabi_directories_make(&sink->directories, file->base, file->target, NULL);
    if (!error && file->existed && !alone)
        error = keep_old(sink, file);
    if (!error && file->unnamed >= 0)
        error = name_unnamed(sink, file, &is_done);
    if (!error && !is_done && rename(file->temporary, file->target))
        error = -errno;
    if (error)
        return error;
    free(file->temporary);
    file->temporary = NULL;
    file->replaced = true;
    return 0;
}

/* What can be known to fail before anything is renamed. */
static int check_targets(struct fastabi_sink *sink)
{
    struct stat status;

    for (size_t i = 0; i < sink->count; i++) {
        struct sink_file *file = &sink->files[i];

        if (fastabi_sink_has_content(file) && !lstat(file->target, &status) &&
            S_ISDIR(status.st_mode))
            return fastabi_sink_fail(sink, file->path, -EISDIR);
    }
    return 0;
}

static size_t count_changed(const struct fastabi_sink *sink)
{
    size_t count = 0;

    for (size_t i = 0; i < sink->count; i++)
        count += fastabi_sink_has_content(&sink->files[i]);
    return count;
}

/* One backup that cannot be removed is named; the files are all in place. */
static int remove_backups(struct fastabi_sink *sink)
{
    int error = 0;

    for (size_t i = 0; i < sink->count; i++) {
        struct sink_file *file = &sink->files[i];

        struct fastabi_place place = { .file = file->path };

        if (file->backup && unlink(file->backup)) {
            error = -errno;
            fastabi_report(sink->context, FASTABI_DIAG_CANNOT_WRITE, &place,
                           "is written, but its old content is still there; remove '%s'",
                           file->backup);
        }
        free(file->backup);
        file->backup = NULL;
    }
    return error;
}

/* A function for fastabi_shelter(). */
static int replace_all(void *data)
{
    struct fastabi_sink *sink = data;
    bool alone = count_changed(sink) == 1;

    for (size_t i = 0; i < sink->count; i++) {
        int error;

        if (!fastabi_sink_has_content(&sink->files[i]))
            continue;
        error = replace(sink, &sink->files[i], alone);
        if (!error)
            continue;
        error = fastabi_sink_fail(sink, sink->files[i].path, error);
        do {
            put_back(sink, &sink->files[i]);
            fastabi_sink_remove(&sink->files[i].temporary);
        } while (i--);
        fastabi_directories_remove(&sink->directories);
        return error;
    }
    return remove_backups(sink);
}

/* Whether a kill in the middle of it could be seen: it is more than one call of the system. */
static bool is_long(const struct fastabi_sink *sink)
{
    for (size_t i = 0; i < sink->count; i++) {
        const struct sink_file *file = &sink->files[i];

        if (file->unnamed >= 0 && (file->existed || access(file->target, F_OK) == 0 ||
                                   !fastabi_target_is_in(file->target, file->base)))
            return true;
    }
    return count_changed(sink) > 1;
}

int fastabi_sink_replace_all(struct fastabi_sink *sink)
{
    int error = check_targets(sink);

    if (error || !count_changed(sink))
        return error;
    error = fastabi_shelter(sink->context, replace_all, sink, is_long(sink));
    if (error && !sink->error)
        sink->error = error;
    return error;
}
