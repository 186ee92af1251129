#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Test the examples in the documentation: write the files that it shows, run its commands, compare its excerpts.

A comment before a fenced block says what it is: <!-- file: NAME -->, <!-- run -->, <!-- part of: NAME -->. A block without one is
prose.  Each document gets a scratch folder in which "build" is the build folder and "abi" the specifications.
Last line: "N passed, N failed, N skipped".
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^<!-- (?P<role>[^\n]*?) -->\n```\w*\n(?P<text>.*?)^```$", re.M | re.S)


def run_block(role, text, folder):
    """Carry out one block; returns what is wrong with it, or None."""
    if role == "run":
        done = subprocess.run(["bash", "-eu", "-c", text], cwd=folder, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            return f"exit status {done.returncode}\n{done.stdout}"
    elif role.startswith("file: "):
        path = folder / role[6:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    elif role.startswith("part of: "):
        path = TOP / role[9:] if (TOP / role[9:]).exists() else folder / role[9:]
        if not path.exists() or text not in path.read_text():
            return f"is not in {role[9:]}"
    else:
        return None
    return None


def test_document(document, build):
    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "build").symlink_to(build)
        (folder / "abi").symlink_to(TOP / "abi")
        source = document.read_text()
        for match in BLOCK.finditer(source):
            if not re.match(r"run$|file: |part of: ", match["role"]):
                continue
            line = source.count("\n", 0, match.start()) + 1
            fault = run_block(match["role"], match["text"], folder)
            passed += fault is None
            failed += fault is not None
            if fault is not None:
                print(f"{document.relative_to(TOP)}:{line}: {match['role']}: {fault}")
    return passed, failed


def main():
    build = pathlib.Path(os.environ.get("BUILD", TOP / "build")).resolve()
    documents = [TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").glob("*.md"))]
    counts = [test_document(document, build) for document in documents]
    passed, failed = (sum(column) for column in zip(*counts))
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed != 0 or passed == 0


if __name__ == "__main__":
    sys.exit(main())
