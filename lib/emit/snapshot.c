/* SPDX-License-Identifier: MIT */
/*
 * Writing a snapshot: what a check of the specifications would look at, in YAML that a person can
 * read and compare.  No path of this machine gets into it.  Knows nothing of headers.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/escape.h"
#include "emit/inputs.h"
#include "emit/sink.h"
#include "emit/writer.h"
#include "layout/check.h"
#include "spec/specs.h"
#include "layout/snapshot.h"

/* By name, which comes first in each item. */
static int compare_items(const void *a, const void *b)
{
    const char *const *const *x = a, *const *const *y = b;

    return strcmp(**x, **y);
}

/* The used items of a table, by name; NULL: no memory. */
static const void **collect(const struct fastabi_layout_table *table,
                            const struct fastabi_names *used, size_t *count)
{
    const void **items = calloc(table->count + 1, sizeof(*items));

    *count = 0;
    for (size_t i = 0; items && i < table->count; i++) {
        const char *name = *(const char *const *)table->items[i];

        if (fastabi_names_find(used, name))
            items[(*count)++] = table->items[i];
    }
    if (items && *count)
        qsort(items, *count, sizeof(*items), compare_items);
    return items;
}

/* ---- the sections ---- */

static void write_kind(struct fastabi_writer *writer, enum fastabi_field_kind kind, uint64_t size,
                       bool is_signed)
{
    if (kind == FASTABI_FIELD_INTEGER)
        fastabi_write(writer, "%c%" PRId64, is_signed ? 'i' : 'u', (int64_t)(8 * size));
    else
        fastabi_write(writer, "%s of %" PRId64, fastabi_snapshot_kinds[kind], (int64_t)size);
}

/* Is a value with the name of the file in it the same text without quotes? */
static bool is_plain(const char *file)
{
    return !file[strspn(file, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "_./+-")];
}

/* FILE:LINE, the end of a value; one that is in quotes starts with quote(). */
static const char *quote(const char *file)
{
    return is_plain(file) ? "" : "\"";
}

static void write_place(struct fastabi_writer *writer, const char *file, unsigned int line)
{
    char json[FASTABI_ESCAPE_SIZE];
    const char *rest = file;

    while (*rest) {
        rest += fastabi_json_take(rest, json);
        fastabi_write(writer, "%s", json);
    }
    fastabi_write(writer, ":%u%s\n", line, quote(file));
}

static void write_macro(struct fastabi_writer *writer, const void *item)
{
    const struct fastabi_layout_macro *macro = item;

    const char *file = macro->file ? macro->file->relative : "-";

    fastabi_write(writer, "  %s: %s%" PRId64 ", ", macro->name, quote(file), macro->value);
    write_place(writer, file, macro->line);
}

static void write_type(struct fastabi_writer *writer, const void *item)
{
    const struct fastabi_layout_type *type = item;

    fastabi_write(writer, "  %s: ", type->name);
    write_kind(writer, type->kind, type->size, type->is_signed);
    fastabi_write(writer, "\n");
}

static void write_field(struct fastabi_writer *writer, const struct fastabi_field *field)
{
    fastabi_write(writer, "      %s: ", field->path);
    write_kind(writer, field->kind, field->size, field->is_signed);
    fastabi_write(writer, " at %" PRId64, (int64_t)field->offset);
    if (field->kind == FASTABI_FIELD_ARRAY)
        fastabi_write(writer, ", %" PRId64 " elements", (int64_t)field->count);
    if (field->direction)
        fastabi_write(writer, ", %s", fastabi_snapshot_directions[field->direction]);
    if (field->line)
        fastabi_write(writer, ", line %u", field->line);
    fastabi_write(writer, "\n");
}

static void write_struct(struct fastabi_writer *writer, const void *item)
{
    const struct fastabi_struct *structure = item;

    fastabi_write(writer, "  %s:\n    size: %" PRId64 "\n", structure->name,
                  (int64_t)structure->size);
    if (structure->file) {
        fastabi_write(writer, "    at: %s", quote(structure->file->relative));
        write_place(writer, structure->file->relative, structure->line);
    }
    if (structure->is_union)
        fastabi_write(writer, "    union: true\n");
    if (structure->field_count)
        fastabi_write(writer, "    fields:\n");
    for (size_t i = 0; i < structure->field_count; i++)
        write_field(writer, &structure->fields[i]);
}

static int write_section(struct fastabi_writer *writer, const char *title,
                         const struct fastabi_layout_table *table, const struct fastabi_names *used,
                         void (*write)(struct fastabi_writer *, const void *))
{
    size_t count;
    const void **items = collect(table, used, &count);

    if (!items)
        return -ENOMEM;
    if (count)
        fastabi_write(writer, "\n%s:\n", title);
    for (size_t i = 0; i < count; i++)
        write(writer, items[i]);
    free(items);
    return 0;
}

/* The headers that specifications name and that are not there, by name. */
static int write_missing(struct fastabi_writer *writer, const struct fastabi_check *check)
{
    struct fastabi_arena arena = { 0 };
    struct fastabi_list missing = { NULL, 0, 0 };
    int status = 0;

    for (size_t i = 0; i < check->count; i++) {
        const struct fastabi_strings *headers = &check->specs[i]->headers;

        for (size_t j = 0; j < headers->count && !status; j++) {
            if (fastabi_names_find(&check->layout->missing, headers->items[j]))
                status = fastabi_list_add_once(&missing, &arena, headers->items[j]);
        }
    }
    fastabi_list_sort(&missing, 0);
    if (missing.count)
        fastabi_write(writer, "\nmissing:\n");
    for (size_t i = 0; i < missing.count && !status; i++)
        fastabi_write(writer, "  - %s\n", missing.items[i]);
    fastabi_arena_free(&arena);
    return status;
}

static int write_layout(struct fastabi_writer *writer, const struct fastabi_check *check)
{
    const struct fastabi_layout *layout = check->layout;
    const struct fastabi_used *used = check->used;
    int status;

    fastabi_write(writer,
                  "# What Xen's public headers say, saved by fastabi-gen layout.  Sizes and "
                  "offsets are in bytes; lines\n"
                  "# are those of the headers.\n\n"
                  "layout: %d\n"
                  "target: %s\n",
                  FASTABI_SNAPSHOT_FORMAT, layout->target);
    status = write_missing(writer, check);
    if (!status)
        status = write_section(writer, "macros", &layout->macros, &used->macros, write_macro);
    if (!status)
        status = write_section(writer, "types", &layout->types, &used->types, write_type);
    if (!status)
        status = write_section(writer, "structs", &layout->structs, &used->structs, write_struct);
    return status;
}

/* ---- the file ---- */

static int write_file(struct fastabi_sink *sink, const struct fastabi_check *check,
                      const char *path)
{
    struct fastabi_writer writer;
    int status = strcmp(path, "-") ? fastabi_sink_open(sink, path, NULL)
                                   : fastabi_sink_open_stdout(sink);

    if (status)
        return status;
    status = fastabi_writer_init(&writer, fastabi_sink_write, sink);
    if (status)
        return status;
    fastabi_writer_reset(&writer);
    status = write_layout(&writer, check);
    if (!status)
        status = fastabi_writer_finish(&writer);
    fastabi_writer_release(&writer);
    if (!status)
        status = fastabi_sink_close(sink);
    return status ? status : fastabi_sink_commit(sink);
}

int fastabi_layout_save(struct fastabi_context *context, const struct fastabi_layout *layout,
                        fastabi_specs specs, size_t count, const char *path)
{
    struct fastabi_used used = { .failed = false };
    struct fastabi_check check = {
        .layout = layout, .specs = specs, .count = count, .used = &used
    };
    struct fastabi_inputs inputs = { NULL, 0 };
    struct fastabi_sink *sink = NULL;
    int status;

    if (!context || !layout || !path)
        return fastabi_refuse_argument(context, __func__, "it needs a layout and a path");
    status = fastabi_specs_check(context, __func__, specs, count);
    if (status)
        return status;
    fastabi_check_run(&check); /* what it looks at counts here, not what it finds */
    if (used.failed)
        status = -ENOMEM;
    if (!status)
        status = fastabi_inputs_collect(&inputs, &used.arena, specs, count, layout, NULL);
    if (!status && strcmp(path, "-"))
        status = fastabi_inputs_refuse(&inputs, context, path);
    if (!status)
        status = fastabi_sink_new(context, false, &sink);
    if (!status)
        status = write_file(sink, &check, path);
    if (status == -ENOMEM)
        fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, status);
    fastabi_sink_free(sink);
    fastabi_arena_free(&used.arena);
    return status;
}
