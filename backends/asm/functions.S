/* SPDX-License-Identifier: MIT */
/* Macros of the functions: what a debugger (ELF) or Windows' unwinder (COFF) has to know. */
#ifndef XEN_FASTABI_FUNCTIONS_S
#define XEN_FASTABI_FUNCTIONS_S

#if !defined(__x86_64__) || defined(__ILP32__)
# error "FastABI is for x86-64 guests"
#elif defined(__MACH__)
# error "these functions are for ELF and COFF"
#endif

/* What each function starts with, for indirect branch tracking. */
#ifndef XEN_FASTABI_ENDBR
# if defined(__CET__) && (__CET__ & 1)
#  define XEN_FASTABI_ENDBR endbr64
# else
#  define XEN_FASTABI_ENDBR
# endif
#endif

/* Flags of section xen_fastabi_sites; "a?" for GNU as before 2.36 and LLVM before 13. */
#ifndef XEN_FASTABI_SITES_FLAGS
# define XEN_FASTABI_SITES_FLAGS "aR?"
#endif

.macro xen_fastabi_fn_begin name
    .globl \name
    .balign 16
#ifdef __ELF__
    .type \name, @function
\name:
    .cfi_startproc
#else
    .def \name
    .scl 2
    .type 32
    .endef
    .seh_proc \name
\name:
#endif
    XEN_FASTABI_ENDBR
.endm

/* A register of the caller. */
.macro xen_fastabi_fn_save register
    push \register
#ifdef __ELF__
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \register, 0
#else
    .seh_pushreg \register
#endif
.endm

/* An argument. */
.macro xen_fastabi_fn_keep register
    push \register
#ifdef __ELF__
    .cfi_adjust_cfa_offset 8
#else
    .seh_stackalloc 8
#endif
.endm

.macro xen_fastabi_fn_body
#ifndef __ELF__
    .seh_endprologue
#endif
.endm

/* Arguments that were kept. */
.macro xen_fastabi_fn_release bytes
    add $\bytes, %rsp
#ifdef __ELF__
    .cfi_adjust_cfa_offset -\bytes
#endif
.endm

.macro xen_fastabi_fn_restore register
    pop \register
#ifdef __ELF__
    .cfi_adjust_cfa_offset -8
    .cfi_restore \register
#endif
.endm

.macro xen_fastabi_fn_end name
    ret
#ifdef __ELF__
    .cfi_endproc
    .size \name, . - \name
#else
    .seh_endproc
#endif
.endm

/* Constants of 64 bits. */
.macro xen_fastabi_fn_numbers
#ifdef __ELF__
    .section .rodata, "a", @progbits
#else
    .section .rdata, "dr"
#endif
    .balign 8
.endm

/* vmmcall, its place recorded for xen_fastabi_patch() of the C header fastabi.h. */
.macro xen_fastabi_fn_site
#ifdef __ELF__
.Lxen_fastabi_fn_site_\@:
    vmmcall
    .pushsection xen_fastabi_sites, XEN_FASTABI_SITES_FLAGS, @progbits
    .balign 4
    .long .Lxen_fastabi_fn_site_\@ - .
    .popsection
#else
    .error "transfer=patch is for ELF; use vmcall, vmmcall or macro"
#endif
.endm

#ifdef __ELF__
    .section .note.GNU-stack, "", @progbits
# ifdef __CET__
    .section .note.gnu.property, "a", @note
    .balign 8
    .long 4, 16, 5
    .asciz "GNU"
    .long 0xc0000002, 4, __CET__ & 3, 0
# endif
#endif
#endif /* XEN_FASTABI_FUNCTIONS_S */

    .text
