#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The JSON backend: its documents fit the schema and say what the specifications say; the schema refuses others.

FASTABI_GEN: the command; BUILD: a scratch folder.  Last line: "N passed, N failed, N skipped".  What documents must say
comes from tests/stubs/model.py, which reads the specifications by itself.
"""
import copy
import json
import os
import pathlib
import random
import sys

import jsonschema
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "stubs"))
import model  # noqa: E402
import randspec  # noqa: E402
from report import Report, head, run  # noqa: E402

MUTATIONS = 400
TEXT = 'quote " backslash \\ slash / tab-less, umlauts äöü, 漢字, 🦆, </script> & <b>'


def nodes(value, path=()):
    """Every path into a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from nodes(item, path + (key,))


def mutate(document, path, rng):
    """A copy with one thing wrong at a path, and what that is."""
    spoilt = copy.deepcopy(document)
    parent = spoilt
    for key in path[:-1]:
        parent = parent[key]
    kind = rng.choice(["missing", "unknown", "wrong"]) if isinstance(parent, dict) else "wrong"
    if kind == "missing":
        del parent[path[-1]]
    elif kind == "unknown":
        parent[f"{path[-1]}_"] = parent[path[-1]]
    else:
        value = parent[path[-1]]
        parent[path[-1]] = rng.choice([[value], {"value": value}, 1.5, -(2 ** 40)])
    return spoilt, f"{kind}: {'.'.join(map(str, path))}"


class Documents:
    def __init__(self, generator, build, report):
        self.generator, self.build, self.report = generator, build, report
        with open(TOP / "backends" / "json" / "fastabi.schema.json", encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(schema)
        self.validator = jsonschema.Draft202012Validator(schema)

    def make(self, title, *arguments):
        """A document through a pipe, checked against the schema."""
        status, out, errors = run([self.generator, "generate", "-b", "json", "-o", "-", *map(str, arguments)])
        self.report.check(f"generate {title}", status == 0, head(errors))
        document = json.loads(out)
        faults = [f"{list(fault.path)}: {fault.message[:200]}" for fault in self.validator.iter_errors(document)]
        self.report.check(f"{title} fits the schema", not faults, faults[:5])
        return document

    def compare(self, document, specs):
        """The document against the model."""
        by_name = {spec["name"]: spec for spec in document["specifications"]}
        for spec in specs:
            got = by_name[spec.name]
            wrong = [op.title for op, entry in zip(spec.ops, got["operations"]) if not self.same(op, entry)]
            self.report.check(f"{spec.name}: {len(spec.ops)} operations as the model reads them",
                              not wrong and len(spec.ops) == len(got["operations"]) and
                              got["hypercall_index"] == spec.hypercall_index, wrong[:5])

    @staticmethod
    def same(op, entry):
        def register(reg):
            return None if reg is None else {"number": reg, "name": model.REGISTERS[reg]}

        params = [(p.name, register(p.reg_in), register(p.reg_out), p.path, p.c_type) for p in op.params]
        got = [tuple(q[key] for key in ("name", "in", "out", "field", "c_type")) for q in entry["params"]]
        widths = all((q["width"], q["signed"]) == (p.width, p.signed) for p, q in zip(op.params, entry["params"]) if p.known)
        return (params == got and widths and entry["name"] == op.name and entry["index"] == op.index and
                entry["reg0"] == op.rax and entry["struct"] == op.struct and
                entry["c_arguments"] == [p.name for p in op.c_params] and
                [r["number"] for r in entry["clobbers"]["registers"]] == op.clobbers)

    def bite(self, document):
        """Documents with one fault are refused."""
        rng = random.Random(1)
        paths = [path for path in nodes(document) if path]
        accepted = []
        for _ in range(MUTATIONS):
            spoilt, what = mutate(document, rng.choice(paths), rng)
            if self.validator.is_valid(spoilt):
                accepted.append(what)
        self.report.check(f"the schema refuses {MUTATIONS} documents with one fault", not accepted, accepted[:10])
        for name, change in {
                "another version": lambda d: d.update(version=2),
                "a register with another's name": lambda d: d["abi"]["registers"][1].update(name="rsi"),
                "a direct call with an index": lambda d: d["specifications"][0]["operations"][0].update(direct=True),
                "a parameter without a register": lambda d: d["specifications"][0]["operations"][0]["params"][0].update(
                    {"in": None, "out": None}),
                "no specification": lambda d: d.update(specifications=[])}.items():
            spoilt = copy.deepcopy(document)
            change(spoilt)
            self.report.check(f"the schema refuses {name}", not self.validator.is_valid(spoilt))

    def xen(self):
        """Each key of the hypervisor's side, and what is usual where nothing is said."""
        ops = {op["name"]: op["xen"] for op in self.make("xen", TOP / "tests/golden/spec/dispatch.yml")["specifications"][0]["operations"]}

        def argument(kind, name=None, value=None):
            return {"kind": kind, "input": name, "value": value}

        one = argument("number", None, "1")
        wanted = {
            "nothing": {"args": [argument("op"), argument("struct"), one], "struct": None, "frame": None},
            "arguments": {"args": [argument("op"), argument("struct"), argument("input", "b"), argument("input", "a"), one]},
            "stored": {"struct": "dispatch_stored",
                       "fields": [{"field": "timeout", "param": "timeout", "value": None}, {"field": "left", "param": "left", "value": None},
                                  {"field": "nr_ports", "param": None, "value": "1"}],
                       "arrays": [{"field": "ports", "direction": "value", "input": "port", "count": None, "size": None}]},
            "memory": {"arrays": [{"field": "from", "direction": "from", "input": "in", "count": "nr_in", "size": 8},
                                  {"field": "to", "direction": "to", "input": "out", "count": "nr_out", "size": 20}]},
            "frame": {"frame": "gfn", "args": [argument("op"), argument("input", "id"), argument("struct")]},
            "continued": {"continue": [{"macro": "DISPATCHOP_continued_cont", "index": None}, {"macro": None, "index": 15}]},
            "told": {"status": "result.status"},
        }
        wrong = [f"{name}.{key}: {ops[name][key]}" for name, keys in wanted.items() for key, value in keys.items() if ops[name][key] != value]
        self.report.check("the hypervisor's side is as the specification says", not wrong, wrong[:5])

    def text(self):
        """Characters that JSON escapes come back as they were."""
        path = self.build / "text.yml"
        body = {"name": "text", "hypercall_index": 1, "doc": TEXT,
                "subops": {"a": {"index": 0, "doc": "two\n\nparagraphs", "errors": {"EINVAL": TEXT}}}}
        path.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
        spec = self.make("text", path)["specifications"][0]
        op = spec["operations"][0]
        self.report.check("texts come back as they were", spec["doc"] == op["errors"][0]["doc"] == TEXT, [spec["doc"]])


def main():
    generator = os.path.abspath(os.environ.get("FASTABI_GEN", TOP / "build" / "fastabi-gen"))
    build = pathlib.Path(os.environ.get("BUILD", TOP / "build" / "tests" / "json")).resolve()
    build.mkdir(parents=True, exist_ok=True)
    report = Report()
    documents = Documents(generator, build, report)
    shipped = documents.make("abi", TOP / "abi")
    documents.compare(shipped, model.load_folder(str(TOP / "abi")))
    documents.xen()
    documents.make("seed", TOP / "tests" / "seed" / "abi")
    randspec.make(str(build / "specs"), 1, 60, 10)
    documents.compare(documents.make("random", build / "specs"), model.load_folder(str(build / "specs")))
    documents.text()
    documents.bite(documents.make("hvm", TOP / "abi" / "hvm.yml"))
    twice = run([generator, "generate", "-b", "json", str(TOP / "abi" / "hvm.yml"), str(TOP / "abi" / "hvm.yml")])
    report.check("two specifications of one name are refused", twice[0] == 1 and not twice[1] and "FA0706" in twice[2], [twice[2]])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
