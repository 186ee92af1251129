/* SPDX-License-Identifier: MIT */
#ifndef XEN_PUBLIC_XEN_H
#define XEN_PUBLIC_XEN_H

#include <stdint.h>

#define __HYPERVISOR_memory_op        12
#define __HYPERVISOR_xen_version      17
#define __HYPERVISOR_sched_op         29
#define __HYPERVISOR_event_channel_op 32

#define DOMID_SELF 0x7ff0U

typedef uint16_t domid_t;

#endif
