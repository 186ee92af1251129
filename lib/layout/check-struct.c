/* SPDX-License-Identifier: MIT */
/*
 * The struct of an operation: that it exists, that each path leads to an integer of the right width
 * and sign, that its stand-ins are like it, and that it is the right one.  Knows no macros.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "layout/check.h"
#include "layout/plan.h"

/* ---- what a path leads to ---- */

/*
 * A pointer is not one: it is a linear address, which FastABI has no use for, and no stub could
 * assign it.
 */
bool fastabi_is_scalar(const struct fastabi_field *field)
{
    return field->kind == FASTABI_FIELD_INTEGER && field->size > 0 && field->size <= 8;
}

static const char *kind_words(enum fastabi_field_kind kind)
{
    switch (kind) {
    case FASTABI_FIELD_POINTER:
        return "a pointer, not an integer; make what it points to an argument of its own, under "
               "'params'";
    case FASTABI_FIELD_HANDLE:
        return "a guest handle, not an integer; make what it points to an argument of its own, "
               "under 'params'";
    case FASTABI_FIELD_STRUCT:
        return "a struct; name one of its fields";
    case FASTABI_FIELD_UNION:
        return "a union; name one of its members";
    case FASTABI_FIELD_ARRAY:
        return "an array; name one of its elements, like a[0]";
    case FASTABI_FIELD_BITS:
        return "a bit-field, which no stub can address; list it under 'omit'";
    default:
        return "not an integer that fits a register; list it under 'omit'";
    }
}

/* Say why a path leads nowhere. */
static void report_path(struct fastabi_check *check, const struct fastabi_op *op,
                        struct fastabi_mark mark, const struct fastabi_struct *structure,
                        const char *path, enum fastabi_path_fault fault,
                        const struct fastabi_resolved *found)
{
    const enum fastabi_diag_id id = FASTABI_DIAG_NO_FIELD;
    int good = (int)found->good;
    char hint[FASTABI_HINT_SIZE];

    if (check->is_partial && fault == FASTABI_PATH_NO_FIELD)
        return;
    if (fastabi_check_is_newer(check, op)) {
        fastabi_check_lacks(check, op->spec, mark, "field", path, "operation",
                            fastabi_op_since(op));
        return;
    }
    switch (fault) {
    case FASTABI_PATH_NOT_AN_ARRAY:
        fastabi_check_report(check, id, op->spec, mark,
                             "'%.*s' in struct '%.100s' is not an array; leave out the '[...]'",
                             good, path, structure->name);
        break;
    case FASTABI_PATH_OUT_OF_BOUNDS:
        fastabi_check_report(check, id, op->spec, mark,
                             "'%.100s': '%.*s' in struct '%.100s' has only %" PRIu64
                             " elements; use 0 to %" PRIu64,
                             path, good, path, structure->name, found->bound, found->bound - 1);
        break;
    case FASTABI_PATH_FLEXIBLE:
        fastabi_check_report(
            check, id, op->spec, mark,
            "'%.100s': '%.*s' in struct '%.100s' is of unknown length; pass it in memory", path,
            good, path, structure->name);
        break;
    default:
        fastabi_check_report(check, id, op->spec, mark, "struct '%.100s' has no field '%.100s'; %s",
                             structure->name, path,
                             fastabi_check_near_field(structure, path, hint));
        break;
    }
    if (found->field && found->field->line)
        fastabi_check_also(check, id, structure->file, found->field->line, "'%.*s' is here", good,
                           path);
    else
        fastabi_check_also(check, id, structure->file, structure->line, "struct '%.100s' is here",
                           structure->name);
}

const struct fastabi_field *fastabi_check_path(struct fastabi_check *check,
                                               const struct fastabi_op *op,
                                               struct fastabi_mark mark,
                                               const struct fastabi_struct *structure,
                                               const char *path)
{
    struct fastabi_resolved found;
    enum fastabi_path_fault fault = fastabi_layout_resolve(structure, path, &found);

    if (!fault)
        return found.field;
    report_path(check, op, mark, structure, path, fault, &found);
    return NULL;
}

const struct fastabi_field *fastabi_check_scalar(struct fastabi_check *check,
                                                 const struct fastabi_op *op,
                                                 struct fastabi_mark mark,
                                                 const struct fastabi_struct *structure,
                                                 const char *path)
{
    const struct fastabi_field *field = fastabi_check_path(check, op, mark, structure, path);

    if (!field || fastabi_is_scalar(field))
        return field;
    fastabi_check_report(check, FASTABI_DIAG_FIELD_NOT_SCALAR, op->spec, mark,
                         "field '%.100s' of struct '%.100s' is %s", path, structure->name,
                         kind_words(field->kind));
    fastabi_check_also(check, FASTABI_DIAG_FIELD_NOT_SCALAR, structure->file,
                       field->line ? field->line : structure->line, "it is here");
    return NULL;
}

/* ---- widths and signs ---- */

void fastabi_check_field_type(struct fastabi_check *check, const struct fastabi_op *op,
                              const struct fastabi_param *param,
                              const struct fastabi_struct *structure,
                              const struct fastabi_field *field, const char *path)
{
    enum fastabi_diag_id id;

    if (!param->is_typed)
        return;
    if (param->width != 8 * field->size)
        id = FASTABI_DIAG_FIELD_WIDTH;
    else if (param->is_signed != field->is_signed)
        id = FASTABI_DIAG_FIELD_SIGN;
    else
        return;
    fastabi_check_report(
        check, id, op->spec, param->type_mark,
        "'%.100s' is %c%u here, and field '%.100s' of struct '%.100s' is %c%u; give it that type",
        param->name, param->is_signed ? 'i' : 'u', param->width, path, structure->name,
        field->is_signed ? 'i' : 'u', 8 * (unsigned int)field->size);
    fastabi_check_also(check, id, structure->file, field->line ? field->line : structure->line,
                       "it is here");
}

static void check_param(struct fastabi_check *check, const struct fastabi_op *op,
                        const struct fastabi_param *param, const struct fastabi_struct *structure)
{
    struct fastabi_mark mark = fastabi_field_mark(param);
    const struct fastabi_field *field = fastabi_check_scalar(check, op, mark, structure,
                                                             param->field);

    if (field)
        fastabi_check_field_type(check, op, param, structure, field, param->field);
}

void fastabi_check_number(struct fastabi_check *check, const struct fastabi_op *op,
                          struct fastabi_mark mark, const struct fastabi_struct *structure,
                          const char *path, int64_t number)
{
    const struct fastabi_field *field = fastabi_check_scalar(check, op, mark, structure, path);
    unsigned int bits;

    if (!field || field->size == 8)
        return;
    bits = 8 * (unsigned int)field->size;
    if (number < ((int64_t)1 << bits) &&
        number >= (field->is_signed ? -((int64_t)1 << (bits - 1)) : 0))
        return;
    fastabi_check_report(
        check, FASTABI_DIAG_FIELD_WIDTH, op->spec, mark,
        "%lld does not fit field '%.100s' of struct '%.100s', which is %c%u; fix a smaller number",
        (long long)number, path, structure->name, field->is_signed ? 'i' : 'u', bits);
    fastabi_check_also(check, FASTABI_DIAG_FIELD_WIDTH, structure->file,
                       field->line ? field->line : structure->line, "it is here");
}

static bool is_listed(const struct fastabi_strings *strings, const char *name)
{
    for (size_t i = 0; i < strings->count; i++) {
        if (!strcmp(strings->items[i], name))
            return true;
    }
    return false;
}

/* Does a bridge look whether an omitted field is 0?  Not where something else is said of it. */
static bool is_compared(const struct fastabi_op *op, const char *name)
{
    for (size_t i = 0; op->xen && i < op->xen->array_count; i++) {
        if (!strcmp(op->xen->arrays[i].name, name))
            return false;
    }
    for (size_t i = 0; op->xen && i < op->xen->field_count; i++) {
        if (!strcmp(op->xen->fields[i].path, name))
            return false;
    }
    for (size_t i = 0; op->classic && i < op->classic->success.count; i++) {
        if (!strcmp(op->classic->success.items[i].name, name))
            return false;
    }
    return !op->classic || !is_listed(&op->classic->ignore, name);
}

static void check_omit(struct fastabi_check *check, const struct fastabi_op *op,
                       const struct fastabi_pair *omit, const struct fastabi_struct *structure)
{
    struct fastabi_resolved found;
    enum fastabi_path_fault fault = fastabi_layout_resolve(structure, omit->name, &found);

    if (fault) {
        report_path(check, op, omit->mark, structure, omit->name, fault, &found);
        return;
    }
    if ((found.field->kind != FASTABI_FIELD_BITS &&
         (found.field->kind != FASTABI_FIELD_ARRAY || found.field->size)) ||
        !is_compared(op, omit->name))
        return;
    fastabi_check_report(check, FASTABI_DIAG_FIELD_NOT_SCALAR, op->spec, omit->mark,
                         "field '%.100s' of struct '%.100s' is %s, which a bridge cannot compare "
                         "with 0; list it under 'ignore' of 'classic', too",
                         omit->name, structure->name,
                         found.field->kind == FASTABI_FIELD_BITS ? "a bit-field"
                                                                 : "an array without a size");
    fastabi_check_also(check, FASTABI_DIAG_FIELD_NOT_SCALAR, structure->file,
                       found.field->line ? found.field->line : structure->line, "it is here");
}

/* ---- structs that may be used instead ---- */

static bool is_same_field(const struct fastabi_struct *a, const struct fastabi_struct *b,
                          const char *path)
{
    struct fastabi_resolved in_a, in_b;

    if (fastabi_layout_resolve(a, path, &in_a) || fastabi_layout_resolve(b, path, &in_b))
        return false;
    return in_a.offset == in_b.offset && in_a.field->size == in_b.field->size &&
           in_a.field->kind == in_b.field->kind && in_a.field->is_signed == in_b.field->is_signed;
}

/* The first path of an operation that two structs do not agree on; NULL: they agree. */
static const char *find_difference(const struct fastabi_op *op, const struct fastabi_struct *a,
                                   const struct fastabi_struct *b)
{
    const struct fastabi_pairs *lists[] = { &op->rare->fixed, &op->rare->omit };

    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].field && !is_same_field(a, b, op->params[i].field))
            return op->params[i].field;
    }
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            if (!is_same_field(a, b, lists[i]->items[j].name))
                return lists[i]->items[j].name;
        }
    }
    return NULL;
}

void fastabi_check_no_struct(struct fastabi_check *check, const struct fastabi_op *op,
                             struct fastabi_mark mark, const char *name)
{
    const struct fastabi_struct *other = fastabi_layout_struct_by_name(check->layout, name);
    char hint[FASTABI_HINT_SIZE];

    if (check->is_partial && !other)
        return;
    if (fastabi_check_is_newer(check, op))
        fastabi_check_lacks(check, op->spec, mark, "struct", name, "operation",
                            fastabi_op_since(op));
    else
        fastabi_check_report(check, FASTABI_DIAG_NO_STRUCT, op->spec, mark,
                             "%s no struct '%.100s'; %s", fastabi_check_source(check), name,
                             fastabi_check_near(check, FASTABI_NEAR_STRUCT, name, hint));
    if (other && !fastabi_check_is_newer(check, op))
        fastabi_check_also(check, FASTABI_DIAG_NO_STRUCT, other->file, other->line,
                           "'%.100s' is a union", other->name);
}

static bool has_no_field(const struct fastabi_struct *structure, const char *path)
{
    struct fastabi_resolved found;

    return fastabi_layout_resolve(structure, path, &found) == FASTABI_PATH_NO_FIELD;
}

static void check_compat(struct fastabi_check *check, const struct fastabi_op *op,
                         const struct fastabi_struct *structure)
{
    for (size_t i = 0; i < op->rare->compat.count; i++) {
        const struct fastabi_struct *other = fastabi_check_struct(check, op->rare->compat.items[i]);
        struct fastabi_mark mark = op->rare->compat.marks[i];
        const char *path;

        if (!other || other->is_union) {
            fastabi_check_no_struct(check, op, mark, op->rare->compat.items[i]);
            continue;
        }
        path = find_difference(op, structure, other);
        if (!path && other->size == structure->size)
            continue;
        if (path && check->is_partial &&
            (has_no_field(structure, path) || has_no_field(other, path)))
            continue;
        fastabi_check_report(check, FASTABI_DIAG_COMPAT_DIFFERS, op->spec, mark,
                             "struct '%.100s' cannot stand in for struct '%.100s', from which it "
                             "differs in %s%.100s; remove it",
                             other->name, structure->name, path ? "" : "size", path ? path : "");
        fastabi_check_also(check, FASTABI_DIAG_COMPAT_DIFFERS, other->file, other->line,
                           "struct '%.100s' is here", other->name);
    }
}

/* ---- is it the right one ---- */

static bool is_of_spec(const struct fastabi_spec *spec, const struct fastabi_struct *candidate,
                       const struct fastabi_struct *structure)
{
    if (candidate->file == structure->file)
        return true;
    for (size_t i = 0; i < spec->headers.count && candidate->file; i++) {
        if (!strcmp(spec->headers.items[i], candidate->file->relative))
            return true;
    }
    return false;
}

/* All that the operation names leads to integers there, too. */
static bool could_serve(const struct fastabi_op *op, const struct fastabi_struct *candidate)
{
    for (size_t i = 0; i < op->param_count; i++) {
        struct fastabi_resolved found;

        if (op->params[i].field &&
            (fastabi_layout_resolve(candidate, op->params[i].field, &found) ||
             !fastabi_is_scalar(found.field)))
            return false;
    }
    return true;
}

static void check_hint(struct fastabi_check *check, const struct fastabi_op *op,
                       const struct fastabi_struct *structure)
{
    const struct fastabi_layout_table *structs = &check->layout->structs;
    unsigned int most = op->name ? fastabi_common_words(op->name, structure->name) : 0;
    unsigned int all = op->name ? fastabi_common_words(op->name, op->name) : 0;
    const struct fastabi_struct *better = NULL;

    for (size_t i = 0; i < structs->count && most < all; i++) {
        const struct fastabi_struct *candidate = structs->items[i];
        unsigned int common;

        if (!is_of_spec(op->spec, candidate, structure))
            continue;
        common = fastabi_common_words(op->name, candidate->name);
        if (common > most && could_serve(op, candidate)) {
            most = common;
            better = candidate;
        }
    }
    if (!better)
        return;
    fastabi_check_struct(check, better->name);
    fastabi_check_report(check, FASTABI_DIAG_OTHER_STRUCT, op->spec, op->struct_mark,
                         "struct '%.100s' is named after the operation, unlike struct '%.100s'; "
                         "use it if it is the right one",
                         better->name, structure->name);
    fastabi_check_also(check, FASTABI_DIAG_OTHER_STRUCT, better->file, better->line,
                       "struct '%.100s' is here", better->name);
}

/* ---- the whole struct ---- */

/* A part of a packed input may be narrower than its field, not wider. */
void fastabi_check_part(struct fastabi_check *check, const struct fastabi_op *op,
                        const struct fastabi_part *part, const struct fastabi_struct *structure)
{
    const struct fastabi_field *field = fastabi_check_scalar(check, op, part->mark, structure,
                                                             part->field);

    if (!field || part->width <= 8 * field->size)
        return;
    fastabi_check_report(check, FASTABI_DIAG_FIELD_WIDTH, op->spec, part->mark,
                         "the part is %u bits wide, and field '%.100s' of struct '%.100s' is %u; "
                         "give it a narrower type",
                         part->width, part->field, structure->name, 8 * (unsigned int)field->size);
}

void fastabi_check_fields(struct fastabi_check *check, const struct fastabi_op *op)
{
    const struct fastabi_struct *structure = fastabi_check_struct(check, op->c_struct);

    if (!structure || structure->is_union) {
        fastabi_check_no_struct(check, op, op->struct_mark, op->c_struct);
        return;
    }
    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].field)
            check_param(check, op, &op->params[i], structure);
        for (size_t j = 0; j < op->params[i].rare->part_count; j++)
            fastabi_check_part(check, op, &op->params[i].rare->parts[j], structure);
    }
    for (size_t i = 0; i < op->rare->fixed.count; i++)
        fastabi_check_number(check, op, op->rare->fixed.items[i].mark, structure,
                             op->rare->fixed.items[i].name, op->rare->fixed.items[i].number);
    for (size_t i = 0; i < op->rare->omit.count; i++)
        check_omit(check, op, &op->rare->omit.items[i], structure);
    fastabi_check_twice(check, op, structure);
    check_compat(check, op, structure);
    check_hint(check, op, structure);
    fastabi_check_uncarried(check, op, structure);
    fastabi_check_directions(check, op, structure);
}
