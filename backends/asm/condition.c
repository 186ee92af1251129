/* SPDX-License-Identifier: MIT */
/*
 * After the call, outputs that mean nothing under their condition are cleared.  Compares and jumps
 * change flags.  An input whose register the call overwrites waits on the stack, if a condition
 * names it.
 */
#include <inttypes.h>

#include "asm.h"

/* An operation's macro while its conditions are written. */
struct place {
    const struct asm_file *file;
    const struct fastabi_op *op;
    const struct fastabi_param *saved[FASTABI_REGISTERS]; /* on the stack, the last one on top */
    unsigned int saved_count;
    unsigned int numbers; /* constants that are in memory */
};

static bool is_gas(const struct place *place)
{
    return place->file->syntax == &asm_gas;
}

/* ---- inputs that the call overwrites ---- */

bool asm_is_lost(const struct fastabi_op *op, const struct fastabi_param *param)
{
    uint32_t changed = fastabi_op_output_mask(op) | fastabi_op_clobber_mask(op);

    return fastabi_param_out(param) == FASTABI_NO_REGISTER &&
           changed >> fastabi_param_in(param) & 1;
}

/* Which of those on the stack it is; saved_count: none. */
static unsigned int position_of(const struct place *place, const struct fastabi_param *param)
{
    unsigned int i = 0;

    while (i < place->saved_count && place->saved[i] != param)
        i++;
    return i;
}

static void find_saved(struct place *place)
{
    for (size_t i = 0; i < fastabi_op_conditional_count(place->op); i++) {
        const struct fastabi_param *param = fastabi_op_conditional(place->op, i);

        if (fastabi_param_outcome(param, false) != FASTABI_DEPENDS)
            continue;
        for (size_t j = 0; j < fastabi_param_condition_count(param); j++) {
            const struct fastabi_param *named = fastabi_param_condition(param, j, NULL, NULL);

            if (position_of(place, named) == place->saved_count && asm_is_lost(place->op, named))
                place->saved[place->saved_count++] = named;
        }
    }
}

void asm_write_saves(const struct asm_file *file, const struct fastabi_op *op)
{
    struct place place = { .file = file, .op = op };

    find_saved(&place);
    for (unsigned int i = 0; i < place.saved_count; i++)
        fastabi_write(file->writer, "    push %s%s\n", file->syntax->register_prefix,
                      fastabi_register_name(fastabi_param_in(place.saved[i])));
}

/* ---- one comparison ---- */

/* "%r9d", or "8(%rsp)" */
static const char *operand_of(const struct place *place, const struct fastabi_param *param)
{
    struct fastabi_emission *emission = place->file->emission;
    int reg = fastabi_param_out(param);

    unsigned int position = position_of(place, param);

    if (position < place->saved_count) {
        unsigned int offset = 8 * (place->saved_count - 1 - position);

        if (is_gas(place))
            return fastabi_emission_printf(emission, "%u(%%rsp)", offset);
        return fastabi_emission_printf(emission, "%s [rsp+%u]",
                                       fastabi_param_width(param) == 8    ? "byte"
                                       : fastabi_param_width(param) == 16 ? "word"
                                       : fastabi_param_width(param) == 32 ? "dword"
                                                                          : "qword",
                                       offset);
    }
    return fastabi_emission_printf(emission, "%s%s", place->file->syntax->register_prefix,
                                   asm_register_part(reg == FASTABI_NO_REGISTER
                                                         ? fastabi_param_in(param)
                                                         : reg,
                                                     fastabi_param_width(param)));
}

/* A number of more than 32 bits cannot be in the instruction, so it is in memory. */
static void write_far_compare(struct place *place, const char *operand, bool in_memory,
                              int64_t number)
{
    struct fastabi_writer *writer = place->file->writer;
    unsigned int n = place->numbers++;

    if (is_gas(place)) {
        fastabi_write(writer,
                      "    .pushsection .rodata\n"
                      ".Lxen_fastabi_number_\\@_%u:\n"
                      "    .quad %" PRId64 "\n"
                      "    .popsection\n",
                      n, number);
        if (in_memory)
            fastabi_write(writer, "    xchgq %%rax, %s\n", operand);
        fastabi_write(writer, "    cmpq .Lxen_fastabi_number_\\@_%u(%%rip), %s\n", n,
                      in_memory ? "%rax" : operand);
        if (in_memory)
            fastabi_write(writer, "    xchgq %%rax, %s\n", operand);
        return;
    }
    fastabi_write(writer,
                  "    [section .rodata]\n"
                  "%%%%number%u: dq %" PRId64 "\n"
                  "    __?SECT?__\n",
                  n, number);
    if (in_memory)
        fastabi_write(writer, "    xchg rax, %s\n", operand);
    fastabi_write(writer, "    cmp %s, [rel %%%%number%u]\n", in_memory ? "rax" : operand, n);
    if (in_memory)
        fastabi_write(writer, "    xchg rax, %s\n", operand);
}

int64_t asm_signed_number(const struct fastabi_param *param, int64_t number)
{
    const unsigned int width = fastabi_param_width(param);

    if (width == 64 || number < INT64_C(1) << (width - 1))
        return number;
    return number - (INT64_C(1) << width);
}

static void write_compare(struct place *place, const struct fastabi_param *param, int64_t number)
{
    unsigned int width = fastabi_param_width(param);
    const char *operand = operand_of(place, param);

    if (width == 64 && (number < INT32_MIN || number > INT32_MAX)) {
        write_far_compare(place, operand, position_of(place, param) < place->saved_count, number);
        return;
    }
    number = asm_signed_number(param, number);
    if (is_gas(place))
        fastabi_write(place->file->writer, "    cmp%s $%" PRId64 ", %s\n",
                      width == 8    ? "b"
                      : width == 16 ? "w"
                      : width == 32 ? "l"
                                    : "q",
                      number, operand);
    else
        fastabi_write(place->file->writer, "    cmp %s, %" PRId64 "\n", operand, number);
}

/* ---- jumps ---- */

const char *asm_jump_of(const struct fastabi_param *param, enum fastabi_comparison comparison,
                        bool inverted)
{
    static const char *const jumps[][2] = {
        [FASTABI_EQUAL] = { "je", "je" },   [FASTABI_NOT_EQUAL] = { "jne", "jne" },
        [FASTABI_LESS] = { "jb", "jl" },    [FASTABI_LESS_OR_EQUAL] = { "jbe", "jle" },
        [FASTABI_GREATER] = { "ja", "jg" }, [FASTABI_GREATER_OR_EQUAL] = { "jae", "jge" },
    };
    static const enum fastabi_comparison opposites[] = {
        [FASTABI_EQUAL] = FASTABI_NOT_EQUAL,       [FASTABI_NOT_EQUAL] = FASTABI_EQUAL,
        [FASTABI_LESS] = FASTABI_GREATER_OR_EQUAL, [FASTABI_LESS_OR_EQUAL] = FASTABI_GREATER,
        [FASTABI_GREATER] = FASTABI_LESS_OR_EQUAL, [FASTABI_GREATER_OR_EQUAL] = FASTABI_LESS,
    };

    return jumps[inverted ? opposites[comparison] : comparison][fastabi_param_is_signed(param)];
}

static void write_label(const struct place *place, const char *name, size_t number)
{
    fastabi_write(place->file->writer, is_gas(place) ? ".Lxen_fastabi_%s_\\@_%u" : "%%%%%s%u", name,
                  (unsigned int)number);
}

static void write_jump(const struct place *place, const char *jump, const char *name, size_t number)
{
    fastabi_write(place->file->writer, "    %s ", jump);
    write_label(place, name, number);
    fastabi_write(place->file->writer, "\n");
}

size_t asm_last_comparison(const struct fastabi_param *param)
{
    size_t last = 0;

    for (size_t i = 0; i < fastabi_param_condition_count(param); i++) {
        if (!fastabi_param_condition_is_settled(param, i, false, NULL))
            last = i;
    }
    return last;
}

/* The comparisons of an output's condition, and jumps to "keep" or to "clear". */
static void write_comparisons(struct place *place, const struct fastabi_param *param, size_t number)
{
    bool any = fastabi_param_condition_is_any(param);
    size_t last = asm_last_comparison(param);
    bool jumps_to_clear = false;

    for (size_t i = 0; i <= last; i++) {
        enum fastabi_comparison comparison;
        int64_t with;
        const struct fastabi_param *named = fastabi_param_condition(param, i, &comparison, &with);

        if (fastabi_param_condition_is_settled(param, i, false, NULL))
            continue;
        write_compare(place, named, with);
        if (any || i == last)
            write_jump(place, asm_jump_of(named, comparison, false), "keep", number);
        else
            write_jump(place, asm_jump_of(named, comparison, true), "clear", number);
        jumps_to_clear |= !any && i != last;
    }
    if (jumps_to_clear) {
        write_label(place, "clear", number);
        fastabi_write(place->file->writer, ":\n");
    }
}

void asm_write_conditions(const struct asm_file *file, const struct fastabi_op *op)
{
    struct place place = { .file = file, .op = op };
    const char *prefix = file->syntax->register_prefix;

    find_saved(&place);
    for (size_t i = 0; i < fastabi_op_conditional_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_conditional(op, i);
        const char *part = asm_register_part(fastabi_param_out(param), 32);
        enum fastabi_outcome outcome = fastabi_param_outcome(param, false);

        if (outcome == FASTABI_DEPENDS)
            write_comparisons(&place, param, i);
        if (outcome != FASTABI_ALWAYS)
            fastabi_write(file->writer, "    xor %s%s, %s%s\n", prefix, part, prefix, part);
        if (outcome == FASTABI_DEPENDS) {
            write_label(&place, "keep", i);
            fastabi_write(file->writer, ":\n");
        }
    }
    if (place.saved_count)
        fastabi_write(file->writer,
                      is_gas(&place) ? "    leaq %u(%%rsp), %%rsp\n" : "    lea rsp, [rsp+%u]\n",
                      8 * place.saved_count);
}
