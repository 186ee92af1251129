/* SPDX-License-Identifier: MIT */
/*
 * Comments in generated Rust: the manual of each operation, in rustdoc's Markdown.  Texts of a
 * specification are plain, so whatever Markdown or HTML would read in them is escaped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rust.h"

static bool ends_word(char character)
{
    return !character || character == ' ' || character == '\t' || character == '\n';
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static bool is_word(char character)
{
    return is_digit(character) || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z');
}

/* An underscore within a word stays one. */
static bool is_inside_word(const char *text, const char *at)
{
    const char *start = at;

    while (start > text && *start == '_')
        start--;
    while (*at == '_')
        at++;
    return is_word(*start) && is_word(*at);
}

/*
 * Whether a character opens a list or a heading if its word gets to the start of a line.
 */
static bool opens_block(const char *text, const char *at)
{
    const char *start = at;

    while (start > text && is_digit(start[-1]))
        start--;
    if (start > text && !ends_word(start[-1]))
        return false;
    if (*at == '.' || *at == ')')
        return start < at && ends_word(at[1]);
    if (*at == '+' || *at == '-')
        return start == at && ends_word(at[1]);
    return start == at && (*at == '#' || *at == '=');
}

/* Does a backslash belong in front of this character? */
static bool needs_escape(const char *text, const char *at)
{
    if (*at == '_')
        return !is_inside_word(text, at);
    if (strchr("\\`*[]<>|~&", *at))
        return true;
    if (*at == ':')
        return at[1] == '/' && at[2] == '/'; /* rustdoc wants URLs marked as such */
    if (*at == '-' && (at[1] == '-' || (at > text && at[-1] == '-')))
        return true; /* would be one long dash */
    return opens_block(text, at);
}

/* Text of a specification after some words of our own.  Its lines are paragraphs. */
static int write_prose(struct fastabi_writer *writer, const char *prefix, const char *lead,
                       const char *text)
{
    char *escaped = malloc(strlen(lead) + 2 * strlen(text) + 1);
    char *next = escaped;

    if (!escaped)
        return -ENOMEM;
    memcpy(next, lead, strlen(lead));
    next += strlen(lead);
    for (const char *at = text; *at; at++) {
        if (needs_escape(text, at) || *at == '\n')
            *next++ = *at == '\n' ? '\n' : '\\';
        *next++ = *at;
    }
    *next = '\0';
    fastabi_write_wrapped(writer, prefix, RUST_WIDTH, escaped);
    free(escaped);
    return 0;
}

int rust_write_prose(struct fastabi_writer *writer, const char *prefix, const char *text)
{
    return write_prose(writer, prefix, "", text);
}

static int write_param(const struct rust_run *run, const struct rust_op *op,
                       const struct fastabi_param *param, bool output)
{
    char note[FASTABI_NOTE_SIZE];
    int status;
    struct fastabi_writer *writer = run->writer;
    int reg = output ? fastabi_param_out(param) : fastabi_param_in(param);
    const char *condition = output ? fastabi_param_valid_when(param) : NULL;
    const char *doc = fastabi_param_doc(param);

    fastabi_write(writer, "/// - `%s`, in %s", rust_without_prefix(rust_param_name(run, param)),
                  fastabi_register_name(reg));
    if (condition)
        fastabi_write(writer, ", valid when `%s`, else 0", condition);
    if (!output && fastabi_param_is_shared(param))
        fastabi_write(writer, ", memory to be shared with the hypervisor");
    if (output && fastabi_param_in(param) != FASTABI_NO_REGISTER)
        doc = NULL; /* told at its input */
    fastabi_write(writer, doc ? ":\n" : "\n");
    status = doc ? rust_write_prose(writer, "///   ", doc) : 0;
    for (size_t i = 0;
         !status && !output && fastabi_param_note(op->op, param, i, note, sizeof(note)); i++) {
        fastabi_write(writer, "///\n");
        status = rust_write_prose(writer, "///   ", note);
    }
    return status;
}

static int write_params(const struct rust_run *run, const struct rust_op *op)
{
    struct fastabi_writer *writer = run->writer;
    int status = 0;

    if (op->input_count)
        fastabi_write(writer, "///\n/// Inputs:\n");
    for (size_t i = 0; !status && i < op->input_count; i++)
        status = write_param(run, op, op->inputs[i], false);
    if (op->output_count)
        fastabi_write(writer, "///\n/// Outputs:\n");
    for (size_t i = 0; !status && i < op->output_count; i++)
        status = write_param(run, op, op->outputs[i], true);
    if (!op->output_count)
        fastabi_write(
            writer,
            "///\n/// `Ok` has what the call returned: 0 where nothing else is said above.\n");
    return status;
}

static int write_errors(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    int status = 0;

    if (fastabi_op_error_count(op))
        fastabi_write(writer, "///\n/// # Errors\n///\n");
    for (size_t i = 0; !status && i < fastabi_op_error_count(op); i++) {
        const char *doc;
        const char *name = fastabi_op_error(op, i, &doc);

        fastabi_write(writer, "/// - `%s`:\n", name);
        status = rust_write_prose(writer, "///   ", doc);
    }
    return status;
}

static void write_number(struct fastabi_writer *writer, const struct rust_op *op)
{
    fastabi_write(writer, "/// Hypercall %u", fastabi_spec_hypercall_index(op->spec));
    if (!fastabi_op_is_direct(op->op))
        fastabi_write(writer, ", sub-operation %u", fastabi_op_index(op->op));
    fastabi_write(writer, ".\n");
}

static const char general_safety[] =
    "The hypervisor writes the memory that the arguments name: no other code may rely on what is "
    "in that memory.";

/* What the caller of an unsafe function must guarantee; NULL: the function is safe. */
static const char *safety_of(const struct rust_op *op)
{
    const char *safety = fastabi_op_safety(op->op);

    return !safety && fastabi_op_is_unsafe(op->op) ? general_safety : safety;
}

static int write_safety(struct fastabi_writer *writer, const struct rust_op *op)
{
    const char *safety = safety_of(op);

    if (!safety)
        return 0;
    fastabi_write(writer, "///\n/// # Safety\n///\n");
    return rust_write_prose(writer, "/// ", safety);
}

int rust_write_op_doc(const struct rust_run *run, const struct rust_op *op)
{
    char note[FASTABI_NOTE_SIZE];
    struct fastabi_writer *writer = run->writer;
    const char *doc = fastabi_op_doc(op->op);
    const char *since = fastabi_op_since(op->op);
    int status = doc ? rust_write_prose(writer, "/// ", doc) : 0;

    if (status)
        return status;
    if (doc)
        fastabi_write(writer, "///\n");
    write_number(writer, op);
    if (since)
        status = write_prose(writer, "/// ", "Since Xen ", since);
    for (size_t i = 0; !status && fastabi_op_note(op->op, i, note, sizeof(note)); i++) {
        fastabi_write(writer, "///\n");
        status = rust_write_prose(writer, "/// ", note);
    }
    if (!status)
        status = write_params(run, op);
    if (!status)
        status = write_errors(writer, op->op);
    return status ? status : write_safety(writer, op);
}

int rust_write_short_doc(const struct rust_run *run, const struct rust_op *op, bool is_raw)
{
    struct fastabi_writer *writer = run->writer;

    fastabi_write(writer, "/// `%s`", rust_without_prefix(op->name));
    if (!is_raw) {
        fastabi_write(writer, " by transfer `T`.\n");
        return write_safety(writer, op);
    }
    fastabi_write(writer, ": what comes back in rax");
    for (size_t i = 0; i < op->output_count; i++)
        fastabi_write(writer, i ? ", `%s`" : ", then `%s`",
                      rust_without_prefix(rust_param_name(run, op->outputs[i])));
    fastabi_write(writer, ".\n///\n/// # Safety\n///\n");
    if (safety_of(op))
        return rust_write_prose(writer, "/// ", safety_of(op));
    fastabi_write(writer, "/// Xen must be the hypervisor, and `T` right for the processor.\n");
    return 0;
}
