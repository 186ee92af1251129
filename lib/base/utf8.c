/* SPDX-License-Identifier: MIT */
/* Characters of UTF-8; knows nothing of where the text is from. */
#include "base/utf8.h"

#include <string.h>

#include <fastabi/context.h>

size_t fastabi_utf8_length(unsigned char first)
{
    return first < 0x80   ? 1
           : first < 0xc2 ? 0
           : first < 0xe0 ? 2
           : first < 0xf0 ? 3
           : first < 0xf5 ? 4
                          : 0;
}

size_t fastabi_utf8_decode(const char *text, uint32_t *code_point)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = fastabi_utf8_length(bytes[0]);

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

size_t fastabi_utf8_plain(const void *text, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const char *bytes = text;
    size_t i = 0;

    for (; length - i >= 8; i += 8) {
        uint64_t word;

        memcpy(&word, bytes + i, 8);
        /* high bit set in a byte that is below 0x20, or 0x7f and above */
        if (((word - ones * 0x20) | (word + ones) | word) & (ones * 0x80))
            break;
    }
    return i;
}

size_t fastabi_text_columns(const char *text, size_t length)
{
    size_t columns = 0;

    for (size_t i = 0; text && i < length && text[i]; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

bool fastabi_is_forbidden(uint32_t code_point)
{
    if (code_point < 0x20)
        return code_point != '\t' && code_point != '\n' && code_point != '\r';
    if (code_point < 0x7f)
        return false;
    return code_point < 0xa0 ||    /* DEL, C1 */
           code_point == 0x061c || /* bidirectional formatting ... */
           (code_point >= 0x200e && code_point <= 0x200f) ||
           (code_point >= 0x2028 && code_point <= 0x202e) || /* ... and line separators */
           (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0xfeff ||
           (code_point & 0xfffe) == 0xfffe;
}
