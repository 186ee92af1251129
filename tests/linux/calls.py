# SPDX-License-Identifier: MIT
"""What Xen counted, and the tables of it in docs/linux.md.  Must not know what is booted."""
import os
import re

import model

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PAGE = os.path.join(TOP, "docs", "linux.md")
XEN = r"^\(XEN\) (?:\[[^\]]*\] )?FastABI count d(\d+) "
LINE = re.compile(XEN + r"hypercall (\d+) op (\d+): (\d+) classic, (\d+) fast$")
END = re.compile(XEN + r"all: (\d+) classic, (\d+) fast$")
ABIS = "classic", "FastABI"
# A row of the table.
ROW = re.compile(r"^\| `([\w.]+)` \| (FastABI|classic) \| ([\d,]+) \| (.*) \|$")
# In a note: such a call is made on releases of Xen before that one only.
BEFORE = re.compile(r"\bXen before (\d+)\.(\d+)\b")
RELEASE = re.compile(r"^\(XEN\) (?:\[[^\]]*\] )?Xen version (\d+)\.(\d+)")
# A table is between two comments, which say whose calls they are.
MARKS = "<!-- the calls{}: from here", "<!-- the calls{}: to here -->"
# Hypercalls in Xen's public header.
HYPERCALL = re.compile(r"^#define __HYPERVISOR_(\w+) +(\d+)$", re.MULTILINE)
# Xen counts all higher numbers of operations as this one: the first argument is a pointer.
NO_OPERATION = 64


class Names:
    """Of sub-operations by the hypercall's index and their own, from the specifications; and of
    hypercalls that have none, from a header of Xen."""

    def __init__(self, header=None):
        self.ops, self.specs, self.direct = {}, {}, set()
        if header:
            with open(header, encoding="utf-8") as file:
                self.specs = {int(number): name for name, number in HYPERCALL.findall(file.read())}
        for spec in model.load_folder(os.path.join(TOP, "abi")):
            self.specs[spec.hypercall_index] = spec.name
            for op in spec.ops:
                if op.direct:
                    self.direct.add(spec.hypercall_index)
                else:
                    self.ops[spec.hypercall_index, op.index] = op.title

    def of(self, hypercall, op):
        """A name, and whether abi/ has the operation."""
        if hypercall in self.direct:
            return self.specs[hypercall], True
        if (hypercall, op) in self.ops:
            return self.ops[hypercall, op], True
        name = self.specs.get(hypercall, f"hypercall{hypercall}")
        return name if op == NO_OPERATION else f"{name}.{op}", False


def read(lines, header=None):
    """{domain: {(ABI, name): [calls, is in abi/]}}, of domains of which Xen says the sum, too."""
    names, found, complete = Names(header), {}, {}
    for line in lines:
        match = LINE.match(line)
        if match:
            domain, hypercall, op, *calls = (int(group) for group in match.groups())
            name, known = names.of(hypercall, op)
            counts = found.setdefault(domain, {})
            for abi, number in zip(ABIS, calls):
                if number:
                    counts.setdefault((abi, name), [0, known])[0] += number
        match = END.match(line)
        if match:
            domain, *calls = (int(group) for group in match.groups())
            if calls == [sum(row[0] for key, row in found.get(domain, {}).items() if key[0] == abi)
                         for abi in ABIS]:
                complete[domain] = found[domain]
    return complete


def between(text, whose):
    """Where the table starts and ends."""
    start, end = (text.index(mark.format(whose)) for mark in MARKS)
    return text.index("\n", start) + 1, end


def table(whose=""):
    """{(ABI, name): note} of the page."""
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    start, end = between(text, whose)
    rows = [ROW.match(line) for line in text[start:end].splitlines()]
    return {(row.group(2), row.group(1)): row.group(4) for row in rows if row}


def release(lines):
    """Of Xen: (major, minor)."""
    found = next(filter(None, map(RELEASE.match, lines)), None)
    return tuple(map(int, found.groups())) if found else (0, 0)


def faults(counted, wanted, whole=True, xen=(0, 0)):
    """What differs from the table, in which all that a whole boot makes is. Other work may make
    other calls through FastABI, and a later release of Xen needs none that its note rules out."""
    found = []
    for (abi, name), (number, known) in sorted(counted.items()):
        note = wanted.get((abi, name))
        before = note and BEFORE.search(note)
        if before and xen >= tuple(map(int, before.groups())):
            found.append(f"{name}: {number} {abi} calls on Xen {xen[0]}.{xen[1]}: {note}")
        if note is None and known and abi == "FastABI" and not whole:
            continue
        if note is None or (abi == "classic" and not note):
            found.append(f"{name}: {number} {abi} calls: " + (
                "abi/ has it, so it should go through FastABI" if abi == "classic" and known
                else "docs/linux.md does not list it, or gives no reason"))
    return found + [f"{name}: no {abi} call" for (abi, name), note in sorted(wanted.items())
                    if whole and (abi, name) not in counted and not note.startswith("sometimes")]


def sums(counts):
    """{hypercall: calls} of a domain, in both ABIs. A call that Xen continued has another number of
    operation then, so only the sum can be compared."""
    found = {}
    for (_, name), (number, _) in counts.items():
        hypercall = name.split(".")[0]
        found[hypercall] = found.get(hypercall, 0) + number
    return found


def too_many(counted, classic):
    """Hypercalls of which a boot makes many more than one without FastABI: a batch that became
    single calls. What depends on time differs by less."""
    wanted = sums(classic)
    return [f"{name}: {number} calls, and {wanted.get(name, 0)} without FastABI"
            for name, number in sorted(sums(counted).items())
            if number > 3 * wanted.get(name, 0) + 100]


def update(counts, whose=""):
    """Write the calls of a boot into the page; notes stay, and rows with one."""
    notes = table(whose)
    counts = {**{key: [0, True] for key, note in notes.items() if note}, **counts}
    lines = ["| operation | ABI | calls | note |", "|---|---|---:|---|"]
    for (abi, name), (calls, _) in sorted(counts.items(), key=lambda i: (i[0][0] != "classic",
                                                                         -i[1][0], i[0][1])):
        lines.append(f"| `{name}` | {abi} | {calls:,} | {notes.get((abi, name), '')} |")
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    start, end = between(text, whose)
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(text[:start] + "\n" + "\n".join(lines) + "\n\n" + text[end:])
