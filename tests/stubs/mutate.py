#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Backends with a fault: runs the C generator, then spoils one stub of what it wrote.

    mutate.py MUTATION GENERATOR ARGUMENTS-OF-GENERATOR...

Stands in for the generator where the suite must be seen to fail.  Writes the spoilt operation's
title to DIR/mutated.  Knows the text of the C backend's stubs, which nothing else in this directory
may.
"""
import operator
import os
import re
import sys

import model
import spoilt

LOAD = r"^ *const uint64_t in_\w+ = .*;\n"
BINDING = r'^ *register uint64_t reg(\d)_ __asm__ \("(\w+)"\)(?: = (.*?))?;\n'
ASM = r"(__asm__ __volatile__ \((?:.|\n)*?)\n *: (.*)\n *: ?(.*)\n *: (.*)\);\n"


def sub(pattern, replacement):
    """A mutation that replaces the first match."""
    return lambda text, op: re.sub(pattern, replacement, text, count=1, flags=re.M)


def swap_registers(text, op):
    """Two inputs change places."""
    regs = [model.REGISTERS[p.reg_in] for p in op.inputs if p.reg_in > 1]
    if len(regs) < 2:
        return text
    a, b = regs[:2]
    return re.sub(f'__asm__ \\("({a}|{b})"\\)',
                  lambda m: f'__asm__ ("{b if m.group(1) == a else a}")', text)


def swap_outputs(text, op):
    """Two outputs change places."""
    outs = [p.reg_out for p in op.outputs]
    if len(outs) < 2 or len({(p.width, p.signed) for p in op.outputs[:2]}) > 1:
        return text
    a, b = outs[:2]
    return re.sub(f"(out_\\w+ = )reg({a}|{b})_;",
                  lambda m: f"{m.group(1)}reg{b if m.group(2) == str(a) else a}_;", text)


def edit_operands(text, change):
    """Apply change(outputs, inputs) to the operand lists of the asm statement."""
    found = re.search(ASM, text)
    if not found:
        return text
    outputs, inputs = (re.findall(r'(?:\[\w+\] )?"[^"]*" \(\w+\)', found.group(n)) for n in (2, 3))
    tail = found.group(2)[len(", ".join(outputs)):]
    changed = change(list(outputs), list(inputs))
    if not changed:
        return text
    new = (f"{found.group(1)}\n : {', '.join(changed[0])}{tail}\n : {', '.join(changed[1])}\n"
           f" : {found.group(4)});\n")
    return text[:found.start()] + new + text[found.end():]


def clobber_lost(text, op):
    """A register that comes back changed is declared as an input only."""
    def change(outputs, inputs):
        for reg in op.clobbers:
            declared = f'"+r" (reg{reg}_)'
            if declared in outputs:
                outputs.remove(declared)
                return outputs, [f'"r" (reg{reg}_)'] + inputs
        return None
    return edit_operands(text, change)


def clobber_undeclared(text, op):
    """A register that comes back changed, and is nothing else, is not declared at all."""
    def change(outputs, inputs):
        for reg in op.clobbers:
            declared = f'"=r" (reg{reg}_)'
            if declared in outputs:
                outputs.remove(declared)
                change.reg = reg
                return outputs, inputs
        return None
    change.reg = None
    text = edit_operands(text, change)
    return re.sub(f"^ *register uint64_t reg{change.reg}_ .*\n", "", text, flags=re.M)


def output_undeclared(text, op):
    """A register that is input (of an argument by value) and output is declared as an input only.
    """
    def change(outputs, inputs):
        by_value = [q.reg_in for q in op.inputs if q.path is None and not q.is_pointer]
        for p in op.outputs:
            declared = f'"+r" (reg{p.reg_out}_)'
            if declared in outputs and p.reg_out in by_value:
                outputs.remove(declared)
                return outputs, [f'"r" (reg{p.reg_out}_)'] + inputs
        return None
    return edit_operands(text, change)


def input_undeclared(text, op):
    """An input is bound to its register, but the asm statement does not name it."""
    def change(outputs, inputs):
        for p in op.inputs:
            declared = f'"r" (reg{p.reg_in}_)'
            if declared in inputs:
                inputs.remove(declared)
                return outputs, inputs
        return None
    return edit_operands(text, change)


def other_cast(pattern, sign):
    """The load of an input narrower than 64 bits is extended the other way."""
    first = "" if sign else "u"
    return sub(pattern, lambda m: (f"{m.group(1)}({sign}int{m.group(2)}_t)"
                                   f"({first}int{m.group(2)}_t)"))


def load_late(text, op):
    """Memory is read while the register variables are bound: for one that is bound after another.
    """
    bindings = [m for m in re.finditer(BINDING, text, re.M) if m.group(3)]
    for binding in bindings[1:]:
        load = re.search(f"^ *const uint64_t {re.escape(binding.group(3))} = (.*);\n", text, re.M)
        if load and re.search(r"fields_->|\*", load.group(1)):
            late = binding.group(0).replace(f"= {binding.group(3)};", f"= {load.group(1)};")
            return text.replace(binding.group(0), late).replace(load.group(0), "")
    return text


def bind_early(text, op):
    """A register variable with a constant is bound before the last input is read from memory."""
    loads = list(re.finditer(LOAD, text, re.M))
    constants = [m for m in re.finditer(BINDING, text, re.M) if re.match(r"\d", m.group(3) or "")]
    if not loads or "fields_->" not in loads[-1].group(0) or not constants:
        return text
    binding = constants[0].group(0)
    text = text.replace(binding, "")
    return text[:loads[0].start()] + binding + text[loads[0].start():]


def read_late(text, op):
    """Outputs are read from their registers after the branch."""
    copy = re.search(r"^ *(out_\w+) = (reg\d_);\n", text, re.M)
    if not copy:
        return text
    text = text[:copy.start()] + text[copy.end():]
    text = re.sub(f"^ *uint64_t {copy.group(1)};\n", "", text, flags=re.M)
    return re.sub(f"\\b{copy.group(1)}\\b", copy.group(2), text)


def wide_store(text, op):
    """An output of less than 64 bits is stored with 64."""
    return re.sub(r"^( *)(fields_->\S+|\*\w+) = \(u?int(?:8|16|32)_t\)(out_\w+);",
                  r"\1*(uint64_t *)&\2 = \3;", text, count=1, flags=re.M)


SUCCESS = r"if \(ret_ >= 0\)"

# name: (what it does to a stub, (style, transfer), only instrumentation can show it)
COMPARE = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
           ">": operator.gt, ">=": operator.ge}


def unsettle(text, op):
    """An output whose condition fails is not 0 in the next condition, which 0 does not fulfil."""
    for p in op.settled:
        if len(p.terms) == 1 and p.terms[0][0] != p.name:
            name, comparison, number = p.terms[0]
            first = op.named(name)
            if first.terms and first.name not in [t[0] for t in first.terms] and \
                    not COMPARE[comparison](0, number):
                return sub(r"^        else\n            out_\w+ = 0;\n", "")(text, op)
    return text


MUTATIONS = {
    "two inputs swapped": (swap_registers, ("struct", "vmcall"), False),
    "two outputs swapped": (swap_outputs, ("struct", "vmcall"), False),
    "output stored on failure": (sub(SUCCESS, "if (1)"), ("struct", "vmcall"), False),
    "output stored on failure, by pointer": (sub(SUCCESS, "if (1)"), ("value", "vmcall"), False),
    "output not stored on a positive result": (sub(SUCCESS, "if (ret_ == 0)"), ("struct", "vmcall"),
                                               False),
    "success judged by 32 bits": (sub(SUCCESS, "if ((int)ret_ >= 0)"), ("value", "vmcall"), False),
    "result cut to 32 bits": (sub(r"return \(long\)ret_;", "return (int)ret_;"),
                              ("value", "vmcall"),
                              False),
    "output never stored": (sub(r"^ *(fields_->\S+|\*\w+) = .*out_\w+;\n", ""),
                            ("struct", "vmcall"),
                            False),
    "output stored too wide": (wide_store, ("struct", "vmcall"), False),
    "output stored too wide, by pointer": (wide_store, ("value", "vmcall"), False),
    "output stored too narrow": (sub(r"(= \(u?int)(?:32|64)(_t\)out_)", r"\g<1>8\2"),
                                 ("struct", "vmcall"), False),
    "sign lost": (other_cast(r"(= \(uint64_t\))\(int(8|16|32)_t\)(?=fields_)", "u"),
                  ("struct", "vmcall"), False),
    "sign invented": (other_cast(r"(= \(uint64_t\))\(uint(8|16|32)_t\)(?=fields_)", ""),
                      ("struct", "vmcall"), False),
    "input not cut to its "
    "width": (sub(r"\(uint64_t\)\(uint(?:8|16)_t\)fields_->([^;]+);",
                  r"*(uint32_t *)&fields_->\1;"),
              ("struct", "vmcall"), False),
    "wrong index": (
        sub(r'(reg1_ __asm__ \("rdi"\) = )(\d+)', lambda m: m.group(1) + str(int(m.group(2)) + 1)),
        ("struct", "vmcall"), False),
    "wrong hypercall": (sub(r"(__HYPERVISOR_FASTABI_MASK \| )", r"\g<1>1u + "),
                        ("struct", "vmcall"), False),
    "mask forgotten": (sub(r"__HYPERVISOR_FASTABI_MASK \| ", ""), ("value", "vmcall"), False),
    "clobber lost": (clobber_lost, ("struct", "vmcall"), False),
    "clobber undeclared": (clobber_undeclared, ("struct", "vmcall"), False),
    "output undeclared": (output_undeclared, ("struct", "vmcall"), False),
    "input undeclared": (input_undeclared, ("struct", "vmcall"), False),
    "result undeclared": (sub(r'"\+r" \(reg0_\)', '"=r" (reg0_)'), ("struct", "vmcall"), False),
    "memory clobber lost": (sub(r'"memory"', ""), ("struct", "vmcall"), False),
    "input loaded while registers are bound": (load_late, ("struct", "vmcall"), True),
    "input by pointer loaded while registers are bound": (load_late, ("value", "vmcall"), True),
    "register bound before the last load": (bind_early, ("struct", "vmcall"), True),
    "output read after the branch": (read_late, ("struct", "vmcall"), True),
    "condition dropped": (sub(r"^        if \((?!!)", "        if (1 || "),
                          ("struct", "vmcall"), False),
    "condition dropped, value": (sub(r"^        if \(!\(", "        if (0 && !("),
                                 ("value", "vmcall"), False),
    "condition inverted": (sub(r"^        if \(!\(", "        if (("), ("value", "vmcall"), False),
    "condition on the whole "
    "register": (sub(r"^(        if \(!?\(?)\(u?int\d+_t\)(?=out_)", r"\1"),
                 ("value", "vmcall"), False),
    "condition on an output that means nothing": (unsettle, ("struct", "vmcall"), False),
    "vendor inverted": (sub(r'"ri" \(by_\)', '"ri" (by_ == 0 ? 1u : 0u)'),
                        ("struct", "argument"), False),
    "vendor ignored": (sub(r'"ri" \(by_\)', '"ri" (0u)'),
                       ("struct", "argument"), False),
    "vmmcall for vmcall": (sub(r'__volatile__ \("vmcall"', '__volatile__ ("vmmcall"'),
                           ("struct", "vmcall"), False),
    "site not recorded": (sub("XEN_FASTABI_PATCHABLE", '"vmmcall"'), ("struct", "patch"), False),
    "extra transfer": (sub(r'__volatile__ \("vmmcall"', '__volatile__ ("vmmcall; vmmcall"'),
                       ("value", "vmmcall"), False),
}


def functions(text):
    """(operation's symbol, start, end) of each stub."""
    for found in re.finditer(
            r"^(?:\w+ )*long xen_hypercall_(\w+)\((?:.|\n)*?\)\n\{\n(?:.|\n)*?\n\}\n", text, re.M):
        yield found.group(1), found.start(), found.end()


def find_stubs(folder, specs):
    """(path, start, end, operation) of each stub."""
    for spec in specs:
        path = os.path.join(folder, "fastabi", spec.name + ".h")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        by_symbol = {op.symbol: op for op in spec.ops}
        for symbol, start, end in functions(text):
            yield path, start, end, by_symbol[symbol]


def spoil(folder, specs, mutation, _):
    """Apply a mutation to the first stub that it changes; the title of its operation, or None."""
    return spoilt.change_first(find_stubs(folder, specs), MUTATIONS[mutation][0])


if __name__ == "__main__":
    sys.exit(spoilt.generate(spoil, sys.argv[1], sys.argv[2:]))
