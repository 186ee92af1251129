/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The argument area of a vCPU, as copies from and to guests see it: while a
 * handler is called with arguments that Xen has put there, copy_from_guest()
 * and copy_to_guest() serve its addresses as well as the guest's.
 */
#ifndef X86_HVM_FASTABI_AREA_H
#define X86_HVM_FASTABI_AREA_H

#ifdef CONFIG_FASTABI

#include <xen/sched.h>
#include <asm/uaccess.h>

#define FASTABI_AREA_SIZE COMPAT_ARG_XLAT_SIZE

/*
 * The area of a vCPU: COMPAT_ARG_XLAT_VIRT_BASE, if it is the current one.
 * Half of the address space that each vCPU has there is empty.
 */
#define FASTABI_AREAS                    \
    ((void *)(PERDOMAIN_ALT_VIRT_START + \
              (ARG_XLAT_VIRT_START - PERDOMAIN_VIRT_START)))
#define FASTABI_AREA(v) \
    (FASTABI_AREAS +    \
     ((unsigned long)(unsigned int)(v)->vcpu_id << ARG_XLAT_VA_SHIFT))

/*
 * What a handler is given for an address in the area: one in the half that is
 * empty, where the area is mapped once more, in Xen's own part of the address
 * space.  There a 64-bit value of a guest's means nothing else: no time, and
 * no address of the machine's memory.  It is never used as an address.
 * Compilers know from a bit of it that is always set what it stands for,
 * wherever a handler is inlined.  After it there are as many addresses at
 * which every copy is refused, whatever is mapped there: a handle to memory
 * that could not be read points to them, so that its handler finds out when it
 * would in the classic ABI.
 */
#define FASTABI_TO_HANDLE \
    (PERDOMAIN_VIRT_START - PERDOMAIN_ALT_VIRT_START + FASTABI_AREA_SIZE)
#define FASTABI_HANDLE(area) ((void *)(area) + FASTABI_TO_HANDLE)
#define FASTABI_FAULTS(area) (FASTABI_HANDLE(area) + FASTABI_AREA_SIZE)

/*
 * Does this lie there, while a handler may use it?  A guest cannot name it: no
 * handle of the guest's gets to a handler meanwhile.
 */
static always_inline bool fastabi_is_area(const void *p)
{
    /* Read twice: other copies compare it where it is, and no more. */
    return current->hcall_fastabi &&
           (unsigned long)(p - FASTABI_HANDLE(
                                   ACCESS_ONCE(current->hcall_fastabi))) <
               2 * FASTABI_AREA_SIZE;
}

/*
 * To or from it.  The number of bytes that could not be copied: none, or all.
 */
unsigned int fastabi_copy_to(void *to, const void *from, unsigned int len);
unsigned int fastabi_copy_from(void *to, const void *from, unsigned int len);
unsigned int fastabi_clear(void *to, unsigned int len);

/* A handler's way to be called again, while a FastABI call is under way. */
#define fastabi_in_call(v) ((v)->hcall_fastabi || (v)->hcall_fastabi_plain)

#endif /* CONFIG_FASTABI */

#endif /* X86_HVM_FASTABI_AREA_H */
