// SPDX-License-Identifier: MIT
/*
 * Event channels. The ports are opened without the kernel's knowledge, which passes over events of
 * ports it does not know.
 */
#include <fastabi/event_channel.h>

#include "test.h"

#define CLASSIC(op) HYPERVISOR_event_channel_op(EVTCHNOP_##op, arg)
#define FAST(op)    xen_hypercall_event_channel_##op(arg)

static void close_classic(evtchn_port_t port)
{
    struct evtchn_close close = { .port = port };

    HYPERVISOR_event_channel_op(EVTCHNOP_close, &close);
}

/* The port is opened, closed, and opened again: it is the same one, the lowest that is free. */
#define OPEN(op, type, inputs, field, port)                                                        \
    TEST_BOTH("event_channel." #op, 0, struct type, inputs, CLASSIC(op),                           \
              close_classic(arg->field),                                                           \
              ((port) = FAST(op) ? NO_PORT : arg->field, (port) == NO_PORT ? -1L : 0L))

static void test_status(evtchn_port_t port, evtchn_port_t remote)
{
    struct evtchn_status classic = { .dom = DOMID_SELF, .port = port };
    struct evtchn_status fast = classic;
    long a = HYPERVISOR_event_channel_op(EVTCHNOP_status, &classic);
    long b = xen_hypercall_event_channel_status(&fast);

    test_check(a == 0 && b == 0 && fast.status == EVTCHNSTAT_interdomain &&
                   fast.status == classic.status && fast.vcpu == classic.vcpu &&
                   fast.u.interdomain.dom == classic.u.interdomain.dom &&
                   fast.u.interdomain.port == classic.u.interdomain.port &&
                   fast.u.interdomain.port == remote,
               "event_channel.status of an interdomain channel: %ld, state %u", b, fast.status);
}

/* One channel within this domain, from its first end to its last. */
static void test_channel(void)
{
    evtchn_port_t first, second;

    OPEN(alloc_unbound, evtchn_alloc_unbound, (arg->dom = DOMID_SELF, arg->remote_dom = DOMID_SELF),
         port, first);
    OPEN(bind_interdomain, evtchn_bind_interdomain,
         (arg->remote_dom = DOMID_SELF, arg->remote_port = first), local_port, second);
    test_status(second, first);
    TEST_BOTH("event_channel.send", 0, struct evtchn_send, arg->port = second, CLASSIC(send), ,
              FAST(send));
    TEST_BOTH("event_channel.unmask", 0, struct evtchn_unmask, arg->port = second, CLASSIC(unmask),
              , FAST(unmask));
    TEST_BOTH("event_channel.bind_vcpu", 0, struct evtchn_bind_vcpu,
              (arg->port = second, arg->vcpu = 0), CLASSIC(bind_vcpu), , FAST(bind_vcpu));
    TEST_BOTH("event_channel.set_priority", TEST_EQUAL, struct evtchn_set_priority,
              (arg->port = second, arg->priority = 7), CLASSIC(set_priority), , FAST(set_priority));
    {
        struct evtchn_close close = { .port = second };

        test_check(xen_hypercall_event_channel_close(&close) == 0, "event_channel.close");
        close.port = first;
        test_check(xen_hypercall_event_channel_close(&close) == 0,
                   "event_channel.close of the other end");
    }
    TEST_BOTH("event_channel.close of a closed port", -EINVAL, struct evtchn_close,
              arg->port = second, CLASSIC(close), , FAST(close));
}

static void test_bindings(void)
{
    evtchn_port_t port;

    /* Of the processor's own VIRQs, one that is not in use. */
    OPEN(bind_virq, evtchn_bind_virq, (arg->virq = 19, arg->vcpu = 0), port, port);
    close_classic(port);
    OPEN(bind_ipi, evtchn_bind_ipi, arg->vcpu = 0, port, port);
    close_classic(port);
    TEST_BOTH("event_channel.bind_pirq of none", TEST_EQUAL, struct evtchn_bind_pirq,
              (arg->pirq = 1u << 20, arg->flags = 0), CLASSIC(bind_pirq), , FAST(bind_pirq));
}

/* Operations that would take the kernel's channels away, and errors. */
static void test_refused(void)
{
    TEST_BOTH("event_channel.status of no domain", -ESRCH, struct evtchn_status,
              (arg->dom = NO_DOMAIN, arg->port = 1), CLASSIC(status), , FAST(status));
    TEST_BOTH("event_channel.alloc_unbound for no domain", TEST_EQUAL, struct evtchn_alloc_unbound,
              (arg->dom = NO_DOMAIN, arg->remote_dom = 0), CLASSIC(alloc_unbound), ,
              FAST(alloc_unbound));
    TEST_BOTH("event_channel.send to no port", -EINVAL, struct evtchn_send, arg->port = NO_PORT,
              CLASSIC(send), , FAST(send));
    TEST_BOTH("event_channel.reset of no domain", -ESRCH, struct evtchn_reset, arg->dom = NO_DOMAIN,
              CLASSIC(reset), , FAST(reset));
    TEST_BOTH("event_channel.init_control of no vCPU", TEST_EQUAL, struct evtchn_init_control,
              (arg->control_gfn = ~0ull, arg->offset = 0, arg->vcpu = NO_VCPU),
              CLASSIC(init_control), , FAST(init_control));
    TEST_BOTH("event_channel.expand_array with no frame", TEST_EQUAL, struct evtchn_expand_array,
              arg->array_gfn = ~0ull, CLASSIC(expand_array), , FAST(expand_array));
}

void test_channels(void)
{
    test_channel();
    test_bindings();
    test_refused();
}
