/* SPDX-License-Identifier: MIT */
/*
 * Plays the hypervisor: runs every wrapper, takes the trap that stands where the transfer
 * instruction stood, compares registers and memory with the tables, and answers with patterns. Must
 * not know how a stub was made, nor in which language.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "harness.h"

#define TRIALS     8
#define SEARCHES   16 /* times that: for an operation whose outputs have conditions */
#define GUARD      64
#define STRUCT_MAX 4096

unsigned int trampoline(void (*wrapper)(struct call *), struct call *call);
void harness_report(const char *what);
extern uint64_t hook_calls;

/* Sites recorded by transfer=patch: each entry is the distance from itself to its instruction. */
extern const int32_t __start_xen_fastabi_sites[] __attribute__((__weak__));
extern const int32_t __stop_xen_fastabi_sites[] __attribute__((__weak__));

static const int reg_greg[8] = { REG_RAX, REG_RDI, REG_RSI, REG_R8,
                                 REG_R9,  REG_R10, REG_R11, REG_R12 };
static const char *const reg_names[8] = { "rax", "rdi", "rsi", "r8", "r9", "r10", "r11", "r12" };
static const char *const variant_names[VARIANTS] = { "Intel", "Amd", "vendor at run time" };
static const char *const callee_saved[7] = { "rbx", "rbp", "r12", "r13", "r14", "r15", "rsp" };

/* The call under way.  want_* is what memory must look like at this moment. */
static struct {
    const struct op *op;
    int variant, trial, traps, complaints;
    struct call call;
    int64_t result[CALLS];
    uint8_t want_mem[GUARD + STRUCT_MAX + GUARD];
    uint8_t want_cell[MAX_PARAMS][32];
} now;

static uint8_t mem[GUARD + STRUCT_MAX + GUARD] __attribute__((__aligned__(64)));
static uint8_t cells[MAX_PARAMS][32] __attribute__((__aligned__(16)));
static sigjmp_buf give_up;
static uint64_t random_state;
static int messages_left = 40;

static uint64_t random64(void)
{
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* A value that likes the edges of every width. */
static uint64_t random_edge(void)
{
    uint64_t r = random64();
    switch (r % 8) {
    case 0:
        return UINT64_MAX;
    case 1:
        return 0;
    case 2:
        return 0x8080808080808080u;
    case 3:
        return 0x7f7f7f7f7f7f7f7fu | (r & 0x8000000000000000u);
    case 4:
        return (uint64_t)1 << ((r >> 8) % 64);
    case 5:
        return ~((uint64_t)1 << ((r >> 8) % 64));
    default:
        return random64();
    }
}

static int64_t random_result(bool success)
{
    static const int64_t good[] = { 0,          1,           0x7fffffff, 0xffffffea,
                                    0x80000000, 0x100000000, INT64_MAX,  0xfffff001 };
    static const int64_t bad[] = { -1,        -22,           -4095,        -4096,
                                   INT64_MIN, INT64_MIN + 1, -0x100000000, -0x80000000ll };
    return (success ? good : bad)[random64() % 8];
}

static void __attribute__((__format__(__printf__, 1, 2))) complain(const char *format, ...)
{
    va_list args;
    now.complaints++;
    if (now.complaints > 3 || messages_left <= 0)
        return;
    messages_left--;
    printf("FAIL %s: %s (%s, trial %d, call %d): ", groups[now.op->group].name, now.op->title,
           variant_names[now.variant], now.trial, now.traps);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}

static uint64_t extend(uint64_t value, unsigned int width, bool is_signed)
{
    unsigned int shift = 64 - width;
    value <<= shift;
    return is_signed ? (uint64_t)((int64_t)value >> shift) : value >> shift;
}

static const struct field *field_of(const struct op *op, int i)
{
    return &op->layout->fields[i];
}

/* Bytes of a parameter in memory (of an image of it), or NULL for one passed by value. */
static uint8_t *storage(const struct op *op, int i, uint8_t *mem_image, uint8_t (*cell_image)[32],
                        unsigned int *size)
{
    const struct param *p = &op->params[i];
    if (p->place == IN_STRUCT) {
        *size = field_of(op, i)->size;
        return mem_image + GUARD + field_of(op, i)->offset;
    }
    *size = p->width / 8;
    return p->place == BY_POINTER ? cell_image[i] + CELL : NULL;
}

/* The register that an input must sit in the way its type says, from memory as it must be. */
static uint64_t expected_input(const struct op *op, int i)
{
    const struct param *p = &op->params[i];
    unsigned int size;
    const uint8_t *at = storage(op, i, now.want_mem, now.want_cell, &size);
    uint64_t value = now.call.in[i];
    if (at != NULL) {
        value = 0;
        memcpy(&value, at, size);
    }
    if (p->place == IN_STRUCT)
        value = extend(value, size * 8, field_of(op, i)->is_signed);
    return p->width == 0 ? value : extend(value, p->width, p->is_signed);
}

/* ---- outputs that mean something under a condition only ---- */

static bool is_signed(const struct op *op, int i)
{
    const struct param *p = &op->params[i];
    return p->width == 0 ? field_of(op, i)->is_signed : p->is_signed;
}

/* What a register says by the parameter's type, or by that of its field. */
static uint64_t typed_value(const struct op *op, int i, uint64_t reg)
{
    const struct param *p = &op->params[i];
    return extend(reg, p->width == 0 ? field_of(op, i)->size * 8 : p->width, is_signed(op, i));
}

static bool compares(__int128 value, unsigned int comparison, __int128 number)
{
    switch (comparison) {
    case EQUAL:
        return value == number;
    case NOT_EQUAL:
        return value != number;
    case LESS:
        return value < number;
    case LESS_OR_EQUAL:
        return value <= number;
    case GREATER:
        return value > number;
    default:
        return value >= number;
    }
}

/* values: of the outputs after the call, of the inputs before it */
static bool holds(const struct op *op, const struct condition *condition, const uint64_t *values)
{
    for (int n = 0; n < condition->term_count; n++) {
        const struct term *term = &condition->terms[n];
        uint64_t v = values[term->param];
        __int128 value = is_signed(op, term->param) ? (__int128)(int64_t)v : (__int128)v;
        if (compares(value, term->comparison, term->number) == condition->any)
            return condition->any;
    }
    return !condition->any;
}

/* A value at the edge of a comparison with this parameter, or 0 in *found. */
static uint64_t near_edge(const struct op *op, int i, bool *found)
{
    uint64_t value = 0;
    unsigned int count = 0;
    for (int c = 0; c < op->condition_count; c++)
        for (int n = 0; n < op->conditions[c].term_count; n++) {
            const struct term *term = &op->conditions[c].terms[n];
            if (term->param == i && random64() % ++count == 0)
                value = (uint64_t)term->number + random64() % 3 - 1;
        }
    *found = count != 0;
    return value;
}

/* Any value; where a condition looks at it, mostly one that decides. */
static uint64_t random_value(const struct op *op, int i)
{
    bool found;
    uint64_t value = near_edge(op, i, &found);
    return found && random64() % 4 ? value : random_edge();
}

/* What must be in memory after a call that succeeded with these values in its outputs. */
static void expect_outputs(const struct op *op, uint64_t *values)
{
    bool valid[MAX_PARAMS];
    for (int i = 0; i < op->param_count; i++) {
        valid[i] = true;
        if (op->params[i].reg_out < 0)
            values[i] = expected_input(op, i);
    }
    for (int n = 0; n < op->condition_count; n++) {
        int i = op->conditions[n].param;
        valid[i] = holds(op, &op->conditions[n], values);
        if (!valid[i])
            values[i] = 0;
    }
    for (int i = 0; i < op->param_count; i++) {
        unsigned int size;
        uint8_t *at = storage(op, i, now.want_mem, now.want_cell, &size);
        if (op->params[i].reg_out >= 0 && (valid[i] || op->params[i].place != IN_STRUCT))
            memcpy(at, &values[i], size);
    }
}

static bool site_is_recorded(const uint8_t *rip)
{
    for (const int32_t *entry = __start_xen_fastabi_sites; entry != __stop_xen_fastabi_sites;
         entry++)
        if ((const uint8_t *)entry + *entry == rip)
            return true;
    return false;
}

static void check_site(const uint8_t *rip)
{
    const struct group *group = &groups[now.op->group];
    int vendor = now.variant == AT_RUN_TIME ? now.call.vendor : now.variant;
    if (rip[2] != group->marker[vendor])
        complain("transfer instruction %02x, expected %02x", rip[2], group->marker[vendor]);
    if (group->patched && !site_is_recorded(rip))
        complain("the site is not in xen_fastabi_sites");
}

static void check_registers(const struct op *op, const greg_t *regs)
{
    if ((uint64_t)regs[REG_RAX] != op->rax)
        complain("rax is %#llx, expected %#x", regs[REG_RAX], op->rax);
    if (op->has_sub && (uint64_t)regs[REG_RDI] != op->index)
        complain("rdi is %#llx, expected the index %#x", regs[REG_RDI], op->index);
    for (int i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        if (p->reg_in < 0)
            continue;
        uint64_t got = (uint64_t)regs[reg_greg[p->reg_in]], want = expected_input(op, i);
        if (got != want)
            complain("%s (reg%d, input %s) is %#llx, expected %#llx", reg_names[p->reg_in],
                     p->reg_in, p->name, (unsigned long long)got, (unsigned long long)want);
    }
}

/* Answer: outputs, or on failure the same registers with the same garbage that must go nowhere. */
static void answer(const struct op *op, greg_t *regs, int64_t result)
{
    uint64_t values[MAX_PARAMS];
    regs[REG_RAX] = result;
    for (int r = 1; r < 8; r++)
        if (op->clobbers & (1u << r))
            regs[reg_greg[r]] = (greg_t)random64();
    for (int i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        if (p->reg_out < 0)
            continue;
        unsigned int width = p->width ? p->width : field_of(op, i)->size * 8;
        uint64_t value = random_value(op, i);
        if (width < 64)
            value ^= random64() & 1 ? 0 : random64() << width;
        regs[reg_greg[p->reg_out]] = (greg_t)value;
        values[i] = typed_value(op, i, value);
    }
    if (result >= 0)
        expect_outputs(op, values);
}

static void check_memory(const char *when)
{
    const struct op *op = now.op;
    size_t size = op->layout != NULL ? GUARD + op->layout->size + GUARD : 0;
    for (size_t at = 0; at < size; at++)
        if (mem[at] != now.want_mem[at]) {
            const char *name = "no output";
            for (int i = 0; i < op->param_count; i++)
                if (op->params[i].place == IN_STRUCT &&
                    at - GUARD - field_of(op, i)->offset < field_of(op, i)->size)
                    name = op->params[i].name;
            complain("%s, struct byte %d (%s) is %02x, expected %02x", when, (int)at - GUARD, name,
                     mem[at], now.want_mem[at]);
            break;
        }
    for (int i = 0; i < op->param_count; i++)
        for (int at = 0; at < 32; at++)
            if (cells[i][at] != now.want_cell[i][at]) {
                complain("%s, byte %d after the pointer for %s is %02x, expected %02x", when,
                         at - CELL, op->params[i].name, cells[i][at], now.want_cell[i][at]);
                break;
            }
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    const uint8_t *rip = (const uint8_t *)regs[REG_RIP];
    (void)info;
    if (signal != SIGILL || rip[0] != 0x0f || rip[1] != 0x0b) {
        complain("signal %d at %p", signal, (const void *)rip);
        siglongjmp(give_up, 1);
    }
    if (now.traps == CALLS) {
        complain("more transfers than calls");
        siglongjmp(give_up, 1);
    }
    check_site(rip);
    check_registers(now.op, regs);
    check_memory("before the call");
    if (now.call.stage != (uint64_t)now.traps + 1)
        complain("a store of the caller has not reached memory");
    now.call.stage += STAGE_SEEN;
    answer(now.op, regs, now.result[now.traps]);
    now.traps++;
    regs[REG_RIP] += 3;
}

/* A report that a compiler's instrumentation makes. */
void harness_report(const char *what)
{
    complain("%s was called", what);
    siglongjmp(give_up, 1);
}

static void prepare(const struct op *op)
{
    static const bool outcomes[TRIALS][CALLS] = {
        { true, true }, { false, false }, { true, false }, { false, true },
        { true, true }, { false, true },  { true, false }, { false, false },
    };
    now.traps = 0;
    for (int n = 0; n < CALLS; n++)
        now.result[n] = random_result(outcomes[now.trial % TRIALS][n]);
    for (size_t at = 0; at < sizeof(mem); at++)
        mem[at] = (uint8_t)random64();
    for (int i = 0; i < MAX_PARAMS; i++) {
        for (int at = 0; at < 32; at++)
            cells[i][at] = (uint8_t)random64();
        now.call.in[i] = i < op->param_count ? random_value(op, i) : random_edge();
        now.call.cell[i] = cells[i] + CELL;
    }
    for (int i = 0; i < op->param_count; i++) {
        unsigned int size;
        uint8_t *at = storage(op, i, mem, cells, &size);
        uint64_t value = random_value(op, i);
        if (at != NULL && op->params[i].reg_in >= 0)
            memcpy(at, &value, size);
    }
    memcpy(now.want_mem, mem, sizeof(mem));
    memcpy(now.want_cell, cells, sizeof(cells));
    now.call.mem = mem + GUARD;
    now.call.vendor = now.trial & 1;
    for (int n = 0; n < KEPT_VALUES; n++) {
        now.call.keep[n] = random64();
        now.call.kept[n] = 0;
    }
    for (int n = 0; n < CALLS; n++)
        now.call.result[n] = (int64_t)random64();
}

static void run_trial(const struct op *op)
{
    prepare(op);
    if (sigsetjmp(give_up, 1) != 0)
        return;
    unsigned int lost = trampoline(op->wrapper[now.variant], &now.call);
    for (int n = 0; n < 7; n++)
        if (lost & (1u << n))
            complain("%s did not come back", callee_saved[n]);
    if (now.traps != CALLS)
        complain("%d transfers, expected %d", now.traps, CALLS);
    for (int n = 0; n < CALLS; n++) {
        int64_t want = op->drops_result && now.result[n] >= 0 ? 0 : now.result[n];
        if (now.call.result[n] != want)
            complain("call %d returned %#llx, expected %#llx", n,
                     (unsigned long long)now.call.result[n], (unsigned long long)want);
    }
    for (int n = 0; n < CALLS; n++)
        if (now.call.seen[n] != (uint64_t)n + 1 + STAGE_SEEN)
            complain("the caller has not seen that call %d changed memory", n);
    if (memcmp(now.call.keep, now.call.kept, sizeof(now.call.keep)) != 0)
        complain("a value of the caller did not survive");
    check_memory("at the end");
}

/* Run one wrapper; returns whether all was well. */
static bool run_wrapper(const struct op *op, int variant)
{
    now.op = op;
    now.variant = variant;
    now.complaints = 0;
    int trials = op->condition_count ? TRIALS * SEARCHES : TRIALS;
    for (now.trial = 0; now.trial < trials; now.trial++)
        run_trial(op);
    return now.complaints == 0;
}

static void install_handlers(void)
{
    static uint8_t stack[1 << 16];
    stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
    struct sigaction action = { .sa_sigaction = on_trap,
                                .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
    static const int signals[] = { SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGTRAP };
    sigaltstack(&alternate, NULL);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &action, NULL);
}

/*
 * usage: PROGRAM SEED [TITLE].  Prints failures, then a line for each group, then the number of
 * hook calls.
 */
int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    const char *only = argc > 2 ? argv[2] : NULL;
    unsigned int failed_all = 0;
    install_handlers();
    for (uint32_t group = 0; group < group_count; group++) {
        unsigned int passed = 0, failed = 0;
        for (uint32_t i = 0; i < op_count; i++) {
            if (ops[i].group != group || (only != NULL && strcmp(only, ops[i].title) != 0))
                continue;
            random_state = seed * 1000003u + i;
            bool good = true;
            for (int variant = 0; variant < VARIANTS; variant++)
                if (ops[i].wrapper[variant] != NULL)
                    good &= run_wrapper(&ops[i], variant);
            *(good ? &passed : &failed) += 1;
        }
        printf("GROUP %s %u %u\n", groups[group].name, passed, failed);
        failed_all += failed;
    }
    printf("HOOKS %llu\n", (unsigned long long)hook_calls);
    return failed_all != 0;
}
