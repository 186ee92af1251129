/* SPDX-License-Identifier: MIT */
/*
 * One operation of the dispatcher: registers are checked and stored in the struct, which lies in
 * the vCPU's argument area; Xen's own table calls the handler; and where that says success, fields
 * come back into registers. Names of the specification only follow "arg->", "struct " or a
 * prefix of ours, so that they clash with no local.
 */
#include <inttypes.h>
#include <string.h>

#include "xen.h"

/* ---- what an operation is like ---- */

unsigned int xen_needs(const struct fastabi_op *op)
{
    unsigned int needs = xen_array_needs(op);

    if (fastabi_op_xen_frame(op))
        needs |= XEN_NEED_MEMORY;
    if (fastabi_op_xen_continue_count(op))
        needs |= XEN_NEED_CONTINUE;
    if (fastabi_op_xen_status(op))
        needs |= XEN_NEED_STATUS;
    if (fastabi_op_xen_progress(op, NULL, NULL, NULL))
        needs |= XEN_NEED_PROGRESS;
    return needs;
}

const char *xen_name(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                     const struct fastabi_op *op)
{
    uint32_t index = fastabi_spec_hypercall_index(spec);

    if (fastabi_op_is_direct(op))
        return fastabi_emission_printf(emission, "op%" PRIu32, index);
    return fastabi_emission_printf(emission, "op%" PRIu32 "_%s", index, fastabi_op_name(op));
}

const char *xen_fault(const struct fastabi_op *op)
{
    if (fastabi_op_xen_arg_count(op) > FASTABI_XEN_ARGS_MAX)
        return "its handler would have more than five arguments; say under 'xen' what they are";
    if (fastabi_op_is_direct(op) && fastabi_op_xen_continue_count(op))
        return "a direct call has no sub-operation that it could be continued as; remove "
               "'continue'";
    for (size_t i = 0; i < fastabi_op_xen_arg_count(op); i++) {
        const struct fastabi_param *param;

        if (fastabi_op_xen_arg(op, i, &param, NULL) == FASTABI_XEN_PARAM &&
            (fastabi_param_is_shared(param) || fastabi_type_is_memory(fastabi_param_type(param))))
            return "its handler would take a guest-physical address or frame for a linear address; "
                   "reach the memory by 'arrays' or 'frame' under 'xen'";
    }
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        if (fastabi_param_out(param) != FASTABI_NO_REGISTER && !xen_field_of(op, param) &&
            !xen_array_takes(op, param) && fastabi_op_xen_progress_param(op) != param)
            return "an output is an argument of its own; say under 'xen' which field it comes from";
    }
    return NULL;
}

/* "uint16_t"; or the field's own type, where only Xen's header knows it. */
static void write_type(struct fastabi_writer *writer, const struct fastabi_op *op,
                       const struct fastabi_param *param)
{
    const char *field = xen_field_of(op, param);

    if (!fastabi_param_is_typed(param) && field)
        fastabi_write(writer, "typeof(arg->%s)", field);
    else
        fastabi_write(writer, "%s", fastabi_param_c_integer(param));
}

static const char *in_register(const struct fastabi_param *param)
{
    return fastabi_register_name(fastabi_param_in(param));
}

static bool has_struct(const struct fastabi_op *op)
{
    return fastabi_op_xen_struct(op) != NULL;
}

static bool has_op_arg(const struct fastabi_op *op)
{
    for (size_t i = 0; i < fastabi_op_xen_arg_count(op); i++) {
        if (fastabi_op_xen_arg(op, i, NULL, NULL) == FASTABI_XEN_OP)
            return true;
    }
    return false;
}

/*
 * May a handler take it for an address?  Not what the dispatcher itself reads as an address of
 * another kind.
 */
static bool is_wide(const struct fastabi_op *op, const struct fastabi_param *param)
{
    if (fastabi_param_in(param) == FASTABI_NO_REGISTER || fastabi_param_width(param) != 64)
        return false;
    if (xen_field_of(op, param) || xen_array_takes(op, param))
        return true;
    for (size_t i = 0; i < fastabi_op_xen_arg_count(op); i++) {
        const struct fastabi_param *passed;

        if (fastabi_op_xen_arg(op, i, &passed, NULL) == FASTABI_XEN_PARAM && passed == param)
            return true;
    }
    return false;
}

/* Has it to do with the argument area? */
static bool uses_area(const struct fastabi_op *op)
{
    return has_struct(op) || fastabi_op_xen_array_count(op);
}

/* Where nothing is refused or copied from the guest any more once the struct is filled. */
static bool opens_early(const struct fastabi_op *op)
{
    return has_struct(op) && !xen_has_counted_array(op);
}

static void write_open(struct fastabi_writer *writer)
{
    fastabi_write(writer, "    FASTABI_OPEN(curr, arg);\n");
}

/* Can the struct be made again from the registers alone? */
static bool is_plain(const struct fastabi_op *op)
{
    return has_struct(op) && !fastabi_op_xen_array_count(op) && !fastabi_op_xen_frame(op);
}

/* ---- the struct from the registers ---- */

/* The fields of a packed input. */
static void write_parts(struct fastabi_writer *writer, const struct fastabi_param *param)
{
    for (size_t i = 0; i < fastabi_param_part_count(param); i++) {
        unsigned int shift, width;
        bool is_signed;
        const char *field = fastabi_param_part(param, i, &shift, &width, &is_signed);

        fastabi_write(writer, "    arg->%s = (%sint%u_t)(regs->%s >> %u);\n", field,
                      is_signed ? "" : "u", width, in_register(param), shift);
    }
}

/* The least constant has no numeral of its own. */
static const char *number_text(struct fastabi_emission *emission, int64_t number)
{
    return number == INT64_MIN ? "(-0x7fffffffffffffff - 1)"
                               : fastabi_emission_printf(emission, "%" PRId64, number);
}

/*
 * A constant of a field.  Only the header knows the field's sign, and compilers warn of a number
 * that has the highest bit of a signed type, and of a negative one for an unsigned type: with a
 * cast it is meant.  The field is not a bit-field, which no cast could name: checks refuse those.
 */
static void write_constant(struct fastabi_emission *emission, struct fastabi_writer *writer,
                           const char *field, int64_t number)
{
    bool may_lose_sign = number < 0 || (number >= 1 << 7 && number < 1 << 8) ||
                         (number >= 1 << 15 && number < 1 << 16) ||
                         (number >= INT64_C(1) << 31 && number < INT64_C(1) << 32);

    fastabi_write(writer, "    arg->%s = ", field);
    if (may_lose_sign)
        fastabi_write(writer, "(__typeof__(arg->%s))", field);
    fastabi_write(writer, "%s;\n", number_text(emission, number));
}

static void write_stores(struct fastabi_emission *emission, struct fastabi_writer *writer,
                         const struct fastabi_op *op)
{
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        const char *field = xen_field_of(op, param);

        if (field && fastabi_param_in(param) != FASTABI_NO_REGISTER)
            fastabi_write(writer, "    arg->%s = regs->%s;\n", field, in_register(param));
        write_parts(writer, param);
    }
    for (size_t i = 0; i < fastabi_op_fixed_count(op); i++) {
        int64_t number;
        const char *field = fastabi_op_fixed(op, i, &number);

        write_constant(emission, writer, field, number);
    }
    for (size_t i = 0; i < fastabi_op_xen_field_count(op); i++) {
        const struct fastabi_param *param;
        int64_t number;
        const char *field = fastabi_op_xen_field(op, i, &param, &number);

        if (!param)
            write_constant(emission, writer, field, number);
    }
}

static void write_fill(struct fastabi_emission *emission, struct fastabi_writer *writer,
                       const struct fastabi_op *op, const char *name)
{
    const char *type = fastabi_op_xen_struct(op);
    bool is_long = strlen("fill_(struct  *arg,") + strlen(name) + strlen(type) > XEN_WIDTH;

    fastabi_write(writer,
                  "\nstatic always_inline void\n"
                  "fill_%s(%sstruct %s *arg,\n"
                  "%*sconst struct cpu_user_regs *regs)\n{\n",
                  name, is_long ? "\n    " : "", type, is_long ? 4 : (int)strlen(name) + 6, "");
    if (!fastabi_op_xen_frame(op))
        fastabi_write(writer, "    memset(arg, 0, sizeof(*arg));\n");
    write_stores(emission, writer, op);
    fastabi_write(writer, "}\n");
}

/* ---- the checks before the call ---- */

/*
 * Bits of a register above its parameter's type are ignored, as in the calling convention of
 * compilers for x86-64: callers leave there what was there.  What is checked is that a 64-bit value
 * is not an address in the argument area, where the call has one.
 */
static void write_checks(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    const char *separator = "    if ( unlikely(";
    bool any = false;

    for (size_t i = 0; uses_area(op) && i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        if (!is_wide(op, param))
            continue;
        fastabi_write(writer, "%sFASTABI_INSIDE(arg, regs->%s)", separator, in_register(param));
        separator = " |\n                  ";
        any = true;
    }
    if (any)
        fastabi_write(writer, ") )\n        return fastabi_refuse(regs, -EINVAL);\n");
}

/*
 * The sub-operations that a continuation may name: the operation's own, and those that were
 * declared.
 */
static void write_known(struct fastabi_writer *writer, const struct fastabi_op *op,
                        const char *value)
{
    /* A line for each; the first stands where the writer is. */
    fastabi_write(writer, "%s == %uU", value, fastabi_op_index(op));
    for (size_t i = 0; i < fastabi_op_xen_continue_count(op); i++) {
        const char *macro;
        uint32_t index;

        fastabi_op_xen_continue(op, i, &macro, &index);
        if (macro)
            fastabi_write(writer, " ||\n            %s == %s", value, macro);
        else
            fastabi_write(writer, " ||\n            %s == %uU", value, index);
    }
}

static void write_command(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    fastabi_write(writer, "    if ( !(");
    write_known(writer, op, "cmd");
    fastabi_write(writer, ") )\n        return fastabi_refuse(regs, -EINVAL);\n");
}

/* ---- the call ---- */

/* One argument as an expression. */
static const char *arg_text(struct fastabi_emission *emission, const struct fastabi_op *op,
                            size_t i)
{
    static const char cast[] = "(unsigned long)";
    const struct fastabi_param *param;
    int64_t number;

    switch (fastabi_op_xen_arg(op, i, &param, &number)) {
    case FASTABI_XEN_OP:
        if (fastabi_op_xen_continue_count(op))
            return "cmd";
        return fastabi_emission_printf(emission, "%uU", fastabi_op_index(op));
    case FASTABI_XEN_STRUCT:
        if (!fastabi_op_xen_frame(op) && !has_struct(op))
            return "0";
        return fastabi_emission_printf(emission, "%s%s", cast,
                                       fastabi_op_xen_frame(op) ? "handle" : "FASTABI_HANDLE(arg)");
    case FASTABI_XEN_PARAM:
        if (xen_array_counted_by(op, param) >= 0)
            return fastabi_emission_printf(emission, "n%d", xen_array_counted_by(op, param));
        if (fastabi_param_width(param) == 64)
            return fastabi_emission_printf(emission, "regs->%s", in_register(param));
        return fastabi_emission_printf(emission, "(%s)regs->%s", fastabi_param_c_integer(param),
                                       in_register(param));
    case FASTABI_XEN_ARRAY:
        return fastabi_emission_printf(emission, "%sh%d", cast, xen_array_of_arg(op, i));
    default:
        return number_text(emission, number);
    }
}

/* As many arguments on a line as fit. */
static void write_call(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                       const struct fastabi_op *op)
{
    struct fastabi_writer *writer = fastabi_emission_state(emission);
    const char *text = fastabi_emission_printf(emission, "    FASTABI_%s, %uU, rc,",
                                               uses_area(op) ? "CALL(curr" : "PLAIN_CALL(curr",
                                               fastabi_spec_hypercall_index(spec));
    size_t column = strlen(text);

    fastabi_write(writer, "%s", text);
    for (size_t i = 0; i < FASTABI_XEN_ARGS_MAX; i++) {
        const char *end = i == FASTABI_XEN_ARGS_MAX - 1 ? ");\n" : ",";

        text = i < fastabi_op_xen_arg_count(op) ? arg_text(emission, op, i) : "0";
        if (column + strlen(text) + strlen(end) + 1 > XEN_WIDTH) {
            fastabi_write(writer, "\n%16s", "");
            column = 16;
        }
        fastabi_write(writer, " %s%s", text, end);
        column += strlen(text) + 2;
    }
}

/*
 * A handler that wants to be called again says with what; it can be if that is what it was called
 * with, the sub-operation aside, and if it left nothing in the struct.
 */
static void write_preempted(struct fastabi_writer *writer, const struct fastabi_op *op,
                            const char *name)
{
    bool is_long = strlen("                                 may_continue_(curr, regs));") +
                       strlen(name) >
                   XEN_WIDTH;

    fastabi_write(writer,
                  "    if ( unlikely(curr->hcall_preempted) )\n"
                  "        return fastabi_preempted(%sregs, ",
                  is_long ? "\n            " : "");
    for (size_t i = 0; i < fastabi_op_xen_arg_count(op); i++) {
        if (fastabi_op_xen_arg(op, i, NULL, NULL) == FASTABI_XEN_OP)
            fastabi_write(writer, "FASTABI_NEXT(curr, %u) ^ ", (unsigned int)i);
    }
    fastabi_write(writer, "%uU,\n%*smay_continue_%s(curr, regs));\n",
                  has_op_arg(op) ? fastabi_op_index(op) : 0u, is_long ? 12 : 33, "", name);
}

static void write_may_continue(struct fastabi_emission *emission, const struct fastabi_op *op,
                               const char *name)
{
    struct fastabi_writer *writer = fastabi_emission_state(emission);
    bool comparable = !fastabi_op_xen_array_count(op) && (!has_struct(op) || is_plain(op));
    bool is_long = strlen("may_continue_(const struct cpu_user_regs *regs)") + strlen(name) >
                   XEN_WIDTH;

    fastabi_write(writer,
                  "\nstatic bool fastabi_cold\n"
                  "may_continue_%s(%sconst struct vcpu *curr,\n"
                  "%*sconst struct cpu_user_regs *regs)\n{\n",
                  name, is_long ? "\n    " : "", is_long ? 4 : (int)strlen(name) + 14, "");
    if (!comparable) {
        fastabi_write(writer,
                      "    return false; /* what it left behind the struct is not known */\n}\n");
        return;
    }
    if (has_struct(op))
        fastabi_write(writer,
                      "    const struct %s *arg = FASTABI_AREA(curr);\n"
                      "    struct %s *again = FASTABI_AGAIN(arg);\n\n"
                      "    fill_%s(again, regs);\n",
                      fastabi_op_xen_struct(op), fastabi_op_xen_struct(op), name);
    fastabi_write(writer, "    return ");
    for (size_t i = 0; i < fastabi_op_xen_arg_count(op); i++) {
        const char *and = i ? " &&\n           " : "";
        const struct fastabi_param *param;

        switch (fastabi_op_xen_arg(op, i, &param, NULL)) {
        case FASTABI_XEN_OP:
            fastabi_write(writer, "%s(", and);
            write_known(writer, op,
                        fastabi_emission_printf(emission, "(uint32_t)FASTABI_NEXT(curr, %zu)", i));
            fastabi_write(writer, ")");
            break;
        case FASTABI_XEN_PARAM:
            fastabi_write(writer, "%s(%s)FASTABI_NEXT(curr, %u) == (%s)regs->%s", and,
                          fastabi_param_c_integer(param), (unsigned int)i,
                          fastabi_param_c_integer(param), in_register(param));
            break;
        default:
            fastabi_write(writer, "%sFASTABI_NEXT(curr, %u) == %s", and, (unsigned int)i,
                          arg_text(emission, op, i));
            break;
        }
    }
    if (has_struct(op))
        fastabi_write(writer, "%s!memcmp(again, arg, sizeof(*arg))",
                      fastabi_op_xen_arg_count(op) ? " &&\n           " : "");
    fastabi_write(writer,
                  !has_struct(op) && !fastabi_op_xen_arg_count(op) ? "true;\n}\n" : ";\n}\n");
}

/* ---- results ---- */

static void write_results(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    if (fastabi_op_xen_status(op))
        fastabi_write(writer, "    if ( rc >= 0 && arg->%s < 0 )\n        rc = -EPERM;\n",
                      fastabi_op_xen_status(op));
    fastabi_write(writer, "    regs->rax = rc;\n");
    if (fastabi_op_output_mask(op) == 1u && !xen_writes_memory(op))
        return;
    fastabi_write(writer, "    if ( rc < 0 )\n        return;\n");
    xen_write_arrays_out(writer, op);
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        if (fastabi_param_out(param) == FASTABI_NO_REGISTER)
            continue;
        if (!xen_field_of(op, param) && xen_write_output(writer, op, param))
            continue;
        fastabi_write(writer, "    regs->%s = (", fastabi_register_name(fastabi_param_out(param)));
        write_type(writer, op, param);
        fastabi_write(writer, ")arg->%s;\n", xen_field_of(op, param));
    }
}

/* ---- the function ---- */

/* Fields are as wide as the specification says, which was checked with this tree's headers. */
static void write_width_check(struct fastabi_writer *writer, const char *field,
                              const char *relation, const char *type)
{
    bool is_long = strlen("    BUILD_BUG_ON(sizeof(arg->) != sizeof());") + strlen(field) +
                       strlen(type) >
                   XEN_WIDTH;

    fastabi_write(writer, "    BUILD_BUG_ON(sizeof(arg->%s) %s%ssizeof(%s));\n", field, relation,
                  is_long ? "\n                 " : " ", type);
}

/* A constant has room in its field.  Every field has 8 bits. */
static void write_room_check(struct fastabi_writer *writer, const char *field, int64_t number)
{
    if (number < INT32_MIN || number > UINT32_MAX)
        write_width_check(writer, field, "<", "uint64_t");
    else if (number < INT16_MIN || number > UINT16_MAX)
        write_width_check(writer, field, "<", "uint32_t");
    else if (number < INT8_MIN || number > UINT8_MAX)
        write_width_check(writer, field, "<", "uint16_t");
}

static void write_constant_checks(struct fastabi_writer *writer, const struct fastabi_op *op)
{
    const struct fastabi_param *param;
    const char *field;
    int64_t number;

    for (size_t i = 0; i < fastabi_op_fixed_count(op); i++) {
        field = fastabi_op_fixed(op, i, &number);
        write_room_check(writer, field, number);
    }
    for (size_t i = 0; i < fastabi_op_xen_field_count(op); i++) {
        field = fastabi_op_xen_field(op, i, &param, &number);
        if (!param)
            write_room_check(writer, field, number);
    }
}

/* Of a field that tells of a failure only the sign is looked at. */
static void write_sign_check(struct fastabi_writer *writer, const char *field)
{
    bool is_long = strlen("    BUILD_BUG_ON((typeof(arg->))-1 > 0);") + strlen(field) > XEN_WIDTH;

    fastabi_write(writer, "    BUILD_BUG_ON((typeof(arg->%s))-1 >%s0);\n", field,
                  is_long ? "\n                 " : " ");
}

static void write_width_checks(struct fastabi_emission *emission, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = fastabi_emission_state(emission);

    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        const char *field = xen_field_of(op, param);

        if (field && fastabi_param_is_typed(param))
            write_width_check(writer, field, "!=", fastabi_param_c_integer(param));
        for (size_t j = 0; j < fastabi_param_part_count(param); j++) {
            unsigned int shift, width;
            bool is_signed;

            /* A part may be narrower than its field, which it is converted to. */
            field = fastabi_param_part(param, j, &shift, &width, &is_signed);
            write_width_check(writer, field, "<",
                              fastabi_emission_printf(emission, "%sint%u_t", is_signed ? "" : "u",
                                                      width));
        }
    }
    write_constant_checks(writer, op);
    if (fastabi_op_xen_status(op))
        write_sign_check(writer, fastabi_op_xen_status(op));
    xen_write_array_checks(writer, op);
    if (has_struct(op))
        fastabi_write(writer, "    FASTABI_CHECK_SIZE(arg);\n");
}

void xen_write_op(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                  const struct fastabi_op *op)
{
    struct fastabi_writer *writer = fastabi_emission_state(emission);
    const struct fastabi_param *frame = fastabi_op_xen_frame(op);
    bool has_progress = fastabi_op_xen_progress(op, NULL, NULL, NULL);
    const char *name = xen_name(emission, spec, op);

    fastabi_write(writer, "\n/* ---- %s%s%s ---- */\n", fastabi_spec_name(spec),
                  fastabi_op_is_direct(op) ? "" : ".",
                  fastabi_op_is_direct(op) ? "" : fastabi_op_name(op));
    if (has_struct(op))
        write_fill(emission, writer, op, name);
    if (!has_progress)
        write_may_continue(emission, op, name);
    /* Where something else than the sub-operation chooses, an inlined handler brings it all. */
    fastabi_write(writer,
                  "\nvoid %s\nfastabi_%s(struct cpu_user_regs *regs)\n{\n"
                  "    struct vcpu *curr = current;\n",
                  has_op_arg(op) ? "fastabi_function" : "noinline", name);
    if (has_struct(op))
        fastabi_write(writer, "    struct %s *arg = FASTABI_AREA(curr);\n",
                      fastabi_op_xen_struct(op));
    else if (uses_area(op))
        fastabi_write(writer, "    void *arg = FASTABI_AREA(curr);\n");
    if (frame)
        fastabi_write(
            writer,
            "    void *handle = FASTABI_HANDLE(arg); /* or where copies fail: no frame */\n");
    if (fastabi_op_xen_continue_count(op))
        fastabi_write(writer, "    uint32_t cmd = FASTABI_STATE(regs) ^ %uU;\n",
                      fastabi_op_index(op));
    xen_write_array_locals(writer, op);
    if (xen_has_sequence(op))
        fastabi_write(writer, "    unsigned long i;\n");
    fastabi_write(writer, "    long rc;\n\n");
    write_width_checks(emission, op);
    write_checks(writer, op);
    if (fastabi_op_xen_continue_count(op))
        write_command(writer, op);
    if (frame)
        fastabi_write(writer,
                      "    if ( fastabi_copy_from_frame(arg, regs->%s, sizeof(*arg)) )\n"
                      "        handle = FASTABI_FAULTS(arg);\n",
                      in_register(frame));
    /* Before the struct is filled, so that compilers see that what it got is still there. */
    if (opens_early(op))
        write_open(writer);
    if (has_struct(op))
        fastabi_write(writer, "    fill_%s(arg, regs);\n", name);
    xen_write_arrays_in(writer, op);
    if (uses_area(op) && !opens_early(op))
        write_open(writer);
    write_call(emission, spec, op);
    if (has_progress)
        xen_write_progress(writer, op);
    else
        write_preempted(writer, op, name);
    write_results(writer, op);
    fastabi_write(writer, "}\n");
}
