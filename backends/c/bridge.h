/* SPDX-License-Identifier: MIT */
/*
 * What the files of style=bridge share: the classic arguments of a hypercall, and where in them the
 * parameters of an operation are.
 */
#ifndef FASTABI_BACKENDS_C_BRIDGE_H
#define FASTABI_BACKENDS_C_BRIDGE_H

#include "c.h"

/* No argument: more than there are. */
#define C_NO_ARG FASTABI_XEN_ARGS_MAX

/* A classic argument, as the operations of the hypercall have it between them. */
struct c_classic_arg {
    bool is_pointer; /* of one of them at least; else an integer */
    bool is_used;    /* by one of them */
    const char *name;
    const char *type; /* "uint32_t", "void *" */
    unsigned int width;
};

/* The bridge of one hypercall. */
struct c_bridge {
    const struct c_run *run;
    const struct fastabi_spec *spec;
    const char *name; /* "event_channel", or what does not clash */
    struct c_classic_arg args[FASTABI_XEN_ARGS_MAX];
    size_t arg_count;
    size_t command; /* the argument that is the sub-operation's index, or C_NO_ARG */
};

/* Where an input comes from. */
enum c_source {
    C_SOURCE_NONE,
    C_SOURCE_STRUCT,   /* the stub takes it from the struct */
    C_SOURCE_ARG,      /* a classic argument */
    C_SOURCE_FIELD,    /* a field of the struct that the stub does not take */
    C_SOURCE_PACK,     /* several of them */
    C_SOURCE_ELEMENT,  /* an element of an array */
    C_SOURCE_SEQUENCE, /* the first of a run of elements */
    C_SOURCE_ADDRESS,  /* the address of an array */
    C_SOURCE_FRAME,    /* the frame of the struct */
};

/* What repeats the call. */
enum c_loop {
    C_LOOP_NONE,
    C_LOOP_PROGRESS, /* an output tells how many elements are done */
    C_LOOP_SEQUENCE, /* the result does, and the elements are in runs */
    C_LOOP_RANGE,    /* the result does, of a range that has no array */
};

/* One operation, carried. */
struct c_carry {
    const struct c_bridge *bridge;
    struct c_stub stub;
    uint32_t command;      /* of the classic call */
    const char *structure; /* of the classic call, or NULL */
    size_t struct_arg;
    size_t count_arg; /* of an array of structs, or C_NO_ARG */
    enum c_loop loop;
    const struct fastabi_param *count;        /* of a loop */
    const struct fastabi_xen_array *sequence; /* of C_LOOP_SEQUENCE */
};

/* bridge-source.c */

enum c_source c_find_source(const struct c_carry *carry, const struct fastabi_param *param,
                            size_t *arg, const char **field, const struct fastabi_xen_array **array,
                            size_t *element);
/* The field that an output goes to, or the array's element, or NULL and NULL. */
const char *c_find_field(const struct fastabi_op *op, const struct fastabi_param *param);
const struct fastabi_xen_array *c_find_element(const struct fastabi_op *op,
                                               const struct fastabi_param *param, size_t *element);
/* The input that the number of an array's elements is in, or NULL. */
const struct fastabi_param *c_count_param(const struct fastabi_op *op,
                                          const struct fastabi_xen_array *array);
/* Can an operation be carried?  Fills carry. */
bool c_plan_carry(const struct c_bridge *bridge, const struct fastabi_op *op,
                  struct c_carry *carry);

/* bridge-fields.c */

/* Does something else than zeros stand for a field under omit? */
bool c_is_accounted_for(const struct fastabi_op *op, const char *field);
/* Is a field in another one: "u.x" in "u"? */
bool c_is_part(const char *field, const char *whole);
/* The pointer in a handle. */
void c_write_handle(const struct c_carry *carry, const struct fastabi_xen_array *array);
/* false: there are too many. */
bool c_collect_fields(const struct c_carry *carry, struct c_fields *fields);

/* bridge-check.c */

/* "(uint32_t)count": how many structs an array of them has. */
const char *c_elements(const struct c_bridge *bridge, size_t arg);
/* (void) for arguments that an operation has no use for. */
void c_write_unused(const struct c_carry *carry);
/* if (...) return 0; for constants among the arguments, and among the struct's fields */
void c_write_arg_checks(const struct c_carry *carry);
void c_write_field_checks(const struct c_carry *carry);
bool c_has_field_checks(const struct c_carry *carry);
/* Condition: a constant of the operation is another one here.  false: there is none. */
bool c_write_misfit(const struct c_carry *carry, const char *before);
/* An input that is one value. */
void c_write_value(const struct c_carry *carry, const struct c_argument *argument);

/* bridge-op.c */

/* "vendor, cmd, arg, result": parameters of a bridge function, without the command unless wanted */
void c_write_bridge_params(const struct c_bridge *bridge, size_t column, bool command);
void c_write_bridge_args(const struct c_bridge *bridge, bool command);
/* The functions of one operation. */
void c_write_carry(const struct c_carry *carry);

/* bridge-loop.c: from the call on */

/*
 * errno=positive: what stubs return, and bridges tell, is negated.  Without a sign, as the least
 * number has no negative.
 */
const char *c_told(const struct c_run *run, const char *result);
void c_write_loop_locals(const struct c_carry *carry);
void c_write_carry_call(const struct c_carry *carry);
bool c_has_linear(const struct c_carry *carry);
bool c_has_each(const struct c_carry *carry);
void c_write_linear(const struct c_carry *carry);
void c_write_each(const struct c_carry *carry);

/* bridge.c: the bridge of a specification, after its stubs. */
int c_write_bridge(const struct c_run *run, const struct fastabi_spec *spec);

#endif
