/* SPDX-License-Identifier: MIT */
/* What more than one file looks for in the intermediate representation. */
#include "spec/ir.h"

#include <string.h>

const struct fastabi_spec *fastabi_spec_whole(const struct fastabi_spec *spec)
{
    return spec->whole ? spec->whole : spec;
}

const struct fastabi_param_rare fastabi_param_plain;
const struct fastabi_op_rare fastabi_op_plain;

const char *fastabi_flat_name(const struct fastabi_param *param)
{
    return param->rare->flat_name ? param->rare->flat_name : param->name;
}

struct fastabi_mark fastabi_register_mark(const struct fastabi_param *param, bool output)
{
    bool is_both = param->in != FASTABI_NO_REGISTER && param->out != FASTABI_NO_REGISTER;

    return output && is_both ? param->rare->out_mark : param->register_mark;
}

struct fastabi_mark fastabi_field_mark(const struct fastabi_param *param)
{
    return param->rare->c_mark.line ? param->rare->c_mark : param->name_mark;
}

struct fastabi_param_rare *fastabi_param_fill_rare(struct fastabi_arena *arena,
                                                   struct fastabi_param *param)
{
    if (param->rare == &fastabi_param_plain) {
        struct fastabi_param_rare *rare = fastabi_arena_alloc(arena, sizeof(*rare));

        if (!rare)
            return NULL;
        param->rare = rare;
    }
    return (struct fastabi_param_rare *)(uintptr_t)param->rare;
}

struct fastabi_param *fastabi_find_param(const struct fastabi_op *op, const char *name)
{
    for (size_t i = 0; i < op->param_count; i++) {
        if (!strcmp(op->params[i].name, name))
            return &op->params[i];
    }
    return NULL;
}
