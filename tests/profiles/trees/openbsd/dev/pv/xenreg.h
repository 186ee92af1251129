/* SPDX-License-Identifier: MIT */
/* What this system has instead of Xen's headers: some numbers and structs of its own. */
#ifndef _DEV_PV_XENREG_H_
#define _DEV_PV_XENREG_H_

#define XEN_CPUID_LEAF(i) (0x40000000u + (i))
#define XEN_MAX_VCPUS     32

typedef uint16_t domid_t;
typedef uint32_t evtchn_port_t;
typedef uint32_t grant_ref_t;

#define EVTCHNOP_alloc_unbound 6
#define EVTCHNOP_send          4
#define GNTTABOP_setup_table   2
#define SCHEDOP_shutdown       2

struct evtchn_alloc_unbound {
    domid_t dom, remote_dom;
    evtchn_port_t port;
} __packed;

struct evtchn_send {
    evtchn_port_t port;
} __packed;

enum {
    XC_MEMORY = 12,
    XC_VERSION = 17,
    XC_GNTTAB = 20,
    XC_SCHED = 29,
    XC_EVTCHN = 32,
    XC_HVM = 34
};

struct xen_softc;
int xen_hypercall(struct xen_softc *, int, int, ...);

#endif
