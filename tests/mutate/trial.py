# SPDX-License-Identifier: MIT
"""Tries mutants, several at once, each in a process group of its own that can be ended.

Must not know how a mutant was made, or what a test does.
"""
import dataclasses
import json
import os
import selectors
import signal
import sys
import time

PATIENCE = 150     # seconds that one test may take, on a machine that is busy


@dataclasses.dataclass
class Result:
    """verdict: killed, survived, equivalent, or not compiled; by: the test that noticed it."""
    mutant: object
    verdict: str
    by: str = ""


class Running:
    def __init__(self, mutant, slot, child, pipe):
        self.mutant, self.slot, self.child, self.pipe = mutant, slot, child, pipe
        self.said, self.test, self.last = b"", "", time.monotonic()


def tell(pipe, **what):
    os.write(pipe, (json.dumps(what) + "\n").encode())


def child_main(pipe, workshop, slot, mutant, tests):
    """In a separate process: build, then test until one fails."""
    log = os.open(slot / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    why = workshop.make(slot, mutant.path, mutant.changed()) if mutant else ""
    if why:
        tell(pipe, verdict=why)
        return
    for test in tests:
        tell(pipe, test=test.name)
        if test.fails(slot):
            sys.stdout.flush()
            tell(pipe, verdict="killed", by=test.name)
            return
    tell(pipe, verdict="survived")


class Trial:
    def __init__(self, workshop, jobs):
        self.workshop = workshop
        self.slots = [workshop.slot(number) for number in range(jobs)]
        self.watch = selectors.DefaultSelector()
        self.kills = {}    # what has noticed mutants of a source, the last one first
        self.seconds = {}

    def order(self, mutant, tests):
        """Tests that have noticed mutants of the same source come first."""
        known = self.kills.get(mutant.path, []) if mutant else []
        rank = {name: number for number, name in enumerate(known)}
        return sorted(tests, key=lambda test: rank.get(test.name, len(rank)))

    def start(self, mutant, tests):
        slot = self.slots.pop()
        if not mutant:
            self.workshop.install(slot, self.workshop.base / "whole.so")
        else:
            self.workshop.reference(mutant.path)
        tests = self.order(mutant, tests)
        ours, theirs = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.setpgid(0, 0)
                child_main(theirs, self.workshop, slot, mutant, tests)
                status = 0
            finally:
                sys.stdout.flush()
                os._exit(status)
        os.close(theirs)
        running = Running(mutant, slot, child, ours)
        self.watch.register(ours, selectors.EVENT_READ, running)

    def finish(self, running, verdict, by=""):
        try:
            os.killpg(running.child, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(running.child, 0)
        self.watch.unregister(running.pipe)
        os.close(running.pipe)
        self.slots.append(running.slot)
        if verdict == "killed" and running.mutant:
            known = self.kills.setdefault(running.mutant.path, [])
            name = running.test
            if name in known:
                known.remove(name)
            known.insert(0, name)
        return Result(running.mutant, verdict, by)

    def hear(self, running):
        """What a child has said; its result, or None."""
        data = os.read(running.pipe, 65536)
        running.last = time.monotonic()
        running.said += data
        *lines, running.said = running.said.split(b"\n")
        for line in map(json.loads, lines):
            if "verdict" in line:
                return self.finish(running, line["verdict"], line.get("by", ""))
            running.test = line["test"]
        return None if data else self.finish(running, "broken", running.test)

    def wait(self):
        """Results of what has ended within a second."""
        for key, _ in self.watch.select(1):
            result = self.hear(key.data)
            if result:
                yield result
        for key in list(self.watch.get_map().values()):
            if time.monotonic() - key.data.last > PATIENCE:
                yield self.finish(key.data, "killed", key.data.test + " (no end)")

    def run(self, work):
        """Results of (mutant, tests) in the order in which they come."""
        work = iter(work)
        more = True
        try:
            while more or self.watch.get_map():
                while more and self.slots:
                    item = next(work, None)
                    more = item is not None
                    if more:
                        self.start(*item)
                if self.watch.get_map():
                    yield from self.wait()
        finally:
            for key in list(self.watch.get_map().values()):
                self.finish(key.data, "stopped")
