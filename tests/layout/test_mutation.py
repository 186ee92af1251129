# SPDX-License-Identifier: MIT
"""Mutants of abi/: one path, struct, index, width or sign changed at random.  Each is caught by
check --strict with the headers, or proven equal: the same bytes with the same sign."""
import os
import tempfile

import yaml

import layouts
from report import each
from tool import HEADERS, SPECS, TOP, call

BASIC = {f"{sign}{width}" for sign in "ui" for width in (8, 16, 32, 64)}


def entries(node):
    return {key.value: (key, value) for key, value in node.value} if node else {}


class Mutant:
    def __init__(self, what, node, text, equal):
        self.what, self.node, self.text, self.equal = what, node, text, equal


def replace(source, node, text):
    return source[:node.start_mark.index] + text + source[node.end_mark.index:]


def sites(spec, structs, types, rng):
    """Every mutant of a specification that we can think of, in random detail."""
    top = entries(spec)
    ops = entries(top["subops"][1]) if "subops" in top else {}
    found = []

    def number(what, node):
        value = int(node.value, 0)
        while (other := rng.choice(
                [value + 1, value ^ 1 << rng.randrange(8), rng.randrange(200)])) == value:
            pass
        found.append(Mutant(f"{what}: {value} to {other}", node, str(other), lambda: False))

    number("hypercall_index", top["hypercall_index"][1])
    for name, (_, body) in ops.items():
        op = entries(body)
        c_lang = entries(op["c_lang"][1]) if "c_lang" in op else {}
        struct_node = c_lang.get("struct", (None, None))[1]
        struct = structs.get(struct_node.value) if struct_node else None
        xen = entries(op["xen"][1]) if "xen" in op else {}
        handler = structs.get((xen["struct"][1] if "struct" in xen else struct_node).value) \
            if "struct" in xen or struct_node else None
        stored = {value.value: key for key, value in
                  (entries(xen["fields"][1]).values() if "fields" in xen else ())
                  if "[" not in key.value}
        params = entries(c_lang["params"][1]) if "params" in c_lang else {}
        mapping = entries(c_lang["mapping"][1]) if "mapping" in c_lang else {}
        if "own_index" not in op:  # there is no macro to compare with
            number(f"{name}: index", op["index"][1])
        paths, both = [], set()
        for section in ("input", "output"):
            for param, (key, value) in (entries(op[section][1]) if section in op else {}).items():
                if struct and param not in params and param not in both:
                    paths.append((mapping[param][1] if param in mapping else key, param, key))
                both.add(param)
                field = entries(value).get("type") if hasattr(value, "value") and not isinstance(
                    value.value, str) else None
                # Only a struct or a C type of the headers can tell that a type is wrong: that of
                # the caller, or that of the handler where the parameter is stored in it.
                if field and (struct and param not in params or param in params or
                              handler and param in stored):
                    repr_ = field[1].value if field[1].value in BASIC else types[field[1].value]
                    other = rng.choice(
                        [t for t in sorted(BASIC) if t[0] == repr_[0] and t != repr_])
                    found.append(Mutant(f"{name}.{param}: width {repr_} to {other}", field[1],
                                        other, lambda: False))
                    flipped = ("i" if repr_[0] == "u" else "u") + repr_[1:]
                    found.append(Mutant(f"{name}.{param}: sign {repr_} to {flipped}", field[1],
                                        flipped, lambda: False))
        for param, key in stored.items():
            other = misspell(key.value, rng)
            found.append(Mutant(f"{name}: handler's path {key.value} to {other}", key, other,
                                lambda: False))
        if "struct" in xen and stored:
            node = xen["struct"][1]
            other = misspell(node.value, rng)
            found.append(Mutant(f"{name}: handler's struct {node.value} to {other}", node, other,
                                lambda: False))
        for section in ("fixed", "omit"):
            for param, (key, _) in (entries(op[section][1]) if section in op else {}).items():
                paths.append((key, param, key))
        for node, param, _ in paths:
            for other in (rng.choice(sorted(struct.fields)).replace("[]", "[0]"),
                          misspell(node.value, rng)):
                if other != node.value:
                    found.append(Mutant(f"{name}: path {node.value} to {other}", node, other,
                                        lambda a=node.value, b=other, s=struct: s.resolve(
                                            a) == s.resolve(b)))
        if struct:
            names = [node.value for node, _, _ in paths]
            for other in (rng.choice(sorted(structs)), misspell(struct.name, rng),
                          similar(struct, structs, rng)):
                if other != struct.name:
                    found.append(
                        Mutant(f"{name}: struct {struct.name} to {other}", struct_node, other,
                               lambda o=other, s=struct, n=names: is_same(s, structs.get(o), n)))
    return found


def misspell(text, rng):
    at = rng.randrange(len(text))
    return text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1:]


def similar(struct, structs, rng):
    """A struct of the same size, which is the hardest to tell."""
    return rng.choice(sorted(name for name, other in structs.items() if other.size == struct.size))


def is_same(a, b, paths):
    return b is not None and a.size == b.size and all(a.resolve(path) == b.resolve(path)
                                                      for path in paths)


def is_caught(name, text, folder):
    path = os.path.join(folder, name + ".yml")
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
    status, _, said = call("check", "--strict", "--headers", HEADERS["4.20"], path)
    if status not in (0, 1):
        raise RuntimeError(f"exit status {status}: {said}")
    return status == 1


def all_caught(items):
    """Of each (name, text): is it caught? Several at a time, each in its own directory."""
    with tempfile.TemporaryDirectory() as top:
        def one(item):
            number, (name, text) = item
            folder = os.path.join(top, str(number))
            os.mkdir(folder)
            os.symlink(TOP / "abi/common", os.path.join(folder, "common"))
            return is_caught(name, text, folder)
        return each(os.cpu_count() or 1, one, enumerate(items))


def make_mutants(rng, limit):
    """So many of them: [(specification, its text, mutant)]"""
    structs = layouts.read("x86_64-unknown-linux-gnu", "4.20")
    types = {name: body["repr"] for name, body in
             yaml.safe_load((TOP / "abi/common/types.yml").read_text())["types"].items()}
    mutants = []
    while len(mutants) < limit:
        for name in SPECS:
            source = (TOP / f"abi/{name}.yml").read_text()
            mutants += [(name, source, mutant)
                        for mutant in sites(yaml.compose(source), structs, types, rng)]
    return rng.sample(mutants, limit)


def run(report, amount):
    limit = 600 if amount.full else 50 if amount.quick else 150
    mutants = make_mutants(amount.rng("mutants of abi/"), limit)
    as_it_is = [(name, (TOP / f"abi/{name}.yml").read_text()) for name in SPECS]
    for (name, _), caught in zip(as_it_is, all_caught(as_it_is)):
        report.check(not caught, f"{name} as it is")
    caught = all_caught([(name, replace(source, mutant.node, mutant.text))
                         for name, source, mutant in mutants])
    for (name, _, mutant), good in zip(mutants, caught):
        report.check(good or mutant.equal(),
                     f"mutant of {name} survives: {mutant.what} (--seed {amount.seed})")
    print(f"mutation: {len(mutants)} mutants, {sum(caught)} caught, {caught.count(False)} equal "
          f"or missed", flush=True)
