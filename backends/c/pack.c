/* SPDX-License-Identifier: MIT */
/* A packed input from its fields: the argument that a stub takes is one integer. */
#include <string.h>

#include "c.h"

const char *c_pack_name(const struct c_run *run, const struct fastabi_op *op,
                        const struct fastabi_param *param)
{
    return fastabi_emission_printf(run->emission, "xen_fastabi_pack_%s__%s",
                                   fastabi_op_flat_name(op), fastabi_param_flat_name(param));
}

/* xen_fastabi_pack_grant_table_copy__place(uint16_t source_domid, ...) */
static void write_pack(const struct c_run *run, const struct c_stub *stub,
                       const struct fastabi_param *param)
{
    struct fastabi_writer *writer = run->writer;
    const char *type = fastabi_param_c_integer(param), *name = c_pack_name(run, stub->op, param);
    int column = (int)(strlen(type) + strlen(name)) + (int)strlen(" (");

    fastabi_write(writer, "/* The input %s of %s(). */\nXEN_FASTABI_INLINE\n",
                  fastabi_param_name(param), stub->function);
    fastabi_write(writer, "%s %s(", type, name);
    for (size_t i = 0; i < fastabi_param_part_count(param); i++) {
        unsigned int width;
        bool is_signed;

        (void)fastabi_param_part(param, i, NULL, &width, &is_signed);
        if (i)
            fastabi_write(writer, ",\n%-*s", column, "");
        fastabi_write(writer, is_signed ? "int%u_t %s" : "uint%u_t %s", width,
                      c_argument_name(run, fastabi_param_part_flat_name(param, i)));
    }
    fastabi_write(writer, ")\n{\n    return (%s)(", type);
    for (size_t i = 0; i < fastabi_param_part_count(param); i++) {
        unsigned int shift, width;

        (void)fastabi_param_part(param, i, &shift, &width, NULL);
        fastabi_write(writer, "%s(uint64_t)(uint%u_t)%s << %u", i ? " |\n        " : "", width,
                      c_argument_name(run, fastabi_param_part_flat_name(param, i)), shift);
    }
    fastabi_write(writer, ");\n}\n\n");
}

/* The packed input of an operation whose function has that name, or NULL. */
static const struct fastabi_param *find_pack(const struct c_run *run, const struct fastabi_op *op,
                                             const char *function)
{
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        if (fastabi_param_part_count(param) && !strcmp(c_pack_name(run, op, param), function))
            return param;
    }
    return NULL;
}

/* "b__c" of "a" and "c" of "a__b" would have the same function. */
static void check_name(const struct c_run *run, const struct fastabi_op *op,
                       const struct fastabi_param *param)
{
    struct fastabi_emission *emission = run->emission;

    for (size_t i = 0; i < fastabi_emission_spec_count(emission); i++) {
        const struct fastabi_spec *spec = fastabi_emission_spec(emission, i);

        for (size_t j = 0; j < fastabi_spec_op_count(spec); j++) {
            const struct fastabi_op *other = fastabi_spec_op(spec, j);
            const struct fastabi_param *same = other == op ? NULL
                                                           : find_pack(run, other,
                                                                       c_pack_name(run, op, param));

            if (same)
                fastabi_emission_error(
                    emission, spec, other,
                    fastabi_emission_printf(emission,
                                            "the function of its packed input '%.100s' would have "
                                            "the name of that of '%.100s' of '%.100s'; rename one",
                                            fastabi_param_name(same), fastabi_param_name(param),
                                            fastabi_op_flat_name(op)));
        }
    }
}

void c_write_packs(const struct c_run *run, const struct c_stub *stub)
{
    for (size_t i = 0; i < fastabi_op_param_count(stub->op); i++) {
        const struct fastabi_param *param = fastabi_op_param(stub->op, i);

        if (!fastabi_param_part_count(param))
            continue;
        if (strstr(fastabi_param_flat_name(param), "__"))
            check_name(run, stub->op, param);
        write_pack(run, stub, param);
    }
}
