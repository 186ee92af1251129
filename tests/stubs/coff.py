# SPDX-License-Identifier: MIT
"""Reads a COFF object of x86-64 and puts it as bytes into an assembly source, for programs of ELF.

Code and read-only data only, which may refer to each other.  Must not know what the code does.
"""
import struct
from dataclasses import dataclass

REL32 = 4
CODE, DATA, READ = 0x20, 0x40, 0x40000000


@dataclass
class Section:
    name: str
    data: bytearray
    relocations: list
    flags: int
    at: int = 0        # in the bytes of all


@dataclass
class Symbol:
    name: str
    value: int
    section: int       # from 1 on
    is_global: bool


def text(raw):
    return raw.split(b"\0")[0].decode()


def read_symbols(data, start, count):
    """By their numbers; what is in between is not a symbol."""
    symbols, strings, number = {}, start + 18 * count, 0
    while number < count:
        raw = data[start + 18 * number:start + 18 * number + 18]
        value, section, _, kind, more = struct.unpack_from("<IhHBB", raw, 8)
        at, = struct.unpack_from("<I", raw, 4)
        name = text(raw[:8]) if raw[:4] != b"\0\0\0\0" else text(data[strings + at:])
        symbols[number] = Symbol(name, value, section, kind == 2)
        number += 1 + more
    return symbols


def read(path):
    """(sections, symbols)"""
    with open(path, "rb") as file:
        data = file.read()
    _, count, _, start, symbols, optional, _ = struct.unpack_from("<HHIIIHH", data)
    sections = []
    for n in range(count):
        name, _, _, size, raw, relocations, _, entries, _, flags = struct.unpack_from(
            "<8sIIIIIIHHI", data, 20 + optional + 40 * n)
        sections.append(Section(text(name), bytearray(data[raw:raw + size]), [
            struct.unpack_from("<IIH", data, relocations + 10 * i) for i in range(entries)], flags))
    return sections, read_symbols(data, start, symbols)


def assembly(path):
    """A source for GNU as with the same code and the same global names."""
    sections, symbols = read(path)
    kept = [s for s in sections if s.flags & CODE or
            (s.flags & (DATA | READ) == DATA | READ and s.name not in (".pdata", ".xdata"))]
    end = 0
    for section in kept:
        section.at = (end + 15) & ~15
        end = section.at + len(section.data)
    image = bytearray(end)
    for section in kept:
        for place, number, kind in section.relocations:
            target = symbols[number]
            if kind != REL32 or sections[target.section - 1] not in kept:
                raise ValueError(f"{path}: a relocation of type {kind} to {target.name}")
            to = sections[target.section - 1].at + target.value
            addend, = struct.unpack_from("<i", section.data, place)
            struct.pack_into("<i", section.data, place, addend + to - (section.at + place + 4))
        image[section.at:section.at + len(section.data)] = section.data
    lines = ["    .text", "    .balign 16", "image:"]
    lines += [f"    .byte {', '.join(map(str, image[i:i + 32]))}" for i in range(0, end, 32)]
    for symbol in symbols.values():
        if symbol.is_global and symbol.section > 0 and sections[symbol.section - 1] in kept:
            at = sections[symbol.section - 1].at + symbol.value
            lines.append(f"    .globl {symbol.name}\n    .set {symbol.name}, image + {at}")
    return "\n".join(lines + ['    .section .note.GNU-stack, "", @progbits\n'])
