/* SPDX-License-Identifier: MIT */
/*
 * What a call costs, in ticks of the TSC; under -icount shift=0 these are instructions.  Runs the
 * cases of the test kernel (kernel/run.h), with a run_call() that takes the time.  Of each
 * operation the first case is taken that succeeds both ways; of several runs the second lowest
 * number, as a timer's interrupt may fall into any, and one may find work done already.
 */
#include "cost.h"
#include "kernel/state.h"

#include <xen/errno.h>

#define REPEATS         5u
#define SPARE_REPEATS   1u /* where each run uses a vCPU up */
#define FIRST_SPARE_CPU 2u
#define NO_HYPERCALL    63u      /* in the reach of Xen's tables, and nothing */
#define A_WAIT          1000000u /* whose length says nothing; once is enough */
#define POISON          0xa5a5a5a5a5a5a5a5ull

bool guest_is_dom0;
static unsigned spare_used;

/* What a call costs, and beside it one that is refused at once, in the same state of the vCPU. */
struct cost {
    uint64_t call, floor;
};

/* What a run of a case has shown. */
static struct {
    bool sums_up; /* all calls count, not the first alone */
    unsigned calls;
    struct cost cost;
    long result;
} shown;

/*
 * The lowest of a few.  Reading the time may leave the guest too, and then costs what the state of
 * the vCPU makes it; so all of this is measured right before the call.
 */
static uint64_t lowest_of(uint64_t (*function)(struct registers *r), uint64_t rax)
{
    uint64_t lowest = ~0ull;

    for (unsigned i = 0; i < 3; i++) {
        struct registers r = { .general = { [RAX] = rax } };
        uint64_t cost = function(&r);

        lowest = cost < lowest ? cost : lowest;
        if (rax && (long)r.general[RAX] != -XEN_ENOSYS)
            tap_bail("a hypercall that does not exist answers %ld", (long)r.general[RAX]);
    }
    return lowest;
}

static struct cost measure(struct registers *r)
{
    uint64_t (*function)(struct registers *) = xen_uses_vmmcall ? measure_vmmcall : measure_vmcall;
    uint64_t mask = r->general[RAX] & FASTABI_MASK;
    uint64_t around = lowest_of(measure_nothing, 0);
    uint64_t floor = lowest_of(function, mask | NO_HYPERCALL) - around;

    return (struct cost){ function(r) - around, floor };
}

static long show(struct run *r, struct cost cost, long result)
{
    /* A case may make several calls; mostly the first is the one. */
    if (!shown.calls++) {
        shown.cost = cost;
        shown.result = result;
    } else if (shown.sums_up) {
        shown.cost.call += cost.call;
    }
    r->result = result;
    return result;
}

/* ---- classic: what call.c is built with in place of hypercall() ---- */

static struct cost classic_cost;
long cost_hypercall(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);

long cost_hypercall(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
    struct registers r = {
        .general = { [RAX] = nr, [RDI] = a1, [RSI] = a2, [RDX] = a3, [R10] = a4, [R8] = a5 }
    };

    classic_cost = measure(&r);
    return (long)r.general[RAX];
}

static long call_by_classic(struct run *r)
{
    long result = call_classic(r->op, r->in, r->out, NULL);

    return show(r, classic_cost, result);
}

/* ---- FastABI ---- */

static long call_by_registers(struct run *r)
{
    struct registers registers = { 0 };
    struct cost cost;
    long result;

    registers_set(&registers, r->op, r->in);
    cost = measure(&registers);
    result = (long)registers.general[RAX];
    for (unsigned n = 0; result >= 0 && r->op->params[n].width; n++) {
        const struct param *p = &r->op->params[n];

        if (p->reg_out != NO_REGISTER)
            r->out[n] = registers.general[fastabi_registers[p->reg_out]] & value_mask(p);
    }
    return show(r, cost, result);
}

/* ---- what cases ask for ---- */

static int find(struct run *r, const char *name)
{
    int n = param_find(r->op, name);

    if (n < 0)
        tap_bail("%s has no parameter %s", r->op->name, name);
    return n;
}

long run_call(struct run *r, const struct input *inputs)
{
    for (unsigned n = 0; r->op->params[n].width; n++)
        r->in[n] = r->out[n] = POISON & value_mask(&r->op->params[n]);
    for (; inputs->name; inputs++) {
        int n = find(r, inputs->name);

        r->in[n] = r->out[n] = inputs->value & value_mask(&r->op->params[n]);
    }
    return r->mode == CLASSIC ? call_by_classic(r) : call_by_registers(r);
}

uint64_t run_output(struct run *r, const char *name)
{
    return r->out[find(r, name)];
}

bool run_check(struct run *r, bool good, const char *format, ...)
{
    (void)format;
    r->failed |= !good;
    return good;
}

void run_expect(struct run *r, long result)
{
    r->failed |= r->result != result;
}

void run_expect_output(struct run *r, const char *name, uint64_t value)
{
    r->failed |= run_output(r, name) != value;
}

void run_loose(struct run *r, const char *name)
{
    (void)r;
    (void)name;
}
bool run_again(struct run *r, unsigned seen)
{
    (void)r;
    (void)seen;
    return false; /* and the case fails */
}

void run_observe(struct run *r, const char *what, uint64_t value)
{
    (void)r;
    (void)what;
    (void)value;
}

unsigned run_spare_cpu(const struct run *r)
{
    (void)r;
    return FIRST_SPARE_CPU + spare_used;
}

unsigned run_idle_cpu(void)
{
    return cpu_count() - 1;
}

/* ---- cases ---- */

static bool can_run(const struct test_case *c)
{
    if ((c->where & DOM0) && !guest_is_dom0)
        return false;
    if ((c->where & SECOND_CPU) && cpu_count() < 2)
        return false;
    if (c->where & SPARE_CPUS)
        return FIRST_SPARE_CPU + spare_used + 2 * SPARE_REPEATS < cpu_count();
    return true;
}

/* The lowest two of some numbers; their last one is the second. */
static void keep_lowest(uint64_t lowest[2], uint64_t number)
{
    if (number < lowest[0]) {
        lowest[1] = lowest[0];
        lowest[0] = number;
    } else if (number < lowest[1]) {
        lowest[1] = number;
    }
}

/* What several runs cost one way; false: none succeeds. */
static bool measure_case(const struct test_case *c, enum mode mode, bool sums_up, struct cost *cost)
{
    unsigned repeats = c->where & SPARE_CPUS ? SPARE_REPEATS : REPEATS, successes = 0;
    uint64_t calls[] = { ~0ull, ~0ull }, floors[] = { ~0ull, ~0ull };

    for (unsigned i = 0; i < repeats && (!i || calls[0] < A_WAIT); i++) {
        struct run r = { .mode = mode, .test_case = c };

        state_reset();
        memset(&shown, 0, sizeof(shown));
        shown.sums_up = sums_up;
        r.op = operation_find(c->operation);
        c->function(&r);
        if (c->where & SPARE_CPUS)
            spare_used++;
        if (!shown.calls || shown.result < 0 || r.failed)
            continue;
        successes++;
        keep_lowest(calls, shown.cost.call);
        keep_lowest(floors, shown.cost.floor);
    }
    *cost = (struct cost){ calls[successes > 1], floors[successes > 1] };
    return successes;
}

static bool measured[MAX_OPERATIONS];

/*
 * WORD begins the line.  Once: the first case of an operation that succeeds is enough, and the
 * first call of it.
 */
static void measure_table(const char *word, const struct test_case *cases, const char *only,
                          bool once)
{
    for (const struct test_case *c = cases; c->operation; c++) {
        unsigned number = (unsigned)(operation_find(c->operation) - operations);
        struct cost classic, fast;

        if ((once && measured[number]) || !can_run(c) || (only && strcmp(only, c->operation)))
            continue;
        tap_doing("%s (%s)", c->operation, c->what);
        if (measure_case(c, CLASSIC, !once, &classic) && measure_case(c, STUB, !once, &fast)) {
            measured[number] = true;
            print("%s %s %lu %lu %lu %lu %s\n", word, c->operation, classic.call, fast.call,
                  classic.floor, fast.floor, c->what);
        }
    }
    state_reset();
}

void guest_main(const struct hvm_start_info *info)
{
    static const struct test_case *const tables[] = {
        event_cases,    grant_cases, memory_cases, buffer_cases, buffer_dom0_cases, physdev_cases,
        platform_cases, sched_cases, text_cases,   vcpu_cases,   cost_cases,
    };
    char name[64];
    const char *only = option_get("operation", name, sizeof(name)) ? name : NULL;

    guest_is_dom0 = info->flags & SIF_INITDOMAIN;
    for (unsigned i = 0; i < ARRAY_LENGTH(tables); i++)
        measure_table("cost", tables[i], only, true);
    measure_table("kernel", kernel_cases, only, false);
    print("cost end\n");
}
