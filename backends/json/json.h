/* SPDX-License-Identifier: MIT */
/*
 * The syntax of JSON: members and elements with their commas and escapes.  Knows nothing of
 * specifications.
 */
#ifndef FASTABI_BACKENDS_JSON_H
#define FASTABI_BACKENDS_JSON_H

#include <fastabi/fastabi.h>

/* A document being written.  Start with the writer alone. */
struct json {
    struct fastabi_writer *writer;
    unsigned int depth;
    bool has_before; /* something precedes in this object or array: a comma comes first */
};

/* Every value has a key in an object, and NULL for one in an array (or the document). */
void json_open(struct json *json, const char *key, char bracket);     /* '{' or '[' */
void json_close(struct json *json, char bracket);                     /* '}' or ']' */
void json_text(struct json *json, const char *key, const char *text); /* NULL: null */
void json_unsigned(struct json *json, const char *key, unsigned int value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
/* 64 bits, as a text: many readers of JSON keep numbers as doubles. */
void json_hexadecimal(struct json *json, const char *key, uint64_t value);
void json_decimal(struct json *json, const char *key, int64_t value);

extern const struct fastabi_backend fastabi_backend_json;

#endif
