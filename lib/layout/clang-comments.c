/* SPDX-License-Identifier: MIT */
/*
 * Directions from comments.  In Xen's headers a comment with IN, OUT or IN/OUT holds for the fields
 * below it, until the next one; after a field it is about that field alone.  libclang attaches
 * comments to the first field of a group only, so they are read from the text.  Knows nothing of
 * types.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout/clang.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The words IN and OUT in a comment. */
static enum fastabi_direction read_words(const char *text, size_t length)
{
    unsigned int direction = FASTABI_DIRECTION_UNKNOWN;

    for (size_t i = 0; i < length;) {
        size_t word = 0;

        while (i + word < length && is_word(text[i + word]))
            word++;
        if (word == 2 && !memcmp(text + i, "IN", 2))
            direction |= FASTABI_DIRECTION_IN;
        if (word == 3 && !memcmp(text + i, "OUT", 3))
            direction |= FASTABI_DIRECTION_OUT;
        i += word ? word : 1;
    }
    return (enum fastabi_direction)direction;
}

static int add(struct clang_comments *comments, const struct clang_comment *comment)
{
    if (!(comments->count & (comments->count - 1))) { /* 0 or a power of two: full */
        size_t capacity = comments->count ? 2 * comments->count : 1;
        struct clang_comment *items = realloc(comments->items, capacity * sizeof(*items));

        if (!items)
            return -ENOMEM;
        comments->items = items;
    }
    comments->items[comments->count++] = *comment;
    return 0;
}

/* Bytes of the comment at text, 0: there is none. */
static size_t measure(const char *text, size_t left)
{
    const char *end;

    if (left < 2 || text[0] != '/' || (text[1] != '*' && text[1] != '/'))
        return 0;
    if (text[1] == '/') {
        end = memchr(text, '\n', left);
        return end ? (size_t)(end - text) : left;
    }
    for (size_t i = 3; i < left; i++) {
        if (text[i - 1] == '*' && text[i] == '/')
            return i + 1;
    }
    return left;
}

int clang_comments_read(struct clang_comments *comments, const char *text, size_t start, size_t end,
                        unsigned int line)
{
    char last = '\0'; /* of the code in this line */

    comments->start = start;
    comments->end = end;
    for (size_t i = start; i < end;) {
        size_t length = measure(text + i, end - i);

        if (length) {
            struct clang_comment comment = { i, line, read_words(text + i, length),
                                             last == ';' || last == ',' };

            if (comment.direction && add(comments, &comment))
                return -ENOMEM;
            for (size_t j = i; j < i + length; j++)
                line += text[j] == '\n';
            i += length;
            continue;
        }
        if (text[i] == '\n') {
            line++;
            last = '\0';
        } else if (text[i] != ' ' && text[i] != '\t') {
            last = text[i];
        }
        i++;
    }
    return 0;
}

void clang_comments_free(struct clang_comments *comments)
{
    free(comments->items);
}

enum fastabi_direction clang_comments_trailing(const struct clang_comments *comments, size_t offset,
                                               unsigned int line)
{
    for (size_t i = 0; i < comments->count; i++) {
        const struct clang_comment *comment = &comments->items[i];

        if (comment->is_trailing && comment->line == line && comment->offset > offset)
            return comment->direction;
    }
    return FASTABI_DIRECTION_UNKNOWN;
}

enum fastabi_direction clang_comments_direction(const struct clang_comments *comments,
                                                size_t offset, unsigned int line,
                                                enum fastabi_direction outer,
                                                enum fastabi_direction outer_trailing)
{
    enum fastabi_direction direction = clang_comments_trailing(comments, offset, line);

    if (offset < comments->start || offset >= comments->end)
        return outer;
    if (direction || outer_trailing)
        return direction ? direction : outer_trailing;
    for (size_t i = 0; i < comments->count && comments->items[i].offset < offset; i++) {
        if (!comments->items[i].is_trailing)
            direction = comments->items[i].direction;
    }
    return direction;
}
