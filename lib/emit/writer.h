/* SPDX-License-Identifier: MIT */
/*
 * The writer that fastabi_write() uses: text, indentation, and a buffer that is handed on when
 * it is full.  Knows nothing of files.
 */
#ifndef FASTABI_LIB_WRITER_H
#define FASTABI_LIB_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include <fastabi/backend.h>

#include "emit/fit.h"

#define FASTABI_WRITER_BUFFER     ((size_t)64 << 10)
#define FASTABI_WRITER_INDENT_MAX 256 /* bytes of indentation */
#define FASTABI_WRITER_STEP_MAX   16  /* bytes of one step of it */

/* Where full buffers go.  0 or a negative errno, which the writer keeps. */
typedef int (*fastabi_writer_flush_func)(void *data, const char *bytes, size_t length);

struct fastabi_writer {
    fastabi_writer_flush_func flush;
    void *data;
    struct fastabi_fit fit;
    char *buffer; /* FASTABI_WRITER_BUFFER bytes */
    size_t used;
    int error;          /* the first one; nothing is written after it */
    char last;          /* byte handed on */
    bool at_line_start; /* kept while there is indentation */
    int level;
    size_t step_length;
    size_t indent_length; /* level * step_length */
    char step[FASTABI_WRITER_STEP_MAX];
    char indent[FASTABI_WRITER_INDENT_MAX];
};

/* Make a writer.  0 or -ENOMEM. */
int fastabi_writer_init(struct fastabi_writer *writer, fastabi_writer_flush_func flush, void *data);

/*
 * Start a text: lines of any length, no indentation, steps of 4 columns, no error, nothing in the
 * buffer.
 */
void fastabi_writer_reset(struct fastabi_writer *writer);

/* Hand on what is in the buffer. */
void fastabi_writer_empty(struct fastabi_writer *writer);

/* End a text: hand on what is left in the buffer.  Returns the error kept since the reset. */
int fastabi_writer_finish(struct fastabi_writer *writer);

/* Free what the writer holds.  What was not handed on is lost. */
void fastabi_writer_release(struct fastabi_writer *writer);

#endif
