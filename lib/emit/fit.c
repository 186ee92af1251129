/* SPDX-License-Identifier: MIT */
/*
 * Lines of C that are too long, broken where C allows it: at a blank outside of literals, or after
 * a parenthesis; in a directive with a backslash.  A word that is too long by itself stays.  Looks
 * at one line at a time, and knows nothing of what it means: a line that starts with " * " is taken
 * for one of a comment.
 */
#include "emit/fit.h"

#include <string.h>

#include <fastabi/context.h>

#define GOOD     3 /* rank of a place to break that a person would choose too */
#define STEP     4 /* columns that the rest of a line is indented by */
#define REINDENT 8 /* columns that a line is moved to when it was aligned with another */

/* A line that is being broken. */
struct line {
    const char *text;
    size_t length;
    size_t start;       /* where its words start: after the indentation, or a comment's prefix */
    bool is_comment;    /* " * text" */
    bool is_directive;  /* of the preprocessor, or a line that goes on with it */
    const char *prefix; /* of what follows the first piece */
    size_t prefix_length;
};

/* ---- where to break ---- */

/* The end of a literal that starts at i. */
static size_t skip_literal(const struct line *line, size_t i)
{
    const char quote = line->text[i++];

    for (; i < line->length && line->text[i] != quote; i++)
        i += line->text[i] == '\\';
    return i < line->length ? i + 1 : line->length;
}

/* Does the parenthesis at i begin arguments, and not a cast or a part of an expression? */
static bool is_call(const struct line *line, size_t i)
{
    return i && !strchr("( )*&!=+-", line->text[i - 1]);
}

/* How good a place to break is that in front of character i; 0: not at all. */
static int rank(const struct line *line, size_t i)
{
    const char before = line->text[i - 1], next = i + 1 < line->length ? line->text[i + 1] : '\0';

    if (before == '(' && !line->is_comment)
        return strchr(") ", line->text[i]) ? 0 : is_call(line, i - 1) ? 2 : 1;
    if (line->text[i] != ' ' || next == ' ' || next == '#' || next == '\\' || !next)
        return 0;
    if (line->is_comment)
        return next == '*' || next == '/' ? 0 : GOOD;
    return strchr(",;{", before) ? 4 : strchr("=|&?", before) ? GOOD : 1;
}

/*
 * The best place from start on, before that many columns, or else the first one after them; 0:
 * there is none.  Bytes are taken for columns, as code has no others.
 */
static size_t find_break(const struct line *line, size_t start, size_t limit)
{
    size_t best = 0, least = start + (limit > start ? (limit - start) / 3 : 0);
    int best_rank = 0;

    for (size_t i = start + 1; i < line->length; i++) {
        const char before = line->text[i - 1];
        int now;

        if (!line->is_comment && (before == '"' || before == '\'')) {
            i = skip_literal(line, i - 1);
            if (i >= line->length)
                break;
        }
        /* Most characters are neither, and cost no call. */
        now = line->text[i] == ' ' || line->text[i - 1] == '(' ? rank(line, i) : 0;
        if (!now)
            continue;
        if (i > limit)
            return best ? best : i;
        if (now >= best_rank || best < least) {
            best = i;
            best_rank = now;
        }
    }
    return best;
}

/* ---- writing ---- */

/* Small pieces are collected: each flush costs a system call. */
#define COLLECTED_MOST ((size_t)4096)

struct output {
    fastabi_fit_flush_func flush;
    void *data;
    int error;
    size_t used;
    char collected[COLLECTED_MOST];
};

static void start_output(struct output *output, fastabi_fit_flush_func flush, void *data)
{
    output->flush = flush;
    output->data = data;
    output->error = 0;
    output->used = 0;
}

static void flush_bytes(struct output *output, const char *bytes, size_t length)
{
    if (length && !output->error)
        output->error = output->flush(output->data, bytes, length);
}

static int finish_output(struct output *output)
{
    flush_bytes(output, output->collected, output->used);
    output->used = 0;
    return output->error;
}

static void put(struct output *output, const char *bytes, size_t length)
{
    if (length > COLLECTED_MOST - output->used)
        finish_output(output);
    if (length > COLLECTED_MOST) {
        flush_bytes(output, bytes, length);
        return;
    }
    memcpy(output->collected + output->used, bytes, length);
    output->used += length;
}

static void put_blanks(struct output *output, size_t count)
{
    while (count--)
        put(output, " ", 1);
}

/* What follows the first piece starts with. */
static size_t put_prefix(struct output *output, const struct line *line, size_t indent)
{
    if (line->is_comment) {
        put(output, line->prefix, line->prefix_length);
        return line->prefix_length;
    }
    put_blanks(output, indent);
    return indent;
}

static void put_pieces(struct output *output, const struct line *line, size_t width)
{
    size_t indent = line->start + (line->text[line->start] == ':' ? 2 : STEP);
    size_t at = 0, column = 0, start = line->start;
    size_t limit = width - (line->is_directive ? 2 : 0);

    /* An aligned line whose only breaks are bad ones, or whose rest would not fit either. */
    if (indent > REINDENT + STEP && line->length - line->start + REINDENT <= width) {
        size_t place = find_break(line, start, limit);

        if (!place || rank(line, place) < GOOD) {
            put_blanks(output, REINDENT);
            put(output, line->text + line->start, line->length - line->start);
            return;
        }
    }
    while (column + line->length - at > width) {
        size_t place = find_break(line, start, at + limit - column);

        if (!place || place <= at)
            break;
        put(output, line->text + at, place - at);
        if (line->is_directive)
            put(output, " \\", 2);
        put(output, "\n", 1);
        at = place + (line->text[place] == ' ');
        column = put_prefix(output, line, indent);
        start = at;
    }
    put(output, line->text + at, line->length - at);
}

/* ---- lines ---- */

static bool is_too_long(const char *text, size_t length, size_t width)
{
    return length > width && fastabi_text_columns(text, length) > width;
}

/* One line without its newline. */
static void put_line(const struct fastabi_fit *fit, struct output *output, const char *text,
                     size_t length, bool is_continued)
{
    struct line line = { .text = text, .length = length };

    while (line.start < length && text[line.start] == ' ')
        line.start++;
    line.is_directive = is_continued || text[line.start] == '#';
    line.is_comment = !line.is_directive && length - line.start > 2 &&
                      !strncmp(text + line.start, "* ", 2);
    line.prefix = text;
    if (line.is_comment) {
        for (line.start++; line.start < length && text[line.start] == ' ';)
            line.start++;
        line.prefix_length = line.start;
    }
    if (line.is_comment && text[length - 1] == '\\')
        put(output, text, length); /* a command, which was broken where a shell allows it */
    else
        put_pieces(output, &line, fit->width);
}

/* The end of the line at bytes, or of the last of several that all fit: where its newline is. */
static size_t end_of_lines(const char *bytes, size_t length, size_t width)
{
    const char *newline = memrchr(bytes, '\n', length < width ? length : width);

    if (!newline)
        newline = memchr(bytes, '\n', length);
    return newline ? (size_t)(newline - bytes) : length;
}

/* Whole lines, the last one with its newline. */
static void put_lines(struct fastabi_fit *fit, struct output *output, const char *bytes,
                      size_t length)
{
    size_t done = 0, at = 0;

    while (at < length) {
        size_t end = at + end_of_lines(bytes + at, length - at, fit->width);

        if (is_too_long(bytes + at, end - at, fit->width)) {
            put(output, bytes + done, at - done);
            put_line(fit, output, bytes + at, end - at, fit->is_continued);
            done = end;
        }
        fit->is_continued = end > at && bytes[end - 1] == '\\';
        at = end + 1;
    }
    put(output, bytes + done, length - done);
}

int fastabi_fit_put(struct fastabi_fit *fit, const char *bytes, size_t length,
                    fastabi_fit_flush_func flush, void *data)
{
    struct output output;
    const char *last = memrchr(bytes, '\n', length);
    const char *first;
    int error;

    if (!last)
        return fastabi_buffer_add(&fit->line, bytes, length);
    start_output(&output, flush, data);
    if (fit->line.length) {
        first = memchr(bytes, '\n', length);
        error = fastabi_buffer_add(&fit->line, bytes, (size_t)(first - bytes) + 1);
        if (error)
            return error;
        put_lines(fit, &output, fit->line.bytes, fit->line.length);
        fit->line.length = 0;
        length -= (size_t)(first - bytes) + 1;
        bytes = first + 1;
    }
    if (last >= bytes)
        put_lines(fit, &output, bytes, (size_t)(last - bytes) + 1);
    if (finish_output(&output))
        return output.error;
    return fastabi_buffer_add(&fit->line, last + 1, length - (size_t)(last + 1 - bytes));
}

int fastabi_fit_finish(struct fastabi_fit *fit, fastabi_fit_flush_func flush, void *data)
{
    struct output output;

    start_output(&output, flush, data);
    put_lines(fit, &output, fit->line.bytes, fit->line.length);
    fit->line.length = 0;
    return finish_output(&output);
}

void fastabi_fit_reset(struct fastabi_fit *fit)
{
    fit->width = 0;
    fit->line.length = 0;
    fit->is_continued = false;
}

void fastabi_fit_release(struct fastabi_fit *fit)
{
    fastabi_buffer_free(&fit->line);
}
