#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Assembly backends with a fault: runs the generator, then spoils one macro of what it wrote, or
what all share.

    mutate_asm.py MUTATION GENERATOR ARGUMENTS-OF-GENERATOR...

Stands in for the generator where the suite must be seen to fail.  Writes the spoilt operation's
title to DIR/mutated, nothing for all.  Knows the text of the assembly backend, which nothing else
in this directory may.
"""
import os
import re
import sys

import spoilt

BLOCK = r"^[#%]define XEN_FASTABI_(?:INDEX|IN)_(?:.|\n)*?^(?:\.endm|%endmacro)\n"


def sub(pattern, replacement):
    """A mutation that replaces the first match."""
    return lambda text, op: re.sub(pattern, replacement, text, count=1, flags=re.M)


def exchange(text, pattern):
    """What the first two matches have in group 1 change places."""
    found = list(re.finditer(pattern, text, re.M))[:2]
    if len(found) < 2:
        return text
    (a, b), (c, d) = (m.span(1) for m in found)
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def swap_inputs(text, op):
    """Two inputs of one type change places."""
    if len({(p.width, p.signed) for p in op.inputs[:2]}) != 1:
        return text
    text = exchange(text, r'_from="(\\\w+)"')
    return exchange(text, r'__parameter "\w+", (\d),')


def swap_outputs(text, op):
    """The registers of two outputs of one type change places."""
    outs = [p for p in op.params if p.reg_out is not None][:2]
    if len({(p.width, p.signed) for p in outs}) != 1:
        return text
    return exchange(text, r"define XEN_FASTABI_OUT_\w+__\w+ (%?\w+)$")


def index_first(text, op):
    """rdi is set before the operands are read."""
    found = re.search(r"^    (?:movl \$\d+, %edi|mov edi, \d+)\n", text, re.M)
    if not found:
        return text
    text = text[:found.start()] + text[found.end():]
    return re.sub(r"^    (_xen_fastabi_operands|xen_fastabi__load)",
                  lambda m: found.group(0) + m.group(0), text, flags=re.M)


INPUT = r"(\w+=|, )"
TYPE_END = r"(?=, \w+_from|$)"

# name: what it does to a macro
MACROS = {
    "two inputs swapped": swap_inputs,
    "two outputs swapped": swap_outputs,
    "sign lost": sub(INPUT + r"i(8|16|32)" + TYPE_END, r"\1u\2"),
    "sign invented": sub(INPUT + r"u(8|16|32)" + TYPE_END, r"\1i\2"),
    "input not cut to its width": sub(INPUT + r"u(?:8|16)" + TYPE_END, r"\1u32"),
    "input cut too short": sub(INPUT + r"u(?:32|64)" + TYPE_END, r"\1u16"),
    "wrong index": sub(r"(movl \$|mov edi, )(\d+)(?=, %edi|$)",
                       lambda m: m.group(1) + str(int(m.group(2)) ^ 1)),
    "wrong hypercall": sub(r"(XEN_FASTABI_MASK \| )(\d+)",
                           lambda m: m.group(1) + str(int(m.group(2)) ^ 1)),
    "mask forgotten": sub(r"XEN_FASTABI_MASK \| ", ""),
    "condition dropped": sub(r"^    xor (%?r\w+), \1\n", ""),
    "condition inverted": sub(r"^    j\w+ (?=\S*keep)",
                              lambda m: "    jne " if m.group(0) == "    je " else "    je "),
    "condition on the whole register": sub(r"^    cmp(?:l (\$-?\d+), %(r\d+)d$| (r\d+)d(?=, ))",
                                           lambda m: f"    cmpq {m.group(1)}, %{m.group(2)}"
                                           if m.group(1) else f"    cmp {m.group(3)}"),
    "input that a condition names lost": sub(r"^    push (%?)r\w+\n", r"    push \1rax\n"),
    "extra transfer": sub(r"^    (XEN_FASTABI_TRANSFER|xen_fastabi__transfer)\n", r"\g<0>\g<0>"),
    "transfer forgotten": sub(r"^    (XEN_FASTABI_TRANSFER|xen_fastabi__transfer)\n", ""),
}
ALL_MACROS = {"index set before the operands are read": index_first}

# name: (pattern in the file that all share, replacement), the same for both languages except for
# the spelling
SHARED = {
    "moves not ordered": (r"(_busy,? )\.?\w*busy \| \(.*\)$", r"\g<1>0"),
    "addresses not looked at": (r"(_plan (?:\\number|%1), [45], )\.?\w*reads", r"\g<1>0"),
    "value in its register not extended": (r" \|\| \.?\w*bits != 64$", ""),
    "reader not warned of an "
    "exchange": (r"(from_\\n|from_%\[xen_fastabi__n\]) == (\\number|xen_fastabi__r)$", r"\1 == 99"),
    "exchange under an address": (r"\(\.?\w*(?:memory|in_addresses) & (?:\(1|\.L).*\) == 0", "1"),
    "unsigned word for a signed one": (r"movswq %\\w|movsx %1, %5",
                                       lambda m: m.group(0).replace("movswq", "movzwq")
                                       .replace("movsx", "movzx")),
    "site not recorded": (r"^    (\.long \.L|dd %%site).*\n", ""),
}


MUTATIONS = {name: (None, ("value", "patch" if name == "site not recorded" else "vmcall"), False)
             for name in [*MACROS, *ALL_MACROS, *SHARED]}


def spoil_shared(path, mutation):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    pattern, replacement = SHARED[mutation]
    changed = re.sub(pattern, replacement, text, flags=re.M)
    with open(path, "w", encoding="utf-8") as file:
        file.write(changed)
    return "" if changed != text else None


def spoil(folder, specs, mutation, settings):
    """The title of the spoilt operation, "" if it is all of them, None if nothing could be spoilt.
    """
    extension = next({"syntax=gas": "S.h", "syntax=nasm": "inc"}[s]
                     for s in settings if s.startswith("syntax="))
    if mutation in SHARED:
        return spoil_shared(os.path.join(folder, "fastabi." + extension), mutation)
    title = None
    for spec in specs:
        path = os.path.join(folder, "fastabi", f"{spec.name}.{extension}")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        by_symbol = {op.symbol: op for op in spec.ops}
        pieces, end = [], 0
        for block in re.finditer(BLOCK, text, re.M):
            op = by_symbol[re.search(r"macro xen_hypercall_(\w+)", block.group(0)).group(1)]
            changed = block.group(0)
            if title is None or mutation in ALL_MACROS:
                changed = (MACROS.get(mutation) or ALL_MACROS[mutation])(changed, op)
            if changed != block.group(0):
                title = "" if mutation in ALL_MACROS else op.title
            pieces += [text[end:block.start()], changed]
            end = block.end()
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(pieces) + text[end:])
    return title


if __name__ == "__main__":
    sys.exit(spoilt.generate(spoil, sys.argv[1], sys.argv[2:]))
