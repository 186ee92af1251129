#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What gcc's counters say, as totals, files, and lines and branches that nothing ran.

  report.py BUILD

BUILD: a directory built with --coverage.  A branch is one of the ways that a jump of a line can go;
"a && b" has two jumps.  The file reasons says why lines are not run, in lines of these forms:

  FILE FUNCTION...: REASON    lines of functions; "at times" before the reason: in some runs
  /PATTERN/: REASON           lines whose text has that regular expression

Such lines count all the same.  Exit status 1: lines or branches are below the limits, a line has no
reason, or a function has one and needs none.
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


class Reasons:
    """of_function: {(file, function): reason}; of_text: [(regular expression, reason)]"""

    def __init__(self, path):
        self.of_function, self.of_text = {}, []
        for text in path.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"(\S+\.[ch]) ([\w ]+): (.*)", text):
                self.of_function.update({(match[1], name): match[3] for name in match[2].split()})
            elif match := re.match(r"/(.*)/: (.*)", text):
                self.of_text.append((re.compile(match[1]), match[2]))
            elif text and not text.startswith("#"):
                sys.exit(f"{path}: {text}: not a reason")
        self.stale = {" ".join(key) for key, reason in self.of_function.items()
                      if not reason.startswith("at times ")}

    def find(self, name, function, text):
        """Those of a line; None: there is none."""
        for pattern, reason in self.of_text:
            if pattern.search(text):
                return reason
        self.stale.discard(f"{name} {function}")
        return self.of_function.get((name, function))


def percent(some, all_of_them):
    return 100 * some / all_of_them if all_of_them else 100


def describe(lines, branches):
    """Which lines, and ways of lines that run."""
    return "; ".join(word for word in (
        "lines " + ", ".join(map(str, lines)) if lines else "",
        "branches of " + ", ".join(map(str, branches)) if branches else "") if word)


def print_files(files):
    """Each file, and the sum of all: (lines that run, lines, branches that run, branches)."""
    totals = [0, 0, 0, 0]
    print(f"{'file':<40} {'lines':>12} {'branches':>12}")
    for name in sorted(files):
        share = files[name].share()
        totals = [a + b for a, b in zip(totals, share)]
        print(f"{name:<40} {percent(*share[:2]):10.1f} % {percent(*share[2:]):10.1f} %")
    return totals


def print_missing(files, reasons):
    """What nothing runs.  Returns the functions with lines without a reason."""
    unexplained = []
    print("\nnever run:")
    for name in sorted(files):
        texts = (TOP / name).read_text(encoding="utf-8").splitlines()
        for function, (lines, branches) in files[name].missing().items():
            found = {reasons.find(name, function, texts[line - 1].strip()): None for line in lines}
            if None in found:
                unexplained.append(f"{name} {function}")
                del found[None]
            print(f"  {name} {function}: {describe(lines, branches)}"
                  + "".join(f"  ({reason})" for reason in found))
    return unexplained


def main():
    files, reasons = read(sys.argv[1]), Reasons(TOP / "tests/coverage/reasons")
    totals = print_files(files)
    unexplained = print_missing(files, reasons)
    for name in unexplained:
        print(f"without a reason: {name}")
    for name in sorted(reasons.stale):
        print(f"with a reason too many: {name}")
    lines, branches = percent(*totals[:2]), percent(*totals[2:])
    print(f"\nlines {totals[0]} of {totals[1]}, {lines:.1f} % (limit {LINES} %); "
          f"branches {totals[2]} of {totals[3]}, {branches:.1f} % (limit {BRANCHES} %); "
          f"functions with lines that nothing runs and no reason: {len(unexplained)}, "
          f"reasons too many: {len(reasons.stale)}")
    sys.exit(lines < LINES or branches < BRANCHES or bool(unexplained or reasons.stale)
             or not files)


if __name__ == "__main__":
    main()
