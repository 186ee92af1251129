/* SPDX-License-Identifier: MIT */
/* Files of a run that are kept in memory, and handed to the caller when all are complete. */
#ifndef FASTABI_LIB_IN_MEMORY_H
#define FASTABI_LIB_IN_MEMORY_H

#include <stddef.h>

struct fastabi_sink;

/* More bytes of the file that is open in memory.  0 or -ENOMEM. */
int fastabi_sink_keep(struct fastabi_sink *sink, const char *bytes, size_t length);

/* Hand all files in memory to the caller. */
int fastabi_sink_hand_over(struct fastabi_sink *sink);

#endif
