/* SPDX-License-Identifier: MIT */
/* Text of unknown origin made safe for a terminal.  Knows nothing of where it is printed. */
#include "base/escape.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <fastabi/context.h>

size_t fastabi_utf8_measure(const char *text, uint32_t *code_point)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] < 0x80   ? 1
                    : bytes[0] < 0xc2 ? 0
                    : bytes[0] < 0xe0 ? 2
                    : bytes[0] < 0xf0 ? 3
                    : bytes[0] < 0xf5 ? 4
                                      : 0;

    if (length < 2) {
        *code_point = bytes[0];
        return length;
    }
    *code_point = bytes[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        *code_point = *code_point << 6 | (bytes[i] & 0x3fu);
    }
    if (*code_point < smallest[length] || *code_point > 0x10ffff ||
        (*code_point >= 0xd800 && *code_point < 0xe000))
        return 0;
    return length;
}

/* Controls, C1 among them, and what changes the direction or the lines of the text around it. */
static bool is_obeyed(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0x061c ||
           (code_point >= 0x200e && code_point <= 0x200f) ||
           (code_point >= 0x2028 && code_point <= 0x202e) ||
           (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0xfeff;
}

size_t fastabi_escape_next(const char *text, char safe[FASTABI_ESCAPE_SIZE])
{
    uint32_t code_point;
    size_t length = fastabi_utf8_measure(text, &code_point);

    if (!length || (length == 1 && is_obeyed(code_point))) {
        snprintf(safe, FASTABI_ESCAPE_SIZE, "\\x%02x", (unsigned int)(unsigned char)*text);
        return 1;
    }
    if (is_obeyed(code_point)) {
        snprintf(safe, FASTABI_ESCAPE_SIZE, "\\u%04x", (unsigned int)code_point);
    } else {
        memcpy(safe, text, length);
        safe[length] = '\0';
    }
    return length;
}

void fastabi_escape(const char *text, char *safe, size_t size)
{
    char next[FASTABI_ESCAPE_SIZE];
    size_t used = 0;

    while (*text) {
        text += fastabi_escape_next(text, next);
        if (used + strlen(next) >= size)
            break;
        memcpy(safe + used, next, strlen(next));
        used += strlen(next);
    }
    safe[used] = '\0';
}

int fastabi_text_print(const char *text, FILE *stream)
{
    char safe[FASTABI_ESCAPE_SIZE];

    if (!text || !stream)
        return -EINVAL;
    while (*text) {
        text += fastabi_escape_next(text, safe);
        fputs(safe, stream);
    }
    return ferror(stream) ? -EIO : 0;
}
