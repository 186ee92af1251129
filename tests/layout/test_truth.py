# SPDX-License-Identifier: MIT
"""Every public struct of the headers: sizes and offsets as compilers have them (offsetof, sizeof,
for each field) and as DWARF has them (members, for each struct), for three targets."""
import re
import shutil
import subprocess
import tempfile

import layouts
from layouts import ARRAY, BITS
from tool import HEADERS, SPECS, TOP

GCC = ["gcc", "-std=gnu11"]
CLANG = ["clang", "-std=gnu11"]
# target: the compilers that know it; the last one's DWARF is read
TARGETS = {
    "x86_64-unknown-linux-gnu": [CLANG + ["-target", "x86_64-unknown-linux-gnu"], GCC + ["-m64"]],
    "i386-unknown-linux-gnu": [CLANG + ["-target", "i386-unknown-linux-gnu"], GCC + ["-m32"]],
    # Windows' types in an ELF file, which readelf can read
    "x86_64-pc-windows-msvc": [CLANG + ["-target", "x86_64-pc-windows-msvc-elf"]],
}
PROLOGUE = (
    "#include <stdint.h>\n#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__\n")


def includes():
    names = ["xen.h"]
    for spec in SPECS:
        names += re.search(r"^headers: \[(.*)\]$", (TOP / f"abi/{spec}.yml").read_text(),
                           re.M)[1].split(", ")
    return PROLOGUE + "".join(f"#include <xen/{name}>\n" for name in names)


def compile_(compiler, source, headers, *options):
    return subprocess.run(
        [*compiler, "-ffreestanding", "-w", "-isystem", headers, *options, "-x", "c", "-"],
        input=source, capture_output=True, text=True)


def assertions(structs):
    """One line for each size, offset and element size; [(line's text, what it is of)]."""
    lines = []
    for struct in structs.values():
        type_ = f"{struct.keyword} {struct.name}"
        lines.append((f'_Static_assert(sizeof({type_}) == {struct.size}, "");', type_))
        for field in struct.fields.values():
            if field.kind == BITS:
                continue
            path = field.path.replace("[]", "[0]")
            if "[]" not in field.path or struct.resolve(path):
                lines.append(
                    (f'_Static_assert(__builtin_offsetof({type_}, {path}) == {field.offset}, "");',
                     f"{type_}, {path}"))
            if field.kind != ARRAY or field.count:
                lines.append(
                    (f'_Static_assert(sizeof((({type_} *)0)->{path}) == {field.size}, "");',
                     f"size of {type_}, {path}"))
            if field.kind == layouts.INTEGER:
                lines.append(
                    (f'_Static_assert((((__typeof__((({type_} *)0)->{path}))-1 < 1)) == '
                     f'{field.signed}, "");', f"sign of {type_}, {path}"))
    return lines


# ---- DWARF ----

class Die:
    def __init__(self, tag):
        self.tag, self.attributes, self.children = tag, {}, []


def read_dwarf(path):
    """{offset: Die} and the top-level ones, from readelf."""
    text = subprocess.run(["readelf", "--debug-dump=info", "--wide", path], capture_output=True,
                          text=True, check=True).stdout
    dies, stack = {}, []
    for line in text.splitlines():
        match = re.match(r" <([0-9a-f]+)><([0-9a-f]+)>: Abbrev Number: (\d+)(?: \((\w+)\))?", line)
        if match:
            if match[3] == "0":
                continue
            die = dies[int(match[2], 16)] = Die(match[4])
            del stack[int(match[1], 16):]
            if stack:
                stack[-1].children.append(die)
            stack.append(die)
            continue
        match = re.match(r"    <[0-9a-f]+>   (DW_AT_\w+) *: (.*)", line)
        if match and stack:
            value = re.sub(r"^\(\w+\) +", "", match[2].strip())  # the form
            value = re.sub(r"^\((?:offset|indirect|indexed)[^)]*\): ", "", value)
            stack[-1].attributes[match[1]] = value
    return dies


def number(text):
    return int(re.match(r"0x[0-9a-f]+|\d+", text)[0], 0)


class Dwarf:
    def __init__(self, path):
        self.dies = read_dwarf(path)

    def type_of(self, die):
        while True:
            die = self.dies[int(re.search(r"<0x([0-9a-f]+)>", die.attributes["DW_AT_type"])[1], 16)]
            if die.tag not in ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type"):
                return die

    def typedef_name(self, die):
        target = self.dies[int(re.search(r"<0x([0-9a-f]+)>", die.attributes["DW_AT_type"])[1], 16)]
        return target.attributes.get("DW_AT_name", "") if target.tag == "DW_TAG_typedef" else ""

    def members(self, die, prefix, base, found):
        """{path: offset} of all that has a name, elements of arrays as []"""
        for child in die.children:
            if child.tag != "DW_TAG_member" or "DW_AT_bit_size" in child.attributes:
                continue
            offset = base + number(child.attributes.get("DW_AT_data_member_location", "0"))
            name = child.attributes.get("DW_AT_name")
            path = prefix + name if name else prefix.rstrip(".")
            if name:
                found[path] = offset
            if not self.typedef_name(child).startswith("__guest_handle_"):
                self.inside(self.type_of(child), path, offset, found)

    def inside(self, type_, path, offset, found):
        if type_.tag in ("DW_TAG_structure_type", "DW_TAG_union_type"):
            self.members(type_, path + "." if path else "", offset, found)
        elif type_.tag == "DW_TAG_array_type":
            element = self.dies[
                int(re.search(r"<0x([0-9a-f]+)>", type_.attributes["DW_AT_type"])[1], 16)]
            for dimension in [c for c in type_.children if c.tag == "DW_TAG_subrange_type"]:
                path += "[]"
                found[path] = offset
            if not element.attributes.get("DW_AT_name", "").startswith("__guest_handle_"):
                while element.tag in ("DW_TAG_typedef", "DW_TAG_const_type"):
                    element = self.type_of(element)
                self.inside(element, path, offset, found)

    def structs(self):
        found = {}
        for die in self.dies.values():
            name = die.attributes.get("DW_AT_name")
            if die.tag in ("DW_TAG_structure_type",
                           "DW_TAG_union_type") and name and "DW_AT_byte_size" in die.attributes:
                fields = {}
                self.members(die, "", 0, fields)
                found[name] = (number(die.attributes["DW_AT_byte_size"]), fields)
        return found


def compare_dwarf(report, structs, compiler, headers, title):
    uses = "".join(f"{s.keyword} {s.name} *use_{s.name}(void) "
                   f"{{ return sizeof({s.keyword} {s.name}) ? 0 : 0; }}\n"
                   f"{s.keyword} {s.name} var_{s.name};\n" for s in structs.values())
    with tempfile.NamedTemporaryFile(suffix=".o") as output:
        done = compile_(compiler, includes() + uses, headers, "-g", "-gdwarf-4",
                        "-fno-eliminate-unused-debug-types", "-c", "-o", output.name)
        if not report.check(done.returncode == 0, f"{title}: compiles with debug information",
                            done.stderr):
            return
        found = Dwarf(output.name).structs()
    for struct in structs.values():
        ours = (struct.size, {f.path: f.offset for f in struct.fields.values() if f.kind != BITS})
        report.check(found.get(struct.name) == ours, f"{title}: DWARF of {struct.name}",
                     f"DWARF {found.get(struct.name)}\n    ours  {ours}")


def run_pahole(report, structs, headers):
    """What pahole prints as the size of each struct, a third opinion."""
    if not shutil.which("pahole"):
        report.skip("pahole", "is not here")
        return
    uses = "".join(f"{s.keyword} {s.name} var_{s.name};\n" for s in structs.values() if s.size)
    with tempfile.NamedTemporaryFile(suffix=".o") as output:
        compile_(GCC, includes() + uses, headers, "-g", "-gdwarf-4", "-c", "-o", output.name)
        text = subprocess.run(["pahole", "--sizes", output.name], capture_output=True,
                              text=True).stdout
    sizes = {line.split()[0]: int(line.split()[1]) for line in text.splitlines()}
    for struct in structs.values():
        if struct.keyword == "struct" and struct.name in sizes:
            report.check(sizes[struct.name] == struct.size, f"pahole: {struct.name}",
                         f"{sizes[struct.name]}, ours {struct.size}")


def run(report, amount):
    for release in ("4.20",) if amount.quick else ("4.17", "4.20"):
        for target, compilers in TARGETS.items():
            structs = layouts.read(target, release)
            report.check(len(structs) > 100,
                         f"{target} {release}: there are {len(structs)} structs")
            lines = assertions(structs)
            for compiler in compilers:
                title = f"{target} {release} {compiler[0]}"
                prologue = includes()
                done = compile_(compiler, prologue + "\n".join(line for line, _ in lines),
                                HEADERS[release], "-fsyntax-only",
                                *(["-ferror-limit=0"] if compiler[0] == "clang" else []))
                wrong = {int(m[1]) for m
                         in re.finditer(r"^<stdin>:(\d+):\d+: (?:fatal )?error", done.stderr, re.M)}
                first = prologue.count("\n") + 1
                for i, (line, what) in enumerate(lines):
                    report.check(first + i not in wrong, f"{title}: {what}", line)
                report.check(bool(wrong) == (done.returncode != 0)
                             and not [w for w in wrong if w < first],
                             f"{title}: compiles", done.stderr[:2000])
            compare_dwarf(report, structs, compilers[-1], HEADERS[release], f"{target} {release}")
            if target.startswith("x86_64-unknown"):
                run_pahole(report, structs, HEADERS[release])
