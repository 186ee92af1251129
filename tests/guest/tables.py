# SPDX-License-Identifier: MIT
"""The specifications as C tables for the guest kernel (kernel/operation.h), for every language the
same.

Reads specifications with the stub suite's own reader, and classic.yml for how the classic ABI takes
them.  Field offsets are left to the C compiler and Xen's headers.  Must not know any operation by
name.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "stubs"))

import model                                                            # noqa: E402

NO_REGISTER = "NO_REGISTER"


def classic_table():
    """What classic.yml says: ({hypercall: entry}, {operation: entry})"""
    path = os.path.join(HERE, "classic.yml")
    with open(path, encoding="utf-8") as file:
        table = model.strict_load(file.read(), path)
    return table.get("hypercalls") or {}, table.get("operations") or {}


def exception_table():
    path = os.path.join(HERE, "exceptions.yml")
    with open(path, encoding="utf-8") as file:
        return model.strict_load(file.read(), path)


def exceptions(kind):
    """Operations that a kind of guest is not seen to succeed in: {operation: why}."""
    table = exception_table()
    return {**(table.get("all") or {}), **(table.get(kind) or {})}


def excepted_after_all(succeeded, kind, release, has_policy):
    """What succeeds although it is an exception: a fault if this is the Xen they are of."""
    wrong = sorted(set(succeeded) & set(exceptions(kind)))
    if has_policy or exception_table()["release"] != ".".join(map(str, release or ())):
        for title in wrong:
            print(f"    an exception in another Xen, and succeeds in this one: {title}")
        return []
    return [f"{title} succeeds, so exceptions.yml is wrong" for title in wrong]


class Details:
    """What of an operation's text the reader of the stub suite leaves out: fixed, omit, valid_when,
    since."""

    def __init__(self, op):
        with open(op.spec.path, encoding="utf-8") as file:
            spec = model.strict_load(file.read(), op.spec.path)
        body = spec["direct"] if op.direct else spec["subops"][op.name]
        body = body if isinstance(body, dict) else {}
        self.fixed = {k: int(v, 0) for k, v in (body.get("fixed") or {}).items()}
        since = body.get("hvm_since") or body.get("since") or spec.get("since")
        self.since = tuple(int(n) for n in since.split(".")) if since else None
        self.extension = "true" in (body.get("extension"), spec.get("extension"))
        omit = body.get("omit") or {}
        self.omitted = list(omit)
        self.valid = {name: entry["valid_when"]
                      for name, entry in (body.get("output") or {}).items()
                      if isinstance(entry, dict) and entry.get("valid_when")}


def number(op, name):
    """The number of a parameter, by name."""
    for n, p in enumerate(op.params):
        if p.name == name:
            return n
    raise model.SpecError(f"{op.title}: classic.yml names {name}, which is not a parameter")


def condition(op, n, text):
    """A C function for valid_when, over output values."""
    def value(match):
        p = op.params[number(op, match.group(0))]
        return f"(({p.c_int})out[{op.params.index(p)}])"
    names = sorted((p.name for p in op.params), key=len, reverse=True)
    expression = re.sub("|".join(rf"(?<![\w.]){re.escape(name)}(?!\w)" for name in names),
                        value, text)
    return (f"static bool {op.symbol}_valid{n}(const uint64_t *out)\n"
            f"{{\n    return {expression};\n}}\n\n")


def field(struct, path):
    """Offset and size of a field, for the compiler to find."""
    return f"offsetof(struct {struct}, {path}), sizeof(((struct {struct} *)0)->{path})"


def item(op, text, place="0, 0"):
    """A source of classic.yml as a struct item."""
    text = str(text)
    shifted = re.fullmatch(r"(.+?) << (\d+)", text)
    part = re.fullmatch(r"(\w+) >> (\d+)(?: & (\d+))?", text)
    sequence = re.fullmatch(r"sequence (\w+) (\w+) (\w+)", text)
    if part:
        return (f"{{ FROM_PART, {place}, {number(op, part[1])}, {part[2]}, "
                f"{(1 << int(part[3])) - 1 if part[3] else '~0ull'} }}")
    if sequence:
        first, order, count = (number(op, name) for name in sequence.groups())
        return f"{{ FROM_SEQUENCE, {place}, {first}, {order}, {count} }}"
    if text == "subop":
        return f"{{ FROM_SUBOP, {place}, 0, 0, 0 }}"
    if text == "struct":
        return f"{{ FROM_STRUCT, {place}, 0, 0, 0 }}"
    if re.fullmatch(r"\d\w*", text):
        return f"{{ FROM_CONSTANT, {place}, 0, 0, {int(text, 0)} }}"
    if text.startswith("&"):
        return f"{{ FROM_ADDRESS, {place}, {number(op, text[1:])}, 0, 0 }}"
    name, shift = shifted.groups() if shifted else (text, 0)
    return f"{{ FROM_PARAM, {place}, {number(op, name)}, {shift}, 0 }}"


def items(name, rows):
    return f"static const struct item {name}[] = {{ {', '.join(rows + ['ENDS'])} }};\n"


class Table:
    """The C text for one operation."""

    def __init__(self, op, classic):
        hypercalls, operations = classic
        self.op, self.details = op, Details(op)
        self.entry = {**hypercalls.get(op.spec.name, {}), **operations.get(op.title, {})}
        self.struct = self.entry.get("struct") or op.struct
        self.marked = self.struct and self.entry.get("flexible") != "true"

    def path(self, p):
        """The field of a parameter, where the classic struct has it."""
        if p.name in (self.entry.get("params") or {}):
            return self.entry["params"][p.name]
        return p.path if self.op.struct and not self.entry.get("struct") else None

    def param(self, n, p):
        reg = [NO_REGISTER if r is None else str(r) for r in (p.reg_in, p.reg_out)]
        place = field(self.struct, self.path(p)) if self.path(p) else "0, 0"
        valid = f"{self.op.symbol}_valid{n}" if p.name in self.details.valid else "NULL"
        return (f'{{ "{p.name}", {reg[0]}, {reg[1]}, {p.width}, {str(p.signed).lower()}, '
                f'{place}, {valid} }}')

    def mark(self):
        """Padding is found by the compiler, too (gcc 11 and later)."""
        if not self.marked:
            return ""
        return (f"static void {self.op.symbol}_mark(void *area)\n"
                f"{{\n    __builtin_clear_padding((struct {self.struct} *)area);\n"
                "}\n\n")

    def text(self):
        op, symbol, details = self.op, self.op.symbol, self.details
        args = self.entry.get("args") or (["struct"] if op.direct else ["subop", "struct"])
        fields = [item(op, source, field(self.struct, path))
                  for path, source in (self.entry.get("fields") or {}).items()]
        fields += [f"{{ FROM_CONSTANT, {field(self.struct, path)}, 0, 0, {value} }}"
                   for path, value in details.fixed.items()]
        omitted = [f"{{ FROM_CONSTANT, {field(self.struct, path)}, 0, 0, 0 }}"
                   for path in details.omitted]
        conditions = [condition(op, n, details.valid[p.name]) for n, p in enumerate(op.params)
                      if p.name in details.valid]
        params = [self.param(n, p)
                  for n, p in enumerate(op.params)] + ["{ NULL, 0, 0, 0, false, 0, 0, NULL }"]
        return (f"/* {op.title} */\nlong stub_{symbol}(const uint64_t *in, uint64_t *out);\n"
                + "".join(conditions) + self.mark() +
                f"static const struct param {symbol}_params[] = {{\n    " + ",\n    ".join(params)
                + ",\n};\n" +
                items(f"{symbol}_args", [item(op, a) for a in args])
                + items(f"{symbol}_fields", fields) +
                items(f"{symbol}_omitted", omitted) + "\n")

    def row(self):
        op, symbol = self.op, self.op.symbol
        size = f"sizeof(struct {self.struct})" if self.struct else "0"
        mark = f"{symbol}_mark" if self.marked else "NULL"
        clobbers = sum(1 << r for r in op.clobbers)
        return (
            f'    {{ "{op.title}", {op.spec.hypercall_index}, {op.index}, '
            f'{str(op.direct).lower()}, {clobbers:#x}, '
            f'{symbol}_params, {size}, {mark}, {symbol}_args, {symbol}_fields, {symbol}_omitted, '
            f'stub_{symbol} }},\n')


def source(specs):
    """The whole file."""
    classic = classic_table()
    tables = [Table(op, classic) for spec in specs for op in spec.ops]
    headers = sorted({h for spec in specs for h in spec.headers})
    return ("/* Written by tests/guest/tables.py. */\n#include \"kernel/operation.h\"\n\n"
            "#include <xen/xen.h>\n" +
            "".join(f"#include <xen/{h}>\n" for h in headers) + "\n"
            + "".join(t.text() for t in tables) +
            "const struct operation operations[] = {\n" + "".join(t.row() for t in tables) +
            "    { NULL, 0, 0, false, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL },\n};\n")
