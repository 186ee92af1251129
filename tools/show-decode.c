/* SPDX-License-Identifier: MIT */
/* The call behind a register dump.  Knows nothing of where specifications come from. */
#include "show.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Registers of a dump that are the ABI's. */
struct dump {
    uint64_t values[FASTABI_REGISTERS];
    uint32_t known; /* bit n: values[n] was given */
};

/* ---- reading ---- */

/* Decimal or 0x hexadecimal, of 64 bits; decimal may be negative. */
static bool parse_value(const char *text, uint64_t *value)
{
    bool is_negative = *text == '-';
    const char *digits = text + is_negative;
    int base = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') ? 16 : 10;
    unsigned long long number;
    char *end;

    digits += base == 16 ? 2 : 0;
    if (!isxdigit((unsigned char)*digits))
        return false;
    errno = 0;
    number = strtoull(digits, &end, base);
    if (errno || *end || (is_negative && number > (uint64_t)INT64_MAX + 1))
        return false;
    *value = is_negative ? -(uint64_t)number : number;
    return true;
}

/* Take "rax=0x40000020".  Registers that are none of the ABI's are a dump's other lines. */
static enum tool_status take_register(const struct tool_command *command, struct dump *dump,
                                      const char *argument)
{
    char name[8] = "";
    size_t length = strcspn(argument, "=");
    int reg;

    if (length >= sizeof(name))
        return TOOL_DONE;
    for (size_t i = 0; i < length; i++)
        name[i] = (char)tolower((unsigned char)argument[i]);
    reg = fastabi_register_number(name);
    if (reg == FASTABI_NO_REGISTER)
        return TOOL_DONE;
    if (!parse_value(argument + length + 1, &dump->values[reg])) {
        return tool_usage_error(command, "'%s' is no value of 64 bits, decimal or 0x hexadecimal",
                                argument);
    }
    dump->known |= 1u << reg;
    return TOOL_DONE;
}

/* ---- what is no call ---- */

static const struct fastabi_spec *find_hypercall(const struct tool_specs *specs, uint32_t index)
{
    for (size_t i = 0; i < specs->count; i++) {
        if (fastabi_spec_hypercall_index(specs->items[i]) == index)
            return specs->items[i];
    }
    return NULL;
}

static bool has_sub_operations(const struct fastabi_spec *spec)
{
    size_t count = fastabi_spec_op_count(spec);

    return count && !fastabi_op_is_direct(fastabi_spec_op(spec, count - 1));
}

static enum tool_status explain_no_mask(const struct tool_specs *specs, uint64_t rax)
{
    const struct fastabi_spec *spec = find_hypercall(specs, (uint32_t)rax);

    fprintf(stderr, "fastabi-gen: no FastABI call: bit 30 (0x%x) of rax = 0x%" PRIx64 " is clear",
            FASTABI_MASK, rax);
    if (spec) {
        fprintf(stderr, "; as a classic hypercall it is %" PRIu32 ", %s",
                fastabi_spec_hypercall_index(spec), fastabi_spec_name(spec));
    }
    fputc('\n', stderr);
    return TOOL_FAULT;
}

static enum tool_status explain_unknown(const struct tool_command *command,
                                        const struct tool_specs *specs, const struct dump *dump)
{
    uint32_t index = (uint32_t)dump->values[0] & ~FASTABI_MASK;
    const struct fastabi_spec *spec = find_hypercall(specs, index);

    if (!(dump->values[0] & FASTABI_MASK))
        return explain_no_mask(specs, dump->values[0]);
    if (!spec) {
        fprintf(stderr,
                "fastabi-gen: a FastABI call of hypercall %" PRIu32
                ", which none of the specifications is\n",
                index);
        return TOOL_FAULT;
    }
    if (has_sub_operations(spec) && !(dump->known & 2)) {
        return tool_usage_error(command,
                                "a call of hypercall %" PRIu32 ", %s; rdi=VALUE tells "
                                "which sub-operation",
                                index, fastabi_spec_name(spec));
    }
    fprintf(stderr,
            "fastabi-gen: a call of hypercall %" PRIu32 ", %s, which has no sub-operation "
            "%" PRIu64 "\n",
            index, fastabi_spec_name(spec), dump->values[1]);
    return TOOL_FAULT;
}

/* ---- a call ---- */

/* A value in both bases, by the type's sign. */
static void print_value(FILE *stream, const struct fastabi_param *param, uint64_t reg)
{
    uint64_t value = fastabi_param_value(param, reg);
    unsigned int width = fastabi_param_width(param);

    if (fastabi_param_is_signed(param))
        fprintf(stream, "%" PRId64, (int64_t)value);
    else
        fprintf(stream, "%" PRIu64, value);
    if (width < 64)
        value &= (UINT64_C(1) << width) - 1;
    fprintf(stream, " = 0x%" PRIx64, value);
    if (fastabi_param_value(param, reg) != reg)
        fprintf(stream, "\n  excess bits: 0x%" PRIx64, reg);
}

static void print_row(FILE *stream, const struct fastabi_spec *spec, const struct fastabi_op *op,
                      const struct dump *dump, int reg)
{
    const struct fastabi_param *param = fastabi_op_input(op, reg);

    fprintf(stream, "%s" TEXT_CELL, fastabi_register_name(reg));
    if (reg == 0) {
        fprintf(stream, "hypercall" TEXT_CELL TEXT_CELL "%" PRIu32 " = %s",
                fastabi_spec_hypercall_index(spec), fastabi_spec_name(spec));
    } else if (!param) {
        fprintf(stream, "sub-operation" TEXT_CELL TEXT_CELL "%" PRIu32 " = %s",
                fastabi_op_index(op), show_op_name(op));
    } else {
        fprintf(stream, "%s" TEXT_CELL "%s" TEXT_CELL, fastabi_param_name(param),
                show_param_type(param));
        if (dump->known >> reg & 1)
            print_value(stream, param, dump->values[reg]);
        else
            fprintf(stream, "missing: %s=VALUE", fastabi_register_name(reg));
    }
    fputs(TEXT_ROW, stream);
}

static enum tool_status print_call(const struct fastabi_spec *spec, const struct fastabi_op *op,
                                   const struct dump *dump)
{
    struct text_table table;
    uint32_t state = (uint32_t)(dump->values[0] >> 32);

    printf("%s.%s\n\n", fastabi_spec_name(spec), show_op_name(op));
    if (!text_table_start(&table))
        return tool_out_of_memory();
    fputs("register" TEXT_CELL "field" TEXT_CELL "type" TEXT_CELL "value" TEXT_ROW, table.stream);
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (fastabi_op_input_mask(op) >> reg & 1)
            print_row(table.stream, spec, op, dump, reg);
    }
    if (!text_table_print(&table, text_width()))
        return tool_out_of_memory();
    if (state) {
        printf("Bits 63 to 32 of rax, 0x%" PRIx32 ", are no part of the call: the hypervisor's "
               "own.\n",
               state);
    }
    return TOOL_DONE;
}

enum tool_status show_call(const struct tool_command *command, const struct tool_specs *specs,
                           const struct tool_list *registers)
{
    struct dump dump = { { 0 }, 0 };
    const struct fastabi_spec *spec;
    const struct fastabi_op *op;
    enum tool_status status = TOOL_DONE;

    for (size_t i = 0; i < registers->count && !status; i++)
        status = take_register(command, &dump, registers->items[i]);
    if (status)
        return status;
    if (!(dump.known & 1))
        return tool_usage_error(command, "--decode needs at least rax=VALUE");
    op = fastabi_decode(specs->items, specs->count, dump.values, dump.known, &spec);
    return op ? print_call(spec, op, &dump) : explain_unknown(command, specs, &dump);
}
