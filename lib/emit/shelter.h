/* SPDX-License-Identifier: MIT */
/*
 * Work that is done to its end although this process is killed meanwhile.  Knows nothing of the
 * work.
 */
#ifndef FASTABI_LIB_SHELTER_H
#define FASTABI_LIB_SHELTER_H

#include <stdbool.h>

struct fastabi_context;

/*
 * Call work with all signals blocked.  With FASTABI_CONTEXT_FINISH and is_long, in a child process
 * that no signal to this one or its group reaches: what work changes in memory is lost then.  Its
 * diagnostics become the context's.  Returns what work does, which is 0 or a negative errno, or the
 * system's error, reported.
 */
int fastabi_shelter(struct fastabi_context *context, int (*work)(void *data), void *data,
                    bool is_long);

#endif
