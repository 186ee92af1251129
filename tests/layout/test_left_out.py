# SPDX-License-Identifier: MIT
"""scripts/left-out: what is in headers and neither carried nor explained is named; a page that is
stale, and a reason for nothing, are errors."""
import pathlib
import re
import subprocess
import tempfile

from tool import TOP

XEN_H = """#define __XEN_LATEST_INTERFACE_VERSION__ 0x00041700
#define __HYPERVISOR_demo_op 3
#define __HYPERVISOR_other_op 4
#define __HYPERVISOR_VIRT_START 0xFFFF800000000000
#define __HYPERVISOR_alias __HYPERVISOR_demo_op
"""
DEMO_H = """#include "xen.h"
#define DEMOOP_go 1
#define DEMOOP_stop 2
#define DEMOOP_halt DEMOOP_stop
#define DEMOOP_FLAG 3
#ifdef __XEN_TOOLS__
#define DEMOOP_tools 5
#define OTHEROP_one 1
#endif
"""
ABI = """name: demo
hypercall_index: 3
hypercall_macro: __HYPERVISOR_demo_op
index_prefix: DEMOOP_
subops:
  go: { index: 1 }
"""
REASONS = """reasons:
  why: "It is not wanted."
hypercalls:
  demo_op:
    operations:
      DEMOOP_st*: why
      DEMOOP_tools: "For tools."
    values: [DEMOOP_FLAG]
  other_op: { reason: "Another.", prefix: OTHEROP_ }
"""
LISTED = ["DEMOOP_stop", "DEMOOP_tools", "OTHEROP_one", "__HYPERVISOR_other_op"]
# title, what is replaced in headers, abi/ or reasons, what is new, names without a reason
CASES = [
    ("all have reasons", "", "", LISTED, []),
    ("a new sub-operation", "#define DEMOOP_stop 2", "#define DEMOOP_stop 2\n#define DEMOOP_new 7",
     LISTED + ["DEMOOP_new"], ["DEMOOP_new"]),
    ("a new hypercall", "#define __HYPERVISOR_other_op 4",
     "#define __HYPERVISOR_other_op 4\n#define __HYPERVISOR_newer_op 5",
     LISTED + ["__HYPERVISOR_newer_op"], ["__HYPERVISOR_newer_op"]),
    ("a sub-operation of a hypercall that is left out", "#define OTHEROP_one 1",
     "#define OTHEROP_one 1\n#define OTHEROP_two 2", LISTED + ["OTHEROP_two"], []),
    ("abi/ loses an operation", "  go: { index: 1 }", "  stop: { index: 2 }",
     ["DEMOOP_go", "DEMOOP_tools", "OTHEROP_one", "__HYPERVISOR_other_op"], ["DEMOOP_go"]),
    ("a reason is gone", '      DEMOOP_tools: "For tools."\n', "", LISTED, ["DEMOOP_tools"]),
    ("a value's pattern is gone", "    values: [DEMOOP_FLAG]\n", "", LISTED + ["DEMOOP_FLAG"],
     ["DEMOOP_FLAG"]),
]


def left_out(*arguments):
    done = subprocess.run([TOP / "scripts/left-out", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def check_case(report, case):
    title, old, new, listed, missing = case
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "xen").mkdir()
        (folder / "abi").mkdir()
        files = {"xen/xen.h": XEN_H, "xen/demo.h": DEMO_H, "abi/demo.yml": ABI,
                 "reasons.yml": REASONS}
        report.check(any(old in text for text in files.values()), f"left-out: {title}: is a change")
        for path, text in files.items():
            (folder / path).write_text(text.replace(old, new) if old else text)
        status, out, said = left_out("--headers", folder, "--abi", folder / "abi", "--reasons",
                                     folder / "reasons.yml", "--page", folder / "page.md")
    new_here = re.findall(r"(?m)^- (\w+): ", out.split("# What abi/")[0])
    report.check(sorted(new_here) == sorted(listed), f"left-out: {title}: what is listed", out)
    report.check(re.findall(r"no reason for (\w+);", said) == missing
                 and status == (1 if missing else 0),
                 f"left-out: {title}: what has no reason", f"{status}: {said}")
    report.check(out.count("**no reason given**") == len(missing),
                 f"left-out: {title}: the page says so", out)


def check_tree(report):
    """The page of the tree, and what makes it stale."""
    status, _, said = left_out("--check")
    report.check((status, said) == (0, ""), "left-out: the page is up to date", said)
    with tempfile.TemporaryDirectory() as name:
        page, reasons = pathlib.Path(name, "page.md"), pathlib.Path(name, "reasons.yml")
        page.write_text((TOP / "docs/left-out.md").read_text().replace("| 27 |", "| 72 |", 1))
        status, _, said = left_out("--check", "--page", page)
        report.check(status == 1 and "it would change" in said, "left-out: a stale page", said)
        table = (TOP / "scripts/left-out.yml").read_text()
        for title, old, new, expected in (
                ("a reason for nothing", "  xen_version:\n    operations:\n",
                 '  xen_version:\n    operations:\n      XENVER_nothing: "x"\n',
                 "'XENVER_nothing' is for nothing"),
                ("no reason for a sub-operation of 4.17",
                 "      XENMEM_claim_pages: control\n", "", "no reason for XENMEM_claim_pages;"),
                ("no reason for a hypercall of 4.17", "  iret: { reason: pv }\n", "",
                 "no reason for __HYPERVISOR_iret;")):
            report.check(old in table, f"left-out: {title}: is a change")
            reasons.write_text(table.replace(old, new, 1))
            status, _, said = left_out("--check", "--reasons", reasons)
            report.check(status == 1 and expected in said, f"left-out: {title}", said)


def run(report, amount):
    for case in CASES:
        check_case(report, case)
    check_tree(report)
