/* SPDX-License-Identifier: MIT */
/*
 * Runs plug-in code in a child process.  The child runs it on its copy of everything and sends
 * what it writes, opens and reports over a socket, a message a packet; the parent does what was
 * asked.  Files are the parent's alone, so a child that dies leaves none.
 *
 * Not a pipe: a packet is read whole or not at all, and send() can do without SIGPIPE.
 */
#include "emit/isolate.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/context.h"
#include "base/diag.h"

#define PAYLOAD   ((size_t)32 << 10) /* most bytes of a message */
#define PATH_MOST 4000u
#define PATIENCE  100 /* ms between two looks whether a silent child lives */

enum kind { KIND_OPEN, KIND_WRITE, KIND_DIAG, KIND_END };

struct message {
    uint32_t kind;
    uint32_t numbers[3];
    char payload[PAYLOAD]; /* as much of it as the packet is long */
};

#define HEADER offsetof(struct message, payload)

struct fastabi_channel {
    int fd;
    pid_t child;            /* at the other end, or this process */
    struct message message; /* being sent, or received */
};

/* ---- in the child ---- */

/*
 * A process that a hook forked must not speak in the child's place, and nobody goes on without a
 * parent.
 */
static int send_message(struct fastabi_channel *channel, enum kind kind, size_t payload)
{
    ssize_t sent;

    if (getpid() != channel->child)
        _exit(EXIT_FAILURE);
    channel->message.kind = kind;
    do {
        sent = send(channel->fd, &channel->message, HEADER + payload, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0 && errno == EPIPE)
        _exit(EXIT_FAILURE);
    return sent < 0 ? -errno : 0;
}

/* Append a string with its end to a payload; one that is too long is cut. */
static size_t put_string(struct fastabi_channel *channel, size_t used, const char *text)
{
    size_t length = strnlen(text, PATH_MOST);

    memcpy(channel->message.payload + used, text, length);
    channel->message.payload[used + length] = '\0';
    return used + length + 1;
}

int fastabi_channel_open(struct fastabi_channel *channel, uint32_t tag, const char *path,
                         uint32_t flags)
{
    if (strnlen(path, PATH_MOST + 1) > PATH_MOST)
        return -ENAMETOOLONG;
    channel->message.numbers[0] = tag;
    channel->message.numbers[1] = flags;
    return send_message(channel, KIND_OPEN, put_string(channel, 0, path));
}

int fastabi_channel_write(void *data, const char *bytes, size_t length)
{
    struct fastabi_channel *channel = data;
    int error = 0;

    while (length && !error) {
        size_t some = length < PAYLOAD ? length : PAYLOAD;

        memcpy(channel->message.payload, bytes, some);
        error = send_message(channel, KIND_WRITE, some);
        bytes += some;
        length -= some;
    }
    return error;
}

/* A fastabi_diag_func: what the child reports is the parent's to print or keep. */
static void forward_diag(const struct fastabi_diag *diag, void *data)
{
    struct fastabi_channel *channel = data;
    size_t used = put_string(channel, 0, diag->file ? diag->file : "");

    channel->message.numbers[0] = diag->id;
    channel->message.numbers[1] = diag->line;
    channel->message.numbers[2] = diag->column;
    send_message(channel, KIND_DIAG, put_string(channel, used, diag->message));
}

static void drop_diag(const struct fastabi_diag *diag, void *data)
{
    (void)diag;
    (void)data;
}

/* Nothing of the parent's is undone here: no exit handlers, no buffers of standard streams. */
static _Noreturn void run_child(struct fastabi_context *context,
                                const struct fastabi_isolation *isolation,
                                struct fastabi_channel *channel)
{
    int error;

    channel->child = getpid();
    context->on_diag = forward_diag;
    context->data = channel;
    error = isolation->run(isolation->data, channel);
    channel->message.numbers[0] = (uint32_t)-error;
    _exit(send_message(channel, KIND_END, 0) ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* ---- in the parent ---- */

static int report_diag(struct fastabi_context *context, const struct message *message)
{
    const char *file = message->payload;
    struct fastabi_place place = {
        .file = *file ? file : NULL,
        .line = message->numbers[1],
        .column = message->numbers[2],
    };

    fastabi_report(context, (enum fastabi_diag_id)message->numbers[0], &place, "%s",
                   file + strlen(file) + 1);
    return 0;
}

/* Whether a payload is made of that many strings: a corrupted child may send anything. */
static bool has_strings(const struct message *message, size_t length, unsigned int count)
{
    for (size_t i = 0; i < length; i++)
        count -= !message->payload[i] && count;
    return !count && length && !message->payload[length - 1];
}

static int do_message(struct fastabi_context *context, const struct fastabi_isolation *isolation,
                      const struct message *message, size_t length)
{
    if (message->kind == KIND_WRITE)
        return isolation->on_write(isolation->data, message->payload, length);
    if (message->kind == KIND_OPEN && has_strings(message, length, 1)) {
        return isolation->on_open(isolation->data, message->numbers[0], message->payload,
                                  message->numbers[1]);
    }
    if (message->kind == KIND_DIAG && has_strings(message, length, 2))
        return report_diag(context, message);
    return -EFAULT;
}

static bool is_alive(pid_t child)
{
    siginfo_t info = { .si_pid = 0 };

    return !waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid;
}

/*
 * Wait until there is a message, or the end.  The end alone will not do: a process that the child
 * forked keeps the socket open.  False: the child is gone, and what it sent has been read.
 */
static bool wait_for_message(const struct fastabi_channel *channel)
{
    struct pollfd poll_fd = { .fd = channel->fd, .events = POLLIN };
    bool was_alive = true;

    for (;;) {
        int ready = poll(&poll_fd, 1, was_alive ? PATIENCE : 0);

        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true; /* recv() tells what is wrong */
        if (!was_alive)
            return false;
        was_alive = is_alive(channel->child);
    }
}

/* Do what the child asks until it ends.  *ended: it said so, and did not just stop. */
static int serve(struct fastabi_context *context, const struct fastabi_isolation *isolation,
                 struct fastabi_channel *channel, bool *ended)
{
    struct message *message = &channel->message;
    int error = 0;

    *ended = false;
    while (!error) {
        ssize_t got;

        if (!wait_for_message(channel))
            return -EFAULT;
        got = recv(channel->fd, message, sizeof(*message), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < (ssize_t)HEADER)
            return -EFAULT;
        if (message->kind == KIND_END) {
            *ended = true;
            return -(int)message->numbers[0];
        }
        error = do_message(context, isolation, message, (size_t)got - HEADER);
    }
    return error;
}

/* How a child ended, for a message. */
static void describe_end(int status, char text[FASTABI_ISOLATE_TEXT])
{
    static const struct {
        int number;
        const char *name;
    } signals[] = {
        { SIGSEGV, "SIGSEGV" }, { SIGABRT, "SIGABRT" }, { SIGBUS, "SIGBUS" },
        { SIGFPE, "SIGFPE" },   { SIGILL, "SIGILL" },   { SIGTRAP, "SIGTRAP" },
        { SIGKILL, "SIGKILL" },
    };

    if (!WIFSIGNALED(status)) {
        snprintf(text, FASTABI_ISOLATE_TEXT, "it ended the process with status %d",
                 WIFEXITED(status) ? WEXITSTATUS(status) : 0);
        return;
    }
    snprintf(text, FASTABI_ISOLATE_TEXT, "signal %d", WTERMSIG(status));
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        if (signals[i].number == WTERMSIG(status))
            snprintf(text, FASTABI_ISOLATE_TEXT, "%s", signals[i].name);
    }
}

/* Whoever ignores SIGCHLD gets no status; that is not the child's fault. */
static int wait_for(pid_t child, int *status)
{
    *status = 0;
    while (waitpid(child, status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return 0;
}

static int report_failure(struct fastabi_context *context, int error)
{
    return fastabi_report_system(context, FASTABI_DIAG_NO_PROCESS, NULL, error);
}

/*
 * A child at the other end of a channel.  Returns 0 in it, its id in the parent, or a negative
 * errno.
 */
static pid_t start_child(struct fastabi_channel *channel)
{
    int ends[2];
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return -errno;
    child = fork();
    if (child < 0)
        child = -errno;
    channel->fd = ends[child == 0];
    close(ends[child != 0]);
    if (child < 0)
        close(channel->fd);
    channel->child = child;
    return child;
}

int fastabi_isolate(struct fastabi_context *context, const struct fastabi_isolation *isolation,
                    char text[FASTABI_ISOLATE_TEXT])
{
    struct fastabi_channel *channel = calloc(1, sizeof(*channel));
    bool ended;
    int error, status;
    pid_t child;

    if (!channel)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    child = start_child(channel);
    if (child < 0) {
        free(channel);
        return report_failure(context, (int)child);
    }
    if (!child)
        run_child(context, isolation, channel);
    error = serve(context, isolation, channel, &ended);
    close(channel->fd);
    free(channel);
    if (!ended && error != -EFAULT)
        kill(child, SIGKILL); /* it would go on for nobody */
    wait_for(child, &status);
    if (error == -EFAULT && !ended)
        describe_end(status, text);
    return error;
}

/* Its status does not tell whether it came to its end: the code may call exit(0). */
static pid_t start_probe(struct fastabi_context *context, void (*probe)(void *data), void *data,
                         volatile bool *is_done)
{
    pid_t child = fork();

    if (child)
        return child < 0 ? -errno : child;
    context->on_diag = drop_diag;
    probe(data);
    *is_done = true;
    _exit(EXIT_SUCCESS);
}

int fastabi_isolate_probe(struct fastabi_context *context, void (*probe)(void *data), void *data,
                          char text[FASTABI_ISOLATE_TEXT])
{
    volatile bool *is_done = mmap(NULL, sizeof(*is_done), PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status, error = 0;
    pid_t child;

    if (is_done == MAP_FAILED)
        return report_failure(context, -errno);
    child = start_probe(context, probe, data, is_done);
    if (child < 0) {
        error = report_failure(context, (int)child);
    } else if (!wait_for(child, &status) && !*is_done) {
        describe_end(status, text);
        error = -EFAULT;
    }
    munmap((void *)is_done, sizeof(*is_done));
    return error;
}
