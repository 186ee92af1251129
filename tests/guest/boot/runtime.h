/* SPDX-License-Identifier: MIT */
/*
 * What a guest kernel of the tests is built on: printing, TAP, the classic hypercalls, vCPUs,
 * interrupts. The program supplies guest_main().  All of it runs as dom0 and as an unprivileged
 * domU alike.  Nothing here knows FastABI.
 */
#ifndef GUEST_RUNTIME_H
#define GUEST_RUNTIME_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/arch-x86/hvm/start_info.h>

#include "segments.h"

#define PAGE_SIZE       4096u
#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE_ALIGNED    __attribute__((aligned(4096)))

/* Memory is mapped at its own address, so a pointer is a guest-physical address. */
#define FRAME_OF(p) ((uint64_t)(uintptr_t)(p) / PAGE_SIZE)

/*
 * The program: called once, on vCPU 0, interrupts off.  When it returns the domain shuts down
 * (reboot).
 */
void guest_main(const struct hvm_start_info *info);

/* ---- print.c: the console, port 0xe9; a line is at most 190 characters ---- */

/* %d %i %u %x %c %s %p %%, with l, ll, z, a width, - and 0; nothing else. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_list(const char *format, va_list list);

/* The same into memory of SIZE > 0 bytes, cut off if it does not fit. */
void text_format(char *to, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void text_list(char *to, size_t size, const char *format, va_list list);

/* ---- text.c: what the compiler expects to be there, and little more ---- */

void *memset(void *to, int value, size_t size);
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
int memcmp(const void *a, const void *b, size_t size);
int bcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t size);

/* The value of word NAME=VALUE of the command line, copied to VALUE; false: it is not there. */
bool option_get(const char *name, char *value, size_t size);
bool option_is_set(const char *name); /* a word by itself */
uint64_t option_number(const char *name, uint64_t otherwise);

/*
 * xorshift: the same numbers for the same seed on every machine.  A state is made from the number
 * that its owner picks and the one that random_start() was given, and never zero.
 */
void random_start(uint64_t seed);
uint64_t random_state(uint64_t number);
uint64_t random_next(uint64_t *state);

/* ---- tap.c: Test Anything Protocol; callable from one vCPU at a time ---- */

/*
 * Say what is being done, before it is done: a boot that hangs or faults ends in a message with
 * this.
 */
void tap_doing(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *tap_done(void); /* what was said last */

/* A result; returns GOOD.  The format describes the test. */
bool tap_check(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tap_skip(const char *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tap_note(const char *format, ...)
    __attribute__((format(printf, 1, 2))); /* a line of explanation */
void tap_plan(void);                       /* at the end: "1..N" */
void tap_bail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* ---- xen.c: the classic ABI ---- */

/* Up to five arguments; by vmcall or vmmcall, whichever this processor has. */
long hypercall(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);

/* As many arguments as are given; pointers as they are. */
#define HYPERCALL_ARG(a)     ((uint64_t)(uintptr_t)(a))
#define hypercall2(nr, a, b) hypercall(nr, HYPERCALL_ARG(a), HYPERCALL_ARG(b), 0, 0, 0)
#define hypercall3(nr, a, b, c)                                                                    \
    hypercall(nr, HYPERCALL_ARG(a), HYPERCALL_ARG(b), HYPERCALL_ARG(c), 0, 0)

extern bool xen_uses_vmmcall;   /* AMD and Hygon */
extern uint32_t xen_cpuid_base; /* 0: no Xen here */

void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4]); /* eax, ebx, ecx, edx */
void xen_shutdown(unsigned reason) __attribute__((noreturn)); /* one of SHUTDOWN_* */
struct shared_info *xen_shared_info(void);                    /* mapped by the first call */
uint64_t xen_system_time(void); /* nanoseconds, as absolute timeouts have it */

/* ---- cpu.c: vCPUs, interrupts, the local APIC's timer ---- */

struct trap_frame {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

struct cpu {
    struct cpu *self; /* at gs:0 */
    unsigned id;
    void (*run)(void *argument);
    void *argument;
    volatile bool running, finished;
    uint64_t resume;         /* where to go on after a fault, then 0 */
    volatile unsigned fault; /* the vector of that fault */
};

struct cpu *cpu_current(void);
unsigned cpu_count(void); /* vCPUs of this domain that can be started */

/*
 * Have another vCPU run a function, by the classic vcpu_op; 0 or a negative errno.  It is down
 * afterwards, and can be given another once cpu_wait() has said that it has finished.
 */
int cpu_run(unsigned id, void (*run)(void *argument), void *argument);
struct vcpu_hvm_context;
void cpu_context(struct vcpu_hvm_context *context, unsigned id, void (*run)(void *argument),
                 void *argument);
bool cpu_wait(unsigned id, uint64_t milliseconds); /* until it has finished */

/* The clock may leap on a busy machine: nobody gives up before having looked that many times. */
#define LOOKS_AT_LEAST 1000u

/* Called with interrupts off, on the vCPU where it came; the frame may be changed.  NULL: none. */
void trap_set(unsigned vector, void (*handler)(struct trap_frame *frame));

#define TIMER_VECTOR    0x40
#define SYSCALL_VECTOR  0x80 /* may be raised from ring 3 */
#define SPURIOUS_VECTOR 0xff

void timer_start(unsigned microseconds); /* periodic, on this vCPU; counts timer_ticks */
void timer_stop(void);
extern volatile uint64_t timer_ticks;
void apic_end(void); /* the end of an interrupt that came through the APIC */
void apic_enable(void);

static inline void interrupts_on(void)
{
    __asm__ __volatile__("sti" : : : "memory");
}
static inline void interrupts_off(void)
{
    __asm__ __volatile__("cli" : : : "memory");
}
static inline void cpu_relax(void)
{
    __asm__ __volatile__("pause" : : : "memory");
}

static inline uint64_t read_tsc(void)
{
    uint32_t low, high;

    __asm__ __volatile__("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static inline uint64_t read_msr(uint32_t msr)
{
    uint32_t low, high;

    __asm__ __volatile__("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
    return (uint64_t)high << 32 | low;
}

static inline void write_msr(uint32_t msr, uint64_t value)
{
    __asm__ __volatile__("wrmsr"
                         :
                         : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                         : "memory");
}

/* Between the parts of the runtime. */
void guest_start(const struct hvm_start_info *info) __attribute__((noreturn));
void cpu_start(struct cpu *cpu) __attribute__((noreturn));
void trap_handle(struct trap_frame *frame);
void cpu_initialise(void);
void xen_initialise(void);
void option_initialise(const struct hvm_start_info *info);

#endif
