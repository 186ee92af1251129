/* SPDX-License-Identifier: MIT */
/*
 * Bytes or text that grow in memory.  Stands in for open_memstream(): glibc's streams lose a piece
 * without an error when their memory cannot grow.  Knows nothing of what is written.
 */
#ifndef FASTABI_LIB_BUFFER_H
#define FASTABI_LIB_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialised is empty. */
struct fastabi_buffer {
    char *bytes; /* malloced; NULL: there are none */
    size_t length;
    size_t capacity;
    bool failed; /* there was no memory for something */
};

/* Add bytes at the end.  0 or -ENOMEM, and then nothing is added. */
int fastabi_buffer_add(struct fastabi_buffer *buffer, const char *bytes, size_t length);

/* Add a text; that it failed is seen at the end, by fastabi_buffer_text(). */
void fastabi_buffer_put(struct fastabi_buffer *buffer, const char *text);
void fastabi_buffer_printf(struct fastabi_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The whole text, which stays the buffer's; NULL: there was no memory for all of it. */
char *fastabi_buffer_text(struct fastabi_buffer *buffer);

/* Free the bytes; the buffer is empty. */
void fastabi_buffer_free(struct fastabi_buffer *buffer);

#endif
