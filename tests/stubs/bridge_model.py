# SPDX-License-Identifier: MIT
"""What the classic call of an operation is, from its specification: tables for bridge.c.

Follows docs/language.md and nothing else.  Must not know the generator, nor any operation.
"""
import os
import re

import model

ERRNO = {"EPERM": 1, "ENOENT": 2, "ESRCH": 3, "E2BIG": 7, "EAGAIN": 11, "ENOMEM": 12, "EFAULT": 14,
         "EBUSY": 16, "EINVAL": 22, "ENOSYS": 38, "EOPNOTSUPP": 95}
COMPARISONS = {"==": "=", "!=": "!", "<": "<", "<=": "l", ">": ">", ">=": "g"}
DIRECTIONS = {"value": "VALUE", "sequence": "SEQUENCE", "from": "FROM", "to": "TO", "both": "BOTH"}
NOWHERE = "{ 0, 0, 0 }"
NO_PLACE = 99           # of the command: there is none
MOST_ARGS = 5           # of a classic hypercall


def as_list(value):
    return value if isinstance(value, list) else [value]


def is_number(text):
    return re.fullmatch(r"-?(0x[0-9a-fA-F]+|\d+)", text) is not None


class Classic:
    """One operation, and where in its classic call everything is."""

    def __init__(self, op, body, file_xen):
        self.op, self.body = op, body if isinstance(body, dict) else {}
        self.xen, self.classic = self.body.get("xen") or {}, self.body.get("classic") or {}
        self.struct = op.struct or self.xen.get("struct")
        self.fields, self.arrays = self.xen.get("fields") or {}, self.xen.get("arrays") or {}
        self.own = self.body.get("own_index") == "true"
        self.progress = self.xen.get("progress")
        self.parts = self.read_parts()
        self.args = self.read_args(self.xen.get("args") or file_xen.get("args"))
        self.elements = int(self.classic["elements"]) if "elements" in self.classic else None

    def read_parts(self):
        """{packed parameter: [(field, shift, width)]}"""
        parts = {}
        for name, entry in (self.body.get("input") or {}).items():
            if isinstance(entry, dict) and entry.get("pack"):
                shift, parts[name] = 0, []
                for field, kind in entry["pack"].items():
                    parts[name].append((field, shift, model.BUILTIN[kind][0]))
                    shift += model.BUILTIN[kind][0]
        return parts

    def array_params(self, array):
        for word in DIRECTIONS:
            if word in array:
                return word, as_list(array[word])
        raise model.SpecError("an array without a direction")

    def is_stored(self, name):
        """Does something else than args bring an input to the handler?"""
        for array in self.arrays.values():
            if name in self.array_params(array)[1] + [array.get("order"), array.get("count")]:
                return True
        return name in self.fields.values() or name == self.xen.get("frame") or name in self.parts

    def read_args(self, said):
        """[("op",), ("struct",), ("number", n), ("array", name), ("param", name)]"""
        args = []
        for word in said or ["op", "params", "struct"]:
            if word == "params":
                args += [("param", p.name) for p in self.op.c_params
                         if p.reg_in is not None and not self.is_stored(p.name)]
            elif word == "struct":
                args += [("struct",)] if self.struct or said else []
            elif word == "op":
                args += [] if self.op.direct else [("op",)]
            elif is_number(word):
                args.append(("number", int(word, 0)))
            else:
                args.append(("array" if word in self.arrays else "param", word))
        return args

    def find_arg(self, *arg):
        return self.args.index(arg) if arg in self.args else -1

    def command(self, place):
        """The sub-operation of the classic call that it stands for, or None."""
        if self.op.direct:
            return 0 if place == NO_PLACE else None
        if place >= len(self.args):
            return None
        kind = self.args[place]
        if self.own:
            return kind[1] if kind[0] == "number" else None
        return self.op.index if kind == ("op",) else None

    # ---- parameters ----

    def where(self, p):
        """(place, field, argument, array, element), or None: it is nowhere."""
        if p.name in self.parts:
            return "IN_PARTS", None, -1, -1, 0
        if p.path:
            return "IN_FIELD", p.path, -1, -1, 0
        if ("param", p.name) in self.args:
            return "IN_ARG", None, self.find_arg("param", p.name), -1, 0
        if self.xen.get("frame") == p.name:
            return "IN_FRAME", None, -1, -1, 0
        for path, value in self.fields.items():
            if value == p.name:
                return "IN_FIELD", path, -1, -1, 0
        for n, array in enumerate(self.arrays.values()):
            word, names = self.array_params(array)
            if p.name in names:
                place = {"value": "IN_ELEMENT", "sequence": "IN_SEQUENCE"}.get(word, "IN_ADDRESS")
                return place, None, -1, n, names.index(p.name)
        if p.reg_in is None and (self.progress or {}).get("param") == p.name:
            return "IN_COUNT", None, -1, -1, 0
        return None

    def count_param(self, array):
        """Number of the input that counts elements, or -1."""
        count = array.get("count")
        if count is None or is_number(count):
            return -1
        for n, p in enumerate(self.op.params):
            if p.path == count or self.fields.get(count) == p.name:
                return n
        return [p.name for p in self.op.params].index(count)

    def loop(self):
        """(kind, number of the parameter that it counts)"""
        names = [p.name for p in self.op.params]
        if not self.progress:
            return "ONCE", -1
        if self.progress.get("param"):
            return "PROGRESS", names.index(self.progress["param"])
        for array in self.arrays.values():
            if "sequence" in array:
                return "RUNS", self.count_param(array)
        count = (self.classic.get("range") or {}).get("count")
        return "RANGE", names.index(count) if count else -1

    def counts_arrays(self, count):
        """Has every array in memory as many elements as the loop?"""
        return all(self.count_param(array) == count for array in self.arrays.values()
                   if "value" not in array)

    def is_carried(self, place):
        if self.command(place) is None or len(self.args) > MOST_ARGS:
            return False
        if "status" in self.xen and "EPERM" not in (self.classic.get("fallback") or []):
            return False
        kind, count = self.loop()
        if kind != "ONCE" and (count < 0 or self.op.struct or
                               self.op.params[count].reg_in is None or
                               not self.counts_arrays(count)):
            return False
        for p in self.op.params:
            where = self.where(p)
            if where is None or (where[0] == "IN_SEQUENCE" and kind != "RUNS"):
                return False
            if where[0] in ("IN_ADDRESS", "IN_FRAME") and p.width < 64:
                return False
            if p.reg_out is not None and p.terms and not p.path:
                return False
        return True

    def linear(self):
        """The sub-operation that takes a linear address.  What it writes, and whether it takes
        several structs, nobody says."""
        if "success" in self.classic or "elements" in self.classic:
            return None
        return self.classic.get("linear")

    # ---- tables ----

    def place(self, path):
        return f"PLACE(struct {self.struct}, {path})"

    def constants(self, place):
        rows = [(self.place(path), -1, value)
                for path, value in [*(self.body.get("fixed") or {}).items(), *self.fields.items()]
                if is_number(value)]
        rows += [(NOWHERE, n, str(arg[1])) for n, arg in enumerate(self.args)
                 if arg[0] == "number" and n not in (place, self.elements)]
        return [f"{{ {field}, {arg}, (int64_t){int(value, 0)}ll }}" for field, arg, value in rows]

    def zeros(self):
        rest = set(self.body.get("omit") or {}) - set(self.classic.get("success") or {})
        rest -= set(self.classic.get("ignore") or []) | set(self.arrays) | set(self.fields)
        return [self.place(path) for path in sorted(rest)]

    def parameter(self, p, symbol):
        where, field, arg, array, element = self.where(p) or ("IN_COUNT", None, -1, -1, 0)
        n = self.op.params.index(p)
        names = [q.name for q in self.op.params]
        advances = p.name in (self.classic.get("range") or {}).get("next", [])
        regs = [-1 if r is None else r for r in (p.reg_in, p.reg_out)]
        parts = [f"{{ {self.place(f)}, {shift}, {width} }}"
                 for f, shift, width in self.parts.get(p.name, [])]
        terms = [f"{{ {names.index(name)}, '{COMPARISONS[word]}', {value} }}"
                 for name, word, value in p.terms]
        text = table("struct part", f"{symbol}_parts{n}", parts)
        text += table("struct term", f"{symbol}_terms{n}", terms)
        return text, (
            f'{{ "{p.name}", {regs[0]}, {regs[1]}, {p.width}, {int(p.signed)}, {where}, '
            f'{self.place(field) if field else NOWHERE}, {arg}, {array}, {element}, '
            f'{symbol}_parts{n}, {len(parts)}, {symbol}_terms{n}, {len(terms)}, '
            f'{int(p.any_term)}, {int(advances)} }}')

    def array(self, name):
        array = self.arrays[name]
        word, names = self.array_params(array)
        params = [p.name for p in self.op.params]
        arg = self.find_arg("array", name)
        count = array.get("count", "0")
        size = f"sizeof(struct {array['struct']})" if "struct" in array else array.get("size", "0")
        if word == "value":
            count = str(len(names))
            size = str(self.op.params[params.index(names[0])].width // 8)
        elif word == "sequence":
            size = str(self.op.params[params.index(names[0])].width // 8)
        return (f"{{ {DIRECTIONS[word]}, {arg}, {NOWHERE if arg >= 0 else self.place(name)}, "
                f"{self.count_param(array)}, {count if is_number(count) else 0}, {size}, "
                f"{int(array.get('optional') == 'true')}, {int('stored' in array)}, "
                f"{params.index(array['order']) if 'order' in array else -1} }}")

    def describe(self, symbol, place, others):
        """(declarations, rows of struct operation)"""
        rows, text = [], ""
        for p in self.op.params:
            more, row = self.parameter(p, symbol)
            text += more
            rows.append(row)
        text += table("struct parameter", f"{symbol}_params", rows)
        settled = [str(self.op.params.index(p)) for p in self.op.settled]
        text += table("int", f"{symbol}_settled", settled)
        arrays = [self.array(name) for name in self.arrays]
        text += table("struct array", f"{symbol}_arrays", arrays)
        constants, zeros = self.constants(place), self.zeros()
        text += table("struct constant", f"{symbol}_constants", constants)
        text += table("struct place", f"{symbol}_zeros", zeros)
        success = [f"{{ {self.place(path)}, -1, {value} }}"
                   for path, value in (self.classic.get("success") or {}).items()]
        text += table("struct constant", f"{symbol}_success", success)
        fallback = [str(ERRNO[name]) for name in self.classic.get("fallback") or ["ENOSYS"]]
        text += table("int", f"{symbol}_fallback", fallback)
        loop, count = self.loop()
        framed = "frame" in self.xen
        command = self.command(place)
        batch = [n for n, other in enumerate(others) if self.own and other.elements is not None and
                 other.command(place) == command and other is not self]
        size = f"sizeof(struct {self.struct})" if self.struct and not framed else "0"
        linear = self.linear()

        def row(index, linear=None):
            physical = linear and self.op.named(linear["param"]).path
            places = f"{self.place(linear['field'])}, {self.place(physical)}" if linear \
                else f"{NOWHERE}, {NOWHERE}"
            return (f'{{ "{self.op.name or ""}{" linear" if linear else ""}", {self.op.index}u, '
                    f'{index}u, {int(self.op.direct)}, {size}, {self.find_arg("struct")}, '
                    f'{-1 if self.elements is None else self.elements}, '
                    f'{symbol}_params, {len(rows)}, {symbol}_settled, {len(settled)}, '
                    f'{symbol}_arrays, {len(arrays)}, '
                    f'{symbol}_constants, {len(constants)}, {symbol}_zeros, {len(zeros)}, '
                    f'{symbol}_success, {len(success)}, {symbol}_fallback, {len(fallback)}, '
                    f'{loop}, {count}, {batch[0] if batch else -1}, {int(bool(linear))}, {places}, '
                    f'{linear["size"] if linear else 0}, {int("none" in (linear or {}))}, '
                    f'{(linear or {}).get("none", "0")}, {int(self.is_carried(place))} }}')
        operations = [row(command if command is not None else self.op.index)]
        return text, operations, [row(int(linear["index"], 0), linear)] if linear else []


def table(kind, name, rows):
    if not rows:
        return f"#define {name} 0\n"
    body = ",\n    ".join(rows)
    return f"static const {kind} {name}[] = {{\n    {body} }};\n"


class Hypercall:
    """All operations of a specification, or those that an includer has: keeps(Classic)."""

    def __init__(self, spec, keeps=lambda one: True):
        self.spec = spec
        with open(spec.path, encoding="utf-8") as file:
            body = model.strict_load(file.read(), spec.path)
        bodies = {None: body.get("direct"), **(body.get("subops") or {})}
        self.ops = [Classic(op, bodies[op.name], body.get("xen") or {}) for op in spec.ops]
        possible = [c for c in self.ops if len(c.args) <= MOST_ARGS]
        places = [c.find_arg("op") for c in possible if ("op",) in c.args]
        self.place = places[0] if places else NO_PLACE
        self.arg_count = max([len(c.args) for c in possible], default=0)
        kinds = [[c.args[n][0] for c in possible if n < len(c.args)]
                 for n in range(self.arg_count)]
        self.pointers = [bool({"struct", "array"} & set(k)) for k in kinds]
        self.ops = [one for one in self.ops if keeps(one)]

    def commands(self):
        """All that the operations stand for."""
        return sorted({c.command(self.place) for c in self.ops} - {None} |
                      {int(c.linear()["index"], 0) for c in self.ops if c.linear()})

    def tables(self, result, sign):
        """C: declarations, and the row of struct hypercall; result, sign: what a bridge tells."""
        name, text, rows, late = self.spec.name, "", [], []
        for n, classic in enumerate(self.ops):
            more, operations, linear = classic.describe(f"{name}_{n}", self.place, self.ops)
            text += more
            rows += operations
            late += linear
        text += table("struct operation", f"{name}_operations", rows + late)
        args = ["command" if n == self.place else
                f"(void *)(uintptr_t)args[{n}]" if pointer else f"args[{n}]"
                for n, pointer in enumerate(self.pointers)]
        call = f"xen_fastabi_{name}({', '.join([*args, '&ret'])})"
        commands = self.commands()
        cases = "".join(f"    case {n}u:\n        done = "
                        f"{call.replace('command', f'{n}u')};\n        break;\n"
                        for n in commands)
        head = (f"(uint32_t command, const uint64_t *args, long *result)\n{{\n"
                f"    {result} ret = 77;\n    bool done = false;\n"
                f"    (void)command;\n    (void)args;\n")
        end = f"    *result = {sign}ret;\n    return done;\n}}\n"
        text += (f"static bool {name}_variable{head}    done = {call};\n{end}"
                 f"static bool {name}_constant{head}    switch (command) {{\n{cases}"
                 f"    default:\n        break;\n    }}\n{end}")
        pointers = sum(1 << n for n, pointer in enumerate(self.pointers) if pointer)
        return text, (
            f'{{ "{name}", {self.spec.hypercall_index}u, '
            f'{-1 if self.place == NO_PLACE else self.place}, {self.arg_count}, {pointers:#x}, '
            f'{name}_operations, {len(rows + late)}, {name}_variable, {name}_constant }}')


HEAD = """\
/* Written by tests/stubs. */
#include "bridge.h"
#define XEN_FASTABI_TRANSFER "ud2"
#define XEN_FASTABI_PHYS(pointer) find_phys(pointer)
#define PLACE(s, f) { (uint32_t)offsetof(s, f), (uint32_t)sizeof(((s *)0)->f), 0 }
"""


def source(specs, first, result="long", sign="", keeps=lambda one: True):
    """A C source with the tables of all specifications, and what calls their bridges; result, sign:
    the type of what they tell, and whether that is negated; keeps: which operations there are."""
    calls = [call for call in (Hypercall(spec, keeps) for spec in specs) if call.ops]
    text = HEAD + "".join(f"#include {header}\n" for header in first)
    text += "".join(f"#include <fastabi/{call.spec.name}.h>\n" for call in calls)
    rows = []
    for call in calls:
        more, row = call.tables(result, sign)
        text += more
        rows.append(row)
    text += "const struct hypercall hypercalls[] = {\n    " + ",\n    ".join(rows) + " };\n"
    return text + f"const int hypercall_count = {len(rows)};\n"


def without_structs(calls):
    """A program that makes all calls that need a struct: none may be carried."""
    text = ('#define XEN_FASTABI_TRANSFER "ud2"\n#include <stdio.h>\n'
            "#define XEN_FASTABI_PHYS(pointer) 4096\n#include <stdint.h>\n")
    folder = os.path.dirname(calls[0].spec.path)
    for name, (width, signed) in sorted(
            model.load_types(os.path.join(folder, "common", "types.yml"))[1].items()):
        text += f"typedef {'' if signed else 'u'}int{width}_t {name};\n"
    text += "".join(f"#include <fastabi/{call.spec.name}.h>\n" for call in calls)
    text += ("unsigned char xen_fastabi_bridge_flag = 1;\n"
             "int main(void)\n{\n    static char memory[4096];\n    long result = 0;\n")
    for call in calls:
        for one in call.ops:
            command, structs = one.command(call.place), [a.get("struct") for a in
                                                         one.arrays.values()]
            if command is None or (one.struct and "frame" in one.xen) or \
                    not (one.struct or any(structs)):
                continue
            args = ", ".join(f"{command}u" if n == call.place else "memory" if pointer else "1"
                             for n, pointer in enumerate(call.pointers))
            text += (f"    if (xen_fastabi_{call.spec.name}({args}, &result))\n"
                     f'        printf("{one.op.title} is carried\\n");\n')
    return text + "    return 0;\n}\n"
