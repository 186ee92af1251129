/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor side of an operation, as the key xen describes it: guest memory that a handler
 * reaches by a guest handle, and the progress of a call that was interrupted.  The rest of the key
 * is in spec.h.
 *
 * Everything here belongs to the specification and is freed with it.  The rules for accessors are
 * in context.h.
 */
#ifndef FASTABI_XEN_H
#define FASTABI_XEN_H

#include <fastabi/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Elements of an array whose count is a number, at most.
 * Since 0.2.
 */
#define FASTABI_XEN_COUNT_MAX 8192

/* An array.  Since 0.2. */
struct fastabi_xen_array;

/*
 * Where the elements of an array come from, and go to.
 * Since 0.2.
 */
enum fastabi_xen_direction {
    /* Each element is the value of a parameter. */
    FASTABI_XEN_VALUE,
    /* The first is an input's value, the next ones follow in equal steps. */
    FASTABI_XEN_SEQUENCE,
    /* Read from the guest-physical address in an input. */
    FASTABI_XEN_FROM,
    /* Written there when the call succeeded. */
    FASTABI_XEN_TO,
    /* Read from there, and written back when the call succeeded. */
    FASTABI_XEN_BOTH,
};

/*
 * Number of arrays of an operation.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_op_xen_array_count(const struct fastabi_op *op);

/*
 * The i-th array of an operation.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_xen_array *fastabi_op_xen_array(const struct fastabi_op *op,
                                                                 size_t i);

/*
 * The array that argument i of the handler points to; NULL: the argument is something else.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_xen_array *fastabi_op_xen_arg_array(const struct fastabi_op *op,
                                                                     size_t i);

/*
 * Path of the field that holds the handle, or the name of the argument that is one.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_xen_array_name(const struct fastabi_xen_array *array);

/*
 * Is the handle an argument of the handler, not a field of its struct?
 * Since 0.2.
 */
FASTABI_API bool fastabi_xen_array_is_argument(const struct fastabi_xen_array *array);

/*
 * Where the elements come from, and go to.
 * Since 0.2.
 */
FASTABI_API enum fastabi_xen_direction
fastabi_xen_array_direction(const struct fastabi_xen_array *array);

/*
 * Number of parameters of an array: one for each element of FASTABI_XEN_VALUE, else one.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_xen_array_param_count(const struct fastabi_xen_array *array);

/*
 * The i-th of them: an element, the first element of a sequence, or the guest-physical address.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_param *
fastabi_xen_array_param(const struct fastabi_xen_array *array, size_t i);

/*
 * The input n that makes the step of a sequence 1 << n; NULL: the step is 1.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_param *
fastabi_xen_array_order(const struct fastabi_xen_array *array);

/*
 * The field of the struct that has the number of elements, or NULL.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_xen_array_count_field(const struct fastabi_xen_array *array);

/*
 * The input that has it and is an argument of its own, or NULL.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_param *
fastabi_xen_array_count_param(const struct fastabi_xen_array *array);

/*
 * The number itself, at most FASTABI_XEN_COUNT_MAX; 0: it is in a field or an input, or the
 * elements are counted by their parameters.
 * Since 0.2.
 */
FASTABI_API uint32_t fastabi_xen_array_count(const struct fastabi_xen_array *array);

/*
 * The struct that an element is, without "struct", or NULL.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_xen_array_struct(const struct fastabi_xen_array *array);

/*
 * Bytes of an element, at most FASTABI_XEN_ELEMENT_MAX; 0: it is a struct, or as wide as its
 * parameter.
 * Since 0.2.
 */
FASTABI_API uint32_t fastabi_xen_array_size(const struct fastabi_xen_array *array);

/*
 * Does an address of 0 stand for a handle of 0, and for no memory?
 * Since 0.2.
 */
FASTABI_API bool fastabi_xen_array_is_optional(const struct fastabi_xen_array *array);

/*
 * Are as many elements written as the handler's result says?
 * Since 0.2.
 */
FASTABI_API bool fastabi_xen_array_stores_result(const struct fastabi_xen_array *array);

/*
 * How an interrupted handler says how many elements are done; false: nothing is
 * said. The number is in bits *shift (0 to 31) and up of argument *arg (0 to 4) of the call that
 * it wants to go on with.  *left: it counts the elements that are left.
 * Since 0.2.
 */
FASTABI_API bool fastabi_op_xen_progress(const struct fastabi_op *op, unsigned int *arg,
                                         unsigned int *shift, bool *left);

/*
 * The output that tells the caller how many elements are done; NULL: the result does.
 * Since 0.2.
 */
FASTABI_API const struct fastabi_param *fastabi_op_xen_progress_param(const struct fastabi_op *op);

/*
 * Bytes that hold any of the sentences below.
 * Since 0.2.
 */
#define FASTABI_NOTE_SIZE 1024

/*
 * The i-th sentence that keys other than doc and safety say of an operation: who can make the call,
 * since when, and how it ends when it is interrupted.  Plain text, stored with a NUL.  false: there
 * is no i-th.
 * Since 0.2.
 */
FASTABI_API bool fastabi_op_note(const struct fastabi_op *op, size_t i, char *buffer, size_t size);

/*
 * The i-th sentence that keys other than doc say of an input: the fields that it is packed of, and
 * the memory that is at its address.
 * Since 0.2.
 */
FASTABI_API bool fastabi_param_note(const struct fastabi_op *op, const struct fastabi_param *param,
                                    size_t i, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif
#endif
