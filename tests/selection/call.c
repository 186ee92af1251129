/* SPDX-License-Identifier: MIT */
/* Calls a dispatcher, included as DISPATCH: rax and rdi of each call are arguments. */
#include <stdio.h>
#include <stdlib.h>

#include DISPATCH

int main(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        struct cpu_user_regs regs = { .rax = strtoull(argv[i], NULL, 0),
                                      .rdi = strtoull(argv[i + 1], NULL, 0) };

        fastabi_hypercall(&regs);
        printf("%lld\n", (long long)regs.rax);
    }
    return 0;
}
