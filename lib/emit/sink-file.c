/* SPDX-License-Identifier: MIT */
/*
 * What the files of the sink share: errors, and names beside a target.  Knows nothing of content.
 */
#include "emit/sink-file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/diag.h"
#include "emit/litter.h"

#define NAMES_TRIED 1000u /* of a temporary: a killed run may have left some */

int fastabi_sink_fail(struct fastabi_sink *sink, const char *path, int error)
{
    if (error == -ENOMEM)
        fastabi_report_system(sink->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, error);
    else
        fastabi_report_system(sink->context, FASTABI_DIAG_CANNOT_WRITE, path, error);
    if (error == -EINVAL || error == -ENOTSUP)
        error = -EIO;
    if (!sink->error)
        sink->error = error;
    return error;
}

int fastabi_sink_take_name(struct fastabi_sink *sink, const struct sink_file *file, char **name,
                           int (*take)(const char *name, const struct sink_file *file))
{
    for (unsigned int i = 0; i < NAMES_TRIED; i++) {
        int result;

        *name = fastabi_target_beside(file->target, sink->names_used++);
        if (!*name || fastabi_litter_add(sink->litter, *name, false)) {
            free(*name);
            *name = NULL;
            return -ENOMEM;
        }
        result = take(*name, file);
        if (result >= 0)
            return result;
        result = -errno;
        free(*name);
        *name = NULL;
        if (result != -EEXIST)
            return result;
    }
    return -EEXIST;
}

void fastabi_sink_name_unnamed(int fd, char path[FASTABI_UNNAMED_SIZE])
{
    snprintf(path, FASTABI_UNNAMED_SIZE, "/proc/self/fd/%d", fd);
}

bool fastabi_sink_has_content(const struct sink_file *file)
{
    return file->temporary || file->unnamed >= 0;
}

int fastabi_sink_remove(char **path)
{
    int error = *path && unlink(*path) && errno != ENOENT ? -errno : 0;

    free(*path);
    *path = NULL;
    return error;
}
