/* SPDX-License-Identifier: MIT */
/*
 * Specifications: reading them, and what a build tool or a backend can ask.
 *
 * Ownership: a specification owns everything reachable from it (operations,
 * parameters, types, every string) and is freed in one call.  Nothing here
 * changes a specification after it was read, so several threads may read one.
 */
#ifndef FASTABI_SPEC_H
#define FASTABI_SPEC_H

#include <stdbool.h>

#include <fastabi/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fastabi_spec;  /* one file: one hypercall */
struct fastabi_op;    /* one operation of it: a sub-operation, or the direct call */
struct fastabi_param; /* one parameter of an operation: input, output, or both */
struct fastabi_type;  /* a named type of common/types.yml */

#define FASTABI_REGISTERS   8           /* registers of the ABI, reg0 to reg7 */
#define FASTABI_MASK        0x40000000u /* or-ed to the hypercall index in reg0 */
#define FASTABI_NO_REGISTER (-1)

/* ---- reading ---- */

/* Called with the path of each file that an argument stands for; stops at a negative return. */
typedef int (*fastabi_path_func)(const char *path, void *data);

/*
 * Resolve what a user calls a specification: a path (it has a '/', is "." or "..", or ends in
 * ".yml" or ".yaml"; a folder stands for its own files of these, in strcmp order), or the name of
 * an installed specification.  NULL stands for every installed specification.  -ENOENT with a
 * diagnostic when there is none.
 */
FASTABI_API int fastabi_spec_find(struct fastabi_context *context, const char *argument,
                                  fastabi_path_func func, void *data);

/* Read one file.  *spec is set only on success. */
FASTABI_API int fastabi_spec_load(struct fastabi_context *context, const char *path,
                                  struct fastabi_spec **spec);

/* The same from memory; name is what diagnostics call the text. */
FASTABI_API int fastabi_spec_parse(struct fastabi_context *context, const char *name,
                                   const char *text, size_t length, struct fastabi_spec **spec);

/* Free a specification.  NULL is fine. */
FASTABI_API void fastabi_spec_free(struct fastabi_spec *spec);

/* Demand type, doc and errors everywhere.  0, or -EINVAL with diagnostics. */
FASTABI_API int fastabi_spec_check_strict(struct fastabi_context *context,
                                          const struct fastabi_spec *spec);

/* ---- a specification ---- */

FASTABI_API const char *fastabi_spec_name(const struct fastabi_spec *spec);
FASTABI_API const char *fastabi_spec_path(const struct fastabi_spec *spec);
FASTABI_API const char *
fastabi_spec_types_path(const struct fastabi_spec *spec); /* NULL: none read */
FASTABI_API uint64_t fastabi_spec_fingerprint(const struct fastabi_spec *spec);
FASTABI_API uint32_t fastabi_spec_hypercall_index(const struct fastabi_spec *spec);
FASTABI_API const char *fastabi_spec_hypercall_macro(const struct fastabi_spec *spec); /* or NULL */
FASTABI_API const char *fastabi_spec_doc(const struct fastabi_spec *spec);             /* or NULL */
FASTABI_API const char *fastabi_spec_since(const struct fastabi_spec *spec);           /* or NULL */

/* Xen public headers its structs come from, relative to the public include folder. */
FASTABI_API size_t fastabi_spec_header_count(const struct fastabi_spec *spec);
FASTABI_API const char *fastabi_spec_header(const struct fastabi_spec *spec, size_t i);

/* Operations in the order of the file, the direct one first. */
FASTABI_API size_t fastabi_spec_op_count(const struct fastabi_spec *spec);
FASTABI_API const struct fastabi_op *fastabi_spec_op(const struct fastabi_spec *spec, size_t i);
FASTABI_API const struct fastabi_op *fastabi_spec_op_by_name(const struct fastabi_spec *spec,
                                                             const char *name);
FASTABI_API const struct fastabi_op *fastabi_spec_op_by_index(const struct fastabi_spec *spec,
                                                              uint64_t index);

/* Named types that this specification uses, each once, in order of first use. */
FASTABI_API size_t fastabi_spec_type_count(const struct fastabi_spec *spec);
FASTABI_API const struct fastabi_type *fastabi_spec_type(const struct fastabi_spec *spec, size_t i);

/* ---- an operation ---- */

/* "status"; for the direct call NULL */
FASTABI_API const char *fastabi_op_name(const struct fastabi_op *op);
FASTABI_API bool fastabi_op_is_direct(const struct fastabi_op *op);
FASTABI_API uint32_t fastabi_op_index(const struct fastabi_op *op); /* 0 for the direct call */
FASTABI_API const char *fastabi_op_index_macro(const struct fastabi_op *op); /* or NULL */
FASTABI_API const char *fastabi_op_doc(const struct fastabi_op *op);         /* or NULL */
FASTABI_API const char *fastabi_op_safety(const struct fastabi_op *op);      /* or NULL */
FASTABI_API const char *
fastabi_op_since(const struct fastabi_op *op); /* own or the file's, or NULL */
FASTABI_API bool fastabi_op_is_extension(const struct fastabi_op *op); /* not in the RFC */
FASTABI_API unsigned int fastabi_op_line(const struct fastabi_op *op); /* where it is defined */

/* struct of the classic ABI ("evtchn_status"), or NULL; others that callers may pass instead. */
FASTABI_API const char *fastabi_op_c_struct(const struct fastabi_op *op);
FASTABI_API size_t fastabi_op_c_struct_compat_count(const struct fastabi_op *op);
FASTABI_API const char *fastabi_op_c_struct_compat(const struct fastabi_op *op, size_t i);

/*
 * Bit n stands for register n.  reg0, and reg1 of a sub-operation, are in the input mask, reg0 in
 * the output mask.
 */
FASTABI_API uint32_t fastabi_op_input_mask(const struct fastabi_op *op);
FASTABI_API uint32_t fastabi_op_output_mask(const struct fastabi_op *op);
FASTABI_API uint32_t fastabi_op_clobber_mask(const struct fastabi_op *op);

/*
 * Parameters in the specification's order: inputs, then those outputs that are not inputs too.
 * (The order of by-value C parameters is fastabi_op_c_param's.)
 */
FASTABI_API size_t fastabi_op_param_count(const struct fastabi_op *op);
FASTABI_API const struct fastabi_param *fastabi_op_param(const struct fastabi_op *op, size_t i);

/* The parameter whose input (output) is register reg, or NULL. */
FASTABI_API const struct fastabi_param *fastabi_op_input(const struct fastabi_op *op, int reg);
FASTABI_API const struct fastabi_param *fastabi_op_output(const struct fastabi_op *op, int reg);

/* Parameters that are arguments of a C stub of their own (c_lang.params, in its order; then those
 * of an operation without a struct, in the specification's order). */
FASTABI_API size_t fastabi_op_c_param_count(const struct fastabi_op *op);
FASTABI_API const struct fastabi_param *fastabi_op_c_param(const struct fastabi_op *op, size_t i);

/* errors: { ENOENT: "no such vcpu" } */
FASTABI_API size_t fastabi_op_error_count(const struct fastabi_op *op);
FASTABI_API const char *fastabi_op_error(const struct fastabi_op *op, size_t i, const char **doc);

/* fixed: { dom: 0x7ff0 }: fields that the hypervisor side fills with a constant. */
FASTABI_API size_t fastabi_op_fixed_count(const struct fastabi_op *op);
FASTABI_API const char *fastabi_op_fixed(const struct fastabi_op *op, size_t i, int64_t *value);

/* omit: { field: "why" }: fields that no register carries on purpose. */
FASTABI_API size_t fastabi_op_omit_count(const struct fastabi_op *op);
FASTABI_API const char *fastabi_op_omit(const struct fastabi_op *op, size_t i, const char **why);

/*
 * ---- the hypervisor side: how an operation reaches its handler (the key xen, and what is usual)
 * ----
 */

#define FASTABI_XEN_ARGS_MAX    5    /* arguments of a classic hypercall */
#define FASTABI_XEN_ELEMENT_MAX 4096 /* bytes of an array's element */

enum fastabi_xen_kind {
    FASTABI_XEN_OP,     /* the sub-operation's index */
    FASTABI_XEN_PARAMS, /* in specifications only: the inputs that are arguments of their own */
    FASTABI_XEN_STRUCT, /* a handle to the struct; NULL where there is none */
    FASTABI_XEN_PARAM,  /* an input */
    FASTABI_XEN_NUMBER, /* a constant */
};

enum fastabi_xen_direction {
    FASTABI_XEN_VALUE, /* the array is one element, whose value is the parameter's */
    FASTABI_XEN_FROM,  /* the parameter is a guest-physical address that the array is read from */
    FASTABI_XEN_TO,    /* and one that it is written to, when the call says success */
};

/* The struct that the handler is given: xen.struct, else c_lang.struct; or NULL. */
FASTABI_API const char *fastabi_op_xen_struct(const struct fastabi_op *op);

/*
 * Arguments of the classic hypercall; param for FASTABI_XEN_PARAM, number for FASTABI_XEN_NUMBER.
 */
FASTABI_API size_t fastabi_op_xen_arg_count(const struct fastabi_op *op);
FASTABI_API enum fastabi_xen_kind fastabi_op_xen_arg(const struct fastabi_op *op, size_t i,
                                                     const struct fastabi_param **param,
                                                     int64_t *number);

/* Fields beside those of the parameters: *param, in its directions, or *number (*param NULL). */
FASTABI_API size_t fastabi_op_xen_field_count(const struct fastabi_op *op);
FASTABI_API const char *fastabi_op_xen_field(const struct fastabi_op *op, size_t i,
                                             const struct fastabi_param **param, int64_t *number);

/*
 * Fields that point to arrays. *count is a field (of direction _FROM and _TO), *size that of an
 * element.
 */
FASTABI_API size_t fastabi_op_xen_array_count(const struct fastabi_op *op);
FASTABI_API const char *fastabi_op_xen_array(const struct fastabi_op *op, size_t i,
                                             enum fastabi_xen_direction *direction,
                                             const struct fastabi_param **param, const char **count,
                                             uint32_t *size);

/* The input that names the guest frame at whose start the struct is, or NULL. */
FASTABI_API const struct fastabi_param *fastabi_op_xen_frame(const struct fastabi_op *op);

/* The field in which the handler tells of a failure, by a negative value, or NULL. */
FASTABI_API const char *fastabi_op_xen_status(const struct fastabi_op *op);

/* Sub-operations by which the handler may be continued: *macro, or *index where that is NULL. */
FASTABI_API size_t fastabi_op_xen_continue_count(const struct fastabi_op *op);
FASTABI_API void fastabi_op_xen_continue(const struct fastabi_op *op, size_t i, const char **macro,
                                         uint32_t *index);

/* ---- a parameter ---- */

FASTABI_API const char *fastabi_param_name(const struct fastabi_param *param); /* "time[0]" */
/* "time_0": an identifier, other than those of the operation's other parameters */
FASTABI_API const char *fastabi_param_flat_name(const struct fastabi_param *param);
FASTABI_API int
fastabi_param_in(const struct fastabi_param *param); /* register, or FASTABI_NO_REGISTER */
FASTABI_API int
fastabi_param_out(const struct fastabi_param *param); /* register, or FASTABI_NO_REGISTER */
FASTABI_API const char *fastabi_param_field(
    const struct fastabi_param *param); /* path in the struct; NULL: an argument of its own */
FASTABI_API const char *fastabi_param_c_type(
    const struct fastabi_param *param); /* of an argument: "uint32_t"; NULL: take the type's */
FASTABI_API const char *fastabi_param_doc(const struct fastabi_param *param);        /* or NULL */
FASTABI_API const char *fastabi_param_valid_when(const struct fastabi_param *param); /* or NULL */
FASTABI_API bool
fastabi_param_is_shared(const struct fastabi_param *param); /* memory behind it must be shared */

/* What is known of its type.  An untyped parameter is 64 bits wide and unsigned. */
FASTABI_API bool fastabi_param_is_typed(const struct fastabi_param *param);
FASTABI_API const struct fastabi_type *
fastabi_param_type(const struct fastabi_param *param); /* named type or NULL */
FASTABI_API unsigned int
fastabi_param_width(const struct fastabi_param *param); /* 8, 16, 32 or 64 bits */
FASTABI_API bool fastabi_param_is_signed(const struct fastabi_param *param);
FASTABI_API const char *
fastabi_param_repr(const struct fastabi_param *param); /* width and sign: "u16" */

/* ---- a named type ---- */

FASTABI_API const char *fastabi_type_name(const struct fastabi_type *type); /* "evtchn_port" */
FASTABI_API unsigned int fastabi_type_width(const struct fastabi_type *type);
FASTABI_API bool fastabi_type_is_signed(const struct fastabi_type *type);
FASTABI_API const char *fastabi_type_repr(const struct fastabi_type *type); /* "u32" */
FASTABI_API const char *
fastabi_type_c_type(const struct fastabi_type *type); /* "evtchn_port_t", or NULL */
FASTABI_API const char *fastabi_type_doc(const struct fastabi_type *type); /* or NULL */

/* ---- registers ---- */

/* "rax" for 0, and so on; NULL when there is no such register. */
FASTABI_API const char *fastabi_register_name(int reg);
/* 0 for "rax"; FASTABI_NO_REGISTER for a name that is none of the ABI's. */
FASTABI_API int fastabi_register_number(const char *name);

/*
 * The call behind a register dump: reg0 and, where there are sub-operations, reg1 choose.
 * Returns the operation and sets *spec, or NULL.  known: bit n says that regs[n] was given.
 */
FASTABI_API const struct fastabi_op *fastabi_decode(const struct fastabi_spec *const *specs,
                                                    size_t count,
                                                    const uint64_t regs[FASTABI_REGISTERS],
                                                    uint32_t known,
                                                    const struct fastabi_spec **spec);

/* A register's value as the parameter's type reads it: truncated, then extended. */
FASTABI_API uint64_t fastabi_param_value(const struct fastabi_param *param, uint64_t reg);

#ifdef __cplusplus
}
#endif
#endif
