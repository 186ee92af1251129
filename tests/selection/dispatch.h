/* SPDX-License-Identifier: MIT */
/*
 * As much of a Xen tree as a dispatcher without structs needs, so that it can be called here.  Each
 * handler answers 1000 plus the number of its hypercall.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#define __init
#define __maybe_unused                                       __attribute__((__unused__))
#define noinline                                             __attribute__((__noinline__))
#define fastabi_cold                                         noinline
#define fastabi_function                                     noinline
#define FASTABI_IS_HERE(nr)                                  1
#define unlikely(condition)                                  (condition)
#define perfc_incra(name, nr)                                ((void)(nr))
#define current                                              (&vcpu)
#define FASTABI_NO_AREA                                      0
#define FASTABI_STATE(regs)                                  ((uint32_t)((regs)->rax >> 32))
#define FASTABI_NEXT(curr, i)                                ((curr)->args[i])
#define FASTABI_INSIDE(area, reg)                            0
#define COMPAT_ARG_XLAT_VIRT_BASE                            0
#define FASTABI_PLAIN_CALL(curr, nr, rc, a1, a2, a3, a4, a5) ((rc) = 1000 + (long)(nr))
#define FASTABI_CALL(curr, nr, rc, a1, a2, a3, a4, a5)       ((rc) = 1000 + (long)(nr))

struct cpu_user_regs {
    uint64_t rax, rdi, rsi, r8, r9, r10, r11, r12;
};

struct vcpu {
    bool hcall_preempted;
    unsigned long args[6];
};

static struct vcpu vcpu;

static inline void fastabi_refuse(struct cpu_user_regs *regs, int rc)
{
    regs->rax = (uint64_t)(int64_t)rc;
}

static inline void fastabi_preempted(struct cpu_user_regs *regs, uint32_t state, bool may)
{
    regs->rax = (uint64_t)state << 32 | may;
}
