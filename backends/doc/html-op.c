/* SPDX-License-Identifier: MIT */
/* The reference of one operation in the HTML page.  Knows nothing of the page around it. */
#include "html.h"

#include <inttypes.h>

/* ---- registers ---- */

static void start_row(struct fastabi_writer *writer, int reg)
{
    fastabi_write(writer,
                  "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><code>%s</code></th>",
                  fastabi_register_name(reg));
}

/* A register that carries no parameter. */
static void write_other(struct fastabi_writer *writer, int reg, const char *value,
                        const char *meaning)
{
    start_row(writer, reg);
    fastabi_write(writer,
                  "<td role=\"cell\" class=\"name\">%s</td><td role=\"cell\"></td>"
                  "<td role=\"cell\">%s</td></tr>\n",
                  value, meaning);
}

static void write_type(struct fastabi_writer *writer, const struct fastabi_param *param)
{
    const struct fastabi_type *type = fastabi_param_type(param);

    fastabi_write(writer, "<td role=\"cell\" class=\"type\">");
    if (type) {
        fastabi_write(writer, "<a href=\"#type-%s.%s\">", fastabi_type_name(type),
                      fastabi_type_repr(type));
        html_name(writer, fastabi_type_name(type));
        fastabi_write(writer, "</a> ");
    }
    fastabi_write(writer, "<span class=\"repr\">%s</span></td>", fastabi_param_repr(param));
}

static void write_param(struct fastabi_writer *writer, const struct fastabi_op *op,
                        const struct fastabi_param *param, int reg, bool is_output)
{
    char note[FASTABI_NOTE_SIZE];
    const char *doc = fastabi_param_doc(param);
    const char *condition = is_output ? fastabi_param_valid_when(param) : NULL;

    start_row(writer, reg);
    fastabi_write(writer, "<td role=\"cell\" class=\"name\"><code>");
    html_name(writer, fastabi_param_name(param));
    fastabi_write(writer, "</code></td>");
    write_type(writer, param);
    fastabi_write(writer, "<td role=\"cell\">");
    if (is_output && fastabi_param_in(param) != FASTABI_NO_REGISTER)
        doc = "As the input of this name.";
    if (doc)
        html_paragraphs(writer, doc);
    if (condition) {
        fastabi_write(writer, "<p>Valid when <code>");
        html_text(writer, condition);
        fastabi_write(writer, "</code>.</p>");
    }
    for (size_t i = 0; !is_output && fastabi_param_note(op, param, i, note, sizeof(note)); i++)
        html_paragraphs(writer, note);
    if (!is_output && fastabi_param_is_shared(param))
        fastabi_write(writer, "<p>The memory must be shared with the hypervisor.</p>");
    fastabi_write(writer, "</td></tr>\n");
}

static void start_group(struct fastabi_writer *writer, const char *title)
{
    fastabi_write(writer,
                  "<tbody role=\"rowgroup\">\n<tr role=\"row\" class=\"group\">"
                  "<th role=\"rowheader\" scope=\"rowgroup\" colspan=\"4\">%s</th></tr>\n",
                  title);
}

static void write_numbers(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                          const struct fastabi_op *op)
{
    const char *macro = fastabi_op_index_macro(op);

    start_row(writer, 0);
    fastabi_write(writer,
                  "<td role=\"cell\" class=\"name\"><code>0x%x</code></td><td role=\"cell\"></td>"
                  "<td role=\"cell\">The hypercall.</td></tr>\n",
                  fastabi_spec_hypercall_index(spec) | FASTABI_MASK);
    if (fastabi_op_is_direct(op))
        return;
    start_row(writer, 1);
    fastabi_write(writer,
                  "<td role=\"cell\" class=\"name\"><code>%u</code></td><td role=\"cell\"></td>"
                  "<td role=\"cell\">The sub-operation",
                  fastabi_op_index(op));
    if (macro) {
        fastabi_write(writer, ", <code>");
        html_name(writer, macro);
        fastabi_write(writer, "</code>");
    }
    fastabi_write(writer, ".</td></tr>\n");
}

static void write_registers(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                            const struct fastabi_op *op)
{
    fastabi_write(
        writer,
        "<table class=\"registers\" role=\"table\"><caption class=\"unseen\">Registers of ");
    html_anchor(writer, spec, op);
    fastabi_write(writer, "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">"
                          "<th role=\"columnheader\" scope=\"col\">Register</th>"
                          "<th role=\"columnheader\" scope=\"col\">Holds</th>"
                          "<th role=\"columnheader\" scope=\"col\">Type</th>"
                          "<th role=\"columnheader\" scope=\"col\">Meaning</th></tr></thead>\n");
    start_group(writer, "In");
    write_numbers(writer, spec, op);
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        if (fastabi_op_input(op, reg))
            write_param(writer, op, fastabi_op_input(op, reg), reg, false);
    }
    fastabi_write(writer, "</tbody>\n");
    start_group(writer, "Out");
    write_other(writer, 0, "result", "0 or above, or a negative errno.");
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        if (fastabi_op_output(op, reg))
            write_param(writer, op, fastabi_op_output(op, reg), reg, true);
        else if (fastabi_op_clobber_mask(op) & 1u << reg)
            write_other(writer, reg, "changed", "Comes back changed, without meaning.");
    }
    fastabi_write(writer, "</tbody>\n</table>\n");
}

/* ---- the rest ---- */

static void write_errors(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    if (!fastabi_op_error_count(op))
        return;
    fastabi_write(writer, "<h4>Errors</h4>\n<dl>\n");
    for (size_t i = 0; i < fastabi_op_error_count(op); i++) {
        const char *doc;

        fastabi_write(writer, "<div><dt><code>-%s</code></dt><dd>", fastabi_op_error(op, i, &doc));
        html_text(writer, doc);
        fastabi_write(writer, "</dd></div>\n");
    }
    fastabi_write(writer, "</dl>\n");
}

static void write_other_fields(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    size_t fixed = fastabi_op_fixed_count(op);
    size_t omitted = fastabi_op_omit_count(op);

    if (!fixed && !omitted)
        return;
    fastabi_write(writer, "<h4>Fields that no register carries</h4>\n<dl>\n");
    for (size_t i = 0; i < fixed; i++) {
        int64_t value;

        fastabi_write(writer, "<div><dt><code>");
        html_name(writer, fastabi_op_fixed(op, i, &value));
        fastabi_write(writer, "</code></dt><dd>always <code>0x%" PRIx64 "</code></dd></div>\n",
                      (uint64_t)value);
    }
    for (size_t i = 0; i < omitted; i++) {
        const char *why;

        fastabi_write(writer, "<div><dt><code>");
        html_name(writer, fastabi_op_omit(op, i, &why));
        fastabi_write(writer, "</code></dt><dd>");
        html_text(writer, why);
        fastabi_write(writer, "</dd></div>\n");
    }
    fastabi_write(writer, "</dl>\n");
}

/* How the classic call differs. */
static void write_classic(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    char note[FASTABI_NOTE_SIZE];
    size_t i = 0;

    for (; fastabi_op_classic_note(op, i, note, sizeof(note)); i++) {
        fastabi_write(writer, i ? "" : "<h4>The classic call</h4>\n<ul>\n");
        fastabi_write(writer, "<li>");
        html_text(writer, note);
        fastabi_write(writer, "</li>\n");
    }
    fastabi_write(writer, i ? "</ul>\n" : "");
}

static void write_facts(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    fastabi_write(writer, "<ul class=\"facts\">");
    if (fastabi_op_is_direct(op))
        fastabi_write(writer, "<li>no sub-operation</li>");
    else
        fastabi_write(writer, "<li>sub-operation %u</li>", fastabi_op_index(op));
    if (fastabi_op_c_struct(op)) {
        fastabi_write(writer, "<li><code>struct ");
        html_name(writer, fastabi_op_c_struct(op));
        fastabi_write(writer, "</code></li>");
    }
    if (fastabi_op_since(op))
        fastabi_write(writer, "<li>since Xen %s</li>", fastabi_op_since(op));
    if (fastabi_op_is_extension(op))
        fastabi_write(writer, "<li>not in the RFC</li>");
    fastabi_write(writer, "</ul>\n");
}

void html_write_op(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                   const struct fastabi_op *op)
{
    char note[FASTABI_NOTE_SIZE];

    fastabi_write(writer, "<section class=\"operation\" id=\"");
    html_anchor(writer, spec, op);
    fastabi_write(writer, "\">\n<h3><a href=\"#");
    html_anchor(writer, spec, op);
    fastabi_write(writer, "\"><span class=\"of\">");
    html_name(writer, fastabi_spec_name(spec));
    if (!fastabi_op_is_direct(op)) {
        fastabi_write(writer, "<wbr>.</span>");
        html_name(writer, fastabi_op_name(op));
    } else {
        fastabi_write(writer, "</span>");
    }
    fastabi_write(writer, "</a></h3>\n");
    write_facts(writer, op);
    html_paragraphs(writer, fastabi_op_doc(op));
    for (size_t i = 0; fastabi_op_note(op, i, note, sizeof(note)); i++)
        html_paragraphs(writer, note);
    if (fastabi_op_safety(op)) {
        fastabi_write(writer, "<div class=\"safety\"><h4>Safety</h4>\n");
        html_paragraphs(writer, fastabi_op_safety(op));
        fastabi_write(writer, "</div>\n");
    }
    write_registers(writer, spec, op);
    write_errors(writer, op);
    write_other_fields(writer, op);
    write_classic(writer, op);
    fastabi_write(writer, "</section>\n");
}
