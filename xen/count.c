/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often HVM domains make each hypercall, in the classic ABI and in
 * FastABI. Debug key 'F' prints it (domain.c), and so does the end of a
 * domain.  Debug key 'X' switches FastABI, for tests of what a domain does
 * that moves.  Knows no hypercall.
 */
#include <xen/atomic.h>
#include <xen/init.h>
#include <xen/keyhandler.h>
#include <xen/lib.h>
#include <xen/nospec.h>
#include <xen/param.h>
#include <xen/sched.h>
#include <xen/xmalloc.h>

#include <asm/current.h>
#include <asm/hvm/fastabi-count.h>
#include <asm/hvm/fastabi.h>
#include <asm/hvm/hvm.h>

enum
{
    CLASSIC,
    FAST,
    ABIS
};

bool __read_mostly opt_fastabi_count;
boolean_param("fastabi-count", opt_fastabi_count);

/* Sub-operations have small numbers; the last one is for all others. */
#define NR_OPS 64

/* The last one is for all numbers that no hypercall can have. */
struct fastabi_counts {
    atomic_t calls[NR_hypercalls + 1][NR_OPS + 1][ABIS];
    bool printed; /* when the domain shut down */
};

static struct fastabi_counts *counts_of(struct domain *d)
{
    struct fastabi_counts *counts = d->arch.hvm.fastabi_counts;

    if ( likely(counts) )
        return counts;

    counts = xzalloc(struct fastabi_counts);
    if ( counts && cmpxchgptr(&d->arch.hvm.fastabi_counts, NULL, counts) )
        xfree(counts); /* another vCPU was first */

    return d->arch.hvm.fastabi_counts;
}

/*
 * By the number and the first argument, whatever that is: also what is
 * refused.  A call that is continued is counted again; its first argument may
 * be another then.
 */
void fastabi_count_call(unsigned long rax, bool is_64bit)
{
    struct fastabi_counts *counts = counts_of(current->domain);
    const struct cpu_user_regs *regs = guest_cpu_user_regs();
    uint32_t number = (uint32_t)rax & ~FASTABI_MASK;
    uint64_t op = is_64bit ? regs->rdi : regs->ebx;
    unsigned int abi = rax & FASTABI_MASK ? FAST : CLASSIC;

    if ( !counts )
        return;
    if ( number >= NR_hypercalls )
        number = NR_hypercalls;
    if ( op >= NR_OPS )
        op = NR_OPS;

    number = array_index_nospec(number, NR_hypercalls + 1);
    op = array_index_nospec(op, NR_OPS + 1);
    atomic_inc(&counts->calls[number][op][abi]);
}

void fastabi_print_counts(const struct domain *d)
{
    const struct fastabi_counts *counts = d->arch.hvm.fastabi_counts;
    unsigned int i, op, calls[ABIS], sum[ABIS] = {};

    if ( !counts )
        return;

    for ( i = 0; i <= NR_hypercalls; i++ )
        for ( op = 0; op <= NR_OPS; op++ )
        {
            calls[CLASSIC] = atomic_read(&counts->calls[i][op][CLASSIC]);
            calls[FAST] = atomic_read(&counts->calls[i][op][FAST]);
            sum[CLASSIC] += calls[CLASSIC];
            sum[FAST] += calls[FAST];
            if ( calls[CLASSIC] || calls[FAST] )
                printk("FastABI count d%u hypercall %u op %u: %u classic, %u "
                       "fast\n",
                       d->domain_id, i, op, calls[CLASSIC], calls[FAST]);
        }

    printk("FastABI count d%u all: %u classic, %u fast\n", d->domain_id,
           sum[CLASSIC], sum[FAST]);
}

/* It shuts down, for whatever reason; it may say so more than once. */
void fastabi_domain_ends(const struct domain *d)
{
    if ( !is_hvm_domain(d) || !d->arch.hvm.fastabi_counts ||
         d->shutdown_code != SHUTDOWN_CODE_INVALID )
        return;

    fastabi_print_counts(d);
    d->arch.hvm.fastabi_counts->printed = true;
}

/* It is destroyed; one that never shut down has said nothing yet. */
void fastabi_domain_gone(struct domain *d)
{
    if ( d->arch.hvm.fastabi_counts && !d->arch.hvm.fastabi_counts->printed )
        fastabi_print_counts(d);
    XFREE(d->arch.hvm.fastabi_counts);
}

/*
 * Without FastABI this is a Xen as others are: no CPUID bit, and -ENOSYS, for
 * the domains that are made or restored from then on.
 */
bool fastabi_is_switched;

static void cf_check toggle(unsigned char key)
{
    opt_fastabi = !opt_fastabi;
    fastabi_is_switched = true;
    printk("FastABI is %s\n", opt_fastabi ? "on" : "off");
}

static int __init cf_check init(void)
{
    if ( opt_fastabi_count )
        register_keyhandler('X', toggle, "switch FastABI on or off", 1);

    return 0;
}
__initcall(init);
