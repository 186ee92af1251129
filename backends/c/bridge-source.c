/* SPDX-License-Identifier: MIT */
/*
 * Where the parameters of an operation are in its classic call: the key xen, read backwards.  What
 * has no place there cannot be carried.
 */
#include <string.h>

#include "bridge.h"

const char *c_find_field(const struct fastabi_op *op, const struct fastabi_param *param)
{
    for (size_t i = 0; i < fastabi_op_xen_field_count(op); i++) {
        const struct fastabi_param *carried;
        const char *path = fastabi_op_xen_field(op, i, &carried, NULL);

        if (carried == param)
            return path;
    }
    return NULL;
}

static const struct fastabi_xen_array *
find_array(const struct fastabi_op *op, const struct fastabi_param *param, size_t *element)
{
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);

        for (*element = 0; *element < fastabi_xen_array_param_count(array); (*element)++) {
            if (fastabi_xen_array_param(array, *element) == param)
                return array;
        }
    }
    return NULL;
}

const struct fastabi_xen_array *c_find_element(const struct fastabi_op *op,
                                               const struct fastabi_param *param, size_t *element)
{
    const struct fastabi_xen_array *array = find_array(op, param, element);

    return array && fastabi_xen_array_direction(array) == FASTABI_XEN_VALUE ? array : NULL;
}

enum c_source c_find_source(const struct c_carry *carry, const struct fastabi_param *param,
                            size_t *arg, const char **field, const struct fastabi_xen_array **array,
                            size_t *element)
{
    const struct fastabi_op *op = carry->stub.op;

    if (fastabi_param_part_count(param))
        return C_SOURCE_PACK;
    if (fastabi_param_field(param))
        return carry->stub.structure ? C_SOURCE_STRUCT : C_SOURCE_NONE;
    for (*arg = 0; *arg < fastabi_op_xen_arg_count(op); (*arg)++) {
        const struct fastabi_param *passed;

        if (fastabi_op_xen_arg(op, *arg, &passed, NULL) == FASTABI_XEN_PARAM && passed == param)
            return C_SOURCE_ARG;
    }
    if (fastabi_op_xen_frame(op) == param)
        return C_SOURCE_FRAME;
    *field = c_find_field(op, param);
    if (*field)
        return C_SOURCE_FIELD;
    *array = find_array(op, param, element);
    if (!*array)
        return C_SOURCE_NONE;
    switch (fastabi_xen_array_direction(*array)) {
    case FASTABI_XEN_VALUE:
        return C_SOURCE_ELEMENT;
    case FASTABI_XEN_SEQUENCE:
        return C_SOURCE_SEQUENCE;
    default:
        return C_SOURCE_ADDRESS;
    }
}

const struct fastabi_param *c_count_param(const struct fastabi_op *op,
                                          const struct fastabi_xen_array *array)
{
    const char *path = fastabi_xen_array_count_field(array);

    if (!path)
        return fastabi_xen_array_count_param(array);
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        const char *field = c_find_field(op, param);

        if (field && !strcmp(field, path))
            return param;
    }
    return NULL;
}

/* ---- can it be carried? ---- */

/* Can an input be any guest-physical address, or frame, as an integer? */
static bool holds_address(const struct c_carry *carry, const struct fastabi_param *param)
{
    const struct c_argument *argument = c_find_argument(&carry->stub, param);

    return fastabi_param_width(param) == 64 && !(argument && c_is_pointer_type(argument->type));
}

/* Every input has a source. */
static bool has_inputs(const struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;

    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        const struct fastabi_xen_array *array;
        const char *field;
        size_t arg, element;
        enum c_source source;

        if (fastabi_param_in(param) == FASTABI_NO_REGISTER)
            continue;
        source = c_find_source(carry, param, &arg, &field, &array, &element);
        if (source == C_SOURCE_NONE || (source == C_SOURCE_PACK && !carry->structure) ||
            ((source == C_SOURCE_ADDRESS || source == C_SOURCE_FRAME) &&
             !holds_address(carry, param)))
            return false;
    }
    return true;
}

/*
 * Every output has a place.  One with a condition only if the stub stores it, since here nothing
 * tells a 0 that it gave from one that stands for no value.
 */
static bool has_outputs(const struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;

    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        size_t element;

        if (fastabi_param_out(param) == FASTABI_NO_REGISTER)
            continue;
        if (fastabi_param_field(param) && carry->stub.structure)
            continue;
        if (fastabi_param_condition_count(param))
            return false;
        if (param == carry->count && carry->loop == C_LOOP_PROGRESS)
            continue;
        if (!c_find_field(op, param) && !c_find_element(op, param, &element))
            return false;
    }
    return true;
}

/* What another input counts would not end where the loop does. */
static bool counts_arrays(const struct fastabi_op *op, const struct fastabi_param *count)
{
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);

        if (fastabi_xen_array_direction(array) != FASTABI_XEN_VALUE &&
            c_count_param(op, array) != count)
            return false;
    }
    return true;
}

/* What repeats the call, and what it counts down.  false: it cannot be carried. */
static bool plan_loop(struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;
    const struct fastabi_param *told = fastabi_op_xen_progress_param(op);

    carry->loop = C_LOOP_NONE;
    carry->count = NULL;
    carry->sequence = NULL;
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        if (fastabi_xen_array_direction(fastabi_op_xen_array(op, i)) == FASTABI_XEN_SEQUENCE)
            carry->sequence = fastabi_op_xen_array(op, i);
    }
    if (!fastabi_op_xen_progress(op, NULL, NULL, NULL))
        return !carry->sequence;
    if (carry->stub.structure)
        return false;
    if (told) {
        carry->loop = C_LOOP_PROGRESS;
        carry->count = told;
    } else if (carry->sequence) {
        carry->loop = C_LOOP_SEQUENCE;
        carry->count = c_count_param(op, carry->sequence);
    } else {
        carry->loop = C_LOOP_RANGE;
        carry->count = fastabi_op_classic_range(op);
    }
    if (!carry->count || fastabi_param_in(carry->count) == FASTABI_NO_REGISTER ||
        !counts_arrays(op, carry->count))
        return false;
    return !carry->sequence ||
           (carry->loop == C_LOOP_SEQUENCE && fastabi_op_xen_array_count(op) == 1);
}

/* The struct, and an array of them. */
static void plan_struct(struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;
    unsigned int elements;

    carry->structure = NULL;
    carry->struct_arg = C_NO_ARG;
    carry->count_arg = fastabi_op_classic_elements(op, &elements) ? elements : C_NO_ARG;
    for (size_t i = 0; i < fastabi_op_xen_arg_count(op); i++) {
        if (fastabi_op_xen_arg(op, i, NULL, NULL) != FASTABI_XEN_STRUCT ||
            !fastabi_op_xen_struct(op))
            continue;
        if (!fastabi_op_xen_frame(op))
            carry->structure = fastabi_op_xen_struct(op);
        carry->struct_arg = i;
    }
}

/* The classic sub-operation that an operation stands for. */
static bool plan_command(struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;
    size_t place = carry->bridge->command;
    int64_t number;
    enum fastabi_xen_kind kind;

    carry->command = fastabi_op_index(op);
    if (fastabi_op_is_direct(op))
        return place == C_NO_ARG;
    if (place >= fastabi_op_xen_arg_count(op))
        return false;
    kind = fastabi_op_xen_arg(op, place, NULL, &number);
    if (!fastabi_op_has_own_index(op))
        return kind == FASTABI_XEN_OP;
    carry->command = (uint32_t)number;
    return kind == FASTABI_XEN_NUMBER && number >= 0 && number <= UINT32_MAX;
}

/*
 * A handler that reports failure in the field 'status' makes the FastABI call fail with EPERM, and
 * the classic call succeed: it has to be made after that error.
 */
static bool has_status(const struct fastabi_op *op)
{
    if (!fastabi_op_xen_status(op))
        return true;
    for (size_t i = 0; i < fastabi_op_classic_fallback_count(op); i++) {
        int number;

        if (!strcmp(fastabi_op_classic_fallback(op, i, &number), "EPERM"))
            return true;
    }
    return false;
}

bool c_plan_carry(const struct c_bridge *bridge, const struct fastabi_op *op, struct c_carry *carry)
{
    struct c_fields fields;

    carry->bridge = bridge;
    c_prepare(bridge->run, bridge->spec, op, &carry->stub);
    for (size_t i = 0; i < carry->stub.argument_count; i++) {
        if (carry->stub.arguments[i].is_pointer && c_is_pointer_type(carry->stub.arguments[i].type))
            return false;
    }
    plan_struct(carry);
    if (fastabi_op_xen_arg_count(op) > FASTABI_XEN_ARGS_MAX)
        return false; /* no classic call has so many */
    /* What starts a frame is not looked at. */
    if (fastabi_op_xen_frame(op) &&
        (fastabi_op_xen_field_count(op) || fastabi_op_xen_array_count(op) || carry->stub.structure))
        return false;
    return has_status(op) && plan_command(carry) && plan_loop(carry) && has_inputs(carry) &&
           has_outputs(carry) && (!carry->stub.structure || carry->structure) &&
           c_collect_fields(carry, &fields);
}
