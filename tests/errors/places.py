# SPDX-License-Identifier: MIT
"""Every text of a specification, replaced by one that would be code.  Must not know the language:
the places are the keys and values of a specification that uses all of it.

Each place is either refused, and the transcript says with which id, or its text ends up in comments
and data only.  A check that is dropped shows as another line of the transcript, or as a failure.
"""
import os
import re

import yaml

from command import DONE, Failure, call, parse_messages, transcript

EVIL = '"x); EVIL(); (y */ EVIL(); //"'
OUTPUTS = (("c", "style=struct"), ("c", "style=value"), ("rust", None), ("asm", "syntax=gas"),
           ("asm", "syntax=nasm"), ("xen", None))
COMMENTS = {".h": r"/\*.*?\*/|//[^\n]*", ".c": r"/\*.*?\*/|//[^\n]*", ".rs": r"//[^\n]*",
            ".S": r"/\*.*?\*/|[#/][^\n]*", ".inc": r";[^\n]*", ".toml": r"#[^\n]*"}


def find_places(node, path=""):
    """(path, node) of each scalar: keys as PATH.KEY, and values after ": "."""
    if isinstance(node, yaml.ScalarNode):
        yield path + ":", node
    elif isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            yield from find_places(item, "%s[%d]" % (path, i))
    else:
        for key, value in node.value:
            below = "%s.%s" % (path, key.value) if path else key.value
            yield below, key
            yield from find_places(value, below)


def find_code(folder):
    """The files below directory that have the text outside of comments."""
    found = []
    for where, _, files in os.walk(folder):
        for name in files:
            with open(os.path.join(where, name), encoding="utf-8") as stream:
                pattern = COMMENTS.get(os.path.splitext(name)[1])
                text = re.sub(pattern, "", stream.read(), flags=re.S) if pattern else stream.read()
            if "EVIL" in text:
                found.append(name)
    return found


def generate_all(path, cwd):
    """What the backends make of a text that is accepted."""
    for number, (backend, option) in enumerate(OUTPUTS):
        output = os.path.join("out%d" % number, "dispatch.c" if backend == "xen" else "")
        status, _, errors = call(["generate", "-b", backend, "-o", output, path]
                                 + (["-O", option] if option else []), cwd)
        code = find_code(os.path.join(cwd, "out%d" % number))
        if code:
            raise Failure("%s: text became code in %s" % (backend, ", ".join(code)))
        if status != DONE and not parse_messages(errors):
            raise Failure("%s: status %d without a message" % (backend, status))


def replace(text, node):
    """The text with the evil one in place of a scalar."""
    end = "\n" if node.style in (">", "|") else ""
    return text[:node.start_mark.index] + EVIL + end + text[node.end_mark.index:]


def try_place(spec, node, cwd):
    """What is said of the place, in a few words."""
    _, _, errors = call(["check", spec], cwd)
    line = node.start_mark.line + 1
    ids = [label for _, at, _, severity, _, label in parse_messages(errors)
           if severity == "error" and at == line]
    if "error:" in errors:
        return " ".join(ids) or "is refused elsewhere"
    generate_all(spec, cwd)
    return "is a comment"


def try_all(folder, spec, file, cwd):
    """All places of a file (of the specification, or its types), into the transcript."""
    os.mkdir(os.path.join(cwd, "common"))
    for name in (spec, "common/types.yml", file):
        with open(os.path.join(folder, name), encoding="utf-8") as stream:
            text = stream.read()
        with open(os.path.join(cwd, name), "w", encoding="utf-8") as stream:
            stream.write(text)
    for path, node in find_places(yaml.compose(text)):
        with open(os.path.join(cwd, file), "w", encoding="utf-8") as stream:
            stream.write(replace(text, node))
        try:
            transcript.append("%s %s" % (path, try_place(spec, node, cwd)))
        except Failure as failure:
            raise Failure("%s: %s" % (path, failure)) from failure
