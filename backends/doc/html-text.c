/* SPDX-License-Identifier: MIT */
/* Text in HTML: escapes, breaks, fragments.  Knows nothing of how the page looks. */
#include "html.h"

#include <string.h>

static const char *find_entity(char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_text_of(struct fastabi_writer *writer, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char *entity = find_entity(text[i]);

        if (entity)
            fastabi_write(writer, "%s", entity);
        else
            fastabi_write(writer, "%c", text[i]);
    }
}

void html_text(struct fastabi_writer *writer, const char *text)
{
    html_text_of(writer, text, strlen(text));
}

/* A name of that many characters is never broken. */
#define SHORT_NAME 5

void html_name(struct fastabi_writer *writer, const char *name)
{
    bool is_short = strlen(name) <= SHORT_NAME;

    for (size_t i = 0; name[i]; i++) {
        if (i && strchr(".[", name[i]))
            fastabi_write(writer, "<wbr>");
        html_text_of(writer, name + i, 1);
        if (name[i] == '_' && name[i + 1] && !is_short)
            fastabi_write(writer, "<wbr>");
    }
}

void html_paragraphs(struct fastabi_writer *writer, const char *text)
{
    size_t length;

    for (; text && (length = doc_next_paragraph(&text)); text += length) {
        fastabi_write(writer, "<p>");
        html_text_of(writer, text, length);
        fastabi_write(writer, "</p>\n");
    }
}

void html_anchor(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                 const struct fastabi_op *op)
{
    fastabi_write(writer, "%s", fastabi_spec_name(spec));
    if (!fastabi_op_is_direct(op))
        fastabi_write(writer, ".%s", fastabi_op_name(op));
}
