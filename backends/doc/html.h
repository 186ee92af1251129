/* SPDX-License-Identifier: MIT */
/* What the files of the HTML backend share. */
#ifndef FASTABI_BACKENDS_DOC_HTML_H
#define FASTABI_BACKENDS_DOC_HTML_H

#include "doc.h"

/* html-text.c */

/* Text with the characters escaped that mean something in HTML, attributes included. */
void html_text(struct fastabi_writer *writer, const char *text);
void html_text_of(struct fastabi_writer *writer, const char *text, size_t length);
/* A name that may be broken after '_' and before '.' and '['. */
void html_name(struct fastabi_writer *writer, const char *name);
/* Each line of a text between the tags of an element. */
void html_paragraphs(struct fastabi_writer *writer, const char *text);

/* The fragment of an operation: "event_channel.status", for the direct call "event_channel". */
void html_anchor(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                 const struct fastabi_op *op);

/* html-index.c: navigation, the form that filters, and the table of all operations */
void html_write_navigation(struct fastabi_emission *emission, struct fastabi_writer *writer);
void html_write_index(struct fastabi_emission *emission, struct fastabi_writer *writer);

/* html-op.c: the reference of one operation */
void html_write_op(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                   const struct fastabi_op *op);

/* Lines of page.css and page.js, NULL after the last. */
extern const char *const html_style_lines[];
extern const char *const html_script_lines[];

#endif
