/* SPDX-License-Identifier: MIT */
/*
 * A child process that runs somebody else's code: started with limits, and never left behind.
 * Knows nothing of what it runs, or of how the two processes talk.
 */
#ifndef FASTABI_LIB_CHILD_H
#define FASTABI_LIB_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fastabi_child {
    pid_t id;
    pid_t keeper; /* leads their process group, and ends the group when this process dies */
};

/*
 * Start one.  Its standard output is our standard error, and its standard input is empty; signals
 * do in it what they do in a new program.  memory: bytes that it may use beyond what is in use now.
 * ends: two descriptors that only child and parent may have.  Returns 0 in the child, its id in the
 * parent, or a negative errno.
 */
pid_t fastabi_child_start(struct fastabi_child *child, size_t memory, const int ends[2]);

bool fastabi_child_is_alive(const struct fastabi_child *child);

/*
 * End the child, its keeper and all that the child started.  If may_finish, the child has a second
 * to end by itself.  *status is what waitpid() says of the child.
 */
void fastabi_child_end(const struct fastabi_child *child, bool may_finish, int *status);

#endif
