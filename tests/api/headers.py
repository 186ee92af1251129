# SPDX-License-Identifier: MIT
"""What include/fastabi declares: functions with their comments, structs with theirs.  Knows no
rule."""
import collections
import glob
import os
import re

Function = collections.namedtuple("Function", "header line result name params comment")
Param = collections.namedtuple("Param", "type name")
Member = collections.namedtuple("Member", "header line struct text comment")

DECLARATION = re.compile(r"FASTABI_API\s+([^;(]*?)(fastabi_\w+)\s*\(([^;]*?)\)"
                         r"(?:\s*FASTABI_PRINTF\([^)]*\))?;", re.S)


def read_headers(root):
    paths = sorted(glob.glob(os.path.join(root, "include", "fastabi", "*.h")))
    return {os.path.basename(path): open(path, encoding="utf-8").read() for path in paths}


def comment_above(text, start):
    """The comment that ends on the line before; "" if there is none."""
    before = text[:start].rstrip(" ")
    if not before.endswith("*/\n"):
        return ""
    return before[before.rindex("/*"):].strip()


def split_params(text):
    params = []
    for param in re.sub(r"\s+", " ", text).split(","):
        param = param.strip()
        match = re.fullmatch(r"(.*?)(\w+)(\[\w*\])?", param)
        if param == "...":
            params.append(Param("...", ""))
        elif param != "void":
            params.append(Param(match[1].strip() + (" *" if match[3] else ""), match[2]))
    return params


def read_functions(root):
    functions = []
    for header, text in read_headers(root).items():
        for match in DECLARATION.finditer(text):
            functions.append(Function(
                header, text.count("\n", 0, match.start()) + 1,
                re.sub(r"\s+", " ", match[1]).strip(), match[2], split_params(match[3]),
                comment_above(text, match.start())))
    return functions


def read_members(root):
    members = []
    for header, text in read_headers(root).items():
        for struct in re.finditer(r"^struct (\w+) \{\n(.*?)^\};", text, re.M | re.S):
            body = struct[2]
            for match in re.finditer(r"^    (?![/ ]\*)([^;]*;)", body, re.M):
                line = text.count("\n", 0, struct.start(2) + match.start()) + 1
                members.append(Member(header, line, struct[1], match[1],
                                      comment_above(body, match.start())))
    return members


def read_nodes(root):
    """{function: version of its node in lib/libfastabi.map}"""
    nodes, version = {}, None
    with open(os.path.join(root, "lib", "libfastabi.map"), encoding="utf-8") as stream:
        for line in stream:
            version = line.split("_")[1].split()[0] if line.startswith("LIBFASTABI_") else version
            match = re.match(r"    (fastabi_\w+);", line)
            if match:
                nodes[match[1]] = version
    return nodes
