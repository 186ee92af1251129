/* SPDX-License-Identifier: MIT */
/*
 * Messages that repeat: of one kind (an id, in a file) the first are printed, the others counted.
 * Knows no id.
 */
#ifndef FASTABI_TOOL_REPEATS_H
#define FASTABI_TOOL_REPEATS_H

#include "tool.h"

/* How many of a kind are printed: as many as there can be errors in a file, and one note. */
#define REPEATS_SHOWN       50u
#define REPEATS_SHOWN_NOTES 1u

/* Zero-initialised is ready for use. */
struct repeats {
    bool is_all; /* print every one */
    struct repeats_kind *kinds;
    size_t count;
    size_t capacity;
    struct repeats_kind *last; /* of the message before, and what it was */
    enum fastabi_severity last_severity;
    bool was_printed;
};

/* Print a message, or count it: a fastabi_diag_func, with a struct repeats. */
void repeats_print(const struct fastabi_diag *diag, void *data);

/* Say how many of each kind were not printed, and forget them. */
void repeats_finish(struct repeats *repeats);

#endif
