/* SPDX-License-Identifier: MIT */
/*
 * Where the text of a specification comes from: a file or memory, read in pieces, checked for size,
 * line length, UTF-8 and characters that have no business in it.
 */
#ifndef FASTABI_LIB_SOURCE_H
#define FASTABI_LIB_SOURCE_H

#include <stdio.h>

#include "base/diag.h"
#include "base/utf8.h"

struct fastabi_source {
    struct fastabi_context *context;
    const char *name; /* for diagnostics */
    FILE *stream;     /* NULL: from memory */
    const char *text; /* from memory: what is left */
    size_t left;

    uint64_t fingerprint; /* FNV-1a of the bytes so far */
    size_t total;
    int error; /* what stopped it, already reported */

    /* where the checks stand */
    unsigned int line;
    unsigned int column; /* characters before in this line */
    size_t line_bytes;
    char character[FASTABI_UTF8_MAX + 1]; /* being put together */
    size_t character_bytes;               /* of it so far */
    size_t character_length;              /* bytes that it must have */
    int carriage_return;                  /* a CR waits for its LF */
};

/* Open a file, or text in memory when path is NULL.  0 or a reported negative errno. */
int fastabi_source_open(struct fastabi_source *source, struct fastabi_context *context,
                        const char *path, const char *name, const char *text, size_t length);

/* Read up to size checked bytes.  Returns 0, or a reported negative errno. */
int fastabi_source_read(struct fastabi_source *source, unsigned char *buffer, size_t size,
                        size_t *got);

/* A fingerprint (FNV-1a) with more bytes in it. */
uint64_t fastabi_fingerprint_add(uint64_t fingerprint, const void *data, size_t length);

void fastabi_source_close(struct fastabi_source *source);

#endif
