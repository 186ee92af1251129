/* SPDX-License-Identifier: MIT */
/*
 * What the files of the xen backend share.  Like a third party's backend, it sees the public API
 * only.
 */
#ifndef FASTABI_BACKENDS_XEN_H
#define FASTABI_BACKENDS_XEN_H

#include <fastabi/fastabi.h>

/* Longest name made here: one of the language's, a prefix and a number. */
#define XEN_NAME_MAX 160

/* What an operation needs beyond registers and fields. */
enum xen_need {
    XEN_NEED_ARRAY = 1u << 0,    /* an array behind the struct */
    XEN_NEED_MEMORY = 1u << 1,   /* guest-physical memory */
    XEN_NEED_CONTINUE = 1u << 2, /* a continuation by another sub-operation */
    XEN_NEED_STATUS = 1u << 3,   /* a failure told in a field */
};

/* op.c */

unsigned int xen_needs(const struct fastabi_op *op);

/* "op32_status", no two the same in one file */
void xen_name(const struct fastabi_spec *spec, const struct fastabi_op *op,
              char name[XEN_NAME_MAX]);

/* Why there is no way to the handler, or NULL. */
const char *xen_fault(const struct fastabi_op *op);

/* The functions of one operation. */
void xen_write_op(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                  const struct fastabi_op *op);

extern const struct fastabi_backend fastabi_backend_xen;

#endif
