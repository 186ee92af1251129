# SPDX-License-Identifier: MIT
"""Calling fastabi-gen in an error test, and writing down what it says.  Must not know the cases.

What a case calls becomes a transcript: the command line, each line of standard error, and the exit
status.  It is compared whole with the case's file NAME.expected.
"""
import contextlib
import os
import re
import shlex
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
GEN = os.path.abspath(os.environ.get("FASTABI_GEN") or os.path.join(ROOT, "build", "fastabi-gen"))
DONE, FAULT, USAGE, SYSTEM = range(4)
LONGEST_ARGUMENT = 80

MESSAGE = re.compile(
    r"(?:fastabi-gen|(?P<file>[^\0]+?)(?::(?P<line>[1-9]\d*)(?::(?P<column>[1-9]\d*))?)?)"
    r": (?P<severity>note|warning|error): (?P<text>[^\0-\x1f\x7f]+) \[FA(?P<id>\d{4})\]")


class Failure(Exception):
    """What a case says when it fails."""


class Skip(Exception):
    """Why a case cannot be run here."""


def read_registry():
    """{id: (name, severity)} from lib/base/diag-ids.h."""
    with open(os.path.join(ROOT, "lib", "base", "diag-ids.h"), encoding="utf-8") as stream:
        entries = re.findall(r'^ID\((\d+), (\w+), (\w+),\s+"', stream.read(), re.MULTILINE)
    return {int(number): (name, severity.lower()) for number, name, severity in entries}


REGISTRY = read_registry()
LABELS = {"FA%04d" % number: severity for number, (_, severity) in REGISTRY.items()}
LABEL_OF = {name: "FA%04d" % number for number, (name, _) in REGISTRY.items()}

# The lines of the case that this process runs.
transcript = []


def call(arguments, cwd=None, env=None, limit=None, output=None, source=None):
    """Run fastabi-gen, its output into a file or here; (status, standard output and error)."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("FASTABI_")}
    environment.update({"LC_ALL": "C"}, **(env or {}))
    stdin = os.open(source or os.devnull, os.O_RDONLY)
    with open(output, "wb") if output else contextlib.nullcontext(subprocess.PIPE) as stdout:
        result = subprocess.run([GEN] + arguments, cwd=cwd, env=environment, check=False,
                                stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
                                timeout=60, preexec_fn=limit)
    os.close(stdin)
    said = result.stderr
    if result.returncode < 0 or b"Sanitizer" in said or b"runtime error:" in said:
        raise Failure("status %d\n%s" % (result.returncode, said.decode("utf-8", "replace")))
    return result.returncode, result.stdout, said.decode("utf-8", "strict")


def parse_messages(text):
    """[(file, line, column, severity, text, id)], each line of the form the design fixes."""
    messages = []
    for line in text.splitlines():
        match = MESSAGE.fullmatch(line)
        if not match:
            raise Failure("not of the form FILE:LINE:COL: error: TEXT [FA0000]: %r" % line)
        label = "FA" + match["id"]
        if "(null)" in match["text"]:
            raise Failure("a null pointer in a message: %r" % line)
        if LABELS.get(label) != match["severity"]:
            raise Failure("%s is a %s: %r" % (label, LABELS.get(label), line))
        messages.append((match["file"], int(match["line"] or 0), int(match["column"] or 0),
                         match["severity"], match["text"], label))
    return messages


def require(what, got, wanted):
    if got != wanted:
        raise Failure("%s\n    wanted %s\n    got    %s" % (what, wanted, got))


def list_tree(folder):
    return sorted(os.path.join(where, name)
                  for where, folders, files in os.walk(folder) for name in folders + files)


def quote(argument):
    """An argument as a shell reads it; a long one is cut."""
    if len(argument) > LONGEST_ARGUMENT:
        return quote(argument[:LONGEST_ARGUMENT]) + "..."
    return shlex.quote(argument) if argument.isprintable() else "$" + repr(argument)


def write_down(line, errors, status, cwd):
    """A command and what it said become part of the transcript; the scratch directory has no
    name."""
    lines = [line] + errors.splitlines() + ["exit %d" % status]
    transcript.extend(line.replace(cwd, "FOLDER") for line in lines)


def demand(arguments, cwd, env=None, keeps=(), limit=None):
    """Call and write down: messages of the right form, and no file but those there were and keeps.
    The messages."""
    before = list_tree(cwd)
    status, _, errors = call(arguments, cwd, env, limit)
    parse_messages(errors)
    line = "$ fastabi-gen " + " ".join(quote(argument) for argument in arguments)
    write_down(line, errors, status, cwd)
    made = [path for path in list_tree(cwd)
            if path not in before and os.path.relpath(path, cwd) not in keeps]
    require("files were made", made, [])
    return errors
