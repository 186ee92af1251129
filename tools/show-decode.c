/* SPDX-License-Identifier: MIT */
/*
 * The call or the result in a register dump.
 */
#include "show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* of UTF-8: editors put it before a text */
#define TRACE           "<stdin>"      /* what messages call standard input */
#define VIRIDIAN_MASK   0x80000000u    /* of rax: no FastABI call has that bit */
#define ERRNO_MAX       4095           /* of a result: what is below -ERRNO_MAX is not an error */

/* ---- results ---- */

/* Is rax a negative errno, of 64 bits or cut to 32? */
static bool is_error(uint64_t rax, int *number)
{
    uint32_t low = (uint32_t)rax;

    if (-low > ERRNO_MAX || !low || (rax >> 32 != UINT32_MAX && rax >> 32))
        return false;
    *number = (int)-low;
    return true;
}

static void print_error(int number)
{
    const char *name = fastabi_errno_name(number);

    printf("-%d%s%s", number, name ? " " : "", name ? name : ", not an error of Xen");
}

static enum tool_status show_result(int number)
{
    fputs("result: ", stdout);
    print_error(number);
    if (fastabi_errno_text(number))
        printf(" (%s)", fastabi_errno_text(number));
    putchar('\n');
    return TOOL_DONE;
}

/* ---- what is not a call ---- */

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

static char *explain_no_mask(const struct tool_specs *specs, uint64_t rax)
{
    const struct fastabi_spec *spec = find_hypercall(specs, (uint32_t)rax);
    const char *success = rax ? "" : "; as a result, 0 is success";

    if (!spec)
        return tool_printf("not a FastABI call: bit 30 (0x%x) of rax = 0x%" PRIx64
                           " is clear%s; give the rax from before a FastABI call",
                           FASTABI_MASK, rax, success);
    return tool_printf("not a FastABI call: bit 30 (0x%x) of rax = 0x%" PRIx64
                       " is clear%s; as a classic hypercall it is %" PRIu32
                       ", %s; in FastABI rax is 0x%" PRIx32,
                       FASTABI_MASK, rax, success, fastabi_spec_hypercall_index(spec),
                       fastabi_spec_name(spec), fastabi_spec_hypercall_index(spec) | FASTABI_MASK);
}

/* Why the dump shows no call, malloced, and its status.  NULL: no memory, which was reported. */
static char *explain(const struct tool_specs *specs, const struct dump *dump,
                     enum tool_status *status)
{
    uint32_t index = (uint32_t)dump->values[0] & ~FASTABI_MASK;
    const struct fastabi_spec *spec = find_hypercall(specs, index);

    *status = TOOL_FAULT;
    if (dump->values[0] & VIRIDIAN_MASK && dump->values[0] & FASTABI_MASK)
        return tool_printf("not a FastABI call: bit 31 (0x%x) of rax = 0x%" PRIx64
                           " is set, which viridian's hypercalls and negative results have; give "
                           "the rax from before a FastABI call",
                           VIRIDIAN_MASK, dump->values[0]);
    if (!(dump->values[0] & FASTABI_MASK))
        return explain_no_mask(specs, dump->values[0]);
    if (!spec)
        return tool_printf("a FastABI call of hypercall %" PRIu32
                           ", which no specification describes; "
                           "'fastabi-gen list' lists those that are installed",
                           index);
    if (has_sub_operations(spec) && !(dump->known & 2)) {
        *status = TOOL_USAGE;
        return tool_printf("a call of hypercall %" PRIu32
                           ", %s; add rdi=VALUE, which says which sub-operation",
                           index, fastabi_spec_name(spec));
    }
    return tool_printf("a call of hypercall %" PRIu32 ", %s, which has no sub-operation %" PRIu64
                       "; 'fastabi-gen show %.200s' lists them",
                       index, fastabi_spec_name(spec), dump->values[1], fastabi_spec_path(spec));
}

/* ---- a call in a table ---- */

/* A value in both bases, by the type's sign. */
static void print_value(struct text_table *table, const struct fastabi_param *param, uint64_t reg)
{
    uint64_t value = fastabi_param_value(param, reg);
    unsigned int width = fastabi_param_width(param);

    if (fastabi_param_is_signed(param))
        text_table_add(table, "%" PRId64, (int64_t)value);
    else
        text_table_add(table, "%" PRIu64, value);
    if (width < 64)
        value &= (UINT64_C(1) << width) - 1;
    text_table_add(table, " = 0x%" PRIx64, value);
    if (fastabi_param_value(param, reg) != reg)
        text_table_add(table, "\n  excess bits: 0x%" PRIx64, reg);
}

/* The fields that are packed into an input, one per line. */
static void print_parts(struct text_table *table, const struct fastabi_param *param, uint64_t reg)
{
    for (size_t i = 0; i < fastabi_param_part_count(param); i++) {
        unsigned int shift, width;
        bool is_signed;
        const char *field = fastabi_param_part(param, i, &shift, &width, &is_signed);
        uint64_t value = reg >> shift << (64 - width);

        if (is_signed)
            text_table_add(table, "\n  %s %" PRId64, field, (int64_t)value >> (64 - width));
        else
            text_table_add(table, "\n  %s %" PRIu64, field, value >> (64 - width));
        text_table_add(table, " = 0x%" PRIx64, value >> (64 - width));
    }
}

static void print_row(struct text_table *table, const struct fastabi_spec *spec,
                      const struct fastabi_op *op, const struct dump *dump, int reg)
{
    const struct fastabi_param *param = fastabi_op_input(op, reg);

    text_table_add(table, "%s" TEXT_CELL, fastabi_register_name(reg));
    if (reg == 0) {
        text_table_add(table, "hypercall" TEXT_CELL TEXT_CELL "%" PRIu32 " = %s",
                       fastabi_spec_hypercall_index(spec), fastabi_spec_name(spec));
    } else if (!param) {
        text_table_add(table, "sub-operation" TEXT_CELL TEXT_CELL "%" PRIu32 " = %s",
                       fastabi_op_index(op), show_op_name(op));
    } else {
        text_table_add(table, "%s" TEXT_CELL "%s" TEXT_CELL, fastabi_param_name(param),
                       show_param_type(param));
        if (dump->known >> reg & 1) {
            print_value(table, param, dump->values[reg]);
            print_parts(table, param, dump->values[reg]);
        } else {
            text_table_add(table, "missing: %s=VALUE", fastabi_register_name(reg));
        }
    }
    text_table_add(table, TEXT_ROW);
}

static enum tool_status print_call(const struct fastabi_spec *spec, const struct fastabi_op *op,
                                   const struct dump *dump)
{
    struct text_table table = { 0 };
    uint32_t state = (uint32_t)(dump->values[0] >> 32);

    printf("%s.%s\n\n", fastabi_spec_name(spec), show_op_name(op));
    text_table_add(&table,
                   "register" TEXT_CELL "field" TEXT_CELL "type" TEXT_CELL "value" TEXT_ROW);
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (fastabi_op_input_mask(op) >> reg & 1)
            print_row(&table, spec, op, dump, reg);
    }
    if (!text_table_print(&table, text_width()))
        return tool_out_of_memory();
    if (state) {
        printf("Bits 63 to 32 of rax, 0x%" PRIx32 ", are not part of the call; they are the "
               "hypervisor's own.\n",
               state);
    }
    return TOOL_DONE;
}

enum tool_status show_call(const struct tool_command *command, const struct tool_specs *specs,
                           const struct dump *dump)
{
    const struct fastabi_spec *spec;
    const struct fastabi_op *op;
    enum tool_status status;
    char *text;
    int number;

    if (!(dump->known & 1))
        return tool_usage_error(command, "--decode needs at least rax=VALUE; add it");
    if (is_error(dump->values[0], &number))
        return show_result(number);
    op = fastabi_decode(specs->items, specs->count, dump->values, dump->known, &spec);
    if (op)
        return print_call(spec, op, dump);
    text = explain(specs, dump, &status);
    if (!text)
        return TOOL_SYSTEM;
    if (status == TOOL_USAGE && !dump->line) {
        tool_usage_error(command, "%s", text);
    } else {
        tool_error("NOT_A_CALL", dump->line ? TRACE : NULL, dump->line, "%s", text);
        status = TOOL_FAULT;
    }
    free(text);
    return status;
}

/* ---- a call in a line ---- */

static void print_call_line(const struct fastabi_spec *spec, const struct fastabi_op *op,
                            const struct dump *dump, const char *before)
{
    const char *between = "";

    printf("%s%s.%s(", before, fastabi_spec_name(spec), show_op_name(op));
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        int reg = fastabi_param_in(param);

        if (reg == FASTABI_NO_REGISTER)
            continue;
        printf("%s%s=", between, fastabi_param_name(param));
        if (!(dump->known >> reg & 1))
            putchar('?');
        else if (fastabi_param_is_signed(param))
            printf("%" PRId64, (int64_t)fastabi_param_value(param, dump->values[reg]));
        else
            printf("0x%" PRIx64, fastabi_param_value(param, dump->values[reg]));
        between = ", ";
    }
    puts(")");
}

enum tool_status show_call_line(const struct tool_specs *specs, const struct dump *dump,
                                size_t line, const char *before)
{
    const struct fastabi_spec *spec;
    const struct fastabi_op *op;
    enum tool_status status;
    char *text;
    int number;

    if (!(dump->known & 1)) {
        tool_error("BAD_DUMP", TRACE, line,
                   "there is no rax in this line; write it as rax=VALUE rdi=VALUE ...");
        return TOOL_FAULT;
    }
    if (is_error(dump->values[0], &number)) {
        print_error(number);
        putchar('\n');
        return TOOL_DONE;
    }
    op = fastabi_decode(specs->items, specs->count, dump->values, dump->known, &spec);
    if (op) {
        print_call_line(spec, op, dump, before);
        return TOOL_DONE;
    }
    text = explain(specs, dump, &status);
    if (!text)
        return TOOL_SYSTEM;
    tool_error("NOT_A_CALL", TRACE, line, "%s", text);
    free(text);
    return TOOL_FAULT;
}

void show_result_line(uint64_t rax)
{
    int number;

    if (is_error(rax, &number))
        print_error(number);
    else
        printf("0x%" PRIx64, rax);
    putchar('\n');
}

/* ---- standard input ---- */

/* End the line at text with a NUL; the next line, or NULL. */
static char *cut_line(char *text)
{
    char *end = strchr(text, '\n');

    if (!end)
        return NULL;
    *end = '\0';
    return end + 1;
}

/* One dump over several lines: a single one of them has rax, and others have what else there is. */
static bool is_one_dump(char *text)
{
    size_t calls = 0, others = 0;

    for (char *line = text, *next; line; line = next) {
        struct dump dump = { .known = 0 };
        struct dump_fault fault;

        next = cut_line(line);
        (void)dump_read(&dump, line, &fault);
        if (next)
            next[-1] = '\n';
        calls += dump.known & 1;
        others += !(dump.known & 1) && !dump_is_empty(&dump);
    }
    return calls == 1 && others;
}

enum tool_status show_trace(const struct tool_command *command, const struct tool_specs *specs,
                            char *text)
{
    bool is_dump;
    struct dump dump = { .known = 0 };
    enum tool_status status = TOOL_DONE;
    size_t number = 0;

    text += strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) ? 0 : strlen(BYTE_ORDER_MARK);
    is_dump = is_one_dump(text);
    for (char *line = text, *next; line; line = next) {
        struct dump_fault fault;

        next = cut_line(line);
        number++;
        if (!line[strspn(line, " \t\r")])
            continue;
        if (!is_dump)
            dump = (struct dump){ .known = 0 };
        if (!dump_read(&dump, line, &fault)) {
            tool_error("BAD_DUMP", TRACE, number, "%s", fault.text);
            status = TOOL_FAULT;
            if (is_dump)
                return status;
        } else if (is_dump) {
            if (!dump.line && dump.known & 1)
                dump.line = number;
        } else {
            enum tool_status result;

            dump_settle(&dump);
            result = show_call_line(specs, &dump, number, "");
            status = result > status ? result : status;
        }
    }
    if (!is_dump)
        return status;
    dump_settle(&dump);
    return show_call(command, specs, &dump);
}
