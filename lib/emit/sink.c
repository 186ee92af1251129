/* SPDX-License-Identifier: MIT */
/*
 * Output files: streamed into files without names, compared on the way, put in place together at
 * the end.  Knows nothing of backends or of what is written.
 *
 * All or nothing: a target is replaced only when every file of the run is complete.  A file without
 * a name is gone when we are, so nothing is left if we are killed.  Where there are none (the file
 * system does not have them, /proc is not there, or the files are many), it is a temporary beside
 * the target instead, which fastabi_context_abandon() knows of.  Nothing is synced to disk: like a
 * compiler's, the output can be made again.
 *
 * Standard output cannot be taken back, and is streamed, so that memory stays small.  All checks of
 * specifications and options come before the first byte; what is left to fail after it is a backend
 * or the stream itself.  A device (/dev/null) or a pipe as target is streamed to as well.
 */
#include "emit/in-memory.h"
#include "emit/litter.h"
#include "emit/replace.h"
#include "emit/sink-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"

#define COMPARE_BUFFER ((size_t)64 << 10)
#define UNNAMED_MOST   256u /* files that are kept open, and at most a quarter of the limit */

/* ---- errors ---- */

static int report_difference(struct fastabi_sink *sink, unsigned int line, const char *text)
{
    struct fastabi_place place = { .file = sink->file->path, .line = line };

    sink->differs = true;
    return fastabi_report(sink->context, FASTABI_DIAG_DIFFERS, &place, "%s", text);
}

static int report_clash(struct fastabi_sink *sink, const struct sink_file *file,
                        const struct sink_file *other)
{
    struct fastabi_place place = { .file = file->owner };

    sink->error = fastabi_report(
        sink->context, FASTABI_DIAG_OUTPUT_CLASH, &place,
        "would write '%s', as would %s; rename one, or generate them into two directories",
        file->path, other->owner ? other->owner : "the same run");
    return sink->error;
}

/* ---- the sink ---- */

int fastabi_sink_new(struct fastabi_context *context, bool verify, struct fastabi_sink **sink)
{
    struct fastabi_sink *made = calloc(1, sizeof(*made));
    char *compare = malloc(COMPARE_BUFFER);

    if (!made || !compare) {
        free(made);
        free(compare);
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    }
    made->context = context;
    made->litter = verify ? NULL : fastabi_litter_of(context);
    if (!made->litter && !verify) {
        free(made);
        free(compare);
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    }
    made->verify = verify;
    made->fd = -1;
    made->existing = -1;
    made->compare = compare;
    *sink = made;
    return 0;
}

void fastabi_sink_set_memory(struct fastabi_sink *sink, fastabi_file_func on_file, void *data)
{
    sink->on_file = on_file;
    sink->data = data;
}

size_t fastabi_sink_count(const struct fastabi_sink *sink)
{
    return sink->count;
}

const char *fastabi_sink_path(const struct fastabi_sink *sink, size_t i)
{
    return i < sink->count ? sink->files[i].path : NULL;
}

uint32_t fastabi_sink_flags(const struct fastabi_sink *sink, size_t i)
{
    return i < sink->count ? sink->files[i].flags : 0;
}

void fastabi_sink_set_flags(struct fastabi_sink *sink, uint32_t flags)
{
    if (sink->file)
        sink->file->flags = flags;
}

/* A file without a name stays open until it is in place. */
static void close_descriptors(struct fastabi_sink *sink)
{
    bool is_kept = sink->fd == STDOUT_FILENO || (sink->file && sink->fd == sink->file->unnamed);

    if (sink->fd >= 0 && !is_kept)
        close(sink->fd);
    if (sink->existing >= 0)
        close(sink->existing);
    sink->fd = -1;
    sink->existing = -1;
}

static void drop_unnamed(struct fastabi_sink *sink, struct sink_file *file)
{
    if (file->unnamed >= 0) {
        close(file->unnamed);
        sink->unnamed_count--;
    }
    file->unnamed = -1;
}

void fastabi_sink_free(struct fastabi_sink *sink)
{
    if (!sink)
        return;
    close_descriptors(sink);
    for (size_t i = 0; i < sink->count; i++) {
        drop_unnamed(sink, &sink->files[i]);
        fastabi_sink_remove(&sink->files[i].temporary);
        free(sink->files[i].base);
        free(sink->files[i].path);
        free(sink->files[i].owner);
        free(sink->files[i].target);
        free(sink->files[i].backup);
        fastabi_buffer_free(&sink->files[i].content);
    }
    if (sink->committed)
        fastabi_directories_keep(&sink->directories);
    else
        fastabi_directories_remove(&sink->directories);
    fastabi_litter_forget(sink->litter);
    free(sink->files);
    free(sink->compare);
    free(sink);
}

/* ---- starting a file ---- */

static struct sink_file *add_file(struct fastabi_sink *sink, const char *path, const char *owner)
{
    struct sink_file *file;

    if (sink->count == sink->capacity) {
        size_t capacity = sink->capacity ? 2 * sink->capacity : 16;
        struct sink_file *files = realloc(sink->files, capacity * sizeof(*files));

        if (!files)
            return NULL;
        sink->files = files;
        sink->capacity = capacity;
    }
    file = &sink->files[sink->count];
    memset(file, 0, sizeof(*file));
    file->unnamed = -1;
    file->path = strdup(path);
    file->owner = owner ? strdup(owner) : NULL;
    if (!file->path || (owner && !file->owner)) {
        free(file->path);
        free(file->owner);
        return NULL;
    }
    sink->count++;
    return file;
}

/* Another file of this run with the same target; when verifying and in memory, the same path. */
static const struct sink_file *find_clash(const struct fastabi_sink *sink)
{
    const struct sink_file *file = sink->file;

    for (const struct sink_file *other = sink->files; other != file; other++) {
        if (file->target ? other->target && !strcmp(file->target, other->target)
                         : (sink->verify || sink->on_file) && !strcmp(file->path, other->path))
            return other;
    }
    return NULL;
}

/* Open what is at the path now: a file to compare with, or a device to stream to. */
static int open_existing(struct fastabi_sink *sink)
{
    struct sink_file *file = sink->file;
    struct stat status;

    if (stat(file->path, &status))
        return errno == ENOENT ? 0 : -errno;
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    file->existed = true;
    file->mode = status.st_mode & 0777;
    if (S_ISREG(status.st_mode)) {
        sink->existing = open(file->path, O_RDONLY | O_CLOEXEC);
        sink->same = sink->existing >= 0;
        return sink->same ? 0 : -errno;
    }
    file->is_stream = true;
    if (sink->verify)
        return 0;
    sink->fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return sink->fd < 0 ? -errno : 0;
}

/* Permissions are 0666 less the umask, which the kernel applies: it cannot be read safely. */
static int create_temporary(const char *name, const struct sink_file *file)
{
    (void)file;
    return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static int open_named(struct fastabi_sink *sink)
{
    struct sink_file *file = sink->file;
    int error = fastabi_directories_make(&sink->directories, file->base, file->target,
                                         sink->litter);

    if (error)
        return error;
    sink->fd = fastabi_sink_take_name(sink, file, &file->temporary, create_temporary);
    if (sink->fd >= 0)
        return 0;
    error = sink->fd;
    sink->fd = -1;
    return error;
}

static bool may_keep_open(const struct fastabi_sink *sink)
{
    struct rlimit limit;

    return sink->unnamed_count < UNNAMED_MOST &&
           (getrlimit(RLIMIT_NOFILE, &limit) || sink->unnamed_count < limit.rlim_cur / 4);
}

/* A file without a name, on the file system of the target.  false: there is none. */
static bool open_unnamed(struct fastabi_sink *sink)
{
#ifdef O_TMPFILE
    struct sink_file *file = sink->file;
    char path[FASTABI_UNNAMED_SIZE];
    int fd = may_keep_open(sink) ? open(file->base, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666) : -1;

    if (fd < 0)
        return false;
    fastabi_sink_name_unnamed(fd, path);
    if (access(path, F_OK)) {
        close(fd);
        return false;
    }
    sink->fd = file->unnamed = fd;
    sink->unnamed_count++;
    return true;
#else
    (void)sink;
    (void)may_keep_open;
    return false;
#endif
}

static int open_temporary(struct fastabi_sink *sink)
{
    struct sink_file *file = sink->file;
    const struct sink_file *other;
    int error = fastabi_target_resolve(file->path, &file->target, &file->base);

    if (error)
        return fastabi_sink_fail(sink, file->path, error);
    other = find_clash(sink);
    if (other)
        return report_clash(sink, file, other);
    error = open_unnamed(sink) ? 0 : open_named(sink);
    if (!error && file->existed && fchmod(sink->fd, file->mode))
        error = -errno;
    return error ? fastabi_sink_fail(sink, file->path, error) : 0;
}

int fastabi_sink_open(struct fastabi_sink *sink, const char *path, const char *owner)
{
    const struct sink_file *other;
    int error = fastabi_sink_close(sink);

    if (error)
        return error;
    sink->file = add_file(sink, path, owner);
    if (!sink->file)
        return fastabi_sink_fail(sink, path, -ENOMEM);
    sink->line = 1;
    sink->same = false;
    error = sink->on_file ? 0 : open_existing(sink);
    if (error)
        return fastabi_sink_fail(sink, path, error);
    if (sink->file->is_stream)
        return 0;
    if (!sink->verify && !sink->on_file)
        return open_temporary(sink);
    other = find_clash(sink);
    return other ? report_clash(sink, sink->file, other) : 0;
}

int fastabi_sink_open_nowhere(struct fastabi_sink *sink)
{
    return fastabi_sink_close(sink);
}

int fastabi_sink_open_stdout(struct fastabi_sink *sink)
{
    int error = fastabi_sink_close(sink);

    if (!error)
        sink->fd = STDOUT_FILENO;
    return error;
}

/* ---- writing and comparing ---- */

static void stop_comparing(struct fastabi_sink *sink)
{
    close(sink->existing);
    sink->existing = -1;
    sink->same = false;
}

static unsigned int count_newlines(const char *bytes, size_t length)
{
    unsigned int count = 0;

    for (size_t i = 0; i < length; i++)
        count += bytes[i] == '\n';
    return count;
}

/* Compare new bytes, at most COMPARE_BUFFER, with the next of the existing file. */
static int compare_some(struct fastabi_sink *sink, const char *bytes, size_t length)
{
    ssize_t got = fastabi_read_all(sink->existing, sink->compare, length);
    size_t equal = 0;

    if (got < 0)
        return (int)got;
    if ((size_t)got == length && !memcmp(bytes, sink->compare, length)) {
        if (sink->verify)
            sink->line += count_newlines(bytes, length);
        return 0;
    }
    while (equal < (size_t)got && bytes[equal] == sink->compare[equal])
        equal++;
    sink->line += count_newlines(bytes, equal);
    stop_comparing(sink);
    return 0;
}

int fastabi_sink_write(void *data, const char *bytes, size_t length)
{
    struct fastabi_sink *sink = data;
    int error = 0;

    if (sink->on_file && sink->file)
        error = fastabi_sink_keep(sink, bytes, length);
    else if (sink->fd >= 0)
        error = fastabi_write_all(sink->fd, bytes, length);
    while (!error && sink->existing >= 0 && length) {
        size_t some = length < COMPARE_BUFFER ? length : COMPARE_BUFFER;

        error = compare_some(sink, bytes, some);
        bytes += some;
        length -= some;
    }
    return error ? fastabi_sink_fail(sink, sink->file ? sink->file->path : "<stdout>", error) : 0;
}

/* ---- ending a file ---- */

/* The new file ended: so must the existing one. */
static int compare_end(struct fastabi_sink *sink)
{
    ssize_t got = fastabi_read_all(sink->existing, sink->compare, 1);

    if (got < 0)
        return (int)got;
    if (got)
        stop_comparing(sink);
    return 0;
}

static void verify_file(struct fastabi_sink *sink)
{
    if (sink->same)
        return;
    if (!sink->file->existed)
        report_difference(sink, 0, "is missing; generate it without --verify");
    else if (sink->file->is_stream)
        report_difference(sink, 0, "is not a regular file; generate to another path");
    else
        report_difference(sink, sink->line,
                          "differs from what would be written; generate it again without --verify");
}

/* The file is as it was. */
static int drop_content(struct fastabi_sink *sink, struct sink_file *file)
{
    int error;

    drop_unnamed(sink, file);
    error = fastabi_sink_remove(&file->temporary);
    return error ? fastabi_sink_fail(sink, file->path, error) : 0;
}

int fastabi_sink_close(struct fastabi_sink *sink)
{
    struct sink_file *file = sink->file;
    int error = sink->error;

    if (!error && sink->existing >= 0) {
        error = compare_end(sink);
        if (error)
            error = fastabi_sink_fail(sink, file->path, error);
    }
    if (file && sink->fd >= 0 && sink->fd != file->unnamed) {
        int fd = sink->fd;

        sink->fd = -1;
        if (close(fd) && !error)
            error = fastabi_sink_fail(sink, file->path, -errno);
    }
    close_descriptors(sink);
    if (file && !error) {
        if (sink->verify)
            verify_file(sink);
        else if (sink->same)
            error = drop_content(sink, file);
    }
    sink->file = NULL;
    return error;
}

/* ---- the end ---- */

int fastabi_sink_commit(struct fastabi_sink *sink)
{
    int error = fastabi_sink_close(sink);

    if (error)
        return error;
    if (sink->verify)
        return sink->differs ? -EINVAL : 0;
    error = sink->on_file ? fastabi_sink_hand_over(sink) : fastabi_sink_replace_all(sink);
    sink->committed = !error;
    return error;
}
