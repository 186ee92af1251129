# SPDX-License-Identifier: MIT
"""The generated headers as a user meets them: every language standard, alone, twice and all
together; the seed's specifications; code written for the RFC's headers; the helpers of fastabi.h.

Must not know what is in the headers beyond their documented names.
"""
import itertools
import os
import re
import shutil

import model
from report import each, head, run

HERE = os.path.dirname(os.path.abspath(__file__))

WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Wsign-conversion", "-Werror"]
MACRO = ["-DXEN_FASTABI_TRANSFER=\"vmcall\""]
C_STANDARDS = ["c89", "gnu89", "c99", "c11"]
COMPILERS = [("gcc", s) for s in C_STANDARDS] + [("clang", s) for s in C_STANDARDS] + \
            [("g++", "c++17"), ("clang++", "c++17")]
QUICK_COMPILERS = [("gcc", "c89"), ("clang", "c11"), ("g++", "c++17")]
SAMPLE = 1      # styles and transfers that a compiler and standard meet, unless in --full

# Of the seed, what no released header has the fields for (the RFC's own faults).
SEED_FAULTS = {"event_channel": {"status"}, "memory": {"memory_map"}}

# Names that are those of other things where each is put together with what else is generated.
PLAIN = "input: { a: { reg: 2, type: u32 } }"
CLASHING_TYPES = ["dom", "struct_a_b", "struct", "has_a_b", "carry_a", "type_x"]
CLASHING_STRUCTS = [("plain", "a"), ("other", "a"), ("short_one", "c_d"), ("long_one", "d")]
CLASHING_SPECS = {
    "x": f"subops: {{ H: {{ index: 1, {PLAIN} }}, op: {{ index: 2, {PLAIN} }} }}",
    "IN_x": f"subops: {{ go: {{ index: 1, {PLAIN} }} }}",
    "BRIDGE_SUPPORT": f"subops: {{ go: {{ index: 1, {PLAIN} }} }}",
    "BRIDGE": f"direct: {{ {PLAIN} }}",
    "H": f"direct: {{ {PLAIN} }}",
    "detect": f"direct: {{ {PLAIN} }}",
    "detect_op": f"direct: {{ {PLAIN} }}",
    "vendor": f"direct: {{ {PLAIN} }}",
    "vendor_op": f"direct: {{ {PLAIN} }}",
    "op_vendor": f"direct: {{ {PLAIN} }}",
    "dom_t": "direct: { input: { a: { reg: 2, type: dom } } }",
    "carry_x": f"direct: {{ {PLAIN} }}",
    "a": "subops: { b_t: { index: 1, input: { a: { reg: 2, type: u32 } }, c_lang: "
         "{ struct: plain } }, c: { index: 2, input: { x: { reg: 2, type: struct_a_b }, "
         "y: { reg: 3, type: has_a_b }, z: { reg: 4, type: carry_a }, w: { reg: 5, type: type_x } "
         "} } }",
    "t": "direct: { input: { a: { reg: 2, type: u32 }, b: { reg: 3, type: struct } }, "
         "c_lang: { struct: plain, params: { b: uint32_t } } }",
    "two": "subops: { "
           f"b: {{ index: 1, {PLAIN}, c_lang: {{ struct: plain }}, xen: {{ args: [op, struct] }} "
           "}, "
           f"b__classic: {{ index: 2, {PLAIN}, c_lang: {{ struct: other }}, "
           "xen: { args: [op, struct] } } }",
    "offsets": "subops: { "
               "b: { index: 1, input: { c_d: { reg: 2, type: u32 } }, "
               "c_lang: { struct: short_one } }, "
               "b_c: { index: 2, input: { d: { reg: 2, type: u32 } }, "
               "c_lang: { struct: long_one } } }",
}


class Headers:
    def __init__(self, lang, generator, top, build, sampling, jobs, report):
        self.lang, self.generator, self.top, self.build = lang, [generator], top, build
        self.compilers = QUICK_COMPILERS if sampling.quick else COMPILERS
        self.sampling = sampling
        self.jobs, self.report = jobs, report
        self.specs = model.load_folder(os.path.join(top, "abi"))

    def generate(self, folder, style, transfer, specs):
        status, _, errors = run(self.lang.generate(self.generator, folder, style, transfer, specs))
        if status:
            self.report.check(f"generate {style} {transfer} {' '.join(specs)}", False, head(errors))
        return status == 0

    def source(self, name, text):
        path = os.path.join(self.build, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    # ---- every standard ----

    def sources(self, style, transfer):
        """Each header alone and a second time; all together, in two orders: [(file, optimise?)]"""
        tag, names = f"{style}-{transfer}", [s.name for s in self.specs]
        bodies = {s.name: "".join(self.lang.caller(op, style, transfer) for op in s.ops)
                  for s in self.specs}
        files = []
        for name in names:
            include = f"#include <fastabi/{name}.h>\n"
            files.append((self.source(f"{tag}-{name}.c", include * 2 + bodies[name]), False))
        for title, order in (("all", names), ("all-reversed", names[::-1])):
            include = "".join(f"#include <fastabi/{n}.h>\n" for n in order)
            files.append((self.source(f"{tag}-{title}.c", include * 2 + "".join(bodies.values())),
                          title == "all"))
        return files

    def standard(self, item):
        """All sources of one style and transfer under one compiler and standard."""
        (compiler, standard), (style, transfer) = item
        failed, details = 0, []
        files = self.files[(style, transfer)]
        for path, optimise in files:
            status, _, errors = run([
                compiler, f"-std={standard}", *WARNINGS, *(MACRO if transfer == "macro" else []),
                "-I", os.path.join(self.build, f"{style}-{transfer}"),
                "-x", "c++" if "++" in compiler else "c",
                *(["-O2", "-S", "-o", os.devnull] if optimise else ["-fsyntax-only"]), path])
            if status:
                failed += 1
                details += head(errors)
        self.report.add(f"headers {compiler} {standard} {style} {transfer}", len(files) - failed,
                        failed, details[:12])

    def standards(self):
        groups = [(s, t) for s in self.lang.STYLES for t in self.lang.TRANSFERS]
        self.files = {}
        for style, transfer in groups:
            folder = os.path.join(self.build, f"{style}-{transfer}")
            if not self.generate(folder, style, transfer, [os.path.join(self.top, "abi")]):
                return
            self.files[(style, transfer)] = self.sources(style, transfer)
        chosen = [(c, g) for c in self.compilers
                  for g in self.sampling.pick(f"headers {c}", groups, SAMPLE)]
        each(self.jobs, self.standard, chosen)

    # ---- the seed's own files ----

    def seed(self):
        """47 of the seed's 49 compile against released headers; where the other two fail is where
        they are wrong."""
        folder, seed = os.path.join(self.build, "seed"), os.path.join(self.top, "tests", "seed",
                                                                      "abi")
        if not self.generate(folder, "struct", "argument", [seed]):
            return
        specs = model.load_folder(seed)
        names = ("xen.h", "event_channel.h", "grant_table.h", "memory.h", "sched.h", "vcpu.h",
                 "features.h", "version.h", "hvm/hvm_op.h", "hvm/params.h")
        first = "#include <stdint.h>\n" + "".join(f"#include <xen/{name}>\n" for name in names)
        self.report.check("seed: 49 operations in 7 headers",
                          sum(len(s.ops) for s in specs) == 49 and
                          all(os.path.exists(os.path.join(folder, "fastabi", s.name + ".h"))
                              for s in specs))
        for compiler, spec in itertools.product(("gcc", "clang"), specs):
            header = os.path.join(folder, "fastabi", spec.name + ".h")
            path = self.source(f"seed-{spec.name}.c", f"{first}#include <fastabi/{spec.name}.h>\n")
            _, _, errors = run([compiler, "-std=gnu11",
                                "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__",
                                "-Wall", "-Wextra", "-I", folder, "-fsyntax-only", path])
            blamed = {operation_at(header, int(n))
                      for n in re.findall(rf"^{re.escape(header)}:(\d+):", errors, re.M)}
            wrong = SEED_FAULTS.get(spec.name, set())
            self.report.check(f"seed: {spec.name} {compiler}"
                              + (f" (all but {', '.join(wrong)})" if wrong else ""),
                              blamed == wrong and bool(errors) == bool(wrong), head(errors))

    # ---- code written for the RFC's headers ----

    def rfc(self):
        folder = os.path.join(self.build, "rfc")
        if not self.generate(os.path.join(folder, "xen", "interface"), "struct", "argument",
                             [os.path.join(self.top, "abi")]):
            return
        for compiler, standard, level in itertools.product(("gcc", "clang"), ("gnu89", "gnu11"),
                                                           ("-O0", "-O2")):
            status, _, errors = run(
                [compiler, f"-std={standard}", level, "-Wall", "-Wextra", "-Werror", "-I", folder,
                 "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__",
                 "-S", "-o", os.devnull, os.path.join(HERE, "rfc-client.c")])
            self.report.check(f"code for the RFC's headers, {compiler} {standard} {level}",
                              status == 0, head(errors))

    # ---- named types of one name in two directories ----

    def other_types(self):
        """Headers whose types of one name differ cannot be included together; if they are alike
        they can."""
        folder = os.path.join(self.build, "types")
        for name, representation in (("one", "u32"), ("two", "i32"), ("three", "u32")):
            os.makedirs(os.path.join(folder, name, "common"))
            self.source(f"types/{name}/common/types.yml",
                        f"types: {{ port: {{ repr: {representation} }} }}\n")
            self.source(f"types/{name}/{name}.yml", f"name: {name}\nhypercall_index: 1\n"
                                                    "direct: { input: { p: { reg: 2, type: port } "
                        "} }\n")
            self.generate(folder, "value", "vmcall", [os.path.join(folder, name, f"{name}.yml")])
        for other, is_good in (("two", False), ("three", True)):
            path = self.source("types.c",
                               f"#include <fastabi/one.h>\n#include <fastabi/{other}.h>\n")
            status, _, errors = run(
                ["gcc", "-std=c89", *WARNINGS, "-I", folder, "-c", "-o", os.devnull, path])
            good = status == 0 if is_good else status != 0 and "another type in another" in errors
            self.report.check(f"types of one name, {'alike' if is_good else 'other ones'}",
                              good, head(errors))

    # ---- fields ----

    def enum_fields(self):
        """A field that is an enumeration: C and C++ do not agree on its sign."""
        self.fields("an enumeration as a field",
                    "enum theirs_kind { THEIRS_ONE, THEIRS_TWO = 70000 };\n"
                    "struct theirs { enum theirs_kind kind; };\n",
                    "input: { kind: { reg: 2, type: u32 } }")

    def settled_fields(self):
        """Comparisons that the type of a field decides, which only the compiler knows."""
        self.fields("fields whose types decide a condition",
                    "enum theirs_kind { THEIRS_ONE, THEIRS_TWO };\n"
                    "struct theirs { unsigned long a; unsigned short b; long c; "
                    "enum theirs_kind f; };\n",
                    "output: { a: 2, b: 3, c: 4, f: 7, "
                    "d: { reg: 5, type: u8, valid_when: a <= 9223372036854775807 && b > -1 }, "
                    "e: { reg: 6, type: u8, "
                    "valid_when: b > -1 || c <= 9223372036854775806 || f == 1 } }",
                    ", params: { d: uint8_t, e: uint8_t }")

    def fields(self, title, header, sides, more=""):
        """A struct, and an operation with its fields, in every language."""
        name = title.replace(" ", "-")
        folder = os.path.join(self.build, name)
        os.makedirs(folder)
        self.source(f"{name}/theirs.h", header)
        self.source(f"{name}/kinds.yml", "name: kinds\nhypercall_index: 1\n"
                                         f"direct: {{ {sides}, c_lang: {{ struct: theirs{more} }} "
                                         "}\n")
        path = self.source(f"{name}/kinds.c", '#include "theirs.h"\n#include <fastabi/kinds.h>\n')
        self.generate(folder, "struct", "vmcall", [os.path.join(folder, "kinds.yml")])
        for compiler, standard in self.compilers:
            language = "c++" if "++" in compiler else "c"
            status, _, errors = run([compiler, f"-std={standard}", *WARNINGS, "-I", folder, "-x",
                                     language, "-fsyntax-only", path])
            self.report.check(f"{title}, {compiler} {standard}", status == 0, head(errors))

    # ---- arguments ----

    def arguments(self):
        """The specification's type says which bits of an argument go into a register and come
        back, whatever its C type is here; one with fewer bits is an error."""
        folder = os.path.join(self.build, "arguments")
        os.makedirs(folder)
        self.source("arguments/kinds.yml", """\
name: kinds
hypercall_index: 1
direct:
  input: { c: 2, wide: { reg: 3, type: u16 }, odd: { reg: 4, type: u32 },
           both: { reg: 5, type: i8 } }
  output: { short_one: { reg: 6, type: u16 }, both: { reg: 5, type: i8 } }
  c_lang: { params: { c: char, wide: wide_t, odd: odd_t, both: wide_t, short_one: wide_t } }
""")
        if not self.generate(folder, "struct", "macro", [os.path.join(folder, "kinds.yml")]):
            return
        path = self.source("arguments/kinds.c", """\
#include <stdint.h>
#define XEN_FASTABI_TRANSFER "call enter"
#define XEN_FASTABI_TRANSFER_CLOBBERS , "cc"
typedef WIDE wide_t;
typedef int odd_t;
#include <fastabi/kinds.h>
uint64_t seen[4];
__asm__ (".text; enter: mov %rsi, seen(%rip); mov %r8, 8+seen(%rip); mov %r9, 16+seen(%rip);"
         "mov %r10, 24+seen(%rip); mov $0x12345fffe, %r11; mov $0x1234567fe, %r10; xor %eax, %eax;"
         "ret");
int main(void)
{
    wide_t both = (wide_t)0x1ff, wide = (wide_t)0x12345678;
    if (xen_hypercall_kinds((char)-3, wide, -4, &both, &wide) != 0)
        return 1;
    if (seen[0] != (uint64_t)-3 || seen[1] != 0x5678 || seen[2] != 0xfffffffc)
        return 2;
    return seen[3] != (uint64_t)-1 || wide != 0xfffe || both != (wide_t)-2;
}
""")
        for compiler, sign, level in itertools.product(
                ("gcc", "clang", "g++"), ("-fsigned-char", "-funsigned-char"), ("-O0", "-O2")):
            program = os.path.join(folder, "kinds")
            command = [compiler, sign, level, "-Wall", "-Wextra", "-Werror", "-mno-red-zone",
                       "-fno-pie", "-no-pie", "-Wno-unused-command-line-argument", "-I", folder,
                       "-o", program, "-x", "c++" if "++" in compiler else "c", path]
            status, _, errors = run([*command, "-DWIDE=uint32_t"])
            if status == 0:
                status, _, errors = run([program])
            self.report.check(f"types of arguments, {compiler} {sign} {level}", status == 0,
                              head(errors) or [f"exit {status}"])
            _, _, errors = run([*command, "-DWIDE=uint8_t", "-w"])
            self.report.check(f"an argument of fewer bits, {compiler} {sign} {level}",
                              "xen_fastabi_assert_argument_kinds_" in errors, head(errors))

    # ---- structs of bridges ----

    def strange_structs(self):
        """A bridge over a struct whose members are volatile, or packed so that a handle lies at an
        odd address; and results that are the least number, negated."""
        folder = os.path.join(self.build, "strange")
        os.makedirs(folder)
        self.source("strange/kinds.yml", """\
name: kinds
hypercall_index: 1
subops:
  go:
    index: 1
    input: { a: { reg: 2, type: u64 }, e: { reg: 4, type: u32 } }
    output: { o: { reg: 5, type: u32 } }
    omit: { z: "zero", big: "zero, except for a part" }
    fixed: { k: 3, big.part: 0 }
    c_lang: { struct: theirs, params: { a: uint64_t, o: uint32_t } }
    xen: { args: [op, struct], fields: { o: o },
           arrays: { list: { from: a, count: 2, size: 8 } } }
    classic: { success: { st: 0 } }
""")
        status, _, errors = run([*self.generator, "generate", "-b", "c", "-O", "style=bridge", "-O",
                                 "transfer=macro", "-O", "errno=positive", "-O", "headers=none",
                                 "-o", folder, os.path.join(folder, "kinds.yml")])
        self.report.check("strange structs: generate", status == 0, head(errors))
        path = self.source("strange/kinds.c", """\
#include <stdint.h>
#include <string.h>
#define XEN_FASTABI_TRANSFER "mov $1, %%eax; shl $63, %%rax"
#define XEN_FASTABI_TRANSFER_CLOBBERS , "cc"
#define XEN_FASTABI_PHYS(pointer) ((uint64_t)(uintptr_t)(pointer))
#define XEN_FASTABI_CONTIGUOUS(pointer, size) 1
struct theirs {
    uint8_t odd;
    QUALIFIER uint32_t e, k, z, o, st;
    struct { uint32_t rest, part; } QUALIFIER big;
    void *QUALIFIER list;
} PACKED;
#include <fastabi/kinds.h>
unsigned char xen_fastabi_bridge_flag = 1;
int main(void)
{
    static struct theirs s;
    long result = 0;
    s.k = 3;
    s.list = &s;
    if (!xen_fastabi_kinds(1, &s, &result) || result >= 0)
        return 1;
    s.z = 1;
    return xen_fastabi_kinds(1, &s, &result);
}
""")
        for (compiler, standard), (qualifier, packed) in itertools.product(
                (("gcc", "gnu11"), ("clang", "gnu11"), ("g++", "gnu++17"), ("clang++", "gnu++17")),
                (("volatile", ""), ("", "__attribute__((__packed__))"))):
            program = os.path.join(folder, "kinds")
            status, _, errors = run(
                [compiler, f"-std={standard}", "-Wall", "-Wextra", "-Wcast-qual", "-Werror", "-O1",
                 "-Wno-address-of-packed-member", "-fsanitize=undefined", "-fno-sanitize-recover",
                 f"-DQUALIFIER={qualifier}", f"-DPACKED={packed}", "-I", folder, "-x",
                 "c++" if "++" in compiler else "c", path, "-o", program])
            if status == 0:
                status, _, errors = run([program])
            self.report.check(f"strange structs, {compiler} {qualifier or 'packed'}", status == 0,
                              head(errors) or [f"exit {status}"])

    def newer_standards(self):
        """Bridges over the maintained specifications in C23, where some compilers warn of a
        condition that is made of constants."""
        folder = os.path.join(self.build, "newer")
        if not self.generate(folder, "bridge", "vmcall", [os.path.join(self.top, "abi")]):
            return
        path = self.source("newer.c", "".join(f"#include <fastabi/{s.name}.h>\n"
                                              for s in self.specs))
        for compiler in ("gcc", "clang", "clang-15", "clang-16"):
            status, _, errors = run([compiler, "-std=c2x", "-Wall", "-Wextra", "-Werror", "-I",
                                     folder, "-fsyntax-only", path])
            self.report.check(f"bridges in C23, {compiler}", status == 0, head(errors))

    # ---- names ----

    def clashes(self):
        """Specifications, types and operations whose names resemble what else is generated: all
        their headers together, in every language."""
        folder = os.path.join(self.build, "clashes")
        os.makedirs(os.path.join(folder, "abi", "common"))
        self.source("clashes/abi/common/types.yml",
                    "types: { " + ", ".join(f"{name}: {{ repr: u32 }}" for name in CLASHING_TYPES)
                    + " }\n")
        self.source("clashes/xen.h", "".join(f"#define __HYPERVISOR_{name}_op {number}\n"
                                             for number, name in enumerate(CLASHING_SPECS)))
        self.source("clashes/clashes.h", "#include <stdint.h>\n" + "".join(
            f"struct {tag} {{ uint32_t {field}; }};\n" for tag, field in CLASHING_STRUCTS))
        for number, (name, operations) in enumerate(CLASHING_SPECS.items()):
            self.source(f"clashes/abi/{name}.yml", f"name: {name}\nhypercall_index: {number}\n"
                                                   f"headers: [clashes.h]\n{operations}\n")
        status, _, errors = run([*self.generator, "generate", "-b", "c", "-O", "style=bridge", "-O",
                                 "headers=none", "--headers", folder, "-o", folder,
                                 os.path.join(folder, "abi")])
        self.report.check("names that resemble others: generate", status == 0 and not errors,
                          head(errors))
        guards = [line for path in ("fastabi.h", "fastabi-bridge.h", *(
            f"fastabi/{name}.h" for name in CLASHING_SPECS))
                  for line in self.lines(os.path.join(folder, path), "#ifndef")[:1]]
        self.report.check("names that resemble others: guards", len(guards) == len(set(guards)),
                          guards)
        # a guard that is a constant, too, hides what is included after it
        path = self.source("clashes/clashes.c", '#include "clashes.h"\n' + "".join(
            f"#include <fastabi/{name}.h>\n" for name in CLASHING_SPECS) +
            "long call(void);\nlong call(void)\n{\n"
            "    return xen_hypercall_x_H(Amd, 1) + xen_hypercall_IN_x_go(Amd, 1) +\n"
            "           xen_hypercall_BRIDGE_SUPPORT_go(Amd, 1);\n}\n")
        for compiler, standard in self.compilers:
            language = "c++" if "++" in compiler else "c"
            flags = ["-pedantic-errors"] if language == "c" else []
            status, _, errors = run([compiler, f"-std={standard}", *WARNINGS, *flags, "-I", folder,
                                     "-x", language, "-fsyntax-only", path])
            self.report.check(f"names that resemble others, {compiler} {standard}", status == 0,
                              head(errors))

    @staticmethod
    def lines(path, start):
        with open(path, encoding="utf-8") as file:
            return [line for line in file if line.startswith(start)]

    # ---- flags that change what the code relies on ----

    def short_enums(self):
        """A vendor that is known at run time only, where an enum has the size of a byte."""
        bodies = "".join(self.lang.caller(op, "value", "argument")
                         for s in self.specs for op in s.ops[:1])
        names = "".join(f"#include <fastabi/{s.name}.h>\n" for s in self.specs)
        path = self.source("short-enums.c", names + bodies)
        for compiler, level in itertools.product(("gcc", "clang"), ("-O0", "-O2")):
            status, _, errors = run(
                [compiler, level, "-fshort-enums", *WARNINGS, "-I",
                 os.path.join(self.build, "value-argument"), "-c", "-o", os.devnull, path])
            self.report.check(f"-fshort-enums, {compiler} {level}", status == 0, head(errors))

    def other_modes(self):
        """32-bit code, x32 and Windows' long are refused, each in one clear line."""
        asm = os.path.join(self.build, "modes")
        for syntax in ("gas", "nasm"):
            run([*self.generator, "generate", "-b", "asm", "-O", f"syntax={syntax}", "-o", asm,
                 os.path.join(self.top, "abi", "sched.yml")])
        c = os.path.join(self.build, "value-vmcall")
        for name, text in (("c", "#include <fastabi/sched.h>\n"),
                           ("S", "#define XEN_FASTABI_TRANSFER vmcall\n"
                                 "#include <fastabi/sched.S.h>\n"),
                           ("asm", "%define XEN_FASTABI_TRANSFER vmcall\n"
                                   '%include "fastabi/sched.inc"\n')):
            self.source(f"modes.{name}", text)
        c_file, s_file, asm_file = (os.path.join(self.build, f"modes.{e}")
                                    for e in ("c", "S", "asm"))
        out = os.path.join(self.build, "modes.o")   # NASM deletes what it could not write
        freestanding = ["-ffreestanding", "-I", c, "-fsyntax-only", c_file]
        for command in (["gcc", "-m32", *freestanding], ["clang", "-m32", *freestanding],
                        ["gcc", "-mx32", *freestanding],
                        ["clang", "--target=x86_64-windows-gnu", *freestanding],
                        ["clang", "--target=aarch64-linux-gnu", *freestanding],
                        ["gcc", "-m32", "-I", asm, "-c", "-o", out, s_file],
                        *(["nasm", "-f", form, "-I", asm + "/", "-o", out, asm_file]
                          for form in ("elf32", "bin"))):
            status, _, errors = run(command)
            first = next((line for line in errors.splitlines() if "error:" in line
                          or "fatal:" in line), "")
            self.report.check(f"refused: {' '.join(command[:3])}",
                              status != 0 and ("FastABI is for x86-64 guests" in first or
                                               "FastABI needs a long of 64 bits" in first),
                              head(errors) or ["it is accepted"])

    def kept_sites(self):
        """Sites survive a linker that drops what nothing refers to."""
        path = self.source("sites.c", """\
#include <fastabi/event_channel.h>
extern const int32_t __start_xen_fastabi_sites[], __stop_xen_fastabi_sites[];
void _start(void);
void _start(void)
{
    xen_fastabi_patch(__start_xen_fastabi_sites, __stop_xen_fastabi_sites, (void *)0, (void *)-1,
                      Intel, 0, 0);
    xen_hypercall_event_channel_send(3);
}
""")
        for compiler, linker in itertools.product(("gcc", "clang"), (
                ["ld", "--gc-sections"], ["ld", "-z", "start-stop-gc", "--gc-sections"],
                ["ld.lld", "--gc-sections"])):
            program = os.path.join(self.build, f"sites-{compiler}-{'-'.join(linker)}")
            status, _, errors = run(
                [compiler, "-O2", "-fno-pie", "-ffreestanding", "-fno-stack-protector",
                 "-ffunction-sections", "-I", os.path.join(self.build, "value-patch"), "-c", "-o",
                 program + ".o", path])
            if status == 0:
                status, _, errors = run([*linker, program + ".o", "-o", program])
            sections = run(["readelf", "-SW", program])[1] if status == 0 else ""
            size = re.search(r" xen_fastabi_sites +PROGBITS +\w+ \w+ (\w+)", sections)
            self.report.check(f"sites are kept, {compiler}, {' '.join(linker)}",
                              size and int(size.group(1), 16) == 4, head(errors) or ["no sites"])

    # ---- fastabi.h ----

    def support(self):
        """Detection and patching, run.  In Intel's syntax LLVM has binary numbers such as 1b, which
        must not be labels: a site would be recorded elsewhere."""
        for compiler, standard, syntax in (("gcc", "gnu11", "att"), ("clang", "gnu11", "att"),
                                           ("g++", "gnu++17", "att"), ("gcc", "gnu11", "intel"),
                                           ("clang", "gnu11", "intel")):
            program = os.path.join(self.build, f"support-{compiler}-{syntax}")
            status, _, errors = run(
                [compiler, f"-std={standard}", "-O2", f"-masm={syntax}", "-Wall", "-Wextra",
                 "-Werror", "-I",
                 os.path.join(self.build, "value-patch"), "-x", "c++" if "++" in compiler else "c",
                 os.path.join(HERE, "support-test.c"), "-o", program])
            if status == 0:
                status, errors, _ = run([program])
            self.report.check(f"detection and patching, {compiler} {syntax}", status == 0,
                              head(errors))

    def run(self):
        shutil.rmtree(self.build, ignore_errors=True)
        os.makedirs(self.build)
        self.standards()
        self.seed()
        self.rfc()
        self.other_types()
        self.enum_fields()
        self.settled_fields()
        self.arguments()
        self.strange_structs()
        self.newer_standards()
        self.clashes()
        self.short_enums()
        self.other_modes()
        self.kept_sites()
        self.support()


def operation_at(header, line):
    """The operation whose stub or assertion is at a line of a header."""
    with open(header, encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            found = re.search(r"\blong xen_hypercall_(\w+)\(", text)
            if found:
                last = found.group(1)
            if number >= line and (found or number > line or text.startswith("}")):
                break
    name = os.path.splitext(os.path.basename(header))[0]
    return last[len(name) + 1:]
