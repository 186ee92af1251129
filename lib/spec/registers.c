/* SPDX-License-Identifier: MIT */
/*
 * The registers of the ABI by architecture, of which x86-64 is the first; and calls from registers.
 */
#include <string.h>

#include "spec/ir.h"

static const char *const x86_64[FASTABI_REGISTERS] = {
    "rax", "rdi", "rsi", "r8", "r9", "r10", "r11", "r12",
};

const char *fastabi_register_name(int reg)
{
    return reg >= 0 && reg < FASTABI_REGISTERS ? x86_64[reg] : NULL;
}

int fastabi_register_number(const char *name)
{
    for (int reg = 0; name && reg < FASTABI_REGISTERS; reg++) {
        if (!strcmp(x86_64[reg], name))
            return reg;
    }
    return FASTABI_NO_REGISTER;
}

uint64_t fastabi_param_value(const struct fastabi_param *param, uint64_t reg)
{
    unsigned int unused;

    if (!param)
        return 0;
    unused = 64u - param->width;
    reg <<= unused;
    return param->is_signed ? (uint64_t)((int64_t)reg >> unused) : reg >> unused;
}

const struct fastabi_op *fastabi_decode(fastabi_specs specs, size_t count,
                                        const uint64_t regs[FASTABI_REGISTERS], uint32_t known,
                                        const struct fastabi_spec **spec)
{
    const struct fastabi_spec *ignored;

    if (!spec)
        spec = &ignored;
    *spec = NULL;
    if (!specs || !regs)
        return NULL;
    /* bits 63 to 32 of reg0 are the hypervisor's: the state of a continued call */
    if (!(known & 1u) || !(regs[0] & FASTABI_MASK) || (uint32_t)regs[0] >> 31)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct fastabi_op *op = NULL;

        if (!specs[i] || specs[i]->hypercall_index != ((uint32_t)regs[0] & ~FASTABI_MASK))
            continue;
        *spec = specs[i];
        if (known & 2u)
            op = fastabi_spec_op_by_index(specs[i], regs[1]);
        if (!op)
            op = specs[i]->direct;
        if (op)
            return op;
    }
    return NULL;
}
