# SPDX-License-Identifier: MIT
"""Machine code to instructions: a mnemonic and operands, by Capstone.

Must not know what an instruction does.
"""
import capstone
from capstone import x86

from memory import Open

ENGINE = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
ENGINE.detail = True

TRANSFERS = {b"\x0f\x01\xc1": "vmcall", b"\x0f\x01\xd9": "vmmcall", b"\x0f\x0b\x4d": "macro",
             b"\x0f\x0b\x4e": "address", b"\x0f\x0b\x4f": "external"}

WIDE = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"] + [f"r{n}" for n in range(8, 16)]
PARTS = {}      # name: (64-bit register, lowest bit, bits)
for _name in WIDE:
    PARTS[_name] = (_name, 0, 64)
    if _name[1].isdigit():
        PARTS.update({_name + s: (_name, 0, b) for s, b in (("d", 32), ("w", 16), ("b", 8))})
    else:
        _short = _name[1:]
        PARTS.update({"e" + _short: (_name, 0, 32), _short: (_name, 0, 16)})
        PARTS[_short[0] + "l" if _short.endswith("x") else _short + "l"] = (_name, 0, 8)
        if _short.endswith("x"):
            PARTS[_short[0] + "h"] = (_name, 8, 8)


class Register:
    def __init__(self, name):
        if name not in PARTS:
            raise Open(f"register {name}")
        self.name, self.shift, self.bits = PARTS[name]


class Immediate:
    def __init__(self, value, bits):
        self.value, self.bits = value, bits


class Place:
    """Memory: base + index * scale + displacement; by_rip: from the next instruction on."""

    def __init__(self, names, scale, displacement, bits):
        segment, base, index = names
        if segment not in (None, "ds", "ss", "cs", "es"):
            raise Open(f"memory of segment {segment}")
        self.by_rip = base == "rip"
        self.base = None if self.by_rip else base
        self.index, self.scale, self.displacement, self.bits = index, scale, displacement, bits
        for name in (self.base, index):
            if name and PARTS.get(name, (0, 0, 0))[2] != 64:
                raise Open(f"an address in {name}")


class Instruction:
    def __init__(self, mnemonic, operands, size, text):
        self.mnemonic, self.operands, self.size, self.text = mnemonic, operands, size, text


def operand(found, op):
    if op.type == x86.X86_OP_REG:
        return Register(found.reg_name(op.reg))
    if op.type == x86.X86_OP_IMM:
        return Immediate(op.imm, op.size * 8)
    names = [found.reg_name(r) if r else None for r in (op.mem.segment, op.mem.base, op.mem.index)]
    return Place(names, op.mem.scale, op.mem.disp, op.size * 8)


def prefixed(found):
    """Prefixes with which Capstone tells other sizes than the processor takes."""
    name, words = found.mnemonic, found.prefix[2] == 0x66
    memory = any(op.type == x86.X86_OP_MEM for op in found.operands)
    return words and (name in ("push", "pop", "ret", "call", "leave") or name[0] == "j") or \
        found.prefix[3] == 0x67 and memory or name == "movsxd" and not found.rex & 8


KNOWN = {}      # bytes of an instruction: what it is; none is the beginning of another one


def decode(code):
    """The first instruction of these bytes, as if it were at address 0."""
    if code[:3] in TRANSFERS:
        return Instruction("transfer", [], 3, TRANSFERS[code[:3]])
    for size in range(1, 16):
        if code[:size] in KNOWN:
            return KNOWN[code[:size]]
    for found in ENGINE.disasm(code, 0, 1):
        text = f"{found.mnemonic} {found.op_str}".strip()
        if "nop" in found.mnemonic.split() or found.mnemonic == "endbr64":
            made = Instruction("nop", [], found.size, text)
        elif prefixed(found):
            raise Open(f"instruction '{text}' with a prefix that changes sizes")
        else:
            made = Instruction(found.mnemonic, [operand(found, op) for op in found.operands],
                               found.size, text)
        KNOWN[bytes(found.bytes)] = made
        return made
    raise Open(f"bytes that are not a known instruction: {code[:8].hex()}")
