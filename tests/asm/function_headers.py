# SPDX-License-Identifier: MIT
"""The C headers of functions in the modes of those who include them: their warnings, and the
registers that callers use; and what is refused, when generating and when assembling.  Must not know
how a function is made."""
import os
import re

from report import head, run

LLVM_ML = "/usr/lib/llvm-16/bin/llvm-ml"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-fsyntax-only"]

# Names, types and flags as in drivers for Windows and in edk2; ours, not a copy.
WINDOWS = """\
typedef unsigned char uint8_t; typedef unsigned short uint16_t; typedef unsigned long uint32_t;
typedef unsigned long long uint64_t; typedef signed char int8_t; typedef short int16_t;
typedef long int32_t; typedef long long int64_t; typedef long long LONG_PTR;
"""
EDK2 = """\
typedef unsigned char UINT8; typedef unsigned short UINT16; typedef unsigned int UINT32;
typedef unsigned long long UINT64; typedef signed char INT8; typedef short INT16;
typedef int INT32; typedef long long INT64; typedef INT64 INTN;
#define EFIAPI __attribute__((ms_abi))
#define XEN_FASTABI_RESULT INTN
#define XEN_FASTABI_MICROSOFT EFIAPI
"""
# Pointers to their types are what functions take.
EDK2_CALL = """\
INTN call(UINT16 domain, UINT32 *port);
INTN call(UINT16 domain, UINT32 *port)
{
    return xen_hypercall_event_channel_alloc_unbound(0x7ff0, domain, port);
}
"""

# (name, convention and types, command, what precedes)
MODES = [
    ("c89", "sysv", ["gcc", "-std=c89", "-Wno-long-long"], ""),
    ("C23 with every macro", "sysv", ["gcc", "-std=c2x"],
     "#include <complex.h>\n#define port 1\n#define dom (\n#define cpu )\n"),
    ("C++", "microsoft", ["g++", "-std=c++17"], ""),
    ("clang", "microsoft", ["clang", "-std=c11", "-Weverything", "-Wno-reserved-macro-identifier",
                            "-Wno-unused-macros"], ""),
    ("Windows", "windows", ["clang", "--target=x86_64-pc-windows-msvc", "-nostdinc", "-std=c11"],
     ""),
    ("clang-cl's C++", "none", ["clang++", "--target=x86_64-pc-windows-msvc", "-nostdinc",
                                "-fms-compatibility"], WINDOWS),
    ("edk2", "edk2", ["gcc", "-nostdinc", "-fshort-wchar", "-fno-builtin", "-Wno-long-long"], EDK2),
    ("UEFI", "edk2", ["clang", "--target=x86_64-unknown-windows", "-nostdinc"], EDK2),
    ("types of C, clang for Windows", "edk2",
     ["clang", "--target=x86_64-pc-windows-msvc", "-nostdinc"], ""),
    ("System V, clang for Windows", "sysv types",
     ["clang", "--target=x86_64-pc-windows-msvc", "-nostdinc"], WINDOWS),
    ("System V, UEFI", "sysv types", ["clang", "--target=x86_64-unknown-windows", "-nostdinc"],
     WINDOWS),
]

# What a caller passes, one after the other, and in which registers for each convention.
CALLER = """\
uint32_t port;
long long caller(void);
long long caller(void)
{
    return xen_hypercall_event_channel_alloc_unbound(0x1234, 0x2345, &port);
}
"""
ARGUMENTS = {"sysv types": ("di", "si"), "none": ("cx", "dx")}
COMPILERS = [
    ["gcc"], ["gcc", "-mabi=ms"], ["clang"],
    ["clang", "--target=x86_64-pc-windows-msvc"],
    ["clang", "--target=x86_64-pc-windows-msvc", "-fms-compatibility", "-fms-extensions"],
    ["clang", "--target=x86_64-unknown-windows"], ["clang", "--target=x86_64-pc-windows-gnu"],
]
# Without a word for either convention: __GNUC__ and __clang__ are not defined.
UNKNOWN = ["-U__GNUC__", "-U__clang__", "-fsyntax-only"]
UNKNOWN_COMPILERS = [
    ("sysv types", ["-D_WIN32"], "no System V convention"),
    ("sysv types", ["-D_MSC_VER=1900"], "no System V convention"),
    ("sysv types", [], None),
    ("none", ["-D_WIN32"], None),
    ("none", ["-D_MSC_VER=1900"], None),
    ("none", [], "define XEN_FASTABI_MICROSOFT"),
]

# Two sets of functions, and constants of which one name is another operation's.
SETS = """\
#include "first/fastabi/sets-functions.h"
#include "second/fastabi/sets-functions.h"
#include "third/fastabi/sets-functions.h"
#define IS(type, call) _Static_assert(__builtin_types_compatible_p(__typeof__(call), type), #call)
IS(int64_t, first_sets_p(0, 0));
IS(long long, second_sets_p__q(0));
IS(int64_t, xen_hypercall_sets_p(0, 0));
_Static_assert(XEN_FASTABI_CLASS_sets_p == XEN_FASTABI_CALLER_CONTROL, "control");
_Static_assert(XEN_FASTABI_CLASS_sets_p__q == XEN_FASTABI_CALLER_ANY, "any");
_Static_assert(XEN_FASTABI_CALLER_DEVICE_MODEL == 2u && XEN_FASTABI_CALLER_HARDWARE == 4u, "");
_Static_assert(XEN_FASTABI_SHIFT_sets_p__plain__y == 8, "shift");
"""
SETS_SPEC = """\
name: sets
hypercall_index: 100
subops:
  p:
    index: 1
    class: control
    input:
      q__r: { reg: 2, pack: { e: u8, f: u8 } }
      plain: { reg: 3, pack: { x: u8, y: u8 } }
    c_lang: { struct: sets_p }
  p__q:
    index: 2
    class: any
    input: { r: { reg: 2, pack: { f: u8, g: u8 } } }
    c_lang: { struct: sets_q }
"""

REFUSED_OPTIONS = [
    (["syntax=masm"], "there are no macros for MASM"),
    (["convention=microsoft"], "'convention' is for functions"),
    (["prefix=x"], "'prefix' is for functions"),
    (["form=functions", "prefix=a-b"], "prefix"),
    (["form=functions", "syntax=masm", "transfer=patch"], "needs ELF"),
]

D = "-DXEN_FASTABI_TRANSFER=vmcall"
# (directory, file, command, what its message says)
REFUSED_SOURCES = [
    ("sysv", "S", ["gcc", "-c"], "define XEN_FASTABI_TRANSFER"),
    ("sysv", "nasm", ["nasm", "-felf64"], "define XEN_FASTABI_TRANSFER as"),
    ("sysv", "nasm", ["nasm", "-felf64", "-DXEN_FASTABI_TRANSFER=vncall"],
     "define XEN_FASTABI_TRANSFER as"),
    ("masm", "asm", [LLVM_ML, "-m64", "/c"], "define XEN_FASTABI_TRANSFER"),
    ("sysv", "S", ["gcc", "-m32", D, "-c"], "FastABI is for x86-64 guests"),
    ("sysv", "S", ["gcc", "-mx32", D, "-c"], "FastABI is for x86-64 guests"),
    ("sysv", "S", ["clang", "--target=x86_64-apple-macosx", D, "-c"], "for ELF and COFF"),
    ("sysv", "nasm", ["nasm", "-felf32", D], "FastABI is for x86-64 guests"),
    ("sysv", "nasm", ["nasm", "-fmacho64", D], "-f elf64 and -f win64"),
    ("sysv", "nasm", ["yasm", "-felf64", D], "need NASM"),
    ("patch", "S", ["clang", "--target=x86_64-pc-windows-msvc", "-c"], "transfer=patch is for ELF"),
    ("patch", "nasm", ["nasm", "-fwin64"], "transfer=patch is for ELF"),
]

GENERATED = {"sysv": ["convention=sysv"], "sysv types": ["convention=sysv", "types=none"],
             "microsoft": ["convention=microsoft"],
             "none": ["convention=microsoft", "types=none"], "edk2": ["--profile=edk2"],
             "windows": ["--profile=windows"],
             "masm": ["convention=microsoft", "syntax=masm"], "patch": ["transfer=patch"]}


def check_registers(folder, report):
    """Callers pass arguments where the functions expect them, whatever the target."""
    source, out = os.path.join(folder, "caller.c"), os.path.join(folder, "caller.s")
    with open(source, "w", encoding="utf-8") as file:
        file.write(WINDOWS + '#include "fastabi/event_channel-functions.h"\n' + CALLER)
    for made, registers in ARGUMENTS.items():
        include = ["-I", os.path.join(folder, made)]
        for compiler in COMPILERS:
            status, _, errors = run([*compiler, "-nostdinc", "-ffreestanding", "-O2", "-S",
                                     "-masm=att", "-o", out, *include, source])
            code = ""
            if not status:
                with open(out, encoding="utf-8") as file:
                    code = file.read()
            used = [re.search(rf"mov[lw]\s+\$(?:{number}|{number:#x}), %e?(\w\w)\b", code)
                    for number in (0x1234, 0x2345)]
            report.check(f"registers, {made}: {' '.join(compiler)}",
                         tuple(u and u.group(1) for u in used) == registers,
                         head(errors + code, 30))
    for made, flags, message in UNKNOWN_COMPILERS:
        status, _, errors = run(["gcc", *UNKNOWN, *flags, "-I", os.path.join(folder, made), source])
        report.check(f"an unknown compiler, {made} {' '.join(flags)}",
                     message in errors if message else not status, head(errors))


def check_sets(abi, folder, generator, report):
    """Several sets of functions in one source, after the header of the C stubs or without it."""
    spec, source = os.path.join(folder, "sets.yml"), os.path.join(folder, "sets.c")
    with open(spec, "w", encoding="utf-8") as file:
        file.write(SETS_SPEC)
    sets = {"first": ["prefix=first"], "second": ["prefix=second", "result=long long"],
            "third": []}
    for name, options in sets.items():
        status, _, errors = run([generator, "generate", "-b", "asm", "-O", "form=functions",
                                 *[w for o in options for w in ("-O", o)],
                                 "-o", os.path.join(folder, name), spec])
        report.check(f"functions, {name} set", status == 0, head(errors))
    status, _, errors = run([generator, "generate", "-b", "c", "-o", os.path.join(folder, "stubs"),
                             os.path.join(abi, "sched.yml")])
    report.check("stubs beside functions", status == 0, head(errors))
    stubs = '#include "stubs/fastabi.h"\n'
    for title, text in (("sets of functions", SETS), ("sets, after the stubs", stubs + SETS),
                        ("sets, before the stubs", SETS + stubs)):
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        for compiler in ("gcc", "clang"):
            status, _, errors = run([compiler, "-std=gnu11", "-Wall", "-Wextra", "-Werror",
                                     "-fsyntax-only", source])
            report.check(f"{title}, {compiler}", status == 0, head(errors))


def check(abi, generator, build, report):
    folder = os.path.join(build, "function-headers")
    os.makedirs(folder)

    def generate(options, out):
        words = [w for o in options for w in ([o] if o.startswith("--") else ["-O", o])]
        return run([generator, "generate", "-b", "asm", *words, "-o", out, abi])
    for name, options in GENERATED.items():
        form = [] if options[0].startswith("--") else ["form=functions"]
        status, _, errors = generate(form + options, os.path.join(folder, name))
        report.check(f"functions, {name}", status == 0, head(errors))
    names = sorted(n for n in os.listdir(os.path.join(folder, "sysv", "fastabi"))
                   if n.endswith(".h"))
    with open(os.path.join(folder, "windows", "xen-types.h"), "w", encoding="utf-8") as file:
        file.write(WINDOWS)
    source = os.path.join(folder, "all.c")
    for title, out, command, first in MODES:
        with open(source, "w", encoding="utf-8") as file:
            file.write(first + "".join(f'#include "fastabi/{n}"\n' for n in names) +
                       (EDK2_CALL if first == EDK2 else ""))
        language = ["-x", "c++" if "++" in command[0] else "c"]
        status, _, errors = run([*command, *WARNINGS, "-I", os.path.join(folder, out), *language,
                                 source])
        report.check(f"headers of functions, {title}", status == 0, head(errors))
    check_registers(folder, report)
    check_sets(abi, folder, generator, report)
    for options, message in REFUSED_OPTIONS:
        status, _, errors = generate(options, os.path.join(folder, "refused"))
        report.check(f"refused: {' '.join(options)}", status and message in errors
                     and not os.path.exists(os.path.join(folder, "refused")), head(errors))
    for out, extension, command, message in REFUSED_SOURCES:
        path = os.path.join(folder, out, "fastabi", f"event_channel.{extension}")
        to = ["/Fo" if command[0] == LLVM_ML else "-o", os.path.join(folder, "refused.o")]
        status, said, errors = run([*command, *to, path])
        report.check(f"refused: {' '.join(command[:3])} of {out}",
                     status and message in (said + errors), head(said + errors))
