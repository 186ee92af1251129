/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often HVM domains make each hypercall, in the classic ABI and in FastABI.
 * Debug key 'F' prints it, and so does the end of a domain.  Knows no hypercall.
 */
#include <xen/atomic.h>
#include <xen/init.h>
#include <xen/keyhandler.h>
#include <xen/lib.h>
#include <xen/nospec.h>
#include <xen/sched.h>
#include <xen/xmalloc.h>

#include <asm/hvm/fastabi.h>

enum
{
    CLASSIC,
    FAST,
    ABIS
};

/* The last one is for all numbers that no hypercall can have. */
struct fastabi_counts {
    atomic_t calls[NR_hypercalls + 1][ABIS];
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

/* By the number alone: also what is refused. */
void fastabi_count(unsigned long rax)
{
    struct fastabi_counts *counts = counts_of(current->domain);
    uint32_t number = (uint32_t)rax & ~FASTABI_MASK;
    unsigned int abi = rax & FASTABI_MASK ? FAST : CLASSIC;

    if ( !counts )
        return;
    if ( number >= NR_hypercalls )
        number = NR_hypercalls;

    atomic_inc(
        &counts->calls[array_index_nospec(number, NR_hypercalls + 1)][abi]);
}

static void print(const struct domain *d)
{
    const struct fastabi_counts *counts = d->arch.hvm.fastabi_counts;
    unsigned int i, calls[ABIS], sum[ABIS] = {};

    if ( !counts )
        return;

    for ( i = 0; i <= NR_hypercalls; i++ )
    {
        calls[CLASSIC] = atomic_read(&counts->calls[i][CLASSIC]);
        calls[FAST] = atomic_read(&counts->calls[i][FAST]);
        sum[CLASSIC] += calls[CLASSIC];
        sum[FAST] += calls[FAST];
        if ( calls[CLASSIC] || calls[FAST] )
            printk("FastABI count d%u hypercall %u: %u classic, %u fast\n",
                   d->domain_id, i, calls[CLASSIC], calls[FAST]);
    }

    printk("FastABI count d%u all: %u classic, %u fast\n", d->domain_id,
           sum[CLASSIC], sum[FAST]);
}

/* It shuts down, for whatever reason. */
void fastabi_domain_ends(const struct domain *d)
{
    if ( is_hvm_domain(d) )
        print(d);
}

/* It is no more; one that never shut down has said nothing yet. */
void fastabi_domain_gone(struct domain *d)
{
    if ( !d->is_shut_down )
        print(d);
    XFREE(d->arch.hvm.fastabi_counts);
}

static void cf_check print_all(unsigned char key)
{
    const struct domain *d;

    rcu_read_lock(&domlist_read_lock);

    for_each_domain(d) if ( is_hvm_domain(d) ) print(d);

    rcu_read_unlock(&domlist_read_lock);
}

static int __init cf_check init(void)
{
    register_keyhandler('F', print_all, "print hypercalls by ABI", 1);

    return 0;
}
__initcall(init);
