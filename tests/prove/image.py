# SPDX-License-Identifier: MIT
"""An object file, linked at a fixed address: functions by name, code and constants by address.

Must not know what is in it.
"""
import copy
import struct
import subprocess

from elftools.elf.elffile import ELFFile

import decode
from memory import Open, Wrong

PAD = b"\xcc" * 16
MARK = next(code for code, name in decode.TRANSFERS.items() if name == "external")


def link(objects, out):
    """Link objects into one file; what they lack stays undefined, and is at address 0."""
    done = subprocess.run(["ld", "-o", out, "-Ttext=0x1000000", "-e", "0", "-z", "noexecstack",
                           "--unresolved-symbols=ignore-all", "--no-warnings", *objects],
                          capture_output=True, text=True, check=False)
    return done.stderr or f"exit status {done.returncode}" if done.returncode else None


class Image:
    """What is loaded of a file."""

    def __init__(self, path):
        self.functions, self.sections, self.variables = {}, [], []
        self.marks = {}         # {address: name} of functions that are not followed
        self.local = True       # nothing but the bytes of one function was looked at
        self.seen = set()       # addresses of calls, for whoever notes them
        with open(path, "rb") as file:
            elf = ELFFile(file)
            for section in elf.iter_sections():
                flags, start = section["sh_flags"], section["sh_addr"]
                if flags & 2 and flags & 1:
                    self.variables.append((start, start + section["sh_size"]))
                if flags & 2 and section["sh_type"] != "SHT_NOBITS":
                    self.sections.append((start, section.data(), bool(flags & 4), section.name))
            for symbol in elf.get_section_by_name(".symtab").iter_symbols():
                if symbol["st_shndx"] != "SHN_UNDEF":
                    self.functions[symbol.name] = (symbol["st_value"], symbol["st_size"])
        self.recorded = self.sites()

    def bytes_at(self, address, size, executable):
        for start, data, is_code, _ in self.sections:
            if start <= address < start + len(data):
                if is_code != executable:
                    raise Wrong(f"reads code as data, at {address:#x}" if is_code else
                                f"executes data at {address:#x}")
                return data[address - start:address - start + size]
        raise Open(f"nothing is at address {address:#x}")

    def code(self, address):
        """Bytes of an instruction."""
        start, size = self.within
        if not start <= address < start + size:
            self.local = False
        return MARK if address in self.marks else self.bytes_at(address, 15, True)

    def is_variable(self, address):
        """Is it in a section that can be written?"""
        found = any(start <= address < end for start, end in self.variables)
        self.local = self.local and not found
        return found

    def constant(self, address, size):
        """A constant in memory."""
        self.local = False
        found = self.bytes_at(address, size, False)
        if len(found) != size:
            raise Open(f"nothing is at address {address:#x}")
        return int.from_bytes(found, "little")

    def enter(self, name):
        """The address of a function that is about to be looked at."""
        if name not in self.functions:
            raise Open(f"there is no function {name}")
        self.within = self.functions[name]
        self.local = True
        return self.within[0]

    def body(self, name):
        start, size = self.functions[name]
        return self.bytes_at(start, size, True)

    def words(self, name, count):
        """An array of 32-bit integers."""
        start, _ = self.functions[name]
        return struct.unpack(f"<{count}i", self.bytes_at(start, 4 * count, False))

    def sites(self):
        """Addresses in xen_fastabi_sites."""
        for start, data, _, name in self.sections:
            if name == "xen_fastabi_sites":
                return [start + at + struct.unpack_from("<i", data, at)[0]
                        for at in range(0, len(data), 4)]
        return []


def marked(image, names):
    """The same, where each of these functions is a mark."""
    image.local = False
    found = copy.copy(image)
    found.marks = {image.functions[name][0]: name for name in names if name in image.functions}
    return found
