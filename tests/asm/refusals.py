# SPDX-License-Identifier: MIT
"""Odd operands: what must be refused with a message, and what must come out of the rest.

Tried with an operation that takes a (u16 in rsi), b (i32 in r8) and c (u64 in r9).  Must not know
how the macros work.
"""
import os
import re

from report import head, run

SPEC = """\
name: odd
hypercall_index: 3
subops:
  three:
    index: 4
    input:
      a: { reg: 2, type: u16 }
      b: { reg: 3, type: i32 }
      c: { reg: 4, type: u64 }
  names:
    index: 5
    input:
      out: { reg: 2, type: u64 }
      rax: { reg: 3, type: u64 }
      byte: { reg: 4, type: u64 }
      linux: { reg: 5, type: u64 }
      req: { reg: 6, type: u64 }
      macro: { reg: 7, type: u64 }
"""

TOP = {
    "gas": '#define XEN_FASTABI_TRANSFER ud2\n#include <fastabi/odd.S.h>\n#define FLAG (1 << 4)\n'
    '    .set six, 6\n'
           '    .set alias, %rdx\n    .section .note.GNU-stack, "", @progbits\n    .text\nlabel:\n',
    "nasm": '%macro stop 0\n    ud2\n%endmacro\n%define XEN_FASTABI_TRANSFER stop\n'
    '%include "fastabi/odd.inc"\n'
            "%define FLAG (1 << 4)\n%define alias rdx\nextern label\nsix equ 6\nsection .text\n"
    "local:\n.part:\n", }

# What follows the name of the macro, and how objdump shows the moves; None: refused.
THREE = {
    "gas": [
        ("a=$65535", "mov $0xffff,%esi"), ("a=$-32768", "mov $0x8000,%esi"), ("a=$65536", None),
        ("a=$-32769", None),
        ("b=$0xffffffff", "mov $0xffffffffffffffff,%r8"), ("b=$0x7fffffff", "mov $0x7fffffff,%r8d"),
        ("b=$0x100000000", None), ("c=$0xffffffff", "mov $0xffffffff,%r9d"),
        ("c=$-1", "mov $0xffffffffffffffff,%r9"),
        ("c=$0x123456789", "movabs $0x123456789,%r9"), ("c=$0x1ffffffffffffffff", None),
        ("a=$0x1ffffffffffffffff", None), ("a=$FLAG", "mov $0x10,%esi"),
        ("a=$six+1", "mov $0x7,%esi"),
        ("a=$later", None), ("c=$label", "movabs $0x0,%r9 R_X86_64_64 .text"),
        ("c=$elsewhere", "movabs $0x0,%r9 R_X86_64_64 elsewhere"),
        ("a=$label", None), ("a=$(2 + 3) * 4", None), ('a="$(2 + 3) * 4"', "mov $0x14,%esi"),
        ('"$(2+3)*4"', "mov $0x14,%esi"), ("c=label(%rip)", "mov -0x7(%rip),%r9"),
        ("c=elsewhere(%rip)", "mov 0x0(%rip),%r9 R_X86_64_PC32 elsewhere-0x4"),
        ("b=%gs:8", "movslq %gs:0x8,%r8"), ("b=%gs:(%rcx)", "movslq %gs:(%rcx),%r8"),
        ("b=(8+8)(%rcx)", "movslq 0x10(%rcx),%r8"),
        ("c=-8(,%rcx,8)", None), ('c="-8(,%rcx,8)"', "mov -0x8(,%rcx,8),%r9"),
        ('c="8( %rcx , %rdx , 2 )"', "mov 0x8(%rcx,%rdx,2),%r9"),
        ("c=(%ecx)", "mov (%ecx),%r9"), ("a=(%rcx)", "movzwl (%rcx),%esi"),
        ("label", None), ("5", None), ("(alias)", None), ("alias", None), ('"8(%rcx,alias)"', None),
        ("%alias", None),
        ("%ah", None), ("%xmm0", None), ("%cr0", None), ("%gs", None), ("%rip", None),
        ("%RCX", None), ("rcx", None),
        ("c=$alias", None), ("c=$%rcx", None), ("c=%rcx+0", None), ("c=(%rcx)(%rdx)", None),
        ("c=(%xmm1)", None),
        ('"%rcx; nop"', None), ('"(%rcx); nop"', None), ('"$5; nop"', None),
        ("c=$'a", "mov $0x61,%r9d"), ("c=*%rcx", None),
        ("c={%rcx}", None), ("d=%rcx", None), ("%rcx, %rcx, %rcx, %rcx", None),
        ("a=%rcx, a=%rdx", "movzwl %dx,%esi"),   # with GNU as's own warning
    ],
    "nasm": [
        ("a=65535", "mov $0xffff,%esi"), ("a=-32768", "mov $0x8000,%esi"), ("a=65536", None),
        ("a=-32769", None),
        ("b=0xffffffff", "mov $0xffffffffffffffff,%r8"), ("b=0x7fffffff", "mov $0x7fffffff,%r8d"),
        ("b=0x100000000", None), ("c=0xffffffff", "mov $0xffffffff,%r9d"),
        ("c=-1", "mov $0xffffffffffffffff,%r9"),
        ("c=0x123456789", "movabs $0x123456789,%r9"), ("c=0x1ffffffffffffffff", None),
        ("a=0x1ffffffffffffffff", None),
        ("c=1ffffffffffffffffh", None), ("c=0ffffffffffffffffh", "mov $0xffffffffffffffff,%r9"),
        ("c=$0ffffffffffffffff", "mov $0xffffffffffffffff,%r9"), ("c=$01ffffffffffffffff", None),
        ("c=0xffffffffffffffff", "mov $0xffffffffffffffff,%r9"), ("c=18446744073709551616", None),
        ("c=18446744073709551615", "mov $0xffffffffffffffff,%r9"),
        ("c=10000000000000000000", "movabs $0x8ac7230489e80000,%r9"),
        ("c=1000_0000_0000_0000_0", None), ("c=28446744073709551615", None),
        ("c=19999999999999999999", None),
        ("a=FLAG", "mov $0x10,%esi"), ("a=later", None),
        ("c=label", "movabs $0x0,%r9 R_X86_64_64 label"),
        ("c=local.part", "movabs $0x0,%r9 R_X86_64_64 .text"),
        ("c=.part", "movabs $0x0,%r9 R_X86_64_64 .text"),
        ("a=label", None), ("a=(2 + 3) * 4", "mov $0x14,%esi"), ("(2+3)*4", "mov $0x14,%esi"),
        ("c=[rel label]", "mov 0x0(%rip),%r9 R_X86_64_PC32 label-0x4"),
        ("b=[gs:8]", "movslq %gs:0x8,%r8"),
        ("b=[gs:rcx]", "movslq %gs:(%rcx),%r8"), ("b=[rcx+(8+8)]", "movslq 0x10(%rcx),%r8"),
        ("c=[nosplit rcx*8-8]", "mov -0x8(,%rcx,8),%r9"),
        ("c = [ rcx + rdx * 2 + 8 ]", "mov 0x8(%rcx,%rdx,2),%r9"),
        ("c=[ecx]", "mov (%ecx),%r9"), ("a=[rcx]", "movzwl (%rcx),%esi"), ("c=RCX", "mov %rcx,%r9"),
        ("c=alias", "mov %rdx,%r9"),
        ("c=[alias]", "mov (%rdx),%r9"),
        ("a=r9, c=[rsi+alias]", "movzwl %r9w,%eax; mov (%rsi,%rdx,1),%r9; mov %rax,%rsi"),
        ("c=six", "mov $0x6,%r9d"), ("[alias*2], b=[sil]", None),
        ("ah", None), ("xmm0", None), ("c=cr0", None), ("c=gs", None), ("c=ST0", None),
        ("c=(rcx)", None), ("c=rcx+0", None),
        ("c=0+rcx", None), ("c=alias+0", None), ("c=[rcx][rdx]", None), ("c=[rcx", None),
        ("c=qword [rcx]", None),
        ("c='a'", None), ("c={rcx, rdx}", None), ("d=rcx", None), ("rcx, rcx, rcx, rcx", None),
        ("a=rcx, a=rdx", None),
        ("rcx, a=rcx", None), ("c=5 == 5", None), ("c=[xmm1]", None), ("c=rcx:rdx", None),
    ],
}

NAMES = {
    "gas": ("out=%rsi, rax=$1, byte=(%r8), linux_=%r11, req=$3, macro=$4",),
    "nasm": ("out=rsi, rax=1, byte=[r8], linux_=r11, req=3, macro=4",),
}
NAMES_CODE = "mov (%r8),%r9; mov %r11,%r10; mov $0x4,%r12d; mov $0x1,%r8d; mov $0x3,%r11d"


def assemble(lang, bindings, base, text):
    source = base + (".S" if lang == "gas" else ".asm")
    with open(source, "w", encoding="utf-8") as file:
        file.write(text)
    flags = ["-I" + bindings + "/", "-o", base + ".o", source]
    return run((["gcc", "-c"] if lang == "gas" else ["nasm", "-felf64"]) + flags)


def moves(base):
    """What comes before edi is set, in one line, relocations after their instructions."""
    _, out, _ = run(["objdump", "-dr", "--no-show-raw-insn", "-w", base + ".o"])
    shown = []
    for line in out.splitlines():
        if found := re.match(r" +[0-9a-f]+:\t(.*)$", line):
            text = re.sub(r"\s*#.*?(?=\t|$)|\t[0-9a-f]+:", "", found.group(1))
            shown.append(" ".join(text.split()))
    return "; ".join(shown[:-3])


def case(lang, bindings, base, macro, operands, wanted):
    """What is wrong, or None."""
    status, _, errors = assemble(lang, bindings, base,
                                 f"{TOP[lang]}    xen_hypercall_odd_{macro} {operands}\n")
    if wanted is None:
        if status == 0:
            return f"{operands}: assembled as {moves(base)}"
        return None if re.search(r"[Ee]rror: ", errors) else f"{operands}: no message"
    if status:
        return f"{operands}: {head(errors, 1)[0]}"
    got = moves(base)
    return None if got == wanted else f"{operands}: {got}, expected {wanted}"


def check(lang, generator, build, report):
    """Report each language's odd operands."""
    folder = os.path.join(build, "odd-" + lang)
    os.makedirs(folder)
    with open(os.path.join(folder, "odd.yml"), "w", encoding="utf-8") as file:
        file.write(SPEC)
    status, _, errors = run(
        [generator, "generate", "-b", "asm", "-O", f"syntax={lang}", "-o", folder,
         os.path.join(folder, "odd.yml")])
    report.check(f"{lang}, odd names", status == 0, head(errors))
    base = os.path.join(folder, "case")
    wrong = [case(lang, folder, base, "three", *pair) for pair in THREE[lang]]
    wrong += [case(lang, folder, base, "names", operands, NAMES_CODE) for operands in NAMES[lang]]
    for fault, (operands, _) in zip(wrong, THREE[lang] + [(NAMES[lang][0], None)]):
        report.check(f"{lang}, {operands}", fault is None, [fault])
