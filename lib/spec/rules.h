/* SPDX-License-Identifier: MIT */
/* What must hold of an operation and of a whole specification, while it is read. */
#ifndef FASTABI_LIB_RULES_H
#define FASTABI_LIB_RULES_H

#include "read/form.h"
#include "spec/ir.h"

int fastabi_check_op(struct fastabi_form *form, const struct fastabi_op *op);

/* What xen says; once the arguments of the handler are settled. */
int fastabi_check_xen(struct fastabi_form *form, const struct fastabi_op *op);

/* What classic says; after xen was found right. */
int fastabi_check_classic(struct fastabi_form *form, const struct fastabi_op *op);

/* has_operations: direct or subops was there, even if at fault; first: of subops, or NULL. */
int fastabi_check_spec(struct fastabi_form *form, const struct fastabi_spec *spec,
                       bool has_operations, const struct fastabi_op *first);

#endif
