#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Depfiles with odd names, read by make and ninja: each name is either understood by both or
refused by a message that says which name it is.  And the command in each generated file, run as
written. Must not know how names are quoted.

  tests/buildsystems/depfile.py     FASTABI_GEN: the command; BUILD: where files go
"""
import os
import shlex
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GEN = os.path.abspath(os.environ.get("FASTABI_GEN") or os.path.join(ROOT, "build/fastabi-gen"))
BUILD = os.path.join(os.path.abspath(os.environ.get("BUILD") or os.path.join(ROOT, "build/tests")),
                     "depfile")
SPEC = os.path.join(ROOT, "abi", "sched.yml")
TYPES = os.path.join(ROOT, "abi", "common", "types.yml")

# Understood: these have to work.  The others work or are refused; both are tried.
WORKING = ["plain", "a b", "a  b", " a", "a$x", "a$$x", "a#x", "a:x", "a\\x", "a\\\\x", "a\\ x",
           "a\\\\ x", "a(x)y", "a{x}", "a,x", "a@x", "a+x", "a~x", "a!x", "a]x", "-a", "größe"]
OTHER = ["a;x", "a=x", "a|x", "a%x", "a&x", "a'x", 'a"x', "a*x", "a?x", "a[x]", "a<x", "a>x", "a^x",
         "a`x", "a\tx", "a\nx", "a\x01x", "a\\#x", "a\\:x", "a\\$x", "~root", "a\\", "a\\\\#x"]

passed = failed = 0


def report(name, fault):
    """One result; fault is None for a pass."""
    global passed, failed
    if fault is None:
        passed += 1
        print("ok  " + name)
    else:
        failed += 1
        print("FAILED  " + name + "\n    " + fault.strip().replace("\n", "\n    "))


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                          **options)


def set_age(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


def fresh_folder():
    shutil.rmtree(BUILD, ignore_errors=True)
    os.makedirs(BUILD)
    os.chdir(BUILD)


def with_make(spec):
    """What make does when nothing, the specification, and the types have changed."""
    with open("Makefile", "w", encoding="utf-8") as stream:
        stream.write("all: out/fastabi/sched.h\n\t@:\nout/fastabi/sched.h:\n\t@echo RUN\n"
                     "include out.d\n")
    for changed, expected in ((None, ""), (spec, "RUN\n"),
                              (os.path.join(os.path.dirname(spec), "common", "types.yml"),
                               "RUN\n")):
        set_age("out/fastabi/sched.h", 50)
        for path in (spec, os.path.join(os.path.dirname(spec), "common", "types.yml")):
            set_age(path, 10 if path == changed else 100)
        result = run("make", "--no-print-directory")
        if result.stdout != expected or result.stderr:
            return f"make, after {changed!r} changed: {result.stdout}{result.stderr}"
    return None


def with_ninja(spec):
    """The same for ninja, which runs the command itself."""
    command = shlex.join([GEN, "generate", "-b", "c", "-O", "style=value", "-o", "out", "--depfile",
                          "out.d", "--", spec]) + " && touch out/fastabi/sched.h"
    with open("build.ninja", "w", encoding="utf-8") as stream:
        stream.write("rule fastabi\n  command = " + command.replace("$", "$$") +
                     "\n  description = RUN\n  depfile = out.d\n"
                     "build out/fastabi/sched.h: fastabi\n")
    for changed, expected in (("at first", True), (None, False), (spec, True)):
        if changed == spec:
            set_age(spec, -10)
        result = run("ninja")
        if result.returncode or ("RUN" in result.stdout) != expected:
            return f"ninja, after {changed!r}: {result.stdout}{result.stderr}"
        set_age(spec, 100)
    return None


def try_name(name, must_work):
    """A specification in a directory of that name."""
    fresh_folder()
    spec = os.path.join(name, "sched.yml")
    os.makedirs(os.path.join(name, "common"))
    shutil.copy(SPEC, spec)
    shutil.copy(TYPES, os.path.join(name, "common"))
    result = run(GEN, "generate", "-b", "c", "-O", "style=value", "-o", "out", "--depfile", "out.d",
                 "--", spec)
    if result.returncode:
        refused = "a depfile cannot name" in result.stderr and not os.path.exists("out")
        return None if refused and not must_work else result.stderr
    return with_make(spec) or with_ninja(spec)


def with_rule(declared, arguments, changed):
    """ninja, with a rule that declares these outputs: at first, unchanged, after each change."""
    fresh_folder()
    os.makedirs("abi/common")
    shutil.copy(TYPES, "abi/common")
    for name in ("sched", "vcpu", "event_channel"):
        shutil.copy(os.path.join(ROOT, "abi", name + ".yml"), "abi")
    command = shlex.join([GEN, "generate", *arguments, "-o", "out", "--depfile", "out.d"])
    with open("build.ninja", "w", encoding="utf-8") as stream:
        stream.write(f"rule fastabi\n  command = {command} && touch {declared}\n"
                     f"  description = RUN\n  depfile = out.d\nbuild {declared}: fastabi\n")
    for change in (None, *(path for path in changed for _ in range(2))):
        for path in changed:
            set_age(path, -10 if path == change else 100)
        result = run("ninja")
        expected = not os.path.exists("done") or change is not None
        if result.returncode or ("RUN" in result.stdout) != expected:
            return f"ninja, after {change!r}: {result.stdout}{result.stderr}"
        set_age(change or changed[0], 100)
        open("done", "w", encoding="utf-8").close()
        if "RUN" in run("ninja").stdout:
            return f"ninja runs again and again after {change!r}"
    return None


SPECS = ["abi/sched.yml", "abi/vcpu.yml", "abi/event_channel.yml"]
RULES = {
    "a file for each specification": (
        "out/fastabi/sched.h out/fastabi/vcpu.h out/fastabi/event_channel.h",
        ["-b", "c", *SPECS]),
    "another output first, by --depfile-target": (
        "out/fastabi.h out/fastabi/sched.h out/fastabi/vcpu.h out/fastabi/event_channel.h",
        ["-b", "c", "--depfile-target", "out/fastabi.h", *SPECS]),
    "a specification of which nothing is selected": (
        "out/fastabi/event_channel.h", ["-b", "c", "--only", "event_channel", *SPECS]),
    "one file": ("out", ["-b", "json", *SPECS]),
}


def try_target():
    """--depfile-target: a stamp, in a directory with a blank."""
    fresh_folder()
    result = run(GEN, "generate", "-b", "rust", "-o", "crate", "--depfile", "d", "--depfile-target",
                 "my stamp", SPEC)
    if result.returncode:
        return result.stderr
    with open("d", encoding="utf-8") as stream:
        first = stream.readline()
    return None if first == "my\\ stamp: \\\n" else first


def command_in(text):
    """The command that a generated file says it is made by."""
    at = text.index("fastabi-gen generate")
    return text[at:].split("\n")[0].split(" -->")[0].rstrip('",')


def try_command(backend, path, output):
    """Run the command of a file's banner in the directory of the specification: the same file."""
    fresh_folder()
    os.makedirs("common")
    shutil.copy(SPEC, "mine.yml")
    shutil.copy(TYPES, "common")
    result = run(GEN, "generate", "-b", backend, "-o", output, os.path.join(BUILD, "mine.yml"))
    if result.returncode:
        return result.stderr
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    command = shlex.split(command_in(text).replace("\\/", "/"))
    again = run(GEN, *command[1:])
    if "-o" in command:
        made = os.path.join("DIR", os.path.relpath(path, output))
        with open(made, encoding="utf-8") as stream:
            again.stdout = stream.read()
    return None if again.returncode == 0 and again.stdout == text else f"{command}: {again.stderr}"


for odd in WORKING:
    report(f"depfile: {odd!r}", try_name(odd, True))
for odd in OTHER:
    report(f"depfile: {odd!r} works or is refused", try_name(odd, False))
report("depfile: --depfile-target", try_target())
for title, (rule_outputs, rule_arguments) in RULES.items():
    report(f"ninja: {title}", with_rule(rule_outputs, rule_arguments, SPECS))
for case in (("c", "out/fastabi/sched.h", "out"), ("asm", "out/fastabi/sched.inc", "out"),
             ("rust", "out/src/sched.rs", "out"), ("json", "out.json", "out.json"),
             ("markdown", "out/sched.md", "out"), ("html", "out.html", "out.html"),
             ("xen", "out.c", "out.c")):
    report(f"the command in {case[1]} makes it again", try_command(*case))
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(failed != 0)
