/* SPDX-License-Identifier: MIT */
/*
 * The writer of generated files: its buffer and its indentation.  What is put into it is put.c's.
 * Knows nothing of files or of what is written.
 */
#include "emit/put.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

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
    fastabi_fit_reset(&writer->fit);
    fastabi_writer_indent_with(writer, "    ");
}

void fastabi_writer_release(struct fastabi_writer *writer)
{
    fastabi_fit_release(&writer->fit);
    free(writer->buffer);
    writer->buffer = NULL;
}

void fastabi_writer_empty(struct fastabi_writer *writer)
{
    if (writer->used && !writer->error && writer->fit.width)
        set_error(writer, fastabi_fit_put(&writer->fit, writer->buffer, writer->used, writer->flush,
                                          writer->data));
    else if (writer->used && !writer->error)
        set_error(writer, writer->flush(writer->data, writer->buffer, writer->used));
    if (writer->used)
        writer->last = writer->buffer[writer->used - 1];
    writer->used = 0;
}

int fastabi_writer_finish(struct fastabi_writer *writer)
{
    fastabi_writer_empty(writer);
    if (writer->fit.line.length && !writer->error)
        set_error(writer, fastabi_fit_finish(&writer->fit, writer->flush, writer->data));
    return writer->error;
}

/* What was written before it stays as it is. */
void fastabi_writer_fit(struct fastabi_writer *writer, unsigned int width)
{
    if (!writer)
        return;
    fastabi_writer_empty(writer);
    if (writer->fit.line.length && !writer->error)
        set_error(writer, fastabi_fit_finish(&writer->fit, writer->flush, writer->data));
    writer->fit.width = width;
}

/* ---- indentation ---- */

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
    for (; steps > 0; steps--, writer->level++)
        memcpy(writer->indent + (size_t)writer->level * step, writer->step, step);
    writer->level += steps;
    writer->indent_length = (size_t)writer->level * step;
}

void fastabi_writer_indent_with(struct fastabi_writer *writer, const char *step)
{
    size_t length = step ? strlen(step) : sizeof(writer->step) + 1;
    int level;

    if (!writer)
        return;
    if (length > sizeof(writer->step)) {
        set_error(writer, -EINVAL);
        return;
    }
    level = writer->level;
    writer->level = 0;
    memcpy(writer->step, step, length);
    writer->step_length = length;
    fastabi_writer_indent(writer, level);
}
