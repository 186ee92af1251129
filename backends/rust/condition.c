/* SPDX-License-Identifier: MIT */
/*
 * Outputs that mean something under a condition only: where it does not hold, what the register has
 * is anybody's, and 0 stands for it.
 */
#include <inttypes.h>
#include <string.h>

#include "rust.h"

const char *rust_tuple_name(const struct rust_run *run, const struct rust_op *op)
{
    const char *name = "out";

    for (size_t i = 0; i < op->input_count && fastabi_op_conditional_count(op->op); i++) {
        if (strcmp(rust_param_name(run, op->inputs[i]), name))
            continue;
        name = fastabi_emission_printf(run->emission, "%s_", name);
        i = (size_t)-1; /* is that one taken? */
    }
    return name;
}

unsigned int rust_place_of(const struct rust_op *op, int reg)
{
    unsigned int place = 0;

    for (int other = 0; other < reg; other++)
        place += fastabi_op_output_mask(op->op) >> other & 1u;
    return place;
}

/* (out.3 as u32) >= 1 */
static void write_comparison(const struct rust_run *run, const struct rust_op *op,
                             const struct fastabi_param *param, const char *comparison,
                             int64_t number)
{
    int reg = fastabi_param_out(param);

    if (reg == FASTABI_NO_REGISTER)
        fastabi_write(run->writer, "%s", rust_param_name(run, param));
    else if (fastabi_param_width(param) == 64 && !fastabi_param_is_signed(param))
        fastabi_write(run->writer, "%s.%u", rust_tuple_name(run, op), rust_place_of(op, reg));
    else
        fastabi_write(run->writer, "(%s.%u as %s)", rust_tuple_name(run, op),
                      rust_place_of(op, reg), fastabi_param_repr(param));
    fastabi_write(run->writer, " %s %" PRId64, comparison, number);
}

static void write_condition(const struct rust_run *run, const struct rust_op *op,
                            const struct fastabi_param *param)
{
    const char *separator = "";

    for (size_t i = 0; i < fastabi_param_condition_count(param); i++) {
        enum fastabi_comparison comparison;
        int64_t number;
        const struct fastabi_param *named = fastabi_param_condition(param, i, &comparison, &number);

        if (fastabi_param_condition_is_settled(param, i, false, NULL))
            continue; /* it does not change the outcome */
        fastabi_write(run->writer, "%s", separator);
        write_comparison(run, op, named, fastabi_comparison_text(comparison), number);
        separator = fastabi_param_condition_is_any(param) ? " || " : " && ";
    }
}

void rust_write_conditions(const struct rust_run *run, const struct rust_op *op)
{
    struct fastabi_writer *writer = run->writer;
    const char *tuple = rust_tuple_name(run, op);

    for (size_t i = 0; i < fastabi_op_conditional_count(op->op); i++) {
        const struct fastabi_param *param = fastabi_op_conditional(op->op, i);
        unsigned int place = rust_place_of(op, fastabi_param_out(param));
        enum fastabi_outcome outcome = fastabi_param_outcome(param, false);

        if (outcome == FASTABI_ALWAYS)
            continue;
        fastabi_write(writer, "    let %s = {\n        let is_valid = ", tuple);
        if (outcome == FASTABI_NEVER)
            fastabi_write(writer, "false");
        else
            write_condition(run, op, param);
        fastabi_write(writer, ";\n        (");
        for (unsigned int j = 0; j <= op->output_count; j++)
            fastabi_write(writer, j != place ? "%s%s.%u" : "%sif is_valid { %s.%u } else { 0 }",
                          j ? ", " : "", tuple, j);
        fastabi_write(writer, ")\n    };\n");
    }
}
