/* SPDX-License-Identifier: MIT */
#ifndef XEN_PUBLIC_SCHED_H
#define XEN_PUBLIC_SCHED_H

#include <xen/xen.h>

#define SCHEDOP_yield    0
#define SCHEDOP_block    1
#define SCHEDOP_shutdown 2

struct sched_shutdown {
    unsigned int reason;
};

#endif
