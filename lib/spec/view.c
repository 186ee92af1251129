/* SPDX-License-Identifier: MIT */
/*
 * Parts of specifications: the same with fewer operations, and without the types that only others
 * use.  Knows nothing of why operations stay.
 */
#include "spec/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "read/source.h"
#include "spec/ir.h"

struct viewing {
    const struct fastabi_spec *spec;
    struct fastabi_spec *view;
    fastabi_keeps_func keeps;
    void *data;
};

/* ---- operations ---- */

static int leave_out(struct fastabi_spec *view, const struct fastabi_op *op, const char *why)
{
    struct fastabi_left_out *left_out = &view->left_out[view->left_out_count++];

    left_out->op = op;
    left_out->why = why ? fastabi_arena_copy(&view->arena, why, strlen(why)) : NULL;
    return why && !left_out->why ? -ENOMEM : 0;
}

static int take_ops(struct viewing *viewing)
{
    const struct fastabi_spec *spec = viewing->spec;
    struct fastabi_spec *view = viewing->view;
    int status = 0;

    for (size_t i = 0; i < spec->op_count && status >= 0; i++) {
        const char *why = NULL;

        status = viewing->keeps(spec->ops[i], viewing->data, &why);
        if (status > 0)
            view->ops[view->op_count++] = spec->ops[i];
        else if (!status)
            status = leave_out(view, spec->ops[i], why);
    }
    return status < 0 ? status : 0;
}

static int compare_places(const void *a, const void *b)
{
    const struct fastabi_left_out *first = a, *second = b;

    return (first->op->mark.line > second->op->mark.line) -
           (first->op->mark.line < second->op->mark.line);
}

/* ---- types ---- */

static int find_types(const struct fastabi_spec *view, struct fastabi_names *used,
                      struct fastabi_arena *arena)
{
    const void *there;

    for (size_t i = 0; i < view->op_count; i++) {
        for (size_t j = 0; j < view->ops[i]->param_count; j++) {
            const struct fastabi_type *type = view->ops[i]->params[j].type;

            if (type && fastabi_names_add(used, arena, type->name, type, &there))
                return -ENOMEM;
        }
    }
    return 0;
}

/* In the order of the whole. */
static int take_types(const struct fastabi_spec *spec, struct fastabi_spec *view)
{
    struct fastabi_arena arena = { 0 };
    struct fastabi_names used = { .slots = NULL };
    int status = find_types(view, &used, &arena);

    for (size_t i = 0; i < spec->type_count && !status; i++) {
        if (fastabi_names_find(&used, spec->types[i]->name))
            view->types[view->type_count++] = spec->types[i];
    }
    fastabi_arena_free(&arena);
    return status;
}

/* ---- the whole ---- */

/* Which operations there are, by their names: how they were chosen has no influence. */
static void add_fingerprint(struct fastabi_spec *view)
{
    for (size_t i = 0; i < view->op_count; i++) {
        const char *name = view->ops[i]->name ? view->ops[i]->name : "";

        view->fingerprint = fastabi_fingerprint_add(view->fingerprint, name, strlen(name) + 1);
    }
}

static int fill(struct viewing *viewing)
{
    const struct fastabi_spec *spec = viewing->spec;
    const struct fastabi_spec *whole = fastabi_spec_whole(spec);
    struct fastabi_spec *view = viewing->view;
    int status;

    view->ops = fastabi_arena_alloc(&view->arena, (spec->op_count + 1) * sizeof(*view->ops));
    view->types = fastabi_arena_alloc(&view->arena, (spec->type_count + 1) * sizeof(*view->types));
    view->left_out = fastabi_arena_alloc(&view->arena,
                                         (whole->op_count + 1) * sizeof(*view->left_out));
    if (!view->ops || !view->types || !view->left_out)
        return -ENOMEM;
    if (spec->left_out_count)
        memcpy(view->left_out, spec->left_out, spec->left_out_count * sizeof(*view->left_out));
    status = take_ops(viewing);
    if (!status)
        status = take_types(spec, view);
    qsort(view->left_out, view->left_out_count, sizeof(*view->left_out), compare_places);
    view->fingerprint = whole->fingerprint;
    if (view->left_out_count)
        add_fingerprint(view);
    return status;
}

int fastabi_view_make(const struct fastabi_spec *spec, fastabi_keeps_func keeps, void *data,
                      struct fastabi_spec **view)
{
    struct viewing viewing = { spec, malloc(sizeof(*viewing.view)), keeps, data };
    int status;

    if (!viewing.view)
        return -ENOMEM;
    *viewing.view = *spec;
    viewing.view->arena = (struct fastabi_arena){ 0 };
    viewing.view->whole = fastabi_spec_whole(spec);
    viewing.view->op_count = 0;
    viewing.view->type_count = 0;
    status = fill(&viewing);
    if (status)
        fastabi_spec_free(viewing.view);
    else
        *view = viewing.view;
    return status;
}

/* ---- asking ---- */

size_t fastabi_spec_left_out_count(const struct fastabi_spec *spec)
{
    return spec ? spec->left_out_count : 0;
}

const struct fastabi_op *fastabi_spec_left_out(const struct fastabi_spec *spec, size_t i,
                                               const char **why)
{
    const struct fastabi_left_out *left_out = spec && i < spec->left_out_count ? &spec->left_out[i]
                                                                               : NULL;

    if (why)
        *why = left_out ? left_out->why : NULL;
    return left_out ? left_out->op : NULL;
}
