/* SPDX-License-Identifier: MIT */
/*
 * Two generations of an operation compared: what registers and memory mean, and what the hypervisor
 * fills in for the caller.
 */
#include <inttypes.h>
#include <string.h>

#include "spec/diff.h"

/* ---- conditions of outputs ---- */

/* The same comparison of integers with or without the number itself: x < 2 is x <= 1. */
static struct fastabi_term settle_term(struct fastabi_term term)
{
    if (term.comparison == FASTABI_LESS && term.number > INT64_MIN) {
        term.comparison = FASTABI_LESS_OR_EQUAL;
        term.number--;
    } else if (term.comparison == FASTABI_GREATER && term.number < INT64_MAX) {
        term.comparison = FASTABI_GREATER_OR_EQUAL;
        term.number++;
    }
    return term;
}

static bool has_term(const struct fastabi_param *param, const struct fastabi_term *wanted)
{
    const struct fastabi_term b = settle_term(*wanted);

    for (size_t i = 0; i < param->rare->term_count; i++) {
        const struct fastabi_term a = settle_term(param->rare->terms[i]);

        if (!strcmp(a.param->name, b.param->name) && a.comparison == b.comparison &&
            a.number == b.number)
            return true;
    }
    return false;
}

/* Has the other condition all comparisons of this one? */
static bool has_terms(const struct fastabi_param *param, const struct fastabi_param *of)
{
    for (size_t i = 0; i < of->rare->term_count; i++) {
        if (!has_term(param, &of->rare->terms[i]))
            return false;
    }
    return true;
}

/* Their order says nothing. */
static bool is_same_condition(const struct fastabi_param *old, const struct fastabi_param *new)
{
    bool is_list = old->rare->term_count > 1 || new->rare->term_count > 1;

    return has_terms(old, new) && has_terms(new, old) &&
           (!is_list || old->rare->is_any == new->rare->is_any);
}

/* An old caller takes for valid what was valid by the old condition. */
static void compare_condition(struct fastabi_diff *diff, const struct fastabi_param *old,
                              const struct fastabi_param *new)
{
    if (is_same_condition(old, new))
        return;
    if (!new->rare->term_count)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_CHANGED, new->name_mark,
                         "'%.100s' was valid when '%.200s' and always is", new->name,
                         old->rare->valid_when);
    else if (!old->type_given && !old->rare->term_count)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_CHANGED, new->rare->when_mark,
                         "of '%.100s' nothing was said, and it is valid when '%.200s'", new->name,
                         new->rare->valid_when);
    else
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_MEANING, new->rare->when_mark,
                         "'%.100s' was valid %s%.200s and is valid when %.200s", new->name,
                         old->rare->valid_when ? "when " : "always",
                         old->rare->valid_when ? old->rare->valid_when : "", new->rare->valid_when);
}

static void compare_parts(struct fastabi_diff *diff, const struct fastabi_param *old,
                          const struct fastabi_param *new)
{
    bool same = old->rare->part_count == new->rare->part_count;

    for (size_t i = 0; i < old->rare->part_count && same; i++) {
        const struct fastabi_part *was = &old->rare->parts[i], *is = &new->rare->parts[i];

        same = !strcmp(was->field, is->field) && was->shift == is->shift &&
               was->width == is->width && was->is_signed == is->is_signed;
    }
    if (!same)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_MEANING,
                         new->rare->pack_mark.line ? new->rare->pack_mark : new->name_mark,
                         "'%.100s' is packed of other fields", new->name);
}

static const struct fastabi_xen_array *find_memory(const struct fastabi_op *op, const char *param)
{
    for (size_t i = 0; op->xen && i < op->xen->array_count; i++) {
        const struct fastabi_xen_array *array = &op->xen->arrays[i];

        if (array->direction >= FASTABI_XEN_FROM && !strcmp(array->params[0]->name, param))
            return array;
    }
    return NULL;
}

/* What is at the address in an input. */
static void compare_memory(struct fastabi_diff *diff, const struct fastabi_op *old,
                           const struct fastabi_op *new, const struct fastabi_param *param)
{
    const struct fastabi_xen_array *was = find_memory(old, param->name);
    const struct fastabi_xen_array *is = find_memory(new, param->name);

    if (!was) /* nothing was said */
        return;
    if (!is || was->direction != is->direction || was->size != is->size ||
        was->count != is->count || !fastabi_diff_is_same_text(was->c_struct, is->c_struct))
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_MEANING, is ? is->mark : param->name_mark,
                         "the memory at '%.100s' is read or written in another way", param->name);
    else if (was->is_optional != is->is_optional)
        fastabi_diff_say(diff,
                         is->is_optional ? FASTABI_DIAG_DIFF_CHANGED : FASTABI_DIAG_DIFF_MEANING,
                         is->mark,
                         is->is_optional ? "'%.100s' can be 0 for no memory now"
                                         : "'%.100s' can no longer be 0 for no memory",
                         param->name);
}

static bool has_progress(const struct fastabi_op *op)
{
    return op->xen && op->xen->progress.mark.line;
}

/* ---- what the hypervisor fills in ---- */

/* The number in a field of the struct that no parameter fills; false: there is none. */
static bool find_constant(const struct fastabi_op *op, const char *path, int64_t *number)
{
    const struct fastabi_pairs *fixed = &op->rare->fixed;

    for (size_t i = 0; i < fixed->count; i++) {
        *number = fixed->items[i].number;
        if (!strcmp(fixed->items[i].name, path))
            return true;
    }
    for (size_t i = 0; op->xen && i < op->xen->field_count; i++) {
        *number = op->xen->fields[i].number;
        if (!op->xen->fields[i].param && !strcmp(op->xen->fields[i].path, path))
            return true;
    }
    return false;
}

static void compare_constant(struct fastabi_diff *diff, const struct fastabi_op *old,
                             const struct fastabi_op *new, const char *path)
{
    int64_t was, is;
    bool had = find_constant(old, path, &was), has = find_constant(new, path, &is);

    if (!had && !old->xen && !old->rare->fixed.count) /* nothing was said */
        was = is;
    else if (!had)
        was = 0;
    if (!has)
        is = 0;
    if (had && has && was != is)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_MEANING, new->mark,
                         "field '%.100s' was filled with %" PRId64 " and is filled with %" PRId64,
                         path, was, is);
    else if (had != has)
        fastabi_diff_say(diff, was != is ? FASTABI_DIAG_DIFF_MEANING : FASTABI_DIAG_DIFF_CHANGED,
                         new->mark,
                         has ? "field '%.100s' is filled with %" PRId64 " now"
                             : "field '%.100s' is no longer filled with %" PRId64,
                         path, has ? is : was);
}

/* The constants of one, or those that the other one lacks. */
static void compare_constants_of(struct fastabi_diff *diff, const struct fastabi_op *one,
                                 const struct fastabi_op *old, const struct fastabi_op *new)
{
    int64_t number;

    for (size_t i = 0; i < one->rare->fixed.count; i++) {
        if (one == old || !find_constant(old, one->rare->fixed.items[i].name, &number))
            compare_constant(diff, old, new, one->rare->fixed.items[i].name);
    }
    for (size_t i = 0; one->xen && i < one->xen->field_count; i++) {
        const struct fastabi_xen_field *field = &one->xen->fields[i];

        if (!field->param && (one == old || !find_constant(old, field->path, &number)))
            compare_constant(diff, old, new, field->path);
    }
}

static void compare_constants(struct fastabi_diff *diff, const struct fastabi_op *old,
                              const struct fastabi_op *new)
{
    compare_constants_of(diff, old, old, new);
    compare_constants_of(diff, new, old, new);
}

static bool is_same_arg(const struct fastabi_xen_arg *a, const struct fastabi_xen_arg *b)
{
    return a->kind == b->kind && a->number == b->number && !a->param == !b->param &&
           (!a->param || !strcmp(a->param->name, b->param->name)) && !a->array == !b->array &&
           (!a->array || !strcmp(a->array->name, b->array->name));
}

/* Where nothing was said, what the handler is called with is a guess. */
static void compare_handler(struct fastabi_diff *diff, const struct fastabi_op *old,
                            const struct fastabi_op *new)
{
    bool same = old->xen_args->count == new->xen_args->count;

    if (!old->xen && !old->spec->xen_args.count)
        return;
    for (size_t i = 0; i < old->xen_args->count && same; i++)
        same = is_same_arg(&old->xen_args->items[i], &new->xen_args->items[i]);
    if (!same)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_MEANING, new->mark,
                         "the hypervisor's function is called with other arguments");
}

void fastabi_diff_meaning(struct fastabi_diff *diff, const struct fastabi_op *old,
                          const struct fastabi_op *new)
{
    for (size_t i = 0; i < old->param_count; i++) {
        const struct fastabi_param *param = fastabi_find_param(new, old->params[i].name);

        if (!param)
            continue;
        compare_condition(diff, &old->params[i], param);
        compare_parts(diff, &old->params[i], param);
        if (old->params[i].rare->is_shared != param->rare->is_shared)
            fastabi_diff_say(diff, FASTABI_DIAG_DIFF_CHANGED, param->name_mark,
                             param->rare->is_shared
                                 ? "confidential guests have to share the memory of '%.100s'"
                                 : "confidential guests need not share the memory of '%.100s'",
                             param->name);
        compare_memory(diff, old, new, param);
    }
    compare_constants(diff, old, new);
    compare_handler(diff, old, new);
    if (has_progress(old) != has_progress(new))
        fastabi_diff_say(diff,
                         has_progress(new) ? FASTABI_DIAG_DIFF_MEANING : FASTABI_DIAG_DIFF_CHANGED,
                         has_progress(new) ? new->xen->progress.mark : new->mark,
                         has_progress(new) ? "it may succeed with a part of the work now"
                                           : "it no longer succeeds with a part of the work");
}
