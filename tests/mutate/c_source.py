# SPDX-License-Identifier: MIT
"""The small faults that a C source can have: each changes one token, condition or statement of a
function.

Reads C as the tree's own style has it: a function's braces are in the first column.  Must not know
how a mutant is built, or which tests there are.
"""
import dataclasses
import re

TOKEN = re.compile(r"""
    (?P<skip>/\*.*?\*/|//[^\n]*|^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*|\s+)
  | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')
  | (?P<name>[A-Za-z_]\w*)
  | (?P<number>(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*)
  | (?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.X | re.S | re.M)

SWAPS = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "&&": "||",
         "||": "&&", "+=": "-=", "-=": "+=", "++": "--", "--": "++", "true": "false",
         "false": "true"}
# What a statement, unlike a declaration, goes on with after its first name.
GOES_ON = {"(", "=", "->", ".", "[", "+=", "-=", "|=", "&=", "<<=", ">>=", "*=", "/=", "++", "--"}
HEADS = {"if", "while", "for", "switch"}
JUMPS = {"return", "break", "continue", "goto"}


@dataclasses.dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int

    @property
    def end(self):
        return self.start + len(self.text)


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A source with the text between two places replaced."""
    path: str
    function: str
    source: str
    start: int
    end: int
    text: str

    @property
    def line(self):
        return self.source.count("\n", 0, self.start) + 1

    def changed(self):
        return self.source[:self.start] + self.text + self.source[self.end:]

    def lines(self):
        """(the lines that change, those that replace them), without what they have in common."""
        first = self.source.rfind("\n", 0, self.start) + 1
        last = self.source.find("\n", self.end)
        old = self.source[first:last]
        new = self.source[first:self.start] + self.text + self.source[self.end:last]
        return tuple([line.strip() for line in text.split("\n")] for text in (old, new))

    def key(self):
        """What an explanation names; it holds when lines above are added or taken away."""
        old, new = self.lines()
        return self.path, self.function, "\n".join(old), "\n".join(new)


def tokens_of(source):
    return [Token(found.lastgroup, found.group(), found.start())
            for found in TOKEN.finditer(source) if found.lastgroup != "skip"]


def matching(tokens, at):
    """Where the bracket at a place is closed."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].text in ("(", "{", "[") and tokens[place].kind == "sign"
        depth -= tokens[place].text in (")", "}", "]") and tokens[place].kind == "sign"
        if depth == 0:
            return place
    return len(tokens) - 1


def name_before(tokens, at):
    """The name of the function whose parameters end before a place."""
    depth = 0
    for place in range(at - 1, 0, -1):
        depth += {")": 1, "(": -1}.get(tokens[place].text, 0)
        if depth == 0:
            return tokens[place - 1].text
    return ""


def functions(source):
    """(name, tokens of the body with its braces) of each function."""
    tokens, at = tokens_of(source), 0
    while at < len(tokens):
        if tokens[at].text != "{":
            at += 1
            continue
        end = matching(tokens, at)
        if tokens[at - 1].text == ")" and source[tokens[at].start - 1] == "\n":
            yield name_before(tokens, at), tokens[at:end + 1]
        at = end + 1


def next_number(text, step):
    digits = text.rstrip("uUlL")
    value = int(digits, 0) + step
    return (hex(value) if digits[:2] in ("0x", "0X") else str(value)) + text[len(digits):]


def token_faults(body, at):
    """(start, end, text): what one token can be instead."""
    token = body[at]
    if token.kind == "text":
        return
    if token.text in SWAPS:
        yield token.start, token.end, SWAPS[token.text]
    elif token.text == "!":
        yield token.start, token.end, ""
    elif token.text == "?":
        yield token.start, token.end, "|| 1 ?"
        yield token.start, token.end, "&& 0 ?"
    elif token.kind == "number" and re.fullmatch(r"0|[1-9]\d*|0[xX].*", token.text.rstrip("uUlL")):
        yield token.start, token.end, next_number(token.text, 1)
        if int(token.text.rstrip("uUlL"), 0):
            yield token.start, token.end, next_number(token.text, -1)


def condition_faults(source, body, at):
    """A condition is the opposite of itself.  Not where another fault says the same."""
    if body[at].text not in ("if", "while") or body[at + 1].text != "(":
        return
    end = matching(body, at + 1)
    inner = [token.text for token in body[at + 2:end]]
    if not {"&&", "||"} & set(inner) and (inner[0] == "!" or {"==", "!="} & set(inner)):
        return
    start, stop = body[at + 1].end, body[end].start
    yield start, stop, f"!({source[start:stop]})"


def starts_statement(body, at, heads):
    before = body[at - 1]
    return before.kind == "sign" and before.text in (";", "{", "}", ":") or \
        before.text == "else" or at - 1 in heads


def statement_faults(body):
    """Statements that are not there, and results that are 0."""
    heads = {matching(body, at + 1) for at, token in enumerate(body) if token.text in HEADS}
    depth = round_ = 0
    for at, token in enumerate(body[:-1]):
        depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "sign" else 0
        round_ += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if round_ or not at or not starts_statement(body, at, heads):
            continue
        end = next((place for place in range(at, len(body)) if body[place].text == ";"), None)
        if end is None or "{" in [each.text for each in body[at:end]]:
            continue
        is_nested = depth > 1 or body[at - 1].text == "else" or at - 1 in heads
        is_expression = token.kind == "name" and body[at + 1].text in GOES_ON and \
            token.text not in HEADS | JUMPS | {"sizeof"} or token.text in ("*", "++", "--")
        if is_expression or token.text in JUMPS and is_nested:
            yield token.start, body[end].start, ""
        if token.text == "return" and end > at + 1 and \
                [each.text for each in body[at + 1:end]] != ["0"]:
            yield body[at + 1].start, body[end].start, "0"


def mutants(path, source):
    """All mutants of a source."""
    found = []
    for function, body in functions(source):
        for at in range(len(body)):
            found += [(function, *fault) for fault in token_faults(body, at)]
            found += [(function, *fault) for fault in condition_faults(source, body, at)]
        found += [(function, *fault) for fault in statement_faults(body)]
    return [Mutant(path, function, source, start, end, text)
            for function, start, end, text in sorted(found, key=lambda fault: fault[1:])]
