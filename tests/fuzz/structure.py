#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Specifications of the tree with a few changes that know the language, so that many are accepted;
what is then written in each language is compiled or parsed.

  structure.py SECONDS [SEED]       FASTABI_GEN: the command (build/fastabi-gen)

A specification that shows a fault is left in FUZZ_ARTIFACTS (the current directory).  What
the xen backend writes is not compiled here: it needs Xen's headers (tests/xen).
"""
import copy
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
GEN = os.path.abspath(os.environ.get("FASTABI_GEN") or TOP / "build" / "fastabi-gen")
NAMES = ["int", "register", "self", "Self", "crate", "class", "ret", "rax", "reg0", "param", "in",
         "out", "type", "fn", "match", "asm", "on", "no", "null", "vendor", "result", "u8", "Ok",
         "Err", "_", "__", "r12", "eax", "byte", "offset", "ptr", "result_", "param_", "async"]
TEXTS = ["x */ y", "x /* y", "// \\", "??/", "line\nline", "`x` | <b> & ]]>", "\\", "%s %macro",
         "\u00fc \u2264 \u4e2d", "a" * 300, "'", '"', "#", "@x"]
TYPES = ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"]
NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 65535, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 63 - 1]
# Backend, its option, and what compiles or parses its output.
OUTPUTS = [
    ("c", "style=value", ["gcc", "-std=gnu11", "-Wall", "-Werror", "-fsyntax-only", "-I.",
                          "use.c"]),
    ("c", "style=value", ["g++", "-std=gnu++17", "-Wall", "-Werror", "-fsyntax-only", "-I.",
                          "-xc++", "use.c"]),
    ("rust", None, ["rustc", "--edition=2021", "--crate-type=lib", "--emit=metadata",
                    "-Adead_code", "-o", "lib.rmeta", "src/lib.rs"]),
    ("asm", "syntax=gas", ["gcc", "-c", "-I.", "-o", "use.o", "use.S"]),
    ("asm", "syntax=nasm", ["nasm", "-f", "elf64", "-o", "use.o", "use.asm"]),
    ("json", None, None), ("markdown", None, None), ("html", None, None), ("xen", None, None)]
SINGLE = {"json": "x.json", "markdown": "x.md", "html": "x.html", "xen": "dispatch.c"}


class Fault(Exception):
    """What is wrong, and with which specification."""


def mappings(node, key=None):
    """(key that it is under, mapping) of each mapping."""
    if isinstance(node, dict):
        yield key, node
        for name, value in node.items():
            yield from mappings(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from mappings(value, key)


def collect(specs):
    """{key: [values that stand there anywhere]}"""
    found = {}
    for spec in specs:
        for _, mapping in mappings(spec):
            for key, value in mapping.items():
                found.setdefault(key, []).append(value)
    return found


def rename(node, old, new):
    if isinstance(node, dict):
        return {new if key == old else key: rename(value, old, new) for key, value in node.items()}
    if isinstance(node, list):
        return [rename(value, old, new) for value in node]
    return new if node == old else node


def random_value(rng, key, values):
    """A value that key can have, or nearly."""
    if key in ("doc", "safety"):
        return rng.choice(TEXTS)
    if key in ("type", "repr"):
        return rng.choice(TYPES)
    if rng.random() < 0.6 and values.get(key):
        return copy.deepcopy(rng.choice(values[key]))
    return rng.choice(NUMBERS + NAMES)


def change(rng, spec, values):
    """One change, in place."""
    operations = spec.get("subops") or {}
    places = [mapping for _, mapping in mappings(spec) if mapping]
    place = rng.choice(places)
    key = rng.choice(list(place))
    kind = rng.randrange(6)
    if kind == 0 and operations:  # an operation more
        name = rng.choice(list(operations))
        twin = copy.deepcopy(operations[name])
        if isinstance(twin, dict):
            twin["index"] = rng.randrange(1000)
        operations[rng.choice(NAMES) + "2"] = twin
    elif kind == 1 and operations:  # other names
        name = rng.choice(list(operations))
        operation = operations[name]
        if isinstance(operation, dict):
            sections = [operation.get(part) for part in ("input", "output")]
            names = [word for section in sections if isinstance(section, dict) for word in section]
            if names:
                operations[name] = rename(operation, rng.choice(names), rng.choice(NAMES))
    elif kind == 2:
        del place[key]
    elif kind == 3:  # a key from elsewhere
        other = rng.choice(places)
        if other:
            name = rng.choice(list(other))
            place[name] = copy.deepcopy(other[name])
    elif kind == 4 and operations and key in operations:  # the order of operations
        place[key] = place.pop(key)
    else:
        place[key] = random_value(rng, key, values)


def run(command, cwd):
    return subprocess.run(command, cwd=cwd, capture_output=True, check=False, timeout=300,
                          stdin=subprocess.DEVNULL)


def said(result):
    return (result.stdout + result.stderr).decode("utf-8", "replace")[-1500:]


def write_includes(out, command):
    """The file that includes all that was written."""
    suffix = {"use.c": ".h", "use.S": ".S", "use.asm": ".inc"}.get(command[-1])
    if not suffix:
        return
    word = "%include" if suffix == ".inc" else "#include"
    names = sorted(str(path.relative_to(out)) for path in out.rglob("*" + suffix))
    (out / command[-1]).write_text("".join(f'{word} "{name}"\n' for name in names))


def try_output(folder, name, backend, option, compiler):
    """Is it written?  Raises Fault if what is written is not right."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    command = [GEN, "generate", "-b", backend, "-o", str(out / SINGLE.get(backend, ""))]
    if option:
        command += ["-O", option]
    if backend == "c":
        command += ["-O", "headers=none", "-O", "types=builtin"]
    result = run(command + [name], folder)
    if result.returncode not in (0, 1) or (result.returncode and b" error: " not in result.stderr):
        raise Fault(f"{backend}: status {result.returncode}\n{said(result)}")
    if result.returncode:
        if any(out.iterdir()):
            raise Fault(f"{backend}: refused, and something is written")
        return False
    if backend == "json":
        json.loads((out / SINGLE[backend]).read_text(encoding="utf-8"))
    if compiler:
        write_includes(out, compiler)
        result = run(compiler, out)
        if result.returncode:
            raise Fault(f"{backend} {option or ''}: {' '.join(compiler)}\n{said(result)}")
    return True


def try_one(rng, folder, path, spec, counts):
    name = path.name
    path.write_text(yaml.safe_dump(spec, sort_keys=False, allow_unicode=True), encoding="utf-8")
    result = run([GEN, "check", name], folder)
    counts["tried"] += 1
    if result.returncode not in (0, 1) or (result.returncode and b" error: " not in result.stderr):
        raise Fault(f"check: status {result.returncode}\n{said(result)}")
    if result.returncode:
        return
    counts["accepted"] += 1
    for backend, option, compiler in rng.sample(OUTPUTS, 3):
        counts["compiled"] += try_output(folder, name, backend, option, compiler)


def main():
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    rng = random.Random(seed)
    artifacts = pathlib.Path(os.environ.get("FUZZ_ARTIFACTS", "."))
    counts = {"tried": 0, "accepted": 0, "compiled": 0}
    faults = 0
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="fastabi-structure-") as scratch:
        bases = []
        for number, place in enumerate(("tests/golden/spec", "abi")):
            folder = pathlib.Path(scratch) / str(number)
            shutil.copytree(TOP / place, folder)
            bases += [(folder, yaml.safe_load(path.read_text(encoding="utf-8")))
                      for path in sorted(folder.glob("*.yml"))]
        values = collect([spec for _, spec in bases])
        while not counts["accepted"] or time.monotonic() < end:
            folder, spec = rng.choice(bases)
            spec = copy.deepcopy(spec)
            for _ in range(rng.randrange(1, 5)):
                change(rng, spec, values)
            try:
                try_one(rng, folder, folder / "fuzzed.yml", spec, counts)
            except Fault as fault:
                faults += 1
                left = artifacts / f"structure-{seed}-{counts['tried']}.yml"
                shutil.copy(folder / "fuzzed.yml", left)
                print(f"FAILED  {left}: {fault}", flush=True)
    print(", ".join(f"{count} {what}" for what, count in counts.items()), flush=True)
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
