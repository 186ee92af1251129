/* SPDX-License-Identifier: MIT */
/*
 * registers_call(struct registers *): load every general register but rsp, the flags, xmm and
 * mxcsr; make the hypercall; store all of them again.  Must not know what is called.
 */
#include "boot/callee-saved.h"

#define FLAGS 128
#define MXCSR 136
#define XMM   152
#define FLAGS_GIVEN 0xcd5

    .text
    .globl registers_call
registers_call:
    push_callee_saved
    subq $8, %rsp
    stmxcsr (%rsp)
    pushq %rdi

    ldmxcsr MXCSR(%rdi)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups XMM + 16 * \n(%rdi), %xmm\n
    .endr
    /* Flags: those that are given, the others as they are. */
    pushfq
    popq %rax
    andq $~FLAGS_GIVEN, %rax
    movq FLAGS(%rdi), %rcx
    andq $FLAGS_GIVEN, %rcx
    orq %rcx, %rax
    pushq %rax
    movq 0(%rdi), %rax
    movq 8(%rdi), %rcx
    movq 16(%rdi), %rdx
    movq 24(%rdi), %rbx
    movq 40(%rdi), %rbp
    movq 48(%rdi), %rsi
    movq 64(%rdi), %r8
    movq 72(%rdi), %r9
    movq 80(%rdi), %r10
    movq 88(%rdi), %r11
    movq 96(%rdi), %r12
    movq 104(%rdi), %r13
    movq 112(%rdi), %r14
    movq 120(%rdi), %r15
    movq 56(%rdi), %rdi
    cmpb $0, xen_uses_vmmcall
    jne 1f
    popfq
    .globl registers_vmcall
registers_vmcall:
    vmcall
    jmp 2f
1:  popfq
    .globl registers_vmmcall
registers_vmmcall:
    vmmcall
2:
    pushfq
    pushq %rdi
    movq 16(%rsp), %rdi
    movq %rax, 0(%rdi)
    movq %rcx, 8(%rdi)
    movq %rdx, 16(%rdi)
    movq %rbx, 24(%rdi)
    movq %rbp, 40(%rdi)
    movq %rsi, 48(%rdi)
    movq %r8, 64(%rdi)
    movq %r9, 72(%rdi)
    movq %r10, 80(%rdi)
    movq %r11, 88(%rdi)
    movq %r12, 96(%rdi)
    movq %r13, 104(%rdi)
    movq %r14, 112(%rdi)
    movq %r15, 120(%rdi)
    popq %rax
    movq %rax, 56(%rdi)
    popq %rax
    movq %rax, FLAGS(%rdi)
    stmxcsr MXCSR(%rdi)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups %xmm\n, XMM + 16 * \n(%rdi)
    .endr
    cld

    addq $8, %rsp
    ldmxcsr (%rsp)
    addq $8, %rsp
    pop_callee_saved
    ret

    .section .note.GNU-stack, "", @progbits
