/* SPDX-License-Identifier: MIT */
/*
 * The syntax of JSON: members and elements with their commas and escapes.  Knows nothing of
 * specifications.
 */
#include "json.h"

#include <inttypes.h>

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

void json_text(struct json *json, const char *key, const char *text)
{
    if (!text) {
        json_null(json, key);
        return;
    }
    start_value(json, key);
    fastabi_write_json(json->writer, text);
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
