# SPDX-License-Identifier: MIT
"""Boots a Xen with a guest kernel as dom0 under QEMU, and reads the results out of the log.

Always ends: by itself, or by its timeout.  Must not know what a kernel tests.
"""
import glob
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

import monitor

XEN_OPTIONS = ("com1=115200,8n1 console=com1 loglvl=all guest_loglvl=all dom0-iommu=none dom0=pvh "
               "dom0_mem=128M")

# What a hypervisor says when it is in trouble.
TROUBLE = re.compile(
    r"^\(XEN\).*(Xen call trace|Assertion '|Xen BUG|Xen WARN|Panic on CPU|FATAL|domain_crash|"
    r"Failed vm entry|Triple fault)")
GUEST = re.compile(r"^(?:\(XEN\) )?(?:\[[^\]]*\] )?\(d(\d+)\) ?(.*)$")
RESULT = re.compile(r"^(not )?ok (\d+)(?: - (.*?))?(?: # SKIP (.*))?$")


class Missing(Exception):
    """Something that a boot needs is not there."""


@dataclass
class Results:
    """What one domain said."""
    passed: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    skipped: list = field(default_factory=list)
    # lines that start with '#', in the order of the failures
    notes: list = field(default_factory=list)
    planned: int = -1
    doing: str = "nothing yet"
    bailed: str = ""
    last_words: str = ""

    @property
    def has_policy(self):
        """Does a policy of Xen's refuse calls?"""
        return "policy" in self.notes

    @property
    def refused(self):
        """Cases that a policy of Xen's refused in the classic ABI, and so in each way to call:
        (operation, what)."""
        return [tuple(note[8:].split(": ", 1)) for note in self.notes
                if note.startswith("refused ")]

    def tell(self, who=""):
        """Print what was skipped, and what a policy refused."""
        for text, reason in self.skipped:
            print(f"    {who}skipped, {reason}: {text}")
        for operation, what in self.refused:
            print(f"    {who}refused by a policy, whichever way it is called: {operation}: {what}")

    @property
    def count(self):
        return len(self.passed) + len(self.failed) + len(self.skipped)


@dataclass
class Boot:
    """A boot that is over: why it was not well, if so, and what the domains said."""
    log: str
    timed_out: int = 0
    status: int = 0
    trouble: list = field(default_factory=list)
    domains: dict = field(default_factory=dict)
    xen: list = field(default_factory=list)        # lines of the hypervisor
    places: list = field(default_factory=list)     # of the processors, if it timed out

    def domain(self, number=0):
        return self.domains.get(number) or Results()

    def faults(self, number=0):
        """All that is wrong with the boot as a whole, for a person."""
        found, r = list(self.trouble), self.domain(number)
        if self.status:
            found.append(f"QEMU ended with status {self.status}")
        if self.timed_out:
            found.append(f"no end after {self.timed_out} s, while doing {r.doing}")
            found += self.places
        if r.bailed:
            found.append(f"given up: {r.bailed}")
        if r.last_words:
            if not any(r.last_words in line for line in self.xen):
                found.append(f"Xen did not say '{r.last_words}', after {r.doing}")
        elif r.planned < 0 and not r.bailed:
            found.append(f"there is no plan; the last thing was {r.doing}")
        elif r.planned >= 0 and r.planned != r.count:
            found.append(f"{r.count} results, planned {r.planned}")
        return found


def read_line(results, line):
    """One line of a guest."""
    match = RESULT.match(line)
    if match:
        failed, number, text, reason = match.groups()
        if int(number) != results.count + 1:
            results.failed.append(f"result {number} comes after {results.count}")
        if failed:
            results.failed.append(text)
        elif reason:
            results.skipped.append((text, reason))
        else:
            results.passed.append(text)
    elif re.fullmatch(r"1\.\.\d+", line):
        results.planned = int(line[3:])
    elif line.startswith("Bail out!"):
        results.bailed = line[9:].strip()
    elif line.startswith("# doing "):
        results.doing = line[8:]
    elif line.startswith("# last words: "):
        results.last_words = line[14:]
    elif line.startswith("#"):
        results.notes.append(line[1:].strip())


def read_log(boot):
    """Fill in what the log says. Trouble before a guest says its first word is Xen's own with this
    machine, unless no guest ever does."""
    try:
        with open(boot.log, encoding="utf-8", errors="replace") as file:
            lines = [line.rstrip("\r\n") for line in file]
    except FileNotFoundError:
        lines = []
    for line in lines:
        match = GUEST.match(line)
        if match:
            if not boot.domains:
                boot.trouble.clear()
            read_line(boot.domains.setdefault(int(match.group(1)), Results()), match.group(2))
            continue
        if line.startswith("(XEN)"):
            boot.xen.append(line)
        if TROUBLE.match(line):
            boot.trouble.append(line)
    return boot


def command(xen, modules, options, cpus, log, socket, extra=()):
    """QEMU's command line; modules are files, each with the words of its command line."""
    policy = os.environ.get("XEN_POLICY")
    modules = [*modules, *([(policy, [])] if policy else [])]
    text = ",".join(f"{path} {' '.join(words)}".strip() for path, words in modules)
    options = f"{options} {os.environ.get('XEN_MORE_OPTIONS', '')}".strip()
    return ["qemu-system-x86_64", "-cpu", "max", "-m", "512", "-smp", str(cpus), "-display",
            "none", "-no-reboot",
            *monitor.option(socket), "-serial", f"file:{log}", "-kernel", xen, "-initrd", text,
            "-append", f"{XEN_OPTIONS} {options}".strip(), *extra]


def start(words, messages):
    """A process, its messages in a file. In our group, so that what ends us ends it too."""
    with open(messages, "w", encoding="utf-8") as file:
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=file, stderr=file)


def busy_seconds(process):
    """How long all threads of a process have run, or waited for a processor to be free."""
    total = 0
    for path in glob.glob(f"/proc/{process.pid}/task/*/schedstat"):
        try:
            with open(path, encoding="ascii") as file:
                total += sum(int(word) for word in file.read().split()[:2])
        except OSError:      # the thread is gone
            continue
    return total / 1e9


# A host that was powered off halts, and QEMU goes on: that is an end, too.
HALTED = re.compile(rb"^\(XEN\) .*Dom0 halted: halting machine", re.M)


def is_halted(log):
    with open(log, "rb") as file:
        return HALTED.search(file.read())


# A machine is asleep that runs for less than this part of the time.
ASLEEP_SHARE = 0.2


class Watch:
    """Says when a machine has been without a word for too long: QUIET seconds of work, or ASLEEP
    seconds in which it did none.

    On a busy machine all takes longer, so work is counted; time counts after five times as much.
    """

    def __init__(self, process, quiet, asleep):
        self.process, self.quiet, self.asleep = process, quiet, asleep
        self.spoke()

    def spoke(self):
        self.since = self.looked = time.monotonic()
        self.busy = self.busy_then = busy_seconds(self.process)

    def is_over(self):
        now, busy = time.monotonic(), busy_seconds(self.process)
        if self.asleep and now - self.looked >= self.asleep:
            if busy - self.busy_then < ASLEEP_SHARE * (now - self.looked):
                return True
            self.looked, self.busy_then = now, busy
        return busy - self.busy > self.quiet or now - self.since > 5 * self.quiet


def ask_where(socket, log):
    """Where the processors are; what the machine answered is kept beside the log."""
    text = monitor.ask(socket)
    with open(log + ".processors", "w", encoding="utf-8") as file:
        file.write(text)
    return monitor.places(text) or ["the machine does not say where its processors are"]


def wait(process, log, timeout, watch, late=lambda: None):
    """Wait for the end, or until it is late: how long it took then, else 0. Before a late machine
    is ended, LATE is called."""
    began, size = time.monotonic(), -1
    try:
        while process.poll() is None:
            size_now = os.path.getsize(log) if os.path.exists(log) else 0
            if size_now != size:
                size = size_now
                watch.spoke()
                if size > 0 and is_halted(log):
                    return 0
            if time.monotonic() - began > timeout or watch.is_over():
                late()
                return max(1, int(time.monotonic() - began))
            time.sleep(0.1)
        return 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def boot(xen, modules, log, options="", cpus=1, timeout=120, quiet=60, extra=(), asleep=None):
    """Boot, wait for the end or until a Watch ends it, read the log."""
    for path in (xen, *(m[0] for m in modules)):
        if not os.path.exists(path):
            raise Missing(f"{path}: not there"
                          + ("; scripts/xen-build makes it" if path == xen else ""))
    if not shutil.which("qemu-system-x86_64"):
        raise Missing("qemu-system-x86_64: not found; install qemu-system-x86")
    os.makedirs(os.path.dirname(log), exist_ok=True)
    if os.path.exists(log):
        os.remove(log)
    result = Boot(log)
    # Not beside the log: the name of a socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="fastabi-") as folder:
        socket = os.path.join(folder, "monitor")
        process = start(command(xen, modules, options, cpus, log, socket, extra), log + ".qemu")
        result.timed_out = wait(process, log, timeout, Watch(process, quiet, asleep),
                                lambda: result.places.extend(ask_where(socket, log)))
    # Negative: ended by a signal of ours, the reason for which is known.
    result.status = max(process.returncode, 0)
    return read_log(result)
