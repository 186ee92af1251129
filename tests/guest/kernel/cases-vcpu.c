/* SPDX-License-Identifier: MIT */
/* Cases of vcpu, set_timer_op and vm_assist. */
#include "run.h"

#include "state.h"

#include <xen/errno.h>
#include <xen/hvm/hvm_vcpu.h>
#include <xen/vcpu.h>

#define NO_VCPU 0x80000063u /* with the top bit set: not a sign */

static PAGE_ALIGNED struct vcpu_hvm_context context;
static PAGE_ALIGNED char areas[PAGE_SIZE];
static volatile unsigned nmis, runs;

static long vcpu_call(unsigned op, unsigned vcpu, void *argument)
{
    return hypercall3(__HYPERVISOR_vcpu_op, op, vcpu, argument);
}

/* ---- life of a vCPU ---- */

static void run_other(void *argument)
{
    (void)argument;
    runs++;
}

static void run_until_down(void *argument)
{
    volatile bool *stop = argument;

    while (!*stop)
        cpu_relax();
}

static void initialise(struct run *r)
{
    unsigned cpu = run_spare_cpu(r);

    cpu_context(&context, cpu, run_other, NULL);
    CALL(r, IN("vcpuid", cpu), IN("context_gfn", FRAME_OF(&context)));
    run_expect(r, 0);
    runs = 0;
    run_observe(r, "up", (uint64_t)vcpu_call(VCPUOP_up, cpu, NULL));
    run_check(r, cpu_wait(cpu, 2000) && runs == 1, "the vCPU does not run");
}

static void initialise_twice(struct run *r)
{
    memset(&context, 0, sizeof(context));
    context.mode = VCPU_HVM_MODE_64B;
    CALL(r, IN("vcpuid", 0), IN("context_gfn", FRAME_OF(&context)));
    run_expect(r, -XEN_EEXIST);
}

static void initialise_nonsense(struct run *r)
{
    memset(&context, 0x11, sizeof(context));
    CALL(r, IN("vcpuid", run_idle_cpu()), IN("context_gfn", FRAME_OF(&context)));
    run_expect(r, -XEN_EINVAL);
}

static void initialise_no_memory(struct run *r)
{
    CALL(r, IN("vcpuid", run_idle_cpu()), IN("context_gfn", FRAME_OF(hole())));
    run_expect(r, -XEN_EFAULT);
}

static void initialise_no_vcpu(struct run *r)
{
    CALL(r, IN("vcpuid", NO_VCPU), IN("context_gfn", FRAME_OF(&context)));
    run_expect(r, -XEN_ENOENT);
}

/* Two faults: the handler looks at the vCPU first. */
static void initialise_nothing(struct run *r)
{
    CALL(r, IN("vcpuid", NO_VCPU), IN("context_gfn", FRAME_OF(hole())));
    run_expect(r, -XEN_ENOENT);
}

/* Leave vCPU 1 in a loop, and make it stop. */
static volatile bool stop_other;

static void other_start(void)
{
    int result;

    stop_other = false;
    result = cpu_run(1, run_until_down, (void *)&stop_other);
    if (result)
        tap_bail("vCPU 1 does not start: %d", result);
}

static void other_stop(void)
{
    stop_other = true;
    vcpu_call(VCPUOP_up, 1, NULL);
    cpu_wait(1, 2000);
}

static void up(struct run *r)
{
    other_start();
    run_observe(r, "down", (uint64_t)vcpu_call(VCPUOP_down, 1, NULL));
    CALL(r, IN("vcpuid", 1));
    run_expect(r, 0);
    run_check(r, vcpu_call(VCPUOP_is_up, 1, NULL) == 1, "it is not up");
    other_stop();
}

static void up_not_initialised(struct run *r)
{
    CALL(r, IN("vcpuid", run_idle_cpu()));
    run_expect(r, -XEN_EINVAL);
}

static void up_no_vcpu(struct run *r)
{
    CALL(r, IN("vcpuid", NO_VCPU));
    run_expect(r, -XEN_ENOENT);
}

static void down(struct run *r)
{
    other_start();
    CALL(r, IN("vcpuid", 1));
    run_expect(r, 0);
    run_check(r, vcpu_call(VCPUOP_is_up, 1, NULL) == 0, "it is up");
    other_stop();
}

/* vCPU 0 goes down itself; vCPU 1 brings it up again. */
static volatile bool going_down;

static void wake_first(void *argument)
{
    (void)argument;
    while (!going_down)
        cpu_relax();
    while (vcpu_call(VCPUOP_is_up, 0, NULL) == 1)
        cpu_relax();
    vcpu_call(VCPUOP_up, 0, NULL);
}

static void down_self(struct run *r)
{
    going_down = false;
    run_observe(r, "start", (uint64_t)cpu_run(1, wake_first, NULL));
    going_down = true;
    CALL(r, IN("vcpuid", 0));
    run_expect(r, 0);
    run_check(r, cpu_wait(1, 2000), "vCPU 1 is waiting still");
}

static void down_no_vcpu(struct run *r)
{
    CALL(r, IN("vcpuid", NO_VCPU));
    run_expect(r, -XEN_ENOENT);
}

static void is_up(struct run *r)
{
    CALL(r, IN("vcpuid", 0));
    run_expect(r, 1);
}

static void is_not_up(struct run *r)
{
    CALL(r, IN("vcpuid", run_idle_cpu()));
    run_expect(r, 0);
}

static void is_up_no_vcpu(struct run *r)
{
    CALL(r, IN("vcpuid", NO_VCPU));
    run_expect(r, -XEN_ENOENT);
}

/* ---- runstate ---- */

static const char *const times[4] = { "time[0]", "time[1]", "time[2]", "time[3]" };

/* Times only grow, so each lies between what the classic call says before and after. */
static void runstate_of(struct run *r, unsigned cpu, int state)
{
    struct vcpu_runstate_info before, after;

    for (unsigned i = 0; i < 4; i++)
        run_loose(r, times[i]);
    run_loose(r, "state_entry_time");
    vcpu_call(VCPUOP_get_runstate_info, cpu, &before);
    CALL(r, IN("vcpuid", cpu));
    vcpu_call(VCPUOP_get_runstate_info, cpu, &after);
    run_expect(r, 0);
    run_expect_output(r, "state", (uint64_t)state);
    for (unsigned i = 0; i < 4; i++)
        run_check(r,
                  before.time[i] <= run_output(r, times[i]) &&
                      run_output(r, times[i]) <= after.time[i],
                  "%s is %lu, and was %lu", times[i], run_output(r, times[i]), before.time[i]);
    run_check(r,
              before.state_entry_time <= run_output(r, "state_entry_time") &&
                  run_output(r, "state_entry_time") <= after.state_entry_time,
              "it entered its state at %lu, and at %lu before", run_output(r, "state_entry_time"),
              before.state_entry_time);
}

static void runstate(struct run *r)
{
    runstate_of(r, 0, RUNSTATE_running);
}

static void runstate_offline(struct run *r)
{
    runstate_of(r, run_idle_cpu(), RUNSTATE_offline);
}

static void runstate_no_vcpu(struct run *r)
{
    CALL(r, IN("vcpuid", NO_VCPU));
    run_expect(r, -XEN_ENOENT);
}

/* New in 4.18; before that, not there in either ABI. */
static void phys_area(struct run *r, unsigned offset)
{
    CALL(r, IN("vcpuid", 0), IN("addr.p", areas + offset));
    run_check(r, r->result == 0 || r->result == -XEN_ENOSYS, "the result is %ld", r->result);
}

static void phys_area_take_away(struct run *r)
{
    CALL(r, IN("vcpuid", 0), IN("addr.p", ~0ull));
    run_check(r, r->result == 0 || r->result == -XEN_ENOSYS, "the result is %ld", r->result);
}

static void phys_area_unaligned(struct run *r)
{
    CALL(r, IN("vcpuid", 0), IN("addr.p", areas + 3));
    run_check(r, r->result == -XEN_ENXIO || r->result == -XEN_ENOSYS, "the result is %ld",
              r->result);
}

static void runstate_area(struct run *r)
{
    phys_area(r, 256);
}

static void time_area(struct run *r)
{
    phys_area(r, 512);
}

/* ---- timers ---- */

static void periodic(struct run *r)
{
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    CALL(r, IN("vcpuid", 0), IN("period_ns", 5000000));
    run_expect(r, 0);
    for (unsigned i = 0; i < 3; i++) {
        run_check(r, port_wait(port, 1000), "no interrupt");
        port_set_pending(port, false);
    }
}

static void periodic_too_short(struct run *r)
{
    CALL(r, IN("vcpuid", 0), IN("period_ns", 1000));
    run_expect(r, -XEN_EINVAL);
}

static void periodic_too_long(struct run *r)
{
    CALL(r, IN("vcpuid", 0), IN("period_ns", 0x8000000000000000));
    run_expect(r, -XEN_EINVAL);
}

static void periodic_no_vcpu(struct run *r)
{
    CALL(r, IN("vcpuid", NO_VCPU), IN("period_ns", 5000000));
    run_expect(r, -XEN_ENOENT);
}

static void periodic_stop(struct run *r)
{
    struct vcpu_set_periodic_timer timer = { .period_ns = 5000000 };
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    vcpu_call(VCPUOP_set_periodic_timer, 0, &timer);
    run_check(r, port_wait(port, 1000), "no interrupt");
    CALL(r, IN("vcpuid", 0));
    run_expect(r, 0);
    port_set_pending(port, false);
    run_check(r, !port_wait(port, 30), "it did not stop");
}

static void singleshot(struct run *r)
{
    uint64_t end = xen_system_time() + 10000000;
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    CALL(r, IN("vcpuid", 0), IN("timeout_abs_ns", end), IN("flags", 0));
    run_expect(r, 0);
    run_check(r, port_wait(port, 2000), "no interrupt");
    run_check(r, xen_system_time() >= end, "too early");
}

static void singleshot_past(struct run *r)
{
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    CALL(r, IN("vcpuid", 0), IN("timeout_abs_ns", 1), IN("flags", 0));
    run_expect(r, 0);
    run_check(r, port_wait(port, 2000), "no interrupt");
}

static void singleshot_flag(struct run *r)
{
    CALL(r, IN("vcpuid", 0), IN("timeout_abs_ns", 1), IN("flags", VCPU_SSHOTTMR_future));
}

/* Half an hour after the machine's start: as a number, where Xen keeps arguments. */
static void singleshot_number(struct run *r)
{
    CALL(r, IN("vcpuid", 0), IN("timeout_abs_ns", ARGUMENT_AREA + ARGUMENT_AREA_SIZE),
         IN("flags", 0));
    run_expect(r, 0);
}

static void singleshot_other(struct run *r)
{
    CALL(r, IN("vcpuid", 1), IN("timeout_abs_ns", 1), IN("flags", 0));
    run_expect(r, -XEN_EINVAL);
}

/* Whether a busy machine has stopped a timer after its time; the caller does it once more. */
static bool is_too_late(struct run *r, unsigned seen, uint64_t timeout)
{
    return xen_system_time() >= timeout && run_again(r, seen);
}

static void singleshot_stop(struct run *r)
{
    struct vcpu_set_singleshot_timer timer = { 0 };
    uint32_t port = port_virq(VIRQ_TIMER, 0);
    unsigned seen = r->count[r->mode];

    do {
        port_set_pending(port, false);
        timer.timeout_abs_ns = xen_system_time() + 300000000;
        vcpu_call(VCPUOP_set_singleshot_timer, 0, &timer);
        CALL(r, IN("vcpuid", 0));
    } while (is_too_late(r, seen, timer.timeout_abs_ns));
    run_expect(r, 0);
    run_check(r, !port_wait(port, 400), "it did not stop");
}

static void singleshot_stop_other(struct run *r)
{
    CALL(r, IN("vcpuid", 1));
    run_expect(r, -XEN_EINVAL);
}

/* ---- the rest ---- */

static void vcpu_info(struct run *r)
{
    static PAGE_ALIGNED char page[MODES][PAGE_SIZE];
    unsigned cpu = run_spare_cpu(r);
    struct vcpu_info *info = (struct vcpu_info *)(page[r->mode] + 1024);

    CALL(r, IN("vcpuid", cpu), IN("mfn", FRAME_OF(page[r->mode])), IN("offset", 1024));
    run_expect(r, 0);
    run_check(r, info->evtchn_upcall_pending == 1, "nothing was moved");
}

static void vcpu_info_unaligned(struct run *r)
{
    CALL(r, IN("vcpuid", run_idle_cpu()), IN("mfn", FRAME_OF(areas)), IN("offset", 4090));
    run_expect(r, -XEN_ENXIO);
}

static void vcpu_info_no_memory(struct run *r)
{
    CALL(r, IN("vcpuid", run_idle_cpu()), IN("mfn", FRAME_OF(hole())), IN("offset", 0));
    run_expect(r, -XEN_EINVAL);
}

static void vcpu_info_no_vcpu(struct run *r)
{
    CALL(r, IN("vcpuid", NO_VCPU), IN("mfn", FRAME_OF(areas)), IN("offset", 0));
    run_expect(r, -XEN_ENOENT);
}

static void count_nmi(struct trap_frame *frame)
{
    (void)frame;
    nmis++;
}

static void send_nmi(struct run *r)
{
    trap_set(2, count_nmi);
    nmis = 0;
    CALL(r, IN("vcpuid", 0));
    run_expect(r, 0);
    for (unsigned i = 0; i < 1000 && !nmis; i++)
        hypercall2(__HYPERVISOR_xen_version, 0, 0);
    run_check(r, nmis == 1, "%u arrived", nmis);
}

static void send_nmi_no_vcpu(struct run *r)
{
    CALL(r, IN("vcpuid", NO_VCPU));
    run_expect(r, -XEN_ENOENT);
}

static void physid(struct run *r)
{
    CALL(r, IN("vcpuid", 0));
    run_expect(r, 0);
}

static void physid_who_may(struct run *r)
{
    CALL(r, IN("vcpuid", 0));
    run_expect(r, guest_is_dom0 ? r->result : -XEN_EINVAL);
}

static void physid_no_vcpu(struct run *r)
{
    CALL(r, IN("vcpuid", NO_VCPU));
    run_expect(r, -XEN_ENOENT);
}

/* ---- set_timer_op and vm_assist ---- */

static void set_timer(struct run *r)
{
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    CALL(r, IN("timeout", xen_system_time() + 1000000));
    run_expect(r, 0);
    run_check(r, port_wait(port, 2000), "the timer does not fire");
}

/* The upper bits of a time count. */
static void set_timer_late(struct run *r)
{
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    CALL(r, IN("timeout", xen_system_time() + 3600000000000));
    run_expect(r, 0);
    run_check(r, !port_wait(port, 20), "the timer fires too early");
    hypercall2(__HYPERVISOR_set_timer_op, 0, 0);
}

static void stop_timer(struct run *r)
{
    struct vcpu_set_singleshot_timer timer = { 0 };
    uint32_t port = port_virq(VIRQ_TIMER, 0);
    unsigned seen = r->count[r->mode];

    do {
        port_set_pending(port, false);
        timer.timeout_abs_ns = xen_system_time() + 300000000;
        hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer);
        CALL(r, IN("timeout", 0));
    } while (is_too_late(r, seen, timer.timeout_abs_ns));
    run_expect(r, 0);
    run_check(r, !port_wait(port, 400), "the timer fires");
}

static void assist(struct run *r)
{
    CALL(r, IN("type", VMASST_TYPE_runstate_update_flag));
    run_expect(r, 0);
}

/* A number whose low bits are those of one that there is. */
static void assist_none(struct run *r)
{
    CALL(r, IN("type", 0x100 | VMASST_TYPE_runstate_update_flag));
    run_expect(r, -XEN_EINVAL);
}

#define VCPU(name, what, function, where)                                                          \
    {                                                                                              \
        "vcpu." name, what, function, where                                                        \
    }

const struct test_case vcpu_cases[] = {
    VCPU("initialise", "and bring it up", initialise, SPARE_CPUS),
    VCPU("initialise", "twice", initialise_twice, 0),
    VCPU("initialise", "nonsense", initialise_nonsense, IDLE_CPU),
    VCPU("initialise", "no memory", initialise_no_memory, IDLE_CPU),
    VCPU("initialise", "no such vCPU", initialise_no_vcpu, 0),
    VCPU("initialise", "no such vCPU, and no memory", initialise_nothing, 0),
    VCPU("up", "one that is down", up, SECOND_CPU),
    VCPU("up", "never initialised", up_not_initialised, IDLE_CPU),
    VCPU("up", "no such vCPU", up_no_vcpu, 0),
    VCPU("down", "another", down, SECOND_CPU),
    VCPU("down", "the calling one", down_self, SECOND_CPU),
    VCPU("down", "no such vCPU", down_no_vcpu, 0),
    VCPU("is_up", "yes", is_up, 0),
    VCPU("is_up", "no", is_not_up, IDLE_CPU),
    VCPU("is_up", "no such vCPU", is_up_no_vcpu, 0),
    VCPU("get_runstate_info", "of the caller", runstate, 0),
    VCPU("get_runstate_info", "of one that is down", runstate_offline, IDLE_CPU),
    VCPU("get_runstate_info", "no such vCPU", runstate_no_vcpu, 0),
    VCPU("register_runstate_phys_area", "of the caller", runstate_area, 0),
    VCPU("register_runstate_phys_area", "unaligned", phys_area_unaligned, 0),
    VCPU("register_runstate_phys_area", "taken away", phys_area_take_away, 0),
    VCPU("register_vcpu_time_phys_area", "of the caller", time_area, 0),
    VCPU("register_vcpu_time_phys_area", "unaligned", phys_area_unaligned, 0),
    VCPU("register_vcpu_time_phys_area", "taken away", phys_area_take_away, 0),
    VCPU("set_periodic_timer", "three interrupts", periodic, 0),
    VCPU("set_periodic_timer", "too short", periodic_too_short, 0),
    VCPU("set_periodic_timer", "too long", periodic_too_long, 0),
    VCPU("set_periodic_timer", "no such vCPU", periodic_no_vcpu, 0),
    VCPU("stop_periodic_timer", "running", periodic_stop, 0),
    VCPU("set_singleshot_timer", "in 10 ms", singleshot, 0),
    VCPU("set_singleshot_timer", "in the past", singleshot_past, 0),
    VCPU("set_singleshot_timer", "in the past, with the flag", singleshot_flag, 0),
    VCPU("set_singleshot_timer", "at a time like an address of Xen's", singleshot_number, 0),
    VCPU("set_singleshot_timer", "another's", singleshot_other, SECOND_CPU),
    VCPU("stop_singleshot_timer", "running", singleshot_stop, 0),
    VCPU("stop_singleshot_timer", "another's", singleshot_stop_other, SECOND_CPU),
    VCPU("register_vcpu_info", "of one that is down", vcpu_info, SPARE_CPUS),
    VCPU("register_vcpu_info", "across pages", vcpu_info_unaligned, IDLE_CPU),
    VCPU("register_vcpu_info", "no memory", vcpu_info_no_memory, IDLE_CPU),
    VCPU("register_vcpu_info", "no such vCPU", vcpu_info_no_vcpu, 0),
    VCPU("send_nmi", "to the caller", send_nmi, 0),
    VCPU("send_nmi", "no such vCPU", send_nmi_no_vcpu, 0),
    VCPU("get_physid", "of the caller", physid, DOM0),
    VCPU("get_physid", "who may", physid_who_may, 0),
    VCPU("get_physid", "no such vCPU", physid_no_vcpu, 0),
    { "set_timer_op", "soon", set_timer, 0 },
    { "set_timer_op", "late", set_timer_late, 0 },
    { "set_timer_op", "not any more", stop_timer, 0 },
    { "vm_assist.enable", "a flag", assist, 0 },
    { "vm_assist.enable", "none such", assist_none, 0 },
    { "vm_assist.disable", "a flag", assist, 0 },
    { "vm_assist.disable", "none such", assist_none, 0 },
    { NULL, NULL, NULL, 0 },
};
