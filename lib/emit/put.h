/* SPDX-License-Identifier: MIT */
/*
 * What the files of the writer share: bytes, lines and errors, as inline functions, because nearly
 * all the time of a run is spent here.
 */
#ifndef FASTABI_LIB_PUT_H
#define FASTABI_LIB_PUT_H

#include <string.h>

#include "emit/writer.h"

/* Classes of characters, for loops that stop at some of them. */
#define END       1 /* of a string */
#define PERCENT   2
#define NEWLINE   4
#define BLANK     8
#define CONTINUED 16 /* a byte that goes on with a character of UTF-8 */
#define COMMENT   32 /* part of the start or the end of a comment */

extern const unsigned char fastabi_writer_classes[];

static inline bool is_in(char character, unsigned char class)
{
    return fastabi_writer_classes[(unsigned char)character] & class;
}

/* Keep the first error. */
static inline void set_error(struct fastabi_writer *writer, int error)
{
    if (!writer->error)
        writer->error = error;
}

/* Bytes that do not fit in the buffer as it is. */
void fastabi_writer_put_across(struct fastabi_writer *writer, const char *bytes, size_t length);

/* Bytes as they are: no newline among them, or nothing in front of the line. */
static inline void put_bytes(struct fastabi_writer *writer, const char *bytes, size_t length)
{
    if (length > FASTABI_WRITER_BUFFER - writer->used) {
        fastabi_writer_put_across(writer, bytes, length);
        return;
    }
    memcpy(writer->buffer + writer->used, bytes, length);
    writer->used += length;
}

static inline void start_line(struct fastabi_writer *writer)
{
    if (writer->at_line_start)
        put_bytes(writer, writer->indent, writer->indent_length);
    writer->at_line_start = false;
}

/* Write text up to its end or to a character of the class stop.  Returns where it stopped. */
const char *fastabi_writer_put_lines(struct fastabi_writer *writer, const char *text,
                                     unsigned char stop);

#ifndef HAVE_STRCHRNUL
static inline const char *find_or_end(const char *text, char c)
{
    const char *found = strchr(text, c);

    return found ? found : text + strlen(text);
}
#else
#define find_or_end strchrnul
#endif

/*
 * The same; without indentation lines need no look, and libc searches faster than any loop here.
 */
static inline const char *put_until(struct fastabi_writer *writer, const char *text,
                                    unsigned char stop)
{
    const char *end;

    if (writer->indent_length)
        return fastabi_writer_put_lines(writer, text, stop);
    end = stop & PERCENT ? find_or_end(text, '%') : text + strlen(text);
    put_bytes(writer, text, (size_t)(end - text));
    return end;
}

/* Bytes of which any may be a newline. */
void fastabi_writer_put_text(struct fastabi_writer *writer, const char *text, size_t length);

#endif
