/* SPDX-License-Identifier: MIT */
/*
 * What an operation needs of the headers so that code can be made of it.  Only what is missing
 * counts: what is there and differs is the checks' to report.  Knows no backend.
 */
#include "layout/needs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct search {
    struct fastabi_check *check;
    const struct fastabi_op *op;
    bool is_newer; /* the headers may be older than the operation */
    char *why;
    char *hint;
};

/* ---- saying what is missing ---- */

/* What to do: a release that has it, or a name that is there; other headers in any case. */
static void advise(struct search *search)
{
    size_t length = strlen(search->hint);

    if (search->is_newer)
        snprintf(search->hint, FASTABI_HINT_SIZE, "use headers of Xen %s or later",
                 fastabi_op_since(search->op));
    else if (search->check->layout->is_versioned)
        snprintf(search->hint, FASTABI_HINT_SIZE,
                 "use an interface version or headers that have it");
    else if (!length || search->hint[length - 1] != '?') /* not "did you mean ...?" */
        snprintf(search->hint, FASTABI_HINT_SIZE, "use headers that have it");
}

static bool lacks(struct search *search, const char *what, enum fastabi_near_kind kind,
                  const char *name)
{
    snprintf(search->why, FASTABI_HINT_SIZE, "%s no %s '%.100s'",
             fastabi_check_source(search->check), what, name);
    fastabi_check_near(search->check, kind, name, search->hint);
    advise(search);
    return true;
}

static bool lacks_field(struct search *search, const struct fastabi_struct *structure,
                        const char *path)
{
    struct fastabi_resolved found;
    enum fastabi_path_fault fault = fastabi_layout_resolve(structure, path, &found);

    if (!fault || (fault != FASTABI_PATH_NO_FIELD && !search->is_newer))
        return false;
    snprintf(search->why, FASTABI_HINT_SIZE, "struct '%.80s' has no field '%.80s'", structure->name,
             path);
    fastabi_check_near_field(structure, path, search->hint);
    advise(search);
    return true;
}

/* A union of that name is there, and wrong. */
static bool lacks_struct(struct search *search, const char *name,
                         const struct fastabi_struct **structure)
{
    *structure = fastabi_layout_struct_by_name(search->check->layout, name);
    if (!*structure)
        return lacks(search, "struct", FASTABI_NEAR_STRUCT, name);
    return (*structure)->is_union && search->is_newer &&
           lacks(search, "struct", FASTABI_NEAR_STRUCT, name);
}

/* ---- what stubs need ---- */

static bool lacks_fields(struct search *search, const struct fastabi_struct *structure)
{
    const struct fastabi_op *op = search->op;

    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].field && lacks_field(search, structure, op->params[i].field))
            return true;
        for (size_t j = 0; j < op->params[i].rare->part_count; j++) {
            if (lacks_field(search, structure, op->params[i].rare->parts[j].field))
                return true;
        }
    }
    for (size_t i = 0; i < op->rare->fixed.count; i++) {
        if (lacks_field(search, structure, op->rare->fixed.items[i].name))
            return true;
    }
    return false;
}

static bool lacks_stub(struct search *search)
{
    const struct fastabi_op *op = search->op;
    const struct fastabi_struct *structure;

    if (!op->c_struct)
        return false;
    if (lacks_struct(search, op->c_struct, &structure) || lacks_fields(search, structure))
        return true;
    for (size_t i = 0; i < op->rare->compat.count; i++) {
        if (lacks_struct(search, op->rare->compat.items[i], &structure) ||
            lacks_fields(search, structure))
            return true;
    }
    return false;
}

static bool lacks_type(struct search *search, const struct fastabi_param *param)
{
    return param->rare->c_type &&
           !fastabi_layout_find_type(search->check->layout, param->rare->c_type) &&
           lacks(search, "type", FASTABI_NEAR_TYPE, param->rare->c_type);
}

static bool lacks_types(struct search *search)
{
    for (size_t i = 0; i < search->op->param_count; i++) {
        if (lacks_type(search, &search->op->params[i]))
            return true;
    }
    return false;
}

/* Without the struct, a parameter without a type would be a guess. */
static bool lacks_widths(struct search *search)
{
    const struct fastabi_op *op = search->op;
    const struct fastabi_struct *structure;

    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];

        if (param->is_typed)
            continue;
        if (param->field && op->c_struct &&
            (lacks_struct(search, op->c_struct, &structure) ||
             lacks_field(search, structure, param->field)))
            return true;
        if (lacks_type(search, param))
            return true;
    }
    return false;
}

/* ---- what the hypervisor's side needs ---- */

static bool lacks_handler(struct search *search)
{
    const struct fastabi_op *op = search->op;
    const char *name = fastabi_op_xen_struct(op);
    const struct fastabi_struct *structure;
    struct fastabi_named named;
    bool is_own = op->c_struct && name && !strcmp(op->c_struct, name);

    if (!name || !fastabi_check_sees_handler(search->check))
        return false;
    if (!is_own && !fastabi_check_compares_handler(op))
        return false;
    if (lacks_struct(search, name, &structure))
        return true;
    for (size_t i = 0; op->xen && i < op->xen->field_count; i++) {
        struct fastabi_resolved found;
        const char *path = op->xen->fields[i].path;

        if (fastabi_layout_resolve(structure, path, &found) == FASTABI_PATH_NO_FIELD &&
            lacks_field(search, structure, path))
            return true;
    }
    for (size_t i = 0; fastabi_check_named(op, i, &named); i++) {
        if (lacks_field(search, structure, named.path))
            return true;
    }
    return is_own && lacks_fields(search, structure);
}

/* ---- what the classic call has in its struct ---- */

/* Fields that have a value of their own, in or out. */
static bool lacks_values(struct search *search, const struct fastabi_struct *structure)
{
    const struct fastabi_op *op = search->op;

    for (size_t i = 0; op->xen && i < op->xen->field_count; i++) {
        if (lacks_field(search, structure, op->xen->fields[i].path))
            return true;
    }
    for (size_t i = 0; op->xen && i < op->xen->array_count; i++) {
        if (!op->xen->arrays[i].is_argument &&
            lacks_field(search, structure, op->xen->arrays[i].name))
            return true;
    }
    for (size_t i = 0; op->classic && i < op->classic->success.count; i++) {
        if (lacks_field(search, structure, op->classic->success.items[i].name))
            return true;
    }
    return op->classic && op->classic->linear.mark.line &&
           lacks_field(search, structure, op->classic->linear.field);
}

/* Fields that must be 0. */
static bool lacks_zeros(struct search *search, const struct fastabi_struct *structure)
{
    const struct fastabi_op *op = search->op;

    for (size_t i = 0; i < op->rare->omit.count; i++) {
        bool is_ignored = false;

        for (size_t j = 0; op->classic && j < op->classic->ignore.count; j++)
            is_ignored |= !strcmp(op->classic->ignore.items[j], op->rare->omit.items[i].name);
        if (!is_ignored && lacks_field(search, structure, op->rare->omit.items[i].name))
            return true;
    }
    return false;
}

static bool lacks_classic(struct search *search)
{
    const char *name = fastabi_op_xen_struct(search->op);
    const struct fastabi_struct
        *structure = name ? fastabi_layout_struct_by_name(search->check->layout, name) : NULL;

    return structure && (lacks_fields(search, structure) || lacks_values(search, structure) ||
                         lacks_zeros(search, structure));
}

/* ---- all of it ---- */

void fastabi_needs_prepare(struct fastabi_check *check, struct fastabi_context *context,
                           const struct fastabi_layout *layout)
{
    *check = (struct fastabi_check){ .context = context, .layout = layout };
    check->release = fastabi_check_release(check);
}

bool fastabi_needs_find(struct fastabi_check *check, const struct fastabi_op *op,
                        unsigned int needs, char why[FASTABI_HINT_SIZE],
                        char hint[FASTABI_HINT_SIZE])
{
    struct search search = { check, op, fastabi_check_is_newer(check, op), why, hint };

    if (needs & FASTABI_NEEDS_STRUCT && (lacks_stub(&search) || lacks_types(&search)))
        return true;
    if (needs & FASTABI_NEEDS_HANDLER && lacks_handler(&search))
        return true;
    if (needs & FASTABI_NEEDS_FIELDS && lacks_classic(&search))
        return true;
    return needs & FASTABI_NEEDS_WIDTH && lacks_widths(&search);
}

/* ---- headers ---- */

/* Whether code for some operation names anything that a header has to declare. */
static bool needs_declarations(const struct fastabi_spec *view, unsigned int needs)
{
    for (size_t i = 0; i < view->op_count; i++) {
        const struct fastabi_op *op = view->ops[i];

        if (needs & FASTABI_NEEDS_HANDLER && fastabi_op_xen_struct(op))
            return true;
        if (needs & FASTABI_NEEDS_STRUCT && (op->c_struct || op->rare->compat.count))
            return true;
        for (size_t j = 0; j < op->param_count && needs & FASTABI_NEEDS_STRUCT; j++) {
            if (op->params[j].rare->c_type)
                return true;
        }
    }
    return false;
}

/*
 * Why a header is not there; NULL: it is.  A snapshot that has nothing of a header may have been
 * saved for other specifications: the header counts as missing if no code needs it.
 */
static const char *find_absence(const struct fastabi_check *check, const char *header,
                                bool is_needed)
{
    const struct fastabi_layout *layout = check->layout;
    const char *why = fastabi_names_find(&layout->missing, header);

    if (why || is_needed || layout->provider != &fastabi_layout_snapshot ||
        fastabi_names_find(&layout->files.names, header))
        return why;
    return "the snapshot has nothing of it";
}

int fastabi_needs_headers(struct fastabi_check *check, struct fastabi_spec *view,
                          unsigned int needs)
{
    struct fastabi_strings all = view->headers;
    bool is_needed = needs_declarations(view, needs);
    size_t count = 0;

    if (!(needs & (FASTABI_NEEDS_STRUCT | FASTABI_NEEDS_HANDLER)))
        return 0; /* nothing is included */
    view->headers.items = fastabi_arena_alloc(&view->arena, (all.count + 1) * sizeof(char *));
    view->headers.marks = fastabi_arena_alloc(&view->arena, (all.count + 1) * sizeof(*all.marks));
    view->absent = fastabi_arena_alloc(&view->arena, (all.count + 1) * sizeof(*view->absent));
    if (!view->headers.items || !view->headers.marks || !view->absent)
        return -ENOMEM;
    for (size_t i = 0; i < all.count; i++) {
        const char *why = find_absence(check, all.items[i], is_needed);

        if (why) {
            view->absent[view->absent_count++] = (struct fastabi_absent){
                all.items[i], fastabi_arena_copy(&view->arena, why, strlen(why)), all.marks[i]
            };
            if (!view->absent[view->absent_count - 1].why)
                return -ENOMEM;
            continue;
        }
        view->headers.items[count] = all.items[i];
        view->headers.marks[count++] = all.marks[i];
    }
    view->headers.count = count;
    return 0;
}
