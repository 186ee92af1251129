# SPDX-License-Identifier: MIT
"""Names that collide: parameters that differ in a '_' at their end, that are called as a stub's own
locals are, and that are keywords or macros somewhere, together in one operation.  What every
backend of guests writes of them compiles, after headers that define many macros.

Must not know how a backend makes names.
"""
import itertools
import os
import shutil

from report import each, head, run

FAMILIES = [
    # what one backend or another might call its own
    ["a", "in_a", "out_a", "arg_a", "arg_in_a", "in_in_a", "in_out_a"],
    ["b", "in_b", "out_b", "arg_b", "arg0", "arg1", "arg2", "arg"],
    ["vendor", "by", "param", "fields", "ret", "in_ret", "reg1", "reg7", "in_reg1"],
    ["result", "cmd", "number", "i", "length", "step", "run", "other", "address", "s"],
    ["call", "transfer", "Call", "Errno", "Ok", "Err", "Result", "Self", "self", "T", "value"],
    ["high", "low", "byte", "dword", "rel", "equ", "section", "macro", "endm", "ptr", "offset"],
    # keywords of C, C++ and Rust, and macros of headers and compilers
    ["int", "register", "inline", "auto", "union", "volatile", "restrict", "typeof", "asm"],
    ["class", "new", "delete", "this", "xor", "and", "not_eq", "or", "template", "typename"],
    ["fn", "type", "match", "move", "ref", "crate", "super", "async", "await", "dyn", "box", "gen"],
    ["linux", "unix", "errno", "stdin", "major", "minor", "I", "st_atime", "sa_handler", "assert"],
    ["true", "false", "bool", "NULL", "Intel", "Amd", "rax", "rdi", "eax", "r12", "u8", "usize"],
    ["__LINE__", "__x86_64__", "_Bool", "__attribute", "__inline", "_a", "__a"],
]
TYPES = ["u8", "i8", "u16", "i32", "u32", "u64", "i64"]
SPECS, FULL = 8, 60
OPERATIONS = 12

C_HEADERS = "#include <complex.h>\n#include <sys/stat.h>\n#include <signal.h>\n" \
            "#include <errno.h>\n#include <stdio.h>\n#include <sys/sysmacros.h>\n"
CXX_HEADERS = C_HEADERS.replace("#include <complex.h>\n", "")
COMPILERS = [["gcc", "-std=gnu89"], ["clang", "-std=c11"], ["g++", "-std=c++20"],
             ["clang++", "-std=c++17"]]
D = "-DXEN_FASTABI_TRANSFER=vmcall"
GAS = ("#define XEN_FASTABI_TRANSFER vmcall\n", "#include <fastabi/{}.S.h>\n")
NASM = ("%define XEN_FASTABI_TRANSFER vmcall\n", '%include "fastabi/{}.inc"\n')


def pick(rng):
    """Distinct names, most of two families, with '_' at their ends."""
    families, names = rng.sample(FAMILIES, 2), set()
    for _ in range(rng.randint(4, 14)):
        family = rng.choice(families if rng.random() < 0.8 else FAMILIES)
        names.add(rng.choice(family[:7] if rng.random() < 0.5 else family)
                  + "_" * rng.choice([0, 0, 1, 1, 2, 3]))
    names = sorted(names)
    rng.shuffle(names)
    return names


def params(rng, names):
    registers = rng.sample(range(2, 8), min(6, len(names)))
    return ", ".join(f'"{name}": {{ reg: {register}, type: {rng.choice(TYPES)} }}'
                     for name, register in zip(names, registers))


def operation(rng):
    names = pick(rng)
    half = (len(names) + 1) // 2
    return (f"input: {{ {params(rng, names[:half])} }}, "
            f"output: {{ {params(rng, names[half:])} }}")


def write_specs(folder, amount):
    """Their names; at last one of names in twos that differ in how they start or end, and one of
    names that the bridge has for its own."""
    names = []
    for n in range(1, (FULL if amount.full else SPECS) + 1):
        rng = amount.rng(f"names {n}")
        text = f"name: n{n}\nhypercall_index: {n}\nsubops:\n" + "".join(
            f"  op{i}: {{ index: {i}, {operation(rng)} }}\n" for i in range(OPERATIONS))
        if n % 4 == 0:
            text = f"name: n{n}\nhypercall_index: {n}\ndirect: {{ {operation(rng)} }}\n"
        names.append((f"n{n}", text))
    pairs = [pair for base in ("a", "vendor", "result", "i", "int")
             for pair in itertools.combinations([base, base + "_", base + "__", "in_" + base,
                                                 "in_" + base + "_", "arg_in_" + base], 2)]
    text = "name: pairs\nhypercall_index: 62\nsubops:\n" + "".join(
        f'  op{i}: {{ index: {i}, input: {{ "{a}": {{ reg: 2, type: u32 }}, '
        f'"{b}": {{ reg: 3, type: u32 }} }}, output: {{ "{a}x": {{ reg: 2, type: u32 }}, '
        f'"out_{b}": {{ reg: 3, type: u32 }} }} }}\n' for i, (a, b) in enumerate(pairs))
    names.append(("pairs", text))
    own = ", ".join(f"{name}: {{ reg: {register}, type: u64 }}" for register, name in
                    enumerate(("result", "i", "length", "arg1", "arg0"), 2))
    names.append(("own", f"name: own\nhypercall_index: 61\ndirect: {{ input: {{ {own} }} }}\n"))
    # what a loop over structs has, as an argument
    names.append(("loop", "name: loop\nhypercall_index: 63\ndirect: "
                          "{ input: { params: { reg: 2, type: u64 } }, output: { given: "
                          "{ reg: 3, type: u32 } }, "
                          "c_lang: { struct: given, params: { params: uint64_t } }, "
                          "xen: { args: [struct, 1, params] }, classic: { elements: 1 } }\n"))
    os.makedirs(os.path.join(folder, "specs"))
    for name, text in names:
        with open(os.path.join(folder, "specs", f"{name}.yml"), "w", encoding="utf-8") as file:
            file.write(text)
    return [name for name, _ in names]


def c_jobs(folder, style, names):
    """(title, command, standard input)"""
    include = "".join(f"#include <fastabi/{name}.h>\n" for name in names)
    for compiler in COMPILERS:
        cxx = "++" in compiler[0]
        yield (f"names: {style} {compiler[0]}",
               [*compiler, "-Wall", "-Wextra", "-Wshadow", "-Werror", "-Wno-unused-function", "-I",
                folder, "-fsyntax-only", "-x", "c++" if cxx else "c", "-"],
               (CXX_HEADERS if cxx else C_HEADERS) + include)


def jobs_of(folder, names):
    for style in ("struct", "value", "bridge"):
        yield from c_jobs(os.path.join(folder, style), style, names)
    rust = os.path.join(folder, "rust")
    yield ("names: rustc", ["rustc", "--edition=2021", "--crate-type=lib", "--emit=metadata", "-D",
                            "warnings", "--out-dir", rust, os.path.join(rust, "src", "lib.rs")],
           None)
    macros, functions = os.path.join(folder, "macros"), os.path.join(folder, "functions")
    for (first, each_one), extension, command in (
            (GAS, "S", ["gcc", "-c", "-I", macros, "-o"]),
            (NASM, "asm", ["nasm", "-felf64", "-w+error", "-I", macros + "/", "-o"])):
        path = os.path.join(macros, f"all.{extension}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(first + "".join(each_one.format(name) for name in names))
        yield f"names: macros, {command[0]}", [*command, path + ".o", path], None
    for name in names:
        path = os.path.join(functions, "fastabi", name)
        yield (f"names: functions {name}, gcc", ["gcc", D, "-c", "-o", path + ".o", path + ".S"],
               None)
        yield (f"names: functions {name}, nasm",
               ["nasm", "-w+all", "-Werror", "-felf64", D, "-o", path + ".o2", path + ".nasm"],
               None)
    yield ("names: headers of functions",
           ["gcc", "-Wall", "-Wextra", "-Werror", "-I", functions, "-fsyntax-only", "-x", "c", "-"],
           C_HEADERS + "".join(f"#include <fastabi/{name}-functions.h>\n" for name in names))


class Names:
    def __init__(self, generator, build, amount, jobs, report):
        self.generator, self.build = generator, build
        self.amount, self.jobs, self.report = amount, jobs, report

    def compile(self, job):
        title, command, text = job
        status, said, errors = run(command, input=text)
        self.report.check(title, status == 0, head(said + errors))

    def run(self):
        shutil.rmtree(self.build, ignore_errors=True)
        names = write_specs(self.build, self.amount)
        for folder, options in (
                ("struct", ["c"]), ("value", ["c", "-O", "style=value", "-O", "transfer=patch"]),
                ("bridge", ["c", "-O", "style=bridge"]), ("rust", ["rust"]), ("macros", ["asm"]),
                ("functions", ["asm", "-O", "form=functions"])):
            status, _, errors = run([self.generator, "generate", "-b", *options, "-o",
                                     os.path.join(self.build, folder),
                                     os.path.join(self.build, "specs") + "/"])
            self.report.check(f"names: generate {folder}", status == 0 and not errors, head(errors))
        each(self.jobs, self.compile, list(jobs_of(self.build, names)))
