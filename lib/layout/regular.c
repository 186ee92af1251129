/* SPDX-License-Identifier: MIT */
/*
 * Files that a parser would never finish: it reads a file whole, waits for a FIFO's writer, and
 * does not end with /dev/zero.  Reads none of them.
 */
#include "layout/regular.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/context.h"
#include "base/path.h"

/* Directories below each other; Xen's public headers have two. */
#define MOST_DEPTH 8

int fastabi_check_regular(struct fastabi_context *context, const struct fastabi_place *place,
                          const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return fastabi_report(context, FASTABI_DIAG_CANNOT_READ, place,
                              "this is not a regular file; copy what it has into one");
    if ((uintmax_t)status->st_size > context->limits.file_bytes)
        return fastabi_report(context, FASTABI_DIAG_FILE_TOO_LARGE, place,
                              "the file is larger than %zu bytes; divide it",
                              context->limits.file_bytes);
    return 0;
}

static bool is_header(const char *name)
{
    size_t length = strlen(name);

    return length > 2 && !strcmp(name + length - 2, ".h");
}

/* What cannot be looked at is the parser's to complain about, if it needs it. */
static int check_below(struct fastabi_context *context, struct fastabi_arena *arena,
                       const char *directory, unsigned int depth)
{
    DIR *stream = opendir(directory);
    const struct dirent *entry;
    int status = 0;

    while (stream && !status && (entry = readdir(stream))) {
        const char *path = fastabi_path_join(arena, directory, entry->d_name);
        const struct fastabi_place place = { path, 0, 0 };
        struct stat found;

        if (!path)
            status = -ENOMEM;
        else if (entry->d_name[0] == '.' || lstat(path, &found))
            continue;
        else if (S_ISDIR(found.st_mode) && depth < MOST_DEPTH)
            status = check_below(context, arena, path, depth + 1);
        else if (is_header(entry->d_name) && !stat(path, &found) && !S_ISDIR(found.st_mode))
            status = fastabi_check_regular(context, &place, &found);
    }
    if (stream)
        closedir(stream);
    return status;
}

int fastabi_check_headers(struct fastabi_context *context, struct fastabi_arena *arena,
                          const char *directory)
{
    return check_below(context, arena, directory, 0);
}
