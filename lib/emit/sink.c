/* SPDX-License-Identifier: MIT */
/*
 * Output files: streamed into temporaries beside their targets, compared on the way, renamed
 * together at the end.  Knows nothing of backends or of what is written.
 *
 * All or nothing: a target is replaced only when every file of the run is complete.  Renames
 * are not atomic together, so each replaced file is kept under a second link until the last
 * rename is done, and put back if one fails.  Nothing is synced to disk: like a compiler's, the
 * output can be made again.
 *
 * Standard output cannot be taken back, and is streamed, so that memory stays small.  All checks
 * of specifications and options come before the first byte; what is left to fail behind it is
 * a backend or the stream itself.  A device (/dev/null) or a pipe as target is streamed to as well.
 */
#include "emit/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "emit/target.h"

#define COMPARE_BUFFER ((size_t)64 << 10)
#define NAMES_TRIED    1000u /* of a temporary: a killed run may have left some */

struct sink_file {
    char *path;      /* as the caller named it */
    uint32_t flags;  /* FASTABI_FILE_* */
    char *owner;     /* what it is written for, or NULL */
    char *target;    /* the file to replace; NULL: verifying, or streamed to */
    char *temporary; /* the new content; NULL: there is none (any more) */
    char *backup;    /* second link to the old content; NULL: there is none */
    bool existed;
    bool is_stream; /* it existed, and is no regular file */
    bool replaced;
    mode_t mode; /* permissions of the target, if it existed */
};

struct fastabi_sink {
    struct fastabi_context *context;
    bool verify;
    bool differs; /* verify: a difference was reported */
    bool committed;
    int error;               /* the first one */
    unsigned int names_used; /* for temporaries and backups */
    struct sink_file *files;
    size_t count;
    size_t capacity;
    struct fastabi_folders folders; /* made for the files */

    /* The file that is open: standard output and nowhere are none. */
    struct sink_file *file;
    int fd;            /* where bytes go; -1: nowhere */
    int existing;      /* the target's content, as far as it was the same; or -1 */
    bool same;         /* so far */
    unsigned int line; /* verify: that the comparison got to */
    char *compare;     /* COMPARE_BUFFER bytes */
};

/* ---- errors ---- */

/*
 * Report that the system failed, and keep the error.  -EINVAL and -ENOTSUP mean something else
 * to our callers, so the system's become -EIO.
 */
static int fail(struct fastabi_sink *sink, const char *path, int error)
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

    sink->error = fastabi_report(sink->context, FASTABI_DIAG_OUTPUT_CLASH, &place,
                                 "would write '%s', as would %s", file->path,
                                 other->owner ? other->owner : "the same run");
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
    made->verify = verify;
    made->fd = -1;
    made->existing = -1;
    made->compare = compare;
    *sink = made;
    return 0;
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

static void remove_file(char **path)
{
    if (*path)
        unlink(*path);
    free(*path);
    *path = NULL;
}

static void close_descriptors(struct fastabi_sink *sink)
{
    if (sink->fd >= 0 && sink->fd != STDOUT_FILENO)
        close(sink->fd);
    if (sink->existing >= 0)
        close(sink->existing);
    sink->fd = -1;
    sink->existing = -1;
}

void fastabi_sink_free(struct fastabi_sink *sink)
{
    if (!sink)
        return;
    close_descriptors(sink);
    for (size_t i = 0; i < sink->count; i++) {
        remove_file(&sink->files[i].temporary);
        free(sink->files[i].path);
        free(sink->files[i].owner);
        free(sink->files[i].target);
        free(sink->files[i].backup);
    }
    if (sink->committed)
        fastabi_folders_keep(&sink->folders);
    else
        fastabi_folders_remove(&sink->folders);
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

/* Another file of this run with the same target; when verifying, the same path. */
static const struct sink_file *find_clash(const struct fastabi_sink *sink)
{
    const struct sink_file *file = sink->file;

    for (const struct sink_file *other = sink->files; other != file; other++) {
        if (file->target ? other->target && !strcmp(file->target, other->target)
                         : sink->verify && !strcmp(file->path, other->path))
            return other;
    }
    return NULL;
}

/* Open what stands at the path now: a file to compare with, or a device to stream to. */
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

/* A new name beside a target; call is tried with one after the other while they are taken. */
static int take_name(struct fastabi_sink *sink, const char *target, char **name,
                     int (*take)(const char *name, const char *target))
{
    for (unsigned int i = 0; i < NAMES_TRIED; i++) {
        int result;

        *name = fastabi_target_beside(target, sink->names_used++);
        if (!*name)
            return -ENOMEM;
        result = take(*name, target);
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

/* Permissions are 0666 less the umask, which the kernel applies: it cannot be read safely. */
static int create_temporary(const char *name, const char *target)
{
    (void)target;
    return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static int open_temporary(struct fastabi_sink *sink)
{
    struct sink_file *file = sink->file;
    const struct sink_file *other;
    int error = fastabi_target_resolve(file->path, &sink->folders, &file->target);

    if (error)
        return fail(sink, file->path, error);
    other = find_clash(sink);
    if (other)
        return report_clash(sink, file, other);
    sink->fd = take_name(sink, file->target, &file->temporary, create_temporary);
    if (sink->fd < 0) {
        error = sink->fd;
        sink->fd = -1;
        return fail(sink, file->path, error);
    }
    if (file->existed && fchmod(sink->fd, file->mode))
        return fail(sink, file->path, -errno);
    return 0;
}

int fastabi_sink_open(struct fastabi_sink *sink, const char *path, const char *owner)
{
    const struct sink_file *other;
    int error = fastabi_sink_close(sink);

    if (error)
        return error;
    sink->file = add_file(sink, path, owner);
    if (!sink->file)
        return fail(sink, path, -ENOMEM);
    sink->line = 1;
    sink->same = false;
    error = open_existing(sink);
    if (error)
        return fail(sink, path, error);
    if (sink->file->is_stream)
        return 0;
    if (!sink->verify)
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

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length) {
        struct pollfd ready = { .fd = fd, .events = POLLOUT };
        ssize_t written = write(fd, bytes, length);

        if (written >= 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) { /* somebody made standard output non-blocking */
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

/* Read length bytes, less only at the end of the file. */
static ssize_t read_all(int fd, char *bytes, size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t got = read(fd, bytes + done, length - done);

        if (got < 0 && errno != EINTR)
            return -errno;
        if (!got)
            break;
        if (got > 0)
            done += (size_t)got;
    }
    return (ssize_t)done;
}

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
    ssize_t got = read_all(sink->existing, sink->compare, length);
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

    if (sink->fd >= 0)
        error = write_all(sink->fd, bytes, length);
    while (!error && sink->existing >= 0 && length) {
        size_t some = length < COMPARE_BUFFER ? length : COMPARE_BUFFER;

        error = compare_some(sink, bytes, some);
        bytes += some;
        length -= some;
    }
    return error ? fail(sink, sink->file ? sink->file->path : "standard output", error) : 0;
}

/* ---- ending a file ---- */

/* The new file ended: so must the existing one. */
static int compare_end(struct fastabi_sink *sink)
{
    ssize_t got = read_all(sink->existing, sink->compare, 1);

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
        report_difference(sink, 0, "is missing");
    else if (sink->file->is_stream)
        report_difference(sink, 0, "is no regular file");
    else
        report_difference(sink, sink->line, "differs from what would be written");
}

int fastabi_sink_close(struct fastabi_sink *sink)
{
    struct sink_file *file = sink->file;
    int error = sink->error;

    if (!error && sink->existing >= 0) {
        error = compare_end(sink);
        if (error)
            error = fail(sink, file->path, error);
    }
    if (file && sink->fd >= 0) {
        int fd = sink->fd;

        sink->fd = -1;
        if (close(fd) && !error)
            error = fail(sink, file->path, -errno);
    }
    close_descriptors(sink);
    if (file && !error) {
        if (sink->verify)
            verify_file(sink);
        else if (sink->same)
            remove_file(&file->temporary);
    }
    sink->file = NULL;
    return error;
}

/* ---- putting files in place ---- */

static int link_backup(const char *name, const char *target)
{
    return link(target, name);
}

/* Keep the old content; where the file system has no links, by moving it away. */
static int keep_old(struct fastabi_sink *sink, struct sink_file *file)
{
    int error = take_name(sink, file->target, &file->backup, link_backup);

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
            return fail(sink, file->path, -EISDIR);
    }
    return 0;
}

static int replace_all(struct fastabi_sink *sink)
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
        error = fail(sink, sink->files[i].path, error);
        do {
            put_back(sink, &sink->files[i]);
        } while (i--);
        return error;
    }
    for (size_t i = 0; i < sink->count; i++)
        remove_file(&sink->files[i].backup);
    return 0;
}

int fastabi_sink_commit(struct fastabi_sink *sink)
{
    int error = fastabi_sink_close(sink);

    if (error)
        return error;
    if (sink->verify)
        return sink->differs ? -EINVAL : 0;
    error = replace_all(sink);
    sink->committed = !error;
    return error;
}
