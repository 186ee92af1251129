/* SPDX-License-Identifier: MIT */
/* Prose in comments: wrapped, and unable to end the comment.  Knows nothing of languages but C. */
#include "emit/put.h"

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
        found |= fastabi_writer_classes[(unsigned char)*end];
    *columns = (size_t)(end - word);
    *has_token = false;
    if (!(found & (CONTINUED | COMMENT)))
        return end;
    *columns = fastabi_text_columns(word, (size_t)(end - word));
    for (const char *at = word + 1; at < end; at++) {
        if (is_comment_token(at[-1], *at)) {
            ++*columns;
            *has_token = true;
        }
    }
    return end;
}

/*
 * As many words of a line as fit into that many columns, or one; none at its end.  Moves *text past
 * them.
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
 * Whether a line with such an end is joined with the next by a C compiler: by a backslash, or the
 * trigraph for one.  After a comment that ends with its line, that would swallow code.
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

/* One paragraph, wrapped into lines of that many columns after the prefix. */
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
    margin = fastabi_text_columns(writer->indent, writer->indent_length) +
             fastabi_text_columns(prefix, strlen(prefix));
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
