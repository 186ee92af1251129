/* SPDX-License-Identifier: MIT */
/* vCPUs, interrupts and exceptions, the local APIC. */
#include "runtime.h"

#include <xen/errno.h>
#include <xen/hvm/hvm_vcpu.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#define MSR_GS_BASE       0xc0000101
#define MSR_APIC_BASE     0x1b
#define APIC_ENABLED      0x800
#define APIC_EOI          0x0b0
#define APIC_SPURIOUS     0x0f0
#define APIC_TIMER        0x320
#define APIC_COUNT        0x380
#define APIC_DIVIDE       0x3e0
#define APIC_PERIODIC     0x20000
#define APIC_MASKED       0x10000
#define APIC_TICKS_PER_US 100 /* Xen's emulated bus runs at 100 MHz */
#define STACK_SIZE        32768
#define START_TIMEOUT     1000000000 /* ns */

struct gate {
    uint16_t offset_low, selector;
    uint8_t ist, type;
    uint16_t offset_middle;
    uint32_t offset_high, reserved;
} __attribute__((packed));

struct task_state {
    uint32_t reserved0;
    uint64_t rsp[3], reserved1, ist[7], reserved2;
    uint16_t reserved3, io_map;
} __attribute__((packed));

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

extern const char trap_entries[], start_other[];
extern uint64_t gdt[], page_map[];

static struct gate idt[256];
static struct cpu cpus[MAX_CPUS];
static struct task_state tasks[MAX_CPUS];
static char stacks[MAX_CPUS][STACK_SIZE] __attribute__((aligned(16)));
static char trap_stacks[MAX_CPUS][STACK_SIZE] __attribute__((aligned(16)));
static void (*handlers[256])(struct trap_frame *frame);
volatile uint64_t timer_ticks;

struct cpu *cpu_current(void)
{
    struct cpu *cpu;

    __asm__("movq %%gs:0, %0" : "=r"(cpu));
    return cpu;
}

static void idt_fill(void)
{
    for (unsigned v = 0; v < 256; v++) {
        uint64_t entry = (uintptr_t)trap_entries + 16ull * v;

        idt[v].offset_low = (uint16_t)entry;
        idt[v].offset_middle = (uint16_t)(entry >> 16);
        idt[v].offset_high = (uint32_t)(entry >> 32);
        idt[v].selector = CODE64;
        idt[v].type = v == SYSCALL_VECTOR ? 0xee : 0x8e;
    }
}

/*
 * What is each vCPU's own: gs, the task state with the stack for traps from ring 3, the IDT
 * register.
 */
static void cpu_load(struct cpu *cpu)
{
    struct task_state *task = &tasks[cpu->id];
    uint64_t base = (uintptr_t)task;
    struct table_pointer idt_pointer = { sizeof(idt) - 1, (uintptr_t)idt };
    unsigned slot = FIRST_TSS / 8 + 2 * cpu->id;

    cpu->self = cpu;
    write_msr(MSR_GS_BASE, (uintptr_t)cpu);
    task->rsp[0] = (uintptr_t)trap_stacks[cpu->id] + STACK_SIZE;
    task->io_map = sizeof(*task);
    gdt[slot] = (sizeof(*task) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
                (base >> 24 & 0xff) << 56;
    gdt[slot + 1] = base >> 32;
    __asm__ __volatile__("lidt %0" : : "m"(idt_pointer));
    __asm__ __volatile__("ltr %w0" : : "r"(slot * 8));
}

void cpu_initialise(void)
{
    idt_fill();
    cpu_load(&cpus[0]);
    cpus[0].running = true;
}

/* Down between one run and the next; down returns when the vCPU is brought up again. */
void cpu_start(struct cpu *cpu)
{
    cpu_load(cpu);
    for (;;) {
        cpu->running = true;
        cpu->run(cpu->argument);
        cpu->finished = true;
        while (cpu->finished)
            hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, cpu->id, 0);
    }
}

unsigned cpu_count(void)
{
    unsigned count = 1;

    while (count < MAX_CPUS && hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_is_up, count, 0) >= 0)
        count++;
    return count;
}

/* 64-bit mode, with the page tables and control registers of the caller. */
void cpu_context(struct vcpu_hvm_context *context, unsigned id, void (*run)(void *argument),
                 void *argument)
{
    struct vcpu_hvm_x86_64 *regs = &context->cpu_regs.x86_64;
    struct cpu *cpu = &cpus[id];

    cpu->id = id;
    cpu->run = run;
    cpu->argument = argument;
    cpu->running = cpu->finished = false;
    memset(context, 0, sizeof(*context));
    context->mode = VCPU_HVM_MODE_64B;
    __asm__("mov %%cr0, %0" : "=r"(regs->cr0));
    __asm__("mov %%cr3, %0" : "=r"(regs->cr3));
    __asm__("mov %%cr4, %0" : "=r"(regs->cr4));
    regs->efer = read_msr(0xc0000080);
    regs->rip = (uintptr_t)start_other;
    regs->rsp = (uintptr_t)stacks[id] + STACK_SIZE;
    regs->rbx = (uintptr_t)cpu;
    regs->rflags = 2;
}

/* Up again and again, as the vCPU may just be about to go down after an earlier run. */
static int cpu_bring_up(struct cpu *cpu)
{
    uint64_t end = xen_system_time() + START_TIMEOUT;

    while (!cpu->running && xen_system_time() < end) {
        long result = hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, cpu->id, 0);

        if (result)
            return (int)result;
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    }
    return cpu->running ? 0 : -XEN_ETIME;
}

int cpu_run(unsigned id, void (*run)(void *argument), void *argument)
{
    static struct vcpu_hvm_context context;
    long result;

    if (id == 0 || id >= MAX_CPUS)
        return -XEN_EINVAL;
    cpu_context(&context, id, run, argument);
    result = hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, id, &context);
    if (result && result != -XEN_EEXIST)
        return (int)result;
    return cpu_bring_up(&cpus[id]);
}

bool cpu_wait(unsigned id, uint64_t milliseconds)
{
    uint64_t end = xen_system_time() + milliseconds * 1000000;

    for (unsigned looks = 0; !cpus[id].finished; looks++) {
        if (looks > LOOKS_AT_LEAST && xen_system_time() > end)
            break;
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    }
    return cpus[id].finished;
}

/* ---- traps ---- */

void trap_set(unsigned vector, void (*handler)(struct trap_frame *frame))
{
    handlers[vector] = handler;
}

static void trap_fatal(const struct trap_frame *f)
{
    uint64_t cr2;

    __asm__("mov %%cr2, %0" : "=r"(cr2));
    print("\n# vector %lu error %lx rip %lx cs %lx rsp %lx rflags %lx cr2 %lx vCPU %u\n", f->vector,
          f->error, f->rip, f->cs, f->rsp, f->rflags, cr2, cpu_current()->id);
    print("# rax %lx rbx %lx rcx %lx rdx %lx rsi %lx rdi %lx rbp %lx\n", f->rax, f->rbx, f->rcx,
          f->rdx, f->rsi, f->rdi, f->rbp);
    print("# r8 %lx r9 %lx r10 %lx r11 %lx r12 %lx r13 %lx r14 %lx r15 %lx\n", f->r8, f->r9, f->r10,
          f->r11, f->r12, f->r13, f->r14, f->r15);
    tap_bail("unexpected %s %lu, while doing %s", f->vector < 32 ? "exception" : "interrupt",
             f->vector, tap_done());
}

void trap_handle(struct trap_frame *frame)
{
    struct cpu *cpu = cpu_current();

    if (handlers[frame->vector]) {
        handlers[frame->vector](frame);
    } else if (frame->vector < 32 && cpu->resume) {
        cpu->fault = (unsigned)frame->vector;
        frame->rip = cpu->resume;
        cpu->resume = 0;
    } else if (frame->vector != SPURIOUS_VECTOR) {
        trap_fatal(frame);
    }
}

/* ---- the local APIC ---- */

static volatile uint32_t *apic_register(unsigned offset)
{
    return (volatile uint32_t *)(uintptr_t)(0xfee00000 + offset);
}

void apic_end(void)
{
    *apic_register(APIC_EOI) = 0;
}

void apic_enable(void)
{
    write_msr(MSR_APIC_BASE, read_msr(MSR_APIC_BASE) | APIC_ENABLED);
    *apic_register(APIC_SPURIOUS) = 0x100 | SPURIOUS_VECTOR;
}

static void timer_tick(struct trap_frame *frame)
{
    (void)frame;
    timer_ticks++;
    apic_end();
}

void timer_start(unsigned microseconds)
{
    trap_set(TIMER_VECTOR, timer_tick);
    apic_enable();
    *apic_register(APIC_DIVIDE) = 0xb; /* by one */
    *apic_register(APIC_TIMER) = TIMER_VECTOR | APIC_PERIODIC;
    *apic_register(APIC_COUNT) = microseconds * APIC_TICKS_PER_US;
}

void timer_stop(void)
{
    *apic_register(APIC_TIMER) = TIMER_VECTOR | APIC_MASKED;
    *apic_register(APIC_COUNT) = 0;
}

void guest_start(const struct hvm_start_info *info)
{
    option_initialise(info);
    cpu_initialise();
    xen_initialise();
    guest_main(info);
    xen_shutdown(SHUTDOWN_reboot);
}
