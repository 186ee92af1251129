/* SPDX-License-Identifier: MIT */
/* What the files diff*.c share: two generations of specifications being compared. */
#ifndef FASTABI_LIB_DIFF_H
#define FASTABI_LIB_DIFF_H

#include "spec/ir.h"

struct fastabi_diff {
    struct fastabi_context *context;
    const struct fastabi_spec *spec; /* that places are in */
    char name[2 * 128 + 8];          /* of the operation */
    unsigned int breaking;
};

/* diff-say.c: report a difference of the operation. */
void fastabi_diff_say(struct fastabi_diff *diff, enum fastabi_diag_id id, struct fastabi_mark mark,
                      const char *format, ...) __attribute__((__format__(__printf__, 4, 5)));

/* Both may be NULL. */
bool fastabi_diff_is_same_text(const char *a, const char *b);

/* diff-meaning.c: what an operation does with the same registers. */
void fastabi_diff_meaning(struct fastabi_diff *diff, const struct fastabi_op *old,
                          const struct fastabi_op *new);

#endif
