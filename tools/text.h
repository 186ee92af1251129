/* SPDX-License-Identifier: MIT */
/* Text for a terminal: wrapped lines, and tables with a frame.  Knows nothing of specifications. */
#ifndef FASTABI_TEXT_H
#define FASTABI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Columns to use: the terminal's, 60 to 100; 80 where there is none. */
size_t text_width(void);

/*
 * Print text in lines of that many columns.  The first starts at column, where the cursor must
 * be; the others are indented as far.  A newline ends a paragraph: an empty line follows.
 */
void text_print_wrapped(const char *text, size_t column, size_t width);

/*
 * A table being made, zero-initialised: cells are added to its text, each ended by TEXT_CELL, a
 * row's last one by TEXT_ROW instead.  The first row is the head.  A newline in a cell starts a new
 * line in it.
 */
#define TEXT_CELL "\x1f"
#define TEXT_ROW  "\x1e"

struct text_table {
    char *text;
    size_t length;
    size_t capacity;
    bool failed; /* there was no memory for something */
};

void text_table_add(struct text_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Print a table, at most so wide, and free it.  false: out of memory. */
bool text_table_print(struct text_table *table, size_t width);

#endif
