/* SPDX-License-Identifier: MIT */
/*
 * The kernel of docs/adopt.md: its hypercalls go over bridges, and are classic ones where there is
 * no FastABI.  tests/guest/run boots it on both, and looks at the counts.
 */
#include "boot/runtime.h"

#define XEN_FASTABI_PHYS(pointer) ((uint64_t)(uintptr_t)(pointer)) /* all memory is mapped so */
#include <fastabi/event_channel.h>
#include <fastabi/vcpu.h>

unsigned char xen_fastabi_bridge_flag; /* the guard */
static unsigned int classic;           /* calls */

static int HYPERVISOR_event_channel_op(int cmd, void *arg)
{
    long result;

    if (xen_fastabi_event_channel((unsigned int)cmd, arg, &result))
        return (int)result;
    classic++;
    return (int)hypercall2(__HYPERVISOR_event_channel_op, cmd, arg);
}

static int HYPERVISOR_vcpu_op(int cmd, unsigned int id, void *arg)
{
    long result;

    if (xen_fastabi_vcpu((unsigned int)cmd, id, arg, &result))
        return (int)result;
    classic++;
    return (int)hypercall3(__HYPERVISOR_vcpu_op, cmd, id, arg);
}

void guest_main(const struct hvm_start_info *info)
{
    static struct vcpu_runstate_info runstate;
    struct vcpu_register_runstate_memory_area area = { .addr.v = &runstate };
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };
    struct evtchn_status status = { .dom = DOMID_SELF };
    struct evtchn_close close;

    (void)info;
    xen_fastabi_bridge_detect(xen_fastabi_cpuid);
    tap_check(!HYPERVISOR_event_channel_op(EVTCHNOP_bind_ipi, &ipi) && ipi.port, "a port is bound");
    status.port = ipi.port;
    tap_check(!HYPERVISOR_event_channel_op(EVTCHNOP_status, &status) &&
                  status.status == EVTCHNSTAT_ipi,
              "its status is told");
    close.port = ipi.port;
    tap_check(!HYPERVISOR_event_channel_op(EVTCHNOP_close, &close), "it is closed");
    tap_note("classic %u of 3, FastABI %d", classic, xen_fastabi_bridge_flag);
    tap_check(classic == (xen_fastabi_bridge_flag ? 0 : 3), "calls go the way that was detected");
    tap_check(!HYPERVISOR_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &area) &&
                  runstate.state == RUNSTATE_running && runstate.state_entry_time,
              "the runstate is where it was asked for");
    tap_plan();
}
