# SPDX-License-Identifier: MIT
"""Functions in assembly (docs/assembly.md) in the conformance suite: each syntax, convention and
object format, called from C through checked.S.

Run as a program, it assembles the functions of one unit. COFF objects are made ELF to be linked
with the harness.  Must not know what the generator writes beyond its documented names and argument
order.
"""
import os
import re
import shlex
import sys

import coff
import lang_c
from lang_c import drops_result, link_objects, variants     # noqa: F401
from report import run

NAME = "functions"
FIRST = []
STYLES = ["value"]
TRANSFERS = ["macro", "vmcall", "vmmcall", "patch"]
MUTATE, NO_WARNINGS, BITE_INSTRUMENTED = "mutate_functions", [], []
LLVM_ML = "/usr/lib/llvm-16/bin/llvm-ml"


class Config:
    """A syntax, a convention, and the format of objects."""

    plain, thin, hooked, cxx = True, False, False, False

    def __init__(self, syntax, convention, form):
        self.syntax, self.convention, self.form = syntax, convention, form
        self.compiler = self.name = f"{syntax} {convention} {form}"
        self.file = self.name.replace(" ", "-")
        self.transfers = TRANSFERS if form == "elf" else TRANSFERS[:-1]


CONFIGS = [Config("gas", "sysv", "elf"), Config("gas", "microsoft", "elf"),
           Config("nasm", "sysv", "elf"), Config("nasm", "microsoft", "elf"),
           Config("masm", "microsoft", "coff"), Config("nasm", "microsoft", "coff"),
           Config("gas", "microsoft", "coff"), Config("masm", "sysv", "coff")]
QUICK = {c.name for c in CONFIGS[:5]}
BITE = BITE_UNSPOILT = [c.name for c in CONFIGS[:5]]


def prefix(transfer):
    """Functions of all transfers are in one program; those of the first have the default names."""
    return "xen_hypercall" if transfer == "macro" else f"call_by_{transfer}"


def generate(generator, folder, style, transfer, specs):
    """Both conventions, each in a directory."""
    commands = []
    for convention in ("sysv", "microsoft"):
        for syntax in ["both"] + ["masm"] * (transfer != "patch"):
            options = ["form=functions", f"syntax={syntax}", f"convention={convention}",
                       f"transfer={transfer}", f"prefix={prefix(transfer)}"]
            commands.append(shlex.join([
                *generator, "generate", "-b", "asm", *(w for o in options for w in ("-O", o)),
                "-o", os.path.join(folder, convention), *specs]))
    spoilt = " && ".join(f"cp {shlex.quote(os.path.join(folder, c, 'mutated'))} "
                         f"{shlex.quote(folder)}/" for c in ("sysv", "microsoft"))
    return ["bash", "-c", " && ".join(commands + [spoilt] * (len(generator) > 1))]


# ---- wrappers ----

HEAD = lang_c.HEAD + """\
extern const char checked_sysv[], checked_microsoft[];    /* functions of any type */
extern const void *checked_target;
"""


def wrapper(op, symbol, variant, convention, transfer):
    """A function that calls the function twice: with 64 bits of everything, garbage above what its
    type has."""
    attribute = f"__attribute__(({'ms' if convention == 'microsoft' else 'sysv'}_abi))"
    function = f"{prefix(transfer)}_{op.symbol}"
    types = [f"{p.c_int} *" if p.is_pointer else p.c_int for p in op.params]
    wide = ["void *" if p.is_pointer else "uint64_t" for p in op.params]
    arguments = [f"c->cell[{n}]" if p.is_pointer else f"c->in[{n}]"
                 for n, p in enumerate(op.params)]
    call = (f"((int64_t ({attribute} *)({', '.join(wide) or 'void'}))"
            f"(uintptr_t)checked_{convention})({', '.join(arguments)})")
    lines = [f"int64_t ({attribute} *function)({', '.join(types) or 'void'}) = {function};",
             "KEEP_ALL;", "checked_target = (const void *)(uintptr_t)function;"]
    lines += [f"c->stage = {n + 1}; c->result[{n}] = {call}; c->seen[{n}] = c->stage;"
              for n in (0, 1)] + ["KEPT_ALL;"]
    body = "\n".join("    " + line for line in lines)
    return (f"void {symbol}_{variant}(struct call *c);\nvoid {symbol}_{variant}(struct call *c)\n"
            f"{{\n{body}\n}}\n")


def layout(op, symbol, style):
    """No function takes a struct."""
    return None


def unit(ops, style, transfer, include_first):
    """A source for both conventions, of which the compiler takes one."""
    names = sorted({op.spec.name for op, _ in ops})
    text = [HEAD] + [f"#include <fastabi/{n}-functions.h>\n" for n in names]
    for convention in ("sysv", "microsoft"):
        text.append(f"#ifdef CONVENTION_{convention}\n")
        text += [wrapper(op, symbol, v, convention, transfer) for op, symbol in ops
                 for v in variants(transfer) if v]
        text.append("#endif\n")
    return "".join(text)


# ---- compiling ----

def prepare(config, folder, extra=()):
    return None


def compile_commands(config, source, base, include, extra=()):
    """The callers in C; then this program."""
    folder = os.path.join(include[-1], config.convention)
    return (["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-mgeneral-regs-only", "-fno-pie",
             "-fno-asynchronous-unwind-tables", *extra, f"-DCONVENTION_{config.convention}",
             f"-I{include[0]}", f"-I{folder}", "-x", "c", "-S", source, "-o", base + ".s"],
            [sys.executable, os.path.abspath(__file__), config.name, source, base, folder])


def plant_traps(assembly):
    """There are only callers in it."""
    return assembly


TRAPS = {
    "gas": ("S", ".byte 0x0f, 0x0b, %#x",
            ".macro test_transfer\n    ud2\n    .byte 0x4d\n.endm\n"
            "#define XEN_FASTABI_TRANSFER test_transfer\n"),
    "nasm": ("nasm", "db 0x0f, 0x0b, %#x",
             "%macro test_transfer 0\n    ud2\n    db 0x4d\n%endmacro\n"
             "%define XEN_FASTABI_TRANSFER test_transfer\n"),
    "masm": ("asm", "db 15, 11, %d",
             "test_transfer macro\n    ud2\n    db 4dh\nendm\n"
             "XEN_FASTABI_TRANSFER textequ <test_transfer>\n"),
}
MASM_BYTES = {"db 0fh, 01h, 0c1h ; vmcall": "vmcall", "db 0fh, 01h, 0d9h ; vmmcall": "vmmcall"}
MARKS = {"vmcall": 0xc1, "vmmcall": 0xd9}


def source_of(config, folder, names):
    """The files of all specifications in one, with traps."""
    extension, trap, text = TRAPS[config.syntax]
    for name in names:
        with open(os.path.join(folder, "fastabi", f"{name}.{extension}"), encoding="utf-8") as file:
            text += re.sub(r"^end\n", "", file.read(), flags=re.M)
    for line, instruction in MASM_BYTES.items():
        text = text.replace(line, instruction)
    return re.sub(r"^( *)(vmcall|vmmcall)$", lambda m: m.group(1) + trap % MARKS[m.group(2)], text,
                  flags=re.M) + ("end\n" if config.syntax == "masm" else "")


def assemble_command(config, source, out):
    if config.syntax == "gas":
        return (["gcc"] if config.form == "elf" else ["clang", "--target=x86_64-pc-windows-gnu"]) \
            + ["-c", source, "-o", out]
    if config.syntax == "nasm":
        return ["nasm", "-Werror", f"-f{'elf64' if config.form == 'elf' else 'win64'}", source,
                "-o", out]
    return [LLVM_ML, "-m64", "/nologo", "/c", "/Fo", out, source]


def to_elf(path):
    """A COFF object becomes one of ELF, without its unwind data."""
    with open(path + ".s", "w", encoding="utf-8") as file:
        file.write(coff.assembly(path))
    status, _, errors = run(["as", path + ".s", "-o", path])
    return status, errors


def main(name, source, base, folder):
    config = next(c for c in CONFIGS if c.name == name)
    with open(source, encoding="utf-8") as file:
        names = re.findall(r"#include <fastabi/(\w+)-functions\.h>", file.read())
    text = base + "-functions." + TRAPS[config.syntax][0]
    with open(text, "w", encoding="utf-8") as file:
        file.write(source_of(config, folder, names))
    functions, callers = base + "-functions.o", base + "-callers.o"
    status, out, errors = run(assemble_command(config, text, functions))
    errors = out + errors
    if status == 0 and config.form == "coff":
        status, errors = to_elf(functions)
    for command in (["as", base + ".s", "-o", callers],
                    ["ld", "-r", "-z", "noexecstack", callers, functions, "-o", base + ".o"]):
        if status == 0:
            status, _, errors = run(command)
    if status:
        print(errors, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
