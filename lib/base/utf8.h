/* SPDX-License-Identifier: MIT */
/* Characters of UTF-8; knows nothing of where the text is from. */
#ifndef FASTABI_LIB_UTF8_H
#define FASTABI_LIB_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FASTABI_UTF8_MAX 4 /* bytes of a character */

/* Bytes of a character by its first one; 0: no character starts with it. */
size_t fastabi_utf8_length(unsigned char first);

/* Bytes of the character at text, which ends in a NUL; 0: the bytes are not UTF-8. */
size_t fastabi_utf8_decode(const char *text, uint32_t *code_point);

/* Bytes of text that are printable ASCII, from the first one on; may stop up to 7 bytes early. */
size_t fastabi_utf8_plain(const void *text, size_t length);

/*
 * A character that no specification may contain, spelled out or as an escape, and that no terminal
 * is sent: a control other than tab, newline and carriage return, one that changes the direction or
 * the lines of the text around it, or none at all.
 */
bool fastabi_is_forbidden(uint32_t code_point);

#endif
