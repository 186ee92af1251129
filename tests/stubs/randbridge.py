# SPDX-License-Identifier: MIT
"""Random specifications with classic calls: what bridges are made from.

All that the keys xen and classic can say is meant to turn up: structs with fields from registers,
packed ones, constants, fields that nothing carries, arrays of every kind, loops, arrays of structs
and their batches, linear addresses, and several operations for one command.  Must not know the
generator, nor the model.
"""
import copy
import os
import random

from randspec import SPELLINGS, WIDTHS, WORDS, KEYWORDS, LOCALS

FALLBACK = ["ENOSYS", "EPERM", "ENOENT", "ESRCH", "EBUSY"]   # never what a call itself answers
HANDLES = ["void *{0};", "struct {{ void *p; }} {0};", "union {{ uint8_t *p; uint64_t q; }} {0};",
           "struct {{ union {{ uint32_t *p; uint64_t q; }} u; }} {0};"]
OMITTED = ["uint8_t {0};", "uint16_t {0};", "uint32_t {0};", "uint64_t {0};", "uint8_t {0}[3];",
           "struct {{ uint32_t a, b, c; }} {0};", "void *{0};"]
XEN_HYPERCALLS = 64
FIRST_OWN_INDEX = 0x10000


# C types by (width, signed), as C90 has them.
SPELLED = {ws: [c for c in names if "long long" not in c] for ws, names in SPELLINGS.items()}


def type_name(ws):
    return f"{'i' if ws[1] else 'u'}{ws[0]}"


class Body:
    """One operation, until it is written."""

    def __init__(self):
        self.inputs, self.outputs = {}, {}      # name: {"reg": ...}
        self.members, self.struct = [], None
        self.is_c_lang = False                  # the struct is the stub's
        self.c_params, self.mapping = {}, {}
        self.fields, self.arrays, self.xen = {}, {}, {}
        self.fixed, self.omit, self.classic = {}, [], {}
        self.args = []                          # without the command
        self.free_in, self.free_out, self.names = [], [], set()
        self.own_command = None
        self.selector = None                    # what tells operations of one command apart


class Maker:
    """One specification, growing: text of the YAML and of the C structs."""

    def __init__(self, rng, name, hypercall_index):
        self.rng, self.name = rng, name
        self.lines = [f"name: {name}", f"hypercall_index: {hypercall_index}"]
        self.structs, self.indices, self.own = [], set(), FIRST_OWN_INDEX
        self.place = rng.choice([0, 0, 0, 1, 2])
        self.serial = 0

    def chance(self, p):
        return self.rng.random() < p

    # ---- parts of an operation ----

    def start(self, direct):
        body = Body()
        lowest = 1 if direct else 2
        body.free_in = self.rng.sample(range(lowest, 8), 8 - lowest)
        body.free_out = self.rng.sample(range(lowest, 8), 8 - lowest)
        return body

    def next(self, word):
        self.serial += 1
        return f"{word}{self.serial}"

    def fresh_name(self, body):
        while True:
            pool = self.rng.choices([WORDS, KEYWORDS, LOCALS], [6, 1, 1])[0]
            name = self.rng.choice(pool) + self.rng.choice(["", "", "_max", "_", "2"])
            if name not in body.names | {"op", "struct", "params"}:
                body.names.add(name)
                return name

    def input(self, body, ws, name=None):
        name = name or self.fresh_name(body)
        body.inputs[name] = {"reg": body.free_in.pop(), "type": type_name(ws)}
        return name

    def output(self, body, ws, name=None):
        """An output, or what makes an input one too, in the same register or in another one."""
        name = name or self.fresh_name(body)
        reg = body.inputs.get(name, {}).get("reg")
        reg = reg if reg in body.free_out and self.chance(0.7) else body.free_out[-1]
        body.free_out.remove(reg)
        body.outputs[name] = {"reg": reg, "type": type_name(ws)}
        return name

    def member(self, body, ws):
        """The path of a new field of this width and sign."""
        c, name = self.rng.choice(SPELLED[ws]), self.next("f")
        shape = self.rng.randrange(8)
        if shape < 3 and body.is_c_lang and self.chance(0.5):
            body.omit.append(name)              # what is left of it
        if shape == 0:
            body.members.append(f"struct {{ uint16_t skip; {c} x; }} {name};")
            return f"{name}.x"
        if shape == 1:
            at = self.rng.randrange(3)
            body.members.append(f"{c} {name}[{at + 1}];")
            return f"{name}[{at}]"
        if shape == 2:
            body.members.append(f"union {{ {c} a; uint64_t pad[2]; }} {name};")
            return f"{name}.a"
        body.members.append(f"{c} {name};")
        return name

    def constant(self, ws):
        width, signed = ws
        top = 1 << (width - 1 if signed or width == 64 else width)
        return self.rng.choice([0, 1, 17, top - 1, self.rng.randrange(top)])

    def ws(self):
        return self.rng.choice(WIDTHS)

    def field(self, body):
        """A parameter that is a field of the struct."""
        ws, kind = self.ws(), self.rng.choice(["in", "in", "out", "both"])
        if (kind != "out" and not body.free_in) or (kind != "in" and not body.free_out):
            return
        path = self.member(body, ws)
        own = body.is_c_lang and self.chance(0.4)
        name = path if own else self.fresh_name(body)
        if kind != "out":
            self.input(body, ws, name)
        if kind != "in":
            self.output(body, ws, name)
            if body.is_c_lang and self.chance(0.3):
                body.outputs[name]["valid_when"] = self.condition(body)
        if not body.is_c_lang:
            body.fields[path] = name
        elif not own:
            body.mapping[name] = path

    def condition(self, body):
        terms = []
        for _ in range(self.rng.choice([1, 1, 2])):
            name = self.rng.choice([*body.inputs, *body.outputs])
            if "pack" in body.inputs.get(name, {}):
                name = next(iter(body.outputs))
            number = self.rng.choice([0, 1, 100, 0x7fff, -1, 1 << 31, 1 << 62])
            terms.append(f"{name} {self.rng.choice(['==', '!=', '<', '<=', '>', '>='])} {number}")
        return self.rng.choice([" && ", " || "]).join(terms)

    def argument(self, body, ws=None, stored=False):
        """An input from outside the struct; it is an argument of the handler unless it is stored.
        """
        ws = ws or self.ws()
        name = self.input(body, ws)
        if body.is_c_lang or not body.struct:
            body.c_params[name] = self.rng.choice(SPELLED[ws])
        if not stored:
            body.args.append(name)
        return name

    def pack(self, body):
        if not body.free_in:
            return
        parts, left = {}, 64
        for _ in range(self.rng.randint(1, 4)):
            ws = self.rng.choice([w for w in WIDTHS if w[0] <= min(left, 32)] or [None])
            if ws:
                parts[self.member(body, ws)] = type_name(ws)
                left -= ws[0]
        total = 64 - left
        width = next(w for w in (8, 16, 32, 64) if w >= total)
        name = self.input(body, (width, False))
        body.inputs[name]["pack"] = parts

    def silent(self, body):
        """Fields that no register carries."""
        for _ in range(self.rng.randrange(4)):
            kind = self.rng.choice(["fixed", "constant", "zero", "ignore", "success"])
            if kind in ("zero", "ignore"):
                if not body.is_c_lang:      # the key omit is about the stub's struct
                    continue
                path = self.next("o")
                body.members.append(self.rng.choice(OMITTED).format(path))
                body.omit.append(path)
                if kind == "ignore":
                    body.classic.setdefault("ignore", []).append(path)
                continue
            ws = self.ws()
            path = self.member(body, ws)
            if kind == "success":
                if self.chance(0.7) and body.is_c_lang:
                    body.omit.append(path)
                body.classic.setdefault("success", {})[path] = self.constant(ws)
            else:
                place = body.fixed if kind == "fixed" and body.is_c_lang else body.fields
                place[path] = self.constant(ws)
        if self.chance(0.2):
            path = self.member(body, (16, True))
            body.omit += [path] if body.is_c_lang else []
            body.xen["status"] = path
            body.classic.setdefault("success", {})[path] = 0
            body.classic["fallback"] = ["ENOSYS", "EPERM"] if self.chance(0.7) else ["ENOSYS"]
        elif self.chance(0.3):
            body.classic["fallback"] = self.rng.sample(FALLBACK, self.rng.randint(1, 3))

    def element(self):
        """What an element of an array is."""
        if self.chance(0.5):
            return {"size": self.rng.choice([1, 2, 4, 8, 12, 20, 40])}
        tag = f"{self.name}_{self.next('e')}"
        self.structs.append(
            f"struct {tag} {{ uint16_t a; uint8_t b[{self.rng.choice([1, 5, 16, 24])}]; }};")
        return {"struct": tag}

    def handle(self, body, as_argument):
        if as_argument:
            name = self.fresh_name(body)
            body.args.append(name)
            return name
        path = self.next("h")
        body.members.append(self.rng.choice(HANDLES).format(path))
        if body.is_c_lang:
            body.omit.append(path)
        return path

    def array(self, body, count=None):
        """An array of any kind but a sequence; count: that of a loop."""
        as_argument = not body.struct or (len(body.args) < 2 and self.chance(0.3))
        word = self.rng.choice(["value", "from", "to", "both"] if not count else
                               ["from", "to", "both"])
        if word == "value":
            ws = (self.rng.choice([8, 16, 32, 64]), self.chance(0.5))
            elements = min(self.rng.randint(1, 3), len(body.free_in), len(body.free_out))
            if not elements or body.is_c_lang:      # stubs of C have no such parameter
                return
            names = []
            for _ in range(elements):
                name = None if self.chance(0.5) else self.input(body, ws)
                names.append(self.output(body, ws, name)
                             if not name or self.chance(0.5) else name)
            body.arrays[self.handle(body, as_argument)] = {"value": names}
            return
        if not body.free_in:
            return
        address = self.argument(body, self.address_ws(), stored=True)
        body.inputs[address]["shared"] = "true"
        array = {word: address, **self.element()}
        if count is None and self.chance(0.4):
            array["count"] = self.rng.choice([1, 2, 5, 144 if array.get("size") == 1 else 3])
        elif count is None:
            if not body.free_in:
                array["count"] = 3
            else:
                array["count"] = self.counter(body)
        else:
            array["count"] = count
        if self.chance(0.2):
            array["optional"] = "true"
        if count is None and word != "from" and self.chance(0.2):
            array["stored"] = "result"
        body.arrays[self.handle(body, as_argument)] = array

    def address_ws(self):
        """Now and then not every address fits, and a bridge leaves the call alone."""
        return (32 if self.chance(0.05) else 64, False)

    def counter(self, body):
        """An input that counts elements."""
        ws = (self.rng.choice([8, 16, 32, 64]), False)
        if body.struct and self.chance(0.6):
            path = self.member(body, ws)
            if body.is_c_lang:
                body.mapping[self.input(body, ws, self.fresh_name(body))] = path
            else:
                body.fields[path] = self.input(body, ws)
            return path
        return self.argument(body, ws)

    # ---- operations ----

    def plain(self, direct):
        """A struct or none, and what is in it; perhaps an array of structs."""
        body = self.start(direct)
        kind = self.rng.choice(["c_lang", "c_lang", "xen", "none"])
        if kind != "none":
            body.struct, body.is_c_lang = f"{self.name}_{self.next('s')}", kind == "c_lang"
        for _ in range(self.rng.choice([0, 0, 1, 1, 2])):
            self.argument(body)
        if body.struct:
            for _ in range(self.rng.choice([0, 1, 2, 3, 4])):
                self.field(body)
            if self.chance(0.3):
                self.pack(body)
            self.silent(body)
        for _ in range(self.rng.choice([0, 0, 1, 2])):
            if len(body.args) < 2:
                self.array(body)
        if body.struct:
            body.args.append("struct")
        if body.struct and self.chance(0.3) and not any(
                "stored" in a for a in body.arrays.values()):
            body.args.append(1)
            body.classic["elements"] = True
        elif self.chance(0.2):
            body.args.append(self.rng.choice([0, 1, 5]))
        return body

    def linear(self, _direct):
        """A struct with an address, which another sub-operation takes as a linear one."""
        body = self.start(False)
        body.struct, body.is_c_lang = f"{self.name}_{self.next('s')}", True
        for _ in range(self.rng.choice([0, 1, 1])):
            self.argument(body)
        name, path = self.fresh_name(body), self.next("area")
        body.members.append(f"union {{ void *v; uint64_t p; }} {path};")
        self.input(body, (64, False), name)
        body.mapping[name] = f"{path}.p"
        index = self.index()
        body.classic["linear"] = {"index": index, "field": f"{path}.v", "param": name,
                                  "size": self.rng.choice([8, 48, 64, 4096])}
        if self.chance(0.6):
            body.classic["linear"]["none"] = self.rng.choice([0, -1])
        if self.chance(0.3):
            self.pack(body)
        self.silent(body)
        body.args.append("struct")
        return body

    def looping(self, direct):
        """Progress that an output tells, runs of a sequence, or a range."""
        body, kind = self.start(direct), self.rng.choice(["told", "runs", "range"])
        if kind != "told" or self.chance(0.6):
            body.struct = f"{self.name}_{self.next('s')}"
        count_ws = (self.rng.choice([16, 32, 64]), False)
        stored = body.struct and self.chance(0.7)
        if stored:
            path = self.member(body, count_ws)
            count = self.input(body, count_ws)
            body.fields[path] = count
        else:
            count = self.argument(body, count_ws)
        told = kind == "told" or (kind == "range" and self.chance(0.4))
        if told:
            self.output(body, count_ws, count)
        body.xen["progress"] = {"arg": 0}
        if told:
            body.xen["progress"]["param"] = count
        next_inputs = []
        if kind == "told":
            for _ in range(self.rng.randint(1, 2)):
                self.array(body, count)
        elif kind == "range":
            for _ in range(self.rng.randint(1, 2)):
                ws = (self.rng.choice([32, 64]), False)
                if self.chance(0.7):
                    path = self.member(body, ws)
                    body.fields[path] = self.input(body, ws)
                    next_inputs.append(body.fields[path])
                elif len(body.args) < 2:
                    next_inputs.append(self.argument(body, ws))
            next_inputs = next_inputs or [self.argument(body, (64, False))]
            body.classic["range"] = {"count": count, "next": next_inputs}
        else:
            first = self.argument(body, (self.rng.choice([32, 64]), False), stored=True)
            array = {"sequence": first, "count": count}
            if self.chance(0.5):
                ws = (self.rng.choice([8, 32]), False)
                path = self.member(body, ws)
                body.fields[path] = array["order"] = self.input(body, ws)
            body.arrays[self.handle(body, len(body.args) < 2 and self.chance(0.3))] = array
        if body.struct:
            if self.chance(0.5) and body.free_in:
                ws = self.ws()
                body.fields[self.member(body, ws)] = self.input(body, ws)
            self.silent(body)
            body.args.append("struct")
            if self.chance(0.2):
                body.args.append(1)
                body.classic["elements"] = True
        return body

    def framed(self, direct):
        body = self.start(direct)
        body.struct = f"{self.name}_{self.next('s')}"
        body.members.append("uint64_t a, b;")
        if self.chance(0.5):
            self.argument(body)
        body.xen["frame"] = self.input(body, self.address_ws())
        body.inputs[body.xen["frame"]]["shared"] = "true"
        body.args.append("struct")
        return body

    def batch(self, of):
        """Many structs of an operation at once, for the same command."""
        body = self.start(False)
        body.own_command = of.own_command
        for arg in of.args:
            if arg == "struct":
                address = self.argument(body, (64, False), stored=True)
                body.inputs[address]["shared"] = "true"
                array = self.handle(body, True)
            elif arg == 1 and of.args.index(1) == of.args.index(arg):
                count = self.argument(body, (32, False))
                self.output(body, (32, False), count)
        body.arrays[array] = {"both": address, "count": count, "struct": of.struct}
        body.xen["progress"] = {"arg": count, "left": "true", "param": count}
        return body

    # ---- YAML ----

    def index(self):
        index = self.rng.choice([self.rng.randrange(64), self.rng.randrange(1 << 16),
                                 (1 << 32) - 1, 1 << 31])
        while index in self.indices:
            index = self.rng.randrange(1 << 16)
        self.indices.add(index)
        return index

    def args_of(self, body):
        """[the command or its number, and the other arguments]; None: there is no room."""
        args = list(body.args)
        while len(args) < self.place:
            args.append(0)
        args.insert(self.place, "op" if body.own_command is None else body.own_command)
        return args if len(args) <= 5 else None

    def emit(self, name, body, index):
        args = list(body.args) if name is None else self.args_of(body)
        if args is None:
            return False
        pad, out = " " * (2 if name is None else 4), self.lines.append
        if name is not None:
            out(f"  {name}:")
            out(f"{pad}index: {index}")
            if body.own_command is not None:
                out(f"{pad}own_index: true")
        else:
            out("direct:")
            out(f'{pad}doc: "direct"')
        for key, params in (("input", body.inputs), ("output", body.outputs)):
            if params:
                out(f"{pad}{key}:")
            for param, entry in params.items():
                out(f"{pad}  {param}: {flow(entry)}")
        for key, value in (("fixed", body.fixed), ("omit", {o: '"none"' for o in body.omit})):
            if value:
                out(f"{pad}{key}: {flow(value)}")
        c_lang = {"struct": body.struct if body.is_c_lang else None, "params": body.c_params,
                  "mapping": body.mapping}
        self.section(pad, "c_lang", c_lang if body.is_c_lang or not body.struct else {})
        xen = dict(body.xen, args=args, fields=body.fields, arrays=body.arrays,
                   struct=None if body.is_c_lang else body.struct)
        if "progress" in xen:
            arg = xen["progress"]["arg"]
            xen["progress"] = dict(xen["progress"], arg=args.index(arg) if arg else 0)
        self.section(pad, "xen", xen)
        classic = dict(body.classic)
        if "elements" in classic:
            classic["elements"] = len(args) - 1 if args[-1] == 1 else args.index(1)
        self.section(pad, "classic", classic)
        return True

    def section(self, pad, key, entries):
        entries = {k: v for k, v in entries.items() if v not in (None, {}, [])}
        if entries:
            self.lines.append(f"{pad}{key}:")
        for name, value in entries.items():
            self.lines.append(f"{pad}  {name}: {flow(value)}")

    def add(self, name, body, index=None):
        """Write an operation, and its struct; False if its classic call would be too long."""
        if not self.emit(name, body, self.index() if index is None else index):
            return False
        if body.struct and body.members:
            self.structs.append(f"struct {body.struct} {{\n    " + "\n    ".join(body.members) +
                                "\n};")
        return True

    def operation(self, name):
        make = self.rng.choices([self.plain, self.looping, self.framed, self.linear],
                                [10, 4, 1, 2])[0]
        body = make(False)
        if body.struct:     # gcc sees no difference between bytes only and no struct
            body.members.append("uint16_t even;")
        selector = self.next("sel") if body.struct and "frame" not in body.xen and \
            "elements" not in body.classic and "linear" not in body.classic and self.chance(0.15) \
            else None
        if selector:
            body.members.append(f"uint32_t {selector};")
            body.fields[selector] = 1
        index = self.index()
        if not self.add(name, body, index):
            return
        if selector:
            other = copy.deepcopy(body)
            other.members, other.own_command, other.fields[selector] = [], index, 2
            self.add(name + "_b", other, self.own_index())
        if body.classic.get("elements") and len(body.args) == 2 and self.chance(0.5):
            body.own_command = index
            self.add(name + "_batch", self.batch(body), self.own_index())

    def own_index(self):
        self.own += 1
        return self.own

    def make(self, ops, direct):
        if self.chance(0.3) and not direct:
            self.place = 0
        if direct:
            body = self.rng.choice([self.plain, self.looping])(True)
            body.members.append("uint16_t even;")
            self.add(None, body)
            return
        self.lines.append("subops:")
        self.lines += ["  nothing:", f"    index: {self.index()}"]
        self.lines += ["    xen:", f"      args: {flow(self.args_of(Body()))}"]
        for i in range(ops):
            self.operation(f"op{i}")


def flow(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{quote(k)}: {flow(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return quote(value)


def quote(text):
    text = str(text)
    return f'"{text}"' if any(c in text for c in "[] =<>") and text[0] != '"' else text


def make(folder, seed, specs, ops):
    """Write so many specifications of about `ops` operations each, and their structs."""
    os.makedirs(os.path.join(folder, "common"), exist_ok=True)
    with open(os.path.join(folder, "common", "types.yml"), "w", encoding="utf-8") as file:
        file.write('types:\n  spare:\n    repr: u32\n    doc: "Random."\n')
    for n in range(specs):
        # Each has a stream of its own, so that one can be made again alone.
        maker = Maker(random.Random(f"{seed} bridge {n}"), f"rnb{n:03d}", n + XEN_HYPERCALLS)
        maker.make(ops, n % 4 == 3)
        base = os.path.join(folder, maker.name)
        with open(base + ".yml", "w", encoding="utf-8") as file:
            file.write("\n".join(maker.lines) + "\n")
        with open(base + ".h", "w", encoding="utf-8") as file:
            file.write("\n".join(maker.structs) + "\n")
