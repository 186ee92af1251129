/* SPDX-License-Identifier: MIT */
/*
 * How a PVH guest comes up: from 32-bit flat mode with ebx = start info (the entry that the ELF
 * note names) to 64-bit mode with everything below 4 GiB mapped at its own address; also where
 * other vCPUs and interrupts enter.  Must not know what the guest does.
 */
#include "segments.h"

#define CR0_PE      0x00000001
#define CR0_MP      0x00000002
#define CR0_ET      0x00000010
#define CR0_NE      0x00000020
#define CR0_WP      0x00010000
#define CR0_PG      0x80000000
#define CR4_PAE     0x00000020
#define CR4_OSFXSR  0x00000200
#define CR4_OSXMM   0x00000400
#define MSR_EFER    0xc0000080
#define EFER_LME    0x00000100
#define MAP_TABLE   0x007       /* present, writable, user */
#define MAP_LARGE   0x087       /* ... and 2 MiB */
#define MAP_DEVICE  0x018       /* not cached: the last GiB, where the local APIC is */
#define LARGE_PAGE  0x200000

    /* XEN_ELFNOTE_PHYS32_ENTRY: start here, in 32-bit mode, without paging. */
    .section .note.Xen, "a", @note
    .align 4
    .long 4, 4, 18
    .asciz "Xen"
    .long start32

    .section .text.start, "ax", @progbits
    .code32
    .globl start32
start32:
    cli
    cld
    movl %ebx, %ebp

    /* A loader need not have done it. */
    xorl %eax, %eax
    movl $bss_start, %edi
    movl $bss_end, %ecx
    subl %edi, %ecx
    rep stosb

    /* Four tables of 512 large pages each: 4 GiB. */
    movl $(page_directories + MAP_TABLE), %eax
    movl $page_directory_pointers, %edi
    movl $4, %ecx
1:  movl %eax, (%edi)
    addl $4096, %eax
    addl $8, %edi
    loop 1b
    movl $(page_directory_pointers + MAP_TABLE), page_map

    movl $MAP_LARGE, %eax
    movl $page_directories, %edi
    movl $2048, %ecx
2:  cmpl $512, %ecx
    jne 3f
    orl $MAP_DEVICE, %eax
3:  movl %eax, (%edi)
    addl $LARGE_PAGE, %eax
    addl $8, %edi
    loop 2b

    movl $(CR4_PAE | CR4_OSFXSR | CR4_OSXMM), %eax
    movl %eax, %cr4
    movl $page_map, %eax
    movl %eax, %cr3
    movl $MSR_EFER, %ecx
    rdmsr
    orl $EFER_LME, %eax
    wrmsr
    movl $(CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE), %eax
    movl %eax, %cr0
    lgdt gdt_pointer
    ljmp $CODE64, $start64

    .code64
start64:
    movl $boot_stack_end, %esp
    movl %ebp, %edi                 /* the start info */
    xorl %ebp, %ebp
    call cpu_set_segments
    call guest_start
1:  hlt
    jmp 1b

    /* Another vCPU starts here, in 64-bit mode, its stack set; rbx: struct cpu. */
    .globl start_other
start_other:
    lgdt gdt_pointer
    pushq $CODE64
    pushq $1f
    lretq
1:  call cpu_set_segments
    xorl %ebp, %ebp
    movq %rbx, %rdi
    call cpu_start
1:  hlt
    jmp 1b

cpu_set_segments:
    movl $DATA64, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %fs
    movl %eax, %gs
    ret

    /*
     * One entry a vector, 16 bytes apart: some exceptions push an error code, all others get a
     * zero, then the vector.
     */
    .text
    .align 16
    .globl trap_entries
trap_entries:
    .set vector, 0
    .rept 256
    .align 16
    .if !((1 << (vector & 31)) & 0x60227d00 && vector < 32)
    pushq $0
    .endif
    pushq $vector
    jmp trap_common
    .set vector, vector + 1
    .endr

    /* struct trap_frame of runtime.h, from below. */
trap_common:
    pushq %r15
    pushq %r14
    pushq %r13
    pushq %r12
    pushq %r11
    pushq %r10
    pushq %r9
    pushq %r8
    pushq %rbp
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %rbx
    pushq %rax
    cld
    movq %rsp, %rdi
    movq %rsp, %rbx
    andq $-16, %rsp
    call trap_handle
    movq %rbx, %rsp
    popq %rax
    popq %rbx
    popq %rcx
    popq %rdx
    popq %rsi
    popq %rdi
    popq %rbp
    popq %r8
    popq %r9
    popq %r10
    popq %r11
    popq %r12
    popq %r13
    popq %r14
    popq %r15
    addq $16, %rsp
    iretq

    .data
    .align 16
    .globl gdt
gdt:
    .quad 0
    .quad 0x00af9b000000ffff        /* CODE64 */
    .quad 0x00cf93000000ffff        /* DATA64 */
    .quad 0x00cf9b000000ffff        /* CODE32: ring 0, 32-bit */
    .quad 0x00cffb000000ffff        /* USER_CODE32 */
    .quad 0x00cff3000000ffff        /* USER_DATA */
    .quad 0x00affb000000ffff        /* USER_CODE64 */
    .fill 2 * MAX_CPUS, 8, 0        /* a task state segment for each vCPU, filled in by cpu.c */
gdt_end:
    .globl gdt_pointer
gdt_pointer:
    .word gdt_end - gdt - 1
    .quad gdt

    .bss
    .align 4096
    .globl page_map
page_map:                .skip 4096
page_directory_pointers: .skip 4096
page_directories:        .skip 4 * 4096
boot_stack:              .skip 32768
boot_stack_end:

    .section .note.GNU-stack, "", @progbits
