/* SPDX-License-Identifier: MIT */
/*
 * Two layouts compared: what code that was compiled with the old one would notice.  Knows no
 * specifications.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/diag.h"
#include "layout/model.h"
#include "layout/snapshot.h"

struct diff {
    struct fastabi_context *context;
    unsigned int breaking;
};

static void say(struct diff *diff, enum fastabi_diag_id id, const struct fastabi_layout_file *file,
                unsigned int line, const char *format, ...)
    __attribute__((__format__(__printf__, 5, 6)));

static void say(struct diff *diff, enum fastabi_diag_id id, const struct fastabi_layout_file *file,
                unsigned int line, const char *format, ...)
{
    struct fastabi_place place = { file ? file->shown : NULL, line, 0 };
    va_list arguments;

    va_start(arguments, format);
    fastabi_report_va(diff->context, id, &place, format, arguments);
    va_end(arguments);
    diff->breaking += id != FASTABI_DIAG_DIFF_ADDED && id != FASTABI_DIAG_DIFF_CHANGED;
}

/* "u32", "pointer of 8 bytes", "array of 8 bytes, 2 elements" */
#define KIND_SIZE 80

static const char *show(char text[KIND_SIZE], enum fastabi_field_kind kind, uint64_t size,
                        bool is_signed, uint64_t count)
{
    int length = kind == FASTABI_FIELD_INTEGER
                     ? snprintf(text, KIND_SIZE, "%c%" PRIu64, is_signed ? 'i' : 'u', 8 * size)
                     : snprintf(text, KIND_SIZE, "%s of %" PRIu64 " bytes",
                                fastabi_snapshot_kinds[kind], size);

    if (kind == FASTABI_FIELD_ARRAY)
        snprintf(text + length, KIND_SIZE - (size_t)length, ", %" PRIu64 " elements", count);
    return text;
}

/* ---- macros ---- */

static void compare_macros(struct diff *diff, const struct fastabi_layout *a,
                           const struct fastabi_layout *b)
{
    for (size_t i = 0; i < a->macros.count; i++) {
        const struct fastabi_layout_macro *old = a->macros.items[i];
        const struct fastabi_layout_macro *new = fastabi_layout_find_macro(b, old->name);

        if (!strcmp(old->name, "__XEN_LATEST_INTERFACE_VERSION__")) {
            if (new &&new->value != old->value)
                say(diff, FASTABI_DIAG_DIFF_CHANGED, new->file, new->line,
                    "the interface version was 0x%08" PRIx64 " and is 0x%08" PRIx64,
                    (uint64_t)old->value, (uint64_t) new->value);
        } else if (!new) {
            say(diff, FASTABI_DIAG_DIFF_GONE, old->file, old->line, "macro '%.150s' is gone",
                old->name);
        } else if (new->value != old->value) {
            say(diff, FASTABI_DIAG_DIFF_NUMBER, new->file, new->line,
                "macro '%.150s' was %" PRId64 " and is %" PRId64, old->name, old->value,
                new->value);
        }
    }
    for (size_t i = 0; i < b->macros.count; i++) {
        const struct fastabi_layout_macro *new = b->macros.items[i];

        if (!fastabi_layout_find_macro(a, new->name))
            say(diff, FASTABI_DIAG_DIFF_ADDED, new->file, new->line, "macro '%.150s' is new",
                new->name);
    }
}

/* ---- types ---- */

static void compare_types(struct diff *diff, const struct fastabi_layout *a,
                          const struct fastabi_layout *b)
{
    char was[KIND_SIZE], is[KIND_SIZE];

    for (size_t i = 0; i < a->types.count; i++) {
        const struct fastabi_layout_type *old = a->types.items[i];
        const struct fastabi_layout_type *new = fastabi_layout_find_type(b, old->name);

        if (!new)
            say(diff, FASTABI_DIAG_DIFF_GONE, NULL, 0, "type '%.100s' is gone", old->name);
        else if (new->kind != old->kind || new->size != old->size ||
                 new->is_signed != old->is_signed)
            say(diff, FASTABI_DIAG_DIFF_TYPE, NULL, 0, "type '%.100s' was %s and is %s", old->name,
                show(was, old->kind, old->size, old->is_signed, 0),
                show(is, new->kind, new->size, new->is_signed, 0));
    }
    for (size_t i = 0; i < b->types.count; i++) {
        const struct fastabi_layout_type *new = b->types.items[i];

        if (!fastabi_layout_find_type(a, new->name))
            say(diff, FASTABI_DIAG_DIFF_ADDED, NULL, 0, "type '%.100s' is new", new->name);
    }
}

/* ---- structs ---- */

static const struct fastabi_field *find_field(const struct fastabi_struct *structure,
                                              const char *path)
{
    for (size_t i = 0; i < structure->field_count; i++) {
        if (!strcmp(structure->fields[i].path, path))
            return &structure->fields[i];
    }
    return NULL;
}

static bool is_same(const struct fastabi_field *a, const struct fastabi_field *b)
{
    return a->kind == b->kind && a->offset == b->offset && a->size == b->size &&
           a->count == b->count && a->is_signed == b->is_signed;
}

static void compare_struct(struct diff *diff, const struct fastabi_struct *old,
                           const struct fastabi_struct *new)
{
    char was[KIND_SIZE], is[KIND_SIZE];

    if (old->is_union != new->is_union)
        say(diff, FASTABI_DIAG_DIFF_LAYOUT, new->file, new->line, "'%.100s' was a %s and is a %s",
            old->name, old->is_union ? "union" : "struct", new->is_union ? "union" : "struct");
    if (old->size != new->size)
        say(diff, FASTABI_DIAG_DIFF_LAYOUT, new->file, new->line,
            "struct '%.100s' had %" PRIu64 " bytes and has %" PRIu64, old->name, old->size,
            new->size);
    for (size_t i = 0; i < old->field_count; i++) {
        const struct fastabi_field *a = &old->fields[i];
        const struct fastabi_field *b = find_field(new, a->path);

        if (!b)
            say(diff, FASTABI_DIAG_DIFF_LAYOUT, new->file, new->line,
                "field '%.100s' of struct '%.100s' is gone", a->path, old->name);
        else if (!is_same(a, b))
            say(diff, FASTABI_DIAG_DIFF_LAYOUT, new->file, b->line ? b->line : new->line,
                "field '%.100s' of struct '%.100s' was %s at %" PRIu64 " and is %s at %" PRIu64,
                a->path, old->name, show(was, a->kind, a->size, a->is_signed, a->count), a->offset,
                show(is, b->kind, b->size, b->is_signed, b->count), b->offset);
    }
    for (size_t i = 0; i < new->field_count; i++) {
        if (!find_field(old, new->fields[i].path))
            say(diff, FASTABI_DIAG_DIFF_ADDED, new->file,
                new->fields[i].line ? new->fields[i].line : new->line,
                "field '%.100s' of struct '%.100s' is new", new->fields[i].path, old->name);
    }
}

static void compare_structs(struct diff *diff, const struct fastabi_layout *a,
                            const struct fastabi_layout *b)
{
    for (size_t i = 0; i < a->structs.count; i++) {
        const struct fastabi_struct *old = a->structs.items[i];
        const struct fastabi_struct *new = fastabi_layout_struct_by_name(b, old->name);

        if (new)
            compare_struct(diff, old, new);
        else
            say(diff, FASTABI_DIAG_DIFF_GONE, old->file, old->line, "struct '%.100s' is gone",
                old->name);
    }
    for (size_t i = 0; i < b->structs.count; i++) {
        const struct fastabi_struct *new = b->structs.items[i];

        if (!fastabi_layout_struct_by_name(a, new->name))
            say(diff, FASTABI_DIAG_DIFF_ADDED, new->file, new->line, "struct '%.100s' is new",
                new->name);
    }
}

int fastabi_layout_diff(struct fastabi_context *context, const struct fastabi_layout *old_layout,
                        const struct fastabi_layout *new_layout)
{
    struct diff diff = { context, 0 };

    if (!context || !old_layout || !new_layout)
        return fastabi_refuse_argument(context, __func__, "it needs two layouts");
    if (strcmp(old_layout->target, new_layout->target))
        say(&diff, FASTABI_DIAG_DIFF_CHANGED, NULL, 0, "the target was %.100s and is %.100s",
            old_layout->target, new_layout->target);
    compare_macros(&diff, old_layout, new_layout);
    compare_types(&diff, old_layout, new_layout);
    compare_structs(&diff, old_layout, new_layout);
    return diff.breaking ? -EINVAL : 0;
}
