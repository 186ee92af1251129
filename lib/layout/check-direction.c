/* SPDX-License-Identifier: MIT */
/*
 * Input and output against what comments in the header say.  A comment is not proof, so these are
 * notes; one struct may serve several operations of a file, so IN/OUT holds when they use both
 * directions between them.
 */
#include <string.h>

#include "base/context.h"
#include "layout/check.h"

static const char *const words[] = { "", "IN", "OUT", "IN/OUT" };
static const char *const own_words[] = { "", "an input", "an output", "input and output" };

static unsigned int direction_of(const struct fastabi_param *param)
{
    return (param->in != FASTABI_NO_REGISTER ? FASTABI_DIRECTION_IN : 0u) |
           (param->out != FASTABI_NO_REGISTER ? FASTABI_DIRECTION_OUT : 0u);
}

/* The directions in which any operation of the specification uses a field. */
static unsigned int collect(const struct fastabi_spec *spec, const struct fastabi_struct *structure,
                            const char *path)
{
    unsigned int directions = 0;

    for (size_t i = 0; i < spec->op_count; i++) {
        const struct fastabi_op *op = spec->ops[i];

        if (!op->c_struct || strcmp(op->c_struct, structure->name))
            continue;
        for (size_t j = 0; j < op->param_count; j++) {
            if (op->params[j].field && !strcmp(op->params[j].field, path))
                directions |= direction_of(&op->params[j]);
        }
    }
    return directions;
}

static void check_direction(struct fastabi_check *check, const struct fastabi_op *op,
                            const struct fastabi_param *param,
                            const struct fastabi_struct *structure)
{
    struct fastabi_resolved found;
    unsigned int stated, own = direction_of(param);

    if (fastabi_layout_resolve(structure, param->field, &found))
        return;
    stated = found.field->direction;
    if (!stated || !(own & ~stated)) {
        if (stated != FASTABI_DIRECTION_BOTH ||
            collect(op->spec, structure, param->field) == FASTABI_DIRECTION_BOTH)
            return;
    }
    fastabi_check_report(
        check, FASTABI_DIAG_DIRECTION, op->spec, param->name_mark,
        "'%.100s' is %s here, and %s in the header; compare both with what the hypervisor does",
        param->name, own_words[own], words[stated]);
    fastabi_check_also(check, FASTABI_DIAG_DIRECTION, structure->file,
                       found.field->line ? found.field->line : structure->line,
                       "'%.100s' of struct '%.100s' is %s here", found.field->path, structure->name,
                       words[stated]);
}

void fastabi_check_directions(struct fastabi_check *check, const struct fastabi_op *op,
                              const struct fastabi_struct *structure)
{
    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].field)
            check_direction(check, op, &op->params[i], structure);
    }
}
