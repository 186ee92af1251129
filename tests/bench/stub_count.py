# SPDX-License-Identifier: MIT
"""Counting instructions in object files, and the table that the counts make.

Must not know a language.
"""
import re
import subprocess
import sys

PADDING = re.compile(r"^(cs |data16 |ds )*nop|^xchg +%ax,%ax$|^int3$")


def fail(text):
    sys.exit(text)


def run(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        fail(f"{command[0]}: not found; install or build it")
    if done.returncode:
        fail(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def instructions(path):
    """{function: instructions} of an object file, padding left out."""
    counts, current = {}, None
    for line in run(["objdump", "-d", "--no-show-raw-insn", path]).splitlines():
        if found := re.match(r"[0-9a-f]+ <((?!\.\.@)[^>]+)>:", line):    # NASM's own labels
            current = found.group(1)
            counts[current] = 0
        elif found := re.match(r" +[0-9a-f]+:\t(.*?)\s*$", line):
            counts[current] += not PADDING.match(found.group(1))
    return counts


class Exceptions:
    """What may be above its bound, and by how much: {(block, column, operation): instructions}.  A
    column is a compiler; of "1.63.0-Os" only what is after the release counts."""

    def __init__(self, known):
        self.known, self.unused = known, set(known)

    def get(self, block, column, operation, otherwise):
        key = (block, column.rpartition("-")[2], operation)
        self.unused.discard(key)
        return self.known.get(key, otherwise)


class Block:
    """Columns that share a bound: a language, a style.  Without a bound the numbers are differences
    already.  The margin is a number, or a function of the operation."""

    def __init__(self, title, bound, margin):
        self.title, self.bound, self.margin = title, bound, margin
        self.columns = []    # (title, {symbol: instructions})

    def add(self, title, counts):
        self.columns.append((title, counts))

    def headings(self):
        return ([f"{'bound':>6}"] if self.bound else []) + [f"{title:>9}"
                                                            for title, _ in self.columns]

    def cell(self, got, bound):
        if not self.bound:
            return f"{got:+9}"
        above = got - bound
        return f"{got:6}" + (f"{above:+3}" if above else "   ")

    def row(self, op, allowed, failures):
        """Cells of an operation; what is too much goes to failures. allowed: Exceptions."""
        bound = self.bound(op) if self.bound else 0
        cells = [f"{bound:6}"] if self.bound else []
        for title, counts in self.columns:
            got = counts[op.symbol]
            cells.append(self.cell(got, bound))
            margin = self.margin(op) if callable(self.margin) else self.margin
            margin = allowed.get(self.title, title, op.title, margin)
            if got - bound > margin:
                failures.append(f"{op.title}, {self.title}, {title}: {got} instructions, {bound} "
                                f"and {margin} are allowed")
        return cells

    def totals(self, ops):
        bound = sum(map(self.bound, ops)) if self.bound else 0
        return ([f"{bound:6}"] if self.bound else []) + \
            [self.cell(sum(counts[op.symbol] for op in ops), bound) for _, counts in self.columns]


def table(ops, blocks, allowed, failures):
    """Print it: a row an operation, all blocks side by side."""
    def line(first, cells):
        print(f"{first:34} " + " | ".join(" ".join(c) for c in cells))

    line("", [[f"{b.title:^{len(' '.join(b.headings()))}}"] for b in blocks])
    line("operation", [b.headings() for b in blocks])
    for op in ops:
        line(op.title, [b.row(op, allowed, failures) for b in blocks])
    line("total", [b.totals(ops) for b in blocks])
