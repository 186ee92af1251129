/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included by hvm/save.c: its table has room for FastABI's record.
 */
#ifndef X86_HVM_FASTABI_SAVE_H
#define X86_HVM_FASTABI_SAVE_H

#include <public/arch-x86/hvm/fastabi.h>

#undef HVM_SAVE_CODE_MAX
#define HVM_SAVE_CODE_MAX HVM_SAVE_CODE(FASTABI)

#endif /* X86_HVM_FASTABI_SAVE_H */
