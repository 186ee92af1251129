/* SPDX-License-Identifier: MIT */
/*
 * Memory that a handler reaches by a guest handle: it lies in the argument area after the struct,
 * is filled before the call and stored after it.  Array i is at a<i>, has n<i> elements, and the
 * handler is given h<i>.
 */
#include <stdio.h>
#include <string.h>

#include "xen.h"

static bool is_memory(const struct fastabi_xen_array *array)
{
    enum fastabi_xen_direction direction = fastabi_xen_array_direction(array);

    return direction == FASTABI_XEN_FROM || direction == FASTABI_XEN_TO ||
           direction == FASTABI_XEN_BOTH;
}

static bool is_read(const struct fastabi_xen_array *array)
{
    enum fastabi_xen_direction direction = fastabi_xen_array_direction(array);

    return direction == FASTABI_XEN_FROM || direction == FASTABI_XEN_BOTH;
}

static bool is_written(const struct fastabi_xen_array *array)
{
    enum fastabi_xen_direction direction = fastabi_xen_array_direction(array);

    return direction == FASTABI_XEN_TO || direction == FASTABI_XEN_BOTH;
}

static bool is_counted(const struct fastabi_xen_array *array)
{
    return fastabi_xen_array_direction(array) != FASTABI_XEN_VALUE;
}

static const char *element_type(const struct fastabi_xen_array *array, size_t i)
{
    return fastabi_param_c_integer(fastabi_xen_array_param(array, i));
}

/* Bytes both ways: the handler reads how many it may write, where the caller may give fewer. */
static bool starts_with_length(const struct fastabi_xen_array *array)
{
    return fastabi_xen_array_direction(array) == FASTABI_XEN_BOTH &&
           !fastabi_xen_array_struct(array) && fastabi_xen_array_size(array) == 1;
}

/* "sizeof(struct gnttab_copy)", "20U", "sizeof(uint64_t)" */
static void write_size(struct fastabi_writer *writer, const struct fastabi_xen_array *array)
{
    if (fastabi_xen_array_struct(array))
        fastabi_write(writer, "sizeof(struct %s)", fastabi_xen_array_struct(array));
    else if (fastabi_xen_array_size(array))
        fastabi_write(writer, "%uU", fastabi_xen_array_size(array));
    else
        fastabi_write(writer, "sizeof(%s)", element_type(array, 0));
}

unsigned int xen_array_needs(const struct fastabi_op *op)
{
    unsigned int needs = 0;

    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);

        needs |= XEN_NEED_ARRAY;
        if (is_memory(array))
            needs |= XEN_NEED_MEMORY;
    }
    return needs;
}

bool xen_writes_memory(const struct fastabi_op *op)
{
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        if (is_written(fastabi_op_xen_array(op, i)))
            return true;
    }
    return false;
}

bool xen_array_takes(const struct fastabi_op *op, const struct fastabi_param *param)
{
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);

        for (size_t j = 0; !is_memory(array) && j < fastabi_xen_array_param_count(array); j++) {
            if (fastabi_xen_array_param(array, j) == param)
                return true;
        }
    }
    return false;
}

int xen_array_counted_by(const struct fastabi_op *op, const struct fastabi_param *param)
{
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        if (fastabi_xen_array_count_param(fastabi_op_xen_array(op, i)) == param)
            return (int)i;
    }
    return -1;
}

int xen_array_of_arg(const struct fastabi_op *op, size_t arg)
{
    const struct fastabi_xen_array *array = fastabi_op_xen_arg_array(op, arg);

    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        if (fastabi_op_xen_array(op, i) == array)
            return (int)i;
    }
    return -1;
}

/*
 * The first array with a count: the one whose elements the progress counts.  The number of arrays:
 * there is none.
 */
static unsigned int counted_array(const struct fastabi_op *op)
{
    unsigned int i = 0;

    while (i < fastabi_op_xen_array_count(op) && !is_counted(fastabi_op_xen_array(op, i)))
        i++;
    return i;
}

/* ---- where an array is ---- */

bool xen_has_counted_array(const struct fastabi_op *op)
{
    return counted_array(op) < fastabi_op_xen_array_count(op);
}

void xen_write_array_locals(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    unsigned int count = (unsigned int)fastabi_op_xen_array_count(op);
    const char *head = fastabi_op_xen_struct(op) ? "sizeof(*arg)" : "0";

    for (unsigned int i = 0; i < count; i++) {
        fastabi_write(writer,
                      "    void *a%u = FASTABI_ARRAY(arg, %s, %u, %u);\n"
                      "    void *h%u = FASTABI_ARRAY(FASTABI_HANDLE(arg), %s, %u, %u);\n",
                      i, head, i, count, i, head, i, count);
        if (is_counted(fastabi_op_xen_array(op, i)))
            fastabi_write(writer, "    unsigned long n%u;\n", i);
    }
}

/* Elements are as large as this tree's header says, where a handle of the struct's knows it. */
void xen_write_array_checks(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);

        if (fastabi_xen_array_is_argument(array))
            continue;
        fastabi_write(writer, "    FASTABI_CHECK_ELEMENT(arg->%s, ", fastabi_xen_array_name(array));
        write_size(writer, array);
        fastabi_write(writer, ");\n");
    }
}

/* ---- before the call ---- */

/* Clamp a count from the guest: a processor that speculates past the check uses no larger one. */
static void write_clamp(struct fastabi_writer *writer, const struct fastabi_xen_array *array,
                        const char *head, unsigned int i, unsigned int count)
{
    if (!fastabi_xen_array_count_param(array) && !fastabi_xen_array_count_field(array))
        return;
    fastabi_write(writer, "    n%u = array_index_nospec(n%u, FASTABI_ROOM(%s, %u) /%s", i, i, head,
                  count,
                  fastabi_xen_array_size(array) ? " " : "\n                                ");
    write_size(writer, array);
    fastabi_write(writer, " + 1);\n");
}

/* Are the elements of both counted by one input, or by one field? */
static bool is_same_count(const struct fastabi_xen_array *a, const struct fastabi_xen_array *b)
{
    const char *field = fastabi_xen_array_count_field(a);
    const char *other = fastabi_xen_array_count_field(b);

    if (!is_counted(a) || !is_counted(b))
        return false;
    if (a == b)
        return true;
    return fastabi_xen_array_count_param(a)
               ? fastabi_xen_array_count_param(a) == fastabi_xen_array_count_param(b)
               : field && other && !strcmp(field, other);
}

/* The first array that has the count of array i. */
static unsigned int first_of_count(const struct fastabi_op *op, unsigned int i)
{
    unsigned int first = 0;

    while (!is_same_count(fastabi_op_xen_array(op, first), fastabi_op_xen_array(op, i)))
        first++;
    return first;
}

static bool is_same_size(const struct fastabi_xen_array *a, const struct fastabi_xen_array *b)
{
    const char *type = fastabi_xen_array_struct(a), *other = fastabi_xen_array_struct(b);

    if (type || other)
        return type && other && !strcmp(type, other);
    return fastabi_xen_array_size(a)
               ? fastabi_xen_array_size(a) == fastabi_xen_array_size(b)
               : !fastabi_xen_array_size(b) && !strcmp(element_type(a, 0), element_type(b, 0));
}

/* Is a count that is too large for this array cut off, and not refused? */
static bool is_cut(const struct fastabi_op *op, const struct fastabi_xen_array *array)
{
    return fastabi_op_xen_progress(op, NULL, NULL, NULL) ||
           fastabi_xen_array_direction(array) == FASTABI_XEN_TO;
}

/* Has one between array i and this one the same limit? */
static bool is_limited(const struct fastabi_op *op, unsigned int i, unsigned int until)
{
    const struct fastabi_xen_array *array = fastabi_op_xen_array(op, until);

    for (; i < until; i++) {
        const struct fastabi_xen_array *other = fastabi_op_xen_array(op, i);

        if (is_same_count(other, array) && is_cut(op, other) == is_cut(op, array) &&
            is_same_size(other, array))
            return true;
    }
    return false;
}

/* An array has room for n<i> elements. */
static void write_limit(struct fastabi_writer *writer, const struct fastabi_op *op, unsigned int i,
                        const struct fastabi_xen_array *array)
{
    const char *head = fastabi_op_xen_struct(op) ? "sizeof(*arg)" : "0";
    unsigned int count = (unsigned int)fastabi_op_xen_array_count(op);

    fastabi_write(writer, "    if ( n%u > FASTABI_ROOM(%s, %u) / ", i, head, count);
    write_size(writer, array);
    if (is_cut(op, array)) {
        fastabi_write(writer, " )\n        n%u = FASTABI_ROOM(%s, %u) / ", i, head, count);
        write_size(writer, array);
        fastabi_write(writer, ";\n");
    } else {
        fastabi_write(writer, " )\n        return fastabi_refuse(regs, -E2BIG);\n");
    }
    write_clamp(writer, array, head, i, count);
}

/*
 * The count of array i, and of all arrays after it that have the same one: the handler is given one
 * number, which each of them has to have room for.  What refuses comes before what cuts off.
 */
static void write_count(struct fastabi_writer *writer, const struct fastabi_op *op, unsigned int i)
{
    const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);
    const struct fastabi_param *param = fastabi_xen_array_count_param(array);
    const char *field = fastabi_xen_array_count_field(array);
    unsigned int count = (unsigned int)fastabi_op_xen_array_count(op);
    bool any_cut = false;

    if (param)
        fastabi_write(writer, "    n%u = (%s)regs->%s;\n", i, fastabi_param_c_integer(param),
                      fastabi_register_name(fastabi_param_in(param)));
    else if (field)
        fastabi_write(writer, "    n%u = arg->%s;\n", i, field);
    else
        fastabi_write(writer, "    n%u = %u;\n", i, fastabi_xen_array_count(array));
    for (int cuts = 0; cuts < 2; cuts++) {
        for (unsigned int j = i; j < count; j++) {
            const struct fastabi_xen_array *other = fastabi_op_xen_array(op, j);

            if (!is_same_count(array, other) || is_cut(op, other) != (cuts == 1) ||
                is_limited(op, i, j))
                continue;
            write_limit(writer, op, i, other);
            any_cut |= cuts == 1;
        }
    }
    for (unsigned int j = i + 1; j < count; j++) {
        if (is_same_count(array, fastabi_op_xen_array(op, j)))
            fastabi_write(writer, "    n%u = n%u;\n", j, i);
    }
    if (param)
        field = xen_field_of(op, param);
    if (any_cut && field)
        fastabi_write(writer, "    arg->%s = n%u;\n", field, i);
}

static void write_values(struct fastabi_writer *writer, const struct fastabi_xen_array *array,
                         unsigned int i)
{
    for (size_t j = 0; j < fastabi_xen_array_param_count(array); j++) {
        const struct fastabi_param *param = fastabi_xen_array_param(array, j);

        fastabi_write(writer, "    ((%s *)a%u)[%u] = ", element_type(array, j), i, (unsigned int)j);
        if (fastabi_param_in(param) == FASTABI_NO_REGISTER)
            fastabi_write(writer, "0;\n");
        else
            fastabi_write(writer, "regs->%s;\n", fastabi_register_name(fastabi_param_in(param)));
    }
}

static void write_sequence(struct fastabi_writer *writer, const struct fastabi_xen_array *array,
                           unsigned int i)
{
    const struct fastabi_param *order = fastabi_xen_array_order(array);
    const struct fastabi_param *first = fastabi_xen_array_param(array, 0);

    fastabi_write(writer,
                  "    for ( i = 0; i < n%u; i++ )\n"
                  "        ((%s *)a%u)[i] = regs->%s + ",
                  i, element_type(array, 0), i, fastabi_register_name(fastabi_param_in(first)));
    if (order)
        fastabi_write(writer, "FASTABI_STEPS(i, (%s)regs->%s);\n", fastabi_param_c_integer(order),
                      fastabi_register_name(fastabi_param_in(order)));
    else
        fastabi_write(writer, "i;\n");
}

/* Nothing is read or written at an address of 0, where that stands for no memory. */
static void write_presence(struct fastabi_writer *writer, const struct fastabi_xen_array *array,
                           unsigned int i)
{
    if (fastabi_xen_array_is_optional(array))
        fastabi_write(writer, "h%u && ", i);
}

static void write_memory(struct fastabi_writer *writer, const struct fastabi_xen_array *array,
                         unsigned int i)
{
    const char *address = fastabi_register_name(
        fastabi_param_in(fastabi_xen_array_param(array, 0)));

    if (fastabi_xen_array_is_optional(array))
        fastabi_write(writer, "    if ( !regs->%s )\n        h%u = NULL;\n", address, i);
    if (is_read(array)) {
        bool is_long = fastabi_xen_array_struct(array) != NULL;

        if (starts_with_length(array))
            fastabi_write(writer, "    memset(a%u, 0, sizeof(uint64_t));\n", i);
        fastabi_write(writer, "    if ( ");
        write_presence(writer, array, i);
        fastabi_write(writer, "n%u &&%sfastabi_copy_from_phys(a%u, regs->%s,%sn%u * ", i,
                      is_long ? "\n         " : " ", i, address,
                      is_long ? "\n                                " : " ", i);
        write_size(writer, array);
        fastabi_write(writer, ") )\n        h%u = FASTABI_FAULTS(arg);\n", i);
        return;
    }
    fastabi_write(writer, "    memset(a%u, 0, n%u * ", i, i);
    write_size(writer, array);
    fastabi_write(writer, ");\n");
}

bool xen_has_sequence(const struct fastabi_op *op)
{
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        if (fastabi_xen_array_direction(fastabi_op_xen_array(op, i)) == FASTABI_XEN_SEQUENCE)
            return true;
    }
    return false;
}

void xen_write_arrays_in(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    for (unsigned int i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);

        if (is_counted(array) && first_of_count(op, i) == i)
            write_count(writer, op, i);
        if (is_memory(array))
            write_memory(writer, array, i);
        else if (is_counted(array))
            write_sequence(writer, array, i);
        else
            write_values(writer, array, i);
        if (!fastabi_xen_array_is_argument(array))
            fastabi_write(writer, "    set_xen_guest_handle(arg->%s, h%u);\n",
                          fastabi_xen_array_name(array), i);
    }
}

/* ---- after it ---- */

void xen_write_progress(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    const struct fastabi_param *param = fastabi_op_xen_progress_param(op);
    const char *field = param ? xen_field_of(op, param) : NULL;
    unsigned int n = counted_array(op), arg, shift;
    bool left;

    fastabi_op_xen_progress(op, &arg, &shift, &left);
    fastabi_write(writer, "    if ( unlikely(curr->hcall_preempted) )\n    {\n");
    if (left)
        fastabi_write(
            writer,
            "        unsigned long done = n%u - ((uint32_t)FASTABI_NEXT(curr, %u) >> %u);\n", n,
            arg, shift);
    else
        fastabi_write(writer,
                      "        unsigned long done = (uint32_t)FASTABI_NEXT(curr, %u) >> %u;\n", arg,
                      shift);
    fastabi_write(writer, "\n        if ( !done");
    if (n < fastabi_op_xen_array_count(op))
        fastabi_write(writer, " || done > n%u", n);
    fastabi_write(writer, " )\n"
                          "            return fastabi_preempted(regs, 0, true);\n"
                          "        curr->hcall_preempted = false;\n");
    for (unsigned int i = n; i < fastabi_op_xen_array_count(op); i++) {
        if (!is_counted(fastabi_op_xen_array(op, i)))
            continue;
        if (first_of_count(op, i) == n)
            fastabi_write(writer, "        n%u = done;\n", i);
        else
            fastabi_write(writer, "        n%u = min_t(unsigned long, n%u, done);\n", i, i);
    }
    if (field)
        fastabi_write(writer, "        arg->%s = done;\n", field);
    fastabi_write(writer, "        rc = %s;\n    }\n", param ? "0" : "done");
}

/* What is stored: as many as the count says now; the result; or all. */
static void write_stored(struct fastabi_writer *writer, const struct fastabi_op *op,
                         const struct fastabi_xen_array *array, unsigned int i)
{
    static const char line[] =
        "         fastabi_copy_to_phys(regs->r10, a0, n0 * sizeof(struct )) )";
    static const char least[] =
        "                              min_t(unsigned long, n0, arg->) * 16U) )";
    static const char of_struct[] = "sizeof(struct";
    const char *type = fastabi_xen_array_struct(array);
    const struct fastabi_param *param = fastabi_xen_array_count_param(array);
    const char *field = param ? xen_field_of(op, param) : fastabi_xen_array_count_field(array);

    if (fastabi_xen_array_stores_result(array))
        fastabi_write(writer, "\n                              min_t(unsigned long, n%u, rc) * ",
                      i);
    else if (field)
        fastabi_write(writer,
                      "\n                              min_t(unsigned long, n%u, arg->%s) *%s", i,
                      field,
                      strlen(least) + strlen(field) +
                                  (type ? strlen(of_struct) + strlen(type) : 0) >
                              XEN_WIDTH
                          ? "\n                              "
                          : " ");
    else if (type && strlen(line) + strlen(type) > XEN_WIDTH)
        fastabi_write(writer, "\n                              n%u * ", i);
    else
        fastabi_write(writer, " n%u * ", i);
    write_size(writer, array);
}

void xen_write_arrays_out(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    for (unsigned int i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);

        if (!is_written(array))
            continue;
        fastabi_write(writer, "    if ( ");
        write_presence(writer, array, i);
        fastabi_write(writer,
                      "h%u != FASTABI_FAULTS(arg) && n%u &&\n"
                      "         fastabi_copy_to_phys(regs->%s, a%u,",
                      i, i,
                      fastabi_register_name(fastabi_param_in(fastabi_xen_array_param(array, 0))),
                      i);
        write_stored(writer, op, array, i);
        fastabi_write(writer, ") )\n        return fastabi_refuse(regs, -EFAULT);\n");
    }
}

bool xen_write_output(struct fastabi_writer *writer, const struct fastabi_op *op,
                      const struct fastabi_param *param)
{
    const char *reg = fastabi_register_name(fastabi_param_out(param));

    for (unsigned int i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);

        for (size_t j = 0; !is_counted(array) && j < fastabi_xen_array_param_count(array); j++) {
            if (fastabi_xen_array_param(array, j) != param)
                continue;
            fastabi_write(writer, "    regs->%s = ((%s *)a%u)[%u];\n", reg,
                          fastabi_param_c_integer(param), i, (unsigned int)j);
            return true;
        }
    }
    if (fastabi_op_xen_progress_param(op) != param)
        return false;
    fastabi_write(writer, "    regs->%s = n%u;\n", reg, counted_array(op));
    return true;
}
