/* SPDX-License-Identifier: MIT */
/*
 * Plug-in code in a child process, so that its crash is a message and not ours.  It
 * protects from faults, not from malice.  Knows nothing of backends.
 */
#ifndef FASTABI_LIB_ISOLATE_H
#define FASTABI_LIB_ISOLATE_H

#include <stddef.h>
#include <stdint.h>

#include <fastabi/context.h>

struct fastabi_channel; /* from a child to its parent */

/*
 * What runs in the child, and what the parent does when the child asks.  All return 0 or a negative
 * errno.  A child that asks for what is NULL has crashed.
 */
struct fastabi_isolation {
    int (*run)(void *data, struct fastabi_channel *channel);
    int (*on_open)(void *data, uint32_t tag, const char *path, uint32_t flags);
    int (*on_write)(void *data, const char *bytes, size_t length);
    void *data;
};

enum fastabi_ending {
    FASTABI_ENDING_GOOD,  /* it ran to its end, or a handler failed */
    FASTABI_ENDING_CRASH, /* text: how */
    FASTABI_ENDING_LIMIT, /* text: "took more than 60 seconds" */
};

/* How a child ended, for a message. */
struct fastabi_epitaph {
    enum fastabi_ending ending;
    char text[80];
};

/*
 * Run in a child, within the context's limits.  Its diagnostics become the context's.  Returns what
 * run, or the first handler that failed, did; -EFAULT if the child did not end well, and in epitaph
 * why; or the system's error, reported.
 */
int fastabi_isolate(struct fastabi_context *context, const struct fastabi_isolation *isolation,
                    struct fastabi_epitaph *epitaph);

/* In the child: ask the parent.  A path of more than 4,000 bytes is -ENAMETOOLONG. */
int fastabi_channel_open(struct fastabi_channel *channel, uint32_t tag, const char *path,
                         uint32_t flags);
/* channel is a struct fastabi_channel: a fastabi_writer_flush_func. */
int fastabi_channel_write(void *channel, const char *bytes, size_t length);

#endif
