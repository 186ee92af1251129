/* SPDX-License-Identifier: MIT */
/*
 * One operation as a C function.
 *
 * What keeps it right under every compiler and instrumentation (KASAN, KCSAN, KCOV): whatever reads memory
 * comes first, into ordinary locals; register variables are bound last, from constants and locals only; and
 * right behind the transfer every output goes into an ordinary local before anything is stored.
 */
#include <string.h>

#include "c.h"

/* ---- names of constants and types of an operation ---- */

static void write_constants(const struct c_run *run, const struct fastabi_spec *spec,
                            const struct fastabi_op *op)
{
    struct fastabi_writer *writer = run->writer;
    const char *name = fastabi_spec_name(spec);
    const char *op_name = c_op_name(op);
    const char *separator = c_separator(op);

    if (!fastabi_op_is_direct(op))
        fastabi_write(writer, "#define XEN_FASTABI_INDEX_%s_%s %uu\n", name, op_name,
                      fastabi_op_index(op));
    fastabi_write(writer, "#define XEN_FASTABI_IN_%s%s%s 0x%xu\n", name, separator, op_name,
                  fastabi_op_input_mask(op));
    fastabi_write(writer, "#define XEN_FASTABI_OUT_%s%s%s 0x%xu\n", name, separator, op_name,
                  fastabi_op_output_mask(op));
}

static void write_assertions(const struct c_run *run, const struct fastabi_spec *spec,
                             const struct fastabi_op *op)
{
    struct fastabi_writer *writer = run->writer;
    const char *macro = fastabi_op_index_macro(op);

    if (macro)
        fastabi_write(writer, "#ifdef %s\nXEN_FASTABI_ASSERT(%s_%s, %s == %u);\n#endif\n", macro,
                      fastabi_spec_name(spec), c_op_name(op), macro, fastabi_op_index(op));
    if (run->style != C_STYLE_STRUCT)
        return;
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        char flat[C_NAME_MAX];

        if (!fastabi_param_field(param) || !fastabi_param_is_typed(param))
            continue;
        c_flatten(fastabi_param_name(param), flat);
        fastabi_write(writer, "XEN_FASTABI_ASSERT_FIELD(%s%s%s_%s,\n"
                              "                         struct %s, %s, %s);\n",
                      fastabi_spec_name(spec), c_separator(op), c_op_name(op), flat,
                      fastabi_op_c_struct(op), fastabi_param_field(param),
                      c_integer(fastabi_param_width(param), fastabi_param_is_signed(param)));
    }
}

/*
 * A struct that may be passed as another one with the same fields.  In C a transparent union takes either
 * pointer; in C++ there is an overload behind the stub.
 */
static void write_compat_type(const struct c_run *run, const struct fastabi_spec *spec,
                              const struct fastabi_op *op)
{
    struct fastabi_writer *writer = run->writer;
    const char *name = fastabi_spec_name(spec);
    const char *op_name = c_op_name(op);
    const char *separator = c_separator(op);

    fastabi_write(writer,
                  "#ifdef __cplusplus\n"
                  "typedef struct %s *xen_fastabi_%s%s%s_param;\n"
                  "#else\n"
                  "typedef union {\n"
                  "    struct %s *param;\n",
                  fastabi_op_c_struct(op), name, separator, op_name, fastabi_op_c_struct(op));
    for (size_t i = 0; i < fastabi_op_c_struct_compat_count(op); i++)
        fastabi_write(writer, "    struct %s *compat_%u;\n", fastabi_op_c_struct_compat(op, i),
                      (unsigned int)i);
    fastabi_write(writer,
                  "} xen_fastabi_%s%s%s_param __attribute__((__transparent_union__));\n"
                  "#endif\n\n",
                  name, separator, op_name);
}

/* ---- the signature ---- */

/* structure: of the struct that param points to; NULL: what the operation has */
static void write_signature(const struct c_run *run, const struct fastabi_spec *spec,
                            const struct fastabi_op *op, const struct c_arguments *arguments,
                            const char *structure)
{
    struct fastabi_writer *writer = run->writer;
    const char *name = fastabi_spec_name(spec);
    int column = (int)(strlen("long xen_hypercall_(") + strlen(name) + strlen(c_separator(op)) +
                       strlen(c_op_name(op)));
    bool first = true;

    fastabi_write(writer, "XEN_FASTABI_INLINE\nlong xen_hypercall_%s%s%s(", name, c_separator(op),
                  c_op_name(op));
    if (run->transfer == C_TRANSFER_ARGUMENT) {
        fastabi_write(writer, "enum xen_hypercall_vendor vendor");
        first = false;
    }
    if (arguments->structure) {
        if (!first)
            fastabi_write(writer, ",\n%*s", column, "");
        if (!structure && fastabi_op_c_struct_compat_count(op))
            fastabi_write(writer, "xen_fastabi_%s%s%s_param argument", name, c_separator(op),
                          c_op_name(op));
        else
            fastabi_write(writer, "struct %s *param",
                          structure ? structure : arguments->structure);
        first = false;
    }
    for (size_t i = 0; i < arguments->count; i++) {
        const struct c_argument *argument = &arguments->items[i];
        bool starred = argument->type[strlen(argument->type) - 1] == '*';

        if (!first)
            fastabi_write(writer, ",\n%*s", column, "");
        fastabi_write(writer, "%s%s%s%s", argument->type, starred ? "" : " ",
                      argument->is_pointer ? "*" : "", argument->name);
        first = false;
    }
    fastabi_write(writer, first ? "void)\n" : ")\n");
}

/* ---- the body ---- */

static const struct c_argument *find_argument(const struct c_arguments *arguments,
                                              const struct fastabi_param *param)
{
    for (size_t i = 0; i < arguments->count; i++) {
        if (arguments->items[i].param == param)
            return &arguments->items[i];
    }
    return NULL;
}

/* Is a parameter's integer type another one than that of the register? */
static bool needs_cast(const struct fastabi_param *param)
{
    return fastabi_param_width(param) != 64 || fastabi_param_is_signed(param);
}

/*
 * A field of the struct.  Where other structs may be passed it is read and written as an integer that may
 * alias: what the caller has done to its own struct is not of this type.
 */
static void write_field(const struct c_run *run, const struct fastabi_op *op,
                        const struct fastabi_param *param)
{
    if (fastabi_op_c_struct_compat_count(op))
        fastabi_write(run->writer, "*(xen_fastabi_alias_%c%u *)&", fastabi_param_is_signed(param) ? 'i' : 'u',
                      fastabi_param_width(param));
    fastabi_write(run->writer, "param->%s", fastabi_param_field(param));
}

/* const uint64_t in_port = (uint64_t)(uint32_t)param->port; */
static void write_load(const struct c_run *run, const struct fastabi_op *op,
                       const struct c_arguments *arguments, const struct fastabi_param *param)
{
    struct fastabi_writer *writer = run->writer;
    const struct c_argument *argument = find_argument(arguments, param);
    char flat[C_NAME_MAX];

    c_flatten(fastabi_param_name(param), flat);
    fastabi_write(writer, "    const uint64_t in_%s = (uint64_t)", flat);
    if (argument) {
        fastabi_write(writer, "%s%s%s;\n", strchr(argument->type, '*') ? "(uintptr_t)" : "",
                      argument->is_pointer ? "*" : "", argument->name);
        return;
    }
    if (fastabi_param_is_typed(param) && needs_cast(param))
        fastabi_write(writer, "(%s)", c_integer(fastabi_param_width(param),
                                                fastabi_param_is_signed(param)));
    write_field(run, op, param);
    fastabi_write(writer, ";\n");
}

/* param->port = (uint32_t)out_port; */
static void write_store(const struct c_run *run, const struct fastabi_op *op,
                        const struct c_arguments *arguments, const struct fastabi_param *param)
{
    struct fastabi_writer *writer = run->writer;
    const struct c_argument *argument = find_argument(arguments, param);
    char flat[C_NAME_MAX];

    c_flatten(fastabi_param_name(param), flat);
    fastabi_write(writer, "        ");
    if (argument) {
        fastabi_write(writer, "*%s = (%s)%sout_%s;\n", argument->name, argument->type,
                      strchr(argument->type, '*') ? "(uintptr_t)" : "", flat);
        return;
    }
    write_field(run, op, param);
    if (!fastabi_param_is_typed(param))
        fastabi_write(writer, " = (__typeof__(param->%s))out_%s;\n", fastabi_param_field(param), flat);
    else if (needs_cast(param))
        fastabi_write(writer, " = (%s)out_%s;\n",
                      c_integer(fastabi_param_width(param), fastabi_param_is_signed(param)), flat);
    else
        fastabi_write(writer, " = out_%s;\n", flat);
}

static void write_bindings(const struct c_run *run, const struct fastabi_spec *spec,
                           const struct fastabi_op *op)
{
    struct fastabi_writer *writer = run->writer;
    uint32_t used = fastabi_op_input_mask(op) | fastabi_op_output_mask(op) |
                    fastabi_op_clobber_mask(op);

    fastabi_write(writer, "    register uint64_t reg0 __asm__ (\"rax\") = "
                          "__HYPERVISOR_FASTABI_MASK | %uu;\n", fastabi_spec_hypercall_index(spec));
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        const struct fastabi_param *input = fastabi_op_input(op, reg);
        char flat[C_NAME_MAX];

        if (!(used & 1u << reg))
            continue;
        fastabi_write(writer, "    register uint64_t reg%d __asm__ (\"%s\")", reg,
                      fastabi_register_name(reg));
        if (input) {
            c_flatten(fastabi_param_name(input), flat);
            fastabi_write(writer, " = in_%s;\n", flat);
        } else if (reg == 1 && !fastabi_op_is_direct(op)) {
            fastabi_write(writer, " = %uu;\n", fastabi_op_index(op));
        } else {
            fastabi_write(writer, ";\n");
        }
    }
}

static const char *transfer_template(enum c_transfer transfer)
{
    switch (transfer) {
    case C_TRANSFER_ARGUMENT:
        return "XEN_FASTABI_BY_VENDOR";
    case C_TRANSFER_VMCALL:
        return "\"vmcall\"";
    case C_TRANSFER_VMMCALL:
        return "\"vmmcall\"";
    case C_TRANSFER_PATCH:
        return "XEN_FASTABI_PATCHABLE";
    default:
        return "XEN_FASTABI_TRANSFER";
    }
}

static void write_asm(const struct c_run *run, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = run->writer;
    uint32_t inputs = fastabi_op_input_mask(op);
    uint32_t changed = fastabi_op_output_mask(op) | fastabi_op_clobber_mask(op);
    const char *separator = "";
    bool macro = run->transfer == C_TRANSFER_MACRO;

    fastabi_write(writer, "    __asm__ __volatile__ (%s\n"
                          "                          : ", transfer_template(run->transfer));
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (!(changed & 1u << reg))
            continue;
        fastabi_write(writer, "%s\"%c%c\" (reg%d)", separator, inputs & 1u << reg ? '+' : '=', 'r',
                      reg);
        separator = ", ";
    }
    fastabi_write(writer, "%s\n                          :", macro ? " XEN_FASTABI_TRANSFER_OUTPUTS" : "");
    separator = " ";
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (!(inputs & ~changed & 1u << reg))
            continue;
        fastabi_write(writer, "%s\"r\" (reg%d)", separator, reg);
        separator = ", ";
    }
    if (run->transfer == C_TRANSFER_ARGUMENT)
        fastabi_write(writer, "%s[vendor] \"ri\" (vendor)", separator);
    fastabi_write(writer, "\n                          : \"memory\"%s);\n",
                  macro ? " XEN_FASTABI_TRANSFER_CLOBBERS" : "");
}

static void write_results(const struct c_run *run, const struct fastabi_op *op,
                          const struct c_arguments *arguments)
{
    struct fastabi_writer *writer = run->writer;
    bool any = false;

    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        const struct fastabi_param *output = fastabi_op_output(op, reg);
        char flat[C_NAME_MAX];

        if (!output)
            continue;
        any = true;
        c_flatten(fastabi_param_name(output), flat);
        fastabi_write(writer, "    out_%s = reg%d;\n", flat, reg);
    }
    if (any)
        fastabi_write(writer, "    if (ret >= 0) {\n");
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (fastabi_op_output(op, reg))
            write_store(run, op, arguments, fastabi_op_output(op, reg));
    }
    if (any)
        fastabi_write(writer, "    }\n");
}

static void write_body(const struct c_run *run, const struct fastabi_spec *spec,
                       const struct fastabi_op *op, const struct c_arguments *arguments)
{
    struct fastabi_writer *writer = run->writer;

    fastabi_write(writer, "{\n");
    if (arguments->structure && fastabi_op_c_struct_compat_count(op))
        fastabi_write(writer,
                      "#ifdef __cplusplus\n"
                      "    struct %s *const param = argument;\n"
                      "#else\n"
                      "    struct %s *const param = argument.param;\n"
                      "#endif\n",
                      arguments->structure, arguments->structure);
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (fastabi_op_input(op, reg))
            write_load(run, op, arguments, fastabi_op_input(op, reg));
    }
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        const struct fastabi_param *output = fastabi_op_output(op, reg);
        char flat[C_NAME_MAX];

        if (!output)
            continue;
        c_flatten(fastabi_param_name(output), flat);
        fastabi_write(writer, "    uint64_t out_%s;\n", flat);
    }
    fastabi_write(writer, "    int64_t ret;\n");
    write_bindings(run, spec, op);
    fastabi_write(writer, "\n");
    write_asm(run, op);
    fastabi_write(writer, "    ret = (int64_t)reg0;\n");
    write_results(run, op, arguments);
    fastabi_write(writer, "    return (long)ret;\n}\n\n");
}

/* C++: the same call with another struct. */
static void write_compat_overloads(const struct c_run *run, const struct fastabi_spec *spec,
                                   const struct fastabi_op *op,
                                   const struct c_arguments *arguments)
{
    struct fastabi_writer *writer = run->writer;

    fastabi_write(writer, "#ifdef __cplusplus\nextern \"C++\" {\n");
    for (size_t i = 0; i < fastabi_op_c_struct_compat_count(op); i++) {
        write_signature(run, spec, op, arguments, fastabi_op_c_struct_compat(op, i));
        fastabi_write(writer,
                      "{\n"
                      "    return xen_hypercall_%s%s%s(%sreinterpret_cast<struct %s *>(param)",
                      fastabi_spec_name(spec), c_separator(op), c_op_name(op),
                      run->transfer == C_TRANSFER_ARGUMENT ? "vendor, " : "",
                      fastabi_op_c_struct(op));
        for (size_t j = 0; j < arguments->count; j++)
            fastabi_write(writer, ", %s", arguments->items[j].name);
        fastabi_write(writer, ");\n}\n");
    }
    fastabi_write(writer, "}\n#endif\n\n");
}

void c_write_stub(const struct c_run *run, const struct fastabi_spec *spec,
                  const struct fastabi_op *op)
{
    struct c_arguments arguments;
    bool compat;

    c_collect_arguments(run, op, &arguments);
    compat = arguments.structure && fastabi_op_c_struct_compat_count(op);
    write_constants(run, spec, op);
    write_assertions(run, spec, op);
    fastabi_write(run->writer, "\n");
    if (compat)
        write_compat_type(run, spec, op);
    c_write_doc(run, spec, op, &arguments);
    write_signature(run, spec, op, &arguments, NULL);
    write_body(run, spec, op, &arguments);
    if (compat)
        write_compat_overloads(run, spec, op, &arguments);
}
