/* SPDX-License-Identifier: MIT */
#ifndef XEN_PUBLIC_MEMORY_H
#define XEN_PUBLIC_MEMORY_H

#include <xen/xen.h>

#define XENMEM_maximum_ram_page 2
#define XENMEM_add_to_physmap   7

/* gfn is what Xen's headers call gpfn. */
struct xen_add_to_physmap {
    domid_t domid;
    uint16_t size;
    unsigned int space;
    unsigned long idx;
    unsigned long gfn;
};

#endif
