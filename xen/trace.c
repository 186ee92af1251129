/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace records of FastABI calls: their registers, and the result.  A call
 * that does not return, or is made again, has no result.  Knows no operation.
 */
#include <xen/sched.h>
#include <xen/trace.h>

#include <asm/hvm/fastabi.h>
#include <public/arch-x86/hvm/fastabi.h>

static void record(uint32_t event, const uint64_t *values, unsigned int count)
{
    uint32_t halves[6];
    unsigned int i;

    for ( i = 0; i < count; i++ )
    {
        halves[2 * i] = values[i];
        halves[2 * i + 1] = values[i] >> 32;
    }

    /* Its name and its arguments have changed in 4.19. */
#ifdef TRACE_6D
    trace_var(event, false, count * sizeof(*values), halves);
#else
    trace(event, count * sizeof(*values), halves);
#endif
}

void fastabi_traced_hypercall(struct cpu_user_regs *regs)
{
    const uint64_t in[] = { regs->rax, regs->rdi, regs->rsi, regs->r8,
                            regs->r9,  regs->r10, regs->r11, regs->r12 };

    record(TRC_HVM_FASTABI_CALL, in, 3);
    record(TRC_HVM_FASTABI_MORE, in + 3, 3);
    record(TRC_HVM_FASTABI_LAST, in + 6, 2);

    fastabi_hypercall(regs);

    if ( !current->hcall_preempted )
        record(TRC_HVM_FASTABI_RESULT, &regs->rax, 1);
}
