/* SPDX-License-Identifier: MIT */
/* A backend of your own: put your language's text in place of C's.  See docs/backends.md. */
#include <fastabi/fastabi.h>

static const struct fastabi_backend_option options[] = {
    { "instruction", FASTABI_OPTION_CHOICE, "vmcall|vmmcall", "vmcall", "Intel's, or AMD's" },
};

/* One function makes every call: it loads and stores all registers, and compilers see that. */
static const char call[] =
    "static inline void fastabi_call(uint64_t regs[8])\n"
    "{\n"
    "    __asm__ __volatile__ (\"mov 24(%3), %%r8; mov 32(%3), %%r9; mov 40(%3), %%r10;\"\n"
    "                          \"mov 48(%3), %%r11; mov 56(%3), %%r12;\" FASTABI_TRANSFER \";\"\n"
    "                          \"mov %%r8, 24(%3); mov %%r9, 32(%3); mov %%r10, 40(%3);\"\n"
    "                          \"mov %%r11, 48(%3); mov %%r12, 56(%3)\"\n"
    "                          : \"+a\" (regs[0]), \"+D\" (regs[1]), \"+S\" (regs[2]) : \"r\" "
    "(regs)\n"
    "                          : \"r8\", \"r9\", \"r10\", \"r11\", \"r12\", \"memory\");\n"
    "}\n";

static int begin(struct fastabi_emission *emission)
{
    struct fastabi_writer *writer;
    int error = fastabi_emission_open(emission, NULL, FASTABI_FILE_SPEC, &writer);

    fastabi_emission_set_state(emission, writer);
    fastabi_write(writer, "/* Made by: %s */\n", fastabi_emission_command(emission, NULL));
    fastabi_write(writer, "#include <stdint.h>\n\n#define FASTABI_TRANSFER \"%s\"\n\n%s",
                  fastabi_emission_option(emission, "instruction"), call);
    return error;
}

/* "uint16_t in2": called by its register, so that no name is a keyword.  An output is a pointer. */
static void write_argument(struct fastabi_writer *writer, const struct fastabi_param *param)
{
    int in = fastabi_param_in(param), out = fastabi_param_out(param);

    fastabi_write(writer, fastabi_param_is_signed(param) ? "int%u_t " : "uint%u_t ",
                  fastabi_param_width(param));
    fastabi_write(writer, out < 0 ? "in%d" : "*out%d", out < 0 ? in : out);
}

/* What a register holds before the call: a parameter, extended to 64 bits, or a number. */
static void write_input(struct fastabi_writer *writer, const struct fastabi_op *op, int reg)
{
    const struct fastabi_param *param = fastabi_op_input(op, reg);
    int out = param ? fastabi_param_out(param) : FASTABI_NO_REGISTER;

    if (!param)
        fastabi_write(writer, ", %uu", reg == 1 ? fastabi_op_index(op) : 0u);
    else
        fastabi_write(writer, out < 0 ? ", (uint64_t)in%d" : ", (uint64_t)*out%d",
                      out < 0 ? reg : out);
}

/* A parameter's value after the call. */
static void write_value(struct fastabi_writer *writer, const struct fastabi_param *param)
{
    int out = fastabi_param_out(param);

    fastabi_write(writer, out < 0 ? "in%d" : "regs[%d]", out < 0 ? fastabi_param_in(param) : out);
}

static int write_op(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                    const struct fastabi_op *op)
{
    struct fastabi_writer *writer = fastabi_emission_state(emission);

    fastabi_write(writer, "\nstatic inline long xen_hypercall_%s", fastabi_spec_name(spec));
    fastabi_write(writer, fastabi_op_is_direct(op) ? "(" : "_%s(", fastabi_op_name(op));
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        fastabi_write(writer, i ? ", " : "");
        write_argument(writer, fastabi_op_param(op, i));
    }
    fastabi_write(writer, "%s)\n{\n    uint64_t regs[8] = { %uu",
                  fastabi_op_param_count(op) ? "" : "void",
                  fastabi_spec_hypercall_index(spec) | FASTABI_MASK);
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++)
        write_input(writer, op, reg);
    fastabi_write(writer, " };\n\n    fastabi_call(regs);\n");
    for (size_t i = 0; i < fastabi_op_conditional_count(op); i++) {
        fastabi_write(writer, "    if (!");
        fastabi_write_condition(writer, fastabi_op_conditional(op, i), write_value);
        fastabi_write(writer, ")\n        regs[%d] = 0;\n",
                      fastabi_param_out(fastabi_op_conditional(op, i)));
    }
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++)
        if (fastabi_op_output(op, reg))
            fastabi_write(writer,
                          "    if ((int64_t)regs[0] >= 0)\n"
                          "        *out%d = (__typeof__(*out%d))regs[%d];\n",
                          reg, reg, reg);
    fastabi_write(writer, "    return (long)regs[0];\n}\n");
    return 0;
}

static const struct fastabi_backend backend = {
    .abi_version = FASTABI_BACKEND_ABI_VERSION,
    .size = sizeof(struct fastabi_backend),
    .name = "example",
    .description = "C functions of plain values and pointers",
    .flags = FASTABI_BACKEND_STUBS | FASTABI_BACKEND_ONE_FILE | FASTABI_BACKEND_FLAT_NAMES,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .begin = begin,
    .op = write_op,
};

const struct fastabi_backend *fastabi_backend_entry(void)
{
    return &backend;
}
