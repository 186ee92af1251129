/* SPDX-License-Identifier: MIT */
/*
 * One operation as a function: scalars by value, outputs through pointers.  What is needed after
 * the call waits where the call leaves it alone; outputs are stored only if the call succeeded.
 */
#include <string.h>

#include "functions.h"

/* A function being written. */
struct function {
    const struct asm_file *file;
    const struct fastabi_op *op;
    const char *name; /* of the function */
    struct asm_plan plan;
    size_t numbers; /* constants of 64 bits so far */
};

/* From the stack pointer, once everything is pushed. */
static int offset_of(const struct function *function, int place)
{
    return 8 * (int)function->plan.pushed_count + place;
}

/* ---- before the call ---- */

static void write_begin(const struct function *function)
{
    const struct asm_file *file = function->file;
    const struct asm_spelling *spelling = file->spelling;
    const struct asm_plan *plan = &function->plan;
    const char *begin = file->options->is_hidden && spelling->hidden ? spelling->hidden
                                                                     : spelling->begin;

    if (!plan->pushed_count && spelling->begin_leaf)
        begin = spelling->begin_leaf;
    asm_put_template(file, begin, function->name);
    for (size_t i = 0; i < plan->pushed_count; i++)
        asm_put_template(file, i < plan->saved_count ? spelling->save : spelling->keep,
                         asm_register_name(plan->pushed[i], 64));
    if (begin != spelling->begin_leaf)
        asm_put_template(file, spelling->body, function->name);
}

static void write_spills(const struct function *function)
{
    for (size_t i = 0; i < function->plan.argument_count; i++) {
        const struct asm_argument *argument = &function->plan.arguments[i];

        if (argument->is_spilled)
            asm_put_store(function->file, ASM_RSP, offset_of(function, argument->place),
                          argument->arrival, 64);
    }
}

static void write_move(const struct function *function, const struct asm_move *move)
{
    const struct asm_file *file = function->file;
    const int offset = offset_of(function, move->place);
    int from = move->from;

    if (move->is_exchange) {
        asm_put_exchange(file, move->to, from);
        return;
    }
    if (from == FASTABI_NO_REGISTER && move->is_pointer) {
        asm_put_load(file, move->to, ASM_RSP, offset, 64, false);
        from = move->to;
    }
    if (from == FASTABI_NO_REGISTER)
        asm_put_load(file, move->to, ASM_RSP, offset, move->width, move->is_signed);
    else if (move->is_pointer)
        asm_put_load(file, move->to, from, 0, move->width, move->is_signed);
    else
        asm_put_move(file, move->to, from, move->width, move->is_signed);
}

/* What makes the call. */
static const char *transfer_of(const struct asm_file *file)
{
    const struct asm_spelling *spelling = file->spelling;
    const char *transfer = file->options->transfer;

    return !strcmp(transfer, "vmcall")    ? spelling->vmcall
           : !strcmp(transfer, "vmmcall") ? spelling->vmmcall
           : !strcmp(transfer, "patch")   ? spelling->patch
                                          : spelling->macro;
}

static void write_call(struct function *function)
{
    const struct asm_file *file = function->file;
    struct asm_move move;

    write_spills(function);
    while (asm_next_move(&function->plan, &move))
        write_move(function, &move);
    if (!fastabi_op_is_direct(function->op))
        asm_put_number(file, ASM_RDI, fastabi_op_index(function->op));
    asm_put_number(file, ASM_RAX, FASTABI_MASK | fastabi_spec_hypercall_index(file->spec));
    fastabi_write(file->writer, "    %s\n", transfer_of(file));
}

/* ---- conditions ---- */

static const struct asm_argument *argument_of(const struct function *function,
                                              const struct fastabi_param *param)
{
    const struct asm_argument *argument = function->plan.arguments;

    while (argument->param != param)
        argument++;
    return argument;
}

/* The register that has a parameter's value after the call; or none: it is at its place. */
static int find_value(const struct function *function, const struct fastabi_param *param)
{
    const struct asm_argument *argument = argument_of(function, param);

    if (argument->is_pointer)
        return fastabi_param_out(param);
    return argument->is_kept ? argument->rest : fastabi_param_in(param);
}

/* Constants that cannot be a part of an instruction. */
static bool is_far(const struct fastabi_param *param, int64_t number)
{
    return fastabi_param_width(param) == 64 && (number < INT32_MIN || number > INT32_MAX);
}

static void write_compare(struct function *function, const struct fastabi_param *param,
                          int64_t number)
{
    const struct asm_file *file = function->file;
    const unsigned int width = fastabi_param_width(param);
    const int reg = find_value(function, param);
    const int offset = offset_of(function, argument_of(function, param)->place);

    if (is_far(param, number)) {
        const char *label = asm_number_label(file, function->name, function->numbers++);

        if (reg == FASTABI_NO_REGISTER)
            asm_put_exchange_memory(file, ASM_RAX, ASM_RSP, offset);
        asm_put_compare_far(file, reg == FASTABI_NO_REGISTER ? ASM_RAX : reg, label);
        if (reg == FASTABI_NO_REGISTER)
            asm_put_exchange_memory(file, ASM_RAX, ASM_RSP, offset);
        return;
    }
    number = asm_signed_number(param, number);
    if (reg == FASTABI_NO_REGISTER)
        asm_put_compare_memory(file, ASM_RSP, offset, width, number);
    else
        asm_put_compare(file, reg, width, number);
}

/* In the order of write_compare(), before the function: an assembler may have to know them. */
static void write_numbers(const struct function *function)
{
    const struct asm_file *file = function->file;
    size_t n = 0;

    for (size_t i = 0; i < fastabi_op_conditional_count(function->op); i++) {
        const struct fastabi_param *param = fastabi_op_conditional(function->op, i);

        if (fastabi_param_outcome(param, false) != FASTABI_DEPENDS)
            continue;
        for (size_t j = 0; j < fastabi_param_condition_count(param); j++) {
            int64_t number;
            const struct fastabi_param *named = fastabi_param_condition(param, j, NULL, &number);

            if (fastabi_param_condition_is_settled(param, j, false, NULL) || !is_far(named, number))
                continue;
            if (!n)
                asm_put_template(file, file->spelling->numbers, function->name);
            asm_put_constant(file, asm_number_label(file, function->name, n++), number);
        }
    }
    if (n)
        asm_put_template(file, file->spelling->numbers_end, function->name);
}

/* The comparisons of an output's condition, and jumps to "keep" or to "clear". */
static void write_comparisons(struct function *function, const struct fastabi_param *param,
                              size_t number)
{
    const struct asm_file *file = function->file;
    const char *keep = asm_label(file, function->name, "keep", number);
    const char *clear = asm_label(file, function->name, "clear", number);
    const bool any = fastabi_param_condition_is_any(param);
    const size_t last = asm_last_comparison(param);
    bool jumps_to_clear = false;

    for (size_t i = 0; i <= last; i++) {
        enum fastabi_comparison comparison;
        int64_t with;
        const struct fastabi_param *named = fastabi_param_condition(param, i, &comparison, &with);

        if (fastabi_param_condition_is_settled(param, i, false, NULL))
            continue;
        write_compare(function, named, with);
        if (any || i == last)
            asm_put_jump(file, asm_jump_of(named, comparison, false), keep);
        else
            asm_put_jump(file, asm_jump_of(named, comparison, true), clear);
        jumps_to_clear |= !any && i != last;
    }
    if (jumps_to_clear)
        asm_put_label(file, clear);
}

static void write_conditions(struct function *function)
{
    const struct asm_file *file = function->file;

    for (size_t i = 0; i < fastabi_op_conditional_count(function->op); i++) {
        const struct fastabi_param *param = fastabi_op_conditional(function->op, i);
        const enum fastabi_outcome outcome = fastabi_param_outcome(param, false);

        if (outcome == FASTABI_DEPENDS)
            write_comparisons(function, param, i);
        if (outcome != FASTABI_ALWAYS)
            asm_put_clear(file, fastabi_param_out(param));
        if (outcome == FASTABI_DEPENDS)
            asm_put_label(file, asm_label(file, function->name, "keep", i));
    }
}

/* ---- after the call ---- */

/*
 * First through the pointers that are in registers.  Then rcx is free: nothing else that a function
 * needs now is in it, as the call does not use it.
 */
static void write_stores(const struct function *function)
{
    const struct asm_file *file = function->file;

    for (int in_memory = 0; in_memory < 2; in_memory++) {
        for (size_t i = 0; i < function->plan.argument_count; i++) {
            const struct asm_argument *argument = &function->plan.arguments[i];
            int base = argument->rest;

            if (!argument->is_pointer || (base == FASTABI_NO_REGISTER) != (in_memory == 1))
                continue;
            if (in_memory) {
                base = ASM_RCX;
                asm_put_load(file, base, ASM_RSP, offset_of(function, argument->place), 64, false);
            }
            asm_put_store(file, base, 0, fastabi_param_out(argument->param),
                          fastabi_param_width(argument->param));
        }
    }
}

static bool has_outputs(const struct function *function)
{
    for (size_t i = 0; i < function->plan.argument_count; i++) {
        if (function->plan.arguments[i].is_pointer)
            return true;
    }
    return false;
}

static void write_results(struct function *function)
{
    const struct asm_file *file = function->file;
    const char *failed = asm_label(file, function->name, "failed", 0);

    if (!has_outputs(function))
        return;
    asm_put_test(file, ASM_RAX);
    asm_put_jump(file, "js", failed);
    write_conditions(function);
    write_stores(function);
    asm_put_label(file, failed);
}

static void write_end(const struct function *function)
{
    const struct asm_file *file = function->file;
    const struct asm_plan *plan = &function->plan;
    const size_t kept = plan->pushed_count - plan->saved_count;

    if (kept)
        asm_put_template(file, file->spelling->release,
                         fastabi_emission_printf(file->emission, "%zu", 8 * kept));
    for (size_t i = plan->saved_count; i > 0; i--)
        asm_put_template(file, file->spelling->restore, asm_register_name(plan->pushed[i - 1], 64));
    asm_put_template(file, file->spelling->end, function->name);
}

void asm_write_function(const struct asm_file *file, const struct fastabi_op *op)
{
    struct function function = { .file = file, .op = op };

    function.name = asm_function_name(file, op);
    asm_make_plan(op, file->options->convention, &function.plan);
    write_numbers(&function);
    write_begin(&function);
    write_call(&function);
    write_results(&function);
    write_end(&function);
    fastabi_write(file->writer, "\n");
}
