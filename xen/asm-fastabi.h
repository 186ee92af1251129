/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FastABI: hypercalls of HVM guests with all arguments in registers.  What the
 * rest of Xen sees of it.
 */
#ifndef X86_HVM_FASTABI_H
#define X86_HVM_FASTABI_H

#include <xen/sched.h>
#include <asm/uaccess.h>

struct cpu_user_regs;

/* Or-ed to the hypercall's index in rax. */
#define FASTABI_MASK 0x40000000U

#ifdef CONFIG_FASTABI

/* Boot option "fastabi": guests are told of it, and may use it. */
extern bool opt_fastabi;

void fastabi_hypercall(struct cpu_user_regs *regs);

static inline bool fastabi_is_call(unsigned long rax)
{
    return (rax & FASTABI_MASK) && opt_fastabi;
}

/*
 * Is this the current vCPU's argument area, while a handler may use it?  No
 * guest can name it: no handle of the guest's gets to a handler meanwhile.
 */
static always_inline bool fastabi_is_area(const void *p, unsigned long len)
{
    const void *area = current->hcall_fastabi;
    unsigned long offset = p - area;

    return area && offset < COMPAT_ARG_XLAT_SIZE &&
           len <= COMPAT_ARG_XLAT_SIZE - offset;
}

/* To or from it.  Always 0: no byte is left over. */
unsigned int fastabi_copy(void *to, const void *from, unsigned int len);
unsigned int fastabi_clear(void *to, unsigned int len);

/* A handler's way to be called again, while the area is in use. */
#define fastabi_in_call(v) ((v)->hcall_fastabi != NULL)

#endif /* CONFIG_FASTABI */

#endif /* X86_HVM_FASTABI_H */
