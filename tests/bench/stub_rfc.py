# SPDX-License-Identifier: MIT
"""Stubs in the shape of the RFC's tool, for comparison: register variables bound straight from the
struct, a branch over the vendor around two asm statements, outputs stored whether or not the call
succeeded.

Written from its description in the design; must not know ours.
"""
import lang_c
import model


def stub(op, prefix):
    """A function like ours in struct style with transfer=argument, called PREFIX_<operation>."""
    declared, source = [], {}
    for n, arg in enumerate(model.stub_arguments(op, "struct", "argument")):
        declared.append(lang_c.declared(op, arg, n, "struct"))
        if arg[0] in ("value", "pointer"):
            source[arg[1].name] = f"{'*' if arg[0] == 'pointer' else ''}a{n}"
    for p in op.params:
        source.setdefault(p.name, f"a1->{p.path}")
    inputs = {p.reg_in: p for p in op.inputs}
    changed = {p.reg_out for p in op.outputs} | set(op.clobbers)
    lines, outs, ins = [], ['"+r" (reg0)'], []
    lines.append(f'register uint64_t reg0 __asm__ ("rax") = {op.rax:#x};')
    for reg in range(1, 8):
        value = source[inputs[reg].name] if reg in inputs else str(
            op.index) if reg == 1 and not op.direct else None
        if value is None and reg not in changed:
            continue
        lines.append(f'register uint64_t reg{reg} __asm__ ("{model.REGISTERS[reg]}")' +
                     (f" = {value};" if value is not None else ";"))
        if reg in changed:
            outs.append(f'"{"=" if value is None else "+"}r" (reg{reg})')
        else:
            ins.append(f'"r" (reg{reg})')
    operands = f': {", ".join(outs)} : {", ".join(ins)} : "memory"'
    lines += ["if (a0 == Intel)", f'    __asm__ __volatile__ ("vmcall" {operands});',
              "else", f'    __asm__ __volatile__ ("vmmcall" {operands});']
    lines += [f"{source[p.name]} = reg{p.reg_out};" for p in op.outputs]
    lines.append("return (long)reg0;")
    body = "\n".join("    " + line for line in lines)
    return f"static inline long {prefix}_{op.symbol}({', '.join(declared)})\n{{\n{body}\n}}\n"
