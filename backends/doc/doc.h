/* SPDX-License-Identifier: MIT */
/* What the documentation backends share: how they say things, not how they mark them up. */
#ifndef FASTABI_BACKENDS_DOC_H
#define FASTABI_BACKENDS_DOC_H

#include <fastabi/fastabi.h>

/* Length of a text's first sentence, without the full stop. */
size_t doc_first_sentence(const char *text);

/* The next line of a text that is not empty, which is a paragraph; its length, 0 at the end. */
size_t doc_next_paragraph(const char **text);

/* Whether an earlier specification has a type of the same name and representation. */
bool doc_type_is_known(const struct fastabi_emission *emission, size_t before,
                       const struct fastabi_type *type);

/* How calls are made: paragraphs of plain text, then NULL. */
extern const char *const doc_calling[];

/* What a register holds before and after a call: a sentence. */
extern const char *const doc_register_before[FASTABI_REGISTERS];
extern const char *const doc_register_after[FASTABI_REGISTERS];

extern const struct fastabi_backend fastabi_backend_html;
extern const struct fastabi_backend fastabi_backend_markdown;

#endif
