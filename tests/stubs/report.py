# SPDX-License-Identifier: MIT
"""Counting and running, for every part of this directory's tests.  Must not know what is tested."""
import concurrent.futures
import subprocess
import sys
import threading


class Report:
    """Counts results and prints a line for each group of them."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()

    def add(self, title, passed, failed, details=()):
        with self.lock:
            self.passed += passed
            self.failed += failed
            verdict = f"{passed} passed" + (f", {failed} FAILED" if failed else "")
            print(f"{'not ok' if failed else 'ok'}  {title}: {verdict}")
            for line in details:
                print(f"    {line}")
            sys.stdout.flush()

    def check(self, title, good, details=()):
        self.add(title, int(bool(good)), int(not good), [] if good else details)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0


def run(command, timeout=300, **options):
    """(status, standard output, standard error); a missing program or a timeout is a failure with a
    message."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False,
                              **options)
        return done.returncode, done.stdout, done.stderr
    except FileNotFoundError:
        return 127, "", f"{command[0]}: not found; install it"
    except subprocess.TimeoutExpired:
        return 124, "", f"{command[0]}: no end after {timeout} s"


def head(text, lines=12):
    """The first lines of a message."""
    split = [line for line in text.splitlines() if line.strip()]
    return split[:lines] + ([f"... {len(split) - lines} more lines"] if len(split) > lines else [])


def each(jobs, function, items):
    """Call function for each item, `jobs` at a time; the first exception comes through."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        return list(pool.map(function, items))
