#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests of the assembly macros: every placement of operands gives right code or a message.

    tests/asm/run.py [--quick] [--lang gas|nasm] [--op TITLE]

For operations of up to three inputs all placements over the 15 registers and all mixtures with memory, constants and
operands left out, over those registers that can make a difference; random ones for more inputs and for random
specifications.  What was assembled is disassembled and executed by simulate.py, with values of which no two bits are
alike.  Last line: "N passed, N failed, N skipped".  Must not know how the macros work.
"""
import argparse
import itertools
import os
import random
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests", "stubs"))
sys.path.insert(0, HERE)

import model                                    # noqa: E402
import randspec                                 # noqa: E402
import refusals                                 # noqa: E402
from report import Report, each, head, run      # noqa: E402
from simulate import ALL, Fault, extend, memory, part, step, MASK64     # noqa: E402

USABLE = [r for r in ALL if r != "rsp"]


def flat(name):
    name = name.replace("]", "").replace(".", "_").replace("[", "_")
    return name + "_" if name.rstrip("_") in ("linux", "unix", "i386") else name


# ---- operands: tuples of kind and what it needs ----

def spell(operand, lang):
    """An operand as a caller writes it."""
    kind, *rest = operand
    if kind == "nothing":
        return ""
    if kind == "register":
        return ("%" if lang == "gas" else "") + part(*rest)
    if kind == "constant":
        return ("$" if lang == "gas" else "") + str(rest[0])
    base, index, scale, offset = rest
    if lang == "gas":
        return f'"{offset}(%{base},%{index},{scale})"' if index else f"{offset}(%{base})"
    return f"[{base} + {index} * {scale} + {offset}]" if index else f"[{offset}+{base}]"


def value(operand, param, regs):
    """What the parameter's register must hold."""
    kind, *rest = operand
    bits = param.width
    if kind == "nothing":
        return regs[model.REGISTERS[param.reg_in]]
    if kind == "constant":
        return extend(rest[0], bits, param.signed)
    if kind == "register":
        bits = min(bits, rest[1])
        return extend(regs[rest[0]], bits, param.signed)
    base, index, scale, offset = rest
    address = regs[base] + (regs[index] * scale if index else 0) + offset
    return extend(memory(address & MASK64, bits), bits, param.signed)


def constant(rng, param):
    """One that fits, the edges above all."""
    low, high = -(1 << (param.width - 1)), (1 << param.width) - 1
    return rng.choice([0, 1, -1, low, high, high >> 1, rng.randint(low, high)])


def address(rng, base, index=None):
    return ("memory", base, index, rng.choice([1, 2, 4, 8]), rng.choice([0, 0, 8, -8, 0x7fff, -0x80000]))


def any_operand(rng, param, registers):
    kind = rng.choice(["register"] * 5 + ["memory", "memory", "indexed", "constant", "nothing"])
    if kind == "register":
        return kind, rng.choice(registers), rng.choice([8, 16, 32, 64, 64])
    if kind == "memory":
        return address(rng, rng.choice(registers + ["rsp"]))
    if kind == "indexed":
        return address(rng, rng.choice(registers), rng.choice(registers))
    return (kind, constant(rng, param)) if kind == "constant" else (kind,)


def placements(op, quick):
    """All operands of an operation that are tried: tuples in the order of the inputs."""
    rng = random.Random(op.title)
    inputs = op.inputs
    for registers in itertools.product(USABLE, repeat=len(inputs)) if len(inputs) <= 3 else []:
        if not quick or len(inputs) < 3 or rng.random() < 0.2:
            yield tuple(("register", r, 64) for r in registers)
    if len(inputs) == 1:
        yield from ((("register", r, bits),) for r in USABLE for bits in (8, 16, 32))
        yield from ((address(rng, base, index),) for base in ALL for index in [None, *USABLE])
        yield from ((("constant", constant(rng, inputs[0])),) for _ in range(20))
    if len(inputs) in (2, 3):
        # Registers that are neither set nor read by anybody else are all alike.
        meet = [model.REGISTERS[p.reg_in] for p in inputs] + ["rax", "rdi", "rbx"]
        kinds = [("register", r) for r in meet] + [("memory", r) for r in meet] + [("constant",), ("nothing",)]
        for chosen in itertools.product(kinds, repeat=len(inputs)):
            if quick and len(inputs) == 3 and rng.random() < 0.8:
                continue
            yield tuple(("register", k[1], rng.choice([8, 16, 32, 64])) if k[0] == "register" else
                        address(rng, k[1], rng.choice([None, None] + meet)) if k[0] == "memory" else
                        ("constant", constant(rng, p)) if k[0] == "constant" else k
                        for k, p in zip(chosen, inputs))
    close = [model.REGISTERS[p.reg_in] for p in inputs] + ["rax", "rdi"]
    for _ in range((50 if quick else 300) if inputs else 1):
        yield tuple(any_operand(rng, p, rng.choice([USABLE, close])) for p in inputs)


# ---- what a placement may cost ----

def reads(operand):
    kind, *rest = operand
    return {"register": rest[:1], "memory": [r for r in rest[:2] if r]}.get(kind, []) if rest else []


def most_instructions(op, operands):
    """One for each register to set, one more for each circle of moves."""
    moves = {}
    for p, operand in zip(op.inputs, operands):
        to = model.REGISTERS[p.reg_in]
        in_place = operand[0] == "register" and operand[1] == to and min(operand[2], p.width) == 64
        if operand[0] != "nothing" and not in_place:
            moves[to] = [r for r in reads(operand) if r != to]
    count, left = len(moves) + 1 + (not op.direct), dict(moves)
    while left:
        free = [to for to in left if not any(to in sources for other, sources in left.items() if other != to)]
        if not free:                             # break a circle where it can be reached from itself
            free = [next(to for to in left if reaches(left, to, to))]
            count += 2 if any(len(r) > 1 for r in left.values()) else 1     # a knot may need more
        for to in free:
            del left[to]
    return count


def reaches(moves, start, goal, seen=()):
    return any(r == goal or (r in moves and r not in seen and reaches(moves, r, goal, (*seen, r)))
               for r in moves[start])


# ---- assembling and executing ----

HEADS = {
    "gas": '#define XEN_FASTABI_TRANSFER ud2\n#include <fastabi/%s.S.h>\n    .section .note.GNU-stack, "", @progbits\n'
           "    .text\n",
    "nasm": '%%macro stop 0\n    ud2\n%%endmacro\n%%define XEN_FASTABI_TRANSFER stop\n%%include "fastabi/%s.inc"\n',
}


def call(op, operands, lang, number):
    """A line: operands by their names, or in their order."""
    texts = [spell(o, lang) for o in operands]
    if number % 2:
        texts = [f"{flat(p.name)}={t}" for p, t in zip(op.inputs, texts) if t]
        texts = texts[number // 2 % max(1, len(texts)):] + texts[:number // 2 % max(1, len(texts))]
    while texts and not texts[-1]:
        texts.pop()
    return f"    xen_hypercall_{op.symbol} {', '.join(texts)}\n"


def assemble(lang, bindings, base):
    source, flags = base + (".S" if lang == "gas" else ".asm"), ["-I" + bindings + "/", "-o", base + ".o"]
    command = ["gcc", "-c", *flags, source] if lang == "gas" else ["nasm", "-felf64", "-w+error", *flags, source]
    status, _, errors = run(command)
    return status, errors


def refused_lines(lang, errors):
    """{line of the source: message}.  GNU as tells where each macro was called from, the innermost first."""
    lines, message, last = {}, None, None
    if lang == "nasm":
        found = re.findall(r"^[^ ]*?:(\d+): (?:error|warning): (.*)", errors, re.M)
        return {int(number): text for number, text in found}
    for line in errors.splitlines() + [": Error: "]:
        if ": Error: " in line or ": Warning: " in line:
            if message:
                lines[last] = message
            message = line.split(": ", 2)[2]
        elif found := re.search(r":(\d+): +Info: macro invoked from here", line):
            last = int(found.group(1))
    return lines


def instructions(base):
    """Lists of instructions, one for each call, split where it stops."""
    _, out, _ = run(["objdump", "-d", "--no-show-raw-insn", "-w", base + ".o"])
    calls, now = [], []
    for line in out.splitlines():
        if found := re.match(r" +[0-9a-f]+:\t(.*?)\s*$", line):
            if found.group(1) == "ud2":
                calls.append(now)
                now = []
            else:
                now.append(found.group(1))
    return calls


def check_call(op, operands, code, rng):
    """What is wrong with the code for a call, or None."""
    before = {r: rng.getrandbits(64) for r in ALL}
    after = dict(before)
    try:
        for instruction in code:
            step(instruction, after)
    except Fault as fault:
        return str(fault)
    want = dict(before, rax=op.rax)
    if not op.direct:
        want["rdi"] = op.index
    for p, operand in zip(op.inputs, operands):
        want[model.REGISTERS[p.reg_in]] = value(operand, p, before)
    wrong = [f"{r} is {after[r]:#x}, not {want[r]:#x}" for r in ALL if after[r] != want[r]]
    if not wrong and len(code) > most_instructions(op, operands):
        wrong = [f"{len(code)} instructions, {most_instructions(op, operands)} will do"]
    return "; ".join(wrong) or None


def may_be_refused(operands):
    """Only addresses of two registers can be in a knot that needs more than rax to be undone."""
    return any(o[0] == "memory" and len(set(reads(o))) == 2 for o in operands)


def check_op(op, lang, bindings, folder, quick, report):
    base = os.path.join(folder, f"{lang}-{op.symbol}")
    tried = list(dict.fromkeys(placements(op, quick)))
    top = HEADS[lang] % op.spec.name
    first = top.count("\n") + 1
    refused, extension = {}, ".S" if lang == "gas" else ".asm"
    for _ in range(2):
        with open(base + extension, "w", encoding="utf-8") as file:
            file.write(top + "".join("\n" if n in refused else call(op, o, lang, n) for n, o in enumerate(tried)))
        status, errors = assemble(lang, bindings, base)
        if not status:
            break
        lines = refused_lines(lang, errors)
        refused.update({line - first: message for line, message in lines.items()})
    title = f"{lang} {op.title}"
    if status:
        return report.check(title, False, head(errors))
    wrong = [f"{call(op, tried[n], lang, n).strip()}: {message}" for n, message in refused.items()
             if not may_be_refused(tried[n]) or "in the way of" not in message]
    codes = instructions(base)
    rest = [(n, o) for n, o in enumerate(tried) if n not in refused]
    if len(codes) != len(rest):
        wrong.append(f"{len(codes)} transfers for {len(rest)} calls")
    rng = random.Random(op.title)
    for (n, operands), code in zip(rest, codes):
        if fault := check_call(op, operands, code, rng):
            wrong.append(f"{call(op, operands, lang, n).strip()}: {fault}: {' | '.join(code)}")
    if not wrong:
        for suffix in (extension, ".o"):
            os.remove(base + suffix)
    return report.check(f"{title}: {len(tried)} placements, {len(refused)} refused", not wrong, wrong[:8])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a fifth of what there is for three inputs")
    parser.add_argument("--lang", action="append", choices=["gas", "nasm"])
    parser.add_argument("--op", help="only this operation, such as vcpu.up")
    parser.add_argument("--jobs", "-j", type=int, default=os.cpu_count())
    options = parser.parse_args()
    generator = os.path.abspath(os.environ.get("FASTABI_GEN", os.path.join(TOP, "build", "fastabi-gen")))
    build = os.path.abspath(os.environ.get("BUILD", os.path.join(TOP, "build", "tests", "asm")))
    shutil.rmtree(build, ignore_errors=True)
    specs, bindings = os.path.join(build, "specs"), os.path.join(build, "bindings")
    abi = os.path.join(TOP, "abi")
    randspec.make(specs, 1, 4 if options.quick else 12, 10)
    report = Report()
    status, _, errors = run([generator, "generate", "-b", "asm", "-o", bindings, abi, specs])
    report.check("generate", status == 0, head(errors))
    ops = [op for folder in (abi, specs) for s in model.load_folder(folder) for op in s.ops
           if options.op in (None, op.title)]
    work = [(op, lang) for lang in options.lang or ["gas", "nasm"] for op in ops]
    each(options.jobs, lambda w: check_op(*w, bindings, build, options.quick or w[0].spec.path.startswith(specs), report),
         work)
    for lang in options.lang or ["gas", "nasm"]:
        refusals.check(lang, generator, build, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
