/* SPDX-License-Identifier: MIT */
/*
 * Specifications: reading them, and what a build tool or a backend can ask.  Parameters are in
 * param.h.  context.h states the rules for all functions: NULL, bounds, out-parameters, errors.
 *
 * A specification owns everything reachable from it (operations, parameters, types, every string)
 * and is freed in one call.  Nothing here changes a specification after it was read, so several
 * threads may read one.
 */
#ifndef FASTABI_SPEC_H
#define FASTABI_SPEC_H

#include <stdbool.h>

#include <fastabi/context.h>
#include <fastabi/param.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One file: one hypercall. */
struct fastabi_spec;
/* One operation of it: a sub-operation, or the direct call. */
struct fastabi_op;

/*
 * An array of specifications as an argument.  The library changes neither the array nor what is in
 * it.  C has no implicit conversion from an array of T * to one of const T *, so here it is an
 * array of what fastabi_spec_load() gives; an array of pointers to const needs a cast.  In C++
 * both convert.
 */
#ifdef __cplusplus
typedef const struct fastabi_spec *const *fastabi_specs;
#else
typedef struct fastabi_spec *const *fastabi_specs;
#endif

/* Number of registers of the ABI, reg0 to reg7. */
#define FASTABI_REGISTERS 8
/* Or-ed to the hypercall index in reg0. */
#define FASTABI_MASK 0x40000000u
/* In place of a register's number: there is none. */
#define FASTABI_NO_REGISTER (-1)

/* ---- reading ---- */

/* Receives the path of one file.  A negative result stops the search and becomes its result. */
typedef int (*fastabi_path_func)(const char *path, void *data);

/*
 * Resolve what a user calls a specification, and hand each file to func.  An argument that has a
 * '/', is "." or "..", or ends in ".yml" or ".yaml" is a path; a directory stands for its own files
 * with these endings, in strcmp order.  Anything else is the name of an installed specification.
 * NULL stands for every installed one.  -ENOENT if there is none of that name.
 * Since 0.1.
 */
FASTABI_API int fastabi_spec_find(struct fastabi_context *context, const char *argument,
                                  fastabi_path_func func, void *data);

/*
 * Read one file.  *spec is the caller's to free; NULL on failure.
 * Since 0.1.
 */
FASTABI_API int fastabi_spec_load(struct fastabi_context *context, const char *path,
                                  struct fastabi_spec **spec);

/*
 * Read length bytes of memory as one file.  name is what diagnostics call it.  *spec is the
 * caller's to free; NULL on failure.
 * Since 0.1.
 */
FASTABI_API int fastabi_spec_parse(struct fastabi_context *context, const char *name,
                                   const char *text, size_t length, struct fastabi_spec **spec);

/*
 * Free a specification.
 * Since 0.1.
 */
FASTABI_API void fastabi_spec_free(struct fastabi_spec *spec);

/*
 * Check specifications that are used together: no two may have one name, or one hypercall index.
 * -EINVAL if two have.  fastabi_generate() also does this, but one index of two is a warning unless
 * the backend says FASTABI_BACKEND_UNIQUE_INDEX.
 * Since 0.2.
 */
FASTABI_API int fastabi_spec_check_together(struct fastabi_context *context, fastabi_specs specs,
                                            size_t count);

/*
 * Demand a type, a doc and errors wherever there can be one.  -EINVAL if one is missing.
 * Since 0.1.
 */
FASTABI_API int fastabi_spec_check_strict(struct fastabi_context *context,
                                          const struct fastabi_spec *spec);

/* ---- selecting operations ---- */

/*
 * Select operations by patterns:
 *   SPEC          all operations of the specification of that name
 *   SPEC.OP       one operation; the direct call is SPEC.direct
 *   class:CLASS   those of a class, fastabi_caller_name()
 *   !PATTERN      not those of any pattern above
 * In names '*' stands for any characters, '?' for one.  An operation is selected if a pattern
 * without '!' matches it, or there is none, and no pattern with '!' does.  Their order has no
 * meaning.
 *
 * selected has room for count specifications.  Each becomes a part of the specification in the same
 * place: it has the selected operations, perhaps none, and the types that they use; its other
 * properties are those of the whole, except for the fingerprint.  Every function takes it like one
 * that was read, but here it is -EINVAL.  It is freed with fastabi_spec_free(), before the whole.
 *
 * -ENOTSUP, and selected is all NULL, if a pattern is not well-formed, matches nothing, or nothing
 * is selected.
 * Since 0.2.
 */
FASTABI_API int fastabi_spec_select(struct fastabi_context *context, fastabi_specs specs,
                                    size_t count, const char *const *patterns, size_t pattern_count,
                                    struct fastabi_spec **selected);

/*
 * Number of operations that a part of a specification lacks.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_spec_left_out_count(const struct fastabi_spec *spec);

/*
 * The i-th of those operations.  Stores why it is left out, "the headers have no struct 'a'"; NULL:
 * it was not selected.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_op *fastabi_spec_left_out(const struct fastabi_spec *spec,
                                                           size_t i, const char **why);

/* ---- a specification ---- */

/*
 * Its name, an identifier: "vcpu".
 * Since 0.1.
 */
FASTABI_API const char *fastabi_spec_name(const struct fastabi_spec *spec);

/*
 * Path of its file, as it was given to fastabi_spec_load(), or the name given to
 * fastabi_spec_parse().
 * Since 0.1.
 */
FASTABI_API const char *fastabi_spec_path(const struct fastabi_spec *spec);

/*
 * Path of the file that its named types were read from; NULL: none was read.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_spec_types_path(const struct fastabi_spec *spec);

/*
 * A hash of the bytes of its file and of the file of its named types; if operations are left out,
 * also of those that are not.
 * Since 0.1.
 */
FASTABI_API uint64_t fastabi_spec_fingerprint(const struct fastabi_spec *spec);

/*
 * Index of the hypercall, without FASTABI_MASK.
 * Since 0.1.
 */
FASTABI_API uint32_t fastabi_spec_hypercall_index(const struct fastabi_spec *spec);

/*
 * Xen's macro for that index, "__HYPERVISOR_vcpu_op", or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_spec_hypercall_macro(const struct fastabi_spec *spec);

/*
 * Documentation, plain text in which a newline starts a paragraph, or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_spec_doc(const struct fastabi_spec *spec);

/*
 * First release of Xen that has the hypercall, "4.18", or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_spec_since(const struct fastabi_spec *spec);

/*
 * Number of Xen's public headers that its structs come from.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_spec_header_count(const struct fastabi_spec *spec);

/*
 * The i-th of those headers, relative to the public include directory: "vcpu.h".
 * Since 0.1.
 */
FASTABI_API const char *fastabi_spec_header(const struct fastabi_spec *spec, size_t i);

/*
 * Number of operations; at least 1, unless operations are left out.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_spec_op_count(const struct fastabi_spec *spec);

/*
 * The i-th operation: the direct one first, then the order of the file.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_op *fastabi_spec_op(const struct fastabi_spec *spec, size_t i);

/*
 * The sub-operation of that name.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_op *fastabi_spec_op_by_name(const struct fastabi_spec *spec,
                                                             const char *name);

/*
 * The sub-operation of that index.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_op *fastabi_spec_op_by_index(const struct fastabi_spec *spec,
                                                              uint64_t index);

/*
 * Number of named types that the specification uses.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_spec_type_count(const struct fastabi_spec *spec);

/*
 * The i-th of those types, each once, in the order of first use.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_type *fastabi_spec_type(const struct fastabi_spec *spec, size_t i);

/* ---- an operation ---- */

/*
 * Its name, an identifier: "status".  NULL for the direct call.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_name(const struct fastabi_op *op);

/*
 * The specification's name and its own, for languages without modules: "event_channel_status".  For
 * the direct call, the specification's name.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_op_flat_name(const struct fastabi_op *op);

/*
 * Whether it is the direct call, which has no sub-operation index in reg1.
 * Since 0.1.
 */
FASTABI_API bool fastabi_op_is_direct(const struct fastabi_op *op);

/*
 * Index of the sub-operation; 0 for the direct call.
 * Since 0.1.
 */
FASTABI_API uint32_t fastabi_op_index(const struct fastabi_op *op);

/*
 * Xen's macro for that index, "EVTCHNOP_status", or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_index_macro(const struct fastabi_op *op);

/*
 * Documentation, plain text in which a newline starts a paragraph, or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_doc(const struct fastabi_op *op);

/*
 * What a caller must guarantee, text like that of fastabi_op_doc(), or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_safety(const struct fastabi_op *op);

/*
 * Whether a call can break memory safety: there is such a text, or the hypervisor may write memory
 * that an integer names: an array, or what an input that is shared names and no array only reads.
 * Since 0.2.
 */
FASTABI_API bool fastabi_op_is_unsafe(const struct fastabi_op *op);

/*
 * First release of Xen that has the operation, its own or the specification's, or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_since(const struct fastabi_op *op);

/*
 * Whether it is an extension, which the RFC does not have.
 * Since 0.1.
 */
FASTABI_API bool fastabi_op_is_extension(const struct fastabi_op *op);

/*
 * Line of its definition in the specification's file, from 1.
 * Since 0.1.
 */
FASTABI_API unsigned int fastabi_op_line(const struct fastabi_op *op);

/*
 * The first Xen release in which an HVM guest can use the operation, "4.7": its own, or that of
 * fastabi_op_since().
 * Since 0.2.
 */
FASTABI_API const char *fastabi_op_hvm_since(const struct fastabi_op *op);

/*
 * Which domains can make a call that succeeds, by Xen's own checks.
 * Since 0.2.
 */
enum fastabi_caller {
    /* The specification does not say. */
    FASTABI_CALLER_UNKNOWN,
    /* Any guest. */
    FASTABI_CALLER_ANY,
    /* The device model of the domain that the call acts on. */
    FASTABI_CALLER_DEVICE_MODEL,
    /* A control domain. */
    FASTABI_CALLER_CONTROL,
    /* The hardware domain. */
    FASTABI_CALLER_HARDWARE,
};

/*
 * Who can make the call.
 * Since 0.2.
 */
FASTABI_API enum fastabi_caller fastabi_op_caller(const struct fastabi_op *op);

/*
 * "any", "device_model", "control" or "hardware"; NULL for anything else.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_caller_name(enum fastabi_caller caller);

/*
 * Whether the call acts on other domains than the caller.
 * Since 0.2.
 */
FASTABI_API bool fastabi_op_is_foreign(const struct fastabi_op *op);

/*
 * Whether its index is FastABI's own: the classic ABI has no such sub-operation.
 * Since 0.2.
 */
FASTABI_API bool fastabi_op_has_own_index(const struct fastabi_op *op);

/*
 * The struct of the classic ABI without "struct", "evtchn_status", or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_c_struct(const struct fastabi_op *op);

/*
 * Number of other structs that callers may pass instead.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_op_c_struct_compat_count(const struct fastabi_op *op);

/*
 * The i-th of those structs.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_c_struct_compat(const struct fastabi_op *op, size_t i);

/*
 * Registers that the call reads: bit n stands for register n.  reg0 is always one of them, and so
 * is reg1 for a sub-operation.
 * Since 0.1.
 */
FASTABI_API uint32_t fastabi_op_input_mask(const struct fastabi_op *op);

/*
 * Registers that hold a result after the call.  reg0 is always one of them.
 * Since 0.1.
 */
FASTABI_API uint32_t fastabi_op_output_mask(const struct fastabi_op *op);

/*
 * Registers that the call changes without a result in them.
 * Since 0.1.
 */
FASTABI_API uint32_t fastabi_op_clobber_mask(const struct fastabi_op *op);

/*
 * Number of parameters.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_op_param_count(const struct fastabi_op *op);

/*
 * The i-th parameter in the specification's order: the inputs, then the outputs that are not
 * inputs too.  fastabi_op_c_param() has the order of by-value C parameters.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_param *fastabi_op_param(const struct fastabi_op *op, size_t i);

/*
 * The parameter that register reg carries into the call.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_param *fastabi_op_input(const struct fastabi_op *op, int reg);

/*
 * The parameter that register reg carries out of the call.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_param *fastabi_op_output(const struct fastabi_op *op, int reg);

/*
 * Number of outputs that have a condition.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_op_conditional_count(const struct fastabi_op *op);

/*
 * The i-th of those outputs, in the order in which conditions are looked at: an output whose
 * condition does not hold is 0 from then on, also in the conditions that follow.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_param *fastabi_op_conditional(const struct fastabi_op *op,
                                                               size_t i);

/*
 * Number of parameters that are arguments of a C stub of their own.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_op_c_param_count(const struct fastabi_op *op);

/*
 * The i-th of those parameters: first c_lang.params in its order, then those of an operation
 * without a struct in the specification's order.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_param *fastabi_op_c_param(const struct fastabi_op *op, size_t i);

/*
 * Number of documented errors.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_op_error_count(const struct fastabi_op *op);

/*
 * Name of the i-th error, "ENOENT".  Stores its documentation.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_error(const struct fastabi_op *op, size_t i, const char **doc);

/*
 * Number of fields that the hypervisor side fills with a constant.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_op_fixed_count(const struct fastabi_op *op);

/*
 * Path of the i-th of those fields.  Stores the constant.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_fixed(const struct fastabi_op *op, size_t i, int64_t *value);

/*
 * Number of fields that no register carries, on purpose.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_op_omit_count(const struct fastabi_op *op);

/*
 * Path of the i-th of those fields.  Stores the reason.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_omit(const struct fastabi_op *op, size_t i, const char **why);

/* ---- the hypervisor side: how an operation reaches its handler (the key xen) ---- */

/* Most arguments of a classic hypercall. */
#define FASTABI_XEN_ARGS_MAX 5
/* Most bytes of an array's element. */
#define FASTABI_XEN_ELEMENT_MAX 4096

/* What an argument of the classic hypercall is. */
enum fastabi_xen_kind {
    /* There is no such argument. */
    FASTABI_XEN_NONE,
    /* The sub-operation's index. */
    FASTABI_XEN_OP,
    /* A handle to the struct, or NULL if there is none. */
    FASTABI_XEN_STRUCT,
    /* An input. */
    FASTABI_XEN_PARAM,
    /* A constant. */
    FASTABI_XEN_NUMBER,
    /* A handle to an array, fastabi_op_xen_arg_array() in xen.h.  Since 0.2. */
    FASTABI_XEN_ARRAY,
};

/*
 * The struct that the handler is given, xen.struct or else c_lang.struct, or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_xen_struct(const struct fastabi_op *op);

/*
 * Number of arguments of the classic hypercall, at most FASTABI_XEN_ARGS_MAX.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_op_xen_arg_count(const struct fastabi_op *op);

/*
 * What the i-th argument is.  Stores the parameter of a FASTABI_XEN_PARAM and the value of a
 * FASTABI_XEN_NUMBER.
 * Since 0.1.
 */
FASTABI_API enum fastabi_xen_kind fastabi_op_xen_arg(const struct fastabi_op *op, size_t i,
                                                     const struct fastabi_param **param,
                                                     int64_t *number);

/*
 * Number of fields of the struct that the key xen.fields sets.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_op_xen_field_count(const struct fastabi_op *op);

/*
 * Path of the i-th of those fields.  Stores the parameter that it carries, in that parameter's
 * directions, or, if that is NULL, the constant.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_xen_field(const struct fastabi_op *op, size_t i,
                                             const struct fastabi_param **param, int64_t *number);

/*
 * The input that names the guest frame at whose start the struct is, or NULL.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_param *fastabi_op_xen_frame(const struct fastabi_op *op);

/*
 * The field in which the handler reports a failure, by a negative value, or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_op_xen_status(const struct fastabi_op *op);

/*
 * Number of sub-operations that the handler may be continued with.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_op_xen_continue_count(const struct fastabi_op *op);

/*
 * The i-th of those sub-operations.  Stores its macro, or, if that is NULL, its index.  false:
 * there is none.  (In 0.1 the result was void.)
 * Since 0.1.
 */
FASTABI_API bool fastabi_op_xen_continue(const struct fastabi_op *op, size_t i, const char **macro,
                                         uint32_t *index);

/* ---- registers ---- */

/*
 * Name of a register of the ABI, from 0 to FASTABI_REGISTERS - 1: "rax" for 0.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_register_name(int reg);

/*
 * Number of a register of the ABI: 0 for "rax".
 * Since 0.1.
 */
FASTABI_API int fastabi_register_number(const char *name);

/*
 * The call that a register dump shows: reg0 and, where there are sub-operations, reg1 choose.  Bit
 * n of known says that regs[n] was given.  Stores the specification, also when it has no operation
 * for the index in reg1.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_op *fastabi_decode(fastabi_specs specs, size_t count,
                                                    const uint64_t regs[FASTABI_REGISTERS],
                                                    uint32_t known,
                                                    const struct fastabi_spec **spec);

#ifdef __cplusplus
}
#endif
#endif
