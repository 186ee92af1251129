#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What lcov collected, as totals, files, and lines that nothing ran.

  report.py COVERAGE.INFO

Exit status 1 when lines or branches are below the limits.  The file reasons has lines "FILE
FUNCTION: REASON"; lines of those functions are listed apart, and count all the same.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
PARTS = ("lib/", "backends/", "tools/")
LINES, BRANCHES = 95, 90


class File:
    def __init__(self):
        self.lines, self.branches, self.functions = {}, {}, []

    def function_of(self, line):
        """The function that a line is in: the last one that starts before it."""
        return max(((start, name) for start, name in self.functions if start <= line),
                   default=(0, "?"))[1]

    def share(self):
        return (sum(map(bool, self.lines.values())), len(self.lines),
                sum(map(bool, self.branches.values())), len(self.branches))


def read(path):
    """{file below the top: File}"""
    files, current = {}, File()
    for text in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        word, _, rest = text.partition(":")
        if word == "SF":
            source = pathlib.Path(rest).resolve()
            name = str(source.relative_to(TOP)) if source.is_relative_to(TOP) else ""
            known = name.startswith(PARTS)
            current = files.setdefault(name, File()) if known else File()
        elif word == "FN":
            start, name = rest.split(",")[0], rest.split(",")[-1]
            current.functions.append((int(start), name))
        elif word == "DA":
            line, count = rest.split(",")[:2]
            current.lines[int(line)] = current.lines.get(int(line), 0) + int(count)
        elif word == "BRDA":
            line, block, branch, count = rest.split(",")
            key = (int(line), block, branch)
            current.branches[key] = current.branches.get(key, 0) + int(count.replace("-", "0"))
    return files


def read_reasons():
    """{(file, function): reason}"""
    found = {}
    for text in (TOP / "tests/coverage/reasons").read_text(encoding="utf-8").splitlines():
        match = re.match(r"(\S+\.c) (\w+): (.*)", text)
        if match:
            found[match[1], match[2]] = match[3]
    return found


def percent(some, all_of_them):
    return 100 * some / all_of_them if all_of_them else 100


def main():
    files, reasons = read(sys.argv[1]), read_reasons()
    totals = [0, 0, 0, 0]
    unexplained, stale = [], dict(reasons)
    print(f"{'file':<40} {'lines':>12} {'branches':>12}")
    for name in sorted(files):
        share = files[name].share()
        totals = [a + b for a, b in zip(totals, share)]
        print(f"{name:<40} {percent(*share[:2]):10.1f} % {percent(*share[2:]):10.1f} %")
    print("\nnever run:")
    for name in sorted(files):
        missing = {}
        for line, count in sorted(files[name].lines.items()):
            if not count:
                missing.setdefault(files[name].function_of(line), []).append(line)
        for function, lines in missing.items():
            reason = reasons.get((name, function))
            stale.pop((name, function), None)
            unexplained += [] if reason else [(name, function)]
            print(f"  {name} {function}: {', '.join(map(str, lines))}"
                  + (f"  ({reason})" if reason else ""))
    for name, function in stale:
        print(f"  {name} {function}: has a reason, and all of it runs")
    lines, branches = percent(*totals[:2]), percent(*totals[2:])
    print(f"\nlines {totals[0]} of {totals[1]}, {lines:.1f} % (limit {LINES} %); "
          f"branches {totals[2]} of {totals[3]}, {branches:.1f} % (limit {BRANCHES} %); "
          f"{len(unexplained)} functions with lines that nothing runs and no reason")
    sys.exit(lines < LINES or branches < BRANCHES or not files)


if __name__ == "__main__":
    main()
