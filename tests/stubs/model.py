# SPDX-License-Identifier: MIT
"""Independent oracle: reads specifications and says which register carries what.

Follows docs/language.md and design 4, nothing else.  Must not know the generator: no code of it, no
output of it, no language a stub is written in (beyond the C types that a specification itself
names).
"""
import os
import re
from dataclasses import dataclass, field
from typing import Optional

import yaml

MASK = 0x40000000
REGISTERS = ["rax", "rdi", "rsi", "r8", "r9", "r10", "r11", "r12"]

# name: (width, signed)
BUILTIN = {f"{s}{w}": (w, s == "i") for s in "ui" for w in (8, 16, 32, 64)}

STANDARD_C = {}
for _w in (8, 16, 32, 64):
    STANDARD_C[f"uint{_w}_t"] = (_w, False)
    STANDARD_C[f"int{_w}_t"] = (_w, True)
STANDARD_C.update({
    "char": (8, True), "signed char": (8, True), "unsigned char": (8, False),
    "short": (16, True), "unsigned short": (16, False),
    "int": (32, True), "unsigned int": (32, False), "unsigned": (32, False),
    "long": (64, True), "unsigned long": (64, False),
    "long long": (64, True), "unsigned long long": (64, False),
})

QUALIFIERS = {"const", "volatile", "restrict"}


class SpecError(Exception):
    pass


@dataclass
class Param:
    """One name of an operation: input, output, or both."""
    name: str
    reg_in: Optional[int] = None
    reg_out: Optional[int] = None
    type_name: Optional[str] = None    # what `type:` says
    width: int = 64
    signed: bool = False
    known: bool = False                # width and sign follow from the specification itself
    c_type: Optional[str] = None       # under c_lang.params
    path: Optional[str] = None         # field of the struct; None: an argument of its own
    packed: bool = False               # of several fields
    terms: list = field(default_factory=list)    # of valid_when: (name, operator, number)
    any_term: bool = False             # one of them is enough

    @property
    def typed(self):
        return self.type_name is not None

    @property
    def is_pointer(self):
        """As an argument: does the stub take its address?"""
        return self.reg_out is not None

    @property
    def c_int(self):
        return f"{'' if self.signed else 'u'}int{self.width}_t"


@dataclass
class Op:
    spec: "Spec"
    name: Optional[str]                # None: the direct call
    index: int = 0
    params: list = field(default_factory=list)   # inputs in order, then pure outputs
    c_params: list = field(default_factory=list)  # arguments of their own in struct style, in order
    struct: Optional[str] = None
    struct_compat: list = field(default_factory=list)
    clobbers: list = field(default_factory=list)

    @property
    def direct(self):
        return self.name is None

    @property
    def title(self):
        return self.spec.name if self.direct else f"{self.spec.name}.{self.name}"

    @property
    def symbol(self):
        return self.title.replace(".", "_")

    @property
    def inputs(self):
        return [p for p in self.params if p.reg_in is not None]

    @property
    def outputs(self):
        return [p for p in self.params if p.reg_out is not None]

    @property
    def settled(self):
        """Outputs with a condition, in the order in which docs/language.md looks at them."""
        order, seen = [], set()

        def settle(p):
            if p.terms and p.name not in seen:
                seen.add(p.name)
                for name, _, _ in p.terms:
                    settle(self.named(name))
                order.append(p)
        for p in self.params:
            settle(p)
        return order

    def named(self, name):
        return next(p for p in self.params if p.name == name)

    @property
    def rax(self):
        return self.spec.hypercall_index | MASK


@dataclass
class Spec:
    path: str
    name: str
    hypercall_index: int
    headers: list
    ops: list = field(default_factory=list)


def strict_load(text, path):
    """YAML with every scalar as text, so that `no` stays a name."""
    try:
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError as error:
        raise SpecError(f"{path}: {error}")


def load_types(path):
    """common/types.yml: ({name: (width, signed)}, {C type: (width, signed)})"""
    named, by_c = {}, {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for name, entry in (strict_load(file.read(), path).get("types") or {}).items():
                named[name] = BUILTIN[entry["repr"]]
                if entry.get("c_type"):
                    by_c[entry["c_type"]] = BUILTIN[entry["repr"]]
    return named, by_c


def c_type_known(text, by_c):
    """(width, signed) of a C type of `params`, or None."""
    if "*" in text:
        return (64, False)
    words = [w for w in text.split() if w not in QUALIFIERS]
    spelled = " ".join(words)
    return STANDARD_C.get(spelled) or by_c.get(spelled)


def read_condition(text):
    """[(name, operator, number)] of a valid_when, and whether one of them is enough."""
    terms = []
    for term in re.split(r"&&|\|\|", text):
        name, operator, number = re.fullmatch(
            r"\s*([^\s=!<>]+)\s*([=!<>]=|[<>])\s*(\S+)\s*", term).groups()
        terms.append((name, operator, int(number, 0)))
    return terms, "||" in text


def read_op(spec, name, body, types):
    """One operation of a specification."""
    named, by_c = types
    body = body if isinstance(body, dict) else {}
    lang = body.get("c_lang") or {}
    op = Op(spec, name, int(body.get("index", "0"), 0), struct=lang.get("struct"))
    compat = lang.get("struct_compat") or []
    op.struct_compat = [compat] if isinstance(compat, str) else list(compat)
    op.clobbers = [int(reg, 0) for reg in body.get("clobbers") or []]
    by_name = {}
    for direction in ("input", "output"):
        for pname, entry in (body.get(direction) or {}).items():
            p = by_name.setdefault(pname, Param(pname))
            if p not in op.params:
                op.params.append(p)
            entry = entry if isinstance(entry, dict) else {"reg": entry}
            setattr(p, "reg_in" if direction == "input" else "reg_out", int(entry["reg"], 0))
            if entry.get("type"):
                p.type_name = entry["type"]
            if entry.get("valid_when"):
                p.terms, p.any_term = read_condition(entry["valid_when"])
            if entry.get("pack"):
                p.packed = True
                p.type_name = p.type_name or "u64"
    c_types, mapping = lang.get("params") or {}, lang.get("mapping") or {}
    for p in op.params:
        if p.type_name:
            p.width, p.signed = BUILTIN.get(p.type_name) or named[p.type_name]
            p.known = True
        if p.name in c_types:
            p.c_type = c_types[p.name]
            known = c_type_known(p.c_type, by_c)
            if known and not p.known:
                (p.width, p.signed), p.known = known, True
        elif op.struct and not p.packed:
            p.path = mapping.get(p.name, p.name)
        elif not p.typed:
            raise SpecError(f"{spec.path}: {op.title}: {p.name} has no place in C")
    op.c_params = [by_name[n] for n in c_types]
    op.c_params += [p for p in op.params
                    if p.name not in c_types and (p.packed or not op.struct)]
    return op


def load(path):
    """One specification file."""
    with open(path, encoding="utf-8") as file:
        body = strict_load(file.read(), path)
    spec = Spec(path, body["name"], int(body["hypercall_index"], 0), body.get("headers") or [])
    types = load_types(os.path.join(os.path.dirname(path), "common", "types.yml"))
    if "direct" in body:
        spec.ops.append(read_op(spec, None, body["direct"], types))
    for name, op_body in (body.get("subops") or {}).items():
        spec.ops.append(read_op(spec, name, op_body, types))
    return spec


def load_folder(folder):
    """All specifications of a directory, sorted."""
    names = sorted(n for n in os.listdir(folder) if n.endswith(".yml"))
    return [load(os.path.join(folder, n)) for n in names]


def stub_arguments(op, style, transfer):
    """What a stub takes, in order: ("vendor",), ("struct",), ("value", param), ("pointer", param).
    """
    args = [("vendor",)] if transfer == "argument" else []
    if style == "struct":
        args += [("struct",)] if op.struct else []
        params = op.c_params
    else:
        params = op.params
    return args + [("pointer" if p.is_pointer else "value", p) for p in params]


def in_struct(param, style):
    """Does this parameter live in the struct?"""
    return style == "struct" and param.path is not None
