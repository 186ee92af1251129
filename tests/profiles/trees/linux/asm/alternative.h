/* SPDX-License-Identifier: MIT */
/* An instruction, and the one that replaces it where the processor has a feature. */
#ifndef _ASM_X86_ALTERNATIVE_H
#define _ASM_X86_ALTERNATIVE_H

#define __stringify_1(x...) #x
#define __stringify(x...)   __stringify_1(x)

#define ALTERNATIVE(oldinstr, newinstr, ft_flags)                                                  \
    "661:\n\t" oldinstr "\n662:\n"                                                                 \
    ".pushsection .altinstructions, \"a\"\n\t"                                                     \
    ".long 661b - ., 663f - .\n\t.4byte " __stringify(                                             \
        ft_flags) "\n\t"                                                                           \
                  ".popsection\n"                                                                  \
                  ".pushsection .altinstr_replacement, \"ax\"\n"                                   \
                  "663:\n\t" newinstr "\n"                                                         \
                  ".popsection\n"

#endif
