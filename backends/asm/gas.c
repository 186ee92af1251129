/* SPDX-License-Identifier: MIT */
/* GNU as: what surrounds macros, and a macro.  How operands get into registers is fastabi.S.h's. */
#include <string.h>

#include "asm.h"

static void write_head(struct fastabi_writer *writer, const char *name)
{
    fastabi_write(writer,
                  "#ifndef XEN_FASTABI_%s_S_H\n"
                  "#define XEN_FASTABI_%s_S_H\n"
                  "#ifdef __ASSEMBLER__\n\n"
                  "#include \"../fastabi.S.h\"\n\n",
                  name, name);
}

static void write_foot(struct fastabi_writer *writer, const char *name)
{
    fastabi_write(writer,
                  "#endif /* __ASSEMBLER__ */\n"
                  "#endif /* XEN_FASTABI_%s_S_H */\n",
                  name);
}

/* Inputs as the macro's operands, and as the arguments of what loads them. */
static void write_operands(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    const char *separator = "";

    if (!(fastabi_op_input_mask(op) & (fastabi_op_is_direct(op) ? ~1u : ~3u)))
        return;
    fastabi_write(writer, "    _xen_fastabi_operands ");
    if (!fastabi_op_is_direct(op)) {
        fastabi_write(writer, "rdi=index");
        separator = ", \\\n                          ";
    }
    for (int reg = fastabi_op_is_direct(op) ? 1 : 2; reg < FASTABI_REGISTERS; reg++) {
        const struct fastabi_param *param = fastabi_op_input(op, reg);
        char name[ASM_NAME_MAX];

        if (!param)
            continue;
        asm_flatten(fastabi_param_name(param), name);
        fastabi_write(writer, "%s%s=%s, %s_from=\"\\%s\"", separator, fastabi_register_name(reg),
                      asm_type(param), fastabi_register_name(reg), name);
        separator = ", \\\n                          ";
    }
    fastabi_write(writer, "\n");
}

static void write_macro(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                        const struct fastabi_op *op, const char *id)
{
    const char *separator = " ";

    fastabi_write(writer, ".macro xen_hypercall_%s", id);
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        char name[ASM_NAME_MAX];

        if (fastabi_param_in(param) == FASTABI_NO_REGISTER)
            continue;
        asm_flatten(fastabi_param_name(param), name);
        fastabi_write(writer, "%s%s", separator, name);
        separator = ", ";
    }
    fastabi_write(writer, "\n");
    write_operands(writer, op);
    if (!fastabi_op_is_direct(op))
        fastabi_write(writer, "    movl $%u, %%edi\n", fastabi_op_index(op));
    fastabi_write(writer,
                  "    movl $(XEN_FASTABI_MASK | %u), %%eax\n"
                  "    XEN_FASTABI_TRANSFER\n"
                  ".endm\n\n",
                  fastabi_spec_hypercall_index(spec));
}

const struct asm_syntax asm_gas = {
    .name = "gas",
    .extension = "S.h",
    .support = asm_gas_lines,
    .comment_start = "/*\n",
    .comment = " * ",
    .comment_gap = " *\n",
    .comment_end = " */\n",
    .define = "#define",
    .register_prefix = "%",
    .write_head = write_head,
    .write_foot = write_foot,
    .write_macro = write_macro,
};
