/* SPDX-License-Identifier: MIT */
/*
 * The syntax of JSON: members and elements with their commas and escapes.  Knows nothing of
 * specifications.
 */
#include "json.h"

#include <inttypes.h>
#include <string.h>

#define KEY_MAX  64 /* of our own keys */
#define TAIL_MAX 8  /* "false" */

static char *append(char *to, const char *text, size_t most)
{
    size_t length = strnlen(text, most);

    memcpy(to, text, length);
    return to + length;
}

/*
 * What every value starts with: the comma of the one before, its own line, its key; and the value
 * itself, or the start of it.  There are some hundred values in an operation, so they are put
 * together here: a template for each piece costs more than all the rest.
 */
static void start_value(struct json *json, const char *key, const char *tail)
{
    char text[KEY_MAX + TAIL_MAX + 8];
    char *next = text;

    if (json->depth && json->has_before)
        *next++ = ',';
    if (json->depth)
        *next++ = '\n';
    json->has_before = true;
    if (key) {
        *next++ = '"';
        next = append(next, key, KEY_MAX);
        next = append(next, "\": ", 3);
    }
    next = append(next, tail, TAIL_MAX);
    fastabi_write_text(json->writer, text, (size_t)(next - text));
}

void json_open(struct json *json, const char *key, char bracket)
{
    const char tail[] = { bracket, '\0' };

    start_value(json, key, tail);
    fastabi_writer_indent(json->writer, 1);
    json->depth++;
    json->has_before = false;
}

void json_close(struct json *json, char bracket)
{
    const char text[] = { '\n', bracket };

    fastabi_writer_indent(json->writer, -1);
    json->depth--;
    fastabi_write_text(json->writer, json->has_before ? text : text + 1, json->has_before ? 2 : 1);
    json->has_before = true;
}

void json_text(struct json *json, const char *key, const char *text)
{
    if (!text) {
        json_null(json, key);
        return;
    }
    start_value(json, key, "");
    fastabi_write_json(json->writer, text);
}

void json_unsigned(struct json *json, const char *key, unsigned int value)
{
    start_value(json, key, "");
    fastabi_write(json->writer, "%u", value);
}

void json_bool(struct json *json, const char *key, bool value)
{
    start_value(json, key, value ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
    start_value(json, key, "null");
}

void json_hexadecimal(struct json *json, const char *key, uint64_t value)
{
    start_value(json, key, "");
    fastabi_write(json->writer, "\"0x%" PRIx64 "\"", value);
}

void json_decimal(struct json *json, const char *key, int64_t value)
{
    start_value(json, key, "");
    fastabi_write(json->writer, "\"%" PRId64 "\"", value);
}
