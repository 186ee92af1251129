/* SPDX-License-Identifier: MIT */
/* Text of unknown origin made safe for a terminal.  Knows nothing of where it is printed. */
#ifndef FASTABI_LIB_ESCAPE_H
#define FASTABI_LIB_ESCAPE_H

#include "base/arena.h"

/* Text with an escape for what a terminal obeys or what is not UTF-8; NULL: no memory. */
char *fastabi_escape(struct fastabi_arena *arena, const char *text);

#endif
