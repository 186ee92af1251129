# SPDX-License-Identifier: MIT
"""Faulty stubs: the faults of tests/stubs/mutate*.py, in every operation at once.

An operation with a fault is one mutant.  Must not know what a fault looks like, nor how it is
noticed.
"""
import collections
import os
import re

import mutate
import mutate_functions


def change_all(places, change):
    """Change each piece of text, (path, start, end, operation); the titles of those that change."""
    by_path, titles = collections.defaultdict(list), set()
    for path, start, end, op in places:
        by_path[path].append((start, end, op))
    for path, pieces in by_path.items():
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for start, end, op in sorted(pieces, key=lambda piece: -piece[0]):
            changed = change(text[start:end], op)
            if changed != text[start:end]:
                text = text[:start] + changed + text[end:]
                titles.add(op.title)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return titles


class C:
    """Faults that only instrumented code shows are not for the prover.  A condition of a random
    specification may hold always, or be one of a circle; then a fault in it changes nothing, so
    these faults are for abi/, which has no condition on an output with a condition."""

    faults = {name: group for name, (_, group, instrumented) in mutate.MUTATIONS.items()
              if not instrumented and name != "condition on an output that means nothing"}
    # In a struct an input is read again for the next call, so only an argument shows this one.
    faults["clobber lost"] = ("value", "vmcall")
    sensible = {name for name in faults if name.startswith("condition")}
    sensible.add("output stored too narrow")    # its condition may leave only small values
    ways = [("gcc", "-O2"), ("clang", "-O0")]
    quiet = ["-w"]

    @staticmethod
    def spoil(folder, specs, fault):
        places = mutate.find_stubs(folder, specs)
        if fault == "clobber lost":     # what a pointer points to is read again for the next call
            places = [place for place in places
                      if not any(p.is_pointer for p in place[3].inputs
                                 if p.reg_in in place[3].clobbers)]
        return change_all(places, mutate.MUTATIONS[fault][0])


MICROSOFT_ONLY = ("rdi not saved", "rsi not saved", "registers restored in the wrong order")


class Functions:
    """In both conventions and syntaxes."""

    faults = {f"{name}, {convention}": (convention, transfer)
              for name, (_, (_, transfer), _) in mutate_functions.MUTATIONS.items()
              for convention in ("sysv", "microsoft")
              if convention == "microsoft" or name not in MICROSOFT_ONLY}
    ways, quiet, sensible = [("gas",), ("nasm",)], [], {
        f"{name}, {convention}" for name in ("condition dropped", "condition on the whole register")
        for convention in ("sysv", "microsoft")}

    @staticmethod
    def spoil(folder, specs, fault):
        change = mutate_functions.FUNCTIONS[fault.rpartition(", ")[0]]
        titles = set()
        for extension in ("S", "nasm"):
            titles |= change_all(find_functions(folder, specs, extension),
                                 lambda text, op: change(text))
        return titles


def find_functions(folder, specs, extension):
    """(path, start, end, operation) of each function in assembly."""
    for spec in specs:
        by_symbol = {op.symbol: op for op in spec.ops}
        path = os.path.join(folder, "fastabi", f"{spec.name}.{extension}")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for found in re.finditer(mutate_functions.BLOCKS[extension], text, re.M):
            symbol = re.match(r"\s+\w+ xen_hypercall_(\w+)", found.group(0)).group(1)
            yield path, found.start(), found.end(), by_symbol[symbol]


FAULTY = {"c": C, "functions": Functions}


def faults():
    """[(language, fault)]"""
    return [(language, fault) for language, faulty in FAULTY.items() for fault in faulty.faults]


def folder_of(work, fault):
    return os.path.join(work.folder, "fault-" + "".join(
        letter if letter.isalnum() else "-" for letter in fault))
