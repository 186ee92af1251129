/* SPDX-License-Identifier: MIT */
/*
 * Bytes and lines into a writer.  Nearly all the time of a run is spent here, so a character costs
 * a table look-up.
 */
#include "emit/put.h"

#include <errno.h>
#include <limits.h>

#define FOUR(value) value, value, value, value

const unsigned char fastabi_writer_classes[UCHAR_MAX + 1] = {
    ['\0'] = END,    ['%'] = PERCENT, ['\n'] = NEWLINE,
    [' '] = BLANK,   ['\t'] = BLANK,  ['\r'] = BLANK,
    ['*'] = COMMENT, ['/'] = COMMENT, [0x80] = FOUR(FOUR(FOUR(CONTINUED))),
};

void fastabi_writer_put_across(struct fastabi_writer *writer, const char *bytes, size_t length)
{
    size_t room = FASTABI_WRITER_BUFFER - writer->used;

    for (; length > room; room = FASTABI_WRITER_BUFFER) {
        memcpy(writer->buffer + writer->used, bytes, room);
        writer->used += room;
        fastabi_writer_empty(writer);
        bytes += room;
        length -= room;
    }
    memcpy(writer->buffer + writer->used, bytes, length);
    writer->used += length;
}

/*
 * Copy text up to a character of the class stop, which its end must be of, or until there is
 * no room.  Returns how many characters.  Four a round take half the time of one a round, and with
 * pieces of ten characters memchr and memcpy would take longer.
 */
static size_t copy_run(char *to, const char *text, size_t room, unsigned char stop)
{
    size_t i = 0;

    for (; i + 4 <= room; i += 4) {
        if (is_in(text[i], stop))
            return i;
        to[i] = text[i];
        if (is_in(text[i + 1], stop))
            return i + 1;
        to[i + 1] = text[i + 1];
        if (is_in(text[i + 2], stop))
            return i + 2;
        to[i + 2] = text[i + 2];
        if (is_in(text[i + 3], stop))
            return i + 3;
        to[i + 3] = text[i + 3];
    }
    for (; i < room && !is_in(text[i], stop); i++)
        to[i] = text[i];
    return i;
}

const char *fastabi_writer_put_lines(struct fastabi_writer *writer, const char *text,
                                     unsigned char stop)
{
    while (!is_in(*text, stop)) {
        size_t length;

        if (*text != '\n')
            start_line(writer);
        if (writer->used == FASTABI_WRITER_BUFFER)
            fastabi_writer_empty(writer);
        if (*text == '\n') {
            writer->buffer[writer->used++] = *text++;
            writer->at_line_start = true;
            continue;
        }
        length = copy_run(writer->buffer + writer->used, text, FASTABI_WRITER_BUFFER - writer->used,
                          stop | NEWLINE);
        writer->used += length;
        text += length;
    }
    return text;
}

void fastabi_writer_put_text(struct fastabi_writer *writer, const char *text, size_t length)
{
    while (length && writer->indent_length) {
        const char *newline = memchr(text, '\n', length);
        size_t some = newline ? (size_t)(newline - text) : length;

        if (some)
            start_line(writer);
        put_bytes(writer, text, some);
        if (newline) {
            put_bytes(writer, "\n", 1);
            writer->at_line_start = true;
            some++;
        }
        text += some;
        length -= some;
    }
    put_bytes(writer, text, length);
}

void fastabi_write_text(struct fastabi_writer *writer, const char *text, size_t length)
{
    if (!writer || writer->error)
        return;
    if (text)
        fastabi_writer_put_text(writer, text, length);
    else if (length)
        set_error(writer, -EINVAL);
}
