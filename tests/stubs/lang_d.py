# SPDX-License-Identifier: MIT
"""D (examples/d, over the JSON) in the conformance suite: how to generate, to call one operation,
and to compile.

Must not know what the generator writes beyond its documented names and argument order.
"""
import os
import re
import shlex

import lang_c
import model
from lang_c import drops_result, link_objects, prepare, variants  # noqa: F401

NAME = "d"
FIRST = []
STYLES = ["value"]
TRANSFERS = ["vmcall", "vmmcall"]
EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples",
                       "d", "generate")
BASE = ["-Wall", "-Wextra", "-Werror", "-mno-red-zone", "-fno-pie", "-fno-druntime",
        "-fno-asynchronous-unwind-tables"]


class Config(lang_c.Config):
    """A way to compile."""

    def __init__(self, level, name, flags):
        super().__init__("gdc-12", level, "plain")
        self.plain = True
        self.more = flags
        self.name = f"gdc {level} {name}"
        self.file = self.name.replace(" ", "")

    def flags(self):
        return [self.level] + BASE + self.more


CONFIGS = [Config(level, "plain", []) for level in ("-O0", "-O1", "-O2", "-O3", "-Os")] + \
          [Config("-O2", "pic", ["-fPIC"]),
           Config("-O0", "frame", ["-fno-omit-frame-pointer", "-fstack-protector-all"])]


def generate(generator, folder, style, transfer, specs):
    """The command that writes the bindings: the one that the documentation shows."""
    command = shlex.join([*generator, "generate", "-b", "json", "-o", "-", *specs])
    example = shlex.join([EXAMPLE, "--instruction", transfer, folder])
    return ["bash", "-c", f"set -o pipefail; {command} | {example}"]


# ---- wrappers ----

HEAD = """\
/* Written by tests/stubs. */
module wrappers;
nothrow @nogc:

struct call {   // harness.h
    ulong[14] in_;
    void*[14] cell;
    void* mem;
    ulong[12] keep;
    ulong[12] kept;
    long[2] result;
    ulong stage;
    ulong[2] seen;
    int vendor;
}
static assert (call.stage.offsetof == 14 * 8 + 14 * 8 + 8 + 24 * 8 + 16);

"""


def argument(op, p):
    kind = ("" if p.signed else "u") + {8: "byte", 16: "short", 32: "int", 64: "long"}[p.width]
    n = op.params.index(p)
    return f"cast({kind}*) c.cell[{n}]" if p.is_pointer else f"cast({kind}) c.in_[{n}]"


def wrapper(op, symbol, variant):
    """A function that calls the stub twice in a row with the same arguments."""
    arguments = ", ".join(argument(op, p) for _, p in model.stub_arguments(op, "value", "vmcall"))
    lines = [f"ulong k{i} = c.keep[{i}];" for i in range(12)]
    for n in (0, 1):
        lines += [f"c.stage = {n + 1}; c.result[{n}] = xen_hypercall_{op.symbol}({arguments}); "
                  f"c.seen[{n}] = c.stage;"]
    lines += [f"c.kept[{i}] = k{i};" for i in range(12)]
    return f"extern (C) void {symbol}_{variant}(call* c)\n{{\n" + "".join(
        f"    {line}\n" for line in lines) + "}\n"


def layout(op, symbol, style):
    """No stub takes a struct."""
    return None


def unit(ops, style, transfer, include_first):
    """A source file with wrappers for [(operation, symbol)]."""
    imports = "".join(f"import fastabi.xen_{n};\n" for n in sorted({op.spec.name for op, _ in ops}))
    text = [HEAD, imports, "\n"]
    for op, symbol in ops:
        text.append(f"/* {op.title} */\n")
        text += [wrapper(op, symbol, v) for v in variants(transfer) if v]
    return "".join(text)


# ---- compiling ----

def compile_commands(config, source, base, include, extra=()):
    """Two commands, with base.s between them.  All modules in one command make one file, and calls
    can be inlined."""
    folder = include[-1]
    modules = sorted(os.path.join(folder, "fastabi", n)
                     for n in os.listdir(os.path.join(folder, "fastabi")))
    to_asm = [config.compiler, *config.flags(), *extra, "-I", folder, "-S", base + ".d", *modules,
              "-o", base + ".s"]
    return (["sh",
             "-c", f"cp {shlex.quote(source)} {shlex.quote(base)}.d && exec {shlex.join(to_asm)}"],
            ["gcc", "-c", "-x", "assembler", base + ".s", "-o", base + ".o"])


def plant_traps(assembly):
    """As for C; and what is not C is local, since each style and transfer has the same functions.
    """
    return re.sub(r"^\s*\.(globl|weak)\s+_D.*\n", "", lang_c.plant_traps(assembly),
                  flags=re.MULTILINE)
