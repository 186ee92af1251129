# SPDX-License-Identifier: MIT
"""C stubs as something to prove: how to generate, to compile, and what each function takes.

The functions are callers: one that makes a call once; one that makes it twice in a row with more
values to keep than there are registers, which shows what the compiler is told about registers and
memory; and one that ignores the result, for which the call must be made all the same.  Must not
know what a stub looks like.
"""
import convention
import image
import lang_c
import model
from contract import BEFORE, IGNORED, KEPT, Field, Shape
from report import head, run

NAME, SAMPLE = "c", 2     # groups in a sample
LEVELS = ["-O0", "-O1", "-O2", "-O3", "-Os"]
COMPILERS = {"gcc": convention.SYSV, "clang": convention.CLANG}
TRANSFERS = ["argument", "vmcall", "vmmcall", "patch", "macro"]
STYLES = ["value", "struct"]
VENDORS = ("vmcall", "vmmcall")
MARK = '#define XEN_FASTABI_TRANSFER "ud2; .byte 0x4d"\n'
INSTRUCTIONS = {"vmcall": "vmcall", "vmmcall": "vmmcall", "patch": "vmmcall", "macro": "macro",
                "argument": VENDORS}
FLAGS = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-mno-red-zone",
         "-mgeneral-regs-only", "-fno-pie", "-fno-stack-protector",
         "-fno-asynchronous-unwind-tables",
         "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"]


class Unproved(Exception):
    """There is nothing to prove: a tool failed, and says why."""


def call(command):
    status, out, errors = run(command)
    if status:
        raise Unproved("\n".join(head(errors or out) or [f"exit status {status}"]))


def generate(generator, folder, form, specs):
    style, transfer = form
    call([*generator, "generate", "-b", "c", "-o", folder, "-O", f"style={style}", "-O",
          f"transfer={transfer}", *specs])


def head_of(specs, first, transfer):
    """What a unit starts with: headers with structs, and the bindings."""
    lines = ["/* Written by tests/prove. */\n#include <stddef.h>\n#include <stdint.h>\n"]
    lines += [MARK if transfer == "macro" else ""]
    lines += [f'#include "{path}"\n' for path in first]
    return "".join(lines + [f"#include <fastabi/{s.name}.h>\n" for s in specs])


# ---- callers ----

KEEP = "".join(f"    const uint64_t k{n} = kept[{n}];\n" for n in range(KEPT)) + "    long last;\n"
READ_AGAIN = f"    kept[{2 * KEPT}] = kept[0];\n"
KEPT_AGAIN = "".join(f"    kept[{KEPT + n}] = k{n};\n" for n in range(KEPT))


def callers(op, style, transfer):
    """[(name, source, arguments, calls, instruction, what is ignored)] of an operation."""
    args = model.stub_arguments(op, style, transfer)
    declared = [lang_c.declared(op, a, n, style) for n, a in enumerate(args)]
    given = [f"a{n}" for n in range(len(args))]
    stub = f"xen_hypercall_{op.symbol}"
    instruction = INSTRUCTIONS[transfer]

    def function(name, parameters, body, returned="long"):
        signature = f"{returned} {name}({', '.join(parameters) or 'void'})"
        return f"{signature};\n{signature}\n{{\n{body}}}\n"

    once = f"    return {stub}({', '.join(given)});\n"
    found = [(f"once_{op.symbol}", function(f"once_{op.symbol}", declared, once), args, 1,
              instruction, None)]
    twice = (f"{KEEP}    *result = {BEFORE};\n    *result = {stub}({', '.join(given)});\n"
             f"{READ_AGAIN}    last = {stub}({', '.join(given)});\n{READ_AGAIN}"
             f"{KEPT_AGAIN}    return last;\n")
    found.append((f"twice_{op.symbol}",
                  function(f"twice_{op.symbol}", declared + ["long *result", "uint64_t *kept"],
                           twice),
                  args + [("result",), ("kept",)], 2, instruction, None))
    name = f"ignored_{op.symbol}"
    found.append((name, function(name, declared, f"    (void){stub}({', '.join(given)});\n",
                                 "void"), args, 1, instruction, IGNORED))
    for vendor, fixed in zip(("XEN_FASTABI_INTEL", "XEN_FASTABI_AMD"), VENDORS) \
            if transfer == "argument" else ():
        name = f"{fixed}_{op.symbol}"
        body = f"    return {stub}({', '.join([vendor] + given[1:])});\n"
        found.append((name, function(name, declared[1:], body), args[1:], 1, fixed, None))
    return found


# ---- the layout of structs ----

def layouts(specs, first, bindings, base):
    """{operation's title: (size, {parameter: field})}, as the compiler sees the headers."""
    text = head_of(specs, first, "macro")
    text += ("#define SIGNED_FIELD(s, f) ((__typeof__(((s *)0)->f))(-1) < "
             "(__typeof__(((s *)0)->f))(1))\n")
    ops = [op for s in specs for op in s.ops if op.struct]
    for op in ops:
        s = f"struct {op.struct}"
        rows = [f"sizeof({s})"] + [
            f"offsetof({s}, {p.path}), sizeof((({s} *)0)->{p.path}), SIGNED_FIELD({s}, {p.path})"
            for p in op.params if p.path]
        text += f"const uint32_t layout_{op.symbol}[] = {{ {', '.join(rows)} }};\n"
    write(base + ".c", text)
    call(["gcc", *FLAGS, "-Wno-extra", "-I", bindings, "-c", base + ".c", "-o", base + ".o"])
    linked = load([base + ".o"], base + ".elf")
    return {op.title: layout(op, linked) for op in ops}


def layout(op, linked):
    params = [p for p in op.params if p.path]
    size, *words = linked.words(f"layout_{op.symbol}", 1 + 3 * len(params))
    return size, {p.name: Field(words[3 * n], words[3 * n + 1], bool(words[3 * n + 2]))
                  for n, p in enumerate(params)}


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def load(objects, path):
    error = image.link(objects, path)
    if error:
        raise Unproved(error)
    return image.Image(path)


# ---- what there is to prove ----

def groups():
    """[(what is generated, [how it is compiled])]: a group is proven by one process."""
    return [((style, transfer), [(compiler, level) for level in LEVELS])
            for transfer in TRANSFERS for style in STYLES for compiler in COMPILERS]


def title(form, way):
    return f"C {' '.join(form)}, {' '.join(way)}"


def needs_structs(form):
    return form[0] == "struct"


def build(form, way, specs, first, bindings, base, extra=()):
    """Compile a unit; an image."""
    style, transfer = form
    compiler, level = way
    text = head_of(specs, first, transfer)
    text += "".join(source for s in specs for op in s.ops
                    for _, source, *_ in callers(op, style, transfer))
    write(base + ".c", text)
    call([compiler, *FLAGS, level, *extra, "-I", bindings, "-c", base + ".c", "-o", base + ".o"])
    return load([base + ".o"], base + ".elf")


def subjects(form, way, specs, structs):
    """(operation, function, shape, convention) of each function of a unit."""
    style, transfer = form
    for op in (op for s in specs for op in s.ops):
        size, fields = structs.get(op.title, (0, {}))
        for name, _, arguments, calls, instruction, ignored in callers(op, style, transfer):
            yield op, name, Shape(arguments, style, instruction, fields, size, calls,
                                  recorded=transfer == "patch", ignored=ignored), COMPILERS[way[0]]
