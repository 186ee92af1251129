/* SPDX-License-Identifier: MIT */
/* The field of a parameter in the dispatcher. */
#include "xen.h"

/* The field that holds a parameter's value, or NULL. */
const char *xen_field_of(const struct fastabi_op *op, const struct fastabi_param *param)
{
    if (fastabi_param_field(param))
        return fastabi_param_field(param);
    for (size_t i = 0; i < fastabi_op_xen_field_count(op); i++) {
        const struct fastabi_param *there;
        const char *path = fastabi_op_xen_field(op, i, &there, NULL);

        if (there == param)
            return path;
    }
    return NULL;
}
