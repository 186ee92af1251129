#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Write the table of all operations for the kernel that makes random calls, from specifications
alone.

    ops.py ABI-FOLDER OUT.c
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "stubs"))
import model  # noqa: E402  (found beside the tests of the stubs)


def type_of(param):
    """What values are plausible follows from this name."""
    return param.type_name or f"{'i' if param.signed else 'u'}{param.width}"


def load(folder):
    """All operations, in the order in which they are numbered from 1."""
    return [op for spec in model.load_folder(folder) for op in spec.ops]


def not_at_once(ops):
    """Titles that must not be called on two vCPUs at once."""
    with open(os.path.join(HERE, "not-at-once"), encoding="utf-8") as file:
        names = {word for line in file if line[0] not in "# \n" for word in line.split()}
    unknown = names - {op.title for op in ops}
    if unknown:
        raise ValueError(f"not-at-once: there is no {', '.join(sorted(unknown))}")
    return names


def param_text(param, reg, kinds):
    name = type_of(param)
    kind = kinds.setdefault(name, len(kinds))
    return f"{{ {reg}, {param.width}, {int(param.signed)}, {kind} }}"


def table(ops, with_outputs=True):
    """The C text.  Without outputs it is wrong on purpose, as a test of the test."""
    kinds, lines, alone = {}, [], not_at_once(ops)
    for op in ops:
        inputs = ", ".join(param_text(p, p.reg_in, kinds) for p in op.inputs)
        outputs = ", ".join(param_text(p, p.reg_out, kinds) for p in op.outputs if with_outputs)
        clobbers = sum(1 << reg for reg in op.clobbers)
        lines.append(
            f'    {{ "{op.title}", {op.rax:#x}u, {op.index}u, {int(op.direct)}, '
            f"{int(op.title in alone)}, {clobbers},\n"
            f"      {len(op.inputs)}, {{ {inputs or '{ 0, 0, 0, 0 }'} }},\n"
            f"      {len(op.outputs) if with_outputs else 0}, {{ {outputs or '{ 0, 0, 0, 0 }'} }} "
            f"}},\n")
    names = "".join(f'    "{name}",\n' for name in kinds)
    return ("/* Made by ops.py. */\n#include \"ops.h\"\n\n"
            f"const struct op ops[] = {{\n{''.join(lines)}}};\n"
            f"const unsigned int op_count = {len(ops)};\n\n"
            f"const char *const kind_names[] = {{\n{names}    0\n}};\n"
            f"const unsigned int kind_count = {len(kinds)};\n")


def main():
    folder, out = sys.argv[1:]
    with open(out, "w", encoding="utf-8") as file:
        file.write(table(load(folder)))


if __name__ == "__main__":
    main()
