/* SPDX-License-Identifier: MIT */
/*
 * One operation as a C function.
 *
 * What keeps it right under every compiler and instrumentation (KASAN, KCSAN, KCOV): whatever reads
 * memory comes first, into ordinary locals; register variables are bound last, from constants and
 * locals only; and right after the transfer every output goes into an ordinary local before
 * anything is stored.
 */
#include <inttypes.h>
#include <string.h>

#include "c.h"

/* ---- what precedes the function ---- */

static void write_constants(struct fastabi_writer *writer, const struct c_stub *stub)
{
    if (!fastabi_op_is_direct(stub->op))
        fastabi_write(writer, "#define XEN_FASTABI_INDEX_%s %uu\n", stub->id,
                      fastabi_op_index(stub->op));
    fastabi_write(writer, "#define XEN_FASTABI_IN_%s 0x%xu\n#define XEN_FASTABI_OUT_%s 0x%xu\n",
                  stub->id, stub->set, stub->id, fastabi_op_output_mask(stub->op));
    if (fastabi_op_caller(stub->op) != FASTABI_CALLER_UNKNOWN)
        fastabi_write(writer,
                      "#define XEN_FASTABI_CLASS_%s %uu\n#define XEN_FASTABI_FOREIGN_%s %d\n",
                      stub->id, (unsigned int)fastabi_op_caller(stub->op), stub->id,
                      fastabi_op_is_foreign(stub->op));
}

static void write_index_assertion(struct fastabi_writer *writer, const struct c_stub *stub)
{
    const char *macro = fastabi_op_index_macro(stub->op);

    if (macro && c_is_macro_name(macro))
        fastabi_write(writer, "#ifdef %s\nXEN_FASTABI_ASSERT(index_%s, %s == %u);\n#endif\n", macro,
                      stub->id, macro, fastabi_op_index(stub->op));
}

/* ---- the signature ---- */

/* An argument as it is declared: "uint32_t *port". */
static const char *declare(const struct c_run *run, const struct c_argument *argument)
{
    size_t length = strlen(argument->type);
    bool starred = length && argument->type[length - 1] == '*';

    return fastabi_emission_printf(run->emission, "%s%s%s%s", argument->type, starred ? "" : " ",
                                   argument->is_pointer ? "*" : "", argument->name);
}

void c_write_params(const struct c_run *run, size_t column, const char *const *declarations,
                    size_t count)
{
    struct fastabi_writer *writer = run->writer;
    size_t longest = 0;

    for (size_t i = 0; i < count; i++)
        longest = strlen(declarations[i]) > longest ? strlen(declarations[i]) : longest;
    if (column + longest + 1 > run->width) {
        column = 4;
        fastabi_write(writer, "\n%-*s", (int)column, "");
    }
    for (size_t i = 0; i < count; i++) {
        if (i)
            fastabi_write(writer, ",\n%-*s%s", (int)column, "", declarations[i]);
        else
            fastabi_write(writer, "%s", declarations[i]);
    }
    fastabi_write(writer, count ? ")\n" : "void)\n");
}

/* structure: what param points to */
static void write_signature(const struct c_run *run, const struct c_stub *stub,
                            const char *structure)
{
    struct fastabi_writer *writer = run->writer;
    const size_t column = strlen(run->result) + strlen(" (") + strlen(stub->function);
    const char *declarations[2 + sizeof(stub->arguments) / sizeof(stub->arguments[0])];
    size_t count = 0;

    if (run->transfer == C_TRANSFER_ARGUMENT)
        declarations[count++] = "enum xen_hypercall_vendor vendor_";
    if (structure)
        declarations[count++] = fastabi_emission_printf(run->emission, "struct %s *param_",
                                                        structure);
    for (size_t i = 0; i < stub->argument_count; i++)
        declarations[count++] = declare(run, &stub->arguments[i]);
    fastabi_write(writer, "XEN_FASTABI_INLINE\n%s %s(", run->result, stub->function);
    c_write_params(run, column, declarations, count);
}

/* ---- the body ---- */

/* const uint64_t in_port_ = (uint64_t)(uint32_t)fields_->port; */
static void write_load(const struct c_run *run, const struct c_stub *stub, int reg)
{
    struct fastabi_writer *writer = run->writer;
    const struct fastabi_param *param = stub->inputs[reg];
    const struct c_argument *argument = c_find_argument(stub, param);

    fastabi_write(writer, "    const uint64_t in_%s_ = (uint64_t)", stub->in[reg]);
    if (argument) {
        fastabi_write(writer, "%s%s%s%s;\n", c_argument_cast(run, argument),
                      c_pointer_cast(c_is_pointer_type(argument->type)),
                      argument->is_pointer ? "*" : "", argument->name);
        return;
    }
    if (fastabi_param_is_typed(param) && c_needs_cast(param))
        fastabi_write(writer, "(%s)", fastabi_param_c_integer(param));
    c_write_field(writer, stub, param);
    fastabi_write(writer, ";\n");
}

static void write_locals(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;

    if (run->transfer == C_TRANSFER_ARGUMENT)
        fastabi_write(writer, "    const uint32_t by_ = XEN_FASTABI_VENDOR(vendor_);\n");
    if (c_uses_struct(stub))
        fastabi_write(writer, "    XEN_FASTABI_FIELDS(%s);\n", stub->id);
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (stub->inputs[reg])
            write_load(run, stub, reg);
    }
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (stub->outputs[reg])
            fastabi_write(writer, "    uint64_t out_%s_;\n", stub->out[reg]);
    }
    fastabi_write(writer, "    int64_t ret_;\n");
}

/*
 * The highest register first: compilers move values in this order, and a function's arguments are
 * in rdi, rsi, rdx, ... while reg1, reg2, ... are rdi, rsi, r8, ...  So an argument has left a
 * register before another needs it.
 */
static void write_bindings(struct fastabi_writer *writer, const struct c_stub *stub)
{
    uint32_t used = stub->set | stub->changed;

    for (int reg = FASTABI_REGISTERS - 1; reg > 0; reg--) {
        if (!(used & 1u << reg))
            continue;
        fastabi_write(writer, "    register uint64_t reg%d_ __asm__ (\"%s\")", reg,
                      fastabi_register_name(reg));
        if (stub->inputs[reg])
            fastabi_write(writer, " = in_%s_;\n", stub->in[reg]);
        else if (reg == 1 && !fastabi_op_is_direct(stub->op))
            fastabi_write(writer, " = %uu;\n", fastabi_op_index(stub->op));
        else
            fastabi_write(writer, ";\n");
    }
    fastabi_write(writer,
                  "    register uint64_t reg0_ __asm__ (\"rax\") = "
                  "__HYPERVISOR_FASTABI_MASK | %uu;\n",
                  fastabi_spec_hypercall_index(stub->spec));
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

/* reg0 is always changed, so the list of outputs is never empty. */
static void write_asm(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;
    bool macro = run->transfer == C_TRANSFER_MACRO;
    const char *separator = " ";

    fastabi_write(writer,
                  "\n    __asm__ __volatile__ (%s\n"
                  "                          : \"+r\" (reg0_)",
                  transfer_template(run->transfer));
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        if (stub->changed & 1u << reg)
            fastabi_write(writer, stub->set & 1u << reg ? ", \"+r\" (reg%d_)" : ", \"=r\" (reg%d_)",
                          reg);
    }
    fastabi_write(writer, macro ? " XEN_FASTABI_TRANSFER_OUTPUTS\n                          :"
                                : "\n                          :");
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        if (!(stub->set & ~stub->changed & 1u << reg))
            continue;
        fastabi_write(writer, "%s\"r\" (reg%d_)", separator, reg);
        separator = ", ";
    }
    if (run->transfer == C_TRANSFER_ARGUMENT)
        fastabi_write(writer, "%s[vendor_] \"ri\" (by_)", separator);
    fastabi_write(writer, macro ? "\n                          : \"memory\" "
                                  "XEN_FASTABI_TRANSFER_CLOBBERS);\n"
                                : "\n                          : \"memory\");\n");
}

static void write_results(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;
    bool any = fastabi_op_output_mask(stub->op) != 1u;

    if (stub->structure && !c_uses_struct(stub))
        fastabi_write(writer, "    (void)param_;\n");
    fastabi_write(writer, "    ret_ = (int64_t)reg0_;\n");
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (stub->outputs[reg])
            fastabi_write(writer, "    out_%s_ = reg%d_;\n", stub->out[reg], reg);
    }
    if (any) {
        fastabi_write(writer, "    if (ret_ >= 0) {\n");
        c_write_stores(run, stub);
        fastabi_write(writer, "    }\n");
    }
    if ((stub->set | stub->changed) & 1u << 7)
        fastabi_write(writer, "    XEN_FASTABI_USES_R12;\n");
    /* 0 - ret would overflow if a hypervisor returned the least number. */
    fastabi_write(writer,
                  run->is_negated ? "    return (%s)(0u - (uint64_t)ret_);\n"
                                  : "    return (%s)ret_;\n",
                  run->result);
}

/* ---- a call with another struct that has the same fields ---- */

/* "(vendor_, param_, vcpuid_)"; the struct's place is the caller's to fill */
static void write_call_head(const struct c_run *run, const struct c_stub *stub)
{
    fastabi_write(run->writer, "%s(%s", stub->function,
                  run->transfer == C_TRANSFER_ARGUMENT ? "vendor_, " : "");
}

static void write_call_tail(const struct c_run *run, const struct c_stub *stub)
{
    for (size_t i = 0; i < stub->argument_count; i++)
        fastabi_write(run->writer, ", %s", stub->arguments[i].name);
    fastabi_write(run->writer, ")");
}

/* C: a macro of the stub's name that converts a pointer of one of these types, and no other. */
static void write_compat_macro(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;
    size_t count = fastabi_op_c_struct_compat_count(stub->op);

    fastabi_write(writer, "# define ");
    write_call_head(run, stub);
    fastabi_write(writer, "param_");
    write_call_tail(run, stub);
    fastabi_write(writer, " \\\n    ");
    write_call_head(run, stub);
    for (size_t i = 0; i < count; i++)
        fastabi_write(writer, "XEN_FASTABI_CONVERT(struct %s *, struct %s *, \\\n        ",
                      fastabi_op_c_struct_compat(stub->op, i), stub->structure);
    fastabi_write(writer, "param_");
    for (size_t i = 0; i < count; i++)
        fastabi_write(writer, ")");
    write_call_tail(run, stub);
    fastabi_write(writer, "\n");
}

/* C++: an overload for each. */
static void write_compat_overloads(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;

    fastabi_write(writer, "extern \"C++\" {\n");
    for (size_t i = 0; i < fastabi_op_c_struct_compat_count(stub->op); i++) {
        write_signature(run, stub, fastabi_op_c_struct_compat(stub->op, i));
        fastabi_write(writer, "{\n    return ");
        write_call_head(run, stub);
        fastabi_write(writer, "reinterpret_cast<struct %s *>(param_)", stub->structure);
        write_call_tail(run, stub);
        fastabi_write(writer, ";\n}\n");
    }
    fastabi_write(writer, "}\n");
}

void c_write_stub(const struct c_run *run, const struct fastabi_spec *spec,
                  const struct fastabi_op *op)
{
    struct fastabi_writer *writer = run->writer;
    struct c_stub stub;

    c_prepare(run, spec, op, &stub);
    write_constants(writer, &stub);
    write_index_assertion(writer, &stub);
    c_write_struct(run, &stub);
    fastabi_write(writer, "\n");
    c_write_packs(run, &stub);
    c_write_doc(run, &stub);
    write_signature(run, &stub, stub.structure);
    fastabi_write(writer, "{\n");
    write_locals(run, &stub);
    write_bindings(writer, &stub);
    write_asm(run, &stub);
    write_results(run, &stub);
    fastabi_write(writer, "}\n\n");
    if (!stub.compat)
        return;
    fastabi_write(writer, "#ifdef __cplusplus\n");
    write_compat_overloads(run, &stub);
    fastabi_write(writer, "#else\n");
    write_compat_macro(run, &stub);
    fastabi_write(writer, "#endif\n\n");
}
