/* SPDX-License-Identifier: MIT */
/* Text of unknown origin made safe for a terminal, or for JSON. */
#ifndef FASTABI_LIB_ESCAPE_H
#define FASTABI_LIB_ESCAPE_H

#include "base/arena.h"

/* Text with an escape for what a terminal obeys or what is not UTF-8; NULL: no memory. */
char *fastabi_escape(struct fastabi_arena *arena, const char *text);

#define FASTABI_ESCAPE_SIZE 12 /* of the longest escape of a character, with its NUL */

/* How many bytes of text are the same in a string of JSON, up to one that may not be. */
size_t fastabi_json_plain(const char *text);

/*
 * Put the first character of text into json as it is written in a string of JSON, and a NUL.
 * Returns the bytes of text that it stands for.
 */
size_t fastabi_json_take(const char *text, char json[FASTABI_ESCAPE_SIZE]);

#endif
