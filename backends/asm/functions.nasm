; SPDX-License-Identifier: MIT
; Macros of the functions: what a debugger (ELF) or Windows' unwinder (COFF) has to know.
%ifndef XEN_FASTABI_FUNCTIONS_NASM
%define XEN_FASTABI_FUNCTIONS_NASM

; yasm has no %fatal, and takes %error for a warning: a file that is not there stops it.
%ifdef __YASM_MAJOR__
    %include "the FastABI functions need NASM: yasm does not have what they use"
%endif

%ifidn __?OUTPUT_FORMAT?__, elf64
%elifidn __?OUTPUT_FORMAT?__, win64
%else
    %fatal FastABI is for x86-64 guests, and these functions for -f elf64 and -f win64
%endif

; What each function starts with: endbr64 for indirect branch tracking.
%ifndef XEN_FASTABI_ENDBR
    %define XEN_FASTABI_ENDBR
%elifidni XEN_FASTABI_ENDBR, endbr64
    %define xen_fastabi_fn_is_marked
%endif

; Numbers of registers in unwind data, of ELF and of COFF.
%define xen_fastabi_fn_elf_r12 12
%define xen_fastabi_fn_elf_rdi 5
%define xen_fastabi_fn_elf_rsi 4
%define xen_fastabi_fn_coff_r12 12
%define xen_fastabi_fn_coff_rdi 7
%define xen_fastabi_fn_coff_rsi 6

%macro xen_fastabi_fn_begin 1-2
    %ifidn __?OUTPUT_FORMAT?__, elf64
        global %1:function %2 (%1.end - %1)
    %else
        global %1
    %endif
    align 16
%1:
    XEN_FASTABI_ENDBR
    %assign xen_fastabi_fn_pushed 0
    %assign xen_fastabi_fn_saved 0
    %assign xen_fastabi_fn_restored 0
%endmacro

; A register of the caller.
%macro xen_fastabi_fn_save 1
    push %1
    %assign xen_fastabi_fn_pushed xen_fastabi_fn_pushed + 1
    %assign xen_fastabi_fn_saved xen_fastabi_fn_pushed
    %define xen_fastabi_fn_register%[xen_fastabi_fn_pushed] %1
.pushed%[xen_fastabi_fn_pushed]:
%endmacro

; An argument.
%macro xen_fastabi_fn_keep 1
    push %1
    %assign xen_fastabi_fn_pushed xen_fastabi_fn_pushed + 1
.pushed%[xen_fastabi_fn_pushed]:
%endmacro

; Arguments that were kept.
%macro xen_fastabi_fn_release 1
    add rsp, %1
.released:
%endmacro

%macro xen_fastabi_fn_restore 1
    pop %1
    %assign xen_fastabi_fn_restored xen_fastabi_fn_restored + 1
.restored%[xen_fastabi_fn_restored]:
%endmacro

%macro xen_fastabi_fn_end 1
    ret
.end:
    %ifidn __?OUTPUT_FORMAT?__, elf64
        xen_fastabi_fn_frame %1
    %elif xen_fastabi_fn_pushed
        xen_fastabi_fn_unwind %1
    %endif
%endmacro

; From a label to another, the frame changes: now it is so many bytes.
%macro xen_fastabi_fn_advance 3
    db 0x03
    dw %2 - %1
    db 0x0e, %3
%endmacro

; An entry of .eh_frame.
%macro xen_fastabi_fn_frame 1
    [section .eh_frame]
    dd %%end - %%start
%%start:
    dd %%start - xen_fastabi_fn_common
    dd %1 - $
    dd %1.end - %1
    db 0
    %define xen_fastabi_fn_at %1
    %assign xen_fastabi_fn_n 1
    %rep xen_fastabi_fn_pushed
        xen_fastabi_fn_advance xen_fastabi_fn_at, %1.pushed%[xen_fastabi_fn_n], 8 + 8 * xen_fastabi_fn_n
        %if xen_fastabi_fn_n <= xen_fastabi_fn_saved
            db 0x80 + xen_fastabi_fn_elf_%[xen_fastabi_fn_register%[xen_fastabi_fn_n]], 1 + xen_fastabi_fn_n
        %endif
        %xdefine xen_fastabi_fn_at %1.pushed%[xen_fastabi_fn_n]
        %assign xen_fastabi_fn_n xen_fastabi_fn_n + 1
    %endrep
    %if xen_fastabi_fn_pushed > xen_fastabi_fn_saved
        xen_fastabi_fn_advance xen_fastabi_fn_at, %1.released, 8 + 8 * xen_fastabi_fn_saved
        %define xen_fastabi_fn_at %1.released
    %endif
    %assign xen_fastabi_fn_n 1
    %rep xen_fastabi_fn_saved
        %assign xen_fastabi_fn_m xen_fastabi_fn_saved + 1 - xen_fastabi_fn_n
        xen_fastabi_fn_advance xen_fastabi_fn_at, %1.restored%[xen_fastabi_fn_n], 8 * xen_fastabi_fn_m
        db 0xc0 + xen_fastabi_fn_elf_%[xen_fastabi_fn_register%[xen_fastabi_fn_m]]
        %xdefine xen_fastabi_fn_at %1.restored%[xen_fastabi_fn_n]
        %assign xen_fastabi_fn_n xen_fastabi_fn_n + 1
    %endrep
    align 8, db 0
%%end:
    __?SECT?__
%endmacro

; An entry of .xdata, the last push first, and one of .pdata.
%macro xen_fastabi_fn_unwind 1
    [section .xdata rdata align=4]
    align 4, db 0
%%info:
    db 1, %1.pushed%[xen_fastabi_fn_pushed] - %1, xen_fastabi_fn_pushed, 0
    %assign xen_fastabi_fn_n xen_fastabi_fn_pushed
    %rep xen_fastabi_fn_pushed
        db %1.pushed%[xen_fastabi_fn_n] - %1
        %if xen_fastabi_fn_n <= xen_fastabi_fn_saved
            db xen_fastabi_fn_coff_%[xen_fastabi_fn_register%[xen_fastabi_fn_n]] << 4
        %else
            db 2
        %endif
        %assign xen_fastabi_fn_n xen_fastabi_fn_n - 1
    %endrep
    [section .pdata rdata align=4]
    dd %1 wrt ..imagebase, %1.end wrt ..imagebase, %%info wrt ..imagebase
    __?SECT?__
%endmacro

; Constants of 64 bits.
%macro xen_fastabi_fn_numbers 0
    %ifidn __?OUTPUT_FORMAT?__, elf64
        [section .rodata]
    %else
        [section .rdata]
    %endif
    align 8, db 0
%endmacro

; vmmcall, its place recorded for xen_fastabi_patch() of the C header fastabi.h, and a note that
; keeps the records through a linker's --gc-sections.
%macro xen_fastabi_fn_site 0
    %ifnidn __?OUTPUT_FORMAT?__, elf64
        %fatal transfer=patch is for ELF; use vmcall, vmmcall or macro
    %endif
.site:
    vmmcall
    [section xen_fastabi_sites progbits alloc noexec nowrite align=4]
%%entry:
    dd .site - $
    %ifndef xen_fastabi_fn_noted
        %define xen_fastabi_fn_noted
        [section .note.xen_fastabi note alloc noexec nowrite align=4]
        dd 8, 4, 1
        db "FastABI", 0
        dd %%entry - $
    %endif
    __?SECT?__
%endmacro

; The includer's.  A word alone on a line, unknown to the assembler, would only be a label.
%macro xen_fastabi_fn_transfer 0
    %assign xen_fastabi_fn_known 1
    %ifndef XEN_FASTABI_TRANSFER
        %assign xen_fastabi_fn_known 0
    %elifidni XEN_FASTABI_TRANSFER, vmcall
    %elifidni XEN_FASTABI_TRANSFER, vmmcall
    %elifid XEN_FASTABI_TRANSFER
        %iftoken XEN_FASTABI_TRANSFER
            %ifnmacro %[XEN_FASTABI_TRANSFER] 0
                %assign xen_fastabi_fn_known 0
            %endif
        %endif
    %endif
    %if xen_fastabi_fn_known
        XEN_FASTABI_TRANSFER
    %else
        %fatal "define XEN_FASTABI_TRANSFER as vmcall, vmmcall, or a macro without arguments"
    %endif
%endmacro

%ifidn __?OUTPUT_FORMAT?__, elf64
section .note.GNU-stack noalloc noexec nowrite progbits
; For indirect branches and shadow stacks: a function does not change its return address.
%ifdef xen_fastabi_fn_is_marked
section .note.gnu.property note alloc noexec nowrite align=8
    dd 4, 16, 5
    db "GNU", 0
    dd 0xc0000002, 4, 3, 0
%endif
section .eh_frame progbits alloc noexec nowrite align=8
; What the entries have in common: the frame is 8 bytes, the return address at its end.
xen_fastabi_fn_common:
    dd .end - .start
.start:
    dd 0
    db 1, "zR", 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1
    align 8, db 0
.end:
%endif
%endif ; XEN_FASTABI_FUNCTIONS_NASM

section .text
