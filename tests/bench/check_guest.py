# SPDX-License-Identifier: MIT
"""Are the limits of scripts/bench guest limits, and is docs/performance.md what was measured?
Needs no hypervisor."""
import csv
import importlib.machinery
import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "docs")
# Operations without a number: one does not come back, two are not in this release of Xen; besides
# those that dom0 does not succeed in.
ABSENT = {"sched.shutdown", "vcpu.register_runstate_phys_area", "vcpu.register_vcpu_time_phys_area"}


def load():
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("guest", os.path.join(HERE, "guest"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("guest", loader))
    loader.exec_module(module)
    return module


guest = load()

# copies, frame, limit above the floor; what FastABI saves, what it adds to the floor; are the
# limits kept?
LIMITS = [
    ("nothing copied, the limit", (0, False, None), (-100, 900), [True]),
    ("nothing copied, one more", (0, False, None), (-101, 900), [False]),
    ("one copy, the limit", (1, False, None), (3000, 900), [True]),
    ("one copy, one less", (1, False, None), (2999, 900), [False]),
    ("two copies, the limit", (2, False, None), (6000, 900), [True]),
    ("two copies, one less", (2, False, None), (5999, 900), [False]),
    ("a frame, the limit", (1, True, None), (2500, 900), [True]),
    ("a frame, one less", (1, True, None), (2499, 900), [False]),
    ("nothing copied, its own limit", (0, False, (None, 130, None)), (-130, 900), [True]),
    ("nothing copied, one more than its own", (0, False, (None, 130, None)), (-131, 900), [False]),
    ("above the floor, the limit", (1, False, (300, None, 290)), (4000, 300), [True, True]),
    ("above the floor, one more", (1, False, (300, None, 290)), (4000, 301), [True, False]),
]
# By the public headers: the struct in, the struct out, what it points to; and is a frame read?
COPIES = {
    "event_channel.status": (2, False), "event_channel.close": (1, False),
    "version.version": (0, False),
    "vcpu.get_runstate_info": (1, False), "vcpu.initialise": (0, True), "sched.poll": (2, False),
    "grant_table.get_version": (2, False), "hvm.flush_tlbs": (0, False),
    "memory.memory_map": (2, False), }


def row(copies, frame, limit, saved, above, wait=0):
    fast = 5000 + above + wait
    return guest.Row("some.operation", (fast + saved, fast, 5000, 5000, "a case"), copies,
                     frame, limit)


def limits():
    for title, given, cost, kept in LIMITS:
        judged = [good for _, good in row(*given, *cost).limits]
        if judged != kept:
            yield f"{title}: {judged}"
    shown = guest.as_text([row(1, False, (300, None, 290), 4000, 300)])
    if " 300   290 " not in shown:
        yield f"the RFC's figure is not beside ours: {shown}"
    if row(1, False, (300, None, None), 0, 0, guest.A_WAIT).limits:
        yield "an operation that waits is judged"


def operations():
    return [op for spec in guest.cost.stubs.model.load_folder(guest.ABI) for op in spec.ops]


def copies():
    classic = guest.tables.classic_table()
    found = {op.title: guest.copies(op, classic) for op in operations()}
    return [f"{name}: {found.get(name)}" for name, wanted in COPIES.items()
            if found.get(name) != wanted]


def logs():
    line = "(d0) cost a.b 3 2 1 1 a case"
    costs, version, ended = guest.read_log(
        ["(XEN) Xen version 4.17 (x) debug=n Sun", line, "(d0) cost end"])
    if (costs, version, ended) != ({"a.b": (3, 2, 1, 1, "a case")}, "Xen version 4.17 (x) debug=n",
                                   True):
        yield f"read as {costs}, {version}, {ended}"
    if guest.read_log([line])[2] or guest.read_log([line, "(d0) cost endless 1"])[2]:
        yield "a boot without an end has one"
    other = {"a.b": (3, 2, 1, 2, "a case")}
    if guest.differences(costs, dict(costs)) or guest.differences(costs, other) != [
            "a.b"] or not guest.differences(costs, {}):
        yield "boots that differ do not"


def releases():
    """A line of another release does not count, and one of this release takes another's place."""
    lines = ["# a line", "a.b 10 - 5", "", "c.d 20 - -", "[4.2]", "a.b 99 - 5", "[4.22]",
             "a.b 30 - 5", "e.f - 130 -"]
    for version, wanted in (
            ("Xen version 4.17.5 (x)", {"a.b": (10, None, 5), "c.d": (20, None, None)}),
            ("Xen version 4.22.0 (x)", {"a.b": (30, None, 5), "c.d": (20, None, None),
                                        "e.f": (None, 130, None)})):
        found = guest.read_limits(lines, version)
        if found != wanted:
            yield f"{version}: {found}"


def page():
    """Table, CSV and chart name every operation, and table and CSV give the same numbers."""
    with open(os.path.join(DOCS, "performance.csv"), encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    with open(os.path.join(DOCS, "performance.md"), encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(DOCS, "images", "performance.svg"), encoding="utf-8") as file:
        chart = file.read()
    wanted = {op.title for op in operations()} - ABSENT - set(guest.tables.exceptions("dom0"))
    there = {r["operation"] for r in rows}
    if wanted != there:
        yield f"performance.csv differs by {sorted(wanted ^ there)}"
    if len(rows) <= len(there):
        yield "performance.csv has no calls as kernels make them"
    for r in rows:
        waits = r["limits"] == "waits"
        numbers = ("waits | waits" if waits
                   else f"{int(r['classic']):,} | {int(r['fastabi']):,} | {int(r['saved']):,}")
        if f"| {r['operation']} | {numbers} |" not in text:
            yield f"performance.md has another line for {r['operation']}"
        if (f">{r['operation']}</text>" in chart) == waits:
            yield f"performance.svg: {r['operation']}"


def main():
    failed = 0
    for test in (limits, copies, logs, releases, page):
        wrong = list(test())
        failed += bool(wrong)
        print(f"{'FAILED ' if wrong else 'ok     '} {test.__name__}")
        for line in wrong:
            print("   ", line)
    print(f"{5 - failed} passed, {failed} failed, 0 skipped")


if __name__ == "__main__":
    main()
