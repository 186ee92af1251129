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

#include <xen/trace.h>

/* Boot option "fastabi": domains see it, and may use it. */
extern bool opt_fastabi;

/* Until a toolstack says otherwise, which it may do for each domain: domain.c. */
static inline void fastabi_domain_init(struct domain *d)
{
    d->arch.hvm.fastabi = opt_fastabi;
}

static inline bool fastabi_is_call(const struct domain *d, unsigned long rax)
{
    return (rax & FASTABI_MASK) && d->arch.hvm.fastabi;
}

void fastabi_hypercall(struct cpu_user_regs *regs);
void fastabi_traced_hypercall(struct cpu_user_regs *regs);

static inline void fastabi_call(struct cpu_user_regs *regs)
{
    if ( unlikely(tb_init_done) )
        fastabi_traced_hypercall(regs);
    else
        fastabi_hypercall(regs);
}

/*
 * What a handler is given for an address in the argument area: FASTABI_HANDLE and
 * up.  It is the same for all vCPUs, so that compilers know it for a constant
 * wherever a handler is inlined; it is never used as an address.  After it there
 * is as much address space where every copy fails: a handle to memory that could
 * not be read points there, so that its handler finds out when it would in the
 * classic ABI.
 */
#define FASTABI_AREA_SIZE COMPAT_ARG_XLAT_SIZE
#define FASTABI_HANDLE                   \
    ((void *)(PERDOMAIN_ALT_VIRT_START + \
              (ARG_XLAT_VIRT_START - PERDOMAIN_VIRT_START)))
#define FASTABI_FAULTS (FASTABI_HANDLE + FASTABI_AREA_SIZE)

/*
 * Does this lie there, while a handler may use it?  A guest cannot name it: no
 * handle of the guest's gets to a handler meanwhile.
 */
static always_inline bool fastabi_is_area(const void *p)
{
    return current->hcall_fastabi &&
           (unsigned long)(p - FASTABI_HANDLE) < 2 * FASTABI_AREA_SIZE;
}

/* To or from it.  The number of bytes that could not be copied: none, or all. */
unsigned int fastabi_copy_to(void *to, const void *from, unsigned int len);
unsigned int fastabi_copy_from(void *to, const void *from, unsigned int len);
unsigned int fastabi_clear(void *to, unsigned int len);

/* A handler's way to be called again, while a FastABI call is under way. */
#define fastabi_in_call(v) ((v)->hcall_fastabi || (v)->hcall_fastabi_plain)

#endif /* CONFIG_FASTABI */

#endif /* X86_HVM_FASTABI_H */
