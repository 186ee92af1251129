# SPDX-License-Identifier: MIT
"""The public headers as data: comments and the declarations that they document.

Must not know what is made of them.
"""
import re
from dataclasses import dataclass, field


@dataclass
class Item:
    """A declaration with its comment."""

    kind: str  # function, type, macro
    name: str
    code: str
    comment: str


@dataclass
class Section:
    """What follows a comment like /* ---- reading ---- */."""

    title: str
    items: list = field(default_factory=list)


@dataclass
class Header:
    """One header: its first comment, and its sections."""

    name: str
    comment: str
    sections: list

    def items(self):
        return [item for section in self.sections for item in section.items]

    def functions(self):
        return [item.name for item in self.items() if item.kind == "function"]


def plain(comment):
    """The text of a C comment, without its stars."""
    text = re.sub(r"^/\*+|\*+/$", "", comment.strip())
    lines = [re.sub(r"^\s*\* ?", "", line).rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n").strip()


def name_of(code):
    """(kind, name) of a declaration; None for what is not documented."""
    flat = " ".join(re.sub(r"/\*.*?\*/", " ", code, flags=re.S).split())
    if flat.startswith("#define"):
        name = re.match(r"#define (\w+)", flat)[1]
        # Include guards, and what is there for the headers themselves.
        return None if name.endswith("_H") or flat == f"#define {name}" else ("macro", name)
    if flat.startswith("typedef"):
        match = re.search(r"\(\*(\w+)\)|(\w+);$", flat)
        return ("type", match[1] or match[2])
    if re.match(r"(struct|enum|union) \w+ *[;{]", flat):
        return ("type", " ".join(flat.split()[:2]).rstrip(";{"))
    match = re.search(
        r"(\w+) ?\(", re.sub(r"FASTABI_PRINTF\(.*?\)|__attribute__\(\(.*?\)\)$", "", flat)
    )
    return ("function", match[1]) if match and "FASTABI_API" in flat else None


def skipped(line):
    return re.match(
        r"#\s*(if|ifdef|ifndef|else|elif|endif|include|undef)\b", line
    ) or line.startswith(('extern "C"', "}"))


def take_declaration(lines, start):
    """The lines of a declaration: to a semicolon outside braces, or to the end of a macro."""
    depth, end = 0, start
    while True:
        line = re.sub(r"/\*.*?\*/", "", lines[end])
        depth += line.count("{") - line.count("}")
        end += 1
        if lines[start].startswith("#"):
            if not line.rstrip().endswith("\\"):
                break
        elif (depth == 0 and ";" in line) or end == len(lines):
            break
    return lines[start:end], end


def add_item(items, item):
    """C and C++ may have a declaration each of one name."""
    if items and items[-1].name == item.name:
        items[-1].code += "\n" + item.code
    else:
        items.append(item)


def read_header(path, name):
    lines = path.read_text(encoding="utf-8").split("\n")
    sections, first, comment, i = [Section("")], None, "", 0
    while i < len(lines):
        line = lines[i]
        if line.startswith("/*"):
            start = i
            while "*/" not in lines[i]:
                i += 1
            i += 1
            text = plain("\n".join(lines[start:i]))
            title = re.fullmatch(r"---- (.*) ----", text, re.S)
            if title:
                sections.append(Section(" ".join(title[1].split())))
                comment = ""
            elif first is None and not text.startswith("SPDX"):
                first = text
            else:
                comment = text
        elif not line.strip() or skipped(line):
            comment = comment if line.strip() else ""
            i += 1
        else:
            code, i = take_declaration(lines, i)
            kind = name_of("\n".join(code))
            if kind:
                add_item(sections[-1].items, Item(*kind, "\n".join(code), comment))
            comment = ""
    return Header(name, first or "", [section for section in sections if section.items])


def read_headers(top):
    """The headers in the order in which fastabi.h includes them."""
    directory = top / "include" / "fastabi"
    order = re.findall(r"#include <fastabi/(\w+)\.h>", (directory / "fastabi.h").read_text())
    return [read_header(directory / f"{name}.h", name) for name in order]
