/* SPDX-License-Identifier: MIT */
/*
 * Instrumentation entry points that overwrite every register a callee may, and the trampoline that
 * plants canaries in those it may not.  Must not know the stubs: whatever a compiler calls lands
 * here.
 */
#include "../guest/boot/callee-saved.h"

        .text

/* An ordinary function that spoils all it is allowed to, flags included. */
.macro hook name:vararg
        .irp n, \name
        .globl \n
\n:
        .endr
        jmp     spoil
.endm

spoil:
        movabs  $0xdead0001dead0001, %rax
        movabs  $0xdead0002dead0002, %rcx
        movabs  $0xdead0003dead0003, %rdx
        movabs  $0xdead0004dead0004, %rsi
        movabs  $0xdead0005dead0005, %rdi
        movabs  $0xdead0006dead0006, %r8
        movabs  $0xdead0007dead0007, %r9
        movabs  $0xdead0008dead0008, %r10
        movabs  $0xdead0009dead0009, %r11
        xorl    %eax, %eax
        decq    %rax
        incq    hook_calls(%rip)
        ret

.irp size, 1, 2, 4, 8, 16, N
        hook __asan_load\size, __asan_load\size\()_noabort
        hook __asan_store\size, __asan_store\size\()_noabort
        hook __asan_report_load\size, __asan_report_load\size\()_noabort
.endr
        hook __asan_handle_no_return

.irp size, 1, 2, 4, 8, 16
        hook __tsan_read\size, __tsan_write\size, __tsan_read_write\size
        hook __tsan_unaligned_read\size, __tsan_unaligned_write\size, __tsan_unaligned_read_write\size
        hook __tsan_volatile_read\size, __tsan_volatile_write\size
        hook __tsan_unaligned_volatile_read\size, __tsan_unaligned_volatile_write\size
.endr
        hook __tsan_func_entry, __tsan_func_exit, __tsan_init
        hook __tsan_read_range, __tsan_write_range

        hook __sanitizer_cov_trace_pc
.irp size, 1, 2, 4, 8
        hook __sanitizer_cov_trace_cmp\size, __sanitizer_cov_trace_const_cmp\size
.endr
        hook __sanitizer_cov_trace_switch

        hook __cyg_profile_func_enter, __cyg_profile_func_exit

/* Called with arguments still in their registers: these keep everything but r11. */
        .globl  mcount, _mcount, __fentry__
mcount:
_mcount:
__fentry__:
        movabs  $0xdead000adead000a, %r11
        incq    hook_calls(%rip)
        ret

/* Reports: nothing a wrapper does may be undefined. */
.macro report name:vararg
        .irp n, \name
        .globl \n
\n:
        .endr
        leaq    9f(%rip), %rdi
        jmp     harness_report
        .section .rodata
9:      .asciz  "\name"
        .text
.endm
        report __ubsan_handle_type_mismatch_v1
        report __ubsan_handle_pointer_overflow
        report __ubsan_handle_load_invalid_value
        report __ubsan_handle_out_of_bounds
        report __ubsan_handle_shift_out_of_bounds
        report __ubsan_handle_add_overflow
        report __ubsan_handle_sub_overflow
        report __ubsan_handle_negate_overflow
        report __ubsan_handle_builtin_unreachable
        report __ubsan_handle_nonnull_arg
        report __ubsan_handle_function_type_mismatch

/*
 * unsigned trampoline(void (*wrapper)(struct call *), struct call *call): bit n of the
 * result says that the n-th callee-saved register did not come back (rbx rbp r12 r13 r14 r15, rsp).
 */
        .globl  trampoline
        .type   trampoline, @function
trampoline:
        push_callee_saved
        subq    $8, %rsp
        movq    %rsp, saved_rsp(%rip)
        movq    %rdi, %rax
        movq    %rsi, %rdi
        movabs  $0xca11ee0001ca11ee, %rbx
        movabs  $0xca11ee0002ca11ee, %rbp
        movabs  $0xca11ee0003ca11ee, %r12
        movabs  $0xca11ee0004ca11ee, %r13
        movabs  $0xca11ee0005ca11ee, %r14
        movabs  $0xca11ee0006ca11ee, %r15
        call    *%rax
        xorl    %eax, %eax
        .set    bit, 1
.macro check reg value
        movabs  $\value, %rcx
        cmpq    %rcx, \reg
        je      1f
        orl     $bit, %eax
1:
        .set    bit, bit * 2
.endm
        check   %rbx 0xca11ee0001ca11ee
        check   %rbp 0xca11ee0002ca11ee
        check   %r12 0xca11ee0003ca11ee
        check   %r13 0xca11ee0004ca11ee
        check   %r14 0xca11ee0005ca11ee
        check   %r15 0xca11ee0006ca11ee
        cmpq    saved_rsp(%rip), %rsp
        je      1f
        orl     $bit, %eax
        movq    saved_rsp(%rip), %rsp
1:
        addq    $8, %rsp
        pop_callee_saved
        ret
        .size   trampoline, . - trampoline

        .local  saved_rsp
        .comm   saved_rsp, 8, 8
        .globl  hook_calls
        .comm   hook_calls, 8, 8
        .section .note.GNU-stack, "", @progbits
