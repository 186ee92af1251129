/* SPDX-License-Identifier: MIT */
/* A condition as an expression of C, for generators of C and of languages like it. */
#include <fastabi/backend.h>

#include <inttypes.h>

/* Compared as integers of 64 bits, signed unless that cannot hold the type. */
static void write_comparison(struct fastabi_writer *writer, const struct fastabi_param *param,
                             enum fastabi_comparison comparison, int64_t number,
                             fastabi_param_func value)
{
    unsigned int width = fastabi_param_width(param);
    bool is_signed = fastabi_param_is_signed(param), holds;
    const char *wide = width == 64 && !is_signed ? "uint64_t" : "int64_t";

    if (fastabi_comparison_is_settled(comparison, number, width, is_signed, &holds)) {
        fastabi_write(writer, holds ? "1" : "0");
        return;
    }
    fastabi_write(writer, "(%s)(%s)", wide, fastabi_param_c_integer(param));
    value(writer, param);
    /* in hexadecimal and converted, because the least integer has no literal */
    fastabi_write(writer, " %s (%s)0x%" PRIx64, fastabi_comparison_text(comparison), wide,
                  (uint64_t)number);
}

void fastabi_write_condition(struct fastabi_writer *writer, const struct fastabi_param *param,
                             fastabi_param_func value)
{
    size_t count = fastabi_param_condition_count(param);

    fastabi_write(writer, count ? "(" : "1");
    for (size_t i = 0; i < count; i++) {
        enum fastabi_comparison comparison;
        int64_t number;
        const struct fastabi_param *named = fastabi_param_condition(param, i, &comparison, &number);

        if (i)
            fastabi_write(writer, fastabi_param_condition_is_any(param) ? " || " : " && ");
        write_comparison(writer, named, comparison, number, value);
    }
    fastabi_write(writer, count ? ")" : "");
}
