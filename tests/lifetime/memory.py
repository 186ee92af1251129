# SPDX-License-Identifier: MIT
"""Runs every command while an allocation fails, or every one from it on.  The result is the same
as without the failure, or an error says that memory ran out.  libclang is left out, because it
aborts without memory.  Must not know what the commands do.
"""
import collections
import os
import re
import subprocess

import scenes
from scenes import ABI, GEN

# Besides the allocator of tests/unit: the N-th allocation fails (FAIL_AT=N, N+: those after it,
# too).  The file FAIL_LOG gets a line for each: which one it is of its process, and a number that
# stands for the last functions that led to it.
SOURCE = r"""
#include <execinfo.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "failing-alloc.h"
#define DEPTH 14 /* four of them are here and in the allocator */

static int log_fd = -1;

/* Of functions that call each other again, the first call counts. */
static void note(void)
{
    void *frames[DEPTH];
    uint64_t number = 0;
    int count = backtrace(frames, DEPTH);

    for (int i = 0; i < count; i++) {
        int k = 0;

        while (frames[k] != frames[i])
            k++;
        if (k == i)
            number = (number ^ (uintptr_t)frames[i]) * 0x100000001b3;
    }
    if (allocator.count)
        dprintf(log_fd, "%ld %llx\n", allocator.count, (unsigned long long)number);
}
__attribute__((__constructor__)) static void start(void)
{
    const char *text = getenv("FAIL_AT"), *path = getenv("FAIL_LOG");

    if (path) {
        log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        note(); /* the first call of backtrace() allocates */
        allocator.on_count = note;
    }
    allocator.failing = text ? atol(text) : 0;
    allocator.all_after = text && strchr(text, '+');
    allocator.counting = true;
}
/* A build that measures coverage calls this before it writes its counters. */
extern void coverage_ends(void);
__attribute__((__visibility__("default"))) void coverage_ends(void)
{
    allocator.counting = false;
}
"""
UNIT = os.path.join(scenes.ROOT, "tests", "unit")
SPEC, MEMORY = (os.path.join(ABI, name) for name in ("sched.yml", "memory.yml"))
GOLDEN = os.path.join(scenes.ROOT, "tests", "golden")
DEMO, DISPATCH = (os.path.join(GOLDEN, "spec", name) for name in ("demo.yml", "dispatch.yml"))
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
    layout = os.path.join(GOLDEN, "layout-snapshot.yml")
    plugin = os.path.join(folder, "plugin0.so")
    runs = [["generate", "-b", backend, "-o", "out", SPEC] for backend in
            ("c", "rust", "asm", "json", "markdown", "html", "xen")]
    runs += [["generate", "-b", "c", "-o", "out", "--depfile", "deps", *more, SPEC] for more in (
        ["-O", "style=value"], ["-O", "style=bridge"], ["--profile", "linux"],
        ["--layout", layout], ["--only", "sched.y*", "--only", "!*.poll"])]
    runs += [["generate", "--plugin", plugin, "-b", "plugin", "-o", "out", SPEC],
             ["generate", "-b", "rust", "-o", "-", SPEC], ["generate", "-b", "xen", MEMORY],
             ["generate", "-b", "c", "-O", "style=bridge", "-o", "out", MEMORY],
             ["generate", "-b", "xen", "-o", "out", DISPATCH],
             *(["generate", "-b", backend, "-o", "out", DEMO] for backend in
               ("c", "rust", "asm", "json", "html", "markdown")),
             ["check", "--all", DEMO], ["check", "--layout", layout, DEMO],
             ["diff", DEMO, DISPATCH], ["show", DISPATCH], ["show", MEMORY + ".exchange"],
             ["generate", "-b", "c", "--profile", "linus", SPEC],
             ["generate", "-b", "c", "-O", "styel=value", SPEC],
             ["generate", "-b", "c", "--only", "poll", SPEC],
             ["generate", "-b", "asm", "-O", "form=functions", "-O", "syntax=nasm", "-o", "out",
              SPEC],
             ["check", SPEC], ["check", "--strict", "--format", "json", "--layout", layout, SPEC],
             ["show", "sched"], ["show", "sched.poll"], ["show", long],
             ["generate", "-b", "asm", "-o", "out", *patterns, long],
             ["show", "--decode", "rax=-38"],
             ["list"], ["list", "--names", "sched"], ["diff", SPEC, os.path.join(ABI, "vcpu.yml")],
             ["diff", layout, layout], ["new", "x", "-o", "out.yml"], ["backends"],
             ["backends", "--plugin", plugin], ["profiles"], ["profiles", "linux"], ["help"],
             ["profiles", "--plugin", plugin, "linux", "edk2"],
             ["help", "--format", "json"], ["generate", "-b", "nothing", SPEC], ["show", "shed"]]
    return [(run, None) for run in runs] + [(["show", "--decode", "-"], TRACE)]


def ids(messages):
    return re.findall(r"\[(FA\d{4})\]", messages)


class Command:
    """A run, what it does undisturbed, and how many allocations that takes.  calls: for each way to
    get to an allocation, the first one that was made so."""

    def __init__(self, folder, arguments, given):
        self.folder, self.arguments, self.given = folder, arguments, given
        words = [word.replace(folder, "").replace(ABI, "abi") for word in arguments]
        self.title = " ".join(words)[:100]
        log = os.path.join(folder, "log")
        self.normal = self.run("0", FAIL_LOG=log)
        if self.normal[0] < 0:
            raise RuntimeError(f"{self.title}: {self.normal}")
        self.count, self.calls = 0, {}
        with open(log, encoding="ascii") as stream:
            for number, way in map(str.split, stream):
                self.count = max(self.count, int(number))
                self.calls.setdefault(way, int(number))
        os.remove(log)

    def run(self, which, **more):
        """(status, output, messages, files)"""
        work = os.path.join(self.folder, "memory")
        scenes.set_up((None, {}), work)
        environment = dict(scenes.environment(), FAIL_AT=which,
                           LD_PRELOAD=os.path.join(self.folder, "failing.so"), **more)
        done = subprocess.run([GEN, *self.arguments], cwd=work, env=environment,
                              input=self.given if self.given else b"", capture_output=True,
                              check=False, timeout=120, preexec_fn=scenes.fix_addresses)
        return (done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"),
                scenes.read_tree(work))

    def judge(self, which):
        """None, or what is wrong with a run in which allocations fail."""
        status, output, errors, files = self.run(which)
        if (status, output, errors, files) == self.normal:
            return None
        if "cannot" in errors and (status == 127 or "[FA0705]" in errors):
            return None     # of the dynamic linker, which does not say why
        said, usual = (collections.Counter(ids(text)) for text in (errors, self.normal[2]))
        if usual and (status, files) == self.normal[::3] and set(said) == set(usual) and \
                not usual - said:
            return None     # the same messages; hints need memory, and to know which repeat
        if status not in (1, 2, 3):
            return f"status {status}: {errors}"
        if files and files != self.normal[3]:
            return f"an error, and files: {sorted(files)}"
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
