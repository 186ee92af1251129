#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests of layouts: headers, snapshots, checks, diff.  run.py [--quick] [PART]...; FASTABI_GEN: the command, BUILD: its
build folder.  Needs scripts/xen-headers.  Last line: "N passed, N failed, N skipped"."""
import importlib
import pathlib
import subprocess
import sys
import time

from tool import HEADERS, TOP, Report

PARTS = [path.stem[5:] for path in sorted(pathlib.Path(__file__).parent.glob("test_*.py"))]


def main():
    quick = "--quick" in sys.argv
    chosen = [name for name in sys.argv[1:] if name != "--quick"] or PARTS
    unknown = set(chosen) - set(PARTS)
    if unknown:
        sys.exit(f"there is no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    if not all(pathlib.Path(folder, "xen/xen.h").exists() for folder in HEADERS.values()):
        subprocess.run([TOP / "scripts/xen-headers"], check=True)
    report = Report()
    for name in chosen:
        before, start = (report.passed, report.failed), time.monotonic()
        importlib.import_module("test_" + name).run(report, quick)
        print(f"{name}: {report.passed - before[0]} passed, {report.failed - before[1]} failed"
              f" ({time.monotonic() - start:.1f} s)", flush=True)
    print(f"{report.passed} passed, {report.failed} failed, {report.skipped} skipped")
    return report.failed > 0


if __name__ == "__main__":
    sys.exit(main())
