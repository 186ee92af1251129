# SPDX-License-Identifier: MIT
"""What the plugin instructions.c counted, the table of it in docs/performance.md and docs/linux.md,
and the picture. Must not know what is booted."""
import collections
import os
import re

import chart

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "docs")
PAGES = [os.path.join(DOCS, name) for name in ("performance.md", "linux.md")]
PICTURE = os.path.join(DOCS, "images", "linux.svg")
WORDS = chart.Words("Instructions of a Linux domain, classic and FastABI",
                    "Instructions from the start of a domain to its end, in thousands",
                    "kinds of instructions", "linux.md", None)
MARKS = "<!-- instructions of Linux: from here", "<!-- instructions of Linux: to here -->"
KINDS = {"domains": "domain", "xen-for-domains": "Xen, for the domain", "dom0": "dom0",
         "xen-for-dom0": "Xen, for dom0"}
# What a domain counts, and the row for it.
REQUESTS = {"requests": "requests to the disk", "packets": "packets through the network"}
LINE = re.compile(r"^instructions: xen-for-dom0 (\d+) xen-for-domains (\d+) dom0 (\d+) "
                  r"domains (\d+)$", re.MULTILINE)


def read(done):
    """{kind: instructions, what the domain counts: how many}; None if it is not there."""
    with open(done.log + ".qemu", encoding="utf-8") as file:
        found = LINE.search(file.read())
    counted = dict(match.groups() for match in (re.search(r"\b(requests|packets): (\d+)$", line)
                                                for line in done.lines) if match)
    if not found or set(counted) != set(REQUESTS):
        return None
    numbers = dict(zip(("xen-for-dom0", "xen-for-domains", "dom0", "domains"), found.groups()))
    return {name: int(number) for name, number in {**numbers, **counted}.items()}


def page(rows, kernels, works):
    """A table: a row for each kind of instructions, a column for each kernel. The first work is
    little of all, each other one more of what a row of REQUESTS counts."""
    few, *more = works
    classic, fast = kernels
    lines = ["| instructions, in thousands | classic | FastABI | difference |",
             "|---|---:|---:|---:|"]
    for kind, name in KINDS.items():
        counts = [rows[kernel, few][kind] for kernel in (classic, fast)]
        lines.append(f"| {name} | {counts[0] // 1000:,} | {counts[1] // 1000:,} | "
                     f"{100 * (counts[1] - counts[0]) / counts[0]:+.2f} % |")
    for many, (counted, name) in zip(more, REQUESTS.items()):
        per = [1e9 * (rows[kernel, many][counted] - rows[kernel, few][counted])
               / sum(rows[kernel, many][kind] - rows[kernel, few][kind] for kind in KINDS)
               for kernel in kernels]
        lines.append(f"| {name}, per thousand million instructions | {per[0]:.1f} | "
                     f"{per[1]:.1f} | {100 * (per[1] - per[0]) / per[0]:+.2f} % |")
    return "\n".join(lines)


def between(text):
    """Where the table of a page starts and ends."""
    return text.index("\n", text.index(MARKS[0])) + 1, text.index(MARKS[1])


def tables():
    """The table of each page."""
    found = []
    for path in PAGES:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        start, end = between(text)
        found.append(text[start:end].strip("\n"))
    return found


def picture(text):
    """Two bars for each kind of instructions in a table."""
    row = collections.namedtuple("Row", "title classic fast")
    cells = [re.split(r" *\| *", line)[1:4] for line in text.splitlines()]
    return chart.draw([row(name, *(int(number.replace(",", "")) for number in numbers))
                       for name, *numbers in cells if name in KINDS.values()], WORDS)


def update(text):
    """Write the table into the pages, and draw the picture."""
    for path in PAGES:
        with open(path, encoding="utf-8") as file:
            whole = file.read()
        start, end = between(whole)
        with open(path, "w", encoding="utf-8") as file:
            file.write(whole[:start] + "\n" + text + "\n\n" + whole[end:])
    with open(PICTURE, "w", encoding="utf-8") as file:
        file.write(picture(text))
