/* SPDX-License-Identifier: MIT */
/*
 * The classic call of an operation: the key classic.
 *
 * It tells how that call differs from what the operation's registers and its handler tell.  A
 * bridge, which takes the arguments of the classic call and makes the FastABI call, needs it,
 * together with the key xen (spec.h, xen.h).
 *
 * Everything here belongs to the specification and is freed with it.  The rules for accessors are
 * in context.h.
 */
#ifndef FASTABI_CLASSIC_H
#define FASTABI_CLASSIC_H

#include <fastabi/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Number of fields that no register carries and that the classic call writes when it succeeds.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_op_classic_success_count(const struct fastabi_op *op);

/*
 * Path of the i-th of those fields.  Stores what the call writes there.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_op_classic_success(const struct fastabi_op *op, size_t i,
                                                   int64_t *value);

/*
 * Number of fields that no register carries and whose value does not matter to the classic call.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_op_classic_ignore_count(const struct fastabi_op *op);

/*
 * Path of the i-th of those fields.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_op_classic_ignore(const struct fastabi_op *op, size_t i);

/*
 * Number of errors that come before any effect, after which the classic call can be made instead;
 * at least 1.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_op_classic_fallback_count(const struct fastabi_op *op);

/*
 * Name of the i-th of those errors: "ENOSYS".  Stores its number in Xen's errno.h.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_op_classic_fallback(const struct fastabi_op *op, size_t i,
                                                    int *number);

/*
 * Does the classic call take an array of structs?  Stores which argument, counted from 0, is the
 * number of them.
 * Since 0.2.
 */
FASTABI_API bool fastabi_op_classic_elements(const struct fastabi_op *op, unsigned int *arg);

/*
 * The field of the operation's struct in which another sub-operation of the classic ABI takes a
 * linear address, or NULL.  Stores the input that takes the guest-physical address instead, the
 * index of the other sub-operation, and the bytes that are at the address.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_op_classic_linear(const struct fastabi_op *op,
                                                  const struct fastabi_param **param,
                                                  uint32_t *index, uint32_t *size);

/*
 * Xen's macro for the index of that sub-operation, or NULL.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_op_classic_linear_macro(const struct fastabi_op *op);

/*
 * Does a linear address of 0 stand for nothing?  Stores what the input is then.
 * Since 0.2.
 */
FASTABI_API bool fastabi_op_classic_linear_none(const struct fastabi_op *op, int64_t *value);

/*
 * The first __XEN_INTERFACE_VERSION__ in which the header's struct has the fields that the
 * operation names; 0: nothing is said.
 * Since 0.2.
 */
FASTABI_API uint32_t fastabi_op_classic_interface_version(const struct fastabi_op *op);

/*
 * The input that counts the elements of a range, or NULL.  A result n above 0 says that n elements
 * are done: the call goes on with n less, and n more in each of the inputs that follow.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_param *fastabi_op_classic_range(const struct fastabi_op *op);

/*
 * Number of the inputs that advance with each element of a range.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_op_classic_next_count(const struct fastabi_op *op);

/*
 * The i-th of those inputs.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_param *fastabi_op_classic_next(const struct fastabi_op *op,
                                                                size_t i);

/*
 * The i-th sentence that the key classic says of an operation.  Plain text, stored with a NUL; a
 * buffer of FASTABI_NOTE_SIZE bytes holds any.  Returns false if there are not that many.
 * Since 0.2.
 */
FASTABI_API bool fastabi_op_classic_note(const struct fastabi_op *op, size_t i, char *buffer,
                                         size_t size);

#ifdef __cplusplus
}
#endif
#endif
