/* SPDX-License-Identifier: MIT */
/* What every guest asks of Xen, through the classic ABI. */
#include "runtime.h"

#include <xen/hvm/hvm_op.h>
#include <xen/memory.h>
#include <xen/sched.h>

bool xen_uses_vmmcall;
uint32_t xen_cpuid_base;

void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    __asm__ __volatile__("cpuid"
                         : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
                         : "a"(leaf), "c"(subleaf));
}

long hypercall(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
    register uint64_t rax __asm__("rax") = nr;
    register uint64_t rdi __asm__("rdi") = a1;
    register uint64_t rsi __asm__("rsi") = a2;
    register uint64_t rdx __asm__("rdx") = a3;
    register uint64_t r10 __asm__("r10") = a4;
    register uint64_t r8 __asm__("r8") = a5;

    /* Volatile and clobbered: a debug build of Xen overwrites the argument registers. */
    if (xen_uses_vmmcall)
        __asm__ __volatile__("vmmcall"
                             : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r10), "+r"(r8)
                             :
                             : "memory");
    else
        __asm__ __volatile__("vmcall"
                             : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r10), "+r"(r8)
                             :
                             : "memory");
    return (long)rax;
}

static bool vendor_is(const uint32_t regs[4], const char *name)
{
    return !memcmp(&regs[1], name, 4) && !memcmp(&regs[3], name + 4, 4) &&
           !memcmp(&regs[2], name + 8, 4);
}

void xen_initialise(void)
{
    uint32_t regs[4];

    cpuid(0, 0, regs);
    xen_uses_vmmcall = vendor_is(regs, "AuthenticAMD") || vendor_is(regs, "HygonGenuine");

    /* Below another interface (viridian) Xen's leaves begin further up. */
    for (uint32_t base = 0x40000000; base < 0x40010000 && !xen_cpuid_base; base += 0x100) {
        cpuid(base, 0, regs);
        if (!memcmp(&regs[1], "XenVMMXenVMM", 12))
            xen_cpuid_base = base;
    }
}

void xen_shutdown(unsigned reason)
{
    struct sched_shutdown shutdown = { .reason = reason };

    for (;;)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &shutdown);
}

struct shared_info *xen_shared_info(void)
{
    static PAGE_ALIGNED char page[PAGE_SIZE];
    static bool mapped;
    struct xen_add_to_physmap map = { .domid = DOMID_SELF,
                                      .space = XENMAPSPACE_shared_info,
                                      .gpfn = FRAME_OF(page) };

    if (!mapped) {
        long result = hypercall2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map);

        if (result)
            tap_bail("the shared info cannot be mapped: %ld", result);
        mapped = true;
    }
    return (struct shared_info *)page;
}

uint64_t xen_system_time(void)
{
    struct xen_hvm_get_time time = { 0 };

    hypercall2(__HYPERVISOR_hvm_op, HVMOP_get_time, &time);
    return time.now;
}
