/* SPDX-License-Identifier: MIT */
/*
 * The snapshot provider: a layout from the file that lib/emit/snapshot.c wrote.  The file is input
 * like any other, so nothing in it is trusted.  Knows nothing of headers.
 */
#include "layout/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "layout/model.h"
#include "read/form.h"

#define FILE_MAX 4096 /* bytes of the path of a header */

const char *const fastabi_snapshot_kinds[] = {
    [FASTABI_FIELD_INTEGER] = "integer", [FASTABI_FIELD_POINTER] = "pointer",
    [FASTABI_FIELD_HANDLE] = "handle",   [FASTABI_FIELD_STRUCT] = "struct",
    [FASTABI_FIELD_UNION] = "union",     [FASTABI_FIELD_ARRAY] = "array",
    [FASTABI_FIELD_BITS] = "bits",       [FASTABI_FIELD_OTHER] = "other",
};

const char *const fastabi_snapshot_directions[] = { "", "in", "out", "in/out" };

struct snapshot {
    struct fastabi_layout_sink *sink;
    int64_t format;
};

/* ---- texts of several words: "u16 at 0, in, line 95" ---- */

static bool take(const char **text, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(*text, word, length))
        return false;
    *text += length;
    return true;
}

static bool take_number(const char **text, uint64_t *number)
{
    char *end;

    if (**text < '0' || **text > '9')
        return false;
    errno = 0;
    *number = strtoull(*text, &end, 10);
    *text = end;
    return !errno && *number <= INT64_MAX;
}

/* "u16", "pointer of 8" */
static bool take_kind(const char **text, struct fastabi_field *field)
{
    uint64_t bits;

    if (**text == 'i' || (**text == 'u' && (*text)[1] != 'n')) {
        field->kind = FASTABI_FIELD_INTEGER;
        field->is_signed = **text == 'i';
        ++*text;
        if (!take_number(text, &bits) || (bits != 8 && bits != 16 && bits != 32 && bits != 64))
            return false;
        field->size = bits / 8;
        return true;
    }
    for (int kind = FASTABI_FIELD_POINTER; kind <= FASTABI_FIELD_OTHER; kind++) {
        if (take(text, fastabi_snapshot_kinds[kind])) {
            field->kind = (enum fastabi_field_kind)kind;
            return take(text, " of ") && take_number(text, &field->size);
        }
    }
    return false;
}

static bool parse_field(const char *text, struct fastabi_field *field)
{
    uint64_t line = 0;

    if (!take_kind(&text, field) || !take(&text, " at ") || !take_number(&text, &field->offset))
        return false;
    if (take(&text, ", ") && take_number(&text, &field->count)) {
        if (!take(&text, " elements"))
            return false;
        take(&text, ", ");
    }
    for (int direction = FASTABI_DIRECTION_BOTH; direction; direction--) {
        if (take(&text, fastabi_snapshot_directions[direction])) {
            field->direction = (enum fastabi_direction)direction;
            take(&text, ", ");
            break;
        }
    }
    if (take(&text, "line ") && !take_number(&text, &line))
        return false;
    field->line = line <= UINT32_MAX ? (unsigned int)line : 0;
    return !*text;
}

/* "event_channel.h:93" */
static bool parse_place(const char *text, char *file, size_t size,
                        struct fastabi_layout_place *place)
{
    const char *colon = strrchr(text, ':');
    uint64_t line;

    if (!colon || colon == text || (size_t)(colon - text) >= size)
        return false;
    memcpy(file, text, (size_t)(colon - text));
    file[colon - text] = '\0';
    colon++;
    if (!take_number(&colon, &line) || *colon || line > UINT32_MAX)
        return false;
    *place = (struct fastabi_layout_place){ file, (unsigned int)line, 0 };
    return true;
}

static int complain(struct fastabi_form *form, const struct fastabi_node *node, const char *what)
{
    return fastabi_complain(form, FASTABI_DIAG_BAD_SNAPSHOT, fastabi_mark_of(node),
                            "'%.60s' is not %s; save the snapshot again", node->text, what);
}

/* ---- macros and types ---- */

static int read_macro(struct fastabi_form *form, const struct fastabi_node *key,
                      struct snapshot *snapshot)
{
    struct fastabi_layout_place place;
    char number[32], file[FILE_MAX];
    const char *comma = strstr(key->next->text, ", ");
    size_t length = comma ? (size_t)(comma - key->next->text) : sizeof(number);
    int64_t value;

    if (length >= sizeof(number))
        return complain(form, key->next, "a value and a place");
    memcpy(number, key->next->text, length);
    number[length] = '\0';
    if (fastabi_parse_integer(number, true, &value) ||
        !parse_place(comma + 2, file, sizeof(file), &place))
        return complain(form, key->next, "a value and a place");
    return snapshot->sink->add_macro(snapshot->sink, key->text, value, &place);
}

static int read_type(struct fastabi_form *form, const struct fastabi_node *key,
                     struct snapshot *snapshot)
{
    struct fastabi_field field = { .size = 0 };
    const char *text = key->next->text;

    if (!take_kind(&text, &field) || *text)
        return complain(form, key->next, "a type");
    return snapshot->sink->add_type(snapshot->sink, key->text, field.kind, field.size,
                                    field.is_signed);
}

/* ---- structs ---- */

struct struct_target {
    struct snapshot *snapshot;
    const struct fastabi_node *fields;
    const char *place;
    int64_t size;
    bool is_union;
};

static int read_size(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    struct struct_target *t = target;
    bool ok;

    return fastabi_read_integer(form, key, value, 0, INT64_MAX, &t->size, &ok);
}

static int read_at(struct fastabi_form *form, const struct fastabi_node *key,
                   const struct fastabi_node *value, void *target)
{
    struct struct_target *t = target;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (!status && ok)
        t->place = value->text;
    return status;
}

static int read_fields(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct struct_target *t = target;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (!status && ok)
        t->fields = value;
    return status;
}

static const struct fastabi_key struct_keys[] = {
    { .name = "size", .read = read_size },
    { .name = "at", .read = read_at },
    { .name = "union",
      .boolean = fastabi_read_boolean,
      .place = FASTABI_INSIDE(struct struct_target, is_union) },
    { .name = "fields", .read = read_fields },
};

static const struct fastabi_key_table struct_table = FASTABI_KEY_TABLE("in a struct", struct_keys);

/* Elements of an array of unknown length are after the struct. */
static bool is_inside(const struct fastabi_field *field, uint64_t size)
{
    return field->offset <= size &&
           (field->size <= size - field->offset || strstr(field->path, "[]"));
}

static int add_fields(struct fastabi_form *form, const struct struct_target *target)
{
    struct fastabi_layout_sink *sink = target->snapshot->sink;
    unsigned int count = 0;
    int status = 0;

    for (const struct fastabi_node *key = target->fields ? target->fields->child : NULL;
         key && !status; key = key->next->next) {
        struct fastabi_field field = { .path = key->text };

        if (key->next->kind != FASTABI_SCALAR || !parse_field(key->next->text, &field) ||
            key->length >= FASTABI_LAYOUT_PATH_MAX || ++count > FASTABI_LAYOUT_FIELDS_MAX ||
            !is_inside(&field, (uint64_t)target->size))
            status = fastabi_complain(
                form, FASTABI_DIAG_BAD_SNAPSHOT, fastabi_mark_of(key->next),
                "what is said of '%.100s' is not a field of the struct; save the snapshot again",
                key->text);
        else
            status = sink->add_field(sink, &field);
    }
    return status;
}

static int read_struct(struct fastabi_form *form, const struct fastabi_node *key,
                       struct snapshot *snapshot)
{
    struct struct_target target = { .snapshot = snapshot };
    struct fastabi_layout_place place = { NULL, 0, 0 };
    char file[FILE_MAX];
    int status;

    if (key->next->kind != FASTABI_MAPPING)
        return complain(form, key, "the name of a struct with its fields");
    status = fastabi_read_keys(form, key->next, &struct_table, &target);
    if (!status && target.place && !parse_place(target.place, file, sizeof(file), &place))
        status = complain(form, key, "at a place like vcpu.h:12");
    if (!status)
        status = snapshot->sink->add_struct(snapshot->sink, key->text, &place,
                                            (uint64_t)target.size, target.is_union);
    return status ? status : add_fields(form, &target);
}

/* ---- the file ---- */

static int read_entries(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, struct snapshot *snapshot,
                        int (*read)(struct fastabi_form *, const struct fastabi_node *,
                                    struct snapshot *))
{
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    for (const struct fastabi_node *entry = ok ? value->child : NULL; entry && !status;
         entry = entry->next->next) {
        if (read != read_struct && entry->next->kind != FASTABI_SCALAR)
            status = complain(form, entry, "the name of something with a plain value");
        else
            status = read(form, entry, snapshot);
    }
    return status;
}

static int read_format(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct snapshot *snapshot = target;
    bool ok;
    int status = fastabi_read_integer(form, key, value, 1, INT64_MAX, &snapshot->format, &ok);

    if (status || !ok || snapshot->format == FASTABI_SNAPSHOT_FORMAT)
        return status;
    fastabi_complain(form, FASTABI_DIAG_OLD_SNAPSHOT, fastabi_mark_of(value),
                     "the snapshot has format %.20s, and this version reads %d; save it again",
                     value->text, FASTABI_SNAPSHOT_FORMAT);
    return -EINVAL;
}

static int read_target(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct snapshot *snapshot = target;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    if (!fastabi_layout_is_target(value->text))
        return complain(form, value, "a target triple like " FASTABI_DEFAULT_TARGET);
    return snapshot->sink->set_target(snapshot->sink, value->text);
}

static int read_macros(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    return read_entries(form, key, value, target, read_macro);
}

static int read_types(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    return read_entries(form, key, value, target, read_type);
}

static int read_structs(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, void *target)
{
    return read_entries(form, key, value, target, read_struct);
}

static int read_missing(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, void *target)
{
    struct snapshot *snapshot = target;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SEQUENCE, &ok);

    for (const struct fastabi_node *item = ok ? value->child : NULL; item && !status;
         item = item->next) {
        if (item->kind != FASTABI_SCALAR)
            status = complain(form, item, "the name of a header");
        else
            status = snapshot->sink->add_missing(snapshot->sink, item->text);
    }
    return status;
}

static const struct fastabi_key file_keys[] = {
    { .name = "layout", .read = read_format },   { .name = "target", .read = read_target },
    { .name = "missing", .read = read_missing }, { .name = "macros", .read = read_macros },
    { .name = "types", .read = read_types },     { .name = "structs", .read = read_structs },
};

static const struct fastabi_key_table file_table = FASTABI_KEY_TABLE("at the top of a snapshot",
                                                                     file_keys);
static const struct fastabi_key_table *const tables[] = { &struct_table, &file_table, NULL };

static int read_file(struct fastabi_form *form, struct snapshot *snapshot)
{
    const struct fastabi_mark top = { 1, 1 };
    int status = fastabi_form_read(form, &file_table, snapshot);

    if (!status && !snapshot->format)
        status = fastabi_complain(form, FASTABI_DIAG_BAD_SNAPSHOT, top,
                                  "the file is not a snapshot, as it has no 'layout'; save one "
                                  "with 'fastabi-gen layout'");
    return status ? status : form->errors ? -EINVAL : 0;
}

static int read_snapshot(const struct fastabi_layout_request *request,
                         struct fastabi_layout_sink *sink)
{
    struct snapshot snapshot = { sink, 0 };
    struct fastabi_form form;
    int status = fastabi_form_open(&form, request->context, NULL, request->snapshot,
                                   request->snapshot, NULL, 0);

    form.tables = tables;
    if (!status)
        status = read_file(&form, &snapshot);
    fastabi_form_close(&form);
    return status ? status : sink->add_file(sink, request->snapshot);
}

const struct fastabi_layout_provider fastabi_layout_snapshot = {
    .version = FASTABI_LAYOUT_PROVIDER_VERSION,
    .size = sizeof(struct fastabi_layout_provider),
    .name = "snapshot",
    .read = read_snapshot,
};

bool fastabi_layout_is_snapshot(const char *path)
{
    FILE *stream = path ? fopen(path, "rb") : NULL;
    char line[256];
    bool found = false;

    while (stream && fgets(line, sizeof(line), stream)) {
        if (line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0')
            continue;
        found = !strncmp(line, "layout:", 7);
        break;
    }
    if (stream)
        fclose(stream);
    return found;
}
