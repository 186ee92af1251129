/* SPDX-License-Identifier: MIT */
/*
 * Text for a terminal.  Frames are drawn with Unicode only where the locale says that it is
 * shown.  Knows nothing of specifications.
 */
#include "text.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <fastabi/context.h>

#define WIDTH_MIN     60
#define WIDTH_MAX     100
#define WIDTH_DEFAULT 80
#define COLUMNS_MAX   8u /* of a table */
#define COLUMN_MIN    8  /* a column is not made narrower than this */

size_t text_width(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
        return WIDTH_DEFAULT;
    if (size.ws_col < WIDTH_MIN)
        return WIDTH_MIN;
    return size.ws_col > WIDTH_MAX ? WIDTH_MAX : size.ws_col;
}

/* Bytes of text that fit into a line: up to a blank, unless a word is longer than the line. */
static size_t measure_line(const char *text, const char *stops, size_t width)
{
    size_t fits = 0;
    size_t columns = 0;
    size_t i;

    for (i = 0; text[i] && !strchr(stops, text[i]); i++) {
        if (text[i] == ' ')
            fits = i;
        columns += fastabi_text_columns(text + i, 1);
        if (columns > width && text[i] != ' ')
            return fits ? fits : i;
    }
    return i;
}

void text_print_wrapped(const char *text, size_t column, size_t width)
{
    size_t room = width > column ? width - column : 1;
    const char *end;

    for (;;) {
        size_t length = measure_line(text, "\n", room);

        printf("%.*s\n", (int)length, text);
        end = text + length;
        text = end + strspn(end, " \n");
        if (!*text)
            break;
        if (memchr(end, '\n', (size_t)(text - end)))
            putchar('\n');
        printf("%*s", (int)column, "");
    }
}

/* ---- tables ---- */

/* What a frame is drawn with: left, between columns, right; for top, head, bottom and text. */
struct frame {
    const char *line;
    const char *corners[4][3];
};

static const struct frame ascii = {
    "-",
    { { "+", "+", "+" }, { "+", "+", "+" }, { "+", "+", "+" }, { "|", "|", "|" } },
};

static const struct frame unicode = {
    "\u2500",
    {
        { "\u250c", "\u252c", "\u2510" },
        { "\u251c", "\u253c", "\u2524" },
        { "\u2514", "\u2534", "\u2518" },
        { "\u2502", "\u2502", "\u2502" },
    },
};

enum { FRAME_TOP, FRAME_HEAD, FRAME_BOTTOM, FRAME_TEXT };

struct widths {
    size_t count;
    size_t columns[COLUMNS_MAX];
    size_t words[COLUMNS_MAX]; /* the longest word of each column */
};

/* Room for that many bytes more.  (glibc's memory streams lose what they have no memory for.) */
static bool make_room(struct text_table *table, size_t length)
{
    size_t capacity = 2 * (table->length + length);
    char *larger;

    if (length <= table->capacity - table->length)
        return true;
    larger = realloc(table->text, capacity);
    if (!larger)
        return false;
    table->text = larger;
    table->capacity = capacity;
    return true;
}

void text_table_add(struct text_table *table, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || !make_room(table, (size_t)length + 1)) {
        table->failed = true;
        return;
    }
    va_start(arguments, format);
    vsnprintf(table->text + table->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    table->length += (size_t)length;
}

static void raise_to(size_t *most, size_t value)
{
    if (value > *most)
        *most = value;
}

static size_t measure_longest_word(const char *text, size_t length)
{
    size_t longest = COLUMN_MIN;

    while (length) {
        size_t word = 0;

        while (word < length && text[word] != ' ')
            word++;
        raise_to(&longest, fastabi_text_columns(text, word));
        word += word < length;
        text += word;
        length -= word;
    }
    return longest;
}

/* The natural width of each column. */
static struct widths measure_cells(const char *text)
{
    struct widths widths = { 0, { 0 }, { 0 } };
    size_t column = 0;

    while (*text && column < COLUMNS_MAX) {
        size_t length = strcspn(text, "\n" TEXT_CELL TEXT_ROW);

        raise_to(&widths.columns[column], fastabi_text_columns(text, length));
        raise_to(&widths.words[column], measure_longest_word(text, length));
        raise_to(&widths.count, column + 1);
        text += length;
        if (*text == *TEXT_CELL)
            column++;
        else if (*text == *TEXT_ROW)
            column = 0;
        text += *text != '\0';
    }
    return widths;
}

static size_t sum_widths(const struct widths *widths)
{
    size_t total = 1; /* the frame at the end; each column has one and two blanks */

    for (size_t i = 0; i < widths->count; i++)
        total += widths->columns[i] + 3;
    return total;
}

/*
 * Narrow the widest column by one: while there is one, one whose words all stay whole.  false: none
 * can be narrowed.
 */
static bool narrow(struct widths *widths, bool break_words)
{
    size_t widest = COLUMNS_MAX;

    for (size_t i = 0; i < widths->count; i++) {
        if (widths->columns[i] <= (break_words ? COLUMN_MIN : widths->words[i]))
            continue;
        if (widest == COLUMNS_MAX || widths->columns[i] > widths->columns[widest])
            widest = i;
    }
    if (widest == COLUMNS_MAX)
        return false;
    widths->columns[widest]--;
    return true;
}

static void fit(struct widths *widths, size_t width)
{
    while (sum_widths(widths) > width && narrow(widths, false))
        ;
    while (sum_widths(widths) > width && narrow(widths, true))
        ;
}

static void print_rule(const struct frame *frame, int kind, const struct widths *widths)
{
    for (size_t i = 0; i < widths->count; i++) {
        fputs(frame->corners[kind][i > 0], stdout);
        for (size_t j = 0; j < widths->columns[i] + 2; j++)
            fputs(frame->line, stdout);
    }
    puts(frame->corners[kind][2]);
}

/* Print one line of a cell, and move *cell past it: to its end, or the next line's start. */
static void print_cell_line(const char **cell, size_t width)
{
    size_t length = measure_line(*cell, "\n" TEXT_CELL TEXT_ROW, width);

    printf(" %.*s%*s ", (int)length, *cell, (int)(width - fastabi_text_columns(*cell, length)), "");
    *cell += length;
    *cell += **cell == '\n' || **cell == ' ';
}

/* Print a row.  Returns where the next one starts. */
static const char *print_row(const struct frame *frame, const struct widths *widths,
                             const char *row)
{
    const char *cells[COLUMNS_MAX];
    const char *end = row + strcspn(row, TEXT_ROW);
    bool is_done;

    for (size_t i = 0; i < widths->count; i++) {
        cells[i] = row;
        row += strcspn(row, TEXT_CELL TEXT_ROW);
        row += *row == *TEXT_CELL;
    }
    do {
        is_done = true;
        for (size_t i = 0; i < widths->count; i++) {
            fputs(frame->corners[FRAME_TEXT][i > 0], stdout);
            print_cell_line(&cells[i], widths->columns[i]);
            is_done = is_done && (!*cells[i] || strchr(TEXT_CELL TEXT_ROW, *cells[i]));
        }
        puts(frame->corners[FRAME_TEXT][2]);
    } while (!is_done);
    return end + (*end == *TEXT_ROW);
}

bool text_table_print(struct text_table *table, size_t width)
{
    const struct frame *frame = strcmp(nl_langinfo(CODESET), "UTF-8") ? &ascii : &unicode;
    struct widths widths;
    const char *row;

    if (table->failed || !table->text) {
        free(table->text);
        return false;
    }
    widths = measure_cells(table->text);
    fit(&widths, width);
    print_rule(frame, FRAME_TOP, &widths);
    row = print_row(frame, &widths, table->text);
    print_rule(frame, FRAME_HEAD, &widths);
    while (*row)
        row = print_row(frame, &widths, row);
    print_rule(frame, FRAME_BOTTOM, &widths);
    free(table->text);
    return true;
}
