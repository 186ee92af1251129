/* SPDX-License-Identifier: MIT */
/*
 * Several specifications: as arguments of public functions, and what must hold between those that
 * are used together.  Knows nothing of their operations.
 */
#include "spec/specs.h"

#include <errno.h>
#include <string.h>

#include "base/context.h"
#include "base/diag.h"
#include "base/names.h"
#include "spec/ir.h"

int fastabi_specs_check(struct fastabi_context *context, const char *function, fastabi_specs specs,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!specs || !specs[i]) {
            return fastabi_refuse_argument(context, function,
                                           "a specification is NULL; pass only those that were "
                                           "read");
        }
    }
    return 0;
}

/* ---- what must hold between specifications ---- */

/* Specifications seen so far. */
struct seen {
    struct fastabi_context *context;
    struct fastabi_arena arena;
    struct fastabi_names names;
    struct fastabi_names indices;
    enum fastabi_diag_id index_clash;
};

static int report_name(const struct seen *seen, const struct fastabi_spec *spec,
                       const struct fastabi_spec *other)
{
    const struct fastabi_place place = { spec->path, spec->name_mark.line, spec->name_mark.column };

    if (!spec->is_memory && !other->is_memory && !strcmp(spec->path, other->path))
        return fastabi_report(seen->context, FASTABI_DIAG_SPEC_CLASH, &place,
                              "this file is given twice; leave one out");
    return fastabi_report(seen->context, FASTABI_DIAG_SPEC_CLASH, &place,
                          "'%.100s' is already the name of the specification at %s:%u:%u; rename "
                          "one of them, or leave one out",
                          spec->name, other->path, other->name_mark.line, other->name_mark.column);
}

static int report_index(const struct seen *seen, const struct fastabi_spec *spec,
                        const struct fastabi_spec *other)
{
    const struct fastabi_place place = { spec->path, spec->index_mark.line,
                                         spec->index_mark.column };

    return fastabi_report(seen->context, seen->index_clash, &place,
                          "hypercall index %u is already that of '%.100s' at %s:%u:%u; correct one "
                          "of them, or leave one out",
                          spec->hypercall_index, other->name, other->path, other->index_mark.line,
                          other->index_mark.column);
}

/* 0, -EINVAL after a report, or -ENOMEM without one. */
static int compare(struct seen *seen, const struct fastabi_spec *spec)
{
    const void *same_name, *same_index;
    int status = 0;

    if (fastabi_names_add(&seen->names, &seen->arena, spec->name, spec, &same_name) ||
        fastabi_numbers_add(&seen->indices, &seen->arena, spec->hypercall_index, spec, &same_index))
        return -ENOMEM;
    if (same_name)
        status = report_name(seen, spec, same_name);
    if (same_index && same_index != same_name && report_index(seen, spec, same_index) &&
        seen->index_clash == FASTABI_DIAG_SPEC_CLASH)
        status = -EINVAL;
    return status;
}

int fastabi_spec_check_together(struct fastabi_context *context, fastabi_specs specs, size_t count)
{
    int status;

    if (!context)
        return -EINVAL;
    status = fastabi_specs_check(context, __func__, specs, count);
    return status ? status : fastabi_specs_check_together(context, specs, count, false);
}

int fastabi_specs_check_together(struct fastabi_context *context, fastabi_specs specs, size_t count,
                                 bool is_warning)
{
    struct seen seen = { .context = context,
                         .index_clash = is_warning ? FASTABI_DIAG_SHARED_INDEX
                                                   : FASTABI_DIAG_SPEC_CLASH };
    int status = 0;

    for (size_t i = 0; i < count && status != -ENOMEM; i++) {
        int result = compare(&seen, specs[i]);

        status = result ? result : status;
    }
    fastabi_arena_free(&seen.arena);
    if (status == -ENOMEM)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    return status;
}
