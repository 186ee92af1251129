#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What gcc's counters say, as totals, files, and lines and branches that nothing ran.

  report.py BUILD

BUILD: a directory built with --coverage.  A branch is one of the ways that a jump of a line can go;
"a && b" has two jumps.  The file reasons says of functions why a part of them is not run: "FILE
FUNCTION: REASON".  That part counts all the same.  Exit status 1: lines or branches are below the
limits, lines or branches have no reason, or a function has one that it does not need.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
PARTS = ("lib/", "backends/", "tools/")
LINES, BRANCHES = 95, 90
AT_ONCE = 16  # objects for one gcov


class File:
    """lines: {line: count}; branches: {(line, which): count}; functions: {line: name}"""

    def __init__(self):
        self.lines, self.branches, self.functions = {}, {}, {}

    def add(self, entry):
        """What gcov says of the file in one object; others may have more."""
        for function in entry["functions"]:
            for line in range(function["start_line"], function["end_line"] + 1):
                self.functions[line] = function["name"]
        for line in entry["lines"]:
            number = line["line_number"]
            self.lines[number] = self.lines.get(number, 0) + line["count"]
            for which, branch in enumerate(line["branches"]):
                key = number, line.get("function_name"), which
                self.branches[key] = self.branches.get(key, 0) + branch["count"]

    def share(self):
        return (sum(map(bool, self.lines.values())), len(self.lines),
                sum(map(bool, self.branches.values())), len(self.branches))

    def missing(self):
        """{function: (lines, {line: branches that nothing took})}; not those of such lines."""
        found = {}
        for line, count in sorted(self.lines.items()):
            if not count:
                found.setdefault(self.functions.get(line, "?"), ([], {}))[0].append(line)
        for (line, _, _), count in sorted(self.branches.items()):
            if not count and self.lines[line]:
                branches = found.setdefault(self.functions.get(line, "?"), ([], {}))[1]
                branches[line] = branches.get(line, 0) + 1
        return found


def ask_gcov(objects):
    """The files of what was counted in some objects."""
    done = subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--stdout", *objects],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return [(report["current_working_directory"], entry)
            for report in map(json.loads, done.stdout.splitlines()) for entry in report["files"]]


def read(build):
    """{file below the top: File}"""
    objects = sorted(str(path) for part in PARTS
                     for path in pathlib.Path(build, part).rglob("*.gcno"))
    groups = [objects[i:i + AT_ONCE] for i in range(0, len(objects), AT_ONCE)]
    files = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for folder, entry in (pair for group in pool.map(ask_gcov, groups) for pair in group):
            path = pathlib.Path(folder, entry["file"]).resolve()
            name = str(path.relative_to(TOP)) if path.is_relative_to(TOP) else ""
            if name.startswith(PARTS):
                files.setdefault(name, File()).add(entry)
    return files


def read_reasons():
    """{(file, function): reason}"""
    found = {}
    for text in (TOP / "tests/coverage/reasons").read_text(encoding="utf-8").splitlines():
        match = re.match(r"(\S+\.[ch]) (\w+): (.*)", text)
        if match:
            found[match[1], match[2]] = match[3]
    return found


def percent(some, all_of_them):
    return 100 * some / all_of_them if all_of_them else 100


def describe(lines, branches):
    """Which lines and branches."""
    return "; ".join(word for word in (
        "lines " + ", ".join(map(str, lines)) if lines else "",
        "branches of " + ", ".join(map(str, branches)) if branches else "") if word)


def main():
    files, reasons = read(sys.argv[1]), read_reasons()
    totals = [0, 0, 0, 0]
    unexplained, stale = 0, dict(reasons)
    print(f"{'file':<40} {'lines':>12} {'branches':>12}")
    for name in sorted(files):
        share = files[name].share()
        totals = [a + b for a, b in zip(totals, share)]
        print(f"{name:<40} {percent(*share[:2]):10.1f} % {percent(*share[2:]):10.1f} %")
    print("\nnever run:")
    for name in sorted(files):
        for function, missing in files[name].missing().items():
            reason = stale.pop((name, function), None)
            unexplained += not reason
            print(f"  {name} {function}: {describe(*missing)}"
                  + (f"  ({reason})" if reason else ""))
    for name, function in stale:
        print(f"  {name} {function}: has a reason, and all of it runs")
    lines, branches = percent(*totals[:2]), percent(*totals[2:])
    print(f"\nlines {totals[0]} of {totals[1]}, {lines:.1f} % (limit {LINES} %); "
          f"branches {totals[2]} of {totals[3]}, {branches:.1f} % (limit {BRANCHES} %); "
          f"{unexplained} functions with a part that nothing runs and no reason, "
          f"{len(stale)} reasons too many")
    sys.exit(lines < LINES or branches < BRANCHES or unexplained or bool(stale) or not files)


if __name__ == "__main__":
    main()
