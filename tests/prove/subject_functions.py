# SPDX-License-Identifier: MIT
"""Functions in assembly as something to prove: both syntaxes, conventions and all transfers.

Must not know what a function looks like.
"""
import os

import convention
import model
from contract import Shape
from subject_c import Unproved, call, load, write   # noqa: F401

NAME, SAMPLE = "functions", None    # so cheap that a sample has everything
SYNTAXES = ["gas", "nasm"]
CONVENTIONS = {"sysv": convention.SYSV, "microsoft": convention.MICROSOFT}
TRANSFERS = ["vmcall", "vmmcall", "patch", "macro"]
MARKS = {
    "gas": ".macro transfer_mark\n    ud2\n    .byte 0x4d\n.endm\n"
           "#define XEN_FASTABI_TRANSFER transfer_mark\n",
    "nasm": "%macro transfer_mark 0\n    ud2\n    db 0x4d\n%endmacro\n"
            "%define XEN_FASTABI_TRANSFER transfer_mark\n"}
FILES = {"gas": "S", "nasm": "nasm"}


def groups():
    return [((name, transfer), [(syntax,) for syntax in SYNTAXES])
            for name in CONVENTIONS for transfer in TRANSFERS]


def title(form, way):
    return f"functions {' '.join(form)}, {' '.join(way)}"


def needs_structs(form):
    return False


def generate(generator, folder, form, specs):
    name, transfer = form
    call([*generator, "generate", "-b", "asm", "-O", "form=functions", "-O", "syntax=both", "-O",
          f"convention={name}", "-O", f"transfer={transfer}", "-o", folder, *specs])


def build(form, way, specs, first, bindings, base, extra=()):
    """All files in one."""
    syntax, = way
    text = MARKS[syntax]
    for spec in specs:
        path = os.path.join(bindings, "fastabi", f"{spec.name}.{FILES[syntax]}")
        with open(path, encoding="utf-8") as file:
            text += file.read()
    source = f"{base}.{FILES[syntax]}"
    write(source, text)
    call(["gcc", "-c", source, "-o", base + ".o"] if syntax == "gas" else
         ["nasm", "-Werror", "-felf64", source, "-o", base + ".o"])
    return load([base + ".o"], base + ".elf")


def subjects(form, way, specs, structs):
    name, transfer = form
    instruction = "vmmcall" if transfer == "patch" else transfer
    for op in (op for s in specs for op in s.ops):
        yield op, f"xen_hypercall_{op.symbol}", Shape(
            model.stub_arguments(op, "value", transfer), "value", instruction,
            recorded=transfer == "patch"), CONVENTIONS[name]
