/* SPDX-License-Identifier: MIT */
/* The accessors of include/fastabi/classic.h.  Reads the IR, and changes nothing. */
#include <fastabi/classic.h>

#include <string.h>

#include "base/names.h"
#include "spec/ir.h"

size_t fastabi_op_classic_success_count(const struct fastabi_op *op)
{
    return op && op->classic ? op->classic->success.count : 0;
}

const char *fastabi_op_classic_success(const struct fastabi_op *op, size_t i, int64_t *value)
{
    bool there = i < fastabi_op_classic_success_count(op);

    if (value)
        *value = there ? op->classic->success.items[i].number : 0;
    return there ? op->classic->success.items[i].name : NULL;
}

size_t fastabi_op_classic_ignore_count(const struct fastabi_op *op)
{
    return op && op->classic ? op->classic->ignore.count : 0;
}

const char *fastabi_op_classic_ignore(const struct fastabi_op *op, size_t i)
{
    return i < fastabi_op_classic_ignore_count(op) ? op->classic->ignore.items[i] : NULL;
}

size_t fastabi_op_classic_fallback_count(const struct fastabi_op *op)
{
    if (!op)
        return 0;
    return op->classic && op->classic->fallback.count ? op->classic->fallback.count : 1;
}

const char *fastabi_op_classic_fallback(const struct fastabi_op *op, size_t i, int *number)
{
    const char *name = NULL;

    if (i < fastabi_op_classic_fallback_count(op))
        name = op->classic && op->classic->fallback.count ? op->classic->fallback.items[i]
                                                          : "ENOSYS";
    if (number)
        *number = name ? fastabi_errno_number(name) : 0;
    return name;
}

bool fastabi_op_classic_elements(const struct fastabi_op *op, unsigned int *arg)
{
    bool said = op && op->classic && op->classic->elements_mark.line;

    if (arg)
        *arg = said ? op->classic->elements : 0;
    return said;
}

const char *fastabi_op_classic_linear(const struct fastabi_op *op,
                                      const struct fastabi_param **param, uint32_t *index,
                                      uint32_t *size)
{
    const struct fastabi_linear *linear = op && op->classic && op->classic->linear.mark.line
                                              ? &op->classic->linear
                                              : NULL;

    if (param)
        *param = linear ? linear->param : NULL;
    if (index)
        *index = linear ? linear->index : 0;
    if (size)
        *size = linear ? linear->size : 0;
    return linear ? linear->field : NULL;
}

const char *fastabi_op_classic_linear_macro(const struct fastabi_op *op)
{
    return op && op->classic ? op->classic->linear.index_macro : NULL;
}

bool fastabi_op_classic_linear_none(const struct fastabi_op *op, int64_t *value)
{
    bool said = op && op->classic && op->classic->linear.has_none;

    if (value)
        *value = said ? op->classic->linear.none : 0;
    return said;
}

uint32_t fastabi_op_classic_interface_version(const struct fastabi_op *op)
{
    return op && op->classic ? op->classic->interface_version : 0;
}

const struct fastabi_param *fastabi_op_classic_range(const struct fastabi_op *op)
{
    return op && op->classic ? op->classic->range.count : NULL;
}

size_t fastabi_op_classic_next_count(const struct fastabi_op *op)
{
    return op && op->classic ? op->classic->range.next_count : 0;
}

const struct fastabi_param *fastabi_op_classic_next(const struct fastabi_op *op, size_t i)
{
    return i < fastabi_op_classic_next_count(op) ? op->classic->range.next[i] : NULL;
}
