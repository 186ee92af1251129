/* SPDX-License-Identifier: MIT */
/*
 * Finding an operation in the HTML page: navigation, the form that filters, the table of all
 * operations. page.js reads the data-* attributes that are written here.
 */
#include "html.h"

void html_write_navigation(struct fastabi_emission *emission, struct fastabi_writer *writer)
{
    fastabi_write(writer, "<nav aria-label=\"Hypercalls\">\n<ul>\n");
    for (size_t i = 0; i < fastabi_emission_spec_count(emission); i++) {
        const struct fastabi_spec *spec = fastabi_emission_spec(emission, i);

        fastabi_write(writer, "<li><a href=\"#hypercall-%s\">", fastabi_spec_name(spec));
        html_name(writer, fastabi_spec_name(spec));
        fastabi_write(writer, "</a>\n<ul>\n");
        for (size_t j = 0; j < fastabi_spec_op_count(spec); j++) {
            const struct fastabi_op *op = fastabi_spec_op(spec, j);

            fastabi_write(writer, "<li><a href=\"#");
            html_anchor(writer, spec, op);
            fastabi_write(writer, "\">");
            html_name(writer, fastabi_op_is_direct(op) ? "(direct)" : fastabi_op_name(op));
            fastabi_write(writer, "</a></li>\n");
        }
        fastabi_write(writer, "</ul></li>\n");
    }
    fastabi_write(writer, "</ul>\n</nav>\n");
}

/* Hidden until the script shows it: without the script it does nothing. */
static void write_form(struct fastabi_emission *emission, struct fastabi_writer *writer)
{
    fastabi_write(
        writer, "<form id=\"page-filter\" role=\"search\" aria-label=\"Operations\" hidden>\n"
                "<p><label for=\"page-text\">Text</label>"
                "<input id=\"page-text\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" "
                "placeholder=\"name, parameter or any words\"></p>\n"
                "<p><label for=\"page-hypercall\">Hypercall</label><select id=\"page-hypercall\">"
                "<option value=\"\">all</option>");
    for (size_t i = 0; i < fastabi_emission_spec_count(emission); i++) {
        fastabi_write(writer, "<option>%s</option>",
                      fastabi_spec_name(fastabi_emission_spec(emission, i)));
    }
    fastabi_write(writer, "</select></p>\n<p><label for=\"page-register\">Register</label>"
                          "<select id=\"page-register\"><option value=\"\">any</option>");
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++)
        fastabi_write(writer, "<option>%s</option>", fastabi_register_name(reg));
    fastabi_write(writer, "</select></p>\n"
                          "<p><label for=\"page-use\">Used as</label><select id=\"page-use\">"
                          "<option value=\"\">anything</option><option value=\"in\">input</option>"
                          "<option value=\"out\">output</option></select></p>\n"
                          "<p><button type=\"reset\">Clear</button></p>\n</form>\n"
                          "<p id=\"page-count\" role=\"status\"></p>\n");
}

/* data-in="rax rdi" */
static void write_registers_attribute(struct fastabi_writer *writer, const char *name,
                                      uint32_t mask)
{
    const char *separator = "";

    fastabi_write(writer, " data-%s=\"", name);
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (!(mask & 1u << reg))
            continue;
        fastabi_write(writer, "%s%s", separator, fastabi_register_name(reg));
        separator = " ";
    }
    fastabi_write(writer, "\"");
}

/* What a register holds before and after the call. */
static void write_cell(struct fastabi_writer *writer, const struct fastabi_op *op, int reg)
{
    const struct fastabi_param *input = fastabi_op_input(op, reg);
    const struct fastabi_param *output = fastabi_op_output(op, reg);

    fastabi_write(writer, "<td role=\"cell\" data-register=\"%s\">", fastabi_register_name(reg));
    if (reg == 1 && !fastabi_op_is_direct(op))
        fastabi_write(writer, "<span class=\"in\">%u</span>", fastabi_op_index(op));
    if (input) {
        fastabi_write(writer, "<span class=\"in\">");
        html_name(writer, fastabi_param_name(input));
        fastabi_write(writer, "</span>");
    }
    if (output) {
        fastabi_write(writer, " <span class=\"out\"><span class=\"unseen\">out: </span>");
        html_name(writer, fastabi_param_name(output));
        fastabi_write(writer, "</span>");
    } else if (fastabi_op_clobber_mask(op) & 1u << reg) {
        fastabi_write(writer, " <span class=\"out\"><em>changed</em></span>");
    }
    fastabi_write(writer, "</td>");
}

static void write_row(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                      const struct fastabi_op *op)
{
    const char *doc = fastabi_op_doc(op);

    fastabi_write(writer, "<tr role=\"row\"");
    write_registers_attribute(writer, "in", fastabi_op_input_mask(op));
    write_registers_attribute(writer, "out",
                              fastabi_op_output_mask(op) | fastabi_op_clobber_mask(op));
    fastabi_write(writer, "><th role=\"rowheader\" scope=\"row\"><a href=\"#");
    html_anchor(writer, spec, op);
    fastabi_write(writer, "\">");
    html_name(writer, fastabi_op_is_direct(op) ? fastabi_spec_name(spec) : fastabi_op_name(op));
    fastabi_write(writer, "</a>");
    if (doc) {
        fastabi_write(writer, " <span class=\"summary\">");
        html_text_of(writer, doc, doc_first_sentence(doc));
        fastabi_write(writer, "</span>");
    }
    fastabi_write(writer, "</th>");
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++)
        write_cell(writer, op, reg);
    fastabi_write(writer, "</tr>\n");
}

static void write_hypercall(struct fastabi_writer *writer, const struct fastabi_spec *spec)
{
    unsigned int index = fastabi_spec_hypercall_index(spec);

    fastabi_write(
        writer,
        "<tbody role=\"rowgroup\" data-hypercall=\"%s\">\n<tr role=\"row\" class=\"group\">"
        "<th role=\"rowheader\" scope=\"rowgroup\" colspan=\"%u\">"
        "<a href=\"#hypercall-%s\">",
        fastabi_spec_name(spec), (unsigned int)FASTABI_REGISTERS, fastabi_spec_name(spec));
    html_name(writer, fastabi_spec_name(spec));
    fastabi_write(writer, "</a> <span class=\"summary\">hypercall %u, %s = 0x%x</span></th></tr>\n",
                  index, fastabi_register_name(0), index | FASTABI_MASK);
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++)
        write_row(writer, spec, fastabi_spec_op(spec, i));
    fastabi_write(writer, "</tbody>\n");
}

void html_write_index(struct fastabi_emission *emission, struct fastabi_writer *writer)
{
    fastabi_write(writer, "<section id=\"page-index\" aria-labelledby=\"page-index-title\">\n"
                          "<h2 id=\"page-index-title\">All operations</h2>\n");
    write_form(emission, writer);
    fastabi_write(
        writer, "<table class=\"index\" role=\"table\">\n<caption>Operations and their registers. "
                "Outputs follow an arrow; every other register keeps its value.</caption>\n"
                "<thead role=\"rowgroup\"><tr role=\"row\">"
                "<th role=\"columnheader\" scope=\"col\">Operation</th>");
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        fastabi_write(writer,
                      "<th role=\"columnheader\" scope=\"col\"><code>%s</code> "
                      "<span class=\"number\">reg%d</span></th>",
                      fastabi_register_name(reg), reg);
    }
    fastabi_write(writer, "</tr></thead>\n");
    for (size_t i = 0; i < fastabi_emission_spec_count(emission); i++)
        write_hypercall(writer, fastabi_emission_spec(emission, i));
    fastabi_write(writer, "</table>\n</section>\n");
}
