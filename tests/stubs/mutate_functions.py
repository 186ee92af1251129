#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Functions in assembly with a fault: runs the generator, then spoils one function that it wrote.

    mutate_functions.py MUTATION GENERATOR ARGUMENTS-OF-GENERATOR...

Stands in for the generator where the suite must be seen to fail.  The conventions do not have the
same function spoilt, so "mutated" names none.  Knows the text of the functions, which nothing else
in this directory may.
"""
import os
import re
import sys

import spoilt

BLOCKS = {
    "S": r"^    xen_fastabi_fn_begin (?:.|\n)*?^    xen_fastabi_fn_end .*\n",
    "nasm": r"^    xen_fastabi_fn_begin (?:.|\n)*?^    xen_fastabi_fn_end .*\n",
    "asm": r"^\w+ proc(?:.|\n)*?^\w+ endp\n",
}


def sub(pattern, replacement):
    """A mutation that replaces the first match."""
    return lambda text: re.sub(pattern, replacement, text, count=1, flags=re.M)


def unsaved(register):
    """Neither saved nor restored."""
    return lambda text: re.sub(
        rf"^    (?:push {register}\n    \.pushreg|pop|xen_fastabi_fn_(?:save|restore)) "
        rf"%?{register}\n", "", text, flags=re.M)


def restored_in_order(text):
    """As they were saved, first one first."""
    found = list(re.finditer(r"^    (?:pop|xen_fastabi_fn_restore) (%?\w+)\n", text, re.M))
    if len(found) < 2:
        return text
    (a, b), (c, d) = found[0].span(1), found[1].span(1)
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def plus(add):
    return lambda m: m.group(1) + str(int(m.group(2)) + add) + m.group(3)


# name: what it does to a function
FUNCTIONS = {
    "output stored on failure": sub(r"^    js .*\n", ""),
    "rdi not saved": unsaved("rdi"),
    "rsi not saved": unsaved("rsi"),
    "r12 not saved": unsaved("r12"),
    "registers restored in the wrong order": restored_in_order,
    "sign lost": lambda text: re.sub(r"movs([bw])q|movsx ", lambda m: f"movz{m.group(1)}q"
                                     if m.group(1) else "movzx ", text, count=1),
    "wrong index": sub(r"^(    mov (?:edi, |\$))(\d+)(|, %edi)$", plus(1)),
    "mask forgotten": sub(r"\b1073741824\b|\b10737418\d\d\b",
                          lambda m: str(int(m.group(0)) - 0x40000000)),
    "argument from the next place": sub(r"()(?<=[ +])(\d+)(\(%rsp\)|\])", plus(8)),
    "condition dropped": sub(r"^    xor (%?r\w+), \1\n", ""),
    "condition on the whole register": sub(r"^    cmp (\S+) %?(r\d+)d\b|^    cmp (r\d+)d, ",
                                           lambda m: f"    cmp {m.group(3)}, " if m.group(3)
                                           else f"    cmp {m.group(1)} %{m.group(2)}"),
    "extra transfer": sub(r"^    (vmcall|db 0fh.*)\n", r"\g<0>\g<0>"),
    "site not recorded": sub(r"^    xen_fastabi_fn_site\n", "    vmmcall\n"),
}

MUTATIONS = {name: (None, ("value", "patch" if name == "site not recorded" else "vmcall"), False)
             for name in FUNCTIONS}


def spoil(folder, specs, mutation, _):
    """Spoil one function of each syntax."""
    for extension, block in BLOCKS.items():
        for spec in specs:
            path = os.path.join(folder, "fastabi", f"{spec.name}.{extension}")
            if not os.path.exists(path):
                break
            with open(path, encoding="utf-8") as file:
                text = file.read()
            # what has been spoilt by the run for another syntax stays
            blocks = [found.group(0) for found in re.finditer(block, text, re.M)]
            changed = next((b for b in blocks if FUNCTIONS[mutation](b) != b), None)
            if changed is not None:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text.replace(changed, FUNCTIONS[mutation](changed)))
                break
    return ""


if __name__ == "__main__":
    sys.exit(spoilt.generate(spoil, sys.argv[1], sys.argv[2:]))
