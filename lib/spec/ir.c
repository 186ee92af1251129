/* SPDX-License-Identifier: MIT */
/* What more than one file looks for in the intermediate representation. */
#include "spec/ir.h"

#include <string.h>

const struct fastabi_spec *fastabi_spec_whole(const struct fastabi_spec *spec)
{
    return spec->whole ? spec->whole : spec;
}

struct fastabi_mark fastabi_field_mark(const struct fastabi_param *param)
{
    return param->c_mark.line ? param->c_mark : param->name_mark;
}

struct fastabi_param *fastabi_find_param(const struct fastabi_op *op, const char *name)
{
    for (size_t i = 0; i < op->param_count; i++) {
        if (!strcmp(op->params[i].name, name))
            return &op->params[i];
    }
    return NULL;
}
