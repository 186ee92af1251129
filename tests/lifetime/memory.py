# SPDX-License-Identifier: MIT
"""Runs every command while an allocation fails, or every one from it on.  The result is the same
as without the failure, or an error says that memory ran out.  libclang is left out, because it
aborts without memory.  Must not know what the commands do.
"""
import os
import re
import subprocess

import scenes
from scenes import ABI, GEN

# Besides the allocator of tests/unit: the N-th allocation fails (FAIL_AT=N, N+: those after it,
# too).  How many there were is written to the file FAIL_COUNT.
SOURCE = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "failing-alloc.h"
__attribute__((__constructor__)) static void start(void)
{
    const char *text = getenv("FAIL_AT");

    allocator.failing = text ? atol(text) : 0;
    allocator.all_after = text && strchr(text, '+');
    allocator.counting = true;
}
__attribute__((__destructor__)) static void end(void)
{
    const char *path = getenv("FAIL_COUNT");
    FILE *stream;

    allocator.counting = false;
    if (path && (stream = fopen(path, "w"))) {
        fprintf(stream, "%ld\n", allocator.count);
        fclose(stream);
    }
}
"""
UNIT = os.path.join(scenes.ROOT, "tests", "unit")
SPEC = os.path.join(ABI, "sched.yml")
TRACE = b"rax=0x4000001d rdi=0\nRAX: 0000000040000020 RDI: 0000000000000005\n"


def write_long(path):
    """A specification whose table, and whose patterns, are longer than stdio's buffers."""
    names = [f"an_operation_with_a_long_name_{i:03}" for i in range(300)]
    with open(path, "w", encoding="ascii") as out:
        out.write("name: long\nhypercall_index: 50\nsubops:\n")
        for i, name in enumerate(names):
            out.write(f"  {name}: {{ index: {i}, input: {{ v{i}: {{ reg: 2, type: u64 }} }} }}\n")
    return [f"--only=long.{name}" for name in names]


def commands(folder):
    """[(arguments, standard input)] of everything the command does."""
    long = os.path.join(folder, "long.yml")
    patterns = write_long(long)
    layout = os.path.join(ABI, "..", "tests", "golden", "layout-snapshot.yml")
    plugin = os.path.join(folder, "plugin0.so")
    runs = [["generate", "-b", backend, "-o", "out", SPEC] for backend in
            ("c", "rust", "asm", "json", "markdown", "html", "xen")]
    runs += [["generate", "-b", "c", "-o", "out", "--depfile", "deps", *more, SPEC] for more in (
        ["-O", "style=value"], ["-O", "style=bridge"], ["--profile", "linux"],
        ["--layout", layout], ["--only", "sched.y*", "--only", "!*.poll"])]
    runs += [["generate", "--plugin", plugin, "-b", "plugin", "-o", "out", SPEC],
             ["generate", "-b", "rust", "-o", "-", SPEC],
             ["generate", "-b", "asm", "-O", "form=functions", "-O", "syntax=nasm", "-o", "out",
              SPEC],
             ["check", SPEC], ["check", "--strict", "--format", "json", "--layout", layout, SPEC],
             ["show", "sched"], ["show", "sched.poll"], ["show", long],
             ["generate", "-b", "asm", "-o", "out", *patterns, long],
             ["show", "--decode", "rax=-38"],
             ["list"], ["list", "--names", "sched"], ["diff", SPEC, os.path.join(ABI, "vcpu.yml")],
             ["diff", layout, layout], ["new", "x", "-o", "out.yml"], ["backends"],
             ["backends", "--plugin", plugin], ["profiles"], ["profiles", "linux"], ["help"],
             ["help", "--format", "json"], ["generate", "-b", "nothing", SPEC], ["show", "shed"]]
    return [(run, None) for run in runs] + [(["show", "--decode", "-"], TRACE)]


def ids(messages):
    return re.findall(r"\[(FA\d{4})\]", messages)


class Command:
    """A run, what it does undisturbed, and how many allocations that takes."""

    def __init__(self, folder, arguments, given):
        self.folder, self.arguments, self.given = folder, arguments, given
        words = [word.replace(folder, "").replace(ABI, "abi") for word in arguments]
        self.title = " ".join(words)[:100]
        self.normal = self.run("0")
        if self.normal[0] < 0:
            raise RuntimeError(f"{self.title}: {self.normal}")
        with open(os.path.join(folder, "count"), encoding="ascii") as stream:
            self.count = int(stream.read())

    def run(self, which):
        """(status, output, messages, files)"""
        work = os.path.join(self.folder, "memory")
        scenes.set_up((None, {}), work)
        environment = dict(scenes.environment(), FAIL_AT=which,
                           LD_PRELOAD=os.path.join(self.folder, "failing.so"),
                           FAIL_COUNT=os.path.join(self.folder, "count"))
        done = subprocess.run([GEN, *self.arguments], cwd=work, env=environment,
                              input=self.given if self.given else b"", capture_output=True,
                              check=False, timeout=120)
        return (done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"),
                scenes.read_tree(work))

    def judge(self, which):
        """None, or what is wrong with a run in which allocations fail."""
        status, output, errors, files = self.run(which)
        if (status, output, errors, files) == self.normal:
            return None
        if "cannot" in errors and (status == 127 or "[FA0705]" in errors):
            return None     # of the dynamic linker, which does not say why
        if status not in (1, 2, 3):
            return f"status {status}: {errors}"
        if files and files != self.normal[3]:
            return f"an error, and files: {sorted(files)}"
        if status == self.normal[0] and ids(errors) == ids(self.normal[2]):
            return None     # the same error; its hint may need memory
        said = errors or output.decode("utf-8", "replace")
        if not re.search(r"error: .*memory.* \[FA\d{4}\]|\"FA\d{4}\".*memory", said, re.S):
            return f"status {status}, and not a word of memory: {said}"
        return None


def find_all(folder):
    """[Command]"""
    source = os.path.join(folder, "failing.c")
    with open(source, "w", encoding="utf-8") as stream:
        stream.write(SOURCE)
    subprocess.run([*os.environ.get("CC", "cc").split(), "-O1", "-shared", "-fPIC", "-I", UNIT,
                    "-I", os.path.join(scenes.ROOT, "lib"), source,
                    os.path.join(UNIT, "failing-alloc.c"), "-o",
                    os.path.join(folder, "failing.so")], check=True)
    return [Command(folder, arguments, given) for arguments, given in commands(folder)]
