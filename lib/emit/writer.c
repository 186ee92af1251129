/* SPDX-License-Identifier: MIT */
/*
 * Text of generated files: templates, indentation, wrapped prose.  Nearly all the time of a run
 * is spent here, so a character costs a table look-up, and numbers are formatted without printf
 * and its locale.  Knows nothing of files or of what is written.
 */
#include "emit/writer.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 20 /* digits of a 64-bit number */

/* Classes of characters, for loops that stop at some of them. */
#define END       1 /* of a string */
#define PERCENT   2
#define NEWLINE   4
#define BLANK     8
#define CONTINUED 16 /* a byte that goes on with a character of UTF-8 */
#define COMMENT   32 /* part of the start or the end of a comment */

#define FOUR(value) value, value, value, value

static const unsigned char classes[UCHAR_MAX + 1] = {
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

/* Keep the first error. */
static void set_error(struct fastabi_writer *writer, int error)
{
    if (!writer->error)
        writer->error = error;
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

/* What does not fit in the buffer as it is. */
static void put_across(struct fastabi_writer *writer, const char *bytes, size_t length)
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

/* Bytes as they are: no newline among them, or nothing in front of the line. */
static inline void put_bytes(struct fastabi_writer *writer, const char *bytes, size_t length)
{
    if (length > FASTABI_WRITER_BUFFER - writer->used) {
        put_across(writer, bytes, length);
        return;
    }
    memcpy(writer->buffer + writer->used, bytes, length);
    writer->used += length;
}

static void put_blanks(struct fastabi_writer *writer, size_t count)
{
    static const char blanks[] = "                                ";
    const size_t most = sizeof(blanks) - 1;

    for (; count > most; count -= most)
        put_bytes(writer, blanks, most);
    put_bytes(writer, blanks, count);
}

/* ---- lines ---- */

static void start_line(struct fastabi_writer *writer)
{
    if (writer->at_line_start)
        put_bytes(writer, writer->indent, writer->indent_length);
    writer->at_line_start = false;
}

static bool is_in(char character, unsigned char class)
{
    return classes[(unsigned char)character] & class;
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

/* Write text up to its end or to a character of the class stop.  Returns where it stopped. */
static const char *put_lines(struct fastabi_writer *writer, const char *text, unsigned char stop)
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

#ifndef HAVE_STRCHRNUL
static inline const char *find_or_end(const char *text, char c)
{
    const char *found = strchr(text, c);

    return found ? found : text + strlen(text);
}
#else
# define find_or_end strchrnul
#endif

/* The same; without indentation lines need no look, and libc searches faster than any loop here. */
static inline const char *put_until(struct fastabi_writer *writer, const char *text,
                                    unsigned char stop)
{
    const char *end;

    if (writer->indent_length)
        return put_lines(writer, text, stop);
    end = stop & PERCENT ? find_or_end(text, '%') : text + strlen(text);
    put_bytes(writer, text, (size_t)(end - text));
    return end;
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

/* ---- conversions ---- */

static void put_number(struct fastabi_writer *writer, uint64_t value, bool negative)
{
    char text[NUMBER_MAX + 1];
    char *start = text + sizeof(text);

    do {
        *--start = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    if (negative)
        *--start = '-';
    start_line(writer);
    put_bytes(writer, start, (size_t)(text + sizeof(text) - start));
}

static void put_signed(struct fastabi_writer *writer, int64_t value)
{
    put_number(writer, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
}

static void put_hexadecimal(struct fastabi_writer *writer, uint64_t value)
{
    char text[NUMBER_MAX];
    char *start = text + sizeof(text);

    do {
        *--start = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value);
    start_line(writer);
    put_bytes(writer, start, (size_t)(text + sizeof(text) - start));
}

/* Columns of UTF-8 text: its bytes that do not continue a character. */
static size_t count_columns(const char *text, size_t length)
{
    size_t columns = 0;

    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

static void put_padded(struct fastabi_writer *writer, int width, const char *text)
{
    size_t columns = count_columns(text, strlen(text));

    put_until(writer, text, END);
    if (width > 0 && (size_t)width > columns) {
        start_line(writer);
        put_blanks(writer, (size_t)width - columns);
    }
}

static void put_string(struct fastabi_writer *writer, const char *text)
{
    if (text)
        put_until(writer, text, END);
    else
        set_error(writer, -EINVAL);
}

static void put_character(struct fastabi_writer *writer, int character)
{
    const char text[2] = { (char)character, '\0' };

    put_until(writer, text, END);
}

/* One conversion, which starts behind its '%'.  Returns where the template goes on. */
static const char *put_conversion(struct fastabi_writer *writer, const char *conversion,
                                  va_list *arguments)
{
    int width;

    switch (*conversion) {
    case 's':
        put_string(writer, va_arg(*arguments, const char *));
        break;
    case 'u':
        put_number(writer, va_arg(*arguments, unsigned int), false);
        break;
    case 'd':
        put_signed(writer, va_arg(*arguments, int));
        break;
    case 'x':
        put_hexadecimal(writer, va_arg(*arguments, unsigned int));
        break;
    case 'X':
        put_hexadecimal(writer, va_arg(*arguments, uint64_t));
        break;
    case 'D':
        put_signed(writer, va_arg(*arguments, int64_t));
        break;
    case 'c':
        put_character(writer, va_arg(*arguments, int));
        break;
    case '%':
        put_until(writer, "%", END);
        break;
    case '*':
        if (conversion[1] == 's') {
            width = va_arg(*arguments, int);
            put_padded(writer, width, va_arg(*arguments, const char *));
            return conversion + 2;
        }
        /* fall through */
    default:
        set_error(writer, -EINVAL);
        return conversion;
    }
    return conversion + 1;
}

void fastabi_write(struct fastabi_writer *writer, const char *template_, ...)
{
    va_list arguments;

    if (!writer)
        return;
    if (!template_) {
        set_error(writer, -EINVAL);
        return;
    }
    va_start(arguments, template_);
    while (!writer->error) {
        template_ = put_until(writer, template_, END | PERCENT);
        if (!*template_)
            break;
        template_ = put_conversion(writer, template_ + 1, &arguments);
    }
    va_end(arguments);
}

/* ---- prose ---- */

/* What goes on one line of a wrapped text: whole words. */
struct piece {
    const char *text;
    size_t length;
    bool is_plain; /* can be written as it is: single blanks, no start or end of a comment */
};

static bool is_comment_token(char first, char second)
{
    return (first == '/' && second == '*') || (first == '*' && second == '/');
}

/* The end of a word, and how many columns it takes with what defusing adds. */
static const char *find_word_end(const char *word, size_t *columns, bool *has_token)
{
    const char *end = word;
    unsigned int found = 0;

    for (; !is_in(*end, END | NEWLINE | BLANK); end++)
        found |= classes[(unsigned char)*end];
    *columns = (size_t)(end - word);
    *has_token = false;
    if (!(found & (CONTINUED | COMMENT)))
        return end;
    *columns = count_columns(word, (size_t)(end - word));
    for (const char *at = word + 1; at < end; at++) {
        if (is_comment_token(at[-1], *at)) {
            ++*columns;
            *has_token = true;
        }
    }
    return end;
}

/*
 * As many words of a line as fit into so many columns, or one; none at its end.  Moves *text
 * behind them.
 */
static struct piece find_piece(const char **text, size_t columns)
{
    const char *word = *text;
    size_t column = 0;
    struct piece piece = { .is_plain = true };

    while (is_in(*word, BLANK))
        word++;
    piece.text = word;
    while (!is_in(*word, END | NEWLINE)) {
        size_t width;
        bool has_token;
        const char *end = find_word_end(word, &width, &has_token);

        if (piece.length && column + 1 + width > columns)
            break;
        if (has_token || (piece.length && (word != *text + 1 || **text != ' ')))
            piece.is_plain = false;
        column += width + (piece.length > 0);
        piece.length = (size_t)(end - piece.text);
        *text = end;
        for (word = end; is_in(*word, BLANK); word++)
            ;
    }
    return piece;
}

static void put_piece(struct fastabi_writer *writer, const struct piece *piece)
{
    char before = ' ';

    if (piece->is_plain) {
        put_bytes(writer, piece->text, piece->length);
        return;
    }
    for (size_t i = 0; i < piece->length; before = piece->text[i++]) {
        char character = piece->text[i];

        if (is_comment_token(before, character) ||
            (is_in(character, BLANK) && !is_in(before, BLANK)))
            put_bytes(writer, " ", 1);
        if (!is_in(character, BLANK))
            put_bytes(writer, &character, 1);
    }
}

/*
 * Whether a line that ends so is joined with the next by a C compiler: by a backslash, or the
 * trigraph for one.  Behind a comment that ends with its line, that would swallow code.
 */
static bool is_spliced(const struct piece *piece)
{
    const char *end = piece->text + piece->length;

    return end[-1] == '\\' || (piece->length >= 3 && !memcmp(end - 3, "?\?/", 3));
}

/* A line with nothing but the prefix, without the blanks that it ends in. */
static void put_empty_line(struct fastabi_writer *writer, const char *prefix)
{
    size_t length = strlen(prefix);

    while (length && is_in(prefix[length - 1], BLANK))
        length--;
    if (length)
        start_line(writer);
    put_bytes(writer, prefix, length);
    put_until(writer, "\n", END);
}

/* One paragraph, wrapped into lines of so many columns behind the prefix. */
static void put_paragraph(struct fastabi_writer *writer, const char *prefix, size_t columns,
                          const char *text)
{
    size_t length = strlen(prefix);
    struct piece piece = find_piece(&text, columns);

    do {
        start_line(writer);
        put_bytes(writer, prefix, length);
        if (length && is_comment_token(prefix[length - 1], *piece.text))
            put_bytes(writer, " ", 1);
        put_piece(writer, &piece);
        put_until(writer, is_spliced(&piece) ? " .\n" : "\n", END);
        piece = find_piece(&text, columns);
    } while (piece.length);
}

void fastabi_write_wrapped(struct fastabi_writer *writer, const char *prefix, unsigned int width,
                           const char *text)
{
    size_t margin, columns;
    bool first = true;

    if (!writer)
        return;
    if (!prefix)
        prefix = "";
    margin = count_columns(writer->indent, writer->indent_length) +
             count_columns(prefix, strlen(prefix));
    columns = width > margin ? width - margin : 0;
    for (; text && !writer->error; text = strchr(text, '\n')) {
        text += strspn(text, " \t\r\n");
        if (!*text)
            return;
        if (!first)
            put_empty_line(writer, prefix);
        put_paragraph(writer, prefix, columns, text);
        first = false;
    }
}
