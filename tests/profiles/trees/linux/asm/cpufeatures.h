/* SPDX-License-Identifier: MIT */
#ifndef _ASM_X86_CPUFEATURES_H
#define _ASM_X86_CPUFEATURES_H

#define X86_FEATURE_VMMCALL (8 * 32 + 15)

#endif
