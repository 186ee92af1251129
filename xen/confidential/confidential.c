/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests of guests: a hypervisor that serves hypercalls of HVM domains as
 * if it could not read their memory.  It refuses each copy by a linear
 * address, and each access by a guest-physical address to a frame that the
 * domain has not declared shared.  A domain declares a frame by naming it in a
 * call that registers it.  Knows no operation but the one that it adds.
 * What it does for an emulated instruction is not refused.
 */
#include <xen/lib.h>
#include <xen/param.h>
#include <xen/sched.h>
#include <xen/spinlock.h>

#include <asm/current.h>
#include <asm/hvm/confidential.h>
#include <asm/hvm/support.h>

static bool __read_mostly opt_confidential;
boolean_param("confidential", opt_confidential);

/* No frame can be declared. */
static bool __read_mostly opt_none;
boolean_param("confidential-none", opt_none);

#define MAX_DOMAINS  16
#define MAX_FRAMES   64
#define MAX_VCPUS    4
#define MAX_MESSAGES 20

static struct rules {
    const struct domain *d;
    domid_t id; /* another domain may have the same address later */
    unsigned int nr_frames, nr_messages;
    unsigned long frames[MAX_FRAMES];
    paddr_t runstates[MAX_VCPUS]; /* 0: there is none */
} all_rules[MAX_DOMAINS];

static DEFINE_SPINLOCK(lock);

/* The hypercall that a CPU serves. */
struct call {
    bool is_call;
    unsigned long rax, rdi;
};
static DEFINE_PER_CPU(struct call, call);

int confidential_hypercall(struct cpu_user_regs *regs)
{
    int result;

    this_cpu(call).is_call = true;
    this_cpu(call).rax = regs->rax;
    this_cpu(call).rdi = regs->rdi;
    result = hvm_hypercall_served(regs);
    this_cpu(call).is_call = false;

    return result;
}

bool confidential_is(const struct domain *d)
{
    return opt_confidential && is_hvm_domain(d) && !is_hardware_domain(d);
}

/* With the lock; NULL: there are too many, and everything is refused. */
static struct rules *rules_of(const struct domain *d)
{
    unsigned int i;

    for ( i = 0; i < MAX_DOMAINS && all_rules[i].d; i++ )
        if ( all_rules[i].d == d && all_rules[i].id == d->domain_id )
            return &all_rules[i];

    if ( i == MAX_DOMAINS )
        return NULL;

    all_rules[i].d = d;
    all_rules[i].id = d->domain_id;

    return &all_rules[i];
}

/* With the lock. */
static bool is_declared(const struct rules *rules, unsigned long gfn)
{
    unsigned int i;

    for ( i = 0; rules && i < rules->nr_frames; i++ )
        if ( rules->frames[i] == gfn )
            return true;

    return false;
}

/* With the lock. */
static void say_refused(struct rules *rules, const char *what,
                        unsigned long where)
{
    const struct call now = this_cpu(call);

    if ( !rules || rules->nr_messages++ >= MAX_MESSAGES )
        return;

    if ( now.is_call )
        printk("confidential d%u: refused %s %#lx, hypercall %lu op %lu, %s\n",
               rules->id, what, where, now.rax & (FASTABI_MASK - 1UL), now.rdi,
               now.rax & FASTABI_MASK ? "fast" : "classic");
    else
        printk("confidential d%u: refused %s %#lx, no hypercall\n", rules->id,
               what, where);
}

/* A copy that would walk page tables, for a hypercall or a classic area. */
bool confidential_refuses_linear(const void *p)
{
    const struct domain *d = current->domain;

    if ( !confidential_is(d) )
        return false;

    spin_lock(&lock);
    say_refused(rules_of(d), "linear address", (unsigned long)p);
    spin_unlock(&lock);

    return true;
}

/* An access by frame, which a hypercall of the domain itself makes. */
bool confidential_refuses_frame(const struct domain *d, unsigned long gfn)
{
    struct rules *rules;
    bool refused;

    if ( !this_cpu(call).is_call || d != current->domain ||
         !confidential_is(d) )
        return false;

    spin_lock(&lock);
    rules = rules_of(d);
    refused = !is_declared(rules, gfn);
    if ( refused )
        say_refused(rules, "frame", gfn);
    spin_unlock(&lock);

    return refused;
}

void confidential_declare(const struct domain *d, unsigned long gfn,
                          const char *what)
{
    struct rules *rules;

    if ( opt_none || d != current->domain || !confidential_is(d) )
        return;

    spin_lock(&lock);
    rules = rules_of(d);
    if ( rules && !is_declared(rules, gfn) && rules->nr_frames < MAX_FRAMES )
        rules->frames[rules->nr_frames++] = gfn;
    if ( is_declared(rules, gfn) )
        printk("confidential d%u: shares frame %#lx for %s\n", rules->id, gfn,
               what);
    spin_unlock(&lock);
}

/*
 * Xen has VCPUOP_register_runstate_phys_area since 4.18.  Before, there is
 * only a linear address, and a Linux that may not give one stops.
 */
long confidential_register_runstate(struct vcpu *v, paddr_t area)
{
    struct rules *rules;

    if ( v->vcpu_id >= MAX_VCPUS || !area ||
         PAGE_OFFSET(area) > PAGE_SIZE - sizeof(struct vcpu_runstate_info) )
        return -ENXIO;

    confidential_declare(v->domain, area >> PAGE_SHIFT, "runstate");

    spin_lock(&lock);
    rules = rules_of(v->domain);
    if ( rules )
        rules->runstates[v->vcpu_id] = area;
    spin_unlock(&lock);

    return confidential_update_runstate(v) ? 0 : -EINVAL;
}

static bool write(struct vcpu *v, paddr_t to, const void *from,
                  unsigned int size)
{
    return hvm_copy_to_guest_phys(to, (void *)from, size, v) == HVMTRANS_okay;
}

/* Has the vCPU an area that it declared, which is up to date now? */
bool confidential_update_runstate(struct vcpu *v)
{
    struct vcpu_runstate_info now = v->runstate;
    const struct rules *rules;
    paddr_t area = 0;

    if ( v->vcpu_id >= MAX_VCPUS || !confidential_is(v->domain) )
        return false;

    spin_lock(&lock);
    rules = rules_of(v->domain);
    if ( rules )
        area = rules->runstates[v->vcpu_id];
    spin_unlock(&lock);

    now.state_entry_time |= XEN_RUNSTATE_UPDATE;
    if ( !area || !write(v, area, &now, sizeof(now)) )
        return false;

    smp_wmb();

    return write(v, area + offsetof(typeof(now), state_entry_time),
                 &v->runstate.state_entry_time, sizeof(now.state_entry_time));
}
