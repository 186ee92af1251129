/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hand-written part of the dispatcher: what is done rarely, and guest-physical
 * memory.  Knows no operation.
 */
#include <xen/init.h>
#include <xen/nospec.h>
#include <xen/param.h>

#include <asm/hvm/hvm.h>
#if __has_include(<asm/hvm/support.h>)
#include <asm/hvm/support.h> /* the copies, in most releases */
#endif

#include "dispatch.h"

bool __read_mostly opt_fastabi = true;
boolean_param("fastabi", opt_fastabi);

/*
 * Where len bytes at p are, or NULL: they are not all in the area.  A guest may
 * have the branches up to here predicted wrong in a classic call, whose p is an
 * address of its choice: that leads to the start of the area, or to address 0 and
 * no further, where nothing is mapped.
 */
static always_inline void *in_area(const void *p, unsigned int len)
{
    unsigned long offset = p - FASTABI_HANDLE;

    ASSERT(FASTABI_AREA(current) == COMPAT_ARG_XLAT_VIRT_BASE);

    if ( unlikely(offset + len > FASTABI_AREA_SIZE) )
        return NULL;

    return current->hcall_fastabi +
           array_index_nospec(offset, FASTABI_AREA_SIZE);
}

/* Small structs, in every call: without the detour of memcpy(). */
static always_inline void copy(void *to, const void *from, unsigned int len)
{
    unsigned long words = len / 8, bytes = len % 8;

    /* clang-format off */
    asm volatile ( "rep movsq\n\t"
                   "mov %[bytes], %[words]\n\t"
                   "rep movsb"
                   : "+D" (to), "+S" (from), [words] "+c" (words)
                   : [bytes] "r" (bytes)
                   : "memory" );
    /* clang-format on */
}

unsigned int fastabi_copy_to(void *to, const void *from, unsigned int len)
{
    to = in_area(to, len);
    if ( unlikely(!to) )
        return len;

    copy(to, from, len);

    return 0;
}

unsigned int fastabi_copy_from(void *to, const void *from, unsigned int len)
{
    from = in_area(from, len);
    if ( unlikely(!from) )
        return len;

    copy(to, from, len);

    return 0;
}

unsigned int fastabi_clear(void *to, unsigned int len)
{
    to = in_area(to, len);
    if ( unlikely(!to) )
        return len;

    memset(to, 0, len);

    return 0;
}

/*
 * The handler wants to be called again.  The guest's registers are as they were,
 * since hypercall_create_continuation() leaves them alone during a FastABI call;
 * the sub-operation to go on with is kept in the one register that every caller
 * gives up.  What is not possible that way is not done: the guest is told.
 */
void fastabi_preempted(struct cpu_user_regs *regs, uint32_t state,
                       bool possible)
{
    struct vcpu *curr = current;

    if ( !possible )
    {
        curr->hcall_preempted = false;
        gprintk(XENLOG_WARNING, "FastABI call %#x, %#lx cannot be continued\n",
                (uint32_t)regs->rax, regs->rdi);
        regs->rax = -EBUSY;
        return;
    }

    regs->rax = (uint32_t)regs->rax | ((uint64_t)state << 32);
}

/* Does [addr, addr + size) lie in the physical address space? */
static bool is_phys(uint64_t addr, unsigned int size)
{
    return !(addr >> PADDR_BITS) && !((addr + size) >> PADDR_BITS);
}

int fastabi_copy_from_phys(void *to, uint64_t addr, unsigned int size)
{
    return !is_phys(addr, size) ||
           hvm_copy_from_guest_phys(to, addr, size) != HVMTRANS_okay;
}

int fastabi_copy_from_frame(void *to, uint64_t gfn, unsigned int size)
{
    if ( gfn >> (PADDR_BITS - PAGE_SHIFT) )
        return 1;

    return fastabi_copy_from_phys(to, gfn << PAGE_SHIFT, size);
}

int fastabi_copy_to_phys(uint64_t addr, void *from, unsigned int size)
{
    /* Of nothing, the address means nothing: a handler would not look at it. */
    return size && (!is_phys(addr, size) ||
                    hvm_copy_to_guest_phys(addr, from, size, current) !=
                        HVMTRANS_okay);
}
