# SPDX-License-Identifier: MIT
"""Bridges in C as something to prove: how to generate and to compile them, and what calls them.

For each command there is a function that calls the bridge with that constant; one more has the
command as an argument, and is proven for each command and for all others together.  Must not
know what a bridge looks like.
"""
import functools

import bridge_model
import model
from bridges import BridgeShape
from contract import Field
from subject_c import COMPILERS, FLAGS, INSTRUCTIONS, LEVELS, MARK, call, load, write
from subject_c import Unproved   # noqa: F401

NAME, SAMPLE = "bridges", 1
WORKS = ("bridges", "random bridges")
MOST_WAYS = 1                   # of a group, in a sample
SHARE = 12                      # one operation of so many, in a sample
RANDOM_SHARE = 40               # one random operation of so many, in --full: each takes long
FORMS = ["constant", "variable"]
OTHERS = ["vmcall", "vmmcall", "patch", "macro"]    # transfers, which are those of stubs
HEADERS = ["<xen/xen.h>"]       # of structs that the stubs do not need
# What knows guest-physical addresses, which the prover gives any value; and what unoptimised code
# copies structs with.
PHYSICAL = """\
__attribute__((__unused__))
static inline uint64_t find_physical(const void *linear)
{
    uint64_t found;

    __asm__ ("ud2; .byte 0x4e" : "=a" (found) : "D" (linear));
    return found;
}
#define XEN_FASTABI_PHYS(pointer) find_physical(pointer)
void *memcpy(void *to, const void *from, size_t size);
void *memcpy(void *to, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((volatile unsigned char *)to)[i] = ((const unsigned char *)from)[i];
    return to;
}
unsigned char xen_fastabi_bridge_flag = 1;
"""


def groups():
    """[(what is generated, [how it is compiled])]"""
    found = [(("argument",), [(compiler, level, kind) for level in LEVELS])
             for kind in FORMS for compiler in COMPILERS]
    return found + [((transfer,), [(compiler, "-O2", "constant")])
                    for transfer in OTHERS for compiler in COMPILERS]


def title(form, way):
    return f"bridges {' '.join(form)}, {' '.join(way)}"


def needs_structs(form):
    return True


def generate(generator, folder, form, specs):
    call([*generator, "generate", "-b", "c", "-o", folder, "-O", "style=bridge", "-O",
          f"transfer={form[0]}", *specs])


@functools.lru_cache(maxsize=None)
def hypercall(path):
    """With all its operations, whatever there is to prove."""
    return bridge_model.Hypercall(model.load(path))


def hypercalls(specs):
    return [hypercall(spec.path) for spec in specs]


def head_of(specs, first, transfer):
    lines = ["/* Written by tests/prove. */\n#include <stddef.h>\n#include <stdint.h>\n",
             MARK if transfer == "macro" else ""]
    lines += [f"#include {path}\n" for path in HEADERS + [f'"{p}"' for p in first]]
    return "".join(lines) + PHYSICAL + "".join(
        f"#include <fastabi/{s.name}.h>\n" for s in specs)


# ---- the layout of structs ----

class Layout:
    """Where an operation's classic struct has what, and how large elements of arrays are."""

    def __init__(self, classic, size, places, elements, is_flexible=False):
        self.size, self.places, self.elements = size, places, elements
        self.is_flexible = is_flexible              # a field is after the struct
        known = [*(classic.body.get("fixed") or {}).items(), *classic.fields.items()]
        self.constants = [(path, int(value, 0)) for path, value in known
                          if bridge_model.is_number(value)]
        rest = set(classic.body.get("omit") or {}) - set(classic.classic.get("success") or {})
        rest -= set(classic.classic.get("ignore") or []) | set(classic.arrays)
        filled = scalars(classic) | {path for path, _ in known}
        filled |= set(classic.classic.get("success") or {}) | set(classic.arrays)
        self.zeros = [field for path in sorted(rest - set(classic.fields))
                      for field in self.left(path, filled)]

    def left(self, path, filled):
        """An omitted field, without the parts of it that something fills."""
        place = self.places[path]
        parts = [self.places[part] for part in filled
                 if part in self.places and part.startswith((path + ".", path + "["))]
        taken = {n for part in parts for n in range(part.offset, part.offset + part.size)}
        if not taken:
            return [place]
        return [Field(n, 1, False) for n in range(place.offset, place.offset + place.size)
                if n not in taken]

    def tested(self):
        return bool(self.constants or self.zeros)


def scalars(classic):
    """Fields that parameters are in."""
    found = {p.path for p in classic.op.params if p.path}
    found |= {field for parts in classic.parts.values() for field, _, _ in parts}
    return found | {path for path, name in classic.fields.items()
                    if not bridge_model.is_number(name)}


def others(classic):
    """Fields whose sign means nothing."""
    found = {name for name in classic.arrays if classic.find_arg("array", name) < 0}
    found |= set(classic.body.get("fixed") or {}) | set(classic.body.get("omit") or {})
    found |= set(classic.classic.get("success") or {}) | set(classic.fields)
    linear = classic.linear()
    found |= {linear["field"]} if linear else set()
    return found - scalars(classic)


def layouts(specs, first, bindings, base):
    """{operation's title: Layout}, as the compiler sees the headers."""
    text = head_of(specs, first, "macro")
    text += ("#define SIGNED_FIELD(s, f) ((__typeof__(((s *)0)->f))(-1) < "
             "(__typeof__(((s *)0)->f))(1))\n")
    calls = hypercalls(specs)
    known = [classic for one in calls for classic in one.ops if classic.is_carried(one.place)]
    for classic in known:
        rows = ["0"]
        if classic.struct and "frame" not in classic.xen:
            s = f"struct {classic.struct}"
            rows = [f"sizeof({s})"]
            for path in sorted(scalars(classic) | others(classic)):
                sign = f"SIGNED_FIELD({s}, {path})" if path in scalars(classic) else "0"
                rows.append(f"offsetof({s}, {path}), sizeof((({s} *)0)->{path}), {sign}")
        rows += [f"sizeof(struct {array['struct']})" for array in classic.arrays.values()
                 if "struct" in array]
        text += f"const uint32_t layout_{classic.op.symbol}[] = {{ {', '.join(rows)} }};\n"
    write(base + ".c", text)
    call(["gcc", *FLAGS, "-Wno-extra", "-I", bindings, "-c", base + ".c", "-o", base + ".o"])
    linked = load([base + ".o"], base + ".elf")
    return {classic.op.title: layout(classic, linked) for classic in known}


def layout(classic, linked):
    paths = []
    if classic.struct and "frame" not in classic.xen:
        paths = sorted(scalars(classic) | others(classic))
    structs = [name for name, array in classic.arrays.items() if "struct" in array]
    size, *words = linked.words(f"layout_{classic.op.symbol}", 1 + 3 * len(paths) + len(structs))
    places = {path: Field(words[3 * n], words[3 * n + 1], bool(words[3 * n + 2]))
              for n, path in enumerate(paths)}
    # A flexible array may follow what counts as the struct.
    whole = max([size] + [place.offset + place.size for place in places.values()])
    return Layout(classic, whole, places, dict(zip(structs, words[3 * len(paths):])),
                  whole > size)


# ---- callers ----

def caller(one, transfer, command):
    """(name, source) of a function that calls the bridge for a command, or for any (None)."""
    name = f"variable_{one.spec.name}" if command is None else \
        f"constant_{one.spec.name}_{command:x}"
    parameters = ["enum xen_hypercall_vendor vendor"] if transfer == "argument" else []
    given = ["vendor"] if transfer == "argument" else []
    for n, pointer in enumerate(one.pointers):
        if n == one.place:
            parameters += ["uint32_t command"] if command is None else []
            given.append("command" if command is None else f"{command}u")
            continue
        parameters.append(f"uint64_t arg{n}")
        given.append(f"(void *)(uintptr_t)arg{n}" if pointer else f"arg{n}")
    parameters.append("long *result")
    signature = f"_Bool {name}({', '.join(parameters)})"
    return name, (f"{signature};\n{signature}\n{{\n"
                  f"    return xen_fastabi_{one.spec.name}({', '.join(given + ['result'])});\n}}\n")


def wanted(one, spec):
    """The commands of operations that will be proven."""
    titles = {op.title for op in spec.ops}
    found = set()
    for classic in one.ops:
        if classic.op.title in titles:
            found |= {classic.command(one.place), BridgeShape.linear_of(classic)}
    return sorted(found - {None})


def build(form, way, specs, first, bindings, base, extra=()):
    compiler, level, kind = way
    text = head_of(specs, first, form[0])
    for one, spec in zip(hypercalls(specs), specs):
        commands = wanted(one, spec) if kind == "constant" else [None]
        if kind == "variable" and one.place == bridge_model.NO_PLACE:
            continue
        text += "".join(caller(one, form[0], command)[1] for command in commands)
    write(base + ".c", text)
    call([compiler, *FLAGS, "-Wno-unused-parameter", level, *extra, "-I", bindings, "-c",
          base + ".c", "-o", base + ".o"])
    return load([base + ".o"], base + ".elf")


class Title:
    """What a command is called in reports."""

    def __init__(self, title_):
        self.title = title_


@functools.lru_cache(maxsize=None)
def named(text):
    return Title(text)


def subjects(form, way, specs, structs):
    compiler, _, kind = way
    for one, spec in zip(hypercalls(specs), specs):
        direct = one.place == bridge_model.NO_PLACE
        if kind == "variable" and direct:
            continue
        commands = wanted(one, spec) + ([None] if kind == "variable" else [])
        for command in commands:
            name = caller(one, form[0], None if kind == "variable" else command)[0]
            what = "other commands" if command is None else f"command {command}"
            yield (named(f"{spec.name}, {what}"), name,
                   BridgeShape(one, command, structs, INSTRUCTIONS[form[0]],
                               form[0] == "patch", kind == "variable"),
                   COMPILERS[compiler])
