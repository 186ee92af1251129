/* SPDX-License-Identifier: MIT */
/* Building the IR from syntax trees: what the files build*.c share. */
#ifndef FASTABI_LIB_BUILD_H
#define FASTABI_LIB_BUILD_H

#include "read/form.h"
#include "spec/ir.h"
#include "spec/types.h"

/* One specification being read. */
struct fastabi_builder {
    struct fastabi_form form;
    struct fastabi_spec *spec;
    struct fastabi_used_types types;
    struct fastabi_names op_names;
    struct fastabi_names op_indices;
    struct fastabi_op *first_op; /* sub-operations, in order */
    struct fastabi_op *last_op;
    size_t op_count;
    bool has_operations; /* direct or subops was there, even if at fault */
};

/* The sections of an operation that are read once all of it is there. */
struct fastabi_op_nodes {
    const struct fastabi_node *input;
    const struct fastabi_node *output;
    const struct fastabi_node *params;
    const struct fastabi_node *mapping;
    const struct fastabi_node *clobbers;
    const struct fastabi_node *xen;
    const struct fastabi_node *classic;
    unsigned int errors; /* of the builder before it */
};

/* build-strings.c: a list of texts, each read by read, which leaves out what is at fault. */
int fastabi_read_strings(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, fastabi_text_func read,
                         struct fastabi_strings *strings);

/*
 * The keys of a specification, by what they are in: each file's own, and all of them up to a NULL.
 */
extern const struct fastabi_key_table fastabi_op_table;
extern const struct fastabi_key_table fastabi_c_lang_table;
extern const struct fastabi_key_table fastabi_param_table;
extern const struct fastabi_key_table fastabi_xen_table;
extern const struct fastabi_key_table fastabi_array_table;
extern const struct fastabi_key_table fastabi_progress_table;
extern const struct fastabi_key_table fastabi_spec_xen_table;
extern const struct fastabi_key_table fastabi_classic_table;
extern const struct fastabi_key_table fastabi_linear_table;
extern const struct fastabi_key_table fastabi_range_table;

/* build-op.c: an operation from its tree. index is refused when direct. */
int fastabi_build_op(struct fastabi_builder *builder, const struct fastabi_node *name,
                     const struct fastabi_node *value, bool direct, struct fastabi_op **op);

/* What pairs are of: names of errors or of fields; texts or integers. */
enum fastabi_pair_name { FASTABI_PAIR_ERRNO, FASTABI_PAIR_FIELD };
enum fastabi_pair_value { FASTABI_PAIR_TEXT, FASTABI_PAIR_INTEGER };

/* build-pairs.c: a mapping as a list of pairs. */
int fastabi_read_pairs(struct fastabi_form *form, const struct fastabi_node *section,
                       const struct fastabi_node *value, enum fastabi_pair_name names,
                       enum fastabi_pair_value values, struct fastabi_pairs *pairs);
/* Is a key or a text the name of an error?  Complains if not (*ok false). */
int fastabi_expect_errno(struct fastabi_form *form, const struct fastabi_node *name, bool *ok);

/* build-register.c: a register by its number. */
int fastabi_read_register(struct fastabi_form *form, const struct fastabi_node *key,
                          const struct fastabi_node *value, int64_t *reg, bool *ok);

/* build-params.c: parameters, where they live in C, and their types. */
int fastabi_build_params(struct fastabi_builder *builder, struct fastabi_op *op,
                         const struct fastabi_op_nodes *nodes);

/* What the keys of an operation's section xen fill. */
struct fastabi_xen_target {
    struct fastabi_op *op;
    struct fastabi_xen *xen;
    const struct fastabi_node *args_key;
    const struct fastabi_node *args;
};

/* build-array.c: the keys arrays and progress of a section xen. */

/* A parameter that is an argument of its own, by name; complains if there is none. */
int fastabi_read_xen_param(struct fastabi_form *form, const struct fastabi_op *op,
                           const struct fastabi_node *key, const struct fastabi_node *value,
                           bool input, const struct fastabi_param **param);

int fastabi_read_xen_arrays(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, void *target);
int fastabi_read_xen_progress(struct fastabi_form *form, const struct fastabi_node *key,
                              const struct fastabi_node *value, void *target);

/* build-xen.c: the key xen, of an operation and (target: the builder) of the file. */
int fastabi_build_xen(struct fastabi_form *form, struct fastabi_op *op,
                      const struct fastabi_node *section);
int fastabi_read_spec_xen(struct fastabi_form *form, const struct fastabi_node *key,
                          const struct fastabi_node *value, void *target);

/* build-classic.c: the key classic. */
int fastabi_build_classic(struct fastabi_form *form, struct fastabi_op *op,
                          const struct fastabi_node *section);
/* Does xen put the parameter into the struct, or after it? */
bool fastabi_xen_stores(const struct fastabi_xen *xen, const struct fastabi_param *param);
/* What the handler is called with, once the whole file is there. */
int fastabi_settle_xen_args(struct fastabi_form *form, struct fastabi_op *op);

#endif
