# SPDX-License-Identifier: MIT
"""The texts of messages in the sources, and those of them that no transcript shows.  Knows no case.

A text is a literal with words in it, in a statement that reports something: it names an id, calls a
function that takes a message, or returns or keeps what is wrong as a text.
"""
import glob
import os
import re

REPORTS = re.compile(
    r'FASTABI_DIAG_|\b(fastabi_(report|complain|remark|check_report|check_also)\w*'
    r'|fastabi_emission_error|tool_usage_error|say|complain|refuse\w*|report_\w+)\s*\('
    r'|\breturn [^;]*"|\b(fault|text|reason)\s*=[^;]*"|fprintf\(stderr')
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])+\'|/\*.*?\*/|[;{}]|[^"\'/;{}]+|/', re.S)
CONVERSION = re.compile(r"%%|%[-#.*0-9]*(?:z|ll|l|h)?[a-zA-Z]")

# What no case can show, and why.
UNREACHED = {
    "cannot be loaded": "dlerror() always has a text",
    "the module that reads headers cannot be loaded": "dlerror() always has a text",
    "; try again, or name another path": "of failures of the system that no test can make",
    "a value is missing; write it": "libyaml reports it before",
    "the text is not YAML; compare it with an example": "no phrase of libyaml is without a row",
    "more than %zu YAML nodes; divide the file": "takes minutes; test-reader.c lowers the limit",
    "cannot be put back; its content is in '%s'": "a rename has to fail twice; tests/lifetime",
    "is as it was, but has a second name; remove '%s'": "unlink() has to fail; tests/lifetime",
    "is written, but its old content is still there; remove '%s'":
        "unlink() has to fail; tests/lifetime",
    "the process that puts files in place was killed, and some of them may be old; start again":
        "somebody has to kill it; tests/lifetime",
    "the C parser crashed on these headers": "no header is known that does it",
    "an earlier write failed": "the first write that fails keeps its error",
}


def read_statements(path):
    """The statements of a C file, each as the list of its tokens."""
    tokens = []
    with open(path, encoding="utf-8") as stream:
        for token in TOKEN.findall(stream.read()):
            if token in ";{}":
                yield tokens
                tokens = []
            elif not token.startswith("/*"):
                tokens.append(token)


def join_literals(tokens):
    """The string literals, adjacent ones as one; a PRI macro between them is a 'd'."""
    joined, is_open = [], False
    for token in tokens:
        macro = re.match(r"\s*PRI\w+\s*", token)
        if token.startswith('"'):
            text = token[1:-1].replace("\\n", "").replace('\\"', '"')
            joined += [joined.pop() + text] if is_open else [text]
            is_open = True
        elif macro and is_open:
            joined[-1] += "d"
            is_open = macro[0] == token
        elif token.strip():
            is_open = False
    return joined


def read_texts(root):
    """{text: the file where it first is}"""
    texts = {}
    for folder in ("lib", "backends", "tools"):
        for path in sorted(glob.glob(os.path.join(root, folder, "**", "*.c"), recursive=True)):
            for tokens in read_statements(path):
                code = "".join('""' if token[0] == '"' else token for token in tokens)
                if REPORTS.search(code):
                    for text in join_literals(tokens):
                        texts.setdefault(text, os.path.relpath(path, root))
    return texts


def is_prose(text):
    return re.search(r"[a-z] [a-z'%]|^'%|[a-z'] is ", CONVERSION.sub("%", text)) is not None


def find_unshown(root, said):
    """["FILE: TEXT"] of those that do not occur in what was said."""
    found = []
    for text, path in read_texts(root).items():
        parts = (re.escape(part) for part in CONVERSION.split(text.strip()))
        if is_prose(text) and text not in UNREACHED and not re.search(".*".join(parts), said):
            found.append("%s: no case shows %r" % (path, text))
    return found
