# SPDX-License-Identifier: MIT
"""C and C++ in the conformance suite: how to generate, to call one operation, and to compile.

Another language joins with a module that offers the same names (README.md lists them).
Must not know what the generator writes beyond its documented names and argument order.
"""
import re

import model

# What a unit includes before the bindings: nothing that they need, as they are self-contained.
FIRST = []

NAME = "c"
STYLES = ["struct", "value"]
TRANSFERS = ["argument", "vmcall", "vmmcall", "patch", "macro"]
LEVELS = ["-O0", "-O1", "-O2", "-O3", "-Os"]

BASE = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Werror", "-ffreestanding",
        "-mno-red-zone", "-mgeneral-regs-only", "-fno-pie", "-fno-asynchronous-unwind-tables",
        "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"]
GCC_ASAN = ["--param", "asan-instrumentation-with-call-threshold=0", "--param", "asan-stack=0",
            "--param", "asan-globals=0"]
CLANG_ASAN = ["-mllvm", "-asan-instrumentation-with-call-threshold=0", "-mllvm", "-asan-stack=0",
              "-mllvm", "-asan-globals=0"]

# Three of its checks, of every access, make a compiler six times slower and find nothing in a stub.
UBSAN = ["-fsanitize=undefined", "-fno-sanitize=alignment,pointer-overflow,object-size"]

# What hardened kernels are built with.
GCC_HARDENED = ["-ftrivial-auto-var-init=pattern", "-fzero-call-used-regs=all",
                "-fstack-protector-strong", "-fcf-protection=full", "-mharden-sls=all"]
CLANG_HARDENED = ["-ftrivial-auto-var-init=pattern", "-fstack-protector-strong",
                  "-fcf-protection=full", "-mretpoline"]

# name: (flags for gcc, flags for clang, must the hooks have been called?)
INSTRUMENTATION = {
    "plain": ([], [], False),
    "kasan": (["-fsanitize=kernel-address"] + GCC_ASAN, ["-fsanitize=kernel-address"] + CLANG_ASAN,
              True),
    "tsan": (["-fsanitize=thread"], ["-fsanitize=thread"], True),
    "kcov": (["-fsanitize-coverage=trace-pc"], ["-fsanitize-coverage=trace-pc"], True),
    "kcov-cmp": (["-fsanitize-coverage=trace-pc,trace-cmp"],
                 ["-fsanitize-coverage=trace-pc,trace-cmp"], True),
    "ubsan": (UBSAN, UBSAN, False),
    "functions": (["-finstrument-functions"], ["-finstrument-functions"], True),
    "hardened": (GCC_HARDENED, CLANG_HARDENED, False),
    "short-enums": (["-fshort-enums"], ["-fshort-enums"], False),
    "pg-ssp": (["-pg", "-fstack-protector-all"], ["-pg", "-fstack-protector-all"], True),
}


class Config:
    """A way to compile."""

    thin = False    # in a sample, as few random specifications as an instrumented one has
    other = ""      # a number after the compiler's name: not the system's own version

    def __init__(self, compiler, level, instrumentation):
        self.compiler, self.level, self.instrumentation = compiler, level, instrumentation
        self.name = f"{compiler} {level} {instrumentation}"
        self.file = self.name.replace(" ", "").replace("++", "xx")
        family, _, self.other = compiler.partition("-")
        self.plain = instrumentation == "plain" and not self.other
        self.hooked = INSTRUMENTATION[instrumentation][2]
        self.cxx = family.endswith("++")
        self.gcc = family in ("gcc", "g++")

    def flags(self):
        gcc, clang, _ = INSTRUMENTATION[self.instrumentation]
        standard = ["-std=gnu++17"] if self.cxx else ["-std=gnu11"]
        return standard + [self.level] + BASE + (gcc if self.gcc else clang)


# At every level what kernels are built with; the rest at those levels that differ most.
EVERY_LEVEL = ["plain", "kasan", "tsan", "kcov"]
CONFIGS = [Config(c, o, i) for i in INSTRUMENTATION for c in ("gcc", "clang") for o in LEVELS
           if i in EVERY_LEVEL or o in ("-O0", "-O2", "-Os")] + \
          [Config(c, "-O2", "plain") for c in ("g++", "clang++", "gcc-11", "clang-15", "clang-16",
                                               "clang-19")]

QUICK = {"gcc -O0 plain", "gcc -O2 plain", "clang -O2 plain", "clang -Os plain", "g++ -O2 plain",
         "gcc -O2 kasan", "gcc -Os kcov-cmp", "clang -O0 tsan", "gcc -O2 functions"}

# For bite.py: who makes faulty bindings, and which configurations are to notice.
MUTATE, NO_WARNINGS = "mutate", ["-w"]
BITE = ["gcc -O0 plain", "gcc -O2 plain", "clang -O2 plain"]
BITE_UNSPOILT = ["gcc -O2 plain", "gcc -O2 kasan", "gcc -O2 kcov-cmp"]
BITE_INSTRUMENTED = ["gcc -O2 kasan", "clang -O2 tsan", "gcc -O2 kcov-cmp", "gcc -O0 kasan"]


def generate(generator, folder, style, transfer, specs):
    """The command that writes the bindings."""
    return [*generator, "generate", "-b", "c", "-o", folder, "-O", f"style={style}", "-O",
            f"transfer={transfer}", *specs]


# ---- wrappers ----

HEAD = """\
/* Written by tests/stubs. */
#include <stddef.h>
#include <stdint.h>
#include "harness.h"
#define XEN_FASTABI_TRANSFER "ud2; .byte 0x4d"
#define SIGNED_FIELD(s, f) ((__typeof__(((s *)0)->f))(-1) < (__typeof__(((s *)0)->f))(1))
#define FIELD(s, f) { (uint32_t)offsetof(s, f), (uint32_t)sizeof(((s *)0)->f), SIGNED_FIELD(s, f) }
#define NO_FIELD { 0, 0, 0 }
/* Keep as many values alive as there are registers: one that a stub secretly changes is noticed. */
#define KEEP(a, b, d, e, f, g, from) \\
    __asm__ __volatile__("mov (%6), %0; mov 8(%6), %1; mov 16(%6), %2; " \\
                         "mov 24(%6), %3; mov 32(%6), %4; mov 40(%6), %5" \\
        : "=&r"(a), "=&r"(b), "=&r"(d), "=&r"(e), "=&r"(f), "=&r"(g) : "r"(from))
#define KEPT(a, b, d, e, f, g, to) \\
    __asm__ __volatile__("mov %0, (%6); mov %1, 8(%6); mov %2, 16(%6); " \\
                         "mov %3, 24(%6); mov %4, 32(%6); mov %5, 40(%6)" \\
        : : "r"(a), "r"(b), "r"(d), "r"(e), "r"(f), "r"(g), "r"(to) : "memory")
#define KEEP_ALL uint64_t k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11; \\
    KEEP(k0, k1, k2, k3, k4, k5, c->keep); KEEP(k6, k7, k8, k9, k10, k11, c->keep + 6)
#define KEPT_ALL KEPT(k0, k1, k2, k3, k4, k5, c->kept); KEPT(k6, k7, k8, k9, k10, k11, c->kept + 6)
"""

VENDORS = {"FIXED_INTEL": "Intel", "FIXED_AMD": "Amd",
           "AT_RUN_TIME": "c->vendor == 0 ? Intel : Amd"}


def variants(transfer):
    """Which wrappers an operation gets, in the order of enum variant."""
    return ["FIXED_INTEL", "FIXED_AMD",
            "AT_RUN_TIME"] if transfer == "argument" else [None, None, "AT_RUN_TIME"]


def drops_result(op, style):
    """Does a call that succeeded say no more than that?"""
    return False


def argument(op, arg, style):
    """(declaration of a local, expression) for one argument of a stub."""
    if arg[0] == "vendor":
        return "", "vendor"
    if arg[0] == "struct":
        return f"struct {op.struct} *mem = (struct {op.struct} *)c->mem;", "mem"
    kind, p = arg
    n = op.params.index(p)
    c_type = p.c_type if style == "struct" and p.c_type else p.c_int
    if kind == "pointer":
        return f"{c_type} *a{n} = ({c_type} *)c->cell[{n}];", f"a{n}"
    cast = f"({c_type})(uintptr_t)" if "*" in c_type else f"({c_type})"
    return f"{c_type} a{n} = {cast}c->in[{n}];", f"a{n}"


def wrapper(op, symbol, style, transfer, variant):
    """A function that calls the stub twice in a row with the same arguments."""
    args = [argument(op, a, style) for a in model.stub_arguments(op, style, transfer)]
    call = f"xen_hypercall_{op.symbol}({', '.join(e for _, e in args)})"
    if transfer == "argument":
        call = call.replace("(vendor",
                            f"({VENDORS[variant]}" if variant != "AT_RUN_TIME" else "(vendor", 1)
    vendor = "enum xen_hypercall_vendor vendor = " + VENDORS["AT_RUN_TIME"] + ";" \
        if transfer == "argument" and variant == "AT_RUN_TIME" else ""
    lines = [d for d, _ in args if d] + ([vendor] if vendor else []) + \
        ["KEEP_ALL;"] + [f"c->stage = {n + 1}; c->result[{n}] = {call}; c->seen[{n}] = c->stage;"
                         for n in (0, 1)] + \
        ["KEPT_ALL;"]
    body = "\n".join("    " + line for line in lines)
    return (f"void {symbol}_{variant}(struct call *c);\nvoid {symbol}_{variant}(struct call *c)\n"
            f"{{\n{body}\n}}\n")


def layout(op, symbol, style):
    """Where the fields are, or None when the stub takes no struct."""
    if style != "struct" or not op.struct:
        return None
    fields = [f"FIELD(struct {op.struct}, {p.path})" if p.path else "NO_FIELD" for p in op.params]
    fields = ", ".join(fields or ["NO_FIELD"])
    return (f"extern const struct layout {symbol}_layout;\n"
            f"const struct layout {symbol}_layout = "
            f"{{ sizeof(struct {op.struct}), {{ {fields} }} }};\n")


def unit(ops, style, transfer, include_first):
    """A source file with wrappers for [(operation, symbol)]."""
    names = sorted({op.spec.name for op, _ in ops})
    headers = "".join(f"#include {h}\n" for h in include_first) + \
        "".join(f"#include <fastabi/{n}.h>\n" for n in names)
    text = [HEAD, headers, '#ifdef __cplusplus\nextern "C" {\n#endif\n']
    for op, symbol in ops:
        text.append(f"/* {op.title} */\n")
        text.append(layout(op, symbol, style) or "")
        text += [wrapper(op, symbol, style, transfer, v) for v in variants(transfer) if v]
    return "".join(text) + "#ifdef __cplusplus\n}\n#endif\n"


def declared(op, arg, n, style):
    """Declaration of an argument called a<n>."""
    if arg[0] == "vendor":
        return f"enum xen_hypercall_vendor a{n}"
    if arg[0] == "struct":
        return f"struct {op.struct} *a{n}"
    kind, p = arg
    c_type = p.c_type if style == "struct" and p.c_type else p.c_int
    return f"{c_type} {'*' if kind == 'pointer' else ''}a{n}"


def caller(op, style, transfer, call="xen_hypercall_", vendor=None, body="    return %s;",
           returns="long"):
    """A function that hands its arguments to a stub; the vendor may be fixed, and the body another
    one."""
    args = list(enumerate(model.stub_arguments(op, style, transfer)))
    outer = [declared(op, a, n, style) for n, a in args if not (vendor and a[0] == "vendor")]
    inner = [vendor if vendor and a[0] == "vendor" else f"a{n}" for n, a in args]
    signature = f"{returns} call_{op.symbol}({', '.join(outer) or 'void'})"
    return (f"{signature};\n{signature}\n"
            f"{{\n{body % f'{call}{op.symbol}({chr(44).join(inner)})'}\n}}\n")


# ---- compiling ----

def compile_commands(config, source, base, include, extra=()):
    """Two commands (source to assembly, assembly to object) with base.s between them, for the
    driver to edit."""
    to_asm = [config.compiler, *config.flags(), *extra]
    for folder in include:
        to_asm += ["-I", folder]
    return (to_asm + ["-x", "c++" if config.cxx else "c", "-S", source, "-o", base + ".s"],
            [config.compiler, "-c", "-x", "assembler", base + ".s", "-o", base + ".o"])


TRANSFER_INSTRUCTION = re.compile(r"\b(vmcall|vmmcall)\b(?!\")")


def prepare(config, folder, extra=()):
    """Bindings are headers: nothing to compile before the units that include them."""
    return None


def link_objects(config, folders):
    """What a program needs besides its units."""
    return []


def plant_traps(assembly):
    """Put a trap of the same three bytes where a transfer instruction stood."""
    marks = {"vmcall": "0xc1", "vmmcall": "0xd9"}
    return TRANSFER_INSTRUCTION.sub(lambda m: f".byte 0x0f, 0x0b, {marks[m.group(1)]}", assembly)
