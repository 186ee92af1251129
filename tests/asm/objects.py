# SPDX-License-Identifier: MIT
"""What assemblers and linkers make of the macros as a whole.

Assemblers that cannot read them say so in their first line; and as many patch sites as transfer
instructions are left by linkers that drop what nothing refers to.  Must not know how the macros
work.
"""
import itertools
import os
import re

from report import head, run

OTHERS = [("gas", ["clang", "-c"]), ("gas", ["clang-19", "-c"]), ("nasm", ["yasm", "-felf64"])]
NEEDED = {"gas": "need GNU as", "nasm": "need NASM"}

CALLS = {
    "gas": """\
#define XEN_FASTABI_TRANSFER xen_fastabi_patchable
#include <fastabi/event_channel.S.h>
        .section .note.GNU-stack, "", @progbits
        .text
        .globl called
called: xen_hypercall_event_channel_send port=%edi
        xen_hypercall_event_channel_close port="8(%rdi,%rcx)"
        ret
        .section .text.other, "ax", @progbits
other:  xen_hypercall_event_channel_close port=%edi
        ret
""",
    "nasm": """\
%define XEN_FASTABI_TRANSFER xen_fastabi_patchable
%include "fastabi/event_channel.inc"
        section .note.GNU-stack noalloc noexec nowrite progbits
        section .text
        global called
called: xen_hypercall_event_channel_send port=edi
        xen_hypercall_event_channel_close port=[rdi+rcx+8]
        ret
        section .text.other progbits alloc exec nowrite
other:  xen_hypercall_event_channel_close port=edi
        ret
""",
}

CALLER = """\
#include <fastabi/event_channel.h>
extern const int32_t __start_xen_fastabi_sites[], __stop_xen_fastabi_sites[];
void called(void);
void _start(void);
void __attribute__((__used__)) _start(void)
{
    xen_fastabi_patch(__start_xen_fastabi_sites, __stop_xen_fastabi_sites, (void *)0, (void *)-1,
                      Intel, 0, 0);
    called();
#ifdef CALLS_TOO
    xen_hypercall_event_channel_send(3);
#endif
}
"""

LINKERS = [["ld", "--gc-sections"], ["ld", "-z", "start-stop-gc", "--gc-sections"],
           ["ld.lld", "--gc-sections"], ["gcc", "-flto", "-static", "-nostdlib",
                                         "-Wl,--gc-sections,-z,start-stop-gc"]]


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def sources(folder):
    """{language: path} of the calls."""
    return {"gas": write(os.path.join(folder, "calls.S"), CALLS["gas"]),
            "nasm": write(os.path.join(folder, "calls.asm"), CALLS["nasm"])}


def other_assemblers(folder, bindings, report):
    """One message that says what is needed, and nothing else."""
    paths = sources(folder)
    for lang, command in OTHERS:
        status, out, errors = run([*command, "-I" + bindings + "/", "-o",
                                   os.path.join(folder, "other.o"), paths[lang]])
        said = [line for line in (out + errors).splitlines()
                if re.search("(error|warning|fatal): ", line, re.I)]
        report.check(f"{command[0]} says what is needed",
                     status and len(said) == 1 and NEEDED[lang] in said[0],
                     said or ["it is accepted"])


def linked_sites(program):
    """(transfer instructions, bytes of the section of sites) of a program."""
    code = run(["objdump", "-d", "--no-show-raw-insn", program])[1]
    sections = run(["readelf", "-SW", program])[1]
    sizes = re.findall(r" xen_fastabi_sites +PROGBITS +\w+ \w+ (\w+)", sections)
    return len(re.findall(r"\tvmmcall", code)), sum(int(size, 16) for size in sizes)


def kept_sites(folder, bindings, generator, abi, report):
    """Each language's object after and before one of C, with sites of its own or without."""
    include = os.path.join(folder, "c")
    status, _, errors = run([generator, "generate", "-b", "c", "-O", "style=value", "-O",
                             "transfer=patch", "-o", include,
                             os.path.join(abi, "event_channel.yml")])
    report.check("C for patch sites", status == 0, head(errors))
    caller = write(os.path.join(folder, "caller.c"), CALLER)
    paths = sources(folder)
    for lang, assembler in (("gas", ["gcc", "-c"]), ("nasm", ["nasm", "-felf64"])):
        out = os.path.join(folder, lang + "-calls.o")
        status, _, errors = run([*assembler, "-I" + bindings + "/", "-o", out, paths[lang]])
        report.check(f"patch sites, {lang}", status == 0, head(errors))
        for linker, flags in itertools.product(LINKERS, ([], ["-DCALLS_TOO"])):
            compiled = os.path.join(folder, "caller.o")
            lto = [f for f in linker if f == "-flto"]
            status, _, errors = run(["gcc", "-O2", "-fno-pie", "-ffreestanding", *lto, *flags,
                                     "-I", include, "-c", "-o", compiled, caller])
            for objects in ([compiled, out], [out, compiled]) if not status else []:
                program = os.path.join(folder, "program")
                status, _, errors = run([*linker, *objects, "-o", program])
                code, size = linked_sites(program) if not status else (0, 0)
                report.check(
                    f"sites are kept, {lang}, {' '.join(linker)}{' and C' if flags else ''}",
                    code >= 2 + len(flags) and size == 4 * code,
                    head(errors) or [f"{code} transfers, {size} bytes of sites"])


def check(bindings, generator, abi, build, report):
    folder = os.path.join(build, "objects")
    os.makedirs(folder)
    other_assemblers(folder, bindings, report)
    kept_sites(folder, bindings, generator, abi, report)
