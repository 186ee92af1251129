/* SPDX-License-Identifier: MIT */
/* Specifications and operations drawn for a person. */
#include "show.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

#define LABEL_COLUMN 16 /* where the text after a label starts */

const char *show_op_name(const struct fastabi_op *op)
{
    return fastabi_op_is_direct(op) ? "direct" : fastabi_op_name(op);
}

const char *show_param_type(const struct fastabi_param *param)
{
    const struct fastabi_type *type = fastabi_param_type(param);

    if (type)
        return fastabi_type_name(type);
    return fastabi_param_is_typed(param) ? fastabi_param_repr(param) : "untyped";
}

/* ---- the table of operations ---- */

/* Names of inputs or outputs, or "-". */
static void list_params(struct text_table *table, const struct fastabi_op *op, bool is_out)
{
    const char *between = "";

    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        int reg = is_out ? fastabi_param_out(param) : fastabi_param_in(param);

        if (reg == FASTABI_NO_REGISTER)
            continue;
        text_table_add(table, "%s%s", between, fastabi_param_name(param));
        between = ", ";
    }
    if (!*between)
        text_table_add(table, "-");
}

static void print_doc(const char *doc, size_t width)
{
    if (!doc)
        return;
    putchar('\n');
    text_print_wrapped(doc, 0, width);
}

enum tool_status show_spec(const struct fastabi_spec *spec, const char *called)
{
    const char *macro = fastabi_spec_hypercall_macro(spec);
    const char *example = NULL;
    size_t width = text_width();
    struct text_table table = { 0 };

    printf("%s: hypercall %" PRIu32 "%s%s\n", fastabi_spec_name(spec),
           fastabi_spec_hypercall_index(spec), macro ? ", " : "", macro ? macro : "");
    print_doc(fastabi_spec_doc(spec), width);
    text_table_add(&table, "index" TEXT_CELL "operation" TEXT_CELL "in" TEXT_CELL "out" TEXT_ROW);
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++) {
        const struct fastabi_op *op = fastabi_spec_op(spec, i);

        if (fastabi_op_is_direct(op))
            text_table_add(&table, "-");
        else
            text_table_add(&table, "%" PRIu32, fastabi_op_index(op));
        text_table_add(&table, TEXT_CELL "%s" TEXT_CELL, show_op_name(op));
        list_params(&table, op, false);
        text_table_add(&table, TEXT_CELL);
        list_params(&table, op, true);
        text_table_add(&table, TEXT_ROW);
        example = example ? example : show_op_name(op);
    }
    putchar('\n');
    if (!text_table_print(&table, width))
        return tool_out_of_memory();
    if (example)
        printf("One of them: fastabi-gen show %s.%s\n", called, example);
    return TOOL_DONE;
}

/* ---- the registers of one operation ---- */

static void print_in_cell(struct text_table *table, const struct fastabi_spec *spec,
                          const struct fastabi_op *op, int reg)
{
    const struct fastabi_param *param = fastabi_op_input(op, reg);

    if (reg == 0) {
        text_table_add(table, "0x%" PRIx32 " = FastABI | %" PRIu32,
                       fastabi_spec_hypercall_index(spec) | FASTABI_MASK,
                       fastabi_spec_hypercall_index(spec));
    } else if (reg == 1 && !fastabi_op_is_direct(op)) {
        text_table_add(table, "%" PRIu32 " = %s", fastabi_op_index(op), show_op_name(op));
    } else if (param) {
        text_table_add(table, "%s: %s", fastabi_param_name(param), show_param_type(param));
    } else {
        text_table_add(table, "-");
    }
}

static void print_out_cell(struct text_table *table, const struct fastabi_op *op, int reg)
{
    const struct fastabi_param *param = fastabi_op_output(op, reg);

    if (reg == 0)
        text_table_add(table, "result, or negative errno");
    else if (param)
        text_table_add(table, "%s: %s", fastabi_param_name(param), show_param_type(param));
    else
        text_table_add(table, fastabi_op_clobber_mask(op) >> reg & 1 ? "clobbered" : "kept");
    if (param && fastabi_param_valid_when(param))
        text_table_add(table, "\n  if %s", fastabi_param_valid_when(param));
}

static bool print_registers(const struct fastabi_spec *spec, const struct fastabi_op *op,
                            size_t width)
{
    struct text_table table = { 0 };

    text_table_add(&table,
                   "register" TEXT_CELL "before the call" TEXT_CELL "after the call" TEXT_ROW);
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        text_table_add(&table, "reg%d  %s" TEXT_CELL, reg, fastabi_register_name(reg));
        print_in_cell(&table, spec, op, reg);
        text_table_add(&table, TEXT_CELL);
        print_out_cell(&table, op, reg);
        text_table_add(&table, TEXT_ROW);
    }
    putchar('\n');
    return text_table_print(&table, width);
}

/* ---- what is written of it ---- */

static void print_label(const char *label)
{
    printf("%-*s", LABEL_COLUMN, label);
}

/* An entry of a list: a name, and a text after it or, if the name is long, below it. */
static void print_entry(const char *name, const char *text, size_t width)
{
    int pad = LABEL_COLUMN - 2;

    if (strlen(name) < (size_t)pad)
        printf("  %-*s", pad, name);
    else
        printf("  %s\n%*s", name, LABEL_COLUMN, "");
    text_print_wrapped(text, LABEL_COLUMN, width);
}

static void print_structs(const struct fastabi_op *op)
{
    if (!fastabi_op_c_struct(op))
        return;
    print_label("struct");
    printf("%s", fastabi_op_c_struct(op));
    for (size_t i = 0; i < fastabi_op_c_struct_compat_count(op); i++)
        printf(", or %s", fastabi_op_c_struct_compat(op, i));
    putchar('\n');
}

static void print_head(const struct fastabi_spec *spec, const struct fastabi_op *op)
{
    const char *macro = fastabi_spec_hypercall_macro(spec);
    const char *index_macro = fastabi_op_index_macro(op);
    const char *since = fastabi_op_since(op);

    printf("%s.%s\n\n", fastabi_spec_name(spec), show_op_name(op));
    print_label("C name");
    printf("xen_hypercall_%s()\n", fastabi_op_flat_name(op));
    print_label("hypercall");
    printf("%" PRIu32 "%s%s\n", fastabi_spec_hypercall_index(spec), macro ? "  " : "",
           macro ? macro : "");
    if (!fastabi_op_is_direct(op)) {
        print_label("sub-operation");
        printf("%" PRIu32 "%s%s\n", fastabi_op_index(op), index_macro ? "  " : "",
               index_macro ? index_macro : "");
    }
    print_structs(op);
    if (since || fastabi_op_is_extension(op)) {
        print_label("since");
        printf("%s%s%s\n", since ? "Xen " : "", since ? since : "unknown",
               fastabi_op_is_extension(op) ? ", an extension: not in the RFC" : "");
    }
}

/* Sentences about a parameter, indented as its doc; or without one about the operation. */
static void print_notes(const struct fastabi_op *op, const struct fastabi_param *param,
                        size_t width)
{
    char note[FASTABI_NOTE_SIZE];

    for (size_t i = 0; param ? fastabi_param_note(op, param, i, note, sizeof(note))
                             : fastabi_op_note(op, i, note, sizeof(note));
         i++) {
        if (param)
            printf("%*s", LABEL_COLUMN, "");
        else if (!i)
            putchar('\n');
        text_print_wrapped(note, param ? LABEL_COLUMN : 0, width);
    }
}

/* Where a parameter lives in C, if its name does not tell. */
static void print_params(const struct fastabi_op *op, size_t width)
{
    size_t count = fastabi_op_param_count(op);

    if (count)
        puts("\nParameters");
    for (size_t i = 0; i < count; i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        const char *name = fastabi_param_name(param);
        const char *field = fastabi_param_field(param);
        const char *c_type = fastabi_param_c_type(param);
        const char *doc = fastabi_param_doc(param);

        print_entry(name, doc ? doc : show_param_type(param), width);
        if (field && strcmp(field, name))
            printf("%*sIn C: field %s.\n", LABEL_COLUMN, "", field);
        else if (!field)
            printf("%*sIn C: an argument%s%s.\n", LABEL_COLUMN, "", c_type ? " of type " : "",
                   c_type ? c_type : "");
        print_notes(op, param, width);
        if (fastabi_param_is_shared(param)) {
            printf("%*sIn a confidential guest: it must be shared memory.\n", LABEL_COLUMN, "");
        }
    }
}

static void print_constants(const struct fastabi_op *op, size_t width)
{
    if (fastabi_op_fixed_count(op) || fastabi_op_omit_count(op))
        puts("\nFields without a register");
    for (size_t i = 0; i < fastabi_op_fixed_count(op); i++) {
        int64_t value;
        const char *field = fastabi_op_fixed(op, i, &value);
        char text[64];

        snprintf(text, sizeof(text), "always %" PRId64 " (0x%" PRIx64 ")", value, (uint64_t)value);
        print_entry(field, text, width);
    }
    for (size_t i = 0; i < fastabi_op_omit_count(op); i++) {
        const char *why = NULL;
        const char *field = fastabi_op_omit(op, i, &why);

        print_entry(field, why ? why : "", width);
    }
}

/* How the classic call differs. */
static void print_classic(const struct fastabi_op *op, size_t width)
{
    char note[FASTABI_NOTE_SIZE];

    for (size_t i = 0; fastabi_op_classic_note(op, i, note, sizeof(note)); i++) {
        if (!i)
            puts("\nClassic call");
        printf("%*s", 2, "");
        text_print_wrapped(note, 2, width);
    }
}

static void print_errors(const struct fastabi_op *op, size_t width)
{
    if (fastabi_op_error_count(op))
        puts("\nErrors");
    for (size_t i = 0; i < fastabi_op_error_count(op); i++) {
        const char *doc = NULL;
        const char *name = fastabi_op_error(op, i, &doc);

        print_entry(name, doc ? doc : "", width);
    }
}

enum tool_status show_op(const struct fastabi_spec *spec, const struct fastabi_op *op)
{
    size_t width = text_width();

    print_head(spec, op);
    print_doc(fastabi_op_doc(op), width);
    print_notes(op, NULL, width);
    if (!print_registers(spec, op, width))
        return tool_out_of_memory();
    print_params(op, width);
    print_constants(op, width);
    print_classic(op, width);
    print_errors(op, width);
    if (fastabi_op_safety(op)) {
        puts("\nSafety");
        printf("  ");
        text_print_wrapped(fastabi_op_safety(op), 2, width);
    }
    return TOOL_DONE;
}
