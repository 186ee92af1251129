/* SPDX-License-Identifier: MIT */
/*
 * A kernel that makes random FastABI calls and looks whether every promise about registers is kept.
 * What an operation may change comes from the specifications (ops.h); no operation is known by name
 * here.
 *
 * Command line: seed=N calls=N rare=DIGITS, one hexadecimal digit an operation, see draw().
 */
#include "runtime.h"

#include <xen/grant_table.h>
#include <xen/hvm/hvm_vcpu.h>
#include <xen/memory.h>

#include "call.h"
#include "mailbox.h"
#include "values.h"

#define HIGHEST_FRAME    ((int64_t)1 << 40) /* no result is higher: what processors can address */
#define FASTABI_MASK     0x40000000u
#define MESSAGES         60
#define VECTORS_EVERY    32
#define INTERRUPTS_EVERY 8 /* of which half have them on */
#define TIMER_US         10000

void vectors_store(void *area);
void vectors_load(const void *area);
extern const char stray_vcpu[], ignore_interrupt[], ignore_nmi[], image_end[];
extern uint64_t page_map[];

static volatile struct mailbox *const mailbox = (volatile struct mailbox *)(uintptr_t)
    MAILBOX_ADDRESS;
static const char *const names[ALL_REGISTERS] = { "rax", "rdi", "rsi", "r8",  "r9",   "r10",
                                                  "r11", "r12", "rbx", "rcx", "rdx",  "rbp",
                                                  "r13", "r14", "r15", "rsp", "flags" };
static char rare[MAILBOX_OPS + 1];
static struct shared_info *shared;

/* Of each vCPU its own. */
struct caller {
    struct registers in, out;
    uint64_t calls;
    bool told[MAILBOX_OPS];
    uint8_t before[512] __attribute__((aligned(16))), after[512] __attribute__((aligned(16)));
};

static struct caller callers[MAX_CPUS];

/* ---- what is there to be found ---- */

/* No byte has its top bit: no part of it, copied or half written over, makes an is_pointer(). */
static uint64_t pattern_at(uint64_t address)
{
    return (address * 0x5851f42d4c957f2du ^ 0x1234567) & 0x7f7f7f7f7f7f7f7fu;
}

static void fill_arena(void)
{
    for (uint64_t *at = (uint64_t *)ARENA; at < (uint64_t *)(ARENA + ARENA_PAGES * PAGE_SIZE); at++)
        *at = pattern_at((uintptr_t)at);
}

/* A vCPU that somebody initialises from the first frame of the arena comes up, and stops. */
static void write_context(void)
{
    struct vcpu_hvm_context *context = (struct vcpu_hvm_context *)ARENA;
    memset(context, 0, sizeof(*context));
    context->mode = VCPU_HVM_MODE_64B;
    __asm__("mov %%cr0, %0" : "=r"(context->cpu_regs.x86_64.cr0));
    __asm__("mov %%cr4, %0" : "=r"(context->cpu_regs.x86_64.cr4));
    context->cpu_regs.x86_64.cr3 = (uintptr_t)page_map;
    context->cpu_regs.x86_64.efer = read_msr(0xc0000080);
    context->cpu_regs.x86_64.rip = (uintptr_t)stray_vcpu;
    context->cpu_regs.x86_64.rflags = 2;
}

/*
 * Grants of frames of the arena: to the peer, to dom0 and to this domain, some of them for reading
 * only.
 */
static void write_grants(void)
{
    struct xen_add_to_physmap op = { .domid = DOMID_SELF,
                                     .space = XENMAPSPACE_grant_table,
                                     .gpfn = GRANT_TABLE / PAGE_SIZE };
    if (hypercall2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op))
        return;
    volatile grant_entry_v1_t *table = (volatile grant_entry_v1_t *)(uintptr_t)GRANT_TABLE;
    const uint16_t domains[] = { mailbox->self, mailbox->peer, 0 };
    for (unsigned int i = 1; i < 16; i++) {
        table[i].domid = domains[i % 3];
        table[i].frame = ARENA / PAGE_SIZE + 16 + i;
        table[i].flags = GTF_permit_access | (i % 4 ? 0 : GTF_readonly);
    }
}

/* Random calls choose vectors, those of exceptions from 16 on included, and send NMIs. */
static void take_interrupts(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) idt;
    __asm__("sidt %0" : "=m"(idt));
    for (unsigned int vector = 2; vector < 256; vector = vector < 16 ? 16 : vector + 1) {
        uint64_t entry = (uintptr_t)(vector == 2 ? ignore_nmi : ignore_interrupt);
        uint64_t *gate = (uint64_t *)(idt.base + 16ull * vector);
        gate[0] = (gate[0] & 0x0000ffffffff0000u) | (entry & 0xffff) | (entry & 0xffff0000u) << 32;
        gate[1] = entry >> 32;
    }
    apic_enable();
    shared = xen_shared_info();
    /* One domain in four has no timer, so that waiting forever is seen. */
    if (value_random() % 4)
        timer_start(TIMER_US);
}

/* ---- a call ---- */

/* The digit of an operation is D: drawn two to the minus D times as often as others. */
static unsigned int draw(void)
{
    for (;;) {
        unsigned int i = (unsigned int)(value_random() % op_count);
        unsigned int slot = i + 1 < MAILBOX_OPS ? i + 1 : 0;
        unsigned int level = slot < strlen(rare) ? (unsigned int)rare[slot] : '0';
        level -= level >= 'a' ? 'a' - 10 : '0';
        if (!(value_random() & ((1u << level) - 1)))
            return i;
    }
}

/*
 * The operation that these two registers name; NULL for none.  The upper half of reg0 names
 * nothing.
 */
static const struct op *op_named(uint64_t reg0, uint64_t reg1)
{
    for (unsigned int i = 0; i < op_count; i++)
        if (ops[i].rax == (uint32_t)reg0 && (ops[i].direct || ops[i].index == reg1))
            return &ops[i];
    return NULL;
}

static void prepare(struct registers *in)
{
    for (unsigned int i = 0; i < ALL_REGISTERS; i++)
        in->r[i] = value_random();
    /* Each interrupt takes longer than a call, and there is always one. */
    if (value_random() % INTERRUPTS_EVERY)
        in->r[IN_FLAGS] &= ~(uint64_t)FLAG_INTERRUPTS;
    const struct op *op = &ops[draw()];
    in->r[0] = op->rax;
    if (!op->direct)
        in->r[1] = op->index;
    for (unsigned int i = 0; i < op->inputs; i++)
        in->r[op->input[i].reg] = value_for(&op->input[i]);
    switch (value_random() % 32) {
    case 0:
        in->r[0] |= value_edge() << 32;
        break; /* a forged continuation */
    case 1:
        in->r[1] = value_edge();
        break;
    case 2:
        in->r[1] ^= 1ull << value_random() % 64;
        break;
    case 3:
        in->r[0] = FASTABI_MASK | value_random() % 64;
        break;
    case 4:
        in->r[0] ^= 1ull << value_random() % 64;
        break;
    default:
        break;
    }
    /* Without the mask it would be a classic call, which promises nothing. */
    in->r[0] |= FASTABI_MASK;
}

static void tell(struct caller *c, const struct op *op, const char *what, unsigned int reg)
{
    static unsigned int messages, printing;
    const uint64_t *in = c->in.r, *out = c->out.r;
    bool *before = &c->told[op && op - ops + 1 < MAILBOX_OPS ? op - ops + 1 : 0];
    __atomic_fetch_add(&mailbox->failures, 1, __ATOMIC_SEQ_CST);
    /* The other vCPU may have been taken down while it printed, so there is no waiting for it. */
    if (*before || messages++ >= MESSAGES || __atomic_exchange_n(&printing, 1, __ATOMIC_SEQ_CST))
        return;
    *before = true;
    print("# broken: call %lu %s: %s, %s: %lx before, %lx after\n", c->calls,
          op ? op->name : "(none)", what, names[reg], in[reg], out[reg]);
    print("#   in  %lx %lx %lx %lx", in[0], in[1], in[2], in[3]);
    print(" %lx %lx %lx %lx\n", in[4], in[5], in[6], in[7]);
    print("#   out %lx %lx %lx %lx", out[0], out[1], out[2], out[3]);
    print(" %lx %lx %lx %lx\n", out[4], out[5], out[6], out[7]);
    printing = 0;
}

/* Nothing above the type but zeros, or copies of the sign. */
static bool fits(uint64_t value, const struct param *param)
{
    unsigned int shift = 64u - param->width;
    uint64_t as_signed = (uint64_t)((int64_t)(value << shift) >> shift);
    return value == value << shift >> shift || (param->is_signed && value == as_signed);
}

static void check_result(struct caller *c, const struct op *op)
{
    int64_t result = (int64_t)c->out.r[0];
    if (result < -4095 || result > HIGHEST_FRAME)
        tell(c, op, "a result that is neither a value nor an error", 0);
    if (!op && result >= 0)
        tell(c, op, "success of what is not an operation", 0);
}

static void check_call(struct caller *c, const struct op *op)
{
    const uint64_t *in = c->in.r, *out = c->out.r;
    uint32_t may_change = op ? op->clobbers : 0;
    bool success = op && (int64_t)out[0] >= 0;
    check_result(c, op);
    for (unsigned int i = 0; success && i < op->outputs; i++) {
        const struct param *output = &op->output[i];
        may_change |= 1u << output->reg;
        if (!fits(out[output->reg], output))
            tell(c, op, "an output that is wider than its type", output->reg);
        else
            value_learn(output, out[output->reg]);
    }
    for (unsigned int i = 1; i < ALL_REGISTERS - 1; i++)
        if (in[i] != out[i] && !(may_change >> i & 1))
            tell(c, op, success ? "a register that is not an output" : "a register after a failure",
                 i);
    if ((in[IN_FLAGS] ^ out[IN_FLAGS]) & FLAGS_MASK)
        tell(c, op, "arithmetic flags", IN_FLAGS);
}

/* A vCPU that is taken down in its call keeps it; the other one calls something else from then. */
static bool one_is_alone;

static const struct op *choose(struct registers *in)
{
    const struct op *op;

    do {
        prepare(in);
        op = op_named(in->r[0], in->r[1]);
    } while (op && op->alone && __atomic_exchange_n(&one_is_alone, true, __ATOMIC_SEQ_CST));
    return op;
}

static const struct op *make_call(struct caller *c)
{
    const struct op *op = choose(&c->in);
    unsigned int slot = op && op - ops + 1 < MAILBOX_OPS ? (unsigned int)(op - ops) + 1 : 0;
    for (unsigned int i = 0; i < REGISTERS; i++)
        mailbox->registers[i] = c->in.r[i];
    c->calls++;
    mailbox->current = slot;
    __atomic_fetch_add(&mailbox->count[slot], 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&mailbox->calls, 1, __ATOMIC_SEQ_CST);
    /* That an event is pending would bring an interrupt with every call. */
    shared->vcpu_info[0].evtchn_upcall_pending = 0;
    shared->vcpu_info[1].evtchn_upcall_pending = 0;
    call_registers(&c->in, &c->out);
    if (op && op->alone)
        __atomic_store_n(&one_is_alone, false, __ATOMIC_SEQ_CST);
    if ((int64_t)c->out.r[0] >= 0)
        __atomic_fetch_add(&mailbox->success[slot], 1, __ATOMIC_SEQ_CST);
    check_call(c, op);
    return op;
}

/* The same with the vector registers full of noise. */
static void make_call_with_vectors(struct caller *c)
{
    vectors_store(c->before);
    for (unsigned int i = 160; i < 416; i++)
        c->before[i] = (uint8_t)value_random();
    /* mxcsr: rounding and masks, no pending exception that is not masked. */
    uint32_t mxcsr = 0x1f80 | (value_random() & 0xe03f);
    memcpy(c->before + 24, &mxcsr, sizeof(mxcsr));
    vectors_load(c->before);
    const struct op *op = make_call(c);
    vectors_store(c->after);
    if (memcmp(c->before + 24, c->after + 24, 4) || memcmp(c->before + 160, c->after + 160, 256))
        tell(c, op, "xmm or mxcsr", 0);
}

static void make_calls(void *argument)
{
    struct caller *c = argument;
    uint64_t calls = option_number("calls", 1000);
    while (c->calls < calls && !mailbox->done)
        if (c->calls % VECTORS_EVERY)
            make_call(c);
        else
            make_call_with_vectors(c);
}

/*
 * Pointers into the hypervisor's text, its heap or its map of all memory have no business in a
 * guest's.  The map of a machine of the tests ends below 64 GiB; few random words are like these.
 */
static bool is_pointer(uint64_t value)
{
    uint64_t part = value >> 36;

    return part == 0xffff82c || part == 0xffff82d || part == 0xffff82e || part == 0xffff830;
}

static void check_arena(void)
{
    for (volatile uint64_t *at = (uint64_t *)ARENA;
         at < (uint64_t *)(ARENA + ARENA_PAGES * PAGE_SIZE); at++) {
        uint64_t value = *at;
        if (value == pattern_at((uintptr_t)at) || !is_pointer(value))
            continue;
        mailbox->failures++;
        print("# broken: memory at %lx has %lx, which looks like a pointer of the hypervisor\n",
              (uint64_t)(uintptr_t)at, value);
    }
}

void guest_main(const struct hvm_start_info *info)
{
    (void)info;
    if (!option_get("rare", rare, sizeof(rare)))
        rare[0] = 0;
    values_initialise(option_number("seed", 1));
    if ((uintptr_t)image_end > ARENA)
        tap_bail("the kernel reaches into the arena");
    fill_arena();
    write_context();
    write_grants();
    take_interrupts();
    /*
     * In half of the domains that have a second vCPU it makes calls too; in others random calls
     * start it.
     */
    if (cpu_count() > 1 && value_random() % 2)
        cpu_run(1, make_calls, &callers[1]);
    make_calls(&callers[0]);
    mailbox->current = UINT32_MAX;
    mailbox->done = 1;
    check_arena();
}
