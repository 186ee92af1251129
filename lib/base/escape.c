/* SPDX-License-Identifier: MIT */
/* Text of unknown origin made safe for a terminal.  Knows nothing of where it is printed. */
#include "base/escape.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <fastabi/context.h>

#include "base/utf8.h"

#define ESCAPE_SIZE 12 /* of the longest escape, with its NUL */
#define LONGEST     4  /* bytes of an escape for one of text */

static bool is_obeyed(uint32_t code_point)
{
    return code_point < 0x20 || fastabi_is_forbidden(code_point);
}

/*
 * Put the first character of text into safe: as it is, or as an escape if it is one that a terminal
 * obeys, or not UTF-8.  Returns the bytes of text that it stands for.
 */
static size_t take_next(const char *text, char safe[ESCAPE_SIZE])
{
    uint32_t code_point;
    size_t length = fastabi_utf8_decode(text, &code_point);

    if (!length || (length == 1 && is_obeyed(code_point))) {
        snprintf(safe, ESCAPE_SIZE, "\\x%02x", (unsigned int)(unsigned char)*text);
        return 1;
    }
    if (is_obeyed(code_point)) {
        snprintf(safe, ESCAPE_SIZE, "\\u%04x", (unsigned int)code_point);
    } else {
        memcpy(safe, text, length);
        safe[length] = '\0';
    }
    return length;
}

char *fastabi_escape(struct fastabi_arena *arena, const char *text)
{
    char *safe = fastabi_arena_alloc(arena, strlen(text) * LONGEST + ESCAPE_SIZE);
    char *end = safe;

    while (safe && *text) {
        text += take_next(text, end);
        end += strlen(end);
    }
    return safe;
}

int fastabi_text_print(const char *text, FILE *stream)
{
    char safe[ESCAPE_SIZE];

    if (!text || !stream)
        return -EINVAL;
    while (*text) {
        text += take_next(text, safe);
        fputs(safe, stream);
    }
    return ferror(stream) ? -EIO : 0;
}
