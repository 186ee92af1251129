/* SPDX-License-Identifier: MIT */
/*
 * Callers as they are written by hand.  The RFC's author has Rust code that names rsi as the place
 * of a u16, and an optimising compiler then leaves the other 48 bits as they were; a u32 is often
 * the low half of a register that holds more.  Here registers are loaded in that way, without the
 * help of any stub.
 */
    .text

    .macro transfer
    cmpb $0, xen_uses_vmmcall
    jne 1f
    vmcall
    jmp 2f
1:  vmmcall
2:
    .endm

    /* rsi: what was in it before, but for the 16 bits of the value. */
    .macro load_u16 before, value
    movq %rsi, %rax
    movq \before, %rsi
    movw \value, %si
    .endm

    /*
     * long caller_get_param(uint64_t before, uint16_t domid, uint64_t wide, uint64_t *value):
     * hvm_op (34), get_param (1).  The index is the low half of WIDE.
     */
    .globl caller_get_param
caller_get_param:
    pushq %rcx
    load_u16 %rdi, %ax
    movq %rdx, %r8
    movl $1, %edi
    movl $0x40000022, %eax
    transfer
    popq %rcx
    testq %rax, %rax
    js 3f
    movq %r9, (%rcx)
3:  ret

    /*
     * long caller_alloc_unbound(uint64_t before, uint16_t dom, uint64_t wide, uint64_t *port):
     * event_channel_op (32), alloc_unbound (6).  The other domain is the low 16 bits of WIDE.
     */
    .globl caller_alloc_unbound
caller_alloc_unbound:
    pushq %rcx
    load_u16 %rdi, %ax
    movq %rdx, %r8
    movl $6, %edi
    movl $0x40000020, %eax
    transfer
    popq %rcx
    testq %rax, %rax
    js 3f
    movq %r9, (%rcx)
3:  ret

    /* long caller_close(uint64_t wide): event_channel_op, close (3), of the low half of WIDE. */
    .globl caller_close
caller_close:
    movq %rdi, %rsi
    movl $3, %edi
    movl $0x40000020, %eax
    transfer
    ret

    .section .note.GNU-stack, "", @progbits
