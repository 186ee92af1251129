/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the dispatcher does rarely, and its boot option.  Knows no operation.
 */
#include <xen/param.h>

#include "dispatch.h"

bool __read_mostly opt_fastabi = true;
boolean_param("fastabi", opt_fastabi);

/*
 * The handler wants to be called again.  The guest's registers are as they
 * were, since hypercall_create_continuation() leaves them alone during a
 * FastABI call; the sub-operation to go on with is kept in the one register
 * that every caller gives up.  What is not possible that way is not done: the
 * guest is told.
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
