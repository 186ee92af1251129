/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies from and to guest memory by its guest-physical address: 0, or not.
 */
#ifndef X86_HVM_FASTABI_PHYS_H
#define X86_HVM_FASTABI_PHYS_H

#include <xen/types.h>

int fastabi_copy_from_frame(void *to, uint64_t gfn, unsigned int size);
int fastabi_copy_from_phys(void *to, uint64_t addr, unsigned int size);
int fastabi_copy_to_phys(uint64_t addr, void *from, unsigned int size);

#endif /* X86_HVM_FASTABI_PHYS_H */
