/* SPDX-License-Identifier: MIT */
/* GNU as: what surrounds macros, and a macro.  How operands get into registers is fastabi.S.h's. */
#include "functions.h"

static void write_head(struct fastabi_writer *writer, const char *name)
{
    fastabi_write(writer,
                  "#ifndef XEN_FASTABI_S_H_%s\n"
                  "#define XEN_FASTABI_S_H_%s\n"
                  "#ifdef __ASSEMBLER__\n\n"
                  "#include \"../fastabi.S.h\"\n\n",
                  name, name);
}

static void write_foot(struct fastabi_writer *writer, const char *name)
{
    fastabi_write(writer,
                  "#endif /* __ASSEMBLER__ */\n"
                  "#endif /* XEN_FASTABI_S_H_%s */\n",
                  name);
}

/* Inputs as the macro's operands, and as the arguments of what loads them. */
static void write_operands(const struct asm_file *file, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = file->writer;
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

        if (!param)
            continue;
        fastabi_write(writer, "%s%s=%s, %s_from=\"\\%s\"", separator, fastabi_register_name(reg),
                      fastabi_param_repr(param), fastabi_register_name(reg),
                      asm_param_name(file, param));
        separator = ", \\\n                          ";
    }
    fastabi_write(writer, "\n");
}

static void write_macro(const struct asm_file *file, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = file->writer;

    fastabi_write(writer, ".macro xen_hypercall_%s", fastabi_op_flat_name(op));
    asm_write_input_names(file, op, "");
    fastabi_write(writer, "\n");
    write_operands(file, op);
    asm_write_saves(file, op);
    if (!fastabi_op_is_direct(op))
        fastabi_write(writer, "    movl $%u, %%edi\n", fastabi_op_index(op));
    fastabi_write(writer,
                  "    movl $(XEN_FASTABI_MASK | %u), %%eax\n"
                  "    XEN_FASTABI_TRANSFER\n",
                  fastabi_spec_hypercall_index(file->spec));
    asm_write_conditions(file, op);
    fastabi_write(writer, ".endm\n\n");
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
    .function_extension = "S",
    .function_support = asm_gas_function_lines,
    .transfer_check = "#ifndef XEN_FASTABI_TRANSFER\n"
                      "# error \"define XEN_FASTABI_TRANSFER: vmcall, vmmcall, or a macro\"\n"
                      "#endif\n",
    .spelling = &asm_spelling_gas,
};
