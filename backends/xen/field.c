/* SPDX-License-Identifier: MIT */
/* What a parameter is in the dispatcher: the field that holds it, and its C type. */
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

const char *xen_integer(const struct fastabi_param *param)
{
    static const char *const names[2][4] = {
        { "uint8_t", "uint16_t", "uint32_t", "uint64_t" },
        { "int8_t", "int16_t", "int32_t", "int64_t" },
    };
    unsigned int width = fastabi_param_width(param);

    return names[fastabi_param_is_signed(param)][width == 8    ? 0
                                                 : width == 16 ? 1
                                                 : width == 32 ? 2
                                                               : 3];
}
