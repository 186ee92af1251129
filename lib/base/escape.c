/* SPDX-License-Identifier: MIT */
/* Text of unknown origin made safe for a terminal, or for JSON. */
#include "base/escape.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <fastabi/context.h>

#include "base/utf8.h"

#define LONGEST 4 /* bytes of an escape for one of text */

static bool is_obeyed(uint32_t code_point)
{
    return code_point < 0x20 || fastabi_is_forbidden(code_point);
}

static void copy(char safe[FASTABI_ESCAPE_SIZE], const char *text, size_t length)
{
    memcpy(safe, text, length);
    safe[length] = '\0';
}

/*
 * Put the first character of text into safe: as it is, or as an escape if it is one that a terminal
 * obeys, or not UTF-8.  Returns the bytes of text that it stands for.
 */
static size_t take_next(const char *text, char safe[FASTABI_ESCAPE_SIZE])
{
    uint32_t code_point;
    size_t length = fastabi_utf8_decode(text, &code_point);

    if (!length || (length == 1 && is_obeyed(code_point))) {
        snprintf(safe, FASTABI_ESCAPE_SIZE, "\\x%02x", (unsigned int)(unsigned char)*text);
        return 1;
    }
    if (is_obeyed(code_point)) {
        snprintf(safe, FASTABI_ESCAPE_SIZE, "\\u%04x", (unsigned int)code_point);
    } else {
        copy(safe, text, length);
    }
    return length;
}

char *fastabi_escape(struct fastabi_arena *arena, const char *text)
{
    char *safe = fastabi_arena_alloc(arena, strlen(text) * LONGEST + FASTABI_ESCAPE_SIZE);
    char *end = safe;

    while (safe && *text) {
        text += take_next(text, end);
        end += strlen(end);
    }
    return safe;
}

int fastabi_text_print(const char *text, FILE *stream)
{
    char safe[FASTABI_ESCAPE_SIZE];

    if (!text || !stream)
        return -EINVAL;
    while (*text) {
        text += take_next(text, safe);
        fputs(safe, stream);
    }
    return ferror(stream) ? -EIO : 0;
}

/* ---- JSON ---- */

/* ASCII that JSON has in strings as it is. */
static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

size_t fastabi_json_plain(const char *text)
{
    size_t length = 0;

    while (is_plain(text[length]))
        length++;
    return length;
}

size_t fastabi_json_take(const char *text, char json[FASTABI_ESCAPE_SIZE])
{
    uint32_t code_point;
    size_t length = fastabi_utf8_decode(text, &code_point);

    if (!length) {
        copy(json, "\\ufffd", 6);
        return 1;
    }
    if (code_point == '\n')
        copy(json, "\\n", 2);
    else if (code_point == '"' || code_point == '\\')
        snprintf(json, FASTABI_ESCAPE_SIZE, "\\%c", *text);
    else if (code_point < 0x20 || code_point == 0x7f)
        snprintf(json, FASTABI_ESCAPE_SIZE, "\\u%04x", (unsigned int)code_point);
    else
        copy(json, text, length);
    return length;
}

int fastabi_json_print(const char *text, FILE *stream)
{
    char json[FASTABI_ESCAPE_SIZE];

    if (!text || !stream)
        return -EINVAL;
    fputc('"', stream);
    while (*text) {
        text += fastabi_json_take(text, json);
        fputs(json, stream);
    }
    fputc('"', stream);
    return ferror(stream) ? -EIO : 0;
}
