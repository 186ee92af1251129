# SPDX-License-Identifier: MIT
"""A processor that knows the few instructions a macro may consist of; anything else is a failure.

Must not know how macros are made, nor what they should do.
"""
import hashlib
import re

ALL = ["rax", "rdi", "rsi", "r8", "r9", "r10", "r11", "r12", "rcx", "rdx", "rbx", "rsp", "rbp",
       "r13", "r14", "r15"]
MASK64 = 2 ** 64 - 1


def part(register, bits):
    """The name of the low bits of a 64-bit register."""
    if register[1:].isdigit():
        return register + {8: "b", 16: "w", 32: "d", 64: ""}[bits]
    short = register[1:]
    if bits == 8:
        return short[0] + "l" if short.endswith("x") else short + "l"
    return {16: short, 32: "e" + short, 64: register}[bits]


PARTS = {part(r, bits): (r, bits) for r in ALL for bits in (8, 16, 32, 64)}
SIZES = {"b": 8, "w": 16, "l": 32, "q": 64}


class Fault(Exception):
    pass


def memory(address, bits):
    """What a byte of memory holds follows from its address alone."""
    value = b"".join(
        hashlib.blake2b((address + i & MASK64).to_bytes(8, "little"), digest_size=1).digest()
        for i in range(bits // 8))
    return int.from_bytes(value, "little")


def extend(value, bits, is_signed):
    """The low bits of a value, extended to 64."""
    value &= 2 ** bits - 1
    return value - 2 ** bits & MASK64 if is_signed and value >> (bits - 1) else value


def address_of(text, regs):
    """-0x8(%rax,%rbx,4), %gs:0x8"""
    found = re.fullmatch(
        r"(?:%([fg]s):)?(-?0x[0-9a-f]+|-?\d+)?(?:\((%\w+)?(?:,(%\w+)(?:,(\d))?)?\))?", text)
    if not found:
        raise Fault(f"what is {text}")
    segment, offset, base, index, scale = found.groups()
    address = int(offset or "0", 16) + {"fs": 0x123450000, "gs": 0x987650000, None: 0}[segment]
    for register, factor in ((base, 1), (index, int(scale or "1"))):
        if register:
            name, bits = PARTS[register[1:]]
            if bits != 64:
                raise Fault(f"{bits} bits of an address")
            address += regs[name] * factor
    return address & MASK64


def source(text, bits, regs):
    """The value of an operand that is read."""
    if text.startswith("$"):
        return int(text[1:], 16) & 2 ** bits - 1
    if text.startswith("%") and ":" not in text:
        name, size = PARTS[text[1:]]
        if size != bits:
            raise Fault(f"{text} where {bits} bits are read")
        return regs[name] & 2 ** bits - 1
    return memory(address_of(text, regs), bits)


def step(instruction, regs):
    """Execute one instruction of objdump's AT&T form."""
    found = re.fullmatch(r"(\w+) +(.*),(%\w+)", instruction)
    if not found or found.group(3)[1:] not in PARTS:
        raise Fault(f"{instruction} is not a move")
    word, first, second = found.groups()
    to, bits = PARTS[second[1:]]
    if word in ("xchg", "xchgq"):
        other = PARTS[first[1:]]
        if other[1] != 64 or bits != 64:
            raise Fault("an exchange of less than whole registers")
        regs[to], regs[other[0]] = regs[other[0]], regs[to]
        return
    if word in ("mov", "movq", "movl", "movabs"):
        if bits < 32:
            raise Fault(f"{instruction} leaves the rest of the register")
        regs[to] = source(first, bits, regs)
        return
    found = re.fullmatch(r"mov([zs])([bwl])([lq])", word)
    if not found or SIZES[found.group(3)] != bits:
        raise Fault(f"{instruction} is not a move")
    narrow = SIZES[found.group(2)]
    regs[to] = extend(source(first, narrow, regs), narrow, found.group(1) == "s") & 2 ** bits - 1
