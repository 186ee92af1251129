/* SPDX-License-Identifier: MIT */
/*
 * A parameter of an operation, the condition under which an output means something, and named
 * types.
 *
 * Everything here belongs to the specification and is freed with it.  The rules for accessors are
 * in context.h.
 */
#ifndef FASTABI_PARAM_H
#define FASTABI_PARAM_H

#include <stdbool.h>

#include <fastabi/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One parameter of an operation: input, output, or both. */
struct fastabi_param;
/* A named type of common/types.yml. */
struct fastabi_type;

/* ---- a parameter ---- */

/*
 * Its name in the specification: "time[0]".
 * Since 0.1.
 */
FASTABI_API const char *fastabi_param_name(const struct fastabi_param *param);

/*
 * The name as an identifier, "time_0", which no other parameter of the operation has.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_param_flat_name(const struct fastabi_param *param);

/*
 * Register that carries it into the call, or FASTABI_NO_REGISTER.
 * Since 0.1.
 */
FASTABI_API int fastabi_param_in(const struct fastabi_param *param);

/*
 * Register that carries it out of the call, or FASTABI_NO_REGISTER.
 * Since 0.1.
 */
FASTABI_API int fastabi_param_out(const struct fastabi_param *param);

/*
 * Path of its field in the struct; NULL: it is an argument of its own.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_param_field(const struct fastabi_param *param);

/*
 * C type of an argument of its own, "uint32_t"; NULL: take that of its type.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_param_c_type(const struct fastabi_param *param);

/*
 * Documentation, plain text in which a newline starts a paragraph, or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_param_doc(const struct fastabi_param *param);

/*
 * When an output has a meaning, for people: "result >= 0", or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_param_valid_when(const struct fastabi_param *param);

/*
 * How a comparison of a condition compares.
 * Since 0.2.
 */
enum fastabi_comparison {
    FASTABI_EQUAL,
    FASTABI_NOT_EQUAL,
    FASTABI_LESS,
    FASTABI_LESS_OR_EQUAL,
    FASTABI_GREATER,
    FASTABI_GREATER_OR_EQUAL,
};

/*
 * Number of comparisons that fastabi_param_valid_when() consists of; 0: the output has a meaning
 * whenever the call succeeds.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_param_condition_count(const struct fastabi_param *param);

/*
 * Is one of those comparisons enough?  Otherwise all of them must hold.
 * Since 0.2.
 */
FASTABI_API bool fastabi_param_condition_is_any(const struct fastabi_param *param);

/*
 * The parameter that the i-th of those comparisons is about: its value after the call if it is an
 * output, else the value that it had.  Stores how it is compared, and with what.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_param *fastabi_param_condition(const struct fastabi_param *param,
                                                                size_t i,
                                                                enum fastabi_comparison *comparison,
                                                                int64_t *number);

/*
 * "==", "!=", "<", "<=", ">" or ">="; NULL for anything else.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_comparison_text(enum fastabi_comparison comparison);

/*
 * Does every integer of that many bits, signed or not, compare to number in the same way?  Then
 * *holds is the outcome, and code need not compare: compilers warn of "x >= 0" for an unsigned x.
 * Since 0.2.
 */
FASTABI_API bool fastabi_comparison_is_settled(enum fastabi_comparison comparison, int64_t number,
                                               unsigned int width, bool is_signed, bool *holds);

/*
 * The same of the i-th comparison of a condition, for the type of the parameter that it is about.
 * With any_type, nothing is settled of a parameter without a type.
 * Since 0.2.
 */
FASTABI_API bool fastabi_param_condition_is_settled(const struct fastabi_param *param, size_t i,
                                                    bool any_type, bool *holds);

/*
 * What is known of a condition before the call.
 * Since 0.2.
 */
enum fastabi_outcome {
    FASTABI_ALWAYS,
    FASTABI_NEVER,
    FASTABI_DEPENDS, /* on the comparisons that are not settled; the others change nothing */
};

/*
 * When the condition of an output holds.  An output without one always has a meaning.  any_type is
 * that of fastabi_param_condition_is_settled().
 * Since 0.2.
 */
FASTABI_API enum fastabi_outcome fastabi_param_outcome(const struct fastabi_param *param,
                                                       bool any_type);

/*
 * Whether it is an address of memory that the guest must have shared with the hypervisor.
 * Since 0.1.
 */
FASTABI_API bool fastabi_param_is_shared(const struct fastabi_param *param);

/*
 * Whether its type is known.  A parameter without one is 64 bits wide and unsigned.
 * Since 0.1.
 */
FASTABI_API bool fastabi_param_is_typed(const struct fastabi_param *param);

/*
 * Its named type, or NULL.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_type *fastabi_param_type(const struct fastabi_param *param);

/*
 * Its width in bits: 8, 16, 32 or 64.
 * Since 0.1.
 */
FASTABI_API unsigned int fastabi_param_width(const struct fastabi_param *param);

/*
 * Whether it is signed.
 * Since 0.1.
 */
FASTABI_API bool fastabi_param_is_signed(const struct fastabi_param *param);

/*
 * Sign and width as a word: "u16".
 * Since 0.1.
 */
FASTABI_API const char *fastabi_param_repr(const struct fastabi_param *param);

/*
 * The same as C's <stdint.h> has it: "uint16_t".
 * Since 0.2.
 */
FASTABI_API const char *fastabi_param_c_integer(const struct fastabi_param *param);

/*
 * A register's value as the parameter's type reads it: truncated, then extended.
 * Since 0.1.
 */
FASTABI_API uint64_t fastabi_param_value(const struct fastabi_param *param, uint64_t reg);

/*
 * Number of fields that are packed into an input; 0: it is not packed.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_param_part_count(const struct fastabi_param *param);

/*
 * Path of the i-th of those fields, from bit 0 up.  It is in *width bits (8, 16, 32 or 64) from bit
 * *shift (0 to 56) on, signed or not.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_param_part(const struct fastabi_param *param, size_t i,
                                           unsigned int *shift, unsigned int *width,
                                           bool *is_signed);

/*
 * The path of the i-th of those fields as an identifier, "source_domid", which no other one has.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_param_part_flat_name(const struct fastabi_param *param, size_t i);

/* ---- a named type ---- */

/*
 * Its name: "evtchn_port".
 * Since 0.1.
 */
FASTABI_API const char *fastabi_type_name(const struct fastabi_type *type);

/*
 * Its width in bits: 8, 16, 32 or 64.
 * Since 0.1.
 */
FASTABI_API unsigned int fastabi_type_width(const struct fastabi_type *type);

/*
 * Whether it is signed.
 * Since 0.1.
 */
FASTABI_API bool fastabi_type_is_signed(const struct fastabi_type *type);

/*
 * Whether its values say where guest memory is: addresses and frame numbers.
 * Since 0.2.
 */
FASTABI_API bool fastabi_type_is_memory(const struct fastabi_type *type);

/*
 * Sign and width as a word: "u32".
 * Since 0.1.
 */
FASTABI_API const char *fastabi_type_repr(const struct fastabi_type *type);

/*
 * The same as C's <stdint.h> has it: "uint32_t".
 * Since 0.2.
 */
FASTABI_API const char *fastabi_type_c_integer(const struct fastabi_type *type);

/*
 * Its C type in Xen's headers, "evtchn_port_t", or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_type_c_type(const struct fastabi_type *type);

/*
 * Documentation, plain text in which a newline starts a paragraph, or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_type_doc(const struct fastabi_type *type);

#ifdef __cplusplus
}
#endif
#endif
