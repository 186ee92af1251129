/* SPDX-License-Identifier: MIT */
/* States that cases start from and look at, through the classic ABI. */
#define __XEN_TOOLS__ 1 /* for domctl.h */

#include "state.h"

#include <xen/domctl.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

static PAGE_ALIGNED grant_entry_v1_t grant_page[PAGE_SIZE / sizeof(grant_entry_v1_t)];
static PAGE_ALIGNED char control_page[PAGE_SIZE];
static bool grants_mapped;

static long event_op(unsigned op, void *argument)
{
    return hypercall2(__HYPERVISOR_event_channel_op, op, argument);
}

static void demand(long result, const char *what)
{
    if (result < 0)
        tap_bail("%s fails: %ld", what, result);
}

static void ports_reset(void)
{
    struct shared_info *info = xen_shared_info();
    struct evtchn_reset reset = { .dom = DOMID_SELF };

    demand(event_op(EVTCHNOP_reset, &reset), "event channel reset");
    memset(info->evtchn_pending, 0, sizeof(info->evtchn_pending));
    memset(info->evtchn_mask, 0, sizeof(info->evtchn_mask));
    for (unsigned i = 0; i < ARRAY_LENGTH(info->vcpu_info); i++) {
        info->vcpu_info[i].evtchn_upcall_pending = 0;
        info->vcpu_info[i].evtchn_pending_sel = 0;
    }
}

void state_reset(void)
{
    struct gnttab_set_version version = { .version = 1 };

    /*
     * A vector that waits for interrupts to be on would keep the next one from waking the vCPU up.
     */
    interrupts_on();
    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    interrupts_off();
    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0);
    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0);
    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_set_version, &version, 1);
    ports_reset();
}

uint16_t own_domid(void)
{
    struct evtchn_alloc_unbound open = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
    struct evtchn_status status = { .dom = DOMID_SELF };
    struct evtchn_close close;

    demand(event_op(EVTCHNOP_alloc_unbound, &open), "alloc_unbound");
    status.port = close.port = open.port;
    demand(event_op(EVTCHNOP_status, &status), "status");
    demand(event_op(EVTCHNOP_close, &close), "close");
    return status.u.unbound.dom;
}

/* ---- ports ---- */

uint32_t port_unbound(void)
{
    struct evtchn_alloc_unbound open = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };

    demand(event_op(EVTCHNOP_alloc_unbound, &open), "alloc_unbound");
    return open.port;
}

uint32_t port_loopback(uint32_t *other)
{
    struct evtchn_bind_interdomain bind = { .remote_dom = DOMID_SELF };

    bind.remote_port = port_unbound();
    demand(event_op(EVTCHNOP_bind_interdomain, &bind), "bind_interdomain");
    *other = bind.remote_port;
    port_set_pending(bind.local_port, false);
    return bind.local_port;
}

uint32_t port_ipi(unsigned vcpu)
{
    struct evtchn_bind_ipi bind = { .vcpu = vcpu };

    demand(event_op(EVTCHNOP_bind_ipi, &bind), "bind_ipi");
    return bind.port;
}

uint32_t port_virq(unsigned virq, unsigned vcpu)
{
    struct evtchn_bind_virq bind = { .virq = virq, .vcpu = vcpu };

    demand(event_op(EVTCHNOP_bind_virq, &bind), "bind_virq");
    return bind.port;
}

void port_close(uint32_t port)
{
    struct evtchn_close close = { .port = port };

    demand(event_op(EVTCHNOP_close, &close), "close");
}

void port_send(uint32_t port)
{
    struct evtchn_send send = { .port = port };

    demand(event_op(EVTCHNOP_send, &send), "send");
}

void ports_use_fifo(void)
{
    struct evtchn_init_control init = { .control_gfn = FRAME_OF(control_page) };

    memset(control_page, 0, sizeof(control_page));
    demand(event_op(EVTCHNOP_init_control, &init), "init_control");
}

uint64_t port_state(uint32_t port)
{
    struct evtchn_status status = { .dom = DOMID_SELF, .port = port };
    long result = event_op(EVTCHNOP_status, &status);
    uint64_t state = status.status | (uint64_t)status.vcpu << 8;

    if (result)
        return (uint64_t)result;
    switch (status.status) {
    case EVTCHNSTAT_unbound:
        return state | (uint64_t)status.u.unbound.dom << 32;
    case EVTCHNSTAT_interdomain:
        return state | (uint64_t)status.u.interdomain.dom << 32 |
               (uint64_t)status.u.interdomain.port << 48;
    case EVTCHNSTAT_pirq:
        return state | (uint64_t)status.u.pirq << 32;
    case EVTCHNSTAT_virq:
        return state | (uint64_t)status.u.virq << 32;
    default:
        return state;
    }
}

#define BIT(port) (1ul << ((port) % 64))

bool port_is_pending(uint32_t port)
{
    return __atomic_load_n(&xen_shared_info()->evtchn_pending[port / 64], __ATOMIC_SEQ_CST) &
           BIT(port);
}

void port_set_pending(uint32_t port, bool pending)
{
    if (pending)
        __atomic_fetch_or(&xen_shared_info()->evtchn_pending[port / 64], BIT(port),
                          __ATOMIC_SEQ_CST);
    else
        __atomic_fetch_and(&xen_shared_info()->evtchn_pending[port / 64], ~BIT(port),
                           __ATOMIC_SEQ_CST);
}

bool port_is_masked(uint32_t port)
{
    return __atomic_load_n(&xen_shared_info()->evtchn_mask[port / 64], __ATOMIC_SEQ_CST) &
           BIT(port);
}

void port_set_masked(uint32_t port, bool masked)
{
    if (masked)
        __atomic_fetch_or(&xen_shared_info()->evtchn_mask[port / 64], BIT(port), __ATOMIC_SEQ_CST);
    else
        __atomic_fetch_and(&xen_shared_info()->evtchn_mask[port / 64], ~BIT(port),
                           __ATOMIC_SEQ_CST);
}

bool port_wait(uint32_t port, unsigned milliseconds)
{
    uint64_t end = xen_system_time() + milliseconds * 1000000ull;

    for (unsigned looks = 0; !port_is_pending(port); looks++) {
        if (looks > LOOKS_AT_LEAST && xen_system_time() > end)
            break;
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    }
    return port_is_pending(port);
}

/* ---- grants ---- */

static void grants_map(void)
{
    struct xen_add_to_physmap map = { .domid = DOMID_SELF,
                                      .space = XENMAPSPACE_grant_table,
                                      .gpfn = FRAME_OF(grant_page) };

    if (grants_mapped)
        return;
    demand(hypercall2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map),
           "mapping the grant table");
    grants_mapped = true;
}

void grant_offer(uint32_t ref, const void *page, bool read_only)
{
    grants_map();
    grant_page[ref].domid = own_domid();
    grant_page[ref].frame = (uint32_t)FRAME_OF(page);
    __atomic_store_n(&grant_page[ref].flags, GTF_permit_access | (read_only ? GTF_readonly : 0),
                     __ATOMIC_SEQ_CST);
}

void grant_withdraw(uint32_t ref)
{
    grants_map();
    __atomic_store_n(&grant_page[ref].flags, 0, __ATOMIC_SEQ_CST);
}

/* One page of memory, and then pages of which nothing is left. */
static PAGE_ALIGNED unsigned char edge[(1 + HOLES) * PAGE_SIZE];

unsigned char *hole_at(unsigned number)
{
    static bool empty;
    static xen_pfn_t frames[HOLES];
    struct xen_memory_reservation reservation = { .nr_extents = HOLES, .domid = DOMID_SELF };

    if (!empty) {
        for (unsigned i = 0; i < HOLES; i++)
            frames[i] = FRAME_OF(edge) + 1 + i;
        set_xen_guest_handle(reservation.extent_start, frames);
        demand(hypercall2(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &reservation) -
                   (long)HOLES,
               "giving up pages");
        empty = true;
    }
    return edge + (1 + number) * PAGE_SIZE;
}

void *hole(void)
{
    return hole_at(0);
}

uint64_t spare_frame(void)
{
    extern unsigned char image_end[];

    return FRAME_OF(image_end) + (16u << 20) / PAGE_SIZE;
}

unsigned char *fresh_page(void)
{
    static PAGE_ALIGNED unsigned char pages[224][PAGE_SIZE];
    static unsigned used;

    if (used == ARRAY_LENGTH(pages))
        tap_bail("there are no more pages to grant");
    return pages[used++];
}

void domain_handle_set(const xen_domain_handle_t handle)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_setdomainhandle,
                             .interface_version = XEN_DOMCTL_INTERFACE_VERSION,
                             .domain = own_domid() };

    memcpy(op.u.setdomainhandle.handle, handle, sizeof(xen_domain_handle_t));
    hypercall(__HYPERVISOR_domctl, (uintptr_t)&op, 0, 0, 0, 0);
}

uint64_t hvm_param(uint32_t index)
{
    struct xen_hvm_param param = { .domid = DOMID_SELF, .index = index };
    long result = hypercall2(__HYPERVISOR_hvm_op, HVMOP_get_param, &param);

    return result ? (uint64_t)result : param.value;
}
