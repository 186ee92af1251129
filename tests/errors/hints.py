# SPDX-License-Identifier: MIT
"""Messages say what is wrong, then what to do: which of those that were said do not, and the ids
for which nothing can be said.  Knows no case."""
import re

import command

# Ids without a hint, and why.
NO_HINT = {
    "HEADER_FAULT": "the text is the C parser's",
    "BAD_ARGUMENT": "the text says what the function needs; the caller is a program",
    "BACKEND_FAILED": "the text is the backend's; those of the library's own have a hint",
    "DIFF_GONE": "it reports a change; which version is right only the user knows",
    "DIFF_REGISTER": "it reports a change",
    "DIFF_NUMBER": "it reports a change",
    "DIFF_TYPE": "it reports a change",
    "DIFF_SIGNATURE": "it reports a change",
    "DIFF_LAYOUT": "it reports a change",
    "DIFF_ADDED": "it reports a change",
    "DIFF_CHANGED": "it reports a change",
    "DIFF_CALLER": "it reports a change",
    "DIFF_MEANING": "it reports a change",
}
LINE = re.compile(r"(?:^|: )(note|warning|error): (.*) \[(FA\d{4})\]$")
ADVICE = re.compile(r"; [a-z0-9'-]|\?$")


def find_unhelpful(said):
    """Lines without a hint, each text once. A note that names a second place needs none."""
    names = {label: name for name, label in command.LABEL_OF.items()}
    found = {}
    for line in said.splitlines():
        match = LINE.search(line)
        if not match or names.get(match[3]) in NO_HINT:
            continue
        if match[1] == "note" and command.LABELS[match[3]] != "note":
            continue
        if not ADVICE.search(match[2]) and not match[2].endswith(" here"):
            found.setdefault((match[3], re.sub(r"'[^']*'|\d+", "X", match[2])), line)
    return ["no hint in: " + line for line in found.values()]
