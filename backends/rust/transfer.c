/* SPDX-License-Identifier: MIT */
/*
 * src/transfer.rs: an asm statement for each combination of registers that an operation of the run
 * uses, as the methods of a trait, and the macro that implements it for a transfer instruction.  A
 * template of asm! has to be a literal, so only a macro can put the instruction in.
 */
#include <errno.h>
#include <stdlib.h>

#include "rust.h"

/* Which registers go in, come out, and come back changed. */
struct shape {
    uint32_t in, out, clobbers;
};

static struct shape shape_of(const struct fastabi_op *op)
{
    return (struct shape){ fastabi_op_input_mask(op), fastabi_op_output_mask(op),
                           fastabi_op_clobber_mask(op) };
}

static int compare(const void *a, const void *b)
{
    const struct shape *left = a;
    const struct shape *right = b;

    if (left->in != right->in)
        return left->in < right->in ? -1 : 1;
    if (left->out != right->out)
        return left->out < right->out ? -1 : 1;
    if (left->clobbers != right->clobbers)
        return left->clobbers < right->clobbers ? -1 : 1;
    return 0;
}

/* The shapes of the run, sorted, each once. */
static int collect(struct rust_run *run, struct shape **shapes, size_t *count)
{
    size_t all = 0, kept = 0;

    for (size_t i = 0; i < fastabi_emission_spec_count(run->emission); i++)
        all += fastabi_spec_op_count(fastabi_emission_spec(run->emission, i));
    *shapes = calloc(all + 1, sizeof(**shapes));
    if (!*shapes)
        return -ENOMEM;
    all = 0;
    for (size_t i = 0; i < fastabi_emission_spec_count(run->emission); i++) {
        const struct fastabi_spec *spec = fastabi_emission_spec(run->emission, i);

        for (size_t j = 0; j < fastabi_spec_op_count(spec); j++)
            (*shapes)[all++] = shape_of(fastabi_spec_op(spec, j));
    }
    qsort(*shapes, all, sizeof(**shapes), compare);
    for (size_t i = 0; i < all; i++) {
        if (!kept || compare(&(*shapes)[kept - 1], &(*shapes)[i]))
            (*shapes)[kept++] = (*shapes)[i];
    }
    *count = kept;
    return 0;
}

static void write_hex(struct fastabi_writer *writer, uint32_t mask)
{
    fastabi_write(writer, mask < 0x10 ? "0%x" : "%x", mask);
}

static void write_name(struct fastabi_writer *writer, const struct shape *shape)
{
    fastabi_write(writer, "call_");
    write_hex(writer, shape->in);
    fastabi_write(writer, "_");
    write_hex(writer, shape->out);
    fastabi_write(writer, "_");
    write_hex(writer, shape->clobbers);
}

void rust_write_shape_name(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    struct shape shape = shape_of(op);

    write_name(writer, &shape);
}

/* unsafe fn call_0f_11_00(r0: u64, r1: u64, r2: u64, r3: u64) -> (i64, u64) */
static void write_signature(struct fastabi_writer *writer, const struct shape *shape)
{
    const char *separator = "";

    fastabi_write(writer, "unsafe fn ");
    write_name(writer, shape);
    fastabi_write(writer, "(");
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (!(shape->in & 1u << reg))
            continue;
        fastabi_write(writer, "%sr%d: u64", separator, reg);
        separator = ", ";
    }
    if (shape->out == 1) {
        fastabi_write(writer, ") -> i64");
        return;
    }
    fastabi_write(writer, ") -> (i64");
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        if (shape->out & 1u << reg)
            fastabi_write(writer, ", u64");
    }
    fastabi_write(writer, ")");
}

static void write_operand(struct fastabi_writer *writer, const struct shape *shape, int reg)
{
    const char *name = fastabi_register_name(reg);
    bool in = shape->in & 1u << reg;

    if (shape->out & 1u << reg)
        fastabi_write(writer, in ? "inout(\"%s\") r%d => o%d,\n" : "out(\"%s\") o%d,\n", name, reg,
                      reg);
    else if (shape->clobbers & 1u << reg)
        fastabi_write(writer, in ? "inout(\"%s\") r%d => _,\n" : "out(\"%s\") _,\n", name, reg);
    else if (in)
        fastabi_write(writer, "in(\"%s\") r%d,\n", name, reg);
}

static void write_results(struct fastabi_writer *writer, const struct shape *shape)
{
    if (shape->out == 1) {
        fastabi_write(writer, "o0\n");
        return;
    }
    fastabi_write(writer, "(o0");
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        if (shape->out & 1u << reg)
            fastabi_write(writer, ", o%d", reg);
    }
    fastabi_write(writer, ")\n");
}

/* A method of the implementation, within the macro. */
static void write_method(struct fastabi_writer *writer, const struct shape *shape)
{
    fastabi_write(writer, "#[inline(always)]\n");
    write_signature(writer, shape);
    fastabi_write(writer, " {\n");
    fastabi_writer_indent(writer, 1);
    fastabi_write(writer, "let o0: i64;\n");
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        if (shape->out & 1u << reg)
            fastabi_write(writer, "let o%d: u64;\n", reg);
    }
    fastabi_write(writer, "// SAFETY: the caller's; and the implementation is unsafe.\n"
                          "unsafe {\n");
    fastabi_writer_indent(writer, 1);
    fastabi_write(writer, "::core::arch::asm!(\n");
    fastabi_writer_indent(writer, 1);
    fastabi_write(writer, "$($template,)+\n$($operands)*\ninout(\"rax\") r0 => o0,\n");
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++)
        write_operand(writer, shape, reg);
    fastabi_write(writer, "options($($option),*)\n");
    fastabi_writer_indent(writer, -1);
    fastabi_write(writer, ");\n");
    fastabi_writer_indent(writer, -1);
    fastabi_write(writer, "}\n");
    write_results(writer, shape);
    fastabi_writer_indent(writer, -1);
    fastabi_write(writer, "}\n");
}

static const char trait_head[] =
    "\n"
    "//! How a call reaches the hypervisor.\n"
    "\n"
    "/// A transfer instruction, or what stands for one: a type parameter of every call.\n"
    "///\n"
    "/// A method is one combination of registers; bits of its name: registers that go in, that "
    "come out, and\n"
    "/// that may come back changed without meaning.  Implemented by %s.\n"
    "///\n"
    "/// # Safety\n"
    "///\n"
    "/// An implementation makes the call and keeps every register that its operands do not name.\n"
    "#[allow(clippy::too_many_arguments)]\n"
    "pub unsafe trait Transfer {\n";

static const char macro_head[] =
    "}\n"
    "\n"
    "/// Makes a type whose calls go through assembly of yours: a call of your own code, an exit "
    "to a\n"
    "/// confidential guest's hypervisor, a trap in a test.\n"
    "///\n"
    "/// ```ignore\n"
    "/// xen_fastabi::transfer! {\n"
    "///     /// Through the kernel's own entry, which keeps every register but rcx.\n"
    "///     pub unsafe struct Entry {\n"
    "///         asm: [\"call hypercall_entry\"],\n"
    "///         operands: [out(\"rcx\") _,],\n"
    "///         options: [],\n"
    "///     }\n"
    "/// }\n"
    "/// ```\n"
    "///\n"
    "/// `operands` are more operands of `asm!`, each followed by a comma; `options` are those of "
    "`asm!`.\n"
    "/// The word `unsafe` is your promise that the assembly makes the call as the instruction "
    "would: rax and\n"
    "/// the outputs change, memory may change, and every other register keeps its value except "
    "for those\n"
    "/// that `operands` name.\n"
    "%s"
    "macro_rules! transfer {\n"
    "    (\n"
    "        $(#[$attribute:meta])*\n"
    "        $visibility:vis unsafe struct $name:ident {\n"
    "            asm: [$($template:literal),+ $(,)?],\n"
    "            operands: [$($operands:tt)*],\n"
    "            options: [$($option:ident),* $(,)?] $(,)?\n"
    "        }\n"
    "    ) => {\n"
    "        $(#[$attribute])*\n"
    "        #[derive(Clone, Copy, Debug, Default)]\n"
    "        $visibility struct $name;\n"
    "\n"
    "        // SAFETY: promised by whoever wrote `unsafe struct`.\n"
    "        unsafe impl %s for $name {\n";

int rust_write_transfer(struct rust_run *run)
{
    struct shape *shapes = NULL;
    size_t count = 0;
    int status = collect(run, &shapes, &count);

    if (!status)
        status = rust_open(run, "src/transfer.rs", FASTABI_FILE_SUPPORT, NULL);
    if (!status) {
        fastabi_write(run->writer, trait_head,
                      run->is_module ? "`transfer!`" : "[`transfer!`](crate::transfer!)");
        for (size_t i = 0; i < count; i++) {
            fastabi_write(run->writer, "    #[doc(hidden)]\n    ");
            write_signature(run->writer, &shapes[i]);
            fastabi_write(run->writer, ";\n");
        }
        fastabi_write(run->writer, macro_head, run->is_module ? "" : "#[macro_export]\n",
                      run->is_module ? "Transfer" : "$crate::Transfer");
        fastabi_writer_indent(run->writer, 3);
        for (size_t i = 0; i < count; i++)
            write_method(run->writer, &shapes[i]);
        fastabi_writer_indent(run->writer, -3);
        fastabi_write(run->writer, "        }\n    };\n}\n");
        fastabi_write(run->writer, run->is_module ? "pub(crate) use transfer;\n" : "");
    }
    free(shapes);
    return status;
}
