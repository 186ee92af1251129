/* SPDX-License-Identifier: MIT */
/*
 * Ring 3, 32-bit code and multicall: FastABI is not for them, and nothing but the classic refusal
 * comes back.
 */
#include "plans.h"

#include <xen/errno.h>

void user_call(struct registers *r, uint64_t selector, const char *entry);
uint32_t call32(uint32_t eax, uint32_t edi);
extern const char user_entry[], user_entry32[], user_back[];
extern uint64_t user_saved;

static uint64_t seed;

/* int 0x80 from ring 3: back to where user_call() left. */
static void go_back(struct trap_frame *frame)
{
    frame->rip = (uintptr_t)user_back;
    frame->cs = CODE64;
    frame->ss = DATA64;
    frame->rsp = user_saved;
}

static void check_ring3(const struct operation *op)
{
    struct registers before, after;
    struct register_report report;
    uint64_t in[MAX_PARAMS] = { 0 };

    registers_fill(&before, &seed);
    registers_set(&before, op, in);
    after = before;
    user_call(&after, USER_CODE64, user_entry);
    registers_compare(&before, &after, 1u << RAX | 1u << RSP, &report);
    tap_check((long)after.general[RAX] == -XEN_EPERM && !report.lost, "%s from ring 3: %ld%s%s",
              op->name, (long)after.general[RAX], report.lost ? ", lost " : "",
              report.lost ? report.what : "");
    after = before;
    user_call(&after, USER_CODE32, user_entry32);
    tap_check((int32_t)after.general[RAX] == -XEN_EPERM, "%s from ring 3, 32-bit: %d", op->name,
              (int32_t)after.general[RAX]);
}

static void check_32bit(const struct operation *op)
{
    int32_t result = (int32_t)call32(FASTABI_MASK | op->hypercall, op->subop);

    tap_check(result == -XEN_ENOSYS, "%s from 32-bit code: %d", op->name, result);
}

static void check_multicall(const struct operation *op)
{
    struct multicall_entry entry = { .op = FASTABI_MASK | op->hypercall, .result = 0x5a5a };
    long result;

    entry.args[0] = op->subop;
    result = hypercall2(__HYPERVISOR_multicall, &entry, 1);
    if (result == -XEN_ENOSYS)
        tap_skip("no multicall for this guest", "%s by multicall", op->name);
    else
        tap_check(result == 0 && (long)entry.result == -XEN_ENOSYS, "%s by multicall: %ld, %ld",
                  op->name, result, (long)entry.result);
}

void modes_plan(void)
{
    seed = random_state(3);
    trap_set(SYSCALL_VECTOR, go_back);
    for (const struct operation *op = operations; op->name; op++) {
        tap_doing("%s from where it may not be called", op->name);
        check_ring3(op);
        check_32bit(op);
        check_multicall(op);
    }
}
