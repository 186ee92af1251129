/* SPDX-License-Identifier: MIT */
/*
 * Names of functions in languages without modules: NAME_OP.  Within one specification they differ,
 * but 'b_c' of 'a' and 'c' of 'a_b' are both a_b_c.
 */
#include "emit/flat.h"

#include <errno.h>

#include "base/arena.h"
#include "base/context.h"
#include "base/diag.h"
#include "base/names.h"
#include "spec/ir.h"

struct flat_names {
    struct fastabi_context *context;
    struct fastabi_arena arena;
    struct fastabi_names names;
};

/* What has a name. */
struct owner {
    const struct fastabi_spec *spec;
    const struct fastabi_op *op;
};

static int report_clash(const struct flat_names *flat, const char *name, const struct owner *first,
                        const struct owner *second)
{
    struct fastabi_place place = {
        .file = second->spec->path,
        .line = second->op->mark.line,
        .column = second->op->mark.column,
    };
    const char *op = first->op->name;

    return fastabi_report(
        flat->context, FASTABI_DIAG_FLAT_NAME, &place,
        "there would be two functions '%.200s': the other is of %s%s%s at %s:%u:%u; rename "
        "an operation",
        name, first->spec->name, op ? "." : "", op ? op : "", first->spec->path,
        first->op->mark.line, first->op->mark.column);
}

static int add(struct flat_names *flat, const struct fastabi_spec *spec,
               const struct fastabi_op *op)
{
    struct owner *owner = fastabi_arena_alloc(&flat->arena, sizeof(*owner));
    const char *name = fastabi_op_flat_name(op);
    const void *there;

    if (!owner)
        return -ENOMEM;
    *owner = (struct owner){ spec, op };
    if (fastabi_names_add(&flat->names, &flat->arena, name, owner, &there))
        return -ENOMEM;
    return there ? report_clash(flat, name, there, owner) : 0;
}

int fastabi_flat_check(struct fastabi_context *context, fastabi_specs specs, size_t count)
{
    struct flat_names flat = { .context = context };
    int error = 0;

    /* One specification's operations have names of their own already. */
    if (count < 2)
        return 0;
    for (size_t i = 0; i < count && error != -ENOMEM; i++) {
        for (size_t j = 0; j < fastabi_spec_op_count(specs[i]) && error != -ENOMEM; j++) {
            int result = add(&flat, specs[i], fastabi_spec_op(specs[i], j));

            error = result ? result : error;
        }
    }
    fastabi_arena_free(&flat.arena);
    if (error == -ENOMEM)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    return error;
}
