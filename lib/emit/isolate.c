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
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/context.h"
#include "base/diag.h"
#include "emit/child.h"

#define PAYLOAD    ((size_t)32 << 10) /* most bytes of a message */
#define PATH_MOST  4000u
#define PATIENCE   100   /* ms between two looks whether a silent child lives */
#define FILE_BYTES 4096u /* that a file counts for, beside its content */
#define DIAGS_MOST 1000u
#define ERRNO_MOST 4095u
#define SECOND     UINT64_C(1000000000)

enum kind { KIND_OPEN, KIND_WRITE, KIND_DIAG, KIND_END };

struct message {
    uint32_t kind;
    uint32_t numbers[3];
    char payload[PAYLOAD]; /* as much of it as the packet is long */
};

#define HEADER offsetof(struct message, payload)

struct fastabi_channel {
    int fd;
    pid_t self;                 /* in the child: the process that may speak */
    struct fastabi_child child; /* in the parent: at the other end */
    uint64_t waited;            /* for it, in nanoseconds */
    size_t bytes;               /* that it has written */
    size_t diags;
    bool has_failed;        /* it reported an error */
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

    if (getpid() != channel->self)
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

/* Nothing of the parent's is undone here: no exit handlers, no buffers of standard streams. */
static _Noreturn void run_child(struct fastabi_context *context,
                                const struct fastabi_isolation *isolation,
                                struct fastabi_channel *channel)
{
    int error;

    channel->self = getpid();
    context->on_diag = forward_diag;
    context->data = channel;
    error = isolation->run(isolation->data, channel);
    channel->message.numbers[0] = (uint32_t)-error;
    _exit(send_message(channel, KIND_END, 0) ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* ---- in the parent: one message ---- */

static bool is_known(unsigned int id)
{
    unsigned int known = 0;

    for (size_t i = 0; i < fastabi_diag_registry(i, &known, NULL, NULL); i++) {
        if (known == id)
            return true;
    }
    return false;
}

/* A message that the library does not have is not one that our code in the child sent. */
static int report_diag(struct fastabi_context *context, struct fastabi_channel *channel)
{
    const struct message *message = &channel->message;
    const char *file = message->payload;
    struct fastabi_place place = {
        .file = *file ? file : NULL,
        .line = message->numbers[1],
        .column = message->numbers[2],
    };
    size_t errors = context->error_count;

    if (!is_known(message->numbers[0]))
        return -EFAULT;
    fastabi_report(context, (enum fastabi_diag_id)message->numbers[0], &place, "%s",
                   file + strlen(file) + 1);
    channel->diags++;
    channel->has_failed = channel->has_failed || context->error_count > errors;
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
                      struct fastabi_channel *channel, size_t length)
{
    const struct message *message = &channel->message;

    if (message->kind == KIND_WRITE && isolation->on_write) {
        channel->bytes += length;
        return isolation->on_write(isolation->data, message->payload, length);
    }
    if (message->kind == KIND_OPEN && isolation->on_open && has_strings(message, length, 1)) {
        channel->bytes += FILE_BYTES;
        return isolation->on_open(isolation->data, message->numbers[0], message->payload,
                                  message->numbers[1]);
    }
    if (message->kind == KIND_DIAG && has_strings(message, length, 2))
        return report_diag(context, channel);
    return -EFAULT;
}

/* ---- in the parent: until the end ---- */

static uint64_t read_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

enum event { EVENT_MESSAGE, EVENT_GONE, EVENT_LATE };

/*
 * Wait until there is a message, or the end.  The end alone will not do: a process that the child
 * forked keeps the socket open.  EVENT_GONE: the child is gone, and what it sent has been read.
 * Only this waiting is the child's time: what we do for it, such as writing to a slow pipe, is not.
 */
static enum event wait_for_message(struct fastabi_channel *channel, uint64_t limit)
{
    struct pollfd poll_fd = { .fd = channel->fd, .events = POLLIN };
    bool was_alive = true;

    for (;;) {
        uint64_t begun = read_clock();
        int ready = poll(&poll_fd, 1, was_alive ? PATIENCE : 0);

        channel->waited += read_clock() - begun;
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return EVENT_MESSAGE; /* recv() tells what is wrong */
        if (!was_alive)
            return EVENT_GONE;
        if (channel->waited >= limit)
            return EVENT_LATE;
        was_alive = fastabi_child_is_alive(&channel->child);
    }
}

static int exceed(struct fastabi_epitaph *epitaph, const char *what, size_t number,
                  const char *unit)
{
    epitaph->ending = FASTABI_ENDING_LIMIT;
    snprintf(epitaph->text, sizeof(epitaph->text), "%s more than %zu %s", what, number, unit);
    return -EFAULT;
}

static int check_limits(const struct fastabi_limits *limits, const struct fastabi_channel *channel,
                        struct fastabi_epitaph *epitaph)
{
    if (channel->bytes > limits->plugin_output)
        return exceed(epitaph, "wrote", limits->plugin_output, "bytes");
    if (channel->diags > DIAGS_MOST)
        return exceed(epitaph, "reported", DIAGS_MOST, "messages");
    return 0;
}

/* What the child says that it came to: 0 or a negative errno, and no success after an error. */
static int take_result(const struct fastabi_channel *channel, bool *ended)
{
    uint32_t number = channel->message.numbers[0];

    *ended = number <= ERRNO_MOST;
    if (!*ended)
        return -EFAULT;
    return !number && channel->has_failed ? -EINVAL : -(int)number;
}

/* Do what the child asks until it ends.  *ended: it said so, and did not just stop. */
static int serve(struct fastabi_context *context, const struct fastabi_isolation *isolation,
                 struct fastabi_channel *channel, bool *ended, struct fastabi_epitaph *epitaph)
{
    unsigned int seconds = context->limits.plugin_seconds;
    int error = 0;

    *ended = false;
    while (!error) {
        enum event event = wait_for_message(channel, seconds * SECOND);
        ssize_t got;

        if (event == EVENT_GONE)
            return -EFAULT;
        if (event == EVENT_LATE)
            return exceed(epitaph, "took", seconds, seconds == 1 ? "second" : "seconds");
        got = recv(channel->fd, &channel->message, sizeof(channel->message), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < (ssize_t)HEADER)
            return -EFAULT;
        if (channel->message.kind == KIND_END)
            return take_result(channel, ended);
        error = do_message(context, isolation, channel, (size_t)got - HEADER);
        if (error == -EFAULT) {
            *epitaph = (struct fastabi_epitaph){ FASTABI_ENDING_CRASH,
                                                 "it sent a damaged message" };
            return error;
        }
        if (!error)
            error = check_limits(&context->limits, channel, epitaph);
    }
    return error;
}

/* How a child ended, for a message. */
static void describe_end(int status, struct fastabi_epitaph *epitaph)
{
    static const struct {
        int number;
        const char *name;
    } signals[] = {
        { SIGSEGV, "SIGSEGV" }, { SIGABRT, "SIGABRT" }, { SIGBUS, "SIGBUS" },
        { SIGFPE, "SIGFPE" },   { SIGILL, "SIGILL" },   { SIGTRAP, "SIGTRAP" },
        { SIGKILL, "SIGKILL" },
    };

    epitaph->ending = FASTABI_ENDING_CRASH;
    if (!WIFSIGNALED(status)) {
        snprintf(epitaph->text, sizeof(epitaph->text), "it ended the process with status %d",
                 WIFEXITED(status) ? WEXITSTATUS(status) : 0);
        return;
    }
    snprintf(epitaph->text, sizeof(epitaph->text), "signal %d", WTERMSIG(status));
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        if (signals[i].number == WTERMSIG(status))
            snprintf(epitaph->text, sizeof(epitaph->text), "%s", signals[i].name);
    }
}

/*
 * A child at the other end of a channel.  Returns 0 in it, its id in the parent, or a negative
 * errno.
 */
static pid_t start_child(struct fastabi_channel *channel, size_t memory)
{
    int ends[2];
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return -errno;
    child = fastabi_child_start(&channel->child, memory, ends);
    channel->fd = ends[child == 0];
    close(ends[child != 0]);
    if (child < 0)
        close(channel->fd);
    return child;
}

int fastabi_isolate(struct fastabi_context *context, const struct fastabi_isolation *isolation,
                    struct fastabi_epitaph *epitaph)
{
    struct fastabi_channel *channel = calloc(1, sizeof(*channel));
    bool ended, is_fault;
    int error, status;
    pid_t child;

    *epitaph = (struct fastabi_epitaph){ .ending = FASTABI_ENDING_GOOD };
    if (!channel)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    child = start_child(channel, context->limits.plugin_memory);
    if (child < 0) {
        free(channel);
        return fastabi_report_system(context, FASTABI_DIAG_NO_PROCESS, NULL, (int)child);
    }
    if (!child)
        run_child(context, isolation, channel);
    error = serve(context, isolation, channel, &ended, epitaph);
    close(channel->fd);
    is_fault = error == -EFAULT && !ended && !epitaph->ending;
    fastabi_child_end(&channel->child, ended || is_fault, &status);
    if (is_fault)
        describe_end(status, epitaph);
    free(channel);
    return error;
}
