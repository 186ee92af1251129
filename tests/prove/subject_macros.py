# SPDX-License-Identifier: MIT
"""Macros in assembly as something to prove: each operation with its operands in several places.

A function is a macro and a return.  Must not know what a macro expands to.
"""
import lang_asm
import model
from macros import MACRO, STORED, Placement
from subject_c import Unproved, call, load, write   # noqa: F401

NAME, SAMPLE = "macros", 1
SYNTAXES = {"gas": lang_asm.Gas(), "nasm": lang_asm.Nasm()}
TRANSFERS = ["vmcall", "vmmcall", "patch", "macro"]
SET_LAST = ["rdi", "rax", "rbx", "rcx", "rdx", "rbp", "r13"]     # of these the macro sets two
OTHERS = ["rbx", "rcx", "rdx", "rbp", "r13", "r14", "r15"]
SIZE = {"gas": "    .size {0}, . - {0}\n", "nasm": ".end:\n"}
GLOBAL = {"gas": "    .globl {0}\n    .type {0}, @function\n{0}:\n",
          "nasm": "    global {0}:function ({0}.end - {0})\n{0}:\n"}


def groups():
    return [((transfer,), [(syntax,) for syntax in SYNTAXES]) for transfer in TRANSFERS]


def title(form, way):
    return f"macros {' '.join(form)}, {' '.join(way)}"


def needs_structs(form):
    return False


def generate(generator, folder, form, specs):
    for syntax in SYNTAXES:
        call([*generator, "generate", "-b", "asm", "-O", f"syntax={syntax}", "-o", folder, *specs])


def placements(op):
    """{name: [(parameter, kind, register)]}: where operands are."""
    inputs = op.inputs
    own = [model.REGISTERS[p.reg_in] for p in inputs]
    found = {"own": [(p, "own", r) for p, r in zip(inputs, own)]}
    if op.outputs:
        found["stored"] = found["own"]
    if not inputs:
        return found
    turned = own[1:] + own[:1]
    found["turned"] = [(p, "wide", r) for p, r in zip(inputs, turned)]
    found["other"] = [(p, "narrow", r) for p, r in zip(inputs, SET_LAST)]
    found["memory"] = [(p, "memory", r) for p, r in zip(inputs, reversed(OTHERS))]
    # Each operand blocks the register of another one, every second by an address.
    found["mixed"] = [(p, ("wide", "memory")[n % 2], r)
                      for n, (p, r) in enumerate(zip(inputs, reversed(own)))]
    found["some"] = [(p, ("own", "narrow")[n % 2], (r, OTHERS[n])[n % 2])
                     for n, (p, r) in enumerate(zip(inputs, own))]
    return found


def operand(syntax, p, kind, register):
    if kind == "memory":
        return syntax.operand(syntax.mem(register, 8))
    return syntax.reg(register, p.width if kind == "narrow" else 64)


def source(syntax, op, name, placed):
    given = [f"{lang_asm.flat(p.name)}={operand(syntax, p, kind, register)}"
             for p, kind, register in placed if kind != "own"]
    stores = ""
    if name == f"stored_{op.symbol}":
        label = f".L{name}" if syntax.name == "gas" else ".failed"
        stores = f"{syntax.negative_to('rax', label)}\n" + "".join(
            syntax.store(syntax.mem(STORED, 8 * n), p.width, output(syntax, op, p)) + "\n"
            for n, p in enumerate(op.outputs)) + f"{label}:\n"
    return (f"{GLOBAL[syntax.name].format(name)}    xen_hypercall_{op.symbol} {', '.join(given)}\n"
            f"{stores}    ret\n{SIZE[syntax.name].format(name)}")


def output(syntax, op, p):
    """The constant for an output, where it has one."""
    return lang_asm.Wrapper(syntax, op, "").output(p)


def build(form, way, specs, first, bindings, base, extra=()):
    (transfer,), (name,) = form, way
    syntax = SYNTAXES[name]
    text = syntax.head(transfer, [s.name for s in specs])
    for op in (op for s in specs for op in s.ops):
        text += "".join(source(syntax, op, f"{place}_{op.symbol}", placed)
                        for place, placed in placements(op).items())
    path = base + (".S" if name == "gas" else ".asm")
    write(path, text)
    call(["gcc", "-I", bindings, "-c", path, "-o", base + ".o"] if name == "gas" else
         ["nasm", "-Werror", "-felf64", f"-I{bindings}/", path, "-o", base + ".o"])
    return load([base + ".o"], base + ".elf")


def subjects(form, way, specs, structs):
    transfer, = form
    instruction = "vmmcall" if transfer == "patch" else transfer
    for op in (op for s in specs for op in s.ops):
        for place, placed in placements(op).items():
            yield op, f"{place}_{op.symbol}", Placement(
                placed, place == "stored", instruction, transfer == "patch"), MACRO
