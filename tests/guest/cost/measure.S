/* SPDX-License-Identifier: MIT */
/*
 * uint64_t measure_NAME(struct registers *): load the registers of both ABIs, take the time, make
 * the call, take the time again; the registers come back in the struct.  What lies between is the
 * same for all; measure_nothing makes no call and says how much that is.  Must not know what is
 * called.
 */
#include "boot/callee-saved.h"

    .text

    /* rbx, rbp, r13, r14 and r15 are no registers of a hypercall, and are kept by it. */
    .macro measure name, instruction:vararg
    .balign 64
    .globl \name
\name:
    push_callee_saved
    movq %rdi, %rbx
    movq 0(%rbx), %r13
    movq 16(%rbx), %r14
    movq 48(%rbx), %rsi
    movq 56(%rbx), %rdi
    movq 64(%rbx), %r8
    movq 72(%rbx), %r9
    movq 80(%rbx), %r10
    movq 88(%rbx), %r11
    movq 96(%rbx), %r12
    rdtsc
    shlq $32, %rdx
    leaq (%rdx, %rax), %rbp
    movq %r13, %rax
    movq %r14, %rdx
    \instruction
    movq %rax, %r13
    movq %rdx, %r14
    rdtsc
    shlq $32, %rdx
    orq %rdx, %rax
    subq %rbp, %rax
    movq %r13, 0(%rbx)
    movq %r14, 16(%rbx)
    movq %rsi, 48(%rbx)
    movq %rdi, 56(%rbx)
    movq %r8, 64(%rbx)
    movq %r9, 72(%rbx)
    movq %r10, 80(%rbx)
    movq %r11, 88(%rbx)
    movq %r12, 96(%rbx)
    pop_callee_saved
    ret
    .endm

    measure measure_vmcall, vmcall
    measure measure_vmmcall, vmmcall
    measure measure_nothing

    .section .note.GNU-stack, "", @progbits
