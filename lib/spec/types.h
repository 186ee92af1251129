/* SPDX-License-Identifier: MIT */
/* Named types: finding them for a specification.  Knows nothing of operations. */
#ifndef FASTABI_LIB_TYPES_H
#define FASTABI_LIB_TYPES_H

#include "read/form.h"
#include "read/hint.h"
#include "spec/ir.h"

struct fastabi_types;

/* The types of a specification that is being read. */
struct fastabi_used_types {
    struct fastabi_form *form; /* of the specification */
    struct fastabi_spec *spec;
    struct fastabi_names names;       /* its copies of named types */
    const struct fastabi_types *file; /* common/types.yml, once it was wanted */
};

/* "u8" ... "i64"; false for anything else */
bool fastabi_parse_repr(const char *text, uint8_t *width, bool *is_signed);

/* What was meant by a type that does not exist: "did you mean 'u32'?".  Returns hint. */
const char *fastabi_types_hint(const struct fastabi_used_types *used, const char *name,
                               char hint[FASTABI_HINT_SIZE]);

/*
 * The named type, by its name or by its C type; *type NULL when there is none.  A file of types is
 * read once for a context, which owns it.
 */
int fastabi_types_find(struct fastabi_used_types *used, const char *name,
                       const struct fastabi_type **type);
int fastabi_types_find_c(struct fastabi_used_types *used, const char *c_type,
                         const struct fastabi_type **type);

#endif
