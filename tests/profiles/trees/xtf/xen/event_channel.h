/* SPDX-License-Identifier: MIT */
/* What the tests of the framework use, no more. */
#ifndef XEN_PUBLIC_EVENT_CHANNEL_H
#define XEN_PUBLIC_EVENT_CHANNEL_H

#include <xen/xen.h>

#define EVTCHNOP_close         3
#define EVTCHNOP_send          4
#define EVTCHNOP_status        5
#define EVTCHNOP_alloc_unbound 6

typedef uint32_t evtchn_port_t;

/* Without Xen's name for the union. */
struct evtchn_status {
    domid_t dom;
    uint16_t _pad0;
    evtchn_port_t port;
    uint32_t status;
    uint32_t vcpu;
    union {
        struct {
            domid_t dom;
        } unbound;
        struct {
            domid_t dom;
            evtchn_port_t port;
        } interdomain;
        uint32_t pirq;
        uint32_t virq;
    };
};

struct evtchn_alloc_unbound {
    domid_t dom, remote_dom;
    evtchn_port_t port;
};

struct evtchn_close {
    evtchn_port_t port;
};

struct evtchn_send {
    evtchn_port_t port;
};

#endif
