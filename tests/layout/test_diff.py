# SPDX-License-Identifier: MIT
"""fastabi-gen diff: each kind of change, its id, its place, and whether it breaks."""
import pathlib
import re
import shutil
import tempfile

from tool import HEADERS, TOP, brief, call, messages

BASE = """name: demo
hypercall_index: 3
subops:
  go:
    index: 1
    clobbers: [7]
    input:
      a: { reg: 2, type: u32, doc: "A." }
    output:
      b: { reg: 3, type: u32 }
    errors: { EINVAL: "bad" }
  stop:
    index: 2
  lend:
    index: 3
    class: control
    input:
      where: { reg: 2, type: u64 }
      e: { reg: 3, type: u32 }
    output:
      d: { reg: 4, type: u32 }
      f: { reg: 5, type: u32, valid_when: 'd > 1 && d < 5' }
    xen:
      args: [op, e, list, struct]
      fields: { d: d, f: f }
      struct: demo
      arrays:
        list: { from: where, count: e, size: 8 }
      progress: { arg: 1, left: true }
  give:
    index: 4
    class: any
    foreign: true
    input:
      place: { reg: 2, type: u16, pack: { bus: u8, devfn: u8 } }
    c_lang:
      struct: demo_give
  tell:
    index: 6
    input:
      what: { reg: 2, type: u64 }
    output:
      u: 3
    c_lang:
      struct: demo_tell
      params: { what: uint64_t }
    xen:
      args: [op, list, struct]
      arrays:
        list: { from: what, count: 4, size: 2, optional: true }
  take:
    index: 7
    safety: "Own it."
    input:
      frame: { reg: 2, type: gfn, shared: true }
  pair:
    index: 10
    input: { x: { reg: 2, type: u32 }, y: { reg: 3, type: u32 } }
    output: { v: { reg: 4, type: u32 }, w: { reg: 5, type: u32 } }
    c_lang: { struct: demo_pair, struct_compat: [demo_both, demo_two] }
  keep:
    index: 21
    input: { q: { reg: 2, type: u32 } }
    fixed: { flags: 1, zero: 0 }
    c_lang: { struct: demo_keep }
  keep_set:
    index: 22
    input: { q: { reg: 2, type: u32 } }
    output: { r: { reg: 3, type: u32, valid_when: 'q == 1 && q < 7' } }
    xen: { struct: demo_set, fields: { dom: 0x7ff0, q: q, r: r }, args: [op, 5, struct] }
  show:
    index: 12
    input: { buffer: { reg: 2, type: u64, shared: true } }
  dare:
    index: 13
    safety: "Dare."
  late:
    index: 9
    errors: { EBUSY: "later", EPERM: "no" }
    since: "4.3"
"""
# (title, what to replace, by what, ids of errors, ids of notes)
CASES = [
    ("nothing", "", "", [], []),
    ("documentation", '"A."', '"Another."', [], []),
    ("input moved", "a: { reg: 2", "a: { reg: 4", ["FA0621"], []),
    ("output moved", "b: { reg: 3", "b: { reg: 4", ["FA0621"], []),
    ("renumbered", "index: 1\n", "index: 5\n", ["FA0622"], []),
    ("hypercall renumbered", "hypercall_index: 3", "hypercall_index: 4", ["FA0622"], []),
    ("input narrowed", "type: u32, doc", "type: u16, doc", ["FA0623"], ["FA0624"][:0]),
    ("input widened", "type: u32, doc", "type: u64, doc", [], ["FA0627"]),
    ("input's sign", "type: u32, doc", "type: i32, doc", ["FA0623"], []),
    ("output narrowed", "b: { reg: 3, type: u32", "b: { reg: 3, type: u16", ["FA0623"], []),
    ("output widened", "b: { reg: 3, type: u32", "b: { reg: 3, type: u64", ["FA0623"], []),
    ("output gone", "    output:\n      b: { reg: 3, type: u32 }\n", "", ["FA0620", "FA0624"], []),
    ("input gone", "    input:\n      a: { reg: 2, type: u32, doc: \"A.\" }\n",
     "", ["FA0620", "FA0624"], []),
    ("input added", "    output:", "      c: { reg: 4, type: u32 }\n    output:",
     ["FA0621", "FA0624"], []),
    ("output added", "    errors:", "      c: { reg: 4, type: u32 }\n    errors:",
     ["FA0621", "FA0624"], []),
    ("clobber added", "clobbers: [7]", "clobbers: [7, 6]", ["FA0621"], []),
    ("output where a clobber was", """clobbers: [7]
    input:
      a: { reg: 2, type: u32, doc: "A." }
    output:
""", """input:
      a: { reg: 2, type: u32, doc: "A." }
    output:
      c: { reg: 7, type: u32 }
""", ["FA0624"], ["FA0627"]),
    ("output renamed", "b: { reg: 3", "c: { reg: 3", ["FA0620", "FA0624"], ["FA0627"]),
    ("inputs in another order", "x: { reg: 2, type: u32 }, y: { reg: 3, type: u32 }",
     "y: { reg: 3, type: u32 }, x: { reg: 2, type: u32 }", ["FA0624"], []),
    ("outputs in another order", "v: { reg: 4, type: u32 }, w: { reg: 5, type: u32 }",
     "w: { reg: 5, type: u32 }, v: { reg: 4, type: u32 }", ["FA0624"], []),
    ("one of the other structs is gone", "[demo_both, demo_two]", "[demo_two]", ["FA0624"], []),
    ("release", 'since: "4.3"', 'since: "4.4"', [], ["FA0627"]),
    ("the same release, of the file", '    since: "4.3"', 'since: "4.3"', [], []),
    ("errors in another order", 'EBUSY: "later", EPERM: "no"', 'EPERM: "no", EBUSY: "later"',
     [], []),
    ("clobber gone", "    clobbers: [7]\n", "", [], ["FA0627"]),
    ("class of which nothing was said", "index: 1\n", "index: 1\n    class: any\n", [], []),
    ("class of which nothing is said", "    class: control\n", "", [], ["FA0627"]),
    ("class narrowed", "class: control", "class: hardware", ["FA0628"], []),
    ("class opened", "class: control", "class: any", [], ["FA0627"]),
    ("foreign domains gone", "class: any\n    foreign: true\n", "class: any\n", ["FA0628"], []),
    ("foreign domains added", "class: control", "class: control\n    foreign: true",
     [], ["FA0627"]),
    ("later for HVM guests", "class: control", 'class: control\n    hvm_since: "4.20"',
     [], ["FA0627"]),
    ("condition added", "b: { reg: 3, type: u32", "b: { reg: 3, type: u32, valid_when: 'a == 1'",
     ["FA0629"], []),
    ("condition gone", ", valid_when: 'd > 1 && d < 5'", "", [], ["FA0627"]),
    ("condition changed", "d > 1 && d < 5", "d < 1 || d > 5", ["FA0629"], []),
    ("condition with another number", "d > 1 && d < 5", "d > 1 && d < 6", ["FA0629"], []),
    ("condition with another comparison", "d > 1 && d < 5", "d > 1 && d <= 5", ["FA0629"], []),
    ("condition on another output", "d > 1 && d < 5", "d > 1 && f < 5", ["FA0629"], []),
    ("condition spelled otherwise", "d > 1 && d < 5", "d > 0x1&&d < 5", [], []),
    ("condition in another order", "q == 1 && q < 7", "q < 7 && q == 1", [], []),
    ("condition with the number itself", "q == 1 && q < 7", "q == 1 && q <= 6", [], []),
    ("condition with a number more", "q == 1 && q < 7", "q == 1 && q <= 7", ["FA0629"], []),
    ("condition without one of two", "q == 1 && q < 7", "q == 1", ["FA0629"], []),
    ("condition of which one is enough", "q == 1 && q < 7", "q == 1 || q < 7", ["FA0629"], []),
    ("constant", "flags: 1", "flags: 2", ["FA0629"], []),
    ("constant gone", "flags: 1, zero: 0", "zero: 0", ["FA0629"], []),
    ("constant of 0 gone", "flags: 1, zero: 0", "flags: 1", [], ["FA0627"]),
    ("constant added", "flags: 1, zero: 0", "flags: 1, zero: 0, more: 3", ["FA0629"], []),
    ("constant of 0 added", "flags: 1, zero: 0", "flags: 1, zero: 0, more: 0", [], ["FA0627"]),
    ("constants in another order", "flags: 1, zero: 0", "zero: 0, flags: 1", [], []),
    ("constant of the handler", "dom: 0x7ff0", "dom: 3", ["FA0629"], []),
    ("constant of the handler gone", "dom: 0x7ff0, ", "", ["FA0629"], []),
    ("number for the handler", "[op, 5, struct]", "[op, 6, struct]", ["FA0629"], []),
    ("arguments in another order", "[op, 5, struct]", "[op, struct, 5]", ["FA0629"], []),
    ("arguments of which nothing is said", ", args: [op, 5, struct]", "", ["FA0629"], []),
    ("pack: another field", "bus: u8, devfn: u8", "bus: u8, slot: u8", ["FA0629"], []),
    ("pack: another order", "bus: u8, devfn: u8", "devfn: u8, bus: u8", ["FA0629"], []),
    ("pack: sign", "bus: u8, devfn: u8", "bus: i8, devfn: u8", ["FA0629"], []),
    ("memory: direction", "{ from: where", "{ both: where", ["FA0624", "FA0629"], []),
    ("memory: size", "size: 8", "size: 4", ["FA0629"], []),
    ("memory: optional", "size: 8", "size: 8, optional: true", [], ["FA0627"]),
    ("memory: no longer optional", "size: 2, optional: true", "size: 2", ["FA0629"], []),
    ("condition where nothing was said", "u: 3", "u: { reg: 3, valid_when: 'u > 1' }",
     [], ["FA0627"]),
    ("progress added", "optional: true }", "optional: true }\n      progress: { arg: 0, shift: 6 }",
     ["FA0629"], []),
    ("progress gone", "      progress: { arg: 1, left: true }\n", "", [], ["FA0627"]),
    ("errors", 'EINVAL: "bad"', 'EINVAL: "bad", EPERM: "no"', [], ["FA0627"]),
    ("safety added", "index: 1\n", 'index: 1\n    safety: "Beware."\n', ["FA0624"], []),
    ("safety gone, memory stays", '    safety: "Own it."\n', "", [], []),
    ("safety gone", '    safety: "Dare."\n', "", [], ["FA0627"]),
    ("memory gone", "type: u64, shared: true", "type: u64", [], ["FA0627", "FA0627"]),
    ("a named type", "what: { reg: 2, type: u64 }", "what: { reg: 2, type: gfn }", ["FA0624"], []),
    ("another named type", "type: gfn", "type: guest_phys_addr", ["FA0624"], []),
    ("a named type gone", "type: gfn", "type: u64", ["FA0624"], []),
    ("shared memory", "what: { reg: 2, type: u64", "what: { reg: 2, shared: true, type: u64",
     [], ["FA0627"]),
    ("memory that is not shared", ", shared: true", "", [], ["FA0627"]),
    ("an index of its own", "index: 6\n", "index: 6\n    own_index: true\n", [], ["FA0627"]),
    ("operation gone", "  stop:\n    index: 2\n", "", ["FA0620"], []),
    ("operation added", "  stop:", "  pause:\n    index: 11\n  stop:", [], ["FA0626"]),
    ("specification renamed", "name: demo", "name: other", ["FA0620"], ["FA0626"]),
]


def check_case(report, folder, case):
    title, old, new, errors, notes = case
    (folder / "old.yml").write_text(BASE)
    assert old in BASE, title
    (folder / "new.yml").write_text(BASE.replace(old, new, 1) if old else BASE)
    status, out, said = call("diff", "old.yml", "new.yml", cwd=folder)
    got = messages(said)
    report.said(title, said)
    report.check(status == (1 if errors else 0) and out == "" and
                 sorted(m["id"] for m in got if m["severity"] == "error") == errors and
                 sorted(m["id"] for m in got if m["severity"] == "note") == notes
                 and all(m["line"] for m in got), f"diff: {title}", f"{status}: {said}")


def check_struct_changes(report, folder):
    old = (TOP / "abi/vcpu.yml").read_text()
    (folder / "old.yml").write_text(old)
    for title, before, after, expected in (
            ("the stand-in is gone", "      struct_compat: [vcpu_register_time_memory_area]\n",
             "", ["FA0624"]),
            ("another struct", "struct: vcpu_get_physid", "struct: vcpu_other", ["FA0624"]),
            ("another C type", "context_gfn: uint64_t", "context_gfn: unsigned long", ["FA0624"])):
        (folder / "new.yml").write_text(old.replace(before, after, 1))
        status, _, said = call("diff", "old.yml", "new.yml", cwd=folder)
        report.said(title, re.sub(r":\d+:\d+:", ":", said))  # lines of abi/ change
        report.check([m["id"] for m in messages(said)] == expected and status == bool(expected),
                     f"diff: {title}", said)


def check_snapshots(report, folder):
    for release in HEADERS:
        call("layout", "--headers", HEADERS[release], "-o", folder / f"{release}.yml", "abi/")
    status, _, said = call("diff", "4.17.yml", "4.20.yml", cwd=folder)
    report.said("4.17.yml to 4.20.yml", said)
    report.check(status == 0
                 and [m["id"] for m in messages(said)] == ["FA0627", "FA0626", "FA0626"],
                 "diff: 4.17 to 4.20 adds two macros", said)
    status, _, said = call("diff", "4.20.yml", "4.17.yml", cwd=folder)
    report.said("4.20.yml to 4.17.yml", said)
    report.check(status == 1
                 and brief(said)[:2] == ["FA0620 error vcpu.h:244", "FA0620 error vcpu.h:245"],
                 "diff: 4.20 to 4.17 loses them", said)
    text = (folder / "4.20.yml").read_text()
    for title, before, after, expected in (
            ("a value", "EVTCHNOP_close: 3,", "EVTCHNOP_close: 4,", ["FA0622"]),
            ("a size", "evtchn_close:\n    size: 4", "evtchn_close:\n    size: 8", ["FA0625"]),
            ("a width", "  evtchn_close:\n    size: 4\n    at: event_channel.h:168\n    fields:\n"
             "      port: u32",
             "  evtchn_close:\n    size: 4\n    at: event_channel.h:168\n    fields:\n"
             "      port: u16", ["FA0625"]),
            ("a field renamed", "      link_bits: u8", "      bits: u8", ["FA0625", "FA0626"]),
            ("a struct that is a union",
             "evtchn_close:\n    size: 4\n    at: event_channel.h:168\n",
             "evtchn_close:\n    size: 4\n    at: event_channel.h:168\n    union: true\n",
             ["FA0625"]),
            ("a kind", "      link_bits: u8", "      link_bits: pointer of 1", ["FA0625"]),
            ("a type's kind", "  uint32_t: u32", "  uint32_t: pointer of 4", ["FA0623"]),
            ("a new type", "  uint32_t: u32", "  uint31_t: u32\n  uint32_t: u32", ["FA0626"]),
            ("a type", "  uint32_t: u32", "  uint32_t: u64", ["FA0623"])):
        if not report.check(before in text, f"diff: {title} is in the snapshot", before):
            continue
        (folder / "new.yml").write_text(text.replace(before, after))
        status, _, said = call("diff", "4.20.yml", "new.yml", cwd=folder)
        report.said("snapshots: " + title, said)
        report.check(sorted(m["id"] for m in messages(said)) == expected
                     and status == (expected != ["FA0626"]),
                     f"diff of snapshots: {title}", said)


def run(report, amount):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        shutil.copytree(TOP / "abi/common", folder / "common")
        for case in CASES:
            check_case(report, folder, case)
        check_struct_changes(report, folder)
        check_snapshots(report, folder)
        status, _, said = call("diff", "4.17.yml", "old.yml", cwd=folder)
        report.check(status == 2, "diff: a snapshot and a specification", said)
        status, _, said = call("diff", "old.yml", cwd=folder)
        report.check(status == 2, "diff: one name", said)
    status, _, said = call("diff", "abi/", "abi/")
    report.check((status, said) == (0, ""), "diff: a directory with itself", said)
    status, _, said = call("diff", "tests/seed/abi/", "abi/")
    got = [m for m in messages(said) if m["severity"] == "error"]
    report.check(status == 1
                 and all(m["id"] in ("FA0620", "FA0621", "FA0623", "FA0624") for m in got) and
                 any("map_grant_ref: 'dev_bus_addr' is a new output" in m["text"] for m in got),
                 "diff: the request's files and ours", said)
