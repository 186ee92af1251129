/* SPDX-License-Identifier: MIT */
/* The registers that a function has to keep, for the assembly of tests; must not know a test. */
/* clang-format off */ /* it is assembly, and has no punctuation to tell statements by */
    .macro push_callee_saved
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    .endm

    .macro pop_callee_saved
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    .endm
