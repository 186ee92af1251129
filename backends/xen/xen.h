/* SPDX-License-Identifier: MIT */
/*
 * What the files of the xen backend share.  Like a third party's backend, it sees the public API
 * only.
 */
#ifndef FASTABI_BACKENDS_XEN_H
#define FASTABI_BACKENDS_XEN_H

#include <fastabi/fastabi.h>

/* What an operation needs beyond registers and fields. */
enum xen_need {
    XEN_NEED_ARRAY = 1u << 0,    /* an array after the struct */
    XEN_NEED_MEMORY = 1u << 1,   /* guest-physical memory */
    XEN_NEED_CONTINUE = 1u << 2, /* a continuation by another sub-operation */
    XEN_NEED_STATUS = 1u << 3,   /* a failure told in a field */
    XEN_NEED_PROGRESS = 1u << 4, /* part of the work, when the call is interrupted */
};

/* Columns of a line, by Xen's coding style. */
#define XEN_WIDTH 79

/* op.c */

unsigned int xen_needs(const struct fastabi_op *op);

/* "op32_status", no two the same in one file */
const char *xen_name(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                     const struct fastabi_op *op);

/* Why there is no way to the handler, or NULL. */
const char *xen_fault(const struct fastabi_op *op);

/* The functions of one operation, into the writer that is the emission's state. */
void xen_write_op(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                  const struct fastabi_op *op);

/* field.c */

/* The field that holds a parameter's value, or NULL. */
const char *xen_field_of(const struct fastabi_op *op, const struct fastabi_param *param);

/* array.c */

unsigned int xen_array_needs(const struct fastabi_op *op);
bool xen_writes_memory(const struct fastabi_op *op);
bool xen_has_sequence(const struct fastabi_op *op);
bool xen_has_counted_array(const struct fastabi_op *op);

/* Is the parameter's value an element of an array, or the first one of a sequence? */
bool xen_array_takes(const struct fastabi_op *op, const struct fastabi_param *param);

/*
 * Number of the first array that has the parameter for its count; of the array that an argument
 * points to; or -1.
 */
int xen_array_counted_by(const struct fastabi_op *op, const struct fastabi_param *param);
int xen_array_of_arg(const struct fastabi_op *op, size_t arg);

void xen_write_array_checks(struct fastabi_writer *writer, const struct fastabi_op *op);
void xen_write_array_locals(struct fastabi_writer *writer, const struct fastabi_op *op);
void xen_write_arrays_in(struct fastabi_writer *writer, const struct fastabi_op *op);
void xen_write_arrays_out(struct fastabi_writer *writer, const struct fastabi_op *op);

/* The handler was interrupted: what it is done with is a success. */
void xen_write_progress(struct fastabi_writer *writer, const struct fastabi_op *op);

/* An output that comes from no field; false: none of these. */
bool xen_write_output(struct fastabi_writer *writer, const struct fastabi_op *op,
                      const struct fastabi_param *param);

extern const struct fastabi_backend fastabi_backend_xen;

#endif
