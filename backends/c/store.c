/* SPDX-License-Identifier: MIT */
/*
 * Where outputs go after a call that succeeded.  Some mean something under a condition only.  Where
 * it does not hold, what the register has is anybody's and goes nowhere: a field of the struct
 * stays as it was, since its bytes may be those of another member of a union, and what an argument
 * points to becomes 0.
 */
#include <inttypes.h>
#include <string.h>

#include "c.h"

/* Is a parameter's integer type another one than that of the register? */
bool c_needs_cast(const struct fastabi_param *param)
{
    return fastabi_param_width(param) != 64 || fastabi_param_is_signed(param);
}

const char *c_argument_cast(const struct c_run *run, const struct c_argument *argument)
{
    if (!argument->is_foreign || fastabi_param_width(argument->param) == 64)
        return "";
    return fastabi_emission_printf(run->emission, "(%s)", fastabi_param_c_integer(argument->param));
}

const char *c_pointer_cast(bool is_pointer)
{
    return is_pointer ? "(__UINTPTR_TYPE__)" : "";
}

/*
 * A field of the struct.  Where other structs may be passed it is read and written as an integer
 * that may alias, and lie at any address: what the caller has done to its own struct is not of this
 * type, and either struct may be packed.
 */
void c_write_field(struct fastabi_writer *writer, const struct c_stub *stub,
                   const struct fastabi_param *param)
{
    if (stub->compat)
        fastabi_write(writer, "XEN_FASTABI_ALIAS(%c%u, %s, fields_, %s)",
                      fastabi_param_is_signed(param) ? 'i' : 'u', fastabi_param_width(param),
                      stub->id, fastabi_param_field(param));
    else
        fastabi_write(writer, "fields_->%s", fastabi_param_field(param));
}

/* fields_->port = (uint32_t)out_port_; */
static void write_store(const struct c_run *run, const struct c_stub *stub, int reg)
{
    struct fastabi_writer *writer = run->writer;
    const struct fastabi_param *param = stub->outputs[reg];
    const struct c_argument *argument = c_find_argument(stub, param);
    const char *name = stub->out[reg];

    fastabi_write(writer, "        ");
    if (argument) {
        fastabi_write(writer, "*%s = (%s)%s%sout_%s_;\n", argument->name, argument->type,
                      c_argument_cast(run, argument),
                      c_pointer_cast(c_is_pointer_type(argument->type)), name);
        return;
    }
    c_write_field(writer, stub, param);
    if (!fastabi_param_is_typed(param))
        fastabi_write(writer, " = (__typeof__(fields_->%s))out_%s_;\n", fastabi_param_field(param),
                      name);
    else if (c_needs_cast(param))
        fastabi_write(writer, " = (%s)out_%s_;\n", fastabi_param_c_integer(param), name);
    else
        fastabi_write(writer, " = out_%s_;\n", name);
}

/* ---- conditions ---- */

/* Only the compiler knows the type: that of a field or of an argument that nothing describes. */
static bool is_unknown(const struct c_run *run, const struct fastabi_param *param)
{
    return run->style == C_STYLE_STRUCT && !fastabi_param_is_typed(param);
}

const char *c_number(const struct c_run *run, int64_t number, bool is_unsigned)
{
    uint64_t bits = (uint64_t)number;

    if (is_unsigned ? bits <= UINT32_MAX : number >= -INT32_MAX && number <= INT32_MAX)
        return fastabi_emission_printf(run->emission, is_unsigned ? "%" PRId64 "u" : "%" PRId64,
                                       number);
    return fastabi_emission_printf(run->emission, "(%sint64_t)((uint64_t)0x%xu << 32 | 0x%xu)",
                                   is_unsigned ? "u" : "", (uint32_t)(bits >> 32), (uint32_t)bits);
}

/* The local with a parameter's value after the call. */
static void write_local(struct fastabi_writer *writer, const struct fastabi_param *param)
{
    fastabi_write(writer, fastabi_param_out(param) == FASTABI_NO_REGISTER ? "in_%s_" : "out_%s_",
                  fastabi_param_flat_name(param));
}

/* (uint32_t)out_status_ >= 1u */
static void write_known(const struct c_run *run, const struct fastabi_param *param,
                        enum fastabi_comparison comparison, int64_t number)
{
    struct fastabi_writer *writer = run->writer;
    bool is_unsigned = !fastabi_param_is_signed(param) && fastabi_param_width(param) >= 32;

    if (fastabi_param_is_signed(param) || fastabi_param_width(param) < 64)
        fastabi_write(writer, "(%s)", fastabi_param_c_integer(param));
    write_local(writer, param);
    fastabi_write(writer, " %s %s", fastabi_comparison_text(comparison),
                  c_number(run, number, is_unsigned));
}

/* The type of a parameter that only the compiler knows. */
static void write_type(struct fastabi_writer *writer, const struct c_stub *stub,
                       const struct fastabi_param *param)
{
    const struct c_argument *argument = c_find_argument(stub, param);

    if (argument)
        fastabi_write(writer, "%s", argument->type);
    else
        fastabi_write(writer, "__typeof__(fields_->%s)", fastabi_param_field(param));
}

/*
 * The comparison as an integer of 64 bits makes it, signed or not.  In C++ a constant is a bool:
 * clang warns of an int constant among the operands of && and ||.
 */
static void write_wide(const struct c_run *run, const struct fastabi_param *param,
                       enum fastabi_comparison comparison, int64_t number, bool is_signed)
{
    struct fastabi_writer *writer = run->writer;
    bool holds;

    if (fastabi_comparison_is_settled(comparison, number, 64, is_signed, &holds)) {
        fastabi_write(writer, holds ? "!0" : "!1");
        return;
    }
    fastabi_write(writer, is_signed ? "(int64_t)" : "");
    write_local(writer, param);
    fastabi_write(writer, " %s %s", fastabi_comparison_text(comparison),
                  c_number(run, number, !is_signed));
}

/* ((T)-1 < (T)1 ? ... : ...): signed or not, as the compiler knows; not an enum of C++. */
static void write_unknown(const struct c_run *run, const struct c_stub *stub,
                          const struct fastabi_param *param, enum fastabi_comparison comparison,
                          int64_t number)
{
    struct fastabi_writer *writer = run->writer;

    fastabi_write(writer, "((");
    write_type(writer, stub, param);
    fastabi_write(writer, ")(XEN_FASTABI_IS_ENUM(");
    write_type(writer, stub, param);
    fastabi_write(writer, ") ? 0 : (int64_t)-1) < (");
    write_type(writer, stub, param);
    fastabi_write(writer, ")(int64_t)1\n                ? ");
    write_wide(run, param, comparison, number, true);
    fastabi_write(writer, "\n                : ");
    write_wide(run, param, comparison, number, false);
    fastabi_write(writer, ")");
}

static void write_condition(const struct c_run *run, const struct c_stub *stub,
                            const struct fastabi_param *param)
{
    bool any = fastabi_param_condition_is_any(param);
    const char *separator = "";

    for (size_t i = 0; i < fastabi_param_condition_count(param); i++) {
        enum fastabi_comparison comparison;
        int64_t number;
        const struct fastabi_param *named = fastabi_param_condition(param, i, &comparison, &number);

        if (fastabi_param_condition_is_settled(param, i, run->style == C_STYLE_STRUCT, NULL))
            continue; /* it does not change the outcome */
        fastabi_write(run->writer, "%s", separator);
        if (is_unknown(run, named))
            write_unknown(run, stub, named, comparison, number);
        else
            write_known(run, named, comparison, number);
        separator = any ? " || " : " && ";
    }
}

/* Does the condition of an output look at this one?  Not that of output but. */
static bool is_looked_at(const struct c_stub *stub, const struct fastabi_param *param,
                         const struct fastabi_param *but)
{
    for (size_t i = 0; i < fastabi_op_conditional_count(stub->op); i++) {
        const struct fastabi_param *other = fastabi_op_conditional(stub->op, i);

        for (size_t j = 0; j < fastabi_param_condition_count(other) && other != but; j++) {
            if (fastabi_param_condition(other, j, NULL, NULL) == param)
                return true;
        }
    }
    return false;
}

static void store_field(const struct c_run *run, const struct c_stub *stub,
                        const struct fastabi_param *param, enum fastabi_outcome outcome)
{
    struct fastabi_writer *writer = run->writer;

    if (outcome == FASTABI_NEVER) {
        fastabi_write(writer,
                      "        out_%s_ = 0;\n        (void)out_%s_;\n        (void)fields_;\n",
                      fastabi_param_flat_name(param), fastabi_param_flat_name(param));
        return;
    }
    fastabi_write(writer, "        if (");
    write_condition(run, stub, param);
    fastabi_write(writer, ")\n    ");
    write_store(run, stub, fastabi_param_out(param));
    if (is_looked_at(stub, param, param))
        fastabi_write(writer, "        else\n            out_%s_ = 0;\n",
                      fastabi_param_flat_name(param));
}

static void store_value(const struct c_run *run, const struct c_stub *stub,
                        const struct fastabi_param *param, enum fastabi_outcome outcome)
{
    struct fastabi_writer *writer = run->writer;

    if (outcome == FASTABI_NEVER) {
        fastabi_write(writer, "        out_%s_ = 0;\n", fastabi_param_flat_name(param));
    } else {
        fastabi_write(writer, "        if (!(");
        write_condition(run, stub, param);
        fastabi_write(writer, "))\n            out_%s_ = 0;\n", fastabi_param_flat_name(param));
    }
    write_store(run, stub, fastabi_param_out(param));
}

/* Extend those outputs whose types only the compiler knows, and that conditions look at. */
static void write_extensions(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;

    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        const struct fastabi_param *param = stub->outputs[reg];

        if (!param || !is_unknown(run, param) || !is_looked_at(stub, param, NULL))
            continue;
        fastabi_write(writer, "        out_%s_ = (uint64_t)(", stub->out[reg]);
        write_type(writer, stub, param);
        fastabi_write(writer, ")out_%s_;\n", stub->out[reg]);
    }
}

void c_write_stores(const struct c_run *run, const struct c_stub *stub)
{
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (stub->outputs[reg] && !fastabi_param_condition_count(stub->outputs[reg]))
            write_store(run, stub, reg);
    }
    write_extensions(run, stub);
    for (size_t i = 0; i < fastabi_op_conditional_count(stub->op); i++) {
        const struct fastabi_param *param = fastabi_op_conditional(stub->op, i);
        enum fastabi_outcome outcome = fastabi_param_outcome(param, run->style == C_STYLE_STRUCT);

        if (outcome == FASTABI_ALWAYS)
            write_store(run, stub, fastabi_param_out(param));
        else if (c_find_argument(stub, param))
            store_value(run, stub, param, outcome);
        else
            store_field(run, stub, param, outcome);
    }
}
