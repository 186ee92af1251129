#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What fuzzing starts from, as files: DIRECTORY/TARGET/NAME.

  seeds.py DIRECTORY

From the file inputs, and from specifications and snapshots of the tree.
"""
import base64
import hashlib
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
# What a second version of a specification has otherwise.
CHANGES = [("reg: 3", "reg: 5"), ("u32", "u64"), ("index: 1\n", "index: 7\n"), ("output", "input")]


def write(folder, target, data):
    name = hashlib.sha256(data).hexdigest()[:16]
    (folder / target).mkdir(parents=True, exist_ok=True)
    (folder / target / name).write_bytes(data)


def main():
    folder = pathlib.Path(sys.argv[1])
    text = (TOP / "tests/fuzz/inputs").read_text(encoding="utf-8")
    for entry in re.split(r"(?m)^== ", text)[1:]:
        head, data = entry.split("\n", 1)
        words = head.split()
        data = data.rstrip("\n")
        write(folder, words[0],
              base64.b64decode(data) if "base64" in words else (data + "\n").encode())
        if words[0] == "ctype":  # a type is not a line
            write(folder, words[0], data.encode())
    for place in ("abi", "tests/seed/abi", "tests/golden/spec", "tests/errors"):
        for path in sorted((TOP / place).rglob("*.yml")):
            write(folder, "spec", path.read_bytes())
    for path in sorted((TOP / "tests/golden/spec").glob("*.yml")):
        new = old = path.read_text(encoding="utf-8")
        for before, after in CHANGES:
            new = new.replace(before, after)
        write(folder, "diff", f"{old}%%%\n{new}".encode())
    write(folder, "snapshot", (TOP / "tests/golden/layout-snapshot.yml").read_bytes())


if __name__ == "__main__":
    main()
