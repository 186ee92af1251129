/* SPDX-License-Identifier: MIT */
/* Text of unknown origin made safe for a terminal.  Knows nothing of where it is printed. */
#ifndef FASTABI_LIB_ESCAPE_H
#define FASTABI_LIB_ESCAPE_H

#include <stddef.h>

/*
 * Put text into safe, with an escape for what a terminal obeys or what is not UTF-8; cut off between two characters where it does
 * not fit.
 */
void fastabi_escape(const char *text, char *safe, size_t size);

#endif
