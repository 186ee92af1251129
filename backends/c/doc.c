/* SPDX-License-Identifier: MIT */
/* The comment above a stub: the manual of the operation, in kernel-doc.  Knows nothing of code. */
#include <string.h>

#include "c.h"

#define TITLE_MAX 320 /* a longer first sentence is left in the text */

/* Length of the first sentence of a text. */
static size_t first_sentence(const char *text)
{
    const char *end = text;

    while ((end = strpbrk(end, ".\n"))) {
        if (*end == '\n' || end[1] == ' ' || end[1] == '\n' || !end[1])
            return (size_t)(end - text) + (*end == '.');
        end++;
    }
    return strlen(text);
}

/* What the title can say of the operation; 0: nothing. */
static size_t title_length(const struct fastabi_op *op)
{
    const char *doc = fastabi_op_doc(op);
    size_t length = doc ? first_sentence(doc) : 0;

    return length < TITLE_MAX ? length : 0;
}

static void write_title(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;
    const char *doc = fastabi_op_doc(stub->op);
    size_t length = title_length(stub->op);
    unsigned int hypercall = fastabi_spec_hypercall_index(stub->spec);

    fastabi_write(writer, length ? "/**\n * %s -\n" : "/**\n * %s -", stub->function);
    if (length) {
        if (doc[length])
            doc = fastabi_emission_printf(run->emission, "%.*s", (int)length, doc);
        fastabi_write_wrapped(writer, " *     ", run->width, doc);
    } else if (fastabi_op_is_direct(stub->op)) {
        fastabi_write(writer, " Hypercall %u.\n", hypercall);
    } else {
        fastabi_write(writer, " Hypercall %u, sub-operation %u.\n", hypercall,
                      fastabi_op_index(stub->op));
    }
}

/* The text after what the title already said. */
static void write_rest(const struct c_run *run, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = run->writer;
    const char *doc = fastabi_op_doc(op);

    if (!doc)
        return;
    doc += title_length(op);
    doc += strspn(doc, " \n");
    if (!*doc)
        return;
    fastabi_write(writer, " *\n");
    fastabi_write_wrapped(writer, " * ", run->width, doc);
}

static void write_arguments(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;

    if (run->transfer == C_TRANSFER_ARGUMENT)
        fastabi_write(writer, " * @vendor_: whose instruction makes the call\n");
    if (stub->structure)
        fastabi_write(writer, " * @param_: fields as below\n");
    for (size_t i = 0; i < stub->argument_count; i++) {
        const struct c_argument *argument = &stub->arguments[i];

        fastabi_write(writer, " * @%s: %s, as below\n", argument->name,
                      !argument->is_pointer                                      ? "in"
                      : fastabi_param_in(argument->param) == FASTABI_NO_REGISTER ? "out"
                                                                                 : "in and out");
    }
}

static void write_param(const struct c_run *run, const struct c_stub *stub,
                        const struct fastabi_param *param, int reg, bool output)
{
    struct fastabi_writer *writer = run->writer;
    const char *doc = fastabi_param_doc(param);
    const char *name = fastabi_register_name(reg); /* of two or three letters */
    const char *condition = output ? fastabi_param_valid_when(param) : NULL;
    char note[FASTABI_NOTE_SIZE];

    fastabi_write(writer, output ? " *  out %s%s%s" : " *  in  %s%s%s", name, name[2] ? " " : "  ",
                  fastabi_param_name(param));
    if (fastabi_param_is_typed(param))
        fastabi_write(writer, fastabi_param_is_signed(param) ? " (i%u)" : " (u%u)",
                      fastabi_param_width(param));
    if (condition)
        fastabi_write(writer, ", valid when %s, else %s", condition,
                      c_find_argument(stub, param) ? "0" : "left alone");
    if (!output && fastabi_param_is_shared(param))
        fastabi_write(writer, ", memory shared with the hypervisor");
    if (output && fastabi_param_in(param) != FASTABI_NO_REGISTER)
        doc = NULL; /* told at its input */
    fastabi_write(writer, doc ? ":\n" : "\n");
    if (doc)
        fastabi_write_wrapped(writer, " *          ", run->width, doc);
    for (size_t i = 0; !output && fastabi_param_note(stub->op, param, i, note, sizeof(note)); i++)
        fastabi_write_wrapped(writer, " *          ", run->width, note);
}

static void write_params(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;
    uint32_t clobbers = fastabi_op_clobber_mask(stub->op);

    if (!fastabi_op_param_count(stub->op) && !clobbers)
        return;
    fastabi_write(writer, " *\n * Registers; outputs are stored only if the call succeeded:\n");
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (stub->inputs[reg])
            write_param(run, stub, stub->inputs[reg], reg, false);
    }
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (stub->outputs[reg])
            write_param(run, stub, stub->outputs[reg], reg, true);
        else if (clobbers & 1u << reg)
            fastabi_write(writer, " *  clobbered: %s\n", fastabi_register_name(reg));
    }
}

static void write_return(const struct c_run *run, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = run->writer;

    fastabi_write(writer, " *\n * Return: %s%s\n",
                  run->is_negated ? "0 or below, the negated result; or an errno"
                                  : "0 or above; or a negative errno",
                  fastabi_op_error_count(op) ? ":" : ".");
    for (size_t i = 0; i < fastabi_op_error_count(op); i++) {
        const char *doc;
        const char *name = fastabi_op_error(op, i, &doc);

        fastabi_write(writer, " *  %s%s:\n", run->is_negated ? "" : "-", name);
        fastabi_write_wrapped(writer, " *          ", run->width, doc);
    }
}

void c_write_doc(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;
    char note[FASTABI_NOTE_SIZE];

    write_title(run, stub);
    write_arguments(run, stub);
    write_rest(run, stub->op);
    for (size_t i = 0; fastabi_op_note(stub->op, i, note, sizeof(note)); i++) {
        fastabi_write(writer, i ? "" : " *\n");
        fastabi_write_wrapped(writer, " * ", run->width, note);
    }
    if (fastabi_op_safety(stub->op)) {
        fastabi_write(writer, " *\n * Safety:\n");
        fastabi_write_wrapped(writer, " *     ", run->width, fastabi_op_safety(stub->op));
    }
    write_params(run, stub);
    write_return(run, stub->op);
    fastabi_write(writer, " */\n");
}
