/* SPDX-License-Identifier: MIT */
/*
 * The call that a bridge makes, or the calls: until all elements are done, or one fails, as the
 * classic call goes on by itself.  Then what the classic call would have stored.
 */
#include <inttypes.h>
#include <string.h>

#include "bridge.h"

static struct fastabi_writer *writer_of(const struct c_carry *carry)
{
    return carry->bridge->run->writer;
}

const char *c_told(const struct c_run *run, const char *result)
{
    return run->is_negated ? fastabi_emission_printf(run->emission, "(%s)(0u - (uint64_t)%s)",
                                                     run->result, result)
                           : result;
}

/* xen_hypercall_...(vendor, param, in_vcpuid, &in_version) */
static void write_call(const struct c_carry *carry, const char *assign, const char *structure)
{
    struct fastabi_writer *writer = writer_of(carry);
    const char *separator = "";
    bool is_negated = carry->bridge->run->is_negated && strchr(assign, '=');

    fastabi_write(writer, "%s", assign);
    if (is_negated)
        fastabi_write(writer, "(%s)(0u - (uint64_t)", carry->bridge->run->result);
    fastabi_write(writer, "%s(", carry->stub.function);
    if (carry->bridge->run->transfer == C_TRANSFER_ARGUMENT) {
        fastabi_write(writer, "vendor_");
        separator = ", ";
    }
    if (carry->stub.structure) {
        fastabi_write(writer, "%s(struct %s *)(void *)%s", separator, carry->stub.structure,
                      structure);
        separator = ", ";
    }
    for (size_t i = 0; i < carry->stub.argument_count; i++) {
        const struct c_argument *argument = &carry->stub.arguments[i];

        fastabi_write(writer, "%s%sin_%s_", separator, argument->is_pointer ? "&" : "",
                      fastabi_param_flat_name(argument->param));
        separator = ", ";
    }
    fastabi_write(writer, is_negated ? "));\n" : ");\n");
}

/*
 * if (ret_ == -38) return 0;
 * Of all errors that are a fallback; or of one alone, where another says that something was done.
 */
static void write_fallback(const struct c_carry *carry, const char *condition, const char *alone)
{
    struct fastabi_writer *writer = writer_of(carry);

    for (size_t i = 0; i < fastabi_op_classic_fallback_count(carry->stub.op); i++) {
        int number;
        const char *name = fastabi_op_classic_fallback(carry->stub.op, i, &number);

        if (!alone || !strcmp(name, alone))
            fastabi_write(writer, "    if (%sret_ == -%d) /* -%s */\n        return 0;\n",
                          condition, number, name);
    }
}

void c_write_loop_locals(const struct c_carry *carry)
{
    struct fastabi_writer *writer = writer_of(carry);

    fastabi_write(writer, "    %s ret_;\n", carry->bridge->run->result);
    if (carry->loop == C_LOOP_SEQUENCE)
        fastabi_write(writer, "    uint64_t i_ = 0, length_, step_;\n");
    else if (carry->loop != C_LOOP_NONE)
        fastabi_write(writer, "    uint64_t i_ = 0, length_;\n");
}

/* ---- after the call ---- */

/* What a call that succeeded has told, and what the classic one would have stored. */
static void write_stores(const struct c_carry *carry, const char *indent)
{
    struct fastabi_writer *writer = writer_of(carry);
    const struct fastabi_op *op = carry->stub.op;

    for (size_t i = 0; i < carry->stub.argument_count; i++) {
        const struct fastabi_param *param = carry->stub.arguments[i].param;
        const char *name = fastabi_param_flat_name(param);
        const char *field = c_find_field(op, param);
        size_t element;
        const struct fastabi_xen_array *array = c_find_element(op, param, &element);

        if (fastabi_param_out(param) == FASTABI_NO_REGISTER || (!field && !array))
            continue;
        if (field) {
            fastabi_write(writer, "%s%sparam_->%s = (__typeof__(param_->%s))in_%s_;\n", indent,
                          param == carry->count ? "if (!length_)\n            " : "", field, field,
                          name);
            continue;
        }
        fastabi_write(writer, "%sXEN_FASTABI_ELEMENT(%u, ", indent, fastabi_param_width(param));
        c_write_handle(carry, array);
        fastabi_write(writer, ", %zu) = (uint%u_t)in_%s_;\n", element, fastabi_param_width(param),
                      name);
    }
    for (size_t i = 0; carry->structure && i < fastabi_op_classic_success_count(op); i++) {
        int64_t value;
        const char *field = fastabi_op_classic_success(op, i, &value);

        fastabi_write(writer, "%sparam_->%s = (__typeof__(param_->%s))%s;\n", indent, field, field,
                      c_number(carry->bridge->run, value, false));
    }
}

static bool has_stores(const struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;

    for (size_t i = 0; i < carry->stub.argument_count; i++) {
        const struct fastabi_param *param = carry->stub.arguments[i].param;
        size_t element;

        if (fastabi_param_out(param) != FASTABI_NO_REGISTER &&
            (c_find_field(op, param) || c_find_element(op, param, &element)))
            return true;
    }
    return carry->structure && fastabi_op_classic_success_count(op);
}

/* A call that succeeded needs no look at errors any more. */
static void write_end(const struct c_carry *carry, bool is_last)
{
    if (!has_stores(carry))
        return;
    fastabi_write(writer_of(carry), "    if (ret_ >= 0) {\n");
    write_stores(carry, "        ");
    if (is_last)
        fastabi_write(writer_of(carry), "        *result_ = %s;\n        return 1;\n",
                      c_told(carry->bridge->run, "ret_"));
    fastabi_write(writer_of(carry), "    }\n");
}

/* ---- loops ---- */

/* The elements after those that are done. */
static void write_advance(const struct c_carry *carry, const char *done)
{
    struct fastabi_writer *writer = writer_of(carry);
    const struct fastabi_op *op = carry->stub.op;

    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);
        const char *name = fastabi_param_flat_name(fastabi_xen_array_param(array, 0));

        if (fastabi_xen_array_direction(array) < FASTABI_XEN_FROM)
            continue;
        if (fastabi_xen_array_is_optional(array))
            fastabi_write(writer, "        if (in_%s_)\n    ", name);
        if (fastabi_xen_array_struct(array))
            fastabi_write(writer,
                          "        in_%s_ += %s * sizeof(xen_fastabi_struct_0element%zu_%s);\n",
                          name, done, i, carry->stub.id);
        else
            fastabi_write(writer, "        in_%s_ += %s * %uu;\n", name, done,
                          fastabi_xen_array_size(array));
    }
    for (size_t i = 0; i < fastabi_op_classic_next_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_classic_next(op, i);
        const char *name = fastabi_param_flat_name(param);

        fastabi_write(writer, "        in_%s_ = (%s)(in_%s_ + %s);\n", name,
                      c_find_argument(&carry->stub, param)->type, name, done);
    }
}

/*
 * Of two ranges that overlap the handler may do the last elements first, so that it is not known
 * which are left.
 */
static void write_apart(const struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;

    for (size_t i = 0; i < fastabi_op_classic_next_count(op); i++) {
        for (size_t j = 0; j < i; j++) {
            const char *a = fastabi_param_flat_name(fastabi_op_classic_next(op, j));
            const char *b = fastabi_param_flat_name(fastabi_op_classic_next(op, i));

            fastabi_write(writer_of(carry),
                          "    if ((uint64_t)in_%s_ != (uint64_t)in_%s_ &&\n"
                          "        ((uint64_t)in_%s_ - (uint64_t)in_%s_ < length_ ||\n"
                          "         (uint64_t)in_%s_ - (uint64_t)in_%s_ < length_))\n"
                          "        return 0;\n",
                          a, b, a, b, b, a);
        }
    }
}

static void write_progress(const struct c_carry *carry, bool is_told)
{
    struct fastabi_writer *writer = writer_of(carry);
    const char *name = fastabi_param_flat_name(carry->count);
    const char *type = c_find_argument(&carry->stub, carry->count)->type;

    fastabi_write(writer, "    length_ = (uint64_t)in_%s_;\n", name);
    write_apart(carry);
    fastabi_write(writer, "    for (;;) {\n");
    write_call(carry, "        ret_ = ", "param_");
    if (is_told)
        fastabi_write(writer,
                      "        if (ret_ < 0 || !in_%s_ || (uint64_t)in_%s_ >= length_ - i_)\n"
                      "            break;\n"
                      "        i_ += (uint64_t)in_%s_;\n",
                      name, name, name);
    else
        fastabi_write(writer, "        if (ret_ <= 0)\n            break;\n"
                              "        if ((uint64_t)ret_ >= length_ - i_) {\n"
                              "            ret_ = 0;\n            break;\n        }\n"
                              "        i_ += (uint64_t)ret_;\n");
    write_advance(carry, is_told ? fastabi_emission_printf(carry->bridge->run->emission,
                                                           "(uint64_t)in_%s_", name)
                                 : "(uint64_t)ret_");
    fastabi_write(writer, "        in_%s_ = (%s)(length_ - i_);\n    }\n", name, type);
    write_fallback(carry, "!i_ && ", NULL);
    write_end(carry, false);
}

/* Elements that follow each other in equal steps go into one call. */
static void write_sequence(const struct c_carry *carry)
{
    struct fastabi_writer *writer = writer_of(carry);
    const struct fastabi_param *first = fastabi_xen_array_param(carry->sequence, 0);
    const struct fastabi_param *order = fastabi_xen_array_order(carry->sequence);
    const char *count = fastabi_param_flat_name(carry->count);
    const char *value = fastabi_param_flat_name(first);
    unsigned int width = fastabi_param_width(first);

    fastabi_write(writer,
                  "    length_ = (uint64_t)in_%s_;\n    if (!length_%s%s%s)\n"
                  "        return 0;\n",
                  count, order ? " || (uint64_t)in_" : "",
                  order ? fastabi_param_flat_name(order) : "", order ? "_ > 63u" : "");
    if (order)
        fastabi_write(writer, "    step_ = (uint64_t)1 << in_%s_;\n",
                      fastabi_param_flat_name(order));
    else
        fastabi_write(writer, "    step_ = 1;\n");
    fastabi_write(writer,
                  "    do {\n        uint64_t run_ = 1;\n\n        in_%s_ = (%s)"
                  "XEN_FASTABI_ELEMENT(%u, ",
                  value, c_find_argument(&carry->stub, first)->type, width);
    c_write_handle(carry, carry->sequence);
    fastabi_write(writer,
                  ", i_);\n        while (run_ < length_ - i_ &&\n"
                  "               XEN_FASTABI_ELEMENT(%u, ",
                  width);
    c_write_handle(carry, carry->sequence);
    fastabi_write(writer,
                  ", i_ + run_) == (uint%u_t)(in_%s_ + run_ * step_))\n            run_++;\n"
                  "        in_%s_ = (%s)run_;\n",
                  width, value, count, c_find_argument(&carry->stub, carry->count)->type);
    write_call(carry, "        ret_ = ", "param_");
    fastabi_write(writer, "        if (ret_ <= 0)\n            break;\n"
                          "        i_ += (uint64_t)ret_ < run_ ? (uint64_t)ret_ : run_;\n"
                          "    } while (i_ < length_);\n");
    write_fallback(carry, "!i_ && ", NULL);
    fastabi_write(writer, "    if (i_)\n        ret_ = (%s)i_;\n", carry->bridge->run->result);
    write_end(carry, false);
}

void c_write_carry_call(const struct c_carry *carry)
{
    switch (carry->loop) {
    case C_LOOP_PROGRESS:
        write_progress(carry, true);
        break;
    case C_LOOP_RANGE:
        write_progress(carry, false);
        break;
    case C_LOOP_SEQUENCE:
        write_sequence(carry);
        break;
    default:
        write_call(carry, "    ret_ = ", "param_");
        write_end(carry, true);
        if (carry->count_arg != C_NO_ARG)
            fastabi_write(writer_of(carry), "    *result_ = %s;\n",
                          c_told(carry->bridge->run, "ret_"));
        write_fallback(carry, "", NULL);
        break;
    }
}

/* ---- an array of structs ---- */

/*
 * Whether all addresses are known, contiguous and not 0 is seen element by element, and the calls
 * before that cannot be taken back: several structs with addresses are left to the classic call.
 */
bool c_has_each(const struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;

    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        if (fastabi_xen_array_direction(fastabi_op_xen_array(op, i)) >= FASTABI_XEN_FROM)
            return false;
    }
    return carry->count_arg != C_NO_ARG && carry->loop == C_LOOP_NONE;
}

/*
 * The classic call stops at the first element that fails.  An error after which the classic call
 * could be made is the first element's, or it is one as any other.
 */
void c_write_each(const struct c_carry *carry)
{
    const struct c_bridge *bridge = carry->bridge;
    struct fastabi_writer *writer = writer_of(carry);

    fastabi_write(writer,
                  "    *result_ = 0;\n"
                  "    for (i_ = 0; i_ < %s; i_++) {\n"
                  "        if (!xen_fastabi_carry_%s(%s",
                  c_elements(bridge, carry->count_arg), carry->stub.id,
                  bridge->run->transfer == C_TRANSFER_ARGUMENT ? "vendor_, " : "");
    for (size_t i = 0; i < bridge->arg_count; i++) {
        if (i == carry->struct_arg)
            fastabi_write(writer, "params_ + i_, ");
        else if (i != bridge->command)
            fastabi_write(writer, "%s, ", bridge->args[i].name);
    }
    fastabi_write(writer,
                  "result_))\n            return i_ != 0;\n        if (%s < 0)\n"
                  "            break;\n    }\n    return 1;\n}\n\n",
                  c_told(bridge->run, "*result_"));
}

/* ---- a linear address for a guest-physical one ---- */

/* Arguments of the stub beside the struct: arguments of the classic call, or packed. */
static void write_linear_args(const struct c_carry *carry)
{
    for (size_t i = 0; i < carry->stub.argument_count; i++)
        c_write_value(carry, &carry->stub.arguments[i]);
}

bool c_has_linear(const struct c_carry *carry)
{
    if (!fastabi_op_classic_linear(carry->stub.op, NULL, NULL, NULL) ||
        fastabi_op_classic_success_count(carry->stub.op) || carry->count_arg != C_NO_ARG)
        return false;
    for (size_t i = 0; i < carry->stub.argument_count; i++) {
        const struct fastabi_xen_array *array;
        const char *field;
        size_t arg, element;
        enum c_source source = c_find_source(carry, carry->stub.arguments[i].param, &arg, &field,
                                             &array, &element);

        if (source != C_SOURCE_ARG && source != C_SOURCE_PACK)
            return false;
    }
    return true;
}

/* What an area that was given before is taken away by: other_.addr.p = 0; */
static const char *take_away(const struct c_carry *carry, const struct fastabi_param *param)
{
    const char *path = fastabi_param_field(param);
    int64_t none;

    if (!fastabi_op_classic_linear_none(carry->stub.op, &none))
        return NULL;
    return fastabi_emission_printf(carry->bridge->run->emission,
                                   "other_.%s = (__typeof__(other_.%s))%s;\n", path, path,
                                   c_number(carry->bridge->run, none, false));
}

static void write_linear_locals(const struct c_carry *carry)
{
    struct fastabi_writer *writer = writer_of(carry);

    fastabi_write(writer,
                  "    xen_fastabi_struct_0classic_%s other_ = *param_;\n    uint64_t address_;\n  "
                  "  %s ret_;\n",
                  carry->stub.id, carry->bridge->run->result);
    for (size_t i = 0; i < carry->stub.argument_count; i++)
        fastabi_write(writer, "    %s in_%s_;\n", carry->stub.arguments[i].type,
                      fastabi_param_flat_name(carry->stub.arguments[i].param));
    fastabi_write(writer, "\n");
    c_write_unused(carry);
    fastabi_write(writer,
                  "    if (!XEN_FASTABI_HAS_PHYS)\n        return 0;\n"
                  "    if (!xen_fastabi_has_%s)\n        return 0;\n"
                  "    if (!xen_fastabi_has_0classic_%s)\n        return 0;\n",
                  carry->stub.id, carry->stub.id);
    write_linear_args(carry);
}

/* Leave it to the classic call: what was given before must not stay in use. */
static void write_linear_end(const struct c_carry *carry, const char *indent, const char *none)
{
    struct fastabi_writer *writer = writer_of(carry);

    if (none) {
        fastabi_write(writer, "%s%s", indent, none);
        write_call(carry, fastabi_emission_printf(carry->bridge->run->emission, "%s(void)", indent),
                   "&other_");
    }
    fastabi_write(writer, "%sreturn 0;\n", indent);
}

/*
 * Whatever the error, the classic call may do better: it takes any address.  But an area that was
 * given before would stay in use, so that has to be taken away.  An address of 0 takes away what
 * either call has given.
 */
void c_write_linear(const struct c_carry *carry)
{
    struct fastabi_writer *writer = writer_of(carry);
    const struct fastabi_param *param;
    uint32_t size;
    const char *field = fastabi_op_classic_linear(carry->stub.op, &param, NULL, &size);
    const char *path = fastabi_param_field(param);
    const char *none = take_away(carry, param);

    write_linear_locals(carry);
    if (c_write_misfit(carry, "    if (")) {
        fastabi_write(writer, ") {\n");
        write_linear_end(carry, "        ", none);
        fastabi_write(writer, "    }\n");
    }
    fastabi_write(writer, "    address_ = ");
    if (none)
        fastabi_write(writer, "param_->%s && ", field);
    fastabi_write(writer,
                  "XEN_FASTABI_CONTIGUOUS(param_->%s, %uu) ?\n"
                  "        XEN_FASTABI_PHYS(param_->%s) : XEN_FASTABI_NO_PHYS;\n"
                  "    if (address_ == XEN_FASTABI_NO_PHYS) {\n",
                  field, size, field);
    write_linear_end(carry, "        ", none);
    fastabi_write(writer, "    }\n    other_.%s = (__typeof__(other_.%s))address_;\n", path, path);
    write_call(carry, "    ret_ = ", "&other_");
    fastabi_write(writer,
                  "    if (ret_ >= 0) {\n        *result_ = %s;\n        return 1;\n    }\n",
                  c_told(carry->bridge->run, "ret_"));
    if (none) /* a hypervisor without the operation was given nothing */
        write_fallback(carry, "", "ENOSYS");
    write_linear_end(carry, "    ", none);
    fastabi_write(writer, "}\n\n");
}
