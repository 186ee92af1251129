# SPDX-License-Identifier: MIT
"""Random valid specifications, and the C structs that they speak of.

Everything docs/language.md allows is meant to turn up: both forms, all widths and signs, shared
registers, clobbers, direct calls, nested fields, keywords as names.  Must not know the generator,
nor the oracle.
"""
import json
import os
import random

WIDTHS = [(w, s) for w in (8, 16, 32, 64) for s in (False, True)]

SPELLINGS = {   # C types by (width, signed)
    (8, False): ["uint8_t", "unsigned char"], (8, True): ["int8_t", "signed char"],
    (16, False): ["uint16_t", "unsigned short"], (16, True): ["int16_t", "short"],
    (32, False): ["uint32_t", "unsigned int"], (32, True): ["int32_t", "int"],
    (64, False): ["uint64_t", "unsigned long", "unsigned long long"],
    (64, True): ["int64_t", "long", "long long"],
}
POINTERS = ["void *", "const void *", "struct rand_opaque *", "const struct rand_opaque *",
            "uint8_t *"]

WORDS = ["dom", "port", "vcpu", "flags", "gfn", "mfn", "addr", "size", "count", "handle",
         "status", "offset",
         "index", "reason", "when", "value", "mode", "state", "id", "limit", "span", "token",
         "age", "link"]
KEYWORDS = ["int", "register", "default", "switch", "class", "new", "template", "this", "ref",
            "version", "yield",
            "type", "match", "fn", "move", "self", "loop", "volatile", "inline", "auto", "operator",
            "typename"]
LOCALS = ["ret", "param", "vendor", "reg0", "reg1", "reg2", "reg7", "in", "out", "result",
          "rc", "rax", "rdi",
          "r12", "in_dom", "out_port", "input", "output", "tmp", "Intel", "Amd", "on", "no", "null",
          "__LINE__", "__x86_64__", "_Bool"]
CXX_OR_C = set(
    """int register default switch class new template this volatile inline auto operator typename
    private public using __LINE__ __x86_64__ _Bool""".split())
DOC = ['Plain text.', 'Stops a comment: */ here.', 'Two lines,\nthe "second" quoted.',
       'Percent %s and back\\slash.',
       'Starts one: /* there.', 'Gr\u00fc\u00dfe, \u03b1 \u2264 \u03b2.',
       'Ends with a backslash \\',
       'A line much longer than any comment should ever be, ' * 3, '# not a comment',
       '@param trick: text']
XEN_HYPERCALLS = 64


class Maker:
    """One specification, growing: text of the YAML and of the C structs."""

    def __init__(self, rng, name, types, hypercall_index):
        self.rng, self.name, self.types = rng, name, types
        self.lines = [f"name: {name}", f"hypercall_index: {hypercall_index}"]
        self.structs = []
        self.indices = set()
        self.conditional = []   # outputs of the operation with a condition, so far

    def chance(self, p):
        return self.rng.random() < p

    # ---- names and types ----

    def fresh_name(self, used):
        while True:
            pool = self.rng.choices([WORDS, KEYWORDS, LOCALS], [6, 1, 1])[0]
            name = self.rng.choice(pool)
            if self.chance(0.3):
                name += self.rng.choice(["_ns", "2", "_max", "_lo"])
            if name not in used:
                used.add(name)
                return name

    def pick_type(self, width_sign, c=None):
        """Name for `type:` of this width and sign; the C type of a named one leaves no other named
        one."""
        named = [n for n, (ws, own) in self.types.items() if ws == width_sign and own == c]
        if c not in [own for _, own in self.types.values()]:
            named = [n for n, (ws, _) in self.types.items() if ws == width_sign]
        if named and self.chance(0.4):
            return self.rng.choice(named)
        return ("i" if width_sign[1] else "u") + str(width_sign[0])

    def pick_c(self, width_sign):
        by_c = [c for ws, c in self.types.values() if ws == width_sign and c]
        if by_c and self.chance(0.2):
            return self.rng.choice(by_c)
        return self.rng.choice(SPELLINGS[width_sign])

    def pick_argument_c(self, p):
        """C type of an argument of its own; a named type only goes with its own name in C."""
        if p["full"]:
            own = self.types.get(self.type_of(p), (None, None))[1]
            return self.rng.choice(SPELLINGS[p["ws"]] + ([own] * 2 if own else []))
        if p["reg_out"] is None and p["ws"] == (64, False) and self.chance(0.4):
            return self.rng.choice(POINTERS)
        return self.pick_c(p["ws"])

    def type_of(self, p):
        """The `type:` of a full parameter, the same wherever it is named."""
        if "type" not in p:
            p["type"] = self.pick_type(p["ws"])
        return p["type"]

    # ---- one operation ----

    def registers(self, lowest_in, lowest_out):
        """[[input register or None, output register or None]] and the clobbers."""
        most_in, most_out = 8 - lowest_in, 8 - lowest_out
        sizes = [0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7]
        n_in = min(self.rng.choice(sizes), most_in)
        n_out = min(self.rng.choice(sizes + [0, 0]), most_out)
        if self.chance(0.05):
            n_in, n_out = most_in, most_out
        ins = self.rng.sample(range(lowest_in, 8), n_in)
        outs = self.rng.sample(range(lowest_out, 8), n_out)
        params = [[reg, None] for reg in ins]
        for reg in outs:
            same = [p for p in params if p[0] == reg and p[1] is None]
            free = [p for p in params if p[0] is not None and p[1] is None]
            if same and self.chance(0.5):
                same[0][1] = reg               # in and out, one register
            elif free and self.chance(0.15):
                self.rng.choice(free)[1] = reg  # in and out, two registers
            else:
                params.append([None, reg])
        spare = [r for r in range(lowest_out, 8) if r not in outs]
        clobbers = sorted(self.rng.sample(spare, self.rng.randint(1, min(3, len(spare))))) \
            if spare and self.chance(0.25) else []
        return params, clobbers

    def operation(self, op_name, indent, both_ways=False):
        """An operation; the direct one when it has no name.  both_ways: the file has sub-operations
        too."""
        direct = op_name is None and not both_ways
        regs, clobbers = self.registers(1 if direct else 2, 2 if both_ways else 1)
        kind = self.rng.choices(["struct", "args", "typed", "mixed"],
                                [6, 2, 2, 1])[0] if regs else "none"
        used, params, self.conditional = set(), [], []
        for reg_in, reg_out in regs:
            params.append(dict(reg_in=reg_in, reg_out=reg_out, ws=self.rng.choice(WIDTHS),
                               name=self.fresh_name(used), full=self.chance(0.6), where="field"))
        for p in params:
            if kind == "args" or (kind == "struct"
                                  and self.chance(0.25)) or (kind == "mixed" and self.chance(0.5)):
                p["where"] = "arg"
            elif kind in ("typed", "mixed"):
                p["where"], p["full"] = "typed", True
        struct = f"{self.name}_{op_name or 'direct'}_s" if kind == "struct" or (
            kind == "none" and self.chance(0.1)) \
            else None
        extra = {}
        c_params, mapping, fillers = [], {}, []
        for p in params:
            if p["where"] == "arg":
                c = self.pick_argument_c(p)
                c_params.append((p["name"], c))
                p["c"] = c
        if struct:
            mapping, fillers = self.struct(struct, [p for p in params if p["where"] == "field"],
                                           used)
            if fillers and self.chance(0.2):
                extra["fixed"] = "{ %s: %s }" % (fillers[0], self.rng.choice(["0x11", "0", "17"]))
            elif fillers and self.chance(0.2):
                extra["omit"] = "{ %s: %s }" % (fillers[0], json.dumps(self.rng.choice(DOC)))
        self.rng.shuffle(c_params)
        self.emit(op_name, indent, params, clobbers, struct, c_params, mapping, extra)

    def struct(self, tag, fields, used):
        """Invent a struct with a place for each field.  Returns the mapping and the filler members.
        """
        members, mapping, fillers = [], {}, []
        serial = iter(range(1000))

        def filler():
            n = f"fill{next(serial)}"
            fillers.append(n)
            return f"{self.rng.choice(SPELLINGS[self.rng.choice(WIDTHS)])} {n};"

        def c_of(p):
            """C type of the field.  Width and sign are those of `type:`; without one it may be a
            pointer."""
            if p["reg_out"] is None and p["ws"] == (64,
                                                    False) and not p["full"] and self.chance(0.2):
                return self.rng.choice(POINTERS)
            return self.pick_c(p["ws"])

        def place(p, path, renamable=True):
            """Where a parameter lives: its name is the path, or a mapping says so."""
            if renamable and self.chance(0.4):
                used.discard(p["name"])
                p["name"] = path
                used.add(path.replace(".", "_"))
            elif p["name"] != path:
                mapping[p["name"]] = path

        rest = list(fields)
        self.rng.shuffle(rest)
        while rest:
            p, n = rest.pop(), next(serial)
            if self.chance(0.4):
                members.append(filler())
            shape = self.rng.choices(["plain", "nested", "array", "union", "deep", "pair", "times"],
                                     [8, 2, 2, 1, 1, 1, 1])[0]
            c = c_of(p)
            if shape == "plain" and p["name"] not in CXX_OR_C:
                members.append(f"{c} {p['name']};")
            elif shape == "nested":
                members.append(f"struct {{ {filler()} {c} x; }} grp{n};")
                place(p, f"grp{n}.x")
            elif shape == "array" and "*" not in c:
                at = self.rng.randrange(4)
                members.append(f"{c} arr{n}[{at + self.rng.randint(1, 2)}];")
                place(p, f"arr{n}[{at}]")
            elif shape == "union":
                members.append(f"union {{ {c} a; uint64_t pad[2]; }} u{n};")
                place(p, f"u{n}.a")
            elif shape == "deep":
                at = self.rng.randrange(2)
                members.append(
                    f"union {{ struct {{ {filler()} {c} y; }} x[2]; uint8_t raw[3]; }} deep{n};")
                place(p, f"deep{n}.x[{at}].y")
            elif shape == "pair" and rest:
                # like evtchn_status: two members that share a union, not their bytes
                q = rest.pop()
                members.append(
                    f"union {{ {c} p; struct {{ {c} skip; {c_of(q)} q; }} s; }} pair{n};")
                place(p, f"pair{n}.p")
                place(q, f"pair{n}.s.q")
            elif shape == "times" and len(rest) >= 2 and "*" not in c:
                same = [p] + [rest.pop() for _ in range(2)]
                members.append(f"{c} time{n}[3];")
                for i, q in enumerate(same):
                    q["ws"], q["full"] = p["ws"], p["full"]
                    place(q, f"time{n}[{i}]")
            else:
                members.append(f"{c} m{n};")
                place(p, f"m{n}", renamable=False)
        if not members or self.chance(0.5):
            members.append(filler())
        body = "\n".join(f"    {m}" for m in members)
        self.structs.append(f"struct {tag} {{\n{body}\n}};")
        return mapping, [f for f in fillers if f"    {f};" in body
                         or any(m.endswith(f" {f};") for m in members)]

    # ---- YAML ----

    def emit(self, op_name, indent, params, clobbers, struct, c_params, mapping, extra):
        pad = " " * indent
        out = self.lines.append
        if op_name is None:
            out(f'{pad}doc: "direct"')
        else:
            index = self.rng.choice(
                [self.rng.randrange(64), self.rng.randrange(2 ** 32), 0, 2 ** 32 - 1, 2 ** 31])
            while index in self.indices:
                index = self.rng.randrange(2 ** 32)
            self.indices.add(index)
            out(f"{pad}index: {index if self.chance(0.5) else hex(index)}")
            if self.chance(0.1):
                out(f"{pad}index_macro: RAND_NOWHERE_DEFINED")
        if op_name is not None and self.chance(0.3):
            out(f"{pad}doc: {json.dumps(self.rng.choice(DOC))}")
        if self.chance(0.2):
            out(f'{pad}errors: {{ ENOENT: "none", EINVAL: {json.dumps(self.rng.choice(DOC))} }}')
        if self.chance(0.1):
            out(f"{pad}safety: {json.dumps(self.rng.choice(DOC))}")
        for direction, key in (("input", "reg_in"), ("output", "reg_out")):
            chosen = [p for p in params if p[key] is not None]
            if direction == "output":
                self.rng.shuffle(chosen)
            if chosen:
                out(f"{pad}{direction}:")
            for p in chosen:
                out(f"{pad}  {p['name']}: {self.parameter(p, direction, p[key], params)}")
        if clobbers:
            out(f"{pad}clobbers: [{', '.join(map(str, clobbers))}]")
        for key, value in extra.items():
            out(f"{pad}{key}: {value}")
        if struct or c_params:
            out(f"{pad}c_lang:")
        if struct:
            out(f"{pad}  struct: {struct}")
        for key, entries in (("params", c_params), ("mapping", sorted(mapping.items()))):
            if entries:
                out(f"{pad}  {key}:")
                for name, text in entries:
                    out(f"{pad}    {name}: {json.dumps(text) if '*' in text else text}")
        out("")

    def parameter(self, p, direction, reg, params):
        if not p["full"]:
            return str(reg)
        parts = [f"reg: {reg}"]
        both = p["reg_in"] is not None and p["reg_out"] is not None
        if not both or direction == "input" or self.chance(0.5):
            parts.append(f"type: {self.type_of(p)}")
        if self.chance(0.2):
            parts.append(f"doc: {json.dumps(self.rng.choice(DOC))}")
        if direction == "output" and self.chance(0.25):
            parts.append(f'valid_when: "{self.condition(params)}"')
            self.conditional.append(p)
        if self.chance(0.05):
            parts.append("shared: true")
        return "{ " + ", ".join(parts) + " }"

    def condition(self, params):
        """When an output means something: of any parameters, itself included, near any edge."""
        if self.conditional and self.chance(0.3):    # of one that may mean nothing itself
            return f"{self.rng.choice(self.conditional)['name']} == 1"
        terms = []
        for _ in range(self.rng.choice([1, 1, 1, 2, 2, 3])):
            chained = self.conditional and self.chance(0.4)
            p = self.rng.choice(self.conditional if chained else params)
            width = p["ws"][0]
            edge = self.rng.choice([0, 0, 1, 4, -1, 1 << (width - 1), (1 << width) - 1,
                                    -(1 << (width - 1)), self.rng.getrandbits(self.rng.choice(
                                        [8, 31, 40, 62]))])
            number = max(-(1 << 63), min((1 << 63) - 1, edge + self.rng.choice([-1, 0, 0, 1])))
            text = hex(number) if number >= 0 and self.chance(0.3) else str(number)
            operator = self.rng.choice(["==", "!=", "<", "<=", ">", ">="])
            terms.append(f"{p['name']} {operator} {text}")
        return self.rng.choice([" && ", " || "]).join(terms)


def make_types(rng):
    """Named types: {name: ((width, signed), C type or None)}"""
    types = {}
    for i, ws in enumerate(WIDTHS * 2):
        types[f"rt{i}"] = (ws, f"rand_t{i}_t" if rng.random() < 0.6 else None)
    return types


def make(folder, seed, specs, ops):
    """Write `specs` specifications of about `ops` operations each, their structs and their types.
    """
    rng = random.Random(seed)
    types = make_types(rng)
    os.makedirs(os.path.join(folder, "common"), exist_ok=True)
    with open(os.path.join(folder, "common", "types.yml"), "w", encoding="utf-8") as file:
        file.write("types:\n")
        for name, (ws, c) in types.items():
            file.write(f"  {name}:\n    repr: {'i' if ws[1] else 'u'}{ws[0]}\n")
            file.write(f"    c_type: {c}\n" if c else "")
            file.write('    doc: "Random."\n')
    with open(os.path.join(folder, "types.h"), "w", encoding="utf-8") as file:
        for ws, c in types.values():
            file.write(f"typedef {SPELLINGS[ws][0]} {c};\n" if c else "")
        file.write("struct rand_opaque;\n")
    used = set(range(XEN_HYPERCALLS))
    for n in range(specs):
        index = rng.choice([n + XEN_HYPERCALLS, rng.randrange(0x40000000), 0x3fffffff])
        while index in used:  # each specification has a hypercall of its own, none of Xen's
            index = rng.randrange(0x40000000)
        used.add(index)
        maker = Maker(rng, f"rnd{n:03d}", types, index)
        direct, both = n % 3 == 0, n % 15 == 1
        if direct or both:
            maker.lines.append("direct:")
            maker.operation(None, 2, both_ways=both)
        if not direct:
            maker.lines.append("subops:")
        for i in range(0 if direct else ops):
            name = rng.choice(KEYWORDS) if rng.random() < 0.05 else f"op{i}"
            name = name if f"  {name}:" not in maker.lines else f"op{i}"
            maker.lines.append(f"  {name}:")
            maker.operation(name, 4)
        base = os.path.join(folder, maker.name)
        with open(base + ".yml", "w", encoding="utf-8") as file:
            file.write("\n".join(line for line in maker.lines if line) + "\n")
        with open(base + ".h", "w", encoding="utf-8") as file:
            file.write("\n".join(maker.structs) + "\n")
