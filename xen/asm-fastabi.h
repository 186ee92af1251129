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

/* Boot option "fastabi": guests see it, and may use it. */
extern bool opt_fastabi;

void fastabi_hypercall(struct cpu_user_regs *regs);

static inline bool fastabi_is_call(unsigned long rax)
{
    return (rax & FASTABI_MASK) && opt_fastabi;
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

/*
 * Counters of hypercalls by ABI, for each HVM domain.
 */
#ifdef CONFIG_FASTABI_COUNT
/* Boot option "fastabi-count". */
extern bool opt_fastabi_count;

void fastabi_count_call(unsigned long rax);

static inline void fastabi_count(unsigned long rax)
{
    if ( unlikely(opt_fastabi_count) )
        fastabi_count_call(rax);
}

void fastabi_domain_ends(const struct domain *d);
void fastabi_domain_gone(struct domain *d);
#else
static inline void fastabi_count(unsigned long rax)
{
}

static inline void fastabi_domain_ends(const struct domain *d)
{
}

static inline void fastabi_domain_gone(struct domain *d)
{
}
#endif /* CONFIG_FASTABI_COUNT */

#endif /* CONFIG_FASTABI */

#endif /* X86_HVM_FASTABI_H */
