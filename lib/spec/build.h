/* SPDX-License-Identifier: MIT */
/* Building the IR from syntax trees: what the files build*.c, types.c and rules.c share. */
#ifndef FASTABI_LIB_BUILD_H
#define FASTABI_LIB_BUILD_H

#include "spec/ir.h"
#include "base/names.h"
#include "read/reader.h"

struct fastabi_types;

/*
 * One file being read.  Functions that read part of a tree return 0 also when they complained: faults of
 * the language are collected, so that a user sees them together.  A negative errno stops the reading.
 */
struct fastabi_builder {
    struct fastabi_context *context;
    struct fastabi_spec *spec;
    struct fastabi_arena *arena; /* what lasts: the specification's */
    struct fastabi_reader reader;
    struct fastabi_arena scratch; /* the tree of one entry */
    struct fastabi_arena sets;    /* what must last for the file: name sets */
    struct fastabi_names keys;    /* of the outer mapping */
    struct fastabi_names op_names;
    struct fastabi_names op_indices;
    struct fastabi_names used_types;   /* the specification's copies of named types */
    const struct fastabi_types *types; /* common/types.yml, once it was wanted */
    struct fastabi_op *first_op;       /* sub-operations, in order */
    struct fastabi_op *last_op;
    struct fastabi_mark direct_reg1; /* where direct takes reg1, if it does */
    size_t op_count;
    bool has_operations; /* direct or subops was there, even if at fault */
    unsigned int errors;
};

/* The sections of an operation that are read once all of it is there. */
struct fastabi_op_nodes {
    const struct fastabi_node *input;
    const struct fastabi_node *output;
    const struct fastabi_node *params;
    const struct fastabi_node *mapping;
    const struct fastabi_node *clobbers;
    const struct fastabi_node *xen;
    unsigned int errors; /* of the builder before it */
};

/* What read_keys calls for a key; target is the object being filled. */
typedef int (*fastabi_key_func)(struct fastabi_builder *builder, const struct fastabi_node *key,
                                const struct fastabi_node *value, void *target);

struct fastabi_key {
    const char *name;
    fastabi_key_func read;
};

/* Report a fault of the language; -EINVAL only when there are too many. */
int fastabi_complain(struct fastabi_builder *builder, enum fastabi_diag_id id,
                     struct fastabi_mark mark, const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));

/* A diagnostic that is no fault. */
void fastabi_remark(struct fastabi_builder *builder, enum fastabi_diag_id id,
                    struct fastabi_mark mark, const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));

int fastabi_build_no_memory(struct fastabi_builder *builder);

struct fastabi_mark fastabi_mark_of(const struct fastabi_node *node);

/* Walk a mapping by a table of keys; where says what it is ("an operation"). */
int fastabi_read_keys(struct fastabi_builder *builder, const struct fastabi_node *mapping,
                      const struct fastabi_key *keys, size_t key_count, const char *where,
                      void *target);

int fastabi_read_key(struct fastabi_builder *builder, const struct fastabi_node *key,
                     const struct fastabi_node *value, const struct fastabi_key *keys,
                     size_t key_count, const char *where, void *target);

/* Is value of the kind, and not empty?  Complains if not (*ok false). */
int fastabi_expect(struct fastabi_builder *builder, const struct fastabi_node *key,
                   const struct fastabi_node *value, enum fastabi_node_kind kind, bool *ok);

/* Values into places; a place is left alone when the value is at fault. */
int fastabi_read_text(struct fastabi_builder *builder, const struct fastabi_node *key,
                      const struct fastabi_node *value, const char **text);
int fastabi_read_identifier(struct fastabi_builder *builder, const struct fastabi_node *key,
                            const struct fastabi_node *value, const char **identifier);
int fastabi_read_integer(struct fastabi_builder *builder, const struct fastabi_node *key,
                         const struct fastabi_node *value, int64_t minimum, int64_t maximum,
                         int64_t *integer, bool *ok);
int fastabi_read_boolean(struct fastabi_builder *builder, const struct fastabi_node *key,
                         const struct fastabi_node *value, bool *boolean);
int fastabi_read_release(struct fastabi_builder *builder, const struct fastabi_node *key,
                         const struct fastabi_node *value, const char **release);

/* A key that must not have been given before in this file, by names that last for the file. */
int fastabi_check_new_name(struct fastabi_builder *builder, struct fastabi_names *names,
                           const struct fastabi_node *key);

/* Copy what lasts into the specification. */
char *fastabi_keep(struct fastabi_builder *builder, const char *text);

/* build-op.c: an operation from its tree. index is refused when direct. */
int fastabi_build_op(struct fastabi_builder *builder, const struct fastabi_node *name,
                     const struct fastabi_node *value, bool direct, struct fastabi_op **op);

/* build-params.c: parameters, where they live in C, and their types. */
int fastabi_build_params(struct fastabi_builder *builder, struct fastabi_op *op,
                         const struct fastabi_op_nodes *nodes);

/* build-xen.c: the key xen, of an operation and of the file, and what the handler is then called with. */
int fastabi_build_xen(struct fastabi_builder *builder, struct fastabi_op *op,
                      const struct fastabi_node *section);
int fastabi_build_spec_xen(struct fastabi_builder *builder, const struct fastabi_node *key,
                           const struct fastabi_node *value);
int fastabi_settle_xen_args(struct fastabi_builder *builder, struct fastabi_op *op);

/* types.c: names of types.  The files are read once for a context, which owns them. */

/* "u8" ... "i64"; false for anything else */
bool fastabi_parse_repr(const char *text, uint8_t *width, bool *is_signed);
/* The named type, by its name or by its C type; *type NULL when there is none. */
int fastabi_types_find(struct fastabi_builder *builder, const char *name,
                       const struct fastabi_type **type);
int fastabi_types_find_c(struct fastabi_builder *builder, const char *c_type,
                         const struct fastabi_type **type);
void fastabi_types_free(struct fastabi_types *types); /* all that a context holds */

/* rules.c: what must hold of an operation, and of the whole file. */
int fastabi_check_op(struct fastabi_builder *builder, const struct fastabi_op *op);
int fastabi_check_xen(struct fastabi_builder *builder,
                      const struct fastabi_op *op); /* once args are settled */
int fastabi_check_spec(struct fastabi_builder *builder);

/* find.c: the path of a file of the installed specifications ("common/types.yml"), malloced; NULL: none. 0 or -ENOMEM. */
int fastabi_find_installed(struct fastabi_context *context, const char *relative, char **path);

#endif
