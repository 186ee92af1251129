/* SPDX-License-Identifier: MIT */
/*
 * Xen FastABI for x86-64 guests, for GNU as in AT&T syntax through the C preprocessor: what the macros of
 * fastabi/<name>.S.h have in common.  Empty when included from C.
 *
 * XEN_FASTABI_TRANSFER is the includer's: what makes the call.  It is vmcall, vmmcall, the macro
 * xen_fastabi_patchable, or a macro of the includer's own, which must leave every register alone that the hypervisor
 * leaves alone.
 *
 * An operand of xen_hypercall_<name>_<operation> is
 *     %ebx, %r9w, ...       a register: its low part if it is wider than the parameter, extended if it is narrower
 *     $5, $(1 << 3), $name  a constant; it must fit the parameter
 *     "8(%rbx,%rcx,4)"      memory of the parameter's size, in quotes if there is a comma or a blank
 *     nothing               the caller has put the value, extended to 64 bits, where it belongs
 * Operands are read before anything is overwritten, in whatever registers they are: the macro orders its moves, and
 * where it cannot it stops with a message.  Apart from rax, rdi and the registers of the operands given, nothing is
 * changed before the call, flags included.  Not for .altmacro or .intel_syntax.
 */
#ifndef XEN_FASTABI_S_H
#define XEN_FASTABI_S_H
#ifdef __ASSEMBLER__

#ifndef __x86_64__
# error "FastABI is for x86-64 guests"
#endif

#define XEN_FASTABI_MASK 0x40000000

/* EAX bit of the Xen CPUID leaf base + 4. */
#ifndef XEN_HVM_CPUID_FASTABI
# define XEN_HVM_CPUID_FASTABI (1 << 7)
#endif

/* Bit n of a mask stands for register n. */
#define XEN_FASTABI_REG0 %rax
#define XEN_FASTABI_REG1 %rdi
#define XEN_FASTABI_REG2 %rsi
#define XEN_FASTABI_REG3 %r8
#define XEN_FASTABI_REG4 %r9
#define XEN_FASTABI_REG5 %r10
#define XEN_FASTABI_REG6 %r11
#define XEN_FASTABI_REG7 %r12

/* Who can make a call, by the hypervisor's own checks: the value of XEN_FASTABI_CLASS_<operation>. */
#define XEN_FASTABI_CALLER_ANY 1
#define XEN_FASTABI_CALLER_DEVICE_MODEL 2
#define XEN_FASTABI_CALLER_CONTROL 3
#define XEN_FASTABI_CALLER_HARDWARE 4

/*
 * Flags of section xen_fastabi_sites. R keeps it, and the code that it names, through a linker's
 * --gc-sections. GNU as before 2.36 does not know R: define this as "a?" for it, and let the linker script KEEP
 * the section.
 */
#ifndef XEN_FASTABI_SITES_FLAGS
# define XEN_FASTABI_SITES_FLAGS "aR?"
#endif

/*
 * vmmcall, its place recorded in section xen_fastabi_sites as a 32-bit offset from the entry: for
 * xen_fastabi_patch() of the C header fastabi.h.
 */
.macro xen_fastabi_patchable
.Lxen_fastabi_site_\@:
    vmmcall
    .pushsection xen_fastabi_sites,XEN_FASTABI_SITES_FLAGS,@progbits
    .balign 4
    .long .Lxen_fastabi_site_\@ - .
    .popsection
.endm

/* The assembler of LLVM cannot take operands apart.  It gets one message, and a macro that does nothing. */
.ifndef .gasversion.
.error "the FastABI macros need GNU as: with clang, use -fno-integrated-as"
.macro _xen_fastabi_operands rdi, rdi_from, rsi, rsi_from, r8, r8_from, r9, r9_from, r10, r10_from, r11, r11_from, \
                             r12, r12_from
.endm
.else

/*
 * ---- The rest is not for direct use ----
 *
 * The assembler has numbers that change (.set) but no text that does, and no tables.  Here a table is a set of symbols with
 * what is looked up in their names: ".Lxen_fastabi_register %r8d".  They are local and leave no trace in the object.
 *
 * Registers are numbered: 0 to 7 those of the ABI, then the others.  A table entry is the number, and the width in
 * bits times 256; 31 stands for what may be in an address and is never set here.
 */
.macro _xen_fastabi_rows then, arguments:vararg
    \then 0, rax, eax, ax, al, \arguments
    \then 1, rdi, edi, di, dil, \arguments
    \then 2, rsi, esi, si, sil, \arguments
    \then 3, r8, r8d, r8w, r8b, \arguments
    \then 4, r9, r9d, r9w, r9b, \arguments
    \then 5, r10, r10d, r10w, r10b, \arguments
    \then 6, r11, r11d, r11w, r11b, \arguments
    \then 7, r12, r12d, r12w, r12b, \arguments
    \then 8, rcx, ecx, cx, cl, \arguments
    \then 9, rdx, edx, dx, dl, \arguments
    \then 10, rbx, ebx, bx, bl, \arguments
    \then 11, rsp, esp, sp, spl, \arguments
    \then 12, rbp, ebp, bp, bpl, \arguments
    \then 13, r13, r13d, r13w, r13b, \arguments
    \then 14, r14, r14d, r14w, r14b, \arguments
    \then 15, r15, r15d, r15w, r15b, \arguments
.endm

.macro _xen_fastabi_define_register number, q, d, w, b
    .set ".Lxen_fastabi_register %\q", \number + 64 * 256
    .set ".Lxen_fastabi_register %\d", \number + 32 * 256
    .set ".Lxen_fastabi_register %\w", \number + 16 * 256
    .set ".Lxen_fastabi_register %\b", \number + 8 * 256
.endm
_xen_fastabi_rows _xen_fastabi_define_register
.irp name, rip, eip, cs, ds, es, fs, gs, ss
    .set ".Lxen_fastabi_register %\name", 31
.endr

/* Types: bits, and 256 if signed. */
.irp bits, 8, 16, 32, 64
    .set .Lxen_fastabi_type_u\bits, \bits
    .set .Lxen_fastabi_type_i\bits, \bits + 256
.endr
.set .Lxen_fastabi_type_index, 0
.set .Lxen_fastabi_type_, 0

/* Characters of an operand: 1 letter, 2 digit, 3 dollar, 4 percent, 5 opening, 6 closing, 7 comma, 8 colon, 9 blank, 10 operator. */
.irpc c,"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_."
    .set ".Lxen_fastabi_char \c", 1
.endr
.irpc c,"0123456789"
    .set ".Lxen_fastabi_char \c", 2
.endr
.irpc c,"+-*/|&^~<>!=@"
    .set ".Lxen_fastabi_char \c", 10
.endr
.set ".Lxen_fastabi_char $", 3
.set ".Lxen_fastabi_char %", 4
.set ".Lxen_fastabi_char (", 5
.set ".Lxen_fastabi_char )", 6
.set ".Lxen_fastabi_char ,", 7
.set ".Lxen_fastabi_char :", 8
.set ".Lxen_fastabi_char  ", 9

/*
 * A text that grows is the body of a macro that is defined anew: "_xen_fastabi_text then, c" runs "then" with the
 * text and c behind it.
 */
.macro _xen_fastabi_store text
    .purgem _xen_fastabi_text
    .macro _xen_fastabi_text then, c
        \then "\text\()\c"
    .endm
.endm
.macro _xen_fastabi_text then, c
.endm

/* ---- What an operand is ---- */

.macro _xen_fastabi_refuse why
    .error "xen_hypercall: \why"
    .set .Lxen_fastabi_failed, 1
.endm

/* A register in an address has ended. */
.macro _xen_fastabi_address_register name
    .ifdef ".Lxen_fastabi_register %\name"
        .set .Lxen_fastabi_reads, .Lxen_fastabi_reads | 1 << (".Lxen_fastabi_register %\name" & 31)
    .else
        .set .Lxen_fastabi_doubt, 1
    .endif
    .set .Lxen_fastabi_in_name, 0
.endm

/*
 * One character of an address.  A name right behind a parenthesis or a comma might be a register in disguise (.set
 * name, %rsi).
 */
.macro _xen_fastabi_address_char c
    .if .Lxen_fastabi_in_name
        .if .Lxen_fastabi_class <= 2
            _xen_fastabi_text _xen_fastabi_store, "\c"
        .else
            _xen_fastabi_text _xen_fastabi_address_register
        .endif
    .elseif .Lxen_fastabi_class == 1 && (.Lxen_fastabi_last == 5 || .Lxen_fastabi_last == 7)
        .set .Lxen_fastabi_doubt, 1
    .endif
    .if .Lxen_fastabi_class == 4
        _xen_fastabi_store ""
        .set .Lxen_fastabi_in_name, 1
    .endif
    .if .Lxen_fastabi_class != 9
        .set .Lxen_fastabi_last, .Lxen_fastabi_class
    .endif
.endm

/* One character of a constant. */
.macro _xen_fastabi_constant_char c
    .if .Lxen_fastabi_class == 4 || .Lxen_fastabi_class == 7 || .Lxen_fastabi_class == 8
        .set .Lxen_fastabi_doubt, 1
    .else
        _xen_fastabi_text _xen_fastabi_store, "\c"
        .if .Lxen_fastabi_class == 1 && .Lxen_fastabi_last != 2 && .Lxen_fastabi_last != 1
            .set .Lxen_fastabi_symbols, 1
        .endif
        .set .Lxen_fastabi_last, .Lxen_fastabi_class
    .endif
.endm

/* Go through an operand that is no register: a constant if it starts with a dollar, else an address. */
.macro _xen_fastabi_scan from
    .set .Lxen_fastabi_reads, 0
    .set .Lxen_fastabi_symbols, 0
    .set .Lxen_fastabi_in_name, 0
    .set .Lxen_fastabi_constant, 0
    .set .Lxen_fastabi_last, 0
    .irpc c,"\from"
        .set .Lxen_fastabi_class, 0
        .ifdef ".Lxen_fastabi_char \c"
            .set .Lxen_fastabi_class, ".Lxen_fastabi_char \c"
        .endif
        .if .Lxen_fastabi_class == 0
            .set .Lxen_fastabi_doubt, 1
        .elseif .Lxen_fastabi_constant
            _xen_fastabi_constant_char "\c"
        .elseif .Lxen_fastabi_last == 0 && .Lxen_fastabi_class == 3
            .set .Lxen_fastabi_constant, 1
            .set .Lxen_fastabi_last, 3
            _xen_fastabi_store ""
        .else
            _xen_fastabi_address_char "\c"
        .endif
    .endr
    .if .Lxen_fastabi_in_name
        .set .Lxen_fastabi_doubt, 1
    .endif
    .if .Lxen_fastabi_reads == 0 && !.Lxen_fastabi_constant
        .set .Lxen_fastabi_doubt, 1
    .endif
.endm

/*
 * The value of a constant, as a parameter of fewer than 64 bits takes it.  The empty .if stops at a symbol that is not
 * known yet, and at a number of more than 64 bits.
 */
.macro _xen_fastabi_value text
    .if (\text)
    .endif
    .if (\text) < -(1 << (.Lxen_fastabi_bits - 1)) || (\text) >= 1 << .Lxen_fastabi_bits
        _xen_fastabi_refuse "constant \text does not fit the parameter"
    .endif
    .set .Lxen_fastabi_low, (\text) & ((1 << .Lxen_fastabi_bits) - 1)
    .if .Lxen_fastabi_signed
        .set .Lxen_fastabi_top, 1 << (.Lxen_fastabi_bits - 1)
        .set .Lxen_fastabi_low, (.Lxen_fastabi_low ^ .Lxen_fastabi_top) - .Lxen_fastabi_top
    .endif
.endm

/* A number of 64 bits: a value if that makes the instruction shorter. */
.macro _xen_fastabi_number text
    .if (\text)
    .endif
    .set .Lxen_fastabi_short, (\text) >= 0 && (\text) <= 0xffffffff
    .set .Lxen_fastabi_low, (\text)
.endm

/*
 * What is to be done for a register: kind 1 from a register, 2 a value, 3 another number, 4 a constant of 64 bits with
 * symbols, 5 from memory.
 */
.macro _xen_fastabi_plan number, kind, reads
    .set .Lxen_fastabi_kind_\number, \kind
    .set .Lxen_fastabi_reads_\number, \reads
    .set .Lxen_fastabi_bits_\number, .Lxen_fastabi_bits
    .set .Lxen_fastabi_signed_\number, .Lxen_fastabi_signed
    .set .Lxen_fastabi_pending, .Lxen_fastabi_pending | 1 << \number
.endm

.macro _xen_fastabi_from_register number
    .if .Lxen_fastabi_entry >> 8 == 0
        .set .Lxen_fastabi_doubt, 1
    .else
        .if .Lxen_fastabi_entry >> 8 < .Lxen_fastabi_bits
            .set .Lxen_fastabi_bits, .Lxen_fastabi_entry >> 8
        .endif
        .set .Lxen_fastabi_from_\number, .Lxen_fastabi_entry & 31
        .if .Lxen_fastabi_from_\number != \number || .Lxen_fastabi_bits != 64
            _xen_fastabi_plan \number, 1, 1 << .Lxen_fastabi_from_\number
        .endif
    .endif
.endm

.macro _xen_fastabi_from_constant number
    .set .Lxen_fastabi_short, 1
    .if .Lxen_fastabi_bits == 64 && .Lxen_fastabi_symbols
        .set .Lxen_fastabi_short, 0
    .elseif .Lxen_fastabi_bits == 64
        _xen_fastabi_text _xen_fastabi_number
    .else
        _xen_fastabi_text _xen_fastabi_value
    .endif
    .if .Lxen_fastabi_short
        .set .Lxen_fastabi_value_\number, .Lxen_fastabi_low
        _xen_fastabi_plan \number, 2, 0
    .else
        _xen_fastabi_plan \number, 3 + .Lxen_fastabi_symbols, 0
    .endif
.endm

.macro _xen_fastabi_operand number, type, from
    .set .Lxen_fastabi_bits, .Lxen_fastabi_type_\type & 255
    .set .Lxen_fastabi_signed, .Lxen_fastabi_type_\type >> 8
    .set .Lxen_fastabi_doubt, 0
    .irp what, kind_\number, reads_\number, bits_\number, signed_\number, from_\number, value_\number
        .set .Lxen_fastabi_\what, 0
    .endr
    .ifnb \from
        .ifdef ".Lxen_fastabi_register \from"
            .set .Lxen_fastabi_entry, ".Lxen_fastabi_register \from"
            _xen_fastabi_from_register \number
        .else
            _xen_fastabi_scan "\from"
            .if .Lxen_fastabi_doubt
            .elseif !.Lxen_fastabi_constant
                _xen_fastabi_plan \number, 5, .Lxen_fastabi_reads
            .else
                _xen_fastabi_from_constant \number
            .endif
        .endif
        .if .Lxen_fastabi_doubt
            _xen_fastabi_refuse "\from is no register, constant or memory operand that this macro understands"
        .endif
    .endif
.endm

/* ---- Moves ---- */

/* From the register whose number is .Lxen_fastabi_source, by the type. */
.macro _xen_fastabi_move_if number, q, d, w, b, to_q, to_d
    .if .Lxen_fastabi_source == \number
        .if .Lxen_fastabi_bits == 64
            movq %\q, %\to_q
        .elseif .Lxen_fastabi_bits == 32 && !.Lxen_fastabi_signed
            movl %\d, %\to_d
        .elseif .Lxen_fastabi_bits == 32
            movslq %\d, %\to_q
        .elseif .Lxen_fastabi_bits == 16 && !.Lxen_fastabi_signed
            movzwl %\w, %\to_d
        .elseif .Lxen_fastabi_bits == 16
            movswq %\w, %\to_q
        .elseif !.Lxen_fastabi_signed
            movzbl %\b, %\to_d
        .else
            movsbq %\b, %\to_q
        .endif
    .endif
.endm

.macro _xen_fastabi_load from, to_q, to_d
    .if .Lxen_fastabi_bits == 64
        movq \from, %\to_q
    .elseif .Lxen_fastabi_bits == 32 && !.Lxen_fastabi_signed
        movl \from, %\to_d
    .elseif .Lxen_fastabi_bits == 32
        movslq \from, %\to_q
    .elseif .Lxen_fastabi_bits == 16 && !.Lxen_fastabi_signed
        movzwl \from, %\to_d
    .elseif .Lxen_fastabi_bits == 16
        movswq \from, %\to_q
    .elseif !.Lxen_fastabi_signed
        movzbl \from, %\to_d
    .else
        movsbq \from, %\to_q
    .endif
.endm

/* What is planned for a register, into this one or into another. */
.macro _xen_fastabi_move number, from, to_q, to_d
    .set .Lxen_fastabi_bits, .Lxen_fastabi_bits_\number
    .set .Lxen_fastabi_signed, .Lxen_fastabi_signed_\number
    .if .Lxen_fastabi_kind_\number == 1
        .set .Lxen_fastabi_source, .Lxen_fastabi_from_\number
        _xen_fastabi_rows _xen_fastabi_move_if, \to_q, \to_d
    .elseif .Lxen_fastabi_kind_\number == 2 && .Lxen_fastabi_value_\number >= 0
        movl $.Lxen_fastabi_value_\number, %\to_d
    .elseif .Lxen_fastabi_kind_\number == 2
        movq $.Lxen_fastabi_value_\number, %\to_q
    .elseif .Lxen_fastabi_kind_\number == 3
        movq \from, %\to_q
    .elseif .Lxen_fastabi_kind_\number == 4
        movabsq \from, %\to_q
    .else
        _xen_fastabi_load "\from", \to_q, \to_d
    .endif
.endm

/* ---- Their order ---- */

/* Registers that pending moves read, those of one move and what each move itself overwrites left out. */
.macro _xen_fastabi_find_busy but
    .set .Lxen_fastabi_busy, 0
    .irp n, 1, 2, 3, 4, 5, 6, 7
        .if (.Lxen_fastabi_pending >> \n & 1) && \n != \but
            .set .Lxen_fastabi_busy, .Lxen_fastabi_busy | (.Lxen_fastabi_reads_\n & ~(1 << \n))
        .endif
    .endr
.endm

/* Nobody else needs what is in the register: set it. */
.macro _xen_fastabi_move_if_free number, to_q, to_d, from
    .if .Lxen_fastabi_pending & ~.Lxen_fastabi_busy & 1 << \number
        _xen_fastabi_move \number, "\from", \to_q, \to_d
        .set .Lxen_fastabi_done, .Lxen_fastabi_done | 1 << \number
    .endif
.endm

.macro _xen_fastabi_exchange_with number, q, d, w, b, to
    .if .Lxen_fastabi_source == \number
        xchgq %\q, %\to
    .endif
.endm

/* Of these moves, those in circles: what remains when the ones that wait for none of the others are left out, again and again. */
.macro _xen_fastabi_find_circle moves
    .set .Lxen_fastabi_left, \moves
    .rept 7
        .irp n, 1, 2, 3, 4, 5, 6, 7
            .if (.Lxen_fastabi_reads_\n & .Lxen_fastabi_left & ~(1 << \n)) == 0
                .set .Lxen_fastabi_left, .Lxen_fastabi_left & ~(1 << \n)
            .endif
        .endr
    .endr
.endm

/*
 * In a circle of moves between whole registers: exchange two, and one of them is right.  The other one is overwritten too,
 * so that nothing of the caller is lost; addresses that read either of them cannot be rewritten.
 */
.macro _xen_fastabi_exchange_if number, to
    .if !.Lxen_fastabi_done && (.Lxen_fastabi_circle >> \number & 1) && .Lxen_fastabi_kind_\number == 1 && \
        .Lxen_fastabi_bits_\number == 64
        .set .Lxen_fastabi_source, .Lxen_fastabi_from_\number
        .set .Lxen_fastabi_pair, 1 << \number | 1 << .Lxen_fastabi_source
        .if .Lxen_fastabi_source != \number && (.Lxen_fastabi_circle & .Lxen_fastabi_pair) == .Lxen_fastabi_pair && \
            (.Lxen_fastabi_memory & .Lxen_fastabi_pair) == 0
            _xen_fastabi_rows _xen_fastabi_exchange_with, \to
            .irp n, 1, 2, 3, 4, 5, 6, 7
                .if (.Lxen_fastabi_pending >> \n & 1) && .Lxen_fastabi_kind_\n == 1
                    .if .Lxen_fastabi_from_\n == \number
                        .set .Lxen_fastabi_from_\n, .Lxen_fastabi_source
                    .elseif .Lxen_fastabi_from_\n == .Lxen_fastabi_source
                        .set .Lxen_fastabi_from_\n, \number
                    .endif
                    .set .Lxen_fastabi_reads_\n, 1 << .Lxen_fastabi_from_\n
                    .if .Lxen_fastabi_from_\n == \n && .Lxen_fastabi_bits_\n == 64
                        .set .Lxen_fastabi_done, .Lxen_fastabi_done | 1 << \n
                    .endif
                .endif
            .endr
        .endif
    .endif
.endm

/*
 * Another circle: what a register shall get waits in rax, or in rdi, which are set last.  Which register: one that leaves
 * as little as possible in circles.
 */
.macro _xen_fastabi_consider number
    .if !.Lxen_fastabi_done && (.Lxen_fastabi_circle >> \number & 1)
        _xen_fastabi_find_circle ".Lxen_fastabi_circle & ~(1 << \number)"
        .set .Lxen_fastabi_count, 0
        .irp n, 1, 2, 3, 4, 5, 6, 7
            .set .Lxen_fastabi_count, .Lxen_fastabi_count + (.Lxen_fastabi_left >> \n & 1)
        .endr
        _xen_fastabi_find_busy \number
        .if .Lxen_fastabi_count < .Lxen_fastabi_least
            .if (.Lxen_fastabi_busy & 1) == 0 || (.Lxen_fastabi_index && (.Lxen_fastabi_busy & 2) == 0)
                .set .Lxen_fastabi_least, .Lxen_fastabi_count
                .set .Lxen_fastabi_chosen, \number
                .set .Lxen_fastabi_where, .Lxen_fastabi_busy & 1
            .endif
        .endif
    .endif
.endm

.macro _xen_fastabi_park_if number, from
    .if .Lxen_fastabi_chosen == \number
        .if .Lxen_fastabi_where == 0
            _xen_fastabi_move \number, "\from", rax, eax
        .else
            _xen_fastabi_move \number, "\from", rdi, edi
        .endif
        .set .Lxen_fastabi_bits, 64
        .set .Lxen_fastabi_from_\number, .Lxen_fastabi_where
        _xen_fastabi_plan \number, 1, 1 << .Lxen_fastabi_where
    .endif
.endm

/* Each pending move overwrites what another one reads. */
.macro _xen_fastabi_break_circle rdi, rsi, r8, r9, r10, r11, r12
    .set .Lxen_fastabi_chosen, 0
    .set .Lxen_fastabi_least, 8
    .set .Lxen_fastabi_memory, 0
    _xen_fastabi_find_circle .Lxen_fastabi_pending
    .set .Lxen_fastabi_circle, .Lxen_fastabi_left
    .irp n, 1, 2, 3, 4, 5, 6, 7
        .if (.Lxen_fastabi_pending >> \n & 1) && .Lxen_fastabi_kind_\n == 5
            .set .Lxen_fastabi_memory, .Lxen_fastabi_memory | .Lxen_fastabi_reads_\n
        .endif
    .endr
    _xen_fastabi_exchange_if 1, rdi
    _xen_fastabi_exchange_if 2, rsi
    _xen_fastabi_exchange_if 3, r8
    _xen_fastabi_exchange_if 4, r9
    _xen_fastabi_exchange_if 5, r10
    _xen_fastabi_exchange_if 6, r11
    _xen_fastabi_exchange_if 7, r12
    .irp n, 1, 2, 3, 4, 5, 6, 7
        _xen_fastabi_consider \n
    .endr
    _xen_fastabi_park_if 1, "\rdi"
    _xen_fastabi_park_if 2, "\rsi"
    _xen_fastabi_park_if 3, "\r8"
    _xen_fastabi_park_if 4, "\r9"
    _xen_fastabi_park_if 5, "\r10"
    _xen_fastabi_park_if 6, "\r11"
    _xen_fastabi_park_if 7, "\r12"
    .if !.Lxen_fastabi_done && !.Lxen_fastabi_chosen
        _xen_fastabi_refuse "each operand is in the way of another one, load one of them before"
    .endif
.endm

.macro _xen_fastabi_order rdi, rsi, r8, r9, r10, r11, r12
    .if .Lxen_fastabi_pending && !.Lxen_fastabi_failed
        .set .Lxen_fastabi_done, 0
        _xen_fastabi_find_busy 0
        _xen_fastabi_move_if_free 1, rdi, edi, "\rdi"
        _xen_fastabi_move_if_free 2, rsi, esi, "\rsi"
        _xen_fastabi_move_if_free 3, r8, r8d, "\r8"
        _xen_fastabi_move_if_free 4, r9, r9d, "\r9"
        _xen_fastabi_move_if_free 5, r10, r10d, "\r10"
        _xen_fastabi_move_if_free 6, r11, r11d, "\r11"
        _xen_fastabi_move_if_free 7, r12, r12d, "\r12"
        .if !.Lxen_fastabi_done
            _xen_fastabi_break_circle "\rdi", "\rsi", "\r8", "\r9", "\r10", "\r11", "\r12"
        .endif
        .set .Lxen_fastabi_pending, .Lxen_fastabi_pending & ~.Lxen_fastabi_done
        _xen_fastabi_order "\rdi", "\rsi", "\r8", "\r9", "\r10", "\r11", "\r12"
    .endif
.endm

/*
 * Put operands into their registers: for each register the type of its parameter and what it comes from.  Type "index" of rdi:
 * it is set afterwards, like rax.
 */
.macro _xen_fastabi_operands rdi, rdi_from, rsi, rsi_from, r8, r8_from, r9, r9_from, r10, r10_from, r11, r11_from, \
                             r12, r12_from
    .set .Lxen_fastabi_failed, 0
    .set .Lxen_fastabi_pending, 0
    .set .Lxen_fastabi_index, 0
    .ifc \rdi,index
        .set .Lxen_fastabi_index, 1
    .endif
    _xen_fastabi_operand 1, \rdi, "\rdi_from"
    _xen_fastabi_operand 2, \rsi, "\rsi_from"
    _xen_fastabi_operand 3, \r8, "\r8_from"
    _xen_fastabi_operand 4, \r9, "\r9_from"
    _xen_fastabi_operand 5, \r10, "\r10_from"
    _xen_fastabi_operand 6, \r11, "\r11_from"
    _xen_fastabi_operand 7, \r12, "\r12_from"
    _xen_fastabi_order "\rdi_from", "\rsi_from", "\r8_from", "\r9_from", "\r10_from", "\r11_from", "\r12_from"
.endm

.endif /* .gasversion. */

#endif /* __ASSEMBLER__ */
#endif /* XEN_FASTABI_S_H */
