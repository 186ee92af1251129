#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Rust backends with a fault: runs the generator, then spoils one operation of what it wrote.

    mutate_rust.py MUTATION GENERATOR ARGUMENTS-OF-GENERATOR...

What mutate.py is for C, and with its names.  Knows the text of the Rust backend, which nothing else
here may.
"""
import os
import re
import sys

import lang_rust
import spoilt

SAFE, RAW = ("safe", "vmcall"), ("raw", "vmcall")


def sub(pattern, replacement):
    """A mutation that replaces the first match."""
    return lambda text, op: re.sub(pattern, replacement, text, count=1, flags=re.M)


def swap(pattern):
    """A mutation that makes the two groups of the first match change places."""
    def change(text, op):
        found = re.search(pattern, text, re.M)
        if not found or found.group(1) == found.group(2):
            return text
        (a, b), (c, d) = found.span(1), found.span(2)
        return text[:a] + found.group(2) + text[b:c] + found.group(1) + text[d:]
    return change


def swap_inputs(pattern):
    """The same, of an operation whose first two inputs have one type."""
    def change(text, op):
        if len({(p.width, p.signed) for p in op.inputs[:2]}) > 1:
            return text
        return swap(pattern)(text, op)
    return change


def swap_outputs(text, op):
    """Two outputs of one type change places in the raw result."""
    if len({(p.width, p.signed) for p in op.outputs[:2]}) > 1 or len(op.outputs) < 2:
        return text
    return swap(r"^ *\(out\.0, out\.(\d)(?: as \w+)?, out\.(\d)")(text, op)


def swap_fields(text, op):
    """Two outputs of one width change places in the struct."""
    if len({(p.width, p.signed) for p in op.outputs[:2]}) > 1 or len(op.outputs) < 2:
        return text
    return swap(r"out\.(1)(?:.|\n)*?out\.(2)")(text, op)


def narrow(text, op):
    """The last output of more than 8 bits loses what is above them."""
    for n, p in enumerate(op.outputs):
        if p.width > 8 and not p.signed:
            pattern = rf"(^ *\(out\.0(?:, out\.\d(?: as \w+)?){{{n}}}, out\.\d)(?: as \w+)?"
            return re.sub(pattern, rf"\1 as u8 as u{p.width}", text, count=1, flags=re.M)
    return text


def sign(signed):
    """An input narrower than 64 bits is extended the other way."""
    def change(text, op):
        for p in op.inputs:
            if p.signed == signed and p.width < 64:
                name, other = lang_rust.param_name(p), f"{'u' if signed else 'i'}{p.width}"
                return re.sub(rf"\b{re.escape(name)} as u64", f"{name} as {other} as u64",
                              text, count=1)
        return text
    return change


def clobbers_undeclared(text, op):
    """Registers that come back changed, and are nothing else, are not declared at all."""
    pattern = r'^ *out\("\w+"\) _,\n'
    return re.sub(pattern, "",
                  text, flags=re.M) if len(re.findall(pattern, text, re.M)) > 1 else text


# name: (what it does, to which text, (style, transfer)).  The texts: an asm statement, or a
# function of a module.
ASM, RAW_FN, WITH_FN, PLAIN_FN = "asm", "raw", "with", "plain"
FAULTS = {
    "two inputs swapped": (swap(r'in(?:out)?\("(rsi)"\) r2(?:.|\n)*?in(?:out)?\("(r8)"\) r3'),
                           ASM, RAW),
    "two arguments swapped": (
        swap_inputs(r"T::call_\w+\(MASK \| \d+, \d+, (\w+)(?: as u64)?, (\w+)"), RAW_FN, RAW),
    "two arguments swapped, safe": (swap_inputs(r"super::raw::[\w#]+::<T>\((\w+)(?:\.0)?, (\w+)"),
                                    WITH_FN, SAFE),
    "two outputs swapped": (swap_outputs, RAW_FN, RAW),
    "two outputs swapped, safe": (swap_fields, WITH_FN, SAFE),
    "output on failure": (sub(r"if out\.0 < 0", "if false && out.0 < 0"), WITH_FN, SAFE),
    "no output on a positive result": (sub(r"if out\.0 < 0", "if out.0 != 0"), WITH_FN, SAFE),
    "success judged by 32 bits": (sub(r"if out\.0 < 0", "if (out.0 as i32) < 0"), WITH_FN, SAFE),
    "errno cut to 32 bits": (sub(r"Errno\(out\.0\)", "Errno(out.0 as i32 as i64)"), WITH_FN, SAFE),
    "result cut to 32 bits": (sub(r"\(out\.0, ", "(out.0 as i32 as i64, "), RAW_FN, RAW),
    "value of the call lost": (sub(r"Ok\(out as u64\)", "Ok(0)"), WITH_FN, SAFE),
    "output too narrow": (narrow, RAW_FN, RAW),
    "sign lost": (sign(True), RAW_FN, RAW),
    "sign invented": (sign(False), RAW_FN, RAW),
    "wrong index": (sub(r"(T::call_\w+\(MASK \| \d+, )(\d+)",
                        lambda m: m.group(1) + str(int(m.group(2)) ^ 1)), RAW_FN, RAW),
    "wrong hypercall": (sub(r"MASK \| ", "MASK + 1 + "), RAW_FN, RAW),
    "mask forgotten": (sub(r"MASK \| ", "(MASK & 0) | "), RAW_FN, RAW),
    "clobber lost": (sub(r'inout\("(\w+)"\) (r\d) => _', r'in("\1") \2'), ASM, RAW),
    "clobbers undeclared": (clobbers_undeclared, ASM, RAW),
    "output declared as "
    "input": (sub(r'inout\("(r\w+)"\) (r[2-7]) => (o[2-7])', r'in("\1") {\3 = \2; \2}'), ASM, RAW),
    "input undeclared": (sub(r'^ *in\("r(?:si|8|9|1\d)"\) r\d,\n', ""), ASM, RAW),
    "memory clobber lost": (sub(r"options\(\$\(\$option\),\*\)", "options($($option,)* nomem)"),
                            ASM, RAW),
    "taken for pure": (sub(r"options\(\$\(\$option\),\*\)", "options($($option,)* pure, readonly)"),
                       ASM, RAW),
    "condition dropped": (sub(r"let is_valid = .*;", "let is_valid = true;"), RAW_FN, RAW),
    "condition inverted": (sub(r"let is_valid = (.*);", r"let is_valid = !(\1);"), RAW_FN, SAFE),
    "condition on the whole register": (sub(r"(let is_valid = .*)\((out_*\.\d) as \w+\)", r"\1\2"),
                                        RAW_FN, RAW),
    "extra transfer": (sub(r"\$\(\$template,\)\+", "$($template,)+ $($template,)+"), ASM, RAW),
    "default is another transfer": (sub(r"<DefaultTransfer>", "<crate::Vmmcall>"), PLAIN_FN, SAFE),
    "vendor inverted": (sub(r"vendor_number\(\),", "3 - vendor_number(),"), "support",
                        ("safe", "detect")),
    "site not recorded": (sub(r'".long 2b - \.",', '".long 0",'), "support", ("raw", "patch")),
}
MUTATIONS = {name: (change, group, False) for name, (change, _, group) in FAULTS.items()}


def pieces(folder, kind, op):
    """(file, start, end) of the text that a fault of this kind spoils for an operation, or None."""
    if kind == "support":
        path = os.path.join(folder, "src", "support.rs")
        return path, 0, os.path.getsize(path)
    module = lang_rust.module_name(op)
    path = os.path.join(folder, "src", (module[2:] if module.startswith("r#") else module) + ".rs")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    functions = {}
    name = re.escape(lang_rust.function_name(op))
    pattern = rf"^( *)pub (?:unsafe )?fn {name}(?:<|\().*?\n\1\}}\n"
    for found in re.finditer(pattern, text, re.M | re.S):
        if not found.group(1):
            name = PLAIN_FN
        else:
            name = RAW_FN if "unsafe { T::" in found.group(0) else WITH_FN
        functions[name] = found
    if kind != ASM:
        return path, functions[kind].start(), functions[kind].end()
    method = re.search(r"T::(call_\w+)", functions[RAW_FN].group(0)).group(1)
    path = os.path.join(folder, "src", "transfer.rs")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = re.search(rf"^( *)unsafe fn {method}\([^\n]*\{{\n.*?\n\1\}}\n", text, re.M | re.S)
    return path, found.start(), found.end()


def spoil(folder, specs, mutation, _):
    """Spoil what the first operation that can be spoilt is made of; its title, or None."""
    change, kind, _ = FAULTS[mutation]
    places = ((*pieces(folder, kind, op), op) for spec in specs for op in spec.ops)
    return spoilt.change_first(places, change)


if __name__ == "__main__":
    sys.exit(spoilt.generate(spoil, sys.argv[1], sys.argv[2:]))
