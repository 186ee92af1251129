# SPDX-License-Identifier: MIT
"""The command scripts/mutate: which mutants are tried, and what is said of them."""
import argparse
import collections
import fnmatch
import hashlib
import os
import pathlib
import sys

import c_source
import explained
import killers
import shield
import trial
import workshop


def default_jobs():
    return min(2, len(os.sched_getaffinity(0)))


def arguments(doc, words):
    parser = argparse.ArgumentParser(description=doc.splitlines()[0], usage=doc.split("\n\n")[1])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--deep", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--jobs", type=int, default=default_jobs())
    parser.add_argument("what", nargs="*")
    return parser.parse_args(words)


def place_of(path):
    """The place that a source belongs to, or None."""
    return next((name for name, (patterns, _, _) in killers.PLACES.items()
                 if any(fnmatch.fnmatch(path, pattern) for pattern in patterns.split())), None)


def sources(top):
    return sorted(path for path in (str(file.relative_to(top)) for folder in ("lib", "backends")
                                    for file in (top / folder).glob("*/*.c")) if place_of(path))


def chosen(top, what):
    """{source: lines of it, or None for all} of what the command line names."""
    everything = sources(top)
    found = {}
    for word in what:
        path, _, line = word.partition(":")
        if word in killers.PLACES:
            found.update({each: None for each in everything if place_of(each) == word})
        elif path in everything and line.isdigit():
            if found.setdefault(path, set()) is not None:
                found[path].add(int(line))
        elif path in everything and not line:
            found[path] = None
        else:
            sys.exit(f"mutate: there is no place or source '{word}'; places: "
                     + " ".join(killers.PLACES))
    return found or {each: None for each in everything}


def is_chosen(mutant, paths):
    lines = paths[mutant.path]
    return lines is None or mutant.line in lines


def sample(mutants, seed, count):
    """Some of them. Which ones does not change when others come or go."""
    def rank(mutant):
        return hashlib.sha256(repr((seed, mutant.key())).encode()).digest()
    return sorted(mutants, key=rank)[:count]


def every_mutant(top, paths):
    return [mutant for path in paths
            for mutant in c_source.mutants(path, (top / path).read_text())]


def show(mutant):
    old, new = mutant.lines()
    return "\n".join([f"{mutant.path} {mutant.function}", *("- " + line for line in old),
                      *("+ " + line for line in new)])


class Tally:
    """Counts results by place, and keeps what is wrong."""

    def __init__(self, entries):
        self.entries = entries
        self.counts = collections.defaultdict(collections.Counter)
        self.wrong = []

    def fault(self, text):
        self.wrong.append(text)
        print("FAILED  " + text, flush=True)

    def add(self, result):
        mutant, verdict = result.mutant, result.verdict
        entry = self.entries.get(mutant.key())
        if verdict == "survived" and entry:
            verdict = "explained"
        self.counts[place_of(mutant.path)][verdict] += 1
        where = f"{mutant.path}:{mutant.line}: "
        if verdict == "survived":
            self.fault(where + "no test notices\n" + show(mutant))
        elif verdict == "broken":
            self.fault(where + "the trial itself broke\n" + show(mutant))
        elif verdict in ("killed", "equivalent") and entry:
            self.fault(f"line {entry.line} of the explanations says that a mutant survives, but it"
                       f" is {verdict} {result.by}\n" + show(mutant))

    def stale(self, mutants, paths):
        """Entries of these sources that are about no mutant."""
        keys = {mutant.key() for mutant in mutants}
        for key, entry in self.entries.items():
            if key[0] in paths and key not in keys:
                self.fault(f"line {entry.line} of the explanations is about no mutant: {key[0]}"
                           f" {key[1]}\n- {key[2]}\n+ {key[3]}")

    def report(self):
        for place, count in self.counts.items():
            print(f"{place}: {count['killed']} killed, {count['survived']} survived,"
                  f" {count['explained']} explained, {count['equivalent']} equivalent,"
                  f" {count['not compiled']} do not compile")
        good = sum(count["killed"] + count["explained"] for count in self.counts.values())
        print(f"{good} passed, {len(self.wrong)} failed, 0 skipped")
        return 1 if self.wrong or not good else 0


def tests_for(path, is_deep):
    _, usual, deep = killers.PLACES[place_of(path)]
    return usual + (deep if is_deep else [])


def check_unchanged(runner, mutants, is_deep):
    """Every test passes with the tree as it is; else it tells nothing about mutants."""
    names, tests = set(), []
    for path in sorted({mutant.path for mutant in mutants}):
        tests += [test for test in tests_for(path, is_deep) if test.name not in names]
        names |= {test.name for test in tests}
    parts = [tests[::2], tests[1::2]]
    for result in runner.run((None, part) for part in parts):
        if result.verdict != "survived":
            sys.exit(f"mutate: without a mutant, {result.by} fails; the log is below"
                     f" {runner.workshop.build}")


def main(top, doc, words):
    options = arguments(doc, words)
    top = pathlib.Path(top)
    paths = chosen(top, options.what)
    every = every_mutant(top, paths)
    mutants = [mutant for mutant in every if is_chosen(mutant, paths)]
    if not options.all:
        mutants = sample(mutants, options.seed, options.count)
    if options.list:
        for mutant in mutants:
            print(f"{mutant.path}:{mutant.line}\n{show(mutant)}\n")
        return 0
    file = top / "tests" / "mutate" / "survivors"
    try:
        shield.raise_shield()
        tally = Tally(explained.parse("tests/mutate/survivors", file.read_text()))
        tally.stale(every, paths)
        build = pathlib.Path(os.environ.get("MUTATE_BUILD") or top / "build" / "mutate")
        shop = workshop.Workshop(top, build, options.jobs)
        shop.prepare()
    except (explained.Wrong, shield.Refused, workshop.Broken) as wrong:
        sys.exit(f"mutate: {wrong}")
    runner = trial.Trial(shop, options.jobs)
    check_unchanged(runner, mutants, options.deep)
    for result in runner.run((each, tests_for(each.path, options.deep)) for each in mutants):
        tally.add(result)
        if options.verbose:
            print(f"{result.verdict:8s}{result.mutant.path}:{result.mutant.line} {result.by}",
                  flush=True)
    return tally.report()
