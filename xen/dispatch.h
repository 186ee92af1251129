/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the generated dispatcher is written with.  It fills the public struct
 * of an operation at the start of the vCPU's argument area, where
 * copy_{to,from}_user_hvm() find it while vcpu->hcall_fastabi says so, and
 * has Xen's own table call the handler, so that neither the choice of
 * handlers that an HVM guest may reach nor XSM is passed by.
 */
#ifndef X86_HVM_FASTABI_DISPATCH_H
#define X86_HVM_FASTABI_DISPATCH_H

#include <xen/errno.h>
#include <xen/hypercall.h>
#include <xen/lib.h>
#include <xen/nospec.h>
#include <xen/perfc.h>
#include <xen/sched.h>

#include <asm/guest_access.h>
#include <asm/hvm/fastabi-phys.h>
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

/*
 * The functions of a hypercall are compiled at the end of the file that has
 * its handler, where FASTABI_PART is its number: the handler becomes a part of
 * each, and what is left of it is what one operation needs.  dispatch.c itself
 * has the rest, and the choice between all of them.
 */
#ifdef FASTABI_PART
#define FASTABI_IS_HERE(nr) ((nr) == FASTABI_PART)
#define fastabi_function    __attribute__((__flatten__))
#else
#include "parts.h"
#define FASTABI_IS_HERE(nr) (!FASTABI_IS_ELSEWHERE(nr))
#define fastabi_function    noinline
#endif

/* Kept out of the way of what is done in each call. */
#define fastabi_cold noinline __attribute__((__cold__))

/* ---- registers ---- */

/*
 * A handler may take a 64-bit value for the address of something: the argument
 * area is out of a guest's reach, also of what is as large as it and starts
 * before.
 */
#define FASTABI_INSIDE(area, reg)                                            \
    ((reg) - (unsigned long)FASTABI_HANDLE(area) + (FASTABI_AREA_SIZE - 1) < \
     3 * FASTABI_AREA_SIZE - 1)

/* The state of a continuation: bits 63 to 32 of rax. */
#define FASTABI_STATE(regs) ((uint32_t)((regs)->rax >> 32))

/* ---- the argument area ---- */

/*
 * A struct of head bytes is at its start, or nothing, and then count arrays of
 * equal room.
 */
#define FASTABI_ROOM(head, count) \
    ((FASTABI_AREA_SIZE - ROUNDUP(head, 64)) / (count) & ~63UL)
#define FASTABI_ARRAY(start, head, i, count) \
    ((void *)(start) + ROUNDUP(head, 64) + FASTABI_ROOM(head, count) * (i))

/* i steps of 1 << order; no order that a handler accepts is so large. */
#define FASTABI_STEPS(i, order) ((order) < 64 ? (i) << (order) : 0)

/* Where the struct is made again, to be compared. */
#define FASTABI_AGAIN(arg) ((void *)(arg) + COMPAT_ARG_XLAT_SIZE / 2)

#define FASTABI_CHECK_SIZE(arg) \
    BUILD_BUG_ON(sizeof(*(arg)) > COMPAT_ARG_XLAT_SIZE / 2)

/* An element of what a handle points to; a handle of void tells nothing. */
#define FASTABI_CHECK_ELEMENT(handle, size)                                  \
    BUILD_BUG_ON(!__builtin_types_compatible_p(typeof(*(handle).p), void) && \
                 sizeof(*(handle).p) != (size))

/* ---- the call ---- */

/*
 * From here on copies serve the area, until the handler has returned.  Nothing
 * else that copies is called meanwhile, and nothing returns.
 */
#define FASTABI_OPEN(curr, area) ((curr)->hcall_fastabi = (area))

/* nr is a constant, so this is one call. */
/* clang-format off */
#define FASTABI_CALL(curr, nr, rc, a1, a2, a3, a4, a5)       \
    do {                                                     \
        call_handlers_hvm64(nr, rc, a1, a2, a3, a4, a5);     \
        (curr)->hcall_fastabi = NULL;                        \
    } while ( 0 )

/* The same without the area: every address is the guest's. */
#define FASTABI_PLAIN_CALL(curr, nr, rc, a1, a2, a3, a4, a5) \
    do {                                                     \
        (curr)->hcall_fastabi_plain = true;                  \
        call_handlers_hvm64(nr, rc, a1, a2, a3, a4, a5);     \
        (curr)->hcall_fastabi_plain = false;                 \
    } while ( 0 )
/* clang-format on */

/* What hypercall_create_continuation() was given. */
#define FASTABI_NEXT(curr, i) ((curr)->mc_state.call.args[i])

static inline void fastabi_refuse(struct cpu_user_regs *regs, int rc)
{
    regs->rax = (long)rc;
}

void fastabi_preempted(struct cpu_user_regs *regs, uint32_t state,
                       bool possible);

#endif /* X86_HVM_FASTABI_DISPATCH_H */
