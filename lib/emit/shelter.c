/* SPDX-License-Identifier: MIT */
/*
 * Work that is done to its end although this process is killed meanwhile.  Knows nothing of the
 * work.
 *
 * Nothing blocks SIGKILL, so a child does what must not end in the middle.  It is in a session of
 * its own, where signals to our process group do not reach it.  It lives for as long as a few
 * renames take.
 */
#include "emit/shelter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/context.h"
#include "base/diag.h"
#include "base/io.h"

#define TEXT_MOST 8192u /* bytes of a file's name, or of a message */

/* What goes through the pipe.  id 0: the end, and line is the errno. */
struct record {
    unsigned int id, line, column;
    size_t file_size; /* with its NUL; 0: NULL */
    size_t message_size;
};

/* ---- in the child ---- */

static size_t measure(const char *text)
{
    return text ? strnlen(text, TEXT_MOST - 1) + 1 : 0;
}

/* A fastabi_diag_func.  If nobody listens any more, the work goes on. */
static void send_diag(const struct fastabi_diag *diag, void *data)
{
    const int *fd = data;
    struct record record = {
        .id = diag->id,
        .line = diag->line,
        .column = diag->column,
        .file_size = measure(diag->file),
        .message_size = measure(diag->message),
    };

    fastabi_write_all(*fd, &record, sizeof(record));
    if (diag->file)
        fastabi_write_all(*fd, diag->file, record.file_size);
    fastabi_write_all(*fd, diag->message, record.message_size);
}

static _Noreturn void run_child(struct fastabi_context *context, int fd, int (*work)(void *data),
                                void *data)
{
    struct record end = { .id = 0 };

    setsid();
    context->on_diag = send_diag;
    context->data = &fd;
    end.line = (unsigned int)-work(data);
    fastabi_write_all(fd, &end, sizeof(end));
    _exit(EXIT_SUCCESS);
}

/* ---- in the parent ---- */

static bool receive(int fd, void *bytes, size_t length)
{
    return fastabi_read_all(fd, bytes, length) == (ssize_t)length;
}

static bool receive_text(int fd, char text[TEXT_MOST], size_t size)
{
    text[0] = '\0';
    if (size > TEXT_MOST || !receive(fd, text, size))
        return false;
    if (size)
        text[size - 1] = '\0';
    return true;
}

/* Until the child's last record.  false: there was none. */
static bool take_records(struct fastabi_context *context, int fd, int *error)
{
    char file[TEXT_MOST], message[TEXT_MOST];
    struct record record;

    while (receive(fd, &record, sizeof(record))) {
        struct fastabi_place place = { .line = record.line, .column = record.column };

        if (!record.id) {
            *error = -(int)record.line;
            return true;
        }
        if (!receive_text(fd, file, record.file_size) ||
            !receive_text(fd, message, record.message_size))
            return false;
        place.file = record.file_size ? file : NULL;
        fastabi_report(context, (enum fastabi_diag_id)record.id, &place, "%s", message);
    }
    return false;
}

static int run_sheltered(struct fastabi_context *context, int (*work)(void *data), void *data)
{
    int ends[2], status, error = 0;
    bool is_done;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC))
        return fastabi_report_system(context, FASTABI_DIAG_NO_PROCESS, NULL, -errno);
    child = fork();
    if (!child)
        run_child(context, ends[1], work, data);
    if (child < 0)
        error = fastabi_report_system(context, FASTABI_DIAG_NO_PROCESS, NULL, -errno);
    close(ends[1]);
    is_done = child > 0 && take_records(context, ends[0], &error);
    close(ends[0]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (child < 0 || is_done)
        return error;
    fastabi_report(context, FASTABI_DIAG_CANNOT_WRITE, NULL,
                   "the process that puts files in place was killed, and some of them may be old; "
                   "start again");
    return -EIO;
}

int fastabi_shelter(struct fastabi_context *context, int (*work)(void *data), void *data,
                    bool is_long)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (is_long && context->flags & FASTABI_CONTEXT_FINISH)
        error = run_sheltered(context, work, data);
    else
        error = work(data);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}
