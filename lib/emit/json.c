/* SPDX-License-Identifier: MIT */
/* Strings of JSON into a writer.  What is escaped, and how, is base/escape.c's. */
#include <errno.h>

#include "base/escape.h"
#include "emit/put.h"

void fastabi_write_json(struct fastabi_writer *writer, const char *text)
{
    char json[FASTABI_ESCAPE_SIZE];

    if (!writer || writer->error)
        return;
    if (!text) {
        set_error(writer, -EINVAL);
        return;
    }
    start_line(writer);
    put_bytes(writer, "\"", 1);
    while (*text) {
        size_t plain = fastabi_json_plain(text);

        put_bytes(writer, text, plain);
        text += plain;
        if (!*text)
            break;
        text += fastabi_json_take(text, json);
        put_bytes(writer, json, strlen(json));
    }
    put_bytes(writer, "\"", 1);
}
