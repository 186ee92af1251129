/* SPDX-License-Identifier: MIT */
/* See call.h.  Interrupts may come at any time, so the stack pointer is real at the call. */
#include "boot/callee-saved.h"
#include "call.h"

    .text
    .globl call_registers
call_registers:
    push_callee_saved
    pushq %rsi
    /* The other flags as they are. */
    pushfq
    popq %rax
    andq $~FLAGS_MASK, %rax
    movq 8*IN_FLAGS(%rdi), %rcx
    andq $FLAGS_MASK, %rcx
    orq %rcx, %rax
    movq %rsp, 8*IN_RSP(%rdi)
    pushq %rax
    movq 8*IN_RSI(%rdi), %rsi
    movq 8*IN_R8(%rdi), %r8
    movq 8*IN_R9(%rdi), %r9
    movq 8*IN_R10(%rdi), %r10
    movq 8*IN_R11(%rdi), %r11
    movq 8*IN_R12(%rdi), %r12
    movq 8*IN_RBX(%rdi), %rbx
    movq 8*IN_RCX(%rdi), %rcx
    movq 8*IN_RDX(%rdi), %rdx
    movq 8*IN_RBP(%rdi), %rbp
    movq 8*IN_R13(%rdi), %r13
    movq 8*IN_R14(%rdi), %r14
    movq 8*IN_R15(%rdi), %r15
    movq 8*IN_RAX(%rdi), %rax
    movq 8*IN_RDI(%rdi), %rdi
    cmpb $0, xen_uses_vmmcall
    je 1f
    popfq
    vmmcall
    jmp 2f
1:  popfq
    vmcall
2:  pushfq
    cli
    cld
    pushq %rdi
    movq 16(%rsp), %rdi
    movq %rax, 8*IN_RAX(%rdi)
    popq %rax
    movq %rax, 8*IN_RDI(%rdi)
    popq %rax
    movq %rax, 8*IN_FLAGS(%rdi)
    movq %rsp, 8*IN_RSP(%rdi)
    movq %rsi, 8*IN_RSI(%rdi)
    movq %r8, 8*IN_R8(%rdi)
    movq %r9, 8*IN_R9(%rdi)
    movq %r10, 8*IN_R10(%rdi)
    movq %r11, 8*IN_R11(%rdi)
    movq %r12, 8*IN_R12(%rdi)
    movq %rbx, 8*IN_RBX(%rdi)
    movq %rcx, 8*IN_RCX(%rdi)
    movq %rdx, 8*IN_RDX(%rdi)
    movq %rbp, 8*IN_RBP(%rdi)
    movq %r13, 8*IN_R13(%rdi)
    movq %r14, 8*IN_R14(%rdi)
    movq %r15, 8*IN_R15(%rdi)
    popq %rsi
    pop_callee_saved
    ret

    /*
     * void vectors_store(void *area), vectors_load(const void *area): 512 bytes, xmm and mxcsr
     * included.
     */
    .globl vectors_store, vectors_load
vectors_store:
    fxsave64 (%rdi)
    ret
vectors_load:
    fxrstor64 (%rdi)
    ret

    /* Where a vCPU comes up that a random call started: it stops at once, interrupts being off. */
    .globl stray_vcpu
stray_vcpu:
    cli
    hlt
    jmp stray_vcpu

    /* Whatever vector brought it here, no error code is on the stack: it was an interrupt. */
    .globl ignore_interrupt, ignore_nmi
ignore_interrupt:
    pushq %rax
    movl $0xfee000b0, %eax
    movl $0, (%rax)
    popq %rax
ignore_nmi:
    iretq

    .section .note.GNU-stack, "", @progbits
