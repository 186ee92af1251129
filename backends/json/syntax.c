/* SPDX-License-Identifier: MIT */
/*
 * The syntax of JSON: members and elements with their commas and escapes.  Knows nothing of
 * specifications.
 */
#include "json.h"

#include <inttypes.h>

#define PIECE 128 /* bytes written at once */

/* What every value starts with: the comma of the one before, its own line, its key. */
static void start_value(struct json *json, const char *key)
{
    if (json->depth)
        fastabi_write(json->writer, json->has_before ? ",\n" : "\n");
    json->has_before = true;
    if (key)
        fastabi_write(json->writer, "\"%s\": ", key);
}

void json_open(struct json *json, const char *key, char bracket)
{
    start_value(json, key);
    fastabi_write_text(json->writer, &bracket, 1);
    fastabi_writer_indent(json->writer, 1);
    json->depth++;
    json->has_before = false;
}

void json_close(struct json *json, char bracket)
{
    fastabi_writer_indent(json->writer, -1);
    json->depth--;
    fastabi_write(json->writer, json->has_before ? "\n%c" : "%c", bracket);
    json->has_before = true;
}

/* Put the escape of a character, or the character.  Returns its length. */
static size_t escape(char character, char *to)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char code = (unsigned char)character;

    if (code >= 0x20 && code != 0x7f && character != '"' && character != '\\') {
        to[0] = character;
        return 1;
    }
    to[0] = '\\';
    if (character == '"' || character == '\\' || character == '\n') {
        to[1] = character == '\n' ? 'n' : character;
        return 2;
    }
    to[1] = 'u';
    to[2] = '0';
    to[3] = '0';
    to[4] = digits[code >> 4];
    to[5] = digits[code & 15];
    return 6;
}

void json_text(struct json *json, const char *key, const char *text)
{
    char piece[PIECE + 8];
    size_t used = 1;

    if (!text) {
        json_null(json, key);
        return;
    }
    start_value(json, key);
    piece[0] = '"';
    for (; *text; text++) {
        used += escape(*text, piece + used);
        if (used < PIECE)
            continue;
        fastabi_write_text(json->writer, piece, used);
        used = 0;
    }
    piece[used++] = '"';
    fastabi_write_text(json->writer, piece, used);
}

void json_unsigned(struct json *json, const char *key, unsigned int value)
{
    start_value(json, key);
    fastabi_write(json->writer, "%u", value);
}

void json_bool(struct json *json, const char *key, bool value)
{
    start_value(json, key);
    fastabi_write(json->writer, value ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
    start_value(json, key);
    fastabi_write(json->writer, "null");
}

void json_hexadecimal(struct json *json, const char *key, uint64_t value)
{
    start_value(json, key);
    fastabi_write(json->writer, "\"0x%" PRIx64 "\"", value);
}

void json_decimal(struct json *json, const char *key, int64_t value)
{
    start_value(json, key);
    fastabi_write(json->writer, "\"%" PRId64 "\"", value);
}
