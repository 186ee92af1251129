/* SPDX-License-Identifier: MIT */
/* Cases of event_channel. */
#include "run.h"

#include "state.h"

#include <xen/errno.h>
#include <xen/event_channel.h>

#define NO_PORT   4000u
#define NO_VCPU   0x80000063u /* with the top bit set: not a sign */
#define SOME_PIRQ 20u

static PAGE_ALIGNED char control_page[PAGE_SIZE], array_page[PAGE_SIZE];

static void alloc_unbound(struct run *r)
{
    CALL(r, IN("dom", DOMID_SELF), IN("remote_dom", DOMID_SELF));
    run_expect(r, 0);
    run_observe(r, "the port", port_state((uint32_t)run_output(r, "port")));
}

static void alloc_unbound_for_other(struct run *r)
{
    CALL(r, IN("dom", DOMID_SELF), IN("remote_dom", NO_DOMAIN));
    run_expect(r, 0);
    run_observe(r, "the port", port_state((uint32_t)run_output(r, "port")));
}

static void alloc_unbound_in_none(struct run *r)
{
    CALL(r, IN("dom", NO_DOMAIN), IN("remote_dom", DOMID_SELF));
    run_expect(r, -XEN_ESRCH);
}

static void bind_interdomain(struct run *r)
{
    uint32_t port = port_unbound();

    CALL(r, IN("remote_dom", DOMID_SELF), IN("remote_port", port));
    run_expect(r, 0);
    run_observe(r, "the port", port_state((uint32_t)run_output(r, "local_port")));
    run_observe(r, "the other end", port_state(port));
    run_observe(r, "pending", port_is_pending((uint32_t)run_output(r, "local_port")));
}

static void bind_interdomain_to_none(struct run *r)
{
    CALL(r, IN("remote_dom", NO_DOMAIN), IN("remote_port", 1));
    run_expect(r, -XEN_ESRCH);
}

static void bind_interdomain_bad_port(struct run *r)
{
    CALL(r, IN("remote_dom", DOMID_SELF), IN("remote_port", NO_PORT));
    run_expect(r, -XEN_EINVAL);
}

static void bind_interdomain_not_waiting(struct run *r)
{
    uint32_t port = port_ipi(0);

    CALL(r, IN("remote_dom", DOMID_SELF), IN("remote_port", port));
    run_expect(r, -XEN_EINVAL);
    run_observe(r, "the port", port_state(port));
}

static void bind_virq(struct run *r)
{
    CALL(r, IN("virq", VIRQ_TIMER), IN("vcpu", 0));
    run_expect(r, 0);
    run_observe(r, "the port", port_state((uint32_t)run_output(r, "port")));
}

static void bind_virq_other_vcpu(struct run *r)
{
    CALL(r, IN("virq", VIRQ_DEBUG), IN("vcpu", 1));
    run_expect(r, 0);
    run_observe(r, "the port", port_state((uint32_t)run_output(r, "port")));
}

static void bind_virq_twice(struct run *r)
{
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    CALL(r, IN("virq", VIRQ_TIMER), IN("vcpu", 0));
    run_expect(r, -XEN_EEXIST);
    run_observe(r, "the port", port_state(port));
}

static void bind_virq_bad(struct run *r)
{
    CALL(r, IN("virq", 99), IN("vcpu", 0));
    run_expect(r, -XEN_EINVAL);
}

static void bind_virq_bad_vcpu(struct run *r)
{
    CALL(r, IN("virq", VIRQ_TIMER), IN("vcpu", NO_VCPU));
    run_expect(r, -XEN_ENOENT);
}

static void bind_ipi(struct run *r)
{
    CALL(r, IN("vcpu", 0));
    run_expect(r, 0);
    run_observe(r, "the port", port_state((uint32_t)run_output(r, "port")));
}

static void bind_ipi_other_vcpu(struct run *r)
{
    CALL(r, IN("vcpu", 1));
    run_expect(r, 0);
    run_observe(r, "the port", port_state((uint32_t)run_output(r, "port")));
}

static void bind_ipi_bad_vcpu(struct run *r)
{
    CALL(r, IN("vcpu", NO_VCPU));
    run_expect(r, -XEN_ENOENT);
}

static void bind_pirq(struct run *r)
{
    CALL(r, IN("pirq", SOME_PIRQ), IN("flags", 0));
    run_expect(r, 0);
    run_observe(r, "the port", port_state((uint32_t)run_output(r, "port")));
}

static void bind_pirq_shared(struct run *r)
{
    CALL(r, IN("pirq", SOME_PIRQ + 1), IN("flags", BIND_PIRQ__WILL_SHARE));
    run_expect(r, 0);
    run_observe(r, "the port", port_state((uint32_t)run_output(r, "port")));
}

static void bind_pirq_bad(struct run *r)
{
    CALL(r, IN("pirq", 1000000), IN("flags", 0));
    run_expect(r, -XEN_EINVAL);
}

static void close_unbound(struct run *r)
{
    uint32_t port = port_unbound();

    CALL(r, IN("port", port));
    run_expect(r, 0);
    run_observe(r, "the port", port_state(port));
}

static void close_connected(struct run *r)
{
    uint32_t other, port = port_loopback(&other);

    CALL(r, IN("port", port));
    run_expect(r, 0);
    run_observe(r, "the port", port_state(port));
    run_observe(r, "the other end", port_state(other));
}

static void close_free(struct run *r)
{
    uint32_t port = port_unbound();

    port_close(port);
    CALL(r, IN("port", port));
    run_expect(r, -XEN_EINVAL);
}

static void close_none(struct run *r)
{
    CALL(r, IN("port", 0xffffffff));
    run_expect(r, -XEN_EINVAL);
}

static void send_connected(struct run *r)
{
    uint32_t other, port = port_loopback(&other);

    CALL(r, IN("port", port));
    run_expect(r, 0);
    run_observe(r, "pending here", port_is_pending(port));
    run_observe(r, "pending there", port_is_pending(other));
    run_check(r, port_is_pending(other), "the other end is not pending");
}

static void send_ipi(struct run *r)
{
    uint32_t port = port_ipi(0);

    CALL(r, IN("port", port));
    run_expect(r, 0);
    run_check(r, port_is_pending(port), "the port is not pending");
}

static void send_unbound(struct run *r)
{
    CALL(r, IN("port", port_unbound()));
    run_expect(r, 0);
}

static void send_none(struct run *r)
{
    CALL(r, IN("port", NO_PORT));
    run_expect(r, -XEN_EINVAL);
}

static void status_of(struct run *r, uint32_t port, unsigned status)
{
    CALL(r, IN("dom", DOMID_SELF), IN("port", port));
    run_expect(r, 0);
    run_expect_output(r, "status", status);
}

static void status_closed(struct run *r)
{
    uint32_t port = port_unbound();

    port_close(port);
    status_of(r, port, EVTCHNSTAT_closed);
}

static void status_unbound(struct run *r)
{
    status_of(r, port_unbound(), EVTCHNSTAT_unbound);
}

static void status_interdomain(struct run *r)
{
    uint32_t other, port = port_loopback(&other);

    status_of(r, port, EVTCHNSTAT_interdomain);
    run_expect_output(r, "bound_to", own_domid());
    run_expect_output(r, "remote_port", other);
}

static void status_pirq(struct run *r)
{
    struct evtchn_bind_pirq bind = { .pirq = SOME_PIRQ + 2 };

    run_observe(r, "bind_pirq",
                (uint64_t)hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bind));
    status_of(r, bind.port, EVTCHNSTAT_pirq);
    run_expect_output(r, "bound_to", SOME_PIRQ + 2);
}

static void status_virq(struct run *r)
{
    status_of(r, port_virq(VIRQ_DEBUG, 0), EVTCHNSTAT_virq);
    run_expect_output(r, "bound_to", VIRQ_DEBUG);
}

static void status_ipi(struct run *r)
{
    status_of(r, port_ipi(1), EVTCHNSTAT_ipi);
    run_expect_output(r, "vcpu", 1);
}

static void status_no_port(struct run *r)
{
    CALL(r, IN("dom", DOMID_SELF), IN("port", 0x7fffffff));
    run_expect(r, -XEN_EINVAL);
}

static void status_no_domain(struct run *r)
{
    CALL(r, IN("dom", NO_DOMAIN), IN("port", 1));
    run_expect(r, -XEN_ESRCH);
}

static void bind_vcpu(struct run *r)
{
    uint32_t port = port_unbound();

    CALL(r, IN("vcpu", 1), IN("port", port));
    run_expect(r, 0);
    run_observe(r, "the port", port_state(port));
}

static void bind_vcpu_same(struct run *r)
{
    uint32_t port = port_unbound();

    CALL(r, IN("vcpu", 0), IN("port", port));
    run_expect(r, 0);
    run_observe(r, "the port", port_state(port));
}

static void bind_vcpu_bad_vcpu(struct run *r)
{
    CALL(r, IN("vcpu", NO_VCPU), IN("port", port_unbound()));
    run_expect(r, -XEN_ENOENT);
}

static void bind_vcpu_of_ipi(struct run *r)
{
    uint32_t port = port_ipi(0);

    CALL(r, IN("vcpu", 0), IN("port", port));
    run_expect(r, -XEN_EINVAL);
    run_observe(r, "the port", port_state(port));
}

static void bind_vcpu_no_port(struct run *r)
{
    CALL(r, IN("vcpu", 0), IN("port", NO_PORT));
    run_expect(r, -XEN_EINVAL);
}

static void unmask(struct run *r)
{
    uint32_t port = port_unbound();

    port_set_masked(port, true);
    CALL(r, IN("port", port));
    run_expect(r, 0);
    run_check(r, !port_is_masked(port), "the port is masked still");
}

static void unmask_pending(struct run *r)
{
    uint32_t other, port = port_loopback(&other);

    port_set_masked(other, true);
    port_send(port);
    xen_shared_info()->vcpu_info[0].evtchn_upcall_pending = 0;
    xen_shared_info()->vcpu_info[0].evtchn_pending_sel = 0;
    CALL(r, IN("port", other));
    run_expect(r, 0);
    run_check(r, xen_shared_info()->vcpu_info[0].evtchn_upcall_pending,
              "the vCPU was not notified");
}

static void unmask_none(struct run *r)
{
    CALL(r, IN("port", 0x10000000));
    run_expect(r, -XEN_EINVAL);
}

static void reset(struct run *r)
{
    uint32_t other, port = port_loopback(&other), ipi = port_ipi(0);

    CALL(r, IN("dom", DOMID_SELF));
    run_expect(r, 0);
    run_observe(r, "one end", port_state(port));
    run_observe(r, "the other", port_state(other));
    run_observe(r, "the third", port_state(ipi));
    run_check(r, port_state(ipi) == EVTCHNSTAT_closed, "a port is open still");
}

static void reset_none(struct run *r)
{
    CALL(r, IN("dom", NO_DOMAIN));
    run_expect(r, -XEN_ESRCH);
}

static void init_control(struct run *r)
{
    memset(control_page, 0, sizeof(control_page));
    CALL(r, IN("control_gfn", FRAME_OF(control_page)), IN("offset", 1024), IN("vcpu", 0));
    run_expect(r, 0);
    run_expect_output(r, "link_bits", EVTCHN_FIFO_LINK_BITS);
}

static void init_control_bad_offset(struct run *r)
{
    CALL(r, IN("control_gfn", FRAME_OF(control_page)), IN("offset", 4090), IN("vcpu", 0));
    run_expect(r, -XEN_EINVAL);
}

static void init_control_bad_vcpu(struct run *r)
{
    CALL(r, IN("control_gfn", FRAME_OF(control_page)), IN("offset", 0), IN("vcpu", NO_VCPU));
    run_expect(r, -XEN_ENOENT);
}

static void init_control_bad_frame(struct run *r)
{
    CALL(r, IN("control_gfn", FRAME_OF(hole())), IN("offset", 0), IN("vcpu", 0));
    run_expect(r, -XEN_EINVAL);
}

static void init_control_huge_frame(struct run *r)
{
    CALL(r, IN("control_gfn", 0xfffffffffffffull << 12), IN("offset", 0), IN("vcpu", 0));
    run_expect(r, -XEN_EINVAL);
}

static void init_control_twice(struct run *r)
{
    ports_use_fifo();
    CALL(r, IN("control_gfn", FRAME_OF(control_page)), IN("offset", 0), IN("vcpu", 0));
    run_expect(r, -XEN_EINVAL);
}

static void expand_array(struct run *r)
{
    ports_use_fifo();
    memset(array_page, 0, sizeof(array_page));
    CALL(r, IN("array_gfn", FRAME_OF(array_page)));
    run_expect(r, 0);
    port_send(port_ipi(0));
    run_check(r, array_page[3] || array_page[7], "no event word was written");
}

static void expand_array_without_fifo(struct run *r)
{
    CALL(r, IN("array_gfn", FRAME_OF(array_page)));
    run_expect(r, -XEN_EOPNOTSUPP);
}

static void expand_array_bad_frame(struct run *r)
{
    ports_use_fifo();
    CALL(r, IN("array_gfn", FRAME_OF(hole())));
    run_expect(r, -XEN_EINVAL);
}

static void set_priority(struct run *r)
{
    ports_use_fifo();
    CALL(r, IN("port", port_unbound()), IN("priority", 3));
    run_expect(r, 0);
}

static void set_priority_without_fifo(struct run *r)
{
    CALL(r, IN("port", port_unbound()), IN("priority", 3));
    run_expect(r, -XEN_ENOSYS);
}

static void set_priority_bad(struct run *r)
{
    ports_use_fifo();
    CALL(r, IN("port", port_unbound()), IN("priority", 16));
    run_expect(r, -XEN_EINVAL);
}

static void set_priority_no_port(struct run *r)
{
    ports_use_fifo();
    CALL(r, IN("port", 0x7fffffff), IN("priority", 3));
    run_expect(r, -XEN_EINVAL);
}

#define EVENT(name, what, function, where)                                                         \
    {                                                                                              \
        "event_channel." name, what, function, where                                               \
    }

const struct test_case event_cases[] = {
    EVENT("alloc_unbound", "for the domain itself", alloc_unbound, 0),
    EVENT("alloc_unbound", "for a domain to come", alloc_unbound_for_other, 0),
    EVENT("alloc_unbound", "in no domain", alloc_unbound_in_none, 0),
    EVENT("bind_interdomain", "loopback", bind_interdomain, 0),
    EVENT("bind_interdomain", "to no domain", bind_interdomain_to_none, 0),
    EVENT("bind_interdomain", "to no port", bind_interdomain_bad_port, 0),
    EVENT("bind_interdomain", "to a port that does not wait", bind_interdomain_not_waiting, 0),
    EVENT("bind_virq", "the timer", bind_virq, 0),
    EVENT("bind_virq", "on another vCPU", bind_virq_other_vcpu, SECOND_CPU),
    EVENT("bind_virq", "twice", bind_virq_twice, 0),
    EVENT("bind_virq", "none such", bind_virq_bad, 0),
    EVENT("bind_virq", "no such vCPU", bind_virq_bad_vcpu, 0),
    EVENT("bind_ipi", "here", bind_ipi, 0),
    EVENT("bind_ipi", "on another vCPU", bind_ipi_other_vcpu, SECOND_CPU),
    EVENT("bind_ipi", "no such vCPU", bind_ipi_bad_vcpu, 0),
    EVENT("bind_pirq", "one", bind_pirq, 0),
    EVENT("bind_pirq", "to share", bind_pirq_shared, 0),
    EVENT("bind_pirq", "none such", bind_pirq_bad, 0),
    EVENT("close", "a waiting port", close_unbound, 0),
    EVENT("close", "a connected port", close_connected, 0),
    EVENT("close", "a closed port", close_free, 0),
    EVENT("close", "no port", close_none, 0),
    EVENT("send", "to the other end", send_connected, 0),
    EVENT("send", "to the same vCPU", send_ipi, 0),
    EVENT("send", "to nobody", send_unbound, 0),
    EVENT("send", "no port", send_none, 0),
    EVENT("status", "closed", status_closed, 0),
    EVENT("status", "unbound", status_unbound, 0),
    EVENT("status", "interdomain", status_interdomain, 0),
    EVENT("status", "pirq", status_pirq, 0),
    EVENT("status", "virq", status_virq, 0),
    EVENT("status", "ipi", status_ipi, SECOND_CPU),
    EVENT("status", "no port", status_no_port, 0),
    EVENT("status", "no domain", status_no_domain, 0),
    EVENT("bind_vcpu", "to another vCPU", bind_vcpu, SECOND_CPU),
    EVENT("bind_vcpu", "to the same vCPU", bind_vcpu_same, 0),
    EVENT("bind_vcpu", "no such vCPU", bind_vcpu_bad_vcpu, 0),
    EVENT("bind_vcpu", "an IPI's port", bind_vcpu_of_ipi, 0),
    EVENT("bind_vcpu", "no port", bind_vcpu_no_port, 0),
    EVENT("unmask", "a masked port", unmask, 0),
    EVENT("unmask", "a pending port", unmask_pending, 0),
    EVENT("unmask", "no port", unmask_none, 0),
    EVENT("reset", "three ports", reset, 0),
    EVENT("reset", "no domain", reset_none, 0),
    EVENT("init_control", "the first vCPU", init_control, 0),
    EVENT("init_control", "bad offset", init_control_bad_offset, 0),
    EVENT("init_control", "no such vCPU", init_control_bad_vcpu, 0),
    EVENT("init_control", "no memory", init_control_bad_frame, 0),
    EVENT("init_control", "no frame", init_control_huge_frame, 0),
    EVENT("init_control", "twice", init_control_twice, 0),
    EVENT("expand_array", "the first frame", expand_array, 0),
    EVENT("expand_array", "without FIFO", expand_array_without_fifo, 0),
    EVENT("expand_array", "no memory", expand_array_bad_frame, 0),
    EVENT("set_priority", "of a port", set_priority, 0),
    EVENT("set_priority", "without FIFO", set_priority_without_fifo, 0),
    EVENT("set_priority", "none such", set_priority_bad, 0),
    EVENT("set_priority", "no port", set_priority_no_port, 0),
    { NULL, NULL, NULL, 0 },
};
