/* SPDX-License-Identifier: MIT */
/* What the documentation backends share: how they say things, not how they mark them up. */
#ifndef FASTABI_BACKENDS_DOC_H
#define FASTABI_BACKENDS_DOC_H

#include <fastabi/fastabi.h>

/* Length of a text's first sentence, without the full stop. */
size_t doc_first_sentence(const char *text);

/*
 * The next line of a text that is not empty, which is a paragraph; its length, 0 behind the last.
 */
size_t doc_next_paragraph(const char **text);

/*
 * Whether a named type of a specification stands in one before it too, with the same
 * representation.
 */
bool doc_type_is_known(const struct fastabi_emission *emission, size_t before,
                       const struct fastabi_type *type);

/* How calls are made: paragraphs of plain text, NULL behind the last. */
extern const char *const doc_calling[];

extern const struct fastabi_backend fastabi_backend_html;
extern const struct fastabi_backend fastabi_backend_markdown;

#endif
