# SPDX-License-Identifier: MIT
"""Reads the file of mutants that survive for a reason.  Must not know how they are tried.

An entry ends with an empty line:

    FILE FUNCTION
    - a line as it is
    + what the mutant makes of it
    The reason, in one line or more.
"""
import dataclasses


class Wrong(Exception):
    """The file is not as it has to be."""


@dataclasses.dataclass
class Entry:
    key: tuple
    line: int
    reason: str


def parse(path, text):
    """{key of a mutant: entry}"""
    entries, line = {}, 1
    for block in text.split("\n\n"):
        lines = [each for each in block.split("\n") if not each.startswith("#")]
        start, line = line, line + block.count("\n") + 2
        if not any(lines):
            continue
        words = lines[0].split()
        old = [each[2:] for each in lines[1:] if each.startswith("- ")]
        new = [each[2:] for each in lines[1:] if each.startswith("+ ") or each == "+"]
        reason = " ".join(each for each in lines[1:] if each[:1] not in ("-", "+")).strip()
        if len(words) != 2 or not old or not new or not reason:
            raise Wrong(f"{path}:{start}: an entry has FILE FUNCTION, lines with - and +, and a"
                        " reason")
        key = (*words, "\n".join(old), "\n".join(new))
        if key in entries:
            raise Wrong(f"{path}:{start}: the same as line {entries[key].line}")
        entries[key] = Entry(key, start, reason)
    return entries
