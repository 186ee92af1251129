/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rest of Xen asks the rules for confidential guests.
 */
#ifndef X86_HVM_CONFIDENTIAL_H
#define X86_HVM_CONFIDENTIAL_H

#include <xen/sched.h>
#include <asm/hvm/fastabi.h>

/* Serves a hypercall: Xen's own function, and one around it. */
int hvm_hypercall_served(struct cpu_user_regs *regs);
int confidential_hypercall(struct cpu_user_regs *regs);

bool confidential_is(const struct domain *d);
bool confidential_refuses_linear(const void *p);
bool confidential_refuses_frame(const struct domain *d, unsigned long gfn);
void confidential_declare(const struct domain *d, unsigned long gfn,
                          const char *what);
long confidential_register_runstate(struct vcpu *v, paddr_t area);
bool confidential_update_runstate(struct vcpu *v);

#endif /* X86_HVM_CONFIDENTIAL_H */
