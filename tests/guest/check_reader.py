# SPDX-License-Identifier: MIT
"""Does the reader of logs see what is wrong with a boot? Logs that were made up, and what has to
come of them."""
import os
import tempfile
import time

import monitor
import qemu

WELL = ("(d0) # doing one\n(d0) ok 1 - one\n(d0) # doing two\n(d0) ok 2 - two # SKIP no reason\n"
        "(d0) 1..2\n")

# What it is, the log, words that one of the faults has (None: there is none), (passed, failed,
# skipped)
LOGS = [
    ("a good boot", WELL, None, (1, 0, 1)),
    ("a failure", "(d0) ok 1 - one\n(d0) not ok 2 - two\n(d0) 1..2\n", None, (1, 1, 0)),
    ("nothing", "", "no plan", (0, 0, 0)),
    ("no plan", "(d0) # doing poll\n(d0) ok 1 - one\n", "no plan; the last thing was poll",
     (1, 0, 0)),
    ("a plan of more", "(d0) ok 1 - one\n(d0) 1..3\n", "1 results, planned 3", (1, 0, 0)),
    ("a result twice", "(d0) ok 1 - one\n(d0) ok 1 - one\n(d0) 1..2\n", "3 results", (2, 1, 0)),
    ("given up", "(d0) ok 1 - one\n(d0) Bail out! vector 6\n", "given up: vector 6", (1, 0, 0)),
    ("trouble in Xen", WELL + "(XEN) Xen WARN at common/sched.c:1\n", "Xen WARN", (1, 0, 1)),
    ("trouble before a guest", "(XEN) Xen WARN at xstate.c:1\n" + WELL, None, (1, 0, 1)),
    ("trouble, and no guest", "(XEN) Xen WARN at xstate.c:1\n", "Xen WARN", (0, 0, 0)),
    ("Xen's end", WELL + "(XEN) Panic on CPU 0:\n", "Panic", (1, 0, 1)),
    ("last words", "(d0) # last words: watchdog\n(XEN) Dom0 shutdown: watchdog\n", None, (0, 0, 0)),
    ("other last words", "(d0) # last words: watchdog\n(XEN) Dom0 shutdown\n",
     "did not say 'watchdog'", (0, 0, 0)),
    ("the guest's own last words", "(d0) # last words: watchdog\n(d0) watchdog\n", "did not say",
     (0, 0, 0)),
    ("another domain's plan", "(d1) ok 1 - one\n(d1) 1..1\n", "no plan", (0, 0, 0)),
]


def wrong(title, text, words, counts):
    """What the reader makes of one log, where that is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        boot = qemu.read_log(qemu.Boot(path))
    said, faults = boot.domain(), boot.faults()
    if counts != (len(said.passed), len(said.failed), len(said.skipped)):
        return [f"{title}: counted {len(said.passed)}, {len(said.failed)}, {len(said.skipped)}"]
    if words is None:
        return [f"{title}: {fault}" for fault in faults]
    return [] if any(words in fault
                     for fault in faults) else [f"{title}: no fault with '{words}' in {faults}"]


# What a machine does after its first words: a shell's commands, is it ended?, what is wrong if not.
MACHINES = [
    ("exec sleep 60", True, "a machine that sleeps goes by"),
    ("while :; do :; done", True, "a machine that works without a word goes by"),
    ("n=0; while [ $n -lt 1000000 ]; do n=$((n + 1)); done", False, "one that works is ended"),
]


def hung(commands, is_ended, text):
    """Is a process that says no more ended, and does the message have what it was doing?"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        script = f"printf '(d0) # doing block\\n' >'{path}'; {commands}"
        process = qemu.start(["sh", "-c", script], path + ".messages")
        seconds = qemu.wait(process, path, 300, qemu.Watch(process, 10, 1))
        boot = qemu.read_log(qemu.Boot(path, timed_out=seconds))
    said = any("while doing block" in fault for fault in boot.faults())
    return [] if bool(seconds) == said == is_ended else [text]


def places():
    """Where a machine of two processors is that has not begun."""
    with tempfile.TemporaryDirectory() as folder:
        socket = os.path.join(folder, "monitor")
        process = qemu.start(["qemu-system-x86_64", "-S", "-smp", "2", "-display", "none",
                              *monitor.option(socket)], os.path.join(folder, "messages"))
        try:
            end = time.monotonic() + 60
            while not monitor.ask(socket) and time.monotonic() < end:
                time.sleep(0.05)
            found = qemu.ask_where(socket, os.path.join(folder, "log"))
        finally:
            process.kill()
            process.wait()
    wanted = ["processor 0 is running at 0000fff0", "processor 1 is halted at 0000fff0"]
    return [] if found == wanted else [f"processors: wanted {wanted}, not {found}"]


def run(report):
    details = [line for row in LOGS for line in wrong(*row)]
    details += [line for row in MACHINES for line in hung(*row)]
    details += places()
    report.add("logs are read", len(LOGS) + len(MACHINES) + 1 - len(details), len(details), details)
