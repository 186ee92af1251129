# SPDX-License-Identifier: MIT
"""GNU as and NASM in the conformance suite: how to generate, to call one operation, and to
assemble.

A Language offers the names that lang_c.py offers.  A wrapper calls a macro with its operands in
places that a random choice makes: registers of any width, memory, or the register where they
belong.  Must not know what the generator writes beyond its documented names (docs/assembly.md).
"""
import random
import re

import model

ALL = ["rax", "rdi", "rsi", "r8", "r9", "r10", "r11", "r12", "rcx", "rdx", "rbx", "rbp", "r13",
       "r14", "r15"]
ABI = set(model.REGISTERS)

# struct call of harness.h
IN, CELL, KEEP, KEPT, RESULT, STAGE, SEEN = 0, 112, 232, 328, 424, 440, 448
KEPT_VALUES = 12
GARBAGE = 0x5eed5eed5eed5eed


def part(register, bits):
    """The name of the low bits of a 64-bit register."""
    if register[1:].isdigit():
        return register + {8: "b", 16: "w", 32: "d", 64: ""}[bits]
    short = register[1:]
    if bits == 8:
        return short[0] + "l" if short.endswith("x") else short + "l"
    return {16: short, 32: "e" + short, 64: register}[bits]


def flat(name):
    """A parameter's name as an operand of a macro."""
    name = name.replace("]", "").replace(".", "_").replace("[", "_")
    return name + "_" if name.rstrip("_") in ("linux",
                                              "unix", "i386") or re.match("_[_A-Z]", name) else name


class Gas:
    """How GNU as spells what a wrapper is made of."""

    name, comment, label, extension = "gas", "/* %s */", "%s:", "S.h"
    transfers = {"patch": "xen_fastabi_patchable", "macro": "test_transfer"}
    suffix = {8: "b", 16: "w", 32: "l", 64: "q"}
    trap = ".byte 0x0f, 0x0b, %s"

    def head(self, transfer, names):
        return (f"/* Written by tests/stubs. */\n"
                f"#define XEN_FASTABI_TRANSFER {self.transfers.get(transfer, transfer)}\n" +
                ".macro test_transfer\n    ud2\n    .byte 0x4d\n.endm\n" +
                "".join(f"#include <fastabi/{n}.S.h>\n" for n in names) +
                '    .section .note.GNU-stack, "", @progbits\n    .text\n')

    def start(self, name):
        return f"    .globl {name}\n{name}:"

    def reg(self, register, bits=64):
        return "%" + part(register, bits)

    def mem(self, base, offset=0, index=None):
        return f"{offset}(%{base},%{index})" if index else f"{offset}(%{base})"

    def operand(self, text):
        return f'"{text}"' if "," in text else text

    def load(self, to, bits, where):
        return f"    mov{self.suffix[bits]} {where}, {self.reg(to, bits)}"

    def store(self, where, bits, value):
        return f"    mov{self.suffix[bits]} {value}, {where}"

    def extend(self, to, bits, is_signed, where):
        if bits == 64 or (bits == 32 and not is_signed):
            return self.load(to, bits, where)
        mov = f"mov{'s' if is_signed else 'z'}{self.suffix[bits]}{'q' if is_signed else 'l'}"
        return f"    {mov} {where}, {self.reg(to, 64 if is_signed else 32)}"

    def store_constant(self, where, value):
        return f"    movq ${value}, {where}"

    def load_constant(self, to, value):
        return f"    movabsq ${value:#x}, {self.reg(to)}"

    def negative_to(self, register, label):
        return f"    testq {self.reg(register)}, {self.reg(register)}\n    js {label}"


class Nasm(Gas):
    """The same for NASM."""

    name, comment, extension = "nasm", "; %s", "inc"
    size = {8: "byte", 16: "word", 32: "dword", 64: "qword"}
    trap = "db 0x0f, 0x0b, %s"

    def head(self, transfer, names):
        return (f"; Written by tests/stubs.\n"
                f"%define XEN_FASTABI_TRANSFER {self.transfers.get(transfer, transfer)}\n" +
                "%macro test_transfer 0\n    ud2\n    db 0x4d\n%endmacro\n" +
                "".join(f'%include "fastabi/{n}.inc"\n' for n in names) +
                "section .note.GNU-stack noalloc noexec nowrite progbits\nsection .text\n")

    def start(self, name):
        return f"    global {name}\n{name}:"

    def reg(self, register, bits=64):
        return part(register, bits)

    def mem(self, base, offset=0, index=None):
        return f"[{base}+{index}+{offset}]" if index else f"[{base}+{offset}]"

    def operand(self, text):
        return text

    def load(self, to, bits, where):
        return f"    mov {self.reg(to, bits)}, {where}"

    def store(self, where, bits, value):
        return f"    mov {self.size[bits]} {where}, {value}"

    def extend(self, to, bits, is_signed, where):
        if bits == 64 or (bits == 32 and not is_signed):
            return self.load(to, bits, where)
        word = ("movsxd" if bits == 32 else "movsx") if is_signed else "movzx"
        return f"    {word} {self.reg(to, 64 if is_signed else 32)}, {self.size[bits]} {where}"

    def store_constant(self, where, value):
        return f"    mov qword {where}, {value}"

    def load_constant(self, to, value):
        return f"    mov {to}, {value:#x}"

    def negative_to(self, register, label):
        return f"    test {register}, {register}\n    js {label}"


class Wrapper:
    """A function that makes one call twice, each time with its operands somewhere else."""

    def __init__(self, syntax, op, symbol):
        self.s, self.op, self.symbol = syntax, op, symbol
        self.rng = random.Random(symbol)
        touched = {"rax"} | ({"rdi"} if not op.direct else set())
        touched |= {model.REGISTERS[r] for p in op.params
                    for r in (p.reg_in, p.reg_out) if r is not None}
        touched |= {model.REGISTERS[r] for r in op.clobbers}
        outside = [r for r in ALL if r not in ABI]
        self.rng.shuffle(outside)
        self.base, self.scratch = outside[:2]     # struct call, and what outputs are stored through
        self.touched = touched
        self.lines = []

    def cell(self, p):
        return self.s.mem(self.base, CELL + 8 * self.op.params.index(p))

    def value(self, p):
        return self.s.mem(self.base, IN + 8 * self.op.params.index(p))

    def place(self):
        """For each input a kind and registers of its own: [(parameter, kind, register, index
        register)]

        In a knot of addresses that read each other's registers a macro needs rax or refuses;
        tests/asm is about that.
        """
        addresses = self.rng.random() < 0.6
        pool = [r for r in ALL if r not in (self.base, self.scratch)
                and not (addresses and r == "rax")]
        self.rng.shuffle(pool)
        if self.rng.random() < 0.4:               # in each other's way
            pool.sort(key=lambda r: r not in [model.REGISTERS[p.reg_in] for p in self.op.inputs])
        placed = []
        for p in self.rng.sample(self.op.inputs, len(self.op.inputs)):
            belongs = model.REGISTERS[p.reg_in]
            kind = self.rng.choice(["register", "register", "nothing"]
                                   + ["memory", "indexed"] * addresses)
            if kind == "nothing" and belongs in pool:
                pool.remove(belongs)
                placed.append((p, kind, belongs, None))
            elif kind in ("memory", "indexed") and len(pool) > len(self.op.inputs) + 2:
                placed.append((p, kind, pool.pop(), pool.pop() if kind == "indexed" else None))
            elif not p.is_pointer and kind == "memory":
                placed.append((p, "direct", None, None))
            else:
                placed.append((p, "register", pool.pop(), None))
        return placed

    def prepare(self, p, kind, register, index):
        """Put an input where it is placed; returns the operand, or None."""
        s, bits = self.s, p.width
        if kind == "direct":
            return self.value(p)
        at = s.mem(self.scratch)
        self.lines.append(s.load(self.scratch, 64, self.cell(p)) if p.is_pointer else
                          self.address(p))
        if kind == "nothing":
            self.lines.append(s.extend(register, bits, p.signed, at))
            return None
        if kind == "register":
            wide = self.rng.choice([b for b in (8, 16, 32, 64) if b >= bits])
            self.lines.append(s.load_constant(register, GARBAGE))
            self.lines.append(s.load(register, bits, at))
            if self.rng.random() < 0.25 and bits < 64 and wide == bits:
                return s.reg(register, bits)
            return s.reg(register, wide)
        offset = self.rng.choice([0, 0, 8, -8, 0x1234])
        self.lines.append(f"    {self.lea(register, s.mem(self.scratch, -offset))}")
        if index:
            add = self.rng.choice([0, 16, 0x7fff])
            self.lines.append(f"    {self.lea(register, s.mem(register, -add))}")
            self.lines.append(s.load_constant(index, add))
        return s.mem(register, offset, index)

    def lea(self, to, where):
        return f"leaq {where}, %{to}" if self.s.name == "gas" else f"lea {to}, {where}"

    def address(self, p):
        return f"    {self.lea(self.scratch, self.value(p))}"

    def call(self, n):
        s, op = self.s, self.op
        self.lines.append(s.store_constant(s.mem(self.base, STAGE), n + 1))
        operands = []
        for p, kind, register, index in self.placed[n]:
            text = self.prepare(p, kind, register, index)
            if text is not None:
                operands.append((p, text))
        if n == 0:
            text = [f"{flat(p.name)}={s.operand(t)}" for p, t in operands]
        # in the specification's order, those that are missing empty
        else:
            given = dict((id(p), t) for p, t in operands)
            text = [s.operand(given.get(id(p), "")) for p in op.inputs]
            while text and not text[-1]:
                text.pop()
        self.lines.append(f"    xen_hypercall_{op.symbol} {', '.join(text)}")
        label = f".L{self.symbol}_{n}" if s.name == "gas" else f".failed_{n}"
        self.lines.append(s.negative_to("rax", label))
        for p in op.outputs:
            self.lines.append(s.load(self.scratch, 64, self.cell(p)))
            self.lines.append(s.store(s.mem(self.scratch), p.width, self.output(p)))
        self.lines.append(f"{label}:")
        self.lines.append(s.store(s.mem(self.base, RESULT + 8 * n), 64, s.reg("rax")))
        self.lines.append(s.load(self.scratch, 64, s.mem(self.base, STAGE)))
        self.lines.append(s.store(s.mem(self.base, SEEN + 8 * n), 64, s.reg(self.scratch)))

    def output(self, p):
        names = (self.op.symbol, flat(p.name))
        if any(n.startswith("_") or n.endswith("_") or "__" in n for n in names):
            return self.s.reg(model.REGISTERS[p.reg_out], p.width)
        return "XEN_FASTABI_OUT_{}__{}".format(*names)

    def text(self):
        """The function: what is kept alive is in all registers that no call needs, the rest is
        copied."""
        s = self.s
        self.placed = [self.place(), self.place()]
        needed = {r for placed in self.placed for _, _, *regs in placed for r in regs if r}
        kept = [r for r in ALL if r not in self.touched | needed | {self.base, self.scratch}]
        saved = ["rbx", "rbp", "r12", "r13", "r14", "r15"]
        self.lines = [s.start(self.symbol)] + [f"    push {s.reg(r)}" for r in saved]
        self.lines.append(s.load(self.base, 64, s.reg("rdi")))
        for n in range(KEPT_VALUES):
            register = kept[n] if n < len(kept) else self.scratch
            self.lines.append(s.load(register, 64, s.mem(self.base, KEEP + 8 * n)))
            if n >= len(kept):
                self.lines.append(s.store(s.mem(self.base, KEPT + 8 * n), 64, s.reg(register)))
        for n in range(2):
            self.call(n)
        for n, register in enumerate(kept[:KEPT_VALUES]):
            self.lines.append(s.store(s.mem(self.base, KEPT + 8 * n), 64, s.reg(register)))
        self.lines += [f"    pop {s.reg(r)}" for r in reversed(saved)] + ["    ret"]
        return "\n".join(self.lines) + "\n"


class Config:
    """A way to assemble."""

    plain, thin, hooked, cxx = True, False, False, False

    def __init__(self, name, flags):
        self.compiler, self.name, self.flags = name, name, flags
        self.file = name.replace(" ", "")


class Language:
    """What the suite asks of a language."""

    FIRST = []
    STYLES = ["value"]
    TRANSFERS = ["vmcall", "vmmcall", "patch", "macro"]
    MUTATE, NO_WARNINGS, BITE_INSTRUMENTED = "mutate_asm", [], []

    def __init__(self, syntax, configs):
        self.syntax, self.NAME, self.CONFIGS = syntax, syntax.name, configs
        self.QUICK = {configs[0].name}
        self.BITE = self.BITE_UNSPOILT = [configs[0].name]

    def generate(self, generator, folder, style, transfer, specs):
        return [*generator, "generate", "-b", "asm", "-O", f"syntax={self.syntax.name}", "-o",
                folder, *specs]

    def variants(self, transfer):
        """The instruction is fixed: three wrappers only for more ways to place operands."""
        return ["FIXED_INTEL", "FIXED_AMD", "AT_RUN_TIME"]

    def layout(self, op, symbol, style):
        return None

    def drops_result(self, op, style):
        return False

    def prepare(self, config, folder, extra=()):
        return None

    def link_objects(self, config, folders):
        return []

    def unit(self, ops, style, transfer, include_first):
        text = [self.syntax.head(transfer, sorted({op.spec.name for op, _ in ops}))]
        for op, symbol in ops:
            text.append(self.syntax.comment % op.title + "\n")
            text += [Wrapper(self.syntax, op, f"{symbol}_{v}").text()
                     for v in self.variants(transfer)]
        return "".join(text)

    def macros(self, ops, transfer, registers):
        """A source with each macro after a label macro_<operation>, its operands in these
        registers, in order."""
        text = [self.syntax.head(transfer, sorted({op.spec.name for op in ops}))]
        for op in ops:
            operands = [self.syntax.reg(r, p.width) for p, r in zip(op.inputs, registers)]
            text.append(f"{self.syntax.start(f'macro_{op.symbol}')}\n"
                        f"    xen_hypercall_{op.symbol} {', '.join(operands)}\n")
        return "".join(text)

    def compile_commands(self, config, source, base, include, extra=()):
        """Preprocess, for the driver to edit; then assemble."""
        folders = [f"-I{folder}/" for folder in include]
        if self.syntax.name == "gas":
            return (["gcc", "-E", "-x", "assembler-with-cpp", *folders, source, "-o", base + ".s"],
                    [*config.flags, base + ".s", "-o", base + ".o"])
        return ([config.flags[0], "-E", *folders, source, "-o", base + ".s"],
                [*config.flags, "-felf64", base + ".s", "-o", base + ".o"])

    def plant_traps(self, assembly):
        marks = {"vmcall": "0xc1", "vmmcall": "0xd9"}
        return re.sub(r"^(\s*)(vmcall|vmmcall)$",
                      lambda m: m.group(1) + self.syntax.trap % marks[m.group(2)],
                      assembly, flags=re.M)


GAS = Language(Gas(), [Config("as", ["as"]), Config("as -O2", ["as", "-O2"])])
NASM = Language(
    Nasm(), [Config("nasm", ["nasm", "-Werror"]), Config("nasm -O0", ["nasm", "-O0", "-Werror"])])
LANGUAGES = [GAS, NASM]
