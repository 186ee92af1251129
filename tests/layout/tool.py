# SPDX-License-Identifier: MIT
"""What the layout tests share: the command, its messages, the headers.  Knows no test."""
import os
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
GEN = os.path.abspath(os.environ.get("FASTABI_GEN") or TOP / "build" / "fastabi-gen")
BUILD = pathlib.Path(os.environ.get("BUILD") or TOP / "build").resolve()
HEADERS = {release: str(TOP / "build" / "xen-headers" / release / "usr" / "include")
           for release in ("4.17", "4.20")}
SPECS = ("event_channel", "grant_table", "hvm", "memory", "sched", "vcpu", "version")
# The start of the specification that most tests of small headers have; "index: 1" is its end.
DEMO = """name: demo
hypercall_index: 3
hypercall_macro: __HYPERVISOR_demo_op
index_prefix: DEMOOP_
headers: [demo.h]
subops:
  go:
    index: 1
"""
MESSAGE = re.compile(
    r"^(?P<file>.*?)(?::(?P<line>\d+))?(?::(?P<column>\d+))?: (?P<severity>note|warning|error): "
    r"(?P<text>.*) \[(?P<id>FA\d{4})\]$")


class Report:
    """Counts, and says what failed."""

    def __init__(self, is_update=False):
        self.passed = self.failed = self.skipped = 0
        self.is_update = is_update
        self.transcript = {}

    def check(self, good, title, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {title}" + (f"\n    {detail}" if detail else ""), flush=True)
        return good

    def said(self, title, text):
        """Keep what a case said, to be compared whole when its part is done."""
        if title in self.transcript:
            self.check(False, title, "two cases of one title")
        self.transcript[title] = text

    def compare_said(self, part):
        """Compare what the part's cases said with PART.expected, a check for each, or write that.
        """
        path = TOP / "tests" / "layout" / (part + ".expected")
        if self.is_update and self.transcript:
            path.write_text(
                "".join(f"== {title}\n{text}" for title, text in self.transcript.items()))
        parts = re.split(r"(?m)^== (.*)\n", path.read_text() if path.exists() else "")[1:]
        expected = dict(zip(parts[::2], parts[1::2]))
        for title in {**expected, **self.transcript}:
            wanted, got = expected.get(title), self.transcript.get(title)
            self.check(wanted == got, f"what is said of {title}",
                       f"expected ({path.name}):\n{wanted}\ngot:\n{got}")
        self.transcript = {}

    def skip(self, title, why):
        self.skipped += 1
        print(f"skipped {title}: {why}", flush=True)


def call(*arguments, cwd=TOP, timeout=60, env=None):
    """Run fastabi-gen, check with all messages; (exit status, standard output, standard error)."""
    if arguments[0] == "check":
        arguments = ("check", "--all", *arguments[1:])
    done = subprocess.run([GEN, *map(str, arguments)], cwd=cwd, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True,
                          errors="replace", timeout=timeout, env={**os.environ, **(env or {})})
    return done.returncode, done.stdout, done.stderr


def messages(text):
    """The messages in what the command printed, as dictionaries."""
    found = []
    for line in text.splitlines():
        match = MESSAGE.match(line)
        if match:
            message = match.groupdict()
            message["line"] = int(message["line"] or 0)
            message["column"] = int(message["column"] or 0)
            found.append(message)
    return found


def brief(text):
    """'FA0603 error xen.h:7' of each message; the last part of the file's path only."""
    return ["{} {} {}:{}".format(m["id"], m["severity"], os.path.basename(m["file"]), m["line"])
            for m in messages(text)]
