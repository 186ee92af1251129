// SPDX-License-Identifier: MIT
/* vCPUs and the scheduler: what concerns the calling vCPU and lets it go on. */
#include <linux/irqflags.h>

#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/vcpu.h>
#include <xen/xen.h>
#include <xen/xen-ops.h>
#include <fastabi/sched.h>
#include <fastabi/vcpu.h>

#include "test.h"

#define VCPU(op, id, arg) HYPERVISOR_vcpu_op(VCPUOP_##op, id, arg)
#define SCHED(op, arg)    HYPERVISOR_sched_op(SCHEDOP_##op, arg)

/* Newer than the kernel's copy of Xen's headers. */
#define VCPUOP_register_runstate_phys_area  14
#define VCPUOP_register_vcpu_time_phys_area 15

/*
 * Nanoseconds of Xen's time, which absolute timeouts are in: when this vCPU began to run, and how
 * long it has.
 */
static u64 now(void)
{
    struct vcpu_runstate_info info;

    if (VCPU(get_runstate_info, 0, &info))
        return 0;
    return info.state_entry_time;
}

static void test_state(void)
{
    struct vcpu_runstate_info before, fast, after;
    long a, b, c;
    int i;
    bool ordered = true;

    memset(&fast, TEST_POISON, sizeof(fast));
    a = VCPU(get_runstate_info, 0, &before);
    b = xen_hypercall_vcpu_get_runstate_info(&fast, 0);
    c = VCPU(get_runstate_info, 0, &after);
    for (i = 0; i < 4; i++)
        ordered = ordered && before.time[i] <= fast.time[i] && fast.time[i] <= after.time[i];
    test_check(!a && !b && !c && fast.state == before.state &&
                   before.state_entry_time <= fast.state_entry_time &&
                   fast.state_entry_time <= after.state_entry_time && ordered,
               "vcpu.get_runstate_info lies between two classic calls: %ld, state %d", b,
               fast.state);
    TEST_RESULT("vcpu.is_up", 1, VCPU(is_up, 0, NULL), xen_hypercall_vcpu_is_up(0));
    TEST_RESULT("vcpu.up of one that is", 0, VCPU(up, 0, NULL), xen_hypercall_vcpu_up(0));
    /* An answer only where vCPUs are pinned. */
    TEST_BOTH("vcpu.get_physid", TEST_EQUAL, struct vcpu_get_physid, (void)0,
              VCPU(get_physid, 0, arg), , xen_hypercall_vcpu_get_physid(arg, 0));
}

static void test_no_vcpu(void)
{
    TEST_RESULT("vcpu.is_up of none", -ENOENT, VCPU(is_up, NO_VCPU, NULL),
                xen_hypercall_vcpu_is_up(NO_VCPU));
    TEST_RESULT("vcpu.initialise of none", -ENOENT, VCPU(initialise, NO_VCPU, NULL),
                xen_hypercall_vcpu_initialise(NO_VCPU, 0));
    TEST_RESULT("vcpu.up of none", -ENOENT, VCPU(up, NO_VCPU, NULL),
                xen_hypercall_vcpu_up(NO_VCPU));
    TEST_RESULT("vcpu.down of none", -ENOENT, VCPU(down, NO_VCPU, NULL),
                xen_hypercall_vcpu_down(NO_VCPU));
    TEST_RESULT("vcpu.send_nmi to none", -ENOENT, VCPU(send_nmi, NO_VCPU, NULL),
                xen_hypercall_vcpu_send_nmi(NO_VCPU));
    TEST_BOTH("vcpu.register_vcpu_info of none", -ENOENT, struct vcpu_register_vcpu_info,
              (arg->mfn = 0, arg->offset = 0), VCPU(register_vcpu_info, NO_VCPU, arg), ,
              xen_hypercall_vcpu_register_vcpu_info(arg, NO_VCPU));
    TEST_BOTH("vcpu.register_runstate_phys_area of none", TEST_EQUAL,
              struct vcpu_register_runstate_memory_area, arg->addr.p = 0,
              VCPU(register_runstate_phys_area, NO_VCPU, arg), ,
              xen_hypercall_vcpu_register_runstate_phys_area(arg, NO_VCPU));
    TEST_BOTH("vcpu.register_vcpu_time_phys_area of none", TEST_EQUAL,
              struct vcpu_register_time_memory_area, arg->addr.p = 0,
              VCPU(register_vcpu_time_phys_area, NO_VCPU, arg), ,
              xen_hypercall_vcpu_register_vcpu_time_phys_area(arg, NO_VCPU));
}

/*
 * The kernel's own timer may be the single-shot one.  It is set to fire soon at the end: the kernel
 * then looks what is due and sets it again.
 */
static void test_timers(void)
{
    unsigned long flags;

    TEST_BOTH("vcpu.set_periodic_timer", 0, struct vcpu_set_periodic_timer,
              arg->period_ns = 50 * 1000 * 1000, VCPU(set_periodic_timer, 0, arg), ,
              xen_hypercall_vcpu_set_periodic_timer(arg, 0));
    TEST_RESULT("vcpu.stop_periodic_timer", 0, VCPU(stop_periodic_timer, 0, NULL),
                xen_hypercall_vcpu_stop_periodic_timer(0));
    /* -ETIME, or 0 from a Xen that passes over the flag. */
    TEST_BOTH("vcpu.set_singleshot_timer in the past", TEST_EQUAL, struct vcpu_set_singleshot_timer,
              (arg->timeout_abs_ns = 1, arg->flags = VCPU_SSHOTTMR_future),
              VCPU(set_singleshot_timer, 0, arg), ,
              xen_hypercall_vcpu_set_singleshot_timer(arg, 0));
    local_irq_save(flags);
    TEST_RESULT("vcpu.stop_singleshot_timer", 0, VCPU(stop_singleshot_timer, 0, NULL),
                xen_hypercall_vcpu_stop_singleshot_timer(0));
    TEST_BOTH("vcpu.set_singleshot_timer", 0, struct vcpu_set_singleshot_timer,
              (arg->timeout_abs_ns = now() + 1000, arg->flags = 0),
              VCPU(set_singleshot_timer, 0, arg), ,
              xen_hypercall_vcpu_set_singleshot_timer(arg, 0));
    local_irq_restore(flags);
}

/*
 * Waits for a port that nothing happens on, for nothing longer than the time that has passed
 * already.
 */
static void test_poll(void)
{
    evtchn_port_t port = 1;
    struct sched_poll poll = { .nr_ports = 1, .timeout = 1 };

    set_xen_guest_handle(poll.ports, &port);
    TEST_RESULT("sched.poll with a timeout that has passed", 0, SCHED(poll, &poll),
                xen_hypercall_sched_poll(1, port));
    port = NO_PORT;
    TEST_RESULT("sched.poll of no port", -EINVAL, SCHED(poll, &poll),
                xen_hypercall_sched_poll(1, port));
}

/* A watchdog is set, and taken away before it bites. */
static void test_watchdog(void)
{
    struct sched_watchdog classic = { .timeout = 100 }, fast = { .timeout = 100 };
    long a, b;

    a = SCHED(watchdog, &classic);
    classic.id = a > 0 ? a : 0;
    classic.timeout = 0;
    test_check(a > 0 && SCHED(watchdog, &classic) == 0, "the classic watchdog: %ld", a);
    b = xen_hypercall_sched_watchdog(&fast);
    test_check(b == a, "sched.watchdog sets the same one: %ld", b);
    fast.id = b > 0 ? b : 0;
    fast.timeout = 0;
    test_check(xen_hypercall_sched_watchdog(&fast) == 0, "sched.watchdog takes it away");
}

static void test_sched(void)
{
    struct sched_pin_override test_unpin;
    long pin = xen_initial_domain() ? 0 : -EPERM;

    TEST_RESULT("sched.yield", 0, SCHED(yield, NULL), xen_hypercall_sched_yield());
    /* The next tick ends it. */
    TEST_RESULT("sched.block", 0, SCHED(block, NULL), xen_hypercall_sched_block());
    test_poll();
    test_watchdog();
    TEST_BOTH("sched.pin_override", pin, struct sched_pin_override, arg->pcpu = 0,
              SCHED(pin_override, arg),
              (test_unpin = (struct sched_pin_override){ .pcpu = -1 },
               SCHED(pin_override, &test_unpin)),
              xen_hypercall_sched_pin_override(arg));
    TEST_BOTH("sched.pin_override, undone", pin, struct sched_pin_override, arg->pcpu = -1, pin, ,
              xen_hypercall_sched_pin_override(arg));
    /* The machine ends with this reason in any case. */
    TEST_BOTH("sched.shutdown_code", 0, struct sched_shutdown, arg->reason = SHUTDOWN_reboot,
              SCHED(shutdown_code, arg), , xen_hypercall_sched_shutdown_code(arg));
}

void test_times(void)
{
    test_state();
    test_no_vcpu();
    test_timers();
    test_sched();
}
