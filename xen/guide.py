# SPDX-License-Identifier: GPL-2.0-only
"""The reference of the hypercalls as pages of Xen's guest guide: from what the backend markdown of
fastabi-gen writes to .rst, as Xen's Sphinx takes it. Must not know any hypercall.
"""
import re
import textwrap

WIDTH = 79
# By Xen's docs/README.source this is the licence of all that Sphinx renders.
LICENCE = ".. SPDX-License-Identifier: CC-BY-4.0\n"
TITLES = {"# ": "=", "## ": "-"}


def inline(text):
    """Code, links and escapes; a name that ends in "_" would be a reference."""
    pieces = re.split(r"(\[`[^`]*`\]\([\w-]+\.md\)|`[^`]*`)", text)
    for i, piece in enumerate(pieces):
        link = re.fullmatch(r"\[`([^`]*)`\]\(([\w-]+)\.md\)", piece)
        if link:
            pieces[i] = ":doc:`%s`" % link[2]
        elif i % 2:
            pieces[i] = "`%s`" % piece
        else:
            pieces[i] = re.sub(r"(?<!\\)_(?!\w)|(?<!\\)\|", r"\\\g<0>", piece)
    return "".join(pieces)


def wrapped(text, first="", rest=""):
    return "\n".join(textwrap.wrap(inline(text), WIDTH, initial_indent=first,
                                   subsequent_indent=rest, break_long_words=False,
                                   break_on_hyphens=False))


def cells(line):
    """Of a row; what has a bar in it has a backslash before it."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def table(lines):
    rows = [cells(line) for line in lines[:1] + lines[2:]]
    text = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        for i, cell in enumerate(row):
            text.append(wrapped(cell, "     - " if i else "   * - ", "       ")
                        or ("     -" if i else "   * -"))
    return "\n".join(text)


def block(text):
    """One block of the page: what is between two empty lines."""
    lines = text.splitlines()
    for mark, line in TITLES.items():
        if text.startswith(mark):
            title = inline(text[len(mark):])
            return "%s\n%s" % (title, line * len(title))
    if text.startswith("|"):
        return table(lines)
    if text.startswith("- "):
        return "\n".join(wrapped(line[2:], "- ", "  ") for line in lines)
    return wrapped(" ".join(lines))


def rst(markdown):
    """A page of the backend's as one of Xen's."""
    comment, text = re.fullmatch(r"<!-- (.*?) -->\n(.*)", markdown, re.DOTALL).groups()
    head = "..\n" + "\n".join("   " + line.strip() for line in comment.splitlines())
    return "\n\n".join([LICENCE + head] + [block(part) for part in
                                           re.split(r"\n\n+", text.strip())]) + "\n"
