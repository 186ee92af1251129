/* SPDX-License-Identifier: MIT */
/* Calls from where FastABI must not be reachable: ring 3, and 32-bit code in rings 0 and 3. */
#include "boot/callee-saved.h"
#include "boot/segments.h"

    .text
    /*
     * user_call(struct registers *, selector, entry): go to ring 3 at the entry; it comes back by
     * int 0x80, whose handler goes on at user_back.
     */
    .globl user_call
user_call:
    push_callee_saved
    movq %rsp, user_saved
    pushq $USER_DATA
    pushq $user_stack_end
    pushfq
    pushq %rsi
    pushq %rdx
    iretq
    .globl user_back
user_back:
    movl $DATA64, %eax
    movl %eax, %ds
    movl %eax, %es
    pop_callee_saved
    ret

    .globl user_entry
user_entry:
    call registers_call
    int $0x80

    /* Ring 0, 32-bit: call32(eax, edi) returns eax. */
    .globl call32
call32:
    pushq %rbx
    movl %edi, %eax
    movl %esi, %edi
    pushq $CODE32
    pushq $1f
    lretq
    .code32
1:  call transfer32
    ljmp $CODE64, $2f
    .code64
2:  popq %rbx
    ret

    .code32
transfer32:
    cmpb $0, xen_uses_vmmcall
    jne 1f
    vmcall
    ret
1:  vmmcall
    ret

    /* Ring 3, 32-bit: edi is the struct registers, of which rax and rdi matter. */
    .globl user_entry32
user_entry32:
    movl $USER_DATA, %eax
    movl %eax, %ds
    movl 0(%edi), %eax
    pushl %edi
    movl 56(%edi), %edi
    call transfer32
    popl %edi
    movl %eax, 0(%edi)
    movl $0, 4(%edi)
    int $0x80
    .code64

    .bss
    .globl user_saved
user_saved: .quad 0
    .align 16
user_stack: .skip 8192
user_stack_end:

    .section .note.GNU-stack, "", @progbits
