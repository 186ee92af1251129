/* SPDX-License-Identifier: MIT */
/*
 * Text of generated files: a buffer, lines and their indentation.  Nearly all the time of a run is
 * spent in the writer, so a character costs a table look-up.  Knows nothing of files or of what is
 * written.
 */
#include "emit/put.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define FOUR(value) value, value, value, value

const unsigned char fastabi_writer_classes[UCHAR_MAX + 1] = {
    ['\0'] = END,    ['%'] = PERCENT, ['\n'] = NEWLINE,
    [' '] = BLANK,   ['\t'] = BLANK,  ['\r'] = BLANK,
    ['*'] = COMMENT, ['/'] = COMMENT, [0x80] = FOUR(FOUR(FOUR(CONTINUED))),
};

/* ---- the buffer ---- */

int fastabi_writer_init(struct fastabi_writer *writer, fastabi_writer_flush_func flush, void *data)
{
    memset(writer, 0, sizeof(*writer));
    writer->flush = flush;
    writer->data = data;
    writer->buffer = malloc(FASTABI_WRITER_BUFFER);
    if (!writer->buffer)
        return -ENOMEM;
    fastabi_writer_reset(writer);
    return 0;
}

void fastabi_writer_reset(struct fastabi_writer *writer)
{
    writer->used = 0;
    writer->error = 0;
    writer->last = '\n';
    writer->at_line_start = true;
    writer->level = 0;
    fastabi_writer_indent_with(writer, "    ");
}

void fastabi_writer_release(struct fastabi_writer *writer)
{
    free(writer->buffer);
    writer->buffer = NULL;
}

/* Hand on what is in the buffer. */
static void empty_buffer(struct fastabi_writer *writer)
{
    if (writer->used && !writer->error)
        set_error(writer, writer->flush(writer->data, writer->buffer, writer->used));
    if (writer->used)
        writer->last = writer->buffer[writer->used - 1];
    writer->used = 0;
}

int fastabi_writer_finish(struct fastabi_writer *writer)
{
    empty_buffer(writer);
    return writer->error;
}

void fastabi_writer_put_across(struct fastabi_writer *writer, const char *bytes, size_t length)
{
    size_t room = FASTABI_WRITER_BUFFER - writer->used;

    for (; length > room; room = FASTABI_WRITER_BUFFER) {
        memcpy(writer->buffer + writer->used, bytes, room);
        writer->used += room;
        empty_buffer(writer);
        bytes += room;
        length -= room;
    }
    memcpy(writer->buffer + writer->used, bytes, length);
    writer->used += length;
}

/* ---- lines ---- */

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
            empty_buffer(writer);
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

void fastabi_writer_indent(struct fastabi_writer *writer, int steps)
{
    size_t step;
    int most;

    if (!writer)
        return;
    step = writer->step_length;
    most = step ? (int)(sizeof(writer->indent) / step) : INT_MAX;
    if (steps < -writer->level || steps > most - writer->level) {
        set_error(writer, -EINVAL);
        return;
    }
    if (!writer->indent_length) /* where lines were not looked at */
        writer->at_line_start = writer->used ? writer->buffer[writer->used - 1] == '\n'
                                             : writer->last == '\n';
    writer->level += steps;
    writer->indent_length = (size_t)writer->level * step;
    for (size_t i = 0; i < writer->indent_length; i++)
        writer->indent[i] = writer->step[i % step];
}

void fastabi_writer_indent_with(struct fastabi_writer *writer, const char *step)
{
    size_t length = step ? strlen(step) : sizeof(writer->step) + 1;

    if (!writer)
        return;
    if (length > sizeof(writer->step)) {
        set_error(writer, -EINVAL);
        return;
    }
    memcpy(writer->step, step, length);
    writer->step_length = length;
    fastabi_writer_indent(writer, 0);
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
