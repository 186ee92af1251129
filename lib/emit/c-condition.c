/* SPDX-License-Identifier: MIT */
/* A condition as an expression of C, for generators of C and of languages like it. */
#include <fastabi/backend.h>

#include <inttypes.h>

/* Compared as integers of 64 bits, signed unless that cannot hold the type. */
static void write_comparison(struct fastabi_writer *writer, const struct fastabi_param *param,
                             enum fastabi_comparison comparison, int64_t number,
                             fastabi_param_func value)
{
    bool is_large = fastabi_param_width(param) == 64 && !fastabi_param_is_signed(param);
    const char *wide = is_large ? "uint64_t" : "int64_t";

    fastabi_write(writer, "(%s)(%s)", wide, fastabi_param_c_integer(param));
    value(writer, param);
    /* in hexadecimal and converted, because the least integer has no literal */
    fastabi_write(writer, " %s (%s)0x%" PRIx64, fastabi_comparison_text(comparison), wide,
                  (uint64_t)number);
}

void fastabi_write_condition(struct fastabi_writer *writer, const struct fastabi_param *param,
                             fastabi_param_func value)
{
    const char *separator = fastabi_param_condition_is_any(param) ? " || " : " && ";
    const char *between = "(";
    enum fastabi_outcome outcome = fastabi_param_outcome(param, false);

    /* a compiler warns of constants among the operands of && and || */
    if (outcome != FASTABI_DEPENDS) {
        fastabi_write(writer, outcome == FASTABI_ALWAYS ? "(1)" : "(0)");
        return;
    }
    for (size_t i = 0; i < fastabi_param_condition_count(param); i++) {
        enum fastabi_comparison comparison;
        int64_t number;
        const struct fastabi_param *named = fastabi_param_condition(param, i, &comparison, &number);

        if (fastabi_param_condition_is_settled(param, i, false, NULL))
            continue;
        fastabi_write(writer, "%s", between);
        write_comparison(writer, named, comparison, number, value);
        between = separator;
    }
    fastabi_write(writer, ")");
}
