/* SPDX-License-Identifier: MIT */
/*
 * Calls that see whether a function keeps what its calling convention says: checked_sysv and
 * checked_microsoft call checked_target with their own arguments.  Must not know the function.
 */
        .section .rodata
        .balign 16
canary: .quad   0xca11ee0a5afec0de, 0xca11ee0b5afec0de
        .text

.macro lost what
        leaq    9f(%rip), %rax
        jne     failed
        .section .rodata
9:      .asciz  "a function that does not keep \what"
        .text
.endm

/* Another value for each register. */
        .set    number, 0
        .irp r, rbx, rbp, rdi, rsi, r12, r13, r14, r15
        .set    number_\r, number
        .set    number, number + 1
        .endr

.macro plant registers:vararg
        .irp r, \registers
        movq    canary(%rip), %\r
        addq    $number_\r, %\r
        .endr
.endm

.macro check registers:vararg
        .irp r, \registers
        movq    canary(%rip), %rcx
        addq    $number_\r, %rcx
        cmpq    %rcx, %\r
        lost    \r
        .endr
.endm

/* The first "registers" are saved with rbp; "slots" of 8 bytes at the caller's stack are copied. */
.macro checked name, slots, numbers:vararg
        .globl  \name
        .type   \name, @function
\name:
        push    %rbp
        movq    %rsp, %rbp
        .irp r, rbx, rdi, rsi, r12, r13, r14, r15
        push    %\r
        .endr
        subq    $168, %rsp
        .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movups  %xmm\n, 16 * (\n - 6)(%rsp)
        .endr
        movq    %rsp, frame(%rip)
        subq    $8 * \slots, %rsp
        .set    slot, 0
        .rept   \slots
        movq    16 + slot(%rbp), %rax
        movq    %rax, slot(%rsp)
        .set    slot, slot + 8
        .endr
        movq    $0x5eed5eed, %rax
        movq    %rax, %r10
        movq    %rax, %r11
        plant   rbx, rbp, r12, r13, r14, r15
        .ifnb   \numbers
        plant   rdi, rsi
        .irp n, \numbers
        movups  canary(%rip), %xmm\n
        .endr
        .endif
        call    *checked_target(%rip)
        movq    %rax, result(%rip)
        leaq    8 * \slots(%rsp), %rax
        cmpq    frame(%rip), %rax
        lost    rsp
        check   rbx, rbp, r12, r13, r14, r15
        .ifnb   \numbers
        check   rdi, rsi
        .irp n, \numbers
        pcmpeqb canary(%rip), %xmm\n
        pmovmskb %xmm\n, %ecx
        cmpl    $0xffff, %ecx
        lost    xmm\n
        .endr
        .endif
        pushfq
        popq    %rcx
        testl   $0x400, %ecx
        lost    "the direction flag"
        movq    frame(%rip), %rsp
        .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movups  16 * (\n - 6)(%rsp), %xmm\n
        .endr
        addq    $168, %rsp
        .irp r, r15, r14, r13, r12, rsi, rdi, rbx, rbp
        pop     %\r
        .endr
        movq    result(%rip), %rax
        ret
        .size   \name, . - \name
.endm

        checked checked_sysv, 8
        checked checked_microsoft, 14, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15

failed: cld
        movq    frame(%rip), %rsp
        movq    %rax, %rdi
        call    harness_report

        .local  frame, result
        .comm   frame, 8, 8
        .comm   result, 8, 8
        .globl  checked_target
        .comm   checked_target, 8, 8
        .section .note.GNU-stack, "", @progbits
