/* SPDX-License-Identifier: MIT */
/* Cases of sched; those that end the domain are in end.c. */
#include "run.h"

#include "places.h"
#include "state.h"

#include <xen/errno.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#define WHILE 200000000 /* ns */
#define TICK  50000000ull

static void yield(struct run *r)
{
    CALL(r);
    run_expect(r, 0);
}

/*
 * In a while the timer's port becomes pending, which wakes the vCPU up.  Not so soon that it
 * happens before the call: with interrupts off, what is pending before does not count.
 */
static uint32_t timer_port(void)
{
    struct vcpu_set_singleshot_timer timer = { .timeout_abs_ns = xen_system_time() + WHILE };
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer);
    return port;
}

/* Each call waits for the next tick, whatever it costs to get there. */
static void block_for_ticks(struct run *r)
{
    uint64_t start = xen_system_time();

    timer_start(TICK / 1000);
    interrupts_on();
    for (unsigned i = 0; i < 4; i++) {
        CALL(r);
        run_expect(r, 0);
    }
    interrupts_off();
    timer_stop();
    run_check(r, xen_system_time() - start >= 3 * TICK, "four ticks took %lu ns",
              xen_system_time() - start);
}

static void poll_pending(struct run *r)
{
    uint32_t port = port_ipi(0);

    port_send(port);
    CALL(r, IN("timeout", 0), IN("port", port));
    run_expect(r, 0);
    run_check(r, port_is_pending(port), "the port is not pending any more");
}

static void poll_number(struct run *r)
{
    uint32_t port = port_ipi(0);

    port_send(port);
    CALL(r, IN("timeout", ARGUMENT_AREA + ARGUMENT_AREA_SIZE), IN("port", port));
    run_expect(r, 0);
}

static void poll_timeout(struct run *r)
{
    uint64_t end = xen_system_time() + 20000000;
    uint32_t port = port_unbound();

    xen_shared_info()->vcpu_info[0].evtchn_upcall_pending = 0;
    CALL(r, IN("timeout", end), IN("port", port));
    run_expect(r, 0);
    run_check(r, xen_system_time() >= end, "it did not wait");
}

static void poll_past(struct run *r)
{
    CALL(r, IN("timeout", 1), IN("port", port_unbound()));
    run_expect(r, 0);
}

static void poll_event(struct run *r)
{
    uint32_t port = timer_port();

    xen_shared_info()->vcpu_info[0].evtchn_upcall_pending = 0;
    CALL(r, IN("timeout", xen_system_time() + 3000000000), IN("port", port));
    run_expect(r, 0);
    run_check(r, port_is_pending(port), "it did not wait");
}

static void poll_no_port(struct run *r)
{
    CALL(r, IN("timeout", 1), IN("port", 0x7fffffff));
    run_expect(r, -XEN_EINVAL);
}

static long watchdog_set(uint32_t id, uint32_t timeout)
{
    struct sched_watchdog watchdog = { .id = id, .timeout = timeout };

    return hypercall2(__HYPERVISOR_sched_op, SCHEDOP_watchdog, &watchdog);
}

static void watchdog_start(struct run *r)
{
    CALL(r, IN("id", 0), IN("timeout", 600));
    run_expect(r, 1);
    run_observe(r, "stop", (uint64_t)watchdog_set(1, 0));
    run_observe(r, "stop again", (uint64_t)watchdog_set(1, 0));
}

static void watchdog_stop(struct run *r)
{
    run_observe(r, "start", (uint64_t)watchdog_set(0, 600));
    CALL(r, IN("id", 1), IN("timeout", 0));
    run_expect(r, 0);
    run_observe(r, "stop again", (uint64_t)watchdog_set(1, 0));
}

static void watchdog_none(struct run *r)
{
    CALL(r, IN("id", 2), IN("timeout", 0));
    run_expect(r, -XEN_EINVAL);
}

static void watchdog_too_many(struct run *r)
{
    run_observe(r, "first", (uint64_t)watchdog_set(0, 600));
    run_observe(r, "second", (uint64_t)watchdog_set(0, 600));
    CALL(r, IN("id", 0), IN("timeout", 600));
    /* 4.17 says it in 32 bits, in either ABI. */
    run_check(r, (int32_t)r->result == -XEN_ENOSPC, "the result is %ld", r->result);
    run_observe(r, "stop", (uint64_t)watchdog_set(1, 0));
    run_observe(r, "stop", (uint64_t)watchdog_set(2, 0));
}

static long pin(int32_t cpu)
{
    struct sched_pin_override override = { .pcpu = cpu };

    return hypercall2(__HYPERVISOR_sched_op, SCHEDOP_pin_override, &override);
}

static void pin_override(struct run *r)
{
    CALL(r, IN("pcpu", 0));
    run_expect(r, 0);
    run_observe(r, "pin again", (uint64_t)pin(0));
    run_observe(r, "unpin", (uint64_t)pin(-1));
}

/* A negative number has to arrive as one. */
static void pin_undo(struct run *r)
{
    run_observe(r, "pin", (uint64_t)pin(0));
    CALL(r, IN("pcpu", -1));
    run_expect(r, 0);
    run_observe(r, "unpin again", (uint64_t)pin(-1));
}

static void pin_bad(struct run *r)
{
    CALL(r, IN("pcpu", 1000000));
    run_expect(r, -XEN_EINVAL);
}

static void pin_refused(struct run *r)
{
    CALL(r, IN("pcpu", 0));
    run_expect(r, guest_is_dom0 ? r->result : -XEN_EPERM);
    pin(-1);
}

/* A domain that was there for nothing else. */
static void shutdown_other(struct run *r)
{
    unsigned reason = ~0u;
    uint64_t time;
    enum stop stop;

    other_domain_end();
    CALL(r, IN("domain_id", other_domain()->id), IN("reason", SHUTDOWN_watchdog));
    run_expect(r, 0);
    stop = domain_state(other_domain(), &reason, &time);
    run_check(r, stop == STOP_SHUTDOWN && reason == SHUTDOWN_watchdog,
              "the domain's state is %d, the reason %u", stop, reason);
    other_domain_end();
}

static void shutdown_none(struct run *r)
{
    CALL(r, IN("domain_id", NO_DOMAIN), IN("reason", SHUTDOWN_poweroff));
    run_check(r, r->result < 0, "it is %ld", r->result);
}

const struct test_case sched_cases[] = {
    { "sched.yield", "once", yield, 0 },
    { "sched.block", "for the next tick", block_for_ticks, 0 },
    { "sched.poll", "a pending port", poll_pending, 0 },
    { "sched.poll", "until a time like an address of Xen's", poll_number, 0 },
    { "sched.poll", "until a time", poll_timeout, 0 },
    { "sched.poll", "until a time that has passed", poll_past, 0 },
    { "sched.poll", "until an event", poll_event, 0 },
    { "sched.poll", "no port", poll_no_port, 0 },
    { "sched.watchdog", "start", watchdog_start, 0 },
    { "sched.watchdog", "stop", watchdog_stop, 0 },
    { "sched.watchdog", "none such", watchdog_none, 0 },
    { "sched.watchdog", "one too many", watchdog_too_many, 0 },
    { "sched.pin_override", "pin", pin_override, DOM0 },
    { "sched.pin_override", "undo", pin_undo, DOM0 },
    { "sched.pin_override", "no such CPU", pin_bad, DOM0 },
    { "sched.pin_override", "who may", pin_refused, 0 },
    { "sched.remote_shutdown", "another domain", shutdown_other, DOM0 },
    { "sched.remote_shutdown", "no domain", shutdown_none, 0 },
    { NULL, NULL, NULL, 0 },
};
