/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FastABI: hypercalls of HVM guests with all arguments in registers.  What the
 * rest of Xen sees of it.
 */
#ifndef X86_HVM_FASTABI_H
#define X86_HVM_FASTABI_H

#include <xen/sched.h>
#include <asm/hvm/fastabi-area.h>

struct cpu_user_regs;

/* Or-ed to the hypercall's index in rax. */
#define FASTABI_MASK 0x40000000U

#ifdef CONFIG_FASTABI

#include <xen/trace.h>

/* Boot option "fastabi": domains see it, and may use it. */
extern bool opt_fastabi;

/*
 * Until a toolstack says otherwise, which it may do for each domain: domain.c.
 */
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

#endif /* CONFIG_FASTABI */

#endif /* X86_HVM_FASTABI_H */
