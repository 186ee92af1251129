/* SPDX-License-Identifier: MIT */
/*
 * The Markdown backend: a reference of each specification, and an index of all (fastabi-index.md,
 * whose name no specification can have).  CommonMark with tables, as GitHub and pandoc read it.
 */
#include "doc.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* ---- text ---- */

static bool is_word(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || (character & 0x80);
}

/* Whether a character could be markup where it stands. */
static bool needs_escape(const char *text, size_t i)
{
    if (strchr("\\`*[]<>|~&$", text[i]))
        return true;
    if (text[i] == '_')
        return !i || !is_word(text[i - 1]) || !is_word(text[i + 1]);
    /* GitHub makes links of what looks like one, and takes the escapes in it as they are. */
    if (text[i] == ':')
        return text[i + 1] == '/' && text[i + 2] == '/';
    if (text[i] == '.' && i >= 3 && !strncmp(text + i - 3, "www", 3))
        return true;
    if (strchr("#+-=", text[i]))
        return strspn(text, "#+-= ") > i; /* a heading, a list, or a line under a heading */
    if (text[i] == '.' || text[i] == ')')
        return i && strspn(text, "0123456789") == i;
    return false;
}

static void write_text_of(struct fastabi_writer *writer, const char *text, size_t length)
{
    size_t written = 0;

    for (size_t i = 0; i < length; i++) {
        if (!needs_escape(text, i))
            continue;
        fastabi_write_text(writer, text + written, i - written);
        fastabi_write_text(writer, "\\", 1);
        written = i;
    }
    fastabi_write_text(writer, text + written, length - written);
}

/* A text on one line, for a cell of a table or an item of a list. */
static void write_line(struct fastabi_writer *writer, const char *text)
{
    const char *before = "";
    size_t length;

    for (; (length = doc_next_paragraph(&text)); text += length, before = " ") {
        fastabi_write(writer, "%s", before);
        write_text_of(writer, text, length);
    }
}

static void write_paragraphs(struct fastabi_writer *writer, const char *text)
{
    size_t length;

    for (; text && (length = doc_next_paragraph(&text)); text += length) {
        write_text_of(writer, text, length);
        fastabi_write(writer, "\n\n");
    }
}

/* A condition or a type, which may have a '|': even in code that is the end of a cell. */
static void write_code(struct fastabi_writer *writer, const char *text)
{
    fastabi_write(writer, "`");
    for (; *text; text++)
        fastabi_write(writer, *text == '|' ? "\\%c" : "%c", *text);
    fastabi_write(writer, "`");
}

/* ---- registers ---- */

static void write_param_type(struct fastabi_writer *writer, const struct fastabi_param *param)
{
    const struct fastabi_type *type = fastabi_param_type(param);
    const char *representation = fastabi_param_repr(param);

    if (type)
        fastabi_write(writer, "%s (%s)", fastabi_type_name(type), representation);
    else if (fastabi_param_is_typed(param))
        fastabi_write(writer, "%s", representation);
    else
        fastabi_write(writer, "64 bits");
}

static void write_param(struct fastabi_writer *writer, const struct fastabi_op *op,
                        const struct fastabi_param *param, int reg, bool is_output)
{
    char note[FASTABI_NOTE_SIZE];
    const char *doc = fastabi_param_doc(param);
    const char *condition = is_output ? fastabi_param_valid_when(param) : NULL;

    fastabi_write(writer, "| `%s` | %s | `%s` | ", fastabi_register_name(reg),
                  is_output ? "out" : "in", fastabi_param_name(param));
    write_param_type(writer, param);
    fastabi_write(writer, " | ");
    if (is_output && fastabi_param_in(param) != FASTABI_NO_REGISTER)
        doc = "As the input of this name.";
    if (doc)
        write_line(writer, doc);
    if (condition) {
        fastabi_write(writer, " Valid when ");
        write_code(writer, condition);
        fastabi_write(writer, ".");
    }
    for (size_t i = 0; !is_output && fastabi_param_note(op, param, i, note, sizeof(note)); i++) {
        fastabi_write(writer, " ");
        write_line(writer, note);
    }
    if (!is_output && fastabi_param_is_shared(param))
        fastabi_write(writer, " The memory must be shared with the hypervisor.");
    fastabi_write(writer, " |\n");
}

static void write_number(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    if (fastabi_op_is_direct(op))
        return;
    fastabi_write(writer, "| `%s` | in | | | %u", fastabi_register_name(1), fastabi_op_index(op));
    if (fastabi_op_index_macro(op))
        fastabi_write(writer, " (`%s`)", fastabi_op_index_macro(op));
    fastabi_write(writer, ", the sub-operation |\n");
}

static void write_registers(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                            const struct fastabi_op *op)
{
    fastabi_write(writer,
                  "| register | direction | parameter | type | meaning |\n"
                  "|---|---|---|---|---|\n"
                  "| `%s` | in | | | 0x%x, the hypercall |\n",
                  fastabi_register_name(0), fastabi_spec_hypercall_index(spec) | FASTABI_MASK);
    write_number(writer, op);
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        if (fastabi_op_input(op, reg))
            write_param(writer, op, fastabi_op_input(op, reg), reg, false);
    }
    fastabi_write(writer, "| `%s` | out | | | 0 or above, or a negative errno |\n",
                  fastabi_register_name(0));
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        if (fastabi_op_output(op, reg))
            write_param(writer, op, fastabi_op_output(op, reg), reg, true);
        else if (fastabi_op_clobber_mask(op) & 1u << reg)
            fastabi_write(writer, "| `%s` | out | | | changed, without meaning |\n",
                          fastabi_register_name(reg));
    }
    fastabi_write(writer, "\n");
}

/* ---- operations ---- */

static void write_facts(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    const char *separator = "";

    if (fastabi_op_c_struct(op)) {
        fastabi_write(writer, "Structure of the classic ABI: `struct %s`", fastabi_op_c_struct(op));
        separator = ". ";
    }
    if (fastabi_op_since(op)) {
        fastabi_write(writer, "%sSince Xen %s", separator, fastabi_op_since(op));
        separator = ". ";
    }
    if (fastabi_op_is_extension(op)) {
        fastabi_write(writer, "%sNot in the RFC", separator);
        separator = ". ";
    }
    fastabi_write(writer, *separator ? ".\n\n" : "");
}

static void write_errors(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    if (!fastabi_op_error_count(op))
        return;
    fastabi_write(writer, "| error | when |\n|---|---|\n");
    for (size_t i = 0; i < fastabi_op_error_count(op); i++) {
        const char *doc;

        fastabi_write(writer, "| `-%s` | ", fastabi_op_error(op, i, &doc));
        write_line(writer, doc);
        fastabi_write(writer, " |\n");
    }
    fastabi_write(writer, "\n");
}

static void write_other_fields(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    size_t fixed = fastabi_op_fixed_count(op);
    size_t omitted = fastabi_op_omit_count(op);

    if (!fixed && !omitted)
        return;
    fastabi_write(writer, "Fields of the structure that no register carries:\n\n");
    for (size_t i = 0; i < fixed; i++) {
        int64_t value;
        const char *field = fastabi_op_fixed(op, i, &value);

        fastabi_write(writer, "- `%s`: always 0x%" PRIx64 ".\n", field, (uint64_t)value);
    }
    for (size_t i = 0; i < omitted; i++) {
        const char *why;

        fastabi_write(writer, "- `%s`: ", fastabi_op_omit(op, i, &why));
        write_line(writer, why);
        fastabi_write(writer, "\n");
    }
    fastabi_write(writer, "\n");
}

/* How the classic call differs. */
static void write_classic(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    char note[FASTABI_NOTE_SIZE];
    size_t i = 0;

    for (; fastabi_op_classic_note(op, i, note, sizeof(note)); i++) {
        if (!i)
            fastabi_write(writer, "The classic call:\n\n");
        fastabi_write(writer, "- ");
        write_line(writer, note);
        fastabi_write(writer, "\n");
    }
    if (i)
        fastabi_write(writer, "\n");
}

static void write_notes(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    char note[FASTABI_NOTE_SIZE];
    size_t i;

    for (i = 0; fastabi_op_note(op, i, note, sizeof(note)); i++) {
        fastabi_write(writer, i ? " " : "");
        write_line(writer, note);
    }
    fastabi_write(writer, i ? "\n\n" : "");
}

static int write_op(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                    const struct fastabi_op *op)
{
    struct fastabi_writer *writer = fastabi_emission_state(emission);

    fastabi_write(writer, "## ");
    write_line(writer, fastabi_op_is_direct(op) ? fastabi_spec_name(spec) : fastabi_op_name(op));
    fastabi_write(writer, "\n\n");
    write_paragraphs(writer, fastabi_op_doc(op));
    write_notes(writer, op);
    if (fastabi_op_safety(op)) {
        fastabi_write(writer, "**Safety.** ");
        write_paragraphs(writer, fastabi_op_safety(op));
    }
    write_registers(writer, spec, op);
    write_errors(writer, op);
    write_other_fields(writer, op);
    write_classic(writer, op);
    write_facts(writer, op);
    return 0;
}

/* ---- files ---- */

static void write_banner(struct fastabi_emission *emission, struct fastabi_writer *writer,
                         const struct fastabi_spec *spec)
{
    fastabi_write(writer, "<!-- Generated by fastabi-gen %s; do not edit. To regenerate:\n",
                  fastabi_version());
    fastabi_write(writer, "     %s -->\n", fastabi_emission_command(emission, spec));
}

static void write_summary(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    const char *doc = fastabi_op_doc(op);

    if (doc)
        write_text_of(writer, doc, doc_first_sentence(doc));
}

static void write_contents(struct fastabi_writer *writer, const struct fastabi_spec *spec)
{
    fastabi_write(writer, "| operation | `%s` | |\n|---|---|---|\n", fastabi_register_name(1));
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++) {
        const struct fastabi_op *op = fastabi_spec_op(spec, i);

        if (fastabi_op_is_direct(op))
            fastabi_write(writer, "| `%s` | | ", fastabi_spec_name(spec));
        else
            fastabi_write(writer, "| `%s` | %u | ", fastabi_op_name(op), fastabi_op_index(op));
        write_summary(writer, op);
        fastabi_write(writer, " |\n");
    }
    fastabi_write(writer, "\n");
}

static int spec_begin(struct fastabi_emission *emission, const struct fastabi_spec *spec)
{
    const char *name = fastabi_spec_name(spec);
    unsigned int index = fastabi_spec_hypercall_index(spec);
    struct fastabi_writer *writer;
    int error = fastabi_emission_open(emission, fastabi_emission_printf(emission, "%s.md", name),
                                      FASTABI_FILE_SPEC, &writer);

    if (error)
        return error;
    fastabi_emission_set_state(emission, writer);
    write_banner(emission, writer, spec);
    fastabi_write(writer, "# ");
    write_line(writer, name);
    fastabi_write(writer, "\n\nHypercall %u", index);
    if (fastabi_spec_hypercall_macro(spec))
        fastabi_write(writer, " (`%s`)", fastabi_spec_hypercall_macro(spec));
    fastabi_write(writer, ", `%s` = 0x%x.\n\n", fastabi_register_name(0), index | FASTABI_MASK);
    write_paragraphs(writer, fastabi_spec_doc(spec));
    write_contents(writer, spec);
    return 0;
}

static int spec_end(struct fastabi_emission *emission, const struct fastabi_spec *spec)
{
    struct fastabi_writer *writer = fastabi_emission_state(emission);

    if (!fastabi_spec_type_count(spec))
        return 0;
    fastabi_write(writer, "## Types\n\n| type | is | in C | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < fastabi_spec_type_count(spec); i++) {
        const struct fastabi_type *type = fastabi_spec_type(spec, i);

        fastabi_write(writer, "| `%s` | %s | ", fastabi_type_name(type), fastabi_type_repr(type));
        if (fastabi_type_c_type(type))
            write_code(writer, fastabi_type_c_type(type));
        fastabi_write(writer, " | ");
        if (fastabi_type_doc(type))
            write_line(writer, fastabi_type_doc(type));
        fastabi_write(writer, " |\n");
    }
    return 0;
}

/* The index comes first, and is left out where there is room for one file only. */
static int begin(struct fastabi_emission *emission)
{
    struct fastabi_writer *writer;
    int error = fastabi_emission_open(emission, "fastabi-index.md", FASTABI_FILE_SUPPORT, &writer);

    if (error)
        return error;
    write_banner(emission, writer, NULL);
    fastabi_write(writer, "# FastABI hypercalls\n\n");
    for (size_t i = 0; doc_calling[i]; i++)
        write_paragraphs(writer, doc_calling[i]);
    fastabi_write(writer, "| number | register | before the call | after the call |\n"
                          "|---|---|---|---|\n");
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        fastabi_write(writer, "| reg%d | `%s` | %s | %s |\n", reg, fastabi_register_name(reg),
                      doc_register_before[reg], doc_register_after[reg]);
    }
    fastabi_write(writer, "\n");
    fastabi_write(writer, "| hypercall | number | `%s` | operations | |\n|---|---|---|---|---|\n",
                  fastabi_register_name(0));
    for (size_t i = 0; i < fastabi_emission_spec_count(emission); i++) {
        const struct fastabi_spec *spec = fastabi_emission_spec(emission, i);
        const char *name = fastabi_spec_name(spec);
        const char *doc = fastabi_spec_doc(spec);
        unsigned int index = fastabi_spec_hypercall_index(spec);

        fastabi_write(writer, "| [`%s`](%s.md) | %u | 0x%x | %u | ", name, name, index,
                      index | FASTABI_MASK, (unsigned int)fastabi_spec_op_count(spec));
        if (doc)
            write_text_of(writer, doc, doc_first_sentence(doc));
        fastabi_write(writer, " |\n");
    }
    return 0;
}

const struct fastabi_backend fastabi_backend_markdown = {
    .abi_version = FASTABI_BACKEND_ABI_VERSION,
    .size = sizeof(struct fastabi_backend),
    .name = "markdown",
    .description = "reference of every hypercall in Markdown, with an index",
    .begin = begin,
    .spec_begin = spec_begin,
    .op = write_op,
    .spec_end = spec_end,
};
