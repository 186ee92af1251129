/* SPDX-License-Identifier: MIT */
/* Text of unknown origin made safe for a terminal.  Knows nothing of where it is printed. */
#ifndef FASTABI_LIB_ESCAPE_H
#define FASTABI_LIB_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

#define FASTABI_ESCAPE_SIZE 12 /* of the longest escape, with its NUL */

/* Bytes of the UTF-8 character at text, which is not at its end; 0: the bytes are not UTF-8. */
size_t fastabi_utf8_measure(const char *text, uint32_t *code_point);

/*
 * Put the first character of text into safe: as it is, or as an escape if it is one that a terminal
 * obeys, or not UTF-8.  Returns the bytes of text that it stands for.
 */
size_t fastabi_escape_next(const char *text, char safe[FASTABI_ESCAPE_SIZE]);

/* The whole text, cut off between two characters where it does not fit. */
void fastabi_escape(const char *text, char *safe, size_t size);

#endif
