/* SPDX-License-Identifier: MIT */
/*
 * Two vCPUs that make calls at the same time: each gets its own results, and keeps its own
 * registers. Calls are counted, not time: a busy machine may give a vCPU little of it.
 */
#include "plans.h"
#include "state.h"

#include <xen/event_channel.h>

#define CALLS 1000u /* that each makes at least, while the other one makes calls too */
#define VCPUS 2u
#define SAYS  16u /* rounds after which the first one says that it gets on */

struct worker {
    uint64_t seed;
    uint64_t calls, failures;
    char what[96]; /* of the first failure */
};

static struct worker workers[VCPUS];

static void fail(struct worker *w, const char *name, const char *what, uint64_t value)
{
    if (!w->failures++)
        text_format(w->what, sizeof(w->what), "%s: %s %lx", name, what, value);
}

/* A call by name, its inputs in order; every other time with all registers given. */
static long call(struct worker *w, const char *name, const uint64_t *in, uint64_t *out)
{
    const struct operation *op = operation_find(name);
    struct register_report report = { 0 };
    long result;

    for (unsigned n = 0; op->params[n].width; n++)
        out[n] = op->params[n].reg_in == NO_REGISTER ? ~0ull : in[n];
    result = w->calls++ % 2 ? call_stub(op, in, out)
                            : call_registers(op, in, out, &w->seed, &report);
    if (result < 0)
        fail(w, name, "result", (uint64_t)result);
    if (report.lost)
        fail(w, name, report.what, report.after);
    return result;
}

static uint64_t output(const char *name, const char *param, const uint64_t *out)
{
    return out[param_find(operation_find(name), param)];
}

/* A port of its own: opened, looked at, notified, closed. */
static void use_port(struct worker *w)
{
    uint64_t in[MAX_PARAMS] = { cpu_current()->id }, out[MAX_PARAMS];
    uint64_t port;

    if (call(w, "event_channel.bind_ipi", in, out) < 0)
        return;
    port = output("event_channel.bind_ipi", "port", out);
    in[0] = DOMID_SELF;
    in[1] = port;
    call(w, "event_channel.status", in, out);
    if (output("event_channel.status", "status", out) != EVTCHNSTAT_ipi ||
        output("event_channel.status", "vcpu", out) != cpu_current()->id)
        fail(w, "event_channel.status", "vcpu", output("event_channel.status", "vcpu", out));
    in[0] = port;
    call(w, "event_channel.send", in, out);
    call(w, "event_channel.close", in, out);
}

static void look_at_itself(struct worker *w)
{
    uint64_t in[MAX_PARAMS] = { cpu_current()->id }, out[MAX_PARAMS];

    call(w, "vcpu.get_runstate_info", in, out);
    if (output("vcpu.get_runstate_info", "state", out) != 0)
        fail(w, "vcpu.get_runstate_info", "state", output("vcpu.get_runstate_info", "state", out));
    if (call(w, "vcpu.is_up", in, out) != 1)
        fail(w, "vcpu.is_up", "up", 0);
}

/* Whoever has made its calls goes on until the other one has, too. */
static bool is_done(void)
{
    for (unsigned i = 0; i < VCPUS; i++)
        if (__atomic_load_n(&workers[i].calls, __ATOMIC_RELAXED) < CALLS)
            return false;
    return true;
}

static void work(void *argument)
{
    struct worker *w = argument;
    uint64_t none[MAX_PARAMS] = { 0 }, out[MAX_PARAMS], last = 0, rounds = 0;

    do {
        if (w == &workers[0] && !(++rounds % SAYS))
            tap_note("%lu rounds of calls", rounds);
        call(w, "hvm.get_time", none, out);
        if (output("hvm.get_time", "now", out) < last)
            fail(w, "hvm.get_time", "time runs back to", output("hvm.get_time", "now", out));
        last = output("hvm.get_time", "now", out);
        use_port(w);
        look_at_itself(w);
        call(w, "hvm.flush_tlbs", none, out);
        call(w, "sched.yield", none, out);
    } while (!is_done());
}

void together_plan(void)
{
    if (cpu_count() < VCPUS)
        tap_bail("this needs two vCPUs");
    state_reset();
    tap_doing("calls on two vCPUs at once");
    for (unsigned i = 0; i < VCPUS; i++)
        workers[i] = (struct worker){ .seed = random_state(7 + i) };
    tap_check(!cpu_run(1, work, &workers[1]), "another vCPU starts");
    work(&workers[0]);
    tap_check(cpu_wait(1, 2000), "the other vCPU comes to an end");
    for (unsigned i = 0; i < VCPUS; i++)
        tap_check(!workers[i].failures && workers[i].calls >= CALLS,
                  "vCPU %u: %lu calls, %lu failed; %s", i, workers[i].calls, workers[i].failures,
                  workers[i].what);
    state_reset();
}
