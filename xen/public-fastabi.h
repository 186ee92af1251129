/* SPDX-License-Identifier: MIT */
/*
 * FastABI: what tools see of hypercalls with all arguments in
 * registers.  Guests find it by XEN_HVM_CPUID_FASTABI.
 */
#ifndef __XEN_PUBLIC_HVM_FASTABI_X86_H__
#define __XEN_PUBLIC_HVM_FASTABI_X86_H__

#include "../../xen.h"
#include "../../hvm/save.h"

/*
 * Whether a domain sees the CPUID bit and may make the calls: 0 or 1.  A
 * toolstack takes them from a domain by a record with 0 in the context that it
 * loads by XEN_DOMCTL_sethvmcontext, before the domain runs, and again where
 * the domain is restored.  It has to be the last context that is loaded before
 * the domain runs, and has to have the CPU records, too: each load takes all
 * vCPUs down, and only those with a CPU record in it come up again.  A domain
 * that has the calls takes this record along when it is migrated, and a host
 * that cannot give them refuses it.
 */
struct hvm_fastabi {
    uint32_t allowed;
    uint32_t pad;
};
DECLARE_HVM_SAVE_TYPE(FASTABI, 64, struct hvm_fastabi);

/*
 * Trace records, each of 64-bit values, the lower half first: the registers of
 * a call in three records, and its result.  On a processor no other record of
 * these is between them; one of an interrupt may be.
 */
#define TRC_HVM_FASTABI        0x00088000
#define TRC_HVM_FASTABI_CALL   (TRC_HVM_FASTABI + 1) /* rax, rdi, rsi */
#define TRC_HVM_FASTABI_MORE   (TRC_HVM_FASTABI + 2) /* r8, r9, r10 */
#define TRC_HVM_FASTABI_LAST   (TRC_HVM_FASTABI + 3) /* r11, r12 */
#define TRC_HVM_FASTABI_RESULT (TRC_HVM_FASTABI + 4) /* rax */

#endif /* __XEN_PUBLIC_HVM_FASTABI_X86_H__ */
