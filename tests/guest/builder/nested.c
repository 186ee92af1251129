/* SPDX-License-Identifier: MIT */
/*
 * A domain that is a hypervisor itself, for one guest of a few instructions (AMD's SVM).  A FastABI
 * call of that guest has to come to this domain, as it was made, and Xen has to do nothing; calls
 * of this domain are answered as ever, before and after.
 *
 * Command line: classic, to make the same calls in the classic ABI.
 */
#include "runtime.h"

#include <xen/version.h>

#include "call.h"

#define FASTABI_MASK 0x40000000u
#define MSR_EFER     0xc0000080
#define EFER_SVME    (1u << 12)
#define MSR_HSAVE    0xc0010117
#define EXIT_HLT     0x78
#define EXIT_VMMCALL 0x81

/* Of a virtual machine control block: what is intercepted, and the state of the guest. */
#define VMCB_MISC1     0x00c
#define VMCB_MISC2     0x010
#define VMCB_ASID      0x058
#define VMCB_EXITCODE  0x070
#define VMCB_CS        0x410
#define VMCB_SEGMENT   0x10 /* the distance of es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr */
#define VMCB_EFER      0x4d0
#define VMCB_CR4       0x548
#define VMCB_CR3       0x550
#define VMCB_CR0       0x558
#define VMCB_DR7       0x560
#define VMCB_DR6       0x568
#define VMCB_RFLAGS    0x570
#define VMCB_RIP       0x578
#define VMCB_RSP       0x5d8
#define VMCB_RAX       0x5f8
#define VMCB_PAT       0x668
#define INTERCEPT_HLT  (1u << 24)
#define INTERCEPT_SHUT (1u << 31)
#define INTERCEPT_RUN  (1u << 0)
#define INTERCEPT_CALL (1u << 1)

/* Number of the hypercall, in the ABI that is asked for. */
static uint32_t call_number;
static uint8_t vmcb[PAGE_SIZE] PAGE_ALIGNED, saved[PAGE_SIZE] PAGE_ALIGNED,
    stack[PAGE_SIZE] PAGE_ALIGNED;
extern const char guests_guest[], guests_guest_end[];

static uint64_t get(unsigned int offset)
{
    uint64_t value;
    memcpy(&value, vmcb + offset, sizeof(value));
    return value;
}

static void put(unsigned int offset, uint64_t value, unsigned int size)
{
    memcpy(vmcb + offset, &value, size);
}

/* Selector, attributes, limit, base. */
static void put_segment(unsigned int number, uint16_t selector, uint16_t attributes)
{
    unsigned int offset = 0x400 + number * VMCB_SEGMENT;
    put(offset, selector, 2);
    put(offset + 2, attributes, 2);
    put(offset + 4, 0xffffffff, 4);
    put(offset + 8, 0, 8);
}

static void fill(void)
{
    uint64_t word;
    memset(vmcb, 0, sizeof(vmcb));
    put(VMCB_MISC1, INTERCEPT_HLT | INTERCEPT_SHUT, 4);
    put(VMCB_MISC2, INTERCEPT_RUN | INTERCEPT_CALL, 4);
    put(VMCB_ASID, 1, 4);
    for (unsigned int i = 0; i < 10; i++)
        put_segment(i, 16, 0xc93);
    put_segment(1, 8, 0xa9b);
    put_segment(9, 24, 0x08b);
    put(VMCB_EFER, read_msr(MSR_EFER), 8);
    __asm__("mov %%cr0, %0" : "=r"(word));
    put(VMCB_CR0, word, 8);
    __asm__("mov %%cr3, %0" : "=r"(word));
    put(VMCB_CR3, word, 8);
    __asm__("mov %%cr4, %0" : "=r"(word));
    put(VMCB_CR4, word, 8);
    put(VMCB_DR6, 0xffff0ff0, 8);
    put(VMCB_DR7, 0x400, 8);
    put(VMCB_RFLAGS, 2, 8);
    put(VMCB_RIP, (uintptr_t)guests_guest, 8);
    put(VMCB_RSP, (uintptr_t)(stack + sizeof(stack)), 8);
    put(VMCB_PAT, 0x0007040600070406, 8);
}

/* Until it exits: why.  Its rdi, rsi and r8 afterwards. */
static uint64_t enter(uint64_t *rdi, uint64_t *rsi, uint64_t *r8)
{
    register uint64_t eight __asm__("r8") = *r8;
    uint64_t seven = *rdi, six = *rsi, block = (uintptr_t)vmcb;
    __asm__ volatile("clgi\n\tvmrun %%rax\n\tstgi"
                     : "+a"(block), "+D"(seven), "+S"(six), "+r"(eight)
                     :
                     : "rbx", "rcx", "rdx", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
                       "memory", "cc");
    *rdi = seven;
    *rsi = six;
    *r8 = eight;
    return get(VMCB_EXITCODE);
}

/* version.version, as this domain calls it. */
static long version(void)
{
    static struct registers in, out;
    memset(&in, 0, sizeof(in));
    in.r[IN_RAX] = call_number;
    in.r[IN_RDI] = XENVER_version;
    call_registers(&in, &out);
    return (long)out.r[IN_RAX];
}

static void run_guest(void)
{
    uint64_t rdi = XENVER_version, rsi = 0x1111111111111111, r8 = 0x2222222222222222;
    fill();
    write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_SVME);
    put(VMCB_EFER, read_msr(MSR_EFER), 8);
    write_msr(MSR_HSAVE, (uintptr_t)saved);
    put(VMCB_RAX, call_number, 8);
    tap_doing("the first entry of the guest's guest");
    uint64_t why = enter(&rdi, &rsi, &r8);
    tap_check(why == EXIT_VMMCALL && get(VMCB_RIP) == (uintptr_t)guests_guest,
              "its call comes to its own hypervisor: exit %lx", why);
    tap_check(get(VMCB_RAX) == call_number && rdi == XENVER_version && rsi == 0x1111111111111111 &&
                  r8 == 0x2222222222222222,
              "with its registers as they were: rax %lx", get(VMCB_RAX));
    put(VMCB_RIP, (uintptr_t)guests_guest_end, 8);
    put(VMCB_RAX, 42, 8);
    tap_doing("the second entry of the guest's guest");
    why = enter(&rdi, &rsi, &r8);
    tap_check(why == EXIT_HLT && get(VMCB_RAX) == 42,
              "and it goes on with its answer: exit %lx, %lu", why, get(VMCB_RAX));
}

void guest_main(const struct hvm_start_info *info)
{
    uint32_t leaf[4];
    (void)info;
    call_number = __HYPERVISOR_xen_version | (option_is_set("classic") ? 0 : FASTABI_MASK);
    cpuid(0x80000001, 0, leaf);
    long before = version();
    tap_check(before > 0, "a call of its own: %lx", before);
    if (tap_check(leaf[2] >> 2 & 1, "the processor has SVM"))
        run_guest();
    long after = version();
    tap_check(after == before, "a call of its own afterwards: %lx", after);
    tap_plan();
}

__asm__(".text\n"
        "guests_guest:\n"
        "    vmmcall\n"
        "guests_guest_end:\n"
        "    hlt\n");
