# SPDX-License-Identifier: MIT
"""Shows that the suite bites: each faulty backend of mutate*.py must fail it, by a wrong register
or byte.

Must not know what a fault looks like (mutate*.py), nor how it is noticed (harness.c).
"""
import importlib
import os
import sys

import conformance
from report import each

HERE = os.path.dirname(os.path.abspath(__file__))

PLAN = conformance.Plan(30, 10, 3, conformance.everything)
SEED = 1
LANGUAGES, SAMPLE = 2, 1    # that a sample has, and faults of each


class Notes:
    """Stands in for a Report: keeps what a suite under a faulty backend says."""

    def __init__(self):
        self.failed, self.details = {}, []

    def add(self, title, passed, failed, details=()):
        self.failed[title] = failed
        self.details += details

    def check(self, title, good, details=()):
        self.add(title, int(bool(good)), int(not good), details)


def mutations(lang):
    return importlib.import_module(lang.MUTATE).MUTATIONS


def try_mutation(lang, generator, abi, build, seed, name):
    """(caught in which configurations, which operation, what was said)"""
    _, group, instrumented = mutations(lang)[name]
    notes = Notes()
    wrapped = [sys.executable, os.path.join(HERE, lang.MUTATE + ".py"), name, generator]
    suite = conformance.Suite(lang, wrapped, abi, build, seed, PLAN, 1, notes)
    suite.groups, suite.warnings = [group], lang.NO_WARNINGS
    if not suite.prepare():
        return [], "", notes.details
    with open(suite.path("-".join(group), "mutated"), encoding="utf-8") as file:
        suite.title = file.read() or None    # None: a fault in what all stubs share
    wanted = lang.BITE_INSTRUMENTED if instrumented else lang.BITE
    configs = [c for c in lang.CONFIGS if c.name in wanted]
    for config in configs:
        suite.configuration((0, config))
    caught = [c.name for c in configs if notes.failed[c.name]]
    wrong = [d for d in notes.details if d.startswith("FAIL")]
    return caught if wrong else [], suite.title or "all operations", notes.details


def unspoilt(lang, generator, abi, build, seed, names, jobs, report):
    """The same configurations pass with the backend as it is: what is caught is the fault."""
    for group in sorted({mutations(lang)[name][1] for name in names}):
        notes = Notes()
        suite = conformance.Suite(lang, generator, abi, build, seed, PLAN, jobs, notes)
        suite.groups, suite.warnings = [group], lang.NO_WARNINGS
        if suite.prepare():
            each(jobs, suite.configuration,
                 [(0, c) for c in lang.CONFIGS if c.name in lang.BITE_UNSPOILT])
        report.check(f"{lang.NAME}, unspoilt: {' '.join(group)}", not any(notes.failed.values()),
                     notes.details)


def run(lang, generator, abi, build, sampling, jobs, report):
    """A sample of the faults, or all. The specifications are always the same, as some faults need
    what only a few have.
    """
    tried = sampling.pick(f"bite {lang.NAME}", enumerate(mutations(lang)), SAMPLE)
    unspoilt(lang, generator, abi, os.path.join(build, "unspoilt"), SEED,
             [name for _, name in tried], jobs, report)

    def one(item):
        number, name = item
        caught, title, said = try_mutation(lang, generator, abi, os.path.join(build, str(number)),
                                           SEED, name)
        report.check(f"{lang.NAME}, caught: {name}"
                     + (f" ({title}; {', '.join(caught)})" if caught else ""), caught,
                     [f"spoilt: {title or 'nothing'}"] + said[:10])
    each(jobs, one, tried)
