# SPDX-License-Identifier: MIT
"""Finds the words that scripts/prose-words lists, in what people read.

Code is blanked out first, character by character, so that what is found keeps its line. Must not
know which words are listed.
"""
import io
import re
import tokenize

# Between two words: blanks, or the end of a line and how a comment goes on.
GAP = r"(?:[ \t]+|[ \t]*\n[ \t]*(?:[*#;]|//)?[ \t]*)"
C_TOKEN = re.compile(r"""(/\*.*?\*/|//[^\n]*)|("(?:\\.|[^"\\\n])*")|('(?:\\.|[^'\\\n])*')""", re.S)


def blank(text):
    return re.sub(r"[^\n]", "\0", text)


def keep(text, spans):
    """The text, with everything outside the spans blanked out."""
    parts, at = [], 0
    for start, end in spans:
        parts += [blank(text[at:start]), text[start:end]]
        at = end
    return "".join([*parts, blank(text[at:])])


def of_c(text):
    return keep(text, [match.span() for match in C_TOKEN.finditer(text) if not match.group(3)])


def of_python(text):
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spans = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.COMMENT, tokenize.STRING):
            (line, column), (last, end) = token.start, token.end
            spans.append((starts[line - 1] + column, starts[last - 1] + end))
    return keep(text, spans)


def of_markdown(text):
    text = re.sub(r"^```.*?^```", lambda match: blank(match.group()), text, flags=re.S | re.M)
    return re.sub(r"`[^`\n]*`", lambda match: "\0" * len(match.group()), text)


def prose_of(path, text):
    if path.suffix in (".c", ".h"):
        return of_c(text)
    if path.suffix == ".py" or re.match(r"#!.*python", text):
        return of_python(text)
    if path.suffix == ".md":
        return of_markdown(text)
    return text


class Words:
    """The list. Each line: REGEX => WHAT TO WRITE; "allow REGEX" excepts what fits."""

    def __init__(self, path):
        self.rules, self.allowed = [], []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            if line.startswith("allow "):
                self.allowed.append(compiled(line[6:]))
                continue
            pattern, arrow, advice = line.partition(" => ")
            if not arrow:
                raise ValueError(f"{path}:{number}: not of the form REGEX => ADVICE")
            self.rules.append((compiled(pattern), advice.strip()))

    def check(self, path):
        text = prose_of(path, path.read_text())
        excepted = [match.span() for pattern in self.allowed for match in pattern.finditer(text)]
        found = []
        for pattern, advice in self.rules:
            for match in pattern.finditer(text):
                if any(start <= match.start() and match.end() <= end for start, end in excepted):
                    continue
                line = text.count("\n", 0, match.start()) + 1
                what = re.sub(r"\s*\n[\s*#;/]*", " ", match.group())
                found.append((line, f"{path}:{line}: \"{what}\": {advice}"))
        return "\n".join(said for _, said in sorted(found))


def compiled(pattern):
    return re.compile(pattern.strip().replace(" ", GAP), re.I)
