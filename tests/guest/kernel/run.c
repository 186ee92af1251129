/* SPDX-License-Identifier: MIT */
/*
 * Runs the cases, each in every way to call, and compares what they saw.  Must not know any
 * operation by name.
 */
#include "run.h"

#include "builder/policy.h"
#include "state.h"

#include <xen/errno.h>
#include <xen/version.h>

#define POISON          0xa5a5a5a5a5a5a5a5ull
#define FIRST_SPARE_CPU 2u
#define AGAIN_AT_MOST   200u /* in all modes together */
#define AGAIN_LATER     97u  /* rounds of waiting */

static const char *const mode_names[MODES] = { "classic", "stub", "registers" };
static bool succeeded[MAX_OPERATIONS];
static unsigned spare_used; /* cases that used spare vCPUs up */
static uint64_t seed;
bool guest_is_dom0;
bool run_is_lenient;
enum mode run_last_mode = MODES - 1;

static void complain(const struct run *r, const char *format, va_list list)
{
    print("# %s (%s), %s: ", r->test_case->operation, r->test_case->what, mode_names[r->mode]);
    print_list(format, list);
    print("\n");
}

/* What has to hold whether or not a policy refuses the call. */
static bool check(struct run *r, bool good, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool check(struct run *r, bool good, const char *format, ...)
{
    va_list list;

    if (good)
        return true;
    r->failed = true;
    va_start(list, format);
    complain(r, format, list);
    va_end(list);
    return false;
}

bool run_check(struct run *r, bool good, const char *format, ...)
{
    va_list list;

    if (good || r->refused) {
        r->lapsed = r->lapsed || !good;
        return good;
    }
    r->failed = true;
    va_start(list, format);
    complain(r, format, list);
    va_end(list);
    return false;
}

static void see(struct run *r, const char *what, uint64_t value, bool is_loose)
{
    unsigned *count = &r->count[r->mode];

    if (check(r, *count < ARRAY_LENGTH(r->seen[0]), "too much to see"))
        r->seen[r->mode][(*count)++] = (struct seen){ what, value, is_loose };
}

void run_observe(struct run *r, const char *what, uint64_t value)
{
    see(r, what, value, false);
}

bool run_again(struct run *r, unsigned seen)
{
    if (!check(r, r->again++ < AGAIN_AT_MOST, "it is interrupted again and again"))
        return false;
    /* Later by more each time: where instructions are time, the same wait meets the same timer. */
    for (unsigned i = 0; i < r->again * AGAIN_LATER; i++)
        cpu_relax();
    r->count[r->mode] = seen;
    return true;
}

static int find(struct run *r, const char *name)
{
    int n = param_find(r->op, name);

    if (n < 0)
        tap_bail("%s has no parameter %s", r->op->name, name);
    return n;
}

void run_loose(struct run *r, const char *name)
{
    r->loose |= 1ull << find(r, name);
}

uint64_t run_output(struct run *r, const char *name)
{
    return r->out[find(r, name)];
}

void run_expect(struct run *r, long result)
{
    run_check(r, r->result == result, "the result is %ld, not %ld", r->result, result);
}

void run_expect_output(struct run *r, const char *name, uint64_t value)
{
    run_check(r, run_output(r, name) == value, "%s is %lx, not %lx", name, run_output(r, name),
              value);
}

unsigned run_spare_cpu(const struct run *r)
{
    return FIRST_SPARE_CPU + MODES * spare_used + r->mode;
}

unsigned run_idle_cpu(void)
{
    return cpu_count() - 1;
}

/* Every input by its name, each exactly once; the rest poisoned. */
static void set_inputs(struct run *r, const struct input *inputs)
{
    const struct operation *op = r->op;
    uint64_t given = 0;

    for (unsigned n = 0; op->params[n].width; n++)
        r->in[n] = r->out[n] = POISON & value_mask(&op->params[n]);
    for (; inputs->name; inputs++) {
        int n = find(r, inputs->name);

        r->in[n] = r->out[n] = inputs->value & value_mask(&op->params[n]);
        given |= 1ull << n;
    }
    for (unsigned n = 0; op->params[n].width && !run_is_lenient; n++)
        check(r, (op->params[n].reg_in != NO_REGISTER) == (given >> n & 1), "the input %s is %s",
              op->params[n].name, given >> n & 1 ? "none" : "missing");
}

/*
 * In classic mode: what changed in the struct is what the specification calls outputs, and all of
 * that.
 */
static void check_struct(struct run *r, const struct struct_report *report)
{
    check(r, !report->undeclared,
          "a byte of the struct that is not an output changed, at offset %u", report->offset);
    for (unsigned n = 0; r->result >= 0 && r->op->params[n].width; n++) {
        const struct param *p = &r->op->params[n];

        if (p->reg_out == NO_REGISTER || !p->size || param_is_filled(r->op, n) ||
            (p->valid && !p->valid(r->out)))
            continue;
        check(r, report->changed >> n & 1, "the output %s was not written", p->name);
    }
}

/* A register with an output holds it and nothing above its width. */
static void check_width(struct run *r)
{
    for (unsigned n = 0; r->op->params[n].width; n++) {
        const struct param *p = &r->op->params[n];
        uint64_t cut = r->out[n] & value_mask(p);

        if (p->reg_out != NO_REGISTER && r->result >= 0)
            check(r, r->out[n] == cut || r->out[n] == value_extend(p, cut),
                  "%s is wider than its type: %lx", p->name, r->out[n]);
        r->out[n] = cut;
    }
}

/* Result and outputs. */
static void see_outputs(struct run *r, const uint64_t *before)
{
    bool all = true;

    see(r, "result", (uint64_t)r->result, false);
    for (unsigned n = 0; r->op->params[n].width; n++) {
        const struct param *p = &r->op->params[n];

        if (p->reg_out == NO_REGISTER)
            continue;
        if (r->result < 0) {
            check(r, r->out[n] == before[n], "%s was written by a call that failed", p->name);
            continue;
        }
        /* One that means nothing is compared too: what the handler left alone is zero. */
        see(r, p->name, r->out[n], r->loose >> n & 1);
        if (r->out[n] == before[n] && p->reg_in == NO_REGISTER &&
            (r->mode != CLASSIC || !p->valid || p->valid(r->out)))
            all = check(r, false, "%s was not written", p->name);
    }
    if (r->mode == STUB && r->result >= 0 && all)
        succeeded[r->op - operations] = true;
}

/*
 * No classic call may be served from where Xen keeps the arguments of calls that it translates,
 * whatever call came before it.  Where Xen has nothing a call is refused all the same.
 */
static const uint64_t argument_areas[] = { ARGUMENT_AREA, ARGUMENT_MIRROR, ARGUMENT_HANDLE };

static void check_areas(struct run *r)
{
    for (unsigned i = 0; i < ARRAY_LENGTH(argument_areas); i++) {
        for (unsigned offset = 0; offset < 2 * PAGE_SIZE; offset += 1024) {
            long result = hypercall2(__HYPERVISOR_xen_version, XENVER_get_features,
                                     argument_areas[i] + offset);

            check(r, result == -XEN_EFAULT,
                  "afterwards a classic call is served from Xen's own memory: %ld", result);
        }
    }
}

/* A policy refuses with -EACCES, and with -EPERM what has to do with a domain that is not there. */
static void note_refusal(struct run *r)
{
    if ((r->result != -XEN_EACCES && r->result != -XEN_EPERM) || !policy_enforces())
        return;
    r->refused = true;
    r->lapsed = r->lapsed || r->result == -XEN_EACCES;
}

long run_call(struct run *r, const struct input *inputs)
{
    uint64_t before[MAX_PARAMS];
    struct struct_report changes;
    struct register_report registers;

    set_inputs(r, inputs);
    memcpy(before, r->out, sizeof(before));
    tap_doing("%s (%s), %s", r->op->name, r->test_case->what, mode_names[r->mode]);
    if (r->mode == CLASSIC) {
        r->result = call_classic(r->op, r->in, r->out, &changes);
        note_refusal(r);
        check_struct(r, &changes);
    } else if (r->mode == STUB) {
        r->result = call_stub(r->op, r->in, r->out);
    } else {
        r->result = call_registers(r->op, r->in, r->out, &seed, &registers);
        check(r, !registers.lost, "%s was %lx and is %lx", registers.what, registers.before,
              registers.after);
        check_width(r);
    }
    see_outputs(r, before);
    check_areas(r);
    r->loose = 0;
    return r->result;
}

static void compare(struct run *r)
{
    for (r->mode = STUB; r->mode <= run_last_mode; r->mode++) {
        if (!check(r, r->count[r->mode] == r->count[CLASSIC], "saw %u things, classic %u",
                   r->count[r->mode], r->count[CLASSIC]))
            continue;
        for (unsigned i = 0; i < r->count[CLASSIC]; i++) {
            const struct seen *a = &r->seen[CLASSIC][i], *b = &r->seen[r->mode][i];

            check(r, !strcmp(a->what, b->what) && (a->value == b->value || a->is_loose),
                  "%s is %lx, classic has %s %lx", b->what, b->value, a->what, a->value);
        }
    }
}

/* Why a case cannot run here, or NULL. */
static const char *obstacle(const struct test_case *c)
{
    if ((c->where & DOM0) && !guest_is_dom0)
        return "for dom0";
    if ((c->where & SECOND_CPU) && cpu_count() < 2)
        return "one vCPU";
    if ((c->where & IDLE_CPU) && cpu_count() <= FIRST_SPARE_CPU + MODES * spare_used)
        return "no idle vCPU";
    if ((c->where & SPARE_CPUS) && cpu_count() <= FIRST_SPARE_CPU + MODES * (spare_used + 1))
        return "no vCPU to spare";
    return NULL;
}

static void run_case(const struct test_case *c)
{
    static struct run r;
    const char *why = obstacle(c);

    if (!seed)
        seed = random_state(1);
    if (why) {
        tap_skip(why, "%s: %s", c->operation, c->what);
        return;
    }
    memset(&r, 0, sizeof(r));
    r.test_case = c;
    for (r.mode = CLASSIC; r.mode <= run_last_mode; r.mode++) {
        state_reset();
        r.op = operation_find(c->operation);
        c->function(&r);
    }
    state_reset();
    compare(&r);
    if (c->where & SPARE_CPUS)
        spare_used++;
    if (r.lapsed)
        tap_note("refused %s: %s", c->operation, c->what);
    tap_check(!r.failed, "%s: %s", c->operation, c->what);
}

/* An operation, or a hypercall with all of its operations. */
static bool is_named(const char *name, const char *operation)
{
    size_t length = strlen(name);

    return !strncmp(name, operation, length) && (!operation[length] || operation[length] == '.');
}

/* From the command line: the only operation, or the one after whose cases to start. */
static bool is_wanted(const char *operation)
{
    static char only[64], after[64];
    static bool read, behind, within;

    if (!read) {
        option_get("operation", only, sizeof(only));
        behind = !option_get("after", after, sizeof(after));
        read = true;
    }
    if (!behind) {
        behind = within && strcmp(after, operation);
        within = within || !strcmp(after, operation);
    }
    return behind && (!*only || is_named(only, operation));
}

void run_cases(const struct test_case *cases)
{
    for (const struct test_case *c = cases; c->operation; c++)
        if (is_wanted(c->operation))
            run_case(c);
}

void run_print_seen(void)
{
    for (const struct operation *op = operations; op->name; op++)
        if (succeeded[op - operations])
            tap_note("succeeded %s", op->name);
}
