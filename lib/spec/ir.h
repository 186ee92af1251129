/* SPDX-License-Identifier: MIT */
/*
 * The intermediate representation that include/fastabi/spec.h gives access to.  Filled by build*.c,
 * checked by rules.c, read by everyone else.  All of it lives in the specification's arena.
 */
#ifndef FASTABI_LIB_IR_H
#define FASTABI_LIB_IR_H

#include <fastabi/spec.h>
#include <fastabi/xen.h>

#include "base/arena.h"
#include "base/diag.h"

struct fastabi_type {
    const char *name;
    const char *c_type;
    const char *doc;
    struct fastabi_mark mark;
    uint8_t width;
    bool is_signed;
    bool names_memory; /* a value is where guest memory is, not what the hypervisor works with */
};

/* A field that is one part of a packed input. */
struct fastabi_part {
    const char *field;
    const char *flat_name; /* "source_domid" */
    uint8_t shift;
    uint8_t width;
    bool is_signed;
    struct fastabi_mark mark;
};

/* One comparison of a condition. */
struct fastabi_term {
    const struct fastabi_param *param;
    int64_t number;
    enum fastabi_comparison comparison;
};

/* What few parameters have: most share one without anything, as there may be very many of them. */
struct fastabi_param_rare {
    const char *flat_name; /* "time_0" for "time[0]"; NULL: the name */
    const char *c_type;    /* of an argument, as it stood under params; or NULL */
    const char *valid_when;
    struct fastabi_part *parts; /* from bit 0 up */
    struct fastabi_term *terms; /* of valid_when */
    size_t term_count;
    struct fastabi_mark out_mark; /* the output's register, where it is an input too */
    struct fastabi_mark when_mark;
    struct fastabi_mark pack_mark;
    struct fastabi_mark c_mark; /* of the entry in params or mapping */
    uint8_t part_count;
    bool is_any;    /* one comparison of valid_when is enough */
    bool is_folded; /* two of them decide it, and one that every integer decides is left */
    bool is_shared;
};

#define FASTABI_NO_OFFSET UINT32_MAX

struct fastabi_param {
    const char *name;
    const char *field; /* NULL: an argument of its own */
    const char *doc;
    const struct fastabi_type *type;
    const struct fastabi_param_rare *rare; /* not NULL */
    struct fastabi_mark name_mark;
    struct fastabi_mark register_mark; /* the input's, where there are two; see rare */
    struct fastabi_mark type_mark;
    uint32_t offset; /* of the field, once a layout was applied */
    int8_t in;
    int8_t out;
    uint8_t width;
    bool is_signed : 1;
    bool is_typed : 1;   /* width and sign are known */
    bool type_given : 1; /* by a type of the full form */
};

/* A name and what it says: errors and omit have a text, fixed has a number. */
struct fastabi_pair {
    const char *name;
    union {
        const char *text;
        int64_t number;
    };
    struct fastabi_mark mark;
};

struct fastabi_pairs {
    struct fastabi_pair *items;
    size_t count;
};

struct fastabi_strings {
    const char **items;
    struct fastabi_mark *marks; /* of each */
    size_t count;
};

/* Only in a section xen as it was written: the inputs that are arguments of their own. */
#define FASTABI_XEN_PARAMS FASTABI_XEN_NONE

/* One argument of the handler. */
struct fastabi_xen_arg {
    enum fastabi_xen_kind kind;
    const struct fastabi_param *param;
    const struct fastabi_xen_array *array;
    int64_t number;
    struct fastabi_mark mark;
};

struct fastabi_xen_args {
    struct fastabi_xen_arg *items;
    size_t count;
    struct fastabi_mark mark;
};

/*
 * A field that is filled from a parameter outside the struct, or with a number; or whose value such
 * an output is.
 */
struct fastabi_xen_field {
    const char *path;
    const struct fastabi_param *param; /* NULL: number */
    int64_t number;
    struct fastabi_mark mark;
};

/* Memory that the handler reaches by a guest handle: in a field of the struct, or an argument. */
struct fastabi_xen_array {
    const char *name; /* the field's path, or what args calls it */
    enum fastabi_xen_direction direction;
    const struct fastabi_param **params; /* an element each; or one: the address, the first value */
    size_t param_count;
    const struct fastabi_param *order; /* of a sequence: its step is 1 << order */
    const char *count_field; /* the number of elements: of a field, a parameter, or this */
    const struct fastabi_param *count_param;
    uint32_t count;
    const char *c_struct; /* an element: a struct, or a number of bytes */
    uint32_t size;
    bool is_argument;
    bool is_optional;   /* address 0: a handle of 0 */
    bool stores_result; /* as many elements are stored as the handler returns */
    bool has_count;
    bool has_size;
    struct fastabi_mark mark;
};

/* How a handler that was interrupted says how many elements it is done with. */
struct fastabi_xen_progress {
    const struct fastabi_param *param; /* the output that tells the caller; NULL: the result */
    uint8_t arg;                       /* of the call that it wants to go on with */
    uint8_t shift;                     /* bits of it below the number */
    bool is_left;                      /* it is the number that is left, not done */
    struct fastabi_mark mark;          /* line 0: nothing was said */
};

/* The section xen of an operation. */
struct fastabi_xen {
    const char *c_struct;
    struct fastabi_mark struct_mark;
    const char *status;
    const struct fastabi_param *frame;
    struct fastabi_xen_args args; /* as they were said */
    struct fastabi_xen_field *fields;
    struct fastabi_xen_array *arrays;
    struct fastabi_pair *continues; /* name, or NULL and number */
    size_t field_count;
    size_t array_count;
    size_t continue_count;
    struct fastabi_xen_progress progress;
};

/* A classic sub-operation that takes a linear address where the operation takes another one. */
struct fastabi_linear {
    const char *field;
    const char *index_macro;
    const struct fastabi_param *param;
    int64_t none; /* what the input is for an address of 0 */
    uint32_t index;
    uint32_t size; /* bytes at the address */
    bool has_none;
    struct fastabi_mark mark; /* line 0: nothing was said */
};

/* A range of elements: what goes on when a part of it is done. */
struct fastabi_range {
    const struct fastabi_param *count;
    const struct fastabi_param **next;
    size_t next_count;
    struct fastabi_mark mark; /* line 0: nothing was said */
};

/* The section classic of an operation. */
struct fastabi_classic {
    struct fastabi_pairs success;
    struct fastabi_strings ignore;
    struct fastabi_strings fallback;
    struct fastabi_linear linear;
    struct fastabi_range range;
    struct fastabi_mark elements_mark; /* line 0: nothing was said */
    uint8_t elements;                  /* the argument that counts structs */
    uint32_t interface_version;        /* the first that has the fields; 0: any */
};

/* What few operations have, as with parameters. */
struct fastabi_op_rare {
    const char *safety;
    const char *since;
    const char *hvm_since; /* NULL: as since */
    struct fastabi_pairs fixed;
    struct fastabi_pairs omit;
    struct fastabi_strings compat;
    struct fastabi_mark macro_mark; /* of index_macro, where it is given */
    struct fastabi_mark clobber_marks[FASTABI_REGISTERS];
    uint8_t conditional[FASTABI_REGISTERS]; /* outputs with a condition, in the order of settling */
    uint8_t conditional_count;
};

struct fastabi_op {
    const struct fastabi_spec *spec;
    struct fastabi_op *next;
    const char *name;
    const char *flat_name; /* "event_channel_status" */
    const char *index_macro;
    const char *doc;
    const char *c_struct;
    struct fastabi_param *params;
    const struct fastabi_param **c_params;
    struct fastabi_pairs errors;
    const struct fastabi_op_rare *rare;      /* not NULL */
    struct fastabi_xen *xen;                 /* NULL: nothing was said */
    struct fastabi_classic *classic;         /* NULL: nothing was said */
    const struct fastabi_xen_args *xen_args; /* settled, without "params" */
    struct fastabi_mark mark;
    struct fastabi_mark index_mark;
    struct fastabi_mark struct_mark;
    uint64_t struct_size; /* once a layout was applied */
    uint32_t index;
    uint8_t param_count;
    uint8_t c_param_count;
    uint8_t clobbers;
    uint8_t caller; /* enum fastabi_caller */
    bool is_foreign;
    bool own_index; /* the classic ABI has no such sub-operation */
    bool has_index;
    bool has_struct_size;
    bool extension;
};

/* A header that is not included, as the layout lacks it; texts in the arena. */
struct fastabi_absent {
    const char *header;
    const char *why; /* "the headers have no such file" */
    struct fastabi_mark mark;
};

/* An operation that a selection lacks. */
struct fastabi_left_out {
    const struct fastabi_op *op;
    const char *why; /* NULL: it was not selected */
};

struct fastabi_spec {
    bool is_memory; /* read from memory: path is not a file */
    struct fastabi_arena arena;
    const char *path;
    const char *types_path;
    uint64_t fingerprint;
    const char *name;
    const char *hypercall_macro;
    const char *index_prefix;
    const char *doc;
    const char *since;
    struct fastabi_strings headers;
    struct fastabi_xen_args xen_args; /* said for all operations */
    struct fastabi_mark name_mark;
    struct fastabi_mark index_mark;
    struct fastabi_mark macro_mark; /* of hypercall_macro, where it is given */
    uint32_t hypercall_index;
    bool has_hypercall_index;
    bool extension;
    struct fastabi_op *direct;
    const struct fastabi_op **ops; /* in order, the direct one first */
    size_t op_count;
    const struct fastabi_type **types;
    size_t type_count;
    const struct fastabi_spec *whole;  /* of a selection: what it is a part of; else NULL */
    struct fastabi_strings patterns;   /* that selected operations of it, sorted, each once */
    struct fastabi_left_out *left_out; /* in the order of the file */
    size_t left_out_count;
    struct fastabi_absent *absent;
    size_t absent_count;
};

/* A specification as its file has it: the one that a selection is a part of, or itself. */
const struct fastabi_spec *fastabi_spec_whole(const struct fastabi_spec *spec);

/* The name of a parameter in generated code. */
const char *fastabi_flat_name(const struct fastabi_param *param);

/* Where the register of a parameter is given, as an input or as an output. */
struct fastabi_mark fastabi_register_mark(const struct fastabi_param *param, bool output);

/* What of a parameter is rare, to be filled; NULL: no memory. */
struct fastabi_param_rare *fastabi_param_fill_rare(struct fastabi_arena *arena,
                                                   struct fastabi_param *param);

/* A parameter, and an operation, of which nothing rare was said. */
extern const struct fastabi_param_rare fastabi_param_plain;
extern const struct fastabi_op_rare fastabi_op_plain;

/* Where a parameter's field is given: by an entry of params or mapping, or else by its name. */
struct fastabi_mark fastabi_field_mark(const struct fastabi_param *param);

/* The parameter of that name, or NULL. */
struct fastabi_param *fastabi_find_param(const struct fastabi_op *op, const char *name);

#endif
