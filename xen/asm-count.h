/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of hypercalls by ABI, for each HVM domain: where Xen counts and
 * prints them.
 */
#ifndef X86_HVM_FASTABI_COUNT_H
#define X86_HVM_FASTABI_COUNT_H

#ifdef CONFIG_FASTABI

struct domain;

#ifdef CONFIG_FASTABI_COUNT
/* Boot option "fastabi-count". */
extern bool opt_fastabi_count;

/* Of a call by 64-bit code the first argument is in rdi, else in ebx. */
void fastabi_count_call(unsigned long rax, bool is_64bit);

static inline void fastabi_count(unsigned long rax, bool is_64bit)
{
    if ( unlikely(opt_fastabi_count) )
        fastabi_count_call(rax, is_64bit);
}

/*
 * The key that switches FastABI was pressed: domains that are restored when it
 * is off go on without.
 */
extern bool fastabi_is_switched;

void fastabi_print_counts(const struct domain *d);
void fastabi_domain_ends(const struct domain *d);
void fastabi_domain_gone(struct domain *d);
#else
#define fastabi_is_switched false

static inline void fastabi_count(unsigned long rax, bool is_64bit)
{
}

static inline void fastabi_print_counts(const struct domain *d)
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

#endif /* X86_HVM_FASTABI_COUNT_H */
