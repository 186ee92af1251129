/* SPDX-License-Identifier: MIT */
/* A packed input from its fields: the argument that a stub takes is one integer. */
#include <string.h>

#include "c.h"

/* xen_fastabi_pack_grant_table_copy__place(uint16_t source_domid, ...) */
static void write_pack(const struct c_run *run, const struct c_stub *stub,
                       const struct fastabi_param *param)
{
    struct fastabi_writer *writer = run->writer;
    const char *type = fastabi_param_c_integer(param), *name = fastabi_param_flat_name(param);
    int column = (int)(strlen(type) + strlen(stub->id) + strlen(name)) +
                 (int)strlen(" xen_fastabi_pack___(");

    fastabi_write(writer, "/* The input %s of %s(). */\nXEN_FASTABI_INLINE\n",
                  fastabi_param_name(param), stub->function);
    fastabi_write(writer, "%s xen_fastabi_pack_%s__%s(", type, stub->id, name);
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

void c_write_packs(const struct c_run *run, const struct c_stub *stub)
{
    for (size_t i = 0; i < fastabi_op_param_count(stub->op); i++) {
        const struct fastabi_param *param = fastabi_op_param(stub->op, i);

        if (fastabi_param_part_count(param))
            write_pack(run, stub, param);
    }
}
