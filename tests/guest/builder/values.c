/* SPDX-License-Identifier: MIT */
/* See values.h.  Knows types of parameters, never operations. */
#include "runtime.h"

#include "mailbox.h"
#include "values.h"

#define MAX_KINDS 64
#define LEARNED   8
#define SMALL     32

/* See mailbox.h. */
#define MAILBOX_FRAME (MAILBOX_ADDRESS / PAGE_SIZE)
_Static_assert(MAILBOX_FRAME >= SMALL && (MAILBOX_FRAME & (MAILBOX_FRAME - 1)) &&
                   (MAILBOX_FRAME & (MAILBOX_FRAME + 1)),
               "no parameter without a picker names the mailbox");

static uint64_t states[MAX_CPUS];
static uint64_t learned[MAX_KINDS][LEARNED];
static unsigned int learned_count[MAX_KINDS];

uint64_t value_random(void)
{
    return random_next(&states[cpu_current()->id]);
}

static uint64_t below(uint64_t limit)
{
    return value_random() % limit;
}

uint64_t value_edge(void)
{
    uint64_t r = value_random();
    switch (r % 8) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return (uint64_t)1 << ((r >> 8) % 64);
    case 3:
        return ~((uint64_t)1 << ((r >> 8) % 64));
    case 4:
        return ((uint64_t)1 << ((r >> 8) % 64)) - 1;
    case 5:
        return (r >> 8) % 16;
    default:
        return value_random();
    }
}

static uint64_t some_domid(void)
{
    const struct mailbox *mailbox = (const struct mailbox *)(uintptr_t)MAILBOX_ADDRESS;
    switch (below(8)) {
    case 0:
        return 0;
    case 1:
        return mailbox->self;
    case 2:
        return mailbox->peer;
    case 3:
        return 0x7ff0 + below(16);
    case 4:
        return below(0x10000);
    default:
        return DOMID_SELF;
    }
}

/* Never low memory: the kernel itself is there. */
static uint64_t some_frame(void)
{
    switch (below(8)) {
    case 0:
        return ARENA / PAGE_SIZE;
    case 1:
        return 0x1000000 / PAGE_SIZE + below(1u << 20); /* nothing is there */
    case 2:
        return 0xfee00; /* the local APIC */
    case 3:
        return value_edge() | 1ull << 32;
    default:
        return ARENA / PAGE_SIZE + 2 + below(ARENA_PAGES - 2);
    }
}

static uint64_t some_address(void)
{
    uint64_t in_page = below(4) ? below(512) * 8 : below(4096);
    return below(16) ? some_frame() * PAGE_SIZE + in_page : UINT64_MAX;
}

static uint64_t some_time(void)
{
    switch (below(4)) {
    case 0:
        return 0;
    case 1:
        return xen_system_time() + below(2000000);
    case 2:
        return xen_system_time() - below(2000000);
    default:
        return value_random() >> below(64);
    }
}

static uint64_t some_port(void)
{
    return below(24);
}
static uint64_t some_vcpu(void)
{
    return below(8) ? below(3) : below(130);
}
static uint64_t some_virq(void)
{
    return below(26);
}
static uint64_t some_pirq(void)
{
    return below(64);
}
static uint64_t some_grant(void)
{
    return below(16);
}
static uint64_t some_handle(void)
{
    return below(8);
}
static uint64_t some_span(void)
{
    return 1000000 + below(100000000);
}

/* By the names of common/types.yml; a type that is not here gets small numbers and edges. */
static const struct {
    const char *name;
    uint64_t (*pick)(void);
} pickers[] = {
    { "domid", some_domid },
    { "evtchn_port", some_port },
    { "vcpu_id", some_vcpu },
    { "virq", some_virq },
    { "pirq", some_pirq },
    { "grant_ref", some_grant },
    { "grant_handle", some_handle },
    { "gfn", some_frame },
    { "guest_phys_addr", some_address },
    { "system_time_ns", some_time },
    { "duration_ns", some_span },
};

static uint64_t (*picker[MAX_KINDS])(void);

void values_initialise(uint64_t seed)
{
    for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++) {
        states[cpu] = (seed + ((uint64_t)cpu << 32)) * 0x9e3779b97f4a7c15u + 1;
        if (!states[cpu])
            states[cpu] = 1;
        for (unsigned int i = 0; i < 16; i++)
            random_next(&states[cpu]);
    }
    for (unsigned int kind = 0; kind < kind_count && kind < MAX_KINDS; kind++)
        for (unsigned int i = 0; i < ARRAY_LENGTH(pickers); i++)
            if (!strcmp(kind_names[kind], pickers[i].name))
                picker[kind] = pickers[i].pick;
}

static uint64_t small_or_address(const struct param *param)
{
    if (param->width == 64 && below(2))
        return some_address();
    return below(4) ? below(SMALL) : value_edge();
}

static uint64_t plausible(const struct param *param)
{
    unsigned int kind = param->kind;
    if (kind < MAX_KINDS && learned_count[kind] && below(2))
        return learned[kind][below(learned_count[kind] < LEARNED ? learned_count[kind] : LEARNED)];
    if (kind < MAX_KINDS && picker[kind])
        return picker[kind]();
    return small_or_address(param);
}

static uint64_t extend(uint64_t value, const struct param *param)
{
    unsigned int shift = 64u - param->width;
    return param->is_signed ? (uint64_t)((int64_t)(value << shift) >> shift)
                            : value << shift >> shift;
}

static uint64_t any_value(const struct param *param)
{
    switch (below(16)) {
    case 0:
        return value_edge() | 1ull << 40; /* bits beyond most types, and beyond all memory */
    case 1:
        return plausible(param) | 1ull << (param->width % 64);
    case 2:
        return extend(value_edge() | (param->width == 64 ? 1ull << 40 : 0), param);
    default:
        return extend(plausible(param), param);
    }
}

/*
 * With AMD's nested paging 4.17 loses the top five bits of a frame in p2m_find_entry(), maps the
 * frame that is left, and then tells the whole number as the largest frame of the domain, which
 * looks like a wrong result.  The classic call does the same.  So a value with one of these bits,
 * or close to them, has bit 40, which 4.17 refuses, and not bit 30, so that the frames after it
 * have bit 40, too.
 */
uint64_t value_for(const struct param *param)
{
    uint64_t value = any_value(param);
    if (param->width == 64 && value >> 58 && value != UINT64_MAX)
        value = (value | 1ull << 40) & ~(1ull << 30);
    return value;
}

void value_learn(const struct param *param, uint64_t value)
{
    unsigned int kind = param->kind;
    if (kind < MAX_KINDS && picker[kind])
        learned[kind][learned_count[kind]++ % LEARNED] = value;
}
