/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the generated dispatcher is written with.  It fills the public struct of
 * an operation at the start of the vCPU's argument area, where
 * copy_{to,from}_user_hvm() find it while vcpu->hcall_fastabi says so, and has
 * Xen's own table call the handler, so that neither the choice of handlers that
 * an HVM guest may reach nor XSM is passed by.
 */
#ifndef X86_HVM_FASTABI_DISPATCH_H
#define X86_HVM_FASTABI_DISPATCH_H

#include <xen/errno.h>
#include <xen/hypercall.h>
#include <xen/lib.h>
#include <xen/perfc.h>
#include <xen/sched.h>

#include <asm/guest_access.h>
#include <asm/hvm/fastabi.h>

#include <public/event_channel.h>
#include <public/grant_table.h>
#include <public/hvm/hvm_op.h>
#include <public/hvm/hvm_vcpu.h>
#include <public/hvm/params.h>
#include <public/memory.h>
#include <public/physdev.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include <public/version.h>

/* Kept out of the way of what is done in each call. */
#define fastabi_cold noinline __attribute__((__cold__))

/* ---- registers ---- */

/*
 * Not 0 if the bits above type are not its zero or sign extension.  (Shifted
 * twice since type may have 64 bits.)
 */
#define FASTABI_EXCESS(reg, type)                               \
    ((type)-1 < (type)1 ? (unsigned long)(type)(reg) ^ (reg)    \
                        : (reg) >> (sizeof(type) * 8 - 1) >> 1)

/*
 * Values of 64 bits cannot be checked by their type, and a handler may take one
 * for an address: the argument area is out of a guest's reach.
 */
#define FASTABI_INSIDE(reg, area) \
    ((reg) - (unsigned long)(area) < COMPAT_ARG_XLAT_SIZE)

/* The state of a continuation: bits 63 to 32 of rax. */
#define FASTABI_STATE(regs) ((uint32_t)((regs)->rax >> 32))

/* ---- the argument area ---- */

/* Of struct, which is at its start, and then of count arrays of equal room. */
#define FASTABI_HEAD(arg) ROUNDUP(sizeof(*(arg)), 64)
#define FASTABI_ROOM(arg, count) \
    ((COMPAT_ARG_XLAT_SIZE - FASTABI_HEAD(arg)) / (count) & ~63UL)
#define FASTABI_BEHIND(arg, i, count) \
    ((void *)(arg) + FASTABI_HEAD(arg) + (i) * FASTABI_ROOM(arg, count))

/* Where the struct is made again, to be compared. */
#define FASTABI_AGAIN(arg) ((void *)(arg) + COMPAT_ARG_XLAT_SIZE / 2)

#define FASTABI_CHECK_SIZE(arg) \
    BUILD_BUG_ON(sizeof(*(arg)) > COMPAT_ARG_XLAT_SIZE / 2)

/* For calls that take nothing from there: no value of 32 bits is near it. */
#define FASTABI_NO_AREA ((void *)(1UL << 63))

/* ---- the call ---- */

/* nr is a constant, so this is one call. */
#define FASTABI_CALL(curr, area, nr, rc, a1, a2, a3, a4, a5)   \
    do {                                                       \
        (curr)->hcall_fastabi = (area);                        \
        call_handlers_hvm64(nr, rc, a1, a2, a3, a4, a5);       \
        (curr)->hcall_fastabi = NULL;                          \
    } while ( 0 )

/* What hypercall_create_continuation() was given. */
#define FASTABI_NEXT(curr, i) ((curr)->mc_state.call.args[i])

static inline void fastabi_refuse(struct cpu_user_regs *regs, int rc)
{
    regs->rax = (long)rc;
}

void fastabi_preempted(struct cpu_user_regs *regs, uint32_t state,
                       bool possible);

/* ---- guest-physical memory; 0, or not ---- */

int fastabi_copy_from_frame(void *to, uint64_t gfn, unsigned int size);
int fastabi_copy_from_phys(void *to, uint64_t addr, unsigned int size);
int fastabi_copy_to_phys(uint64_t addr, void *from, unsigned int size);

#endif /* X86_HVM_FASTABI_DISPATCH_H */
