# SPDX-License-Identifier: MIT
"""Error cases of plug-ins that do not come to an end, print, or lie: what is said, what is on
standard output, and that no process is left.  Must not know how cases are run.
"""
import os
import subprocess
import time
import uuid

from command import GEN, Failure, Skip, call, demand, require
from scripted import CRASHING, GOOD, build_plugin, shows, write

MARK = "TEST_MARK"
BRIEF = ["--plugin-seconds", "4"]
PATIENCE = 30  # seconds for what takes an instant


def find_marked(mark):
    """Processes with the mark in their environment."""
    wanted = ("%s=%s" % (MARK, mark)).encode()
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as stream:
                if wanted in stream.read().split(b"\0"):
                    found.append(int(pid))
        except OSError:
            continue
    return found


def demand_none_left(mark):
    """The last of them may be dying; none of the plug-ins here ends before that by itself."""
    end = time.monotonic() + PATIENCE
    while find_marked(mark):
        if time.monotonic() > end:
            raise Failure("processes are left: %s" % find_marked(mark))
        time.sleep(0.005)


def run_marked(folder, fault, more=(), keeps=()):
    plugin = "./" + build_plugin(folder, fault)
    write(folder, "demo.yml", GOOD)
    mark = str(uuid.uuid4())
    demand(["generate", *more, "--plugin", plugin, "-b", "plugin", "-o", "out", "demo.yml"], folder,
           dict(CRASHING, **{MARK: mark}), keeps)
    demand_none_left(mark)


@shows("BACKEND_LIMIT")
def endless_hook(folder):
    """Whatever it waits for, and wherever."""
    for fault in ("HANG", "SPIN", "STOP", "HANG_CLEANUP"):
        run_marked(folder, fault, BRIEF)


@shows("BACKEND_LIMIT")
def endless_output(folder):
    for fault in ("BABBLE", "COMPLAIN"):
        errors = call(["generate", "--plugin", "./" + build_plugin(folder, fault), "-b", "plugin",
                       "-o", "out", write(folder, "demo.yml", GOOD)], folder)[2].splitlines()
        require("messages", len(errors) <= 1002, True)
        require("the last one", "[FA0716]" in errors[-1], True)
        require("output", os.path.exists(os.path.join(folder, "out")), False)
    run_marked(folder, "BABBLE")


@shows("BACKEND_LOAD")
def endless_load(folder):
    """No plug-in is waited for when it is loaded, and no pipe."""
    for fault in ("HANG_LOAD", "HANG_ENTRY"):
        run_marked(folder, fault, BRIEF)
    os.mkfifo(os.path.join(folder, "pipe.so"))
    demand(["backends", "--plugin", "pipe.so"], folder)
    demand(["backends", "--plugin", "/dev/zero"], folder)


@shows("BACKEND_FAILED")
def greedy_plugin(folder):
    if b"asan" in subprocess.run(["ldd", GEN], capture_output=True, check=False).stdout:
        raise Skip("a sanitizer has no limit of memory")
    run_marked(folder, "GREEDY")


@shows("BACKEND_CRASHED")
def liars(folder):
    """A message in the place of the library's; and a connection that is closed."""
    for fault in ("FORGE", "DEAF"):
        run_marked(folder, fault)


@shows("BACKEND_LOAD")
def liars_at_load(folder):
    run_marked(folder, "FORGE_LOAD")
    run_marked(folder, "CHANGING", keeps=("seen",))


@shows("BACKEND_CRASHED")
def left_processes(folder):
    """What a plug-in started ends with it, whether it was well or not."""
    run_marked(folder, "LEFT", keeps=("out", "out/file"))
    run_marked(folder, "ORPHAN")


@shows("BACKEND_FAILED")
def printing_plugin(folder):
    """Standard output is ours: what a plug-in prints goes to standard error, or is lost."""
    plugin = "./" + build_plugin(folder, "PRINT")
    write(folder, "demo.yml", GOOD)
    for arguments in (["generate", "-b", "plugin", "-o", "-", "demo.yml"], ["backends"]):
        status, output, errors = call(arguments + ["--plugin", plugin], folder)
        require("exit status", status, 0)
        require("standard output", b"by printf" in output or b"by write" in output, False)
        require("standard error", "a constructor by printf" in errors, True)
    status, output, _ = call(["generate", "-b", "plugin", "-o", "-", "--plugin", plugin,
                              "demo.yml"], folder)
    require("the output", (status, output), (0, b"text\n"))
    demand(["generate", "-b", "plugin", "--plugin", "./" + build_plugin(folder, "SILENT"), "-o",
            "out", "demo.yml"], folder)
