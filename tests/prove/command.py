# SPDX-License-Identifier: MIT
"""The command scripts/prove: what there is to prove, a sample of it, in as many processes as there
are processors.

Must not know languages, nor how anything is proven.
"""
import argparse
import concurrent.futures
import itertools
import multiprocessing
import os
import resource
import shutil

import bite
import model
import prover
import randbridge
import randspec
import sampling
import subject_bridges
import subject_c
import subject_functions
import subject_hypervisor
import subject_macros
import subject_rust
from prover import works_of

LANGUAGES = {"c": subject_c, "bridges": subject_bridges, "functions": subject_functions,
             "macros": subject_macros, "rust": subject_rust, "hypervisor": subject_hypervisor}
NAMED = ["hypervisor"]                  # proven if it is named only, as it needs a Xen
RANDOM, RANDOM_OPERATIONS = 30, 12      # specifications, and operations in each
WAYS = 2                                # of a group, unless in --full
SHARE = 3                               # one operation of so many, unless in --full
RANDOM_SHARE, SOME_RANDOM = 10, 30      # one random operation of so many; in a sample
SPECS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "specs")   # for bridges
ALWAYS = {name[:-4] for name in os.listdir(SPECS) if name.endswith(".yml")}


SHARED = []     # what processes that are forked have in common


def share_of(language):
    return getattr(language, "SHARE", SHARE)


def call_shared(number):
    return SHARED[-1](number)


def in_processes(function, count):
    """Results of function(0), function(1), ... in their order; children inherit what it needs."""
    SHARED.append(function)
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), context) as pool:
        yield from pool.map(call_shared, range(count))
    SHARED.pop()


def shares(specs, count, turn):
    """Of all specifications one operation of `count`; those of tests/prove/specs have all."""
    chosen, number = [], turn
    for spec in specs:
        part = model.Spec(spec.path, spec.name, spec.hypercall_index, spec.headers)
        for op in spec.ops:
            if number % count == 0 or spec.name in ALWAYS:
                part.ops.append(op)
            number += 1
        if part.ops:
            chosen.append(part)
    return chosen


class Run:
    """Everything that a run of the command shares."""

    def __init__(self, root, environment, options):
        self.generator = [environment.get("FASTABI_GEN") or os.path.join(root, "build/fastabi-gen")]
        self.build = os.path.join(environment.get("BUILD") or os.path.join(root, "build"), "prove")
        self.abi, self.options = os.path.join(root, "abi"), options
        self.sampling = sampling.chosen(options)
        self.known, self.in_processes = LANGUAGES, in_processes
        chosen = options.languages or [name for name in LANGUAGES if name not in NAMED]
        self.languages = [LANGUAGES[name] for name in chosen]

    def prepare(self):
        """Specifications, bindings, and the layout of structs, of abi/ and of random ones."""
        shutil.rmtree(self.build, ignore_errors=True)
        # In a sample always the same: a seed chooses what is proven of them.
        seed = self.options.seed if self.sampling.full else 1
        self.works = {}
        for name, maker in (("abi", None), ("random", randspec), ("bridges", None),
                            ("random bridges", randbridge), ("hypervisor", None)):
            if not any(name in works_of(language) for language in self.languages):
                continue
            folder = self.abi
            if maker:
                folder = os.path.join(self.build, name.replace(" ", "-") + "-specs")
                maker.make(folder, seed, RANDOM, RANDOM_OPERATIONS)
                if maker is randbridge:
                    for path in os.listdir(SPECS):
                        shutil.copy(os.path.join(SPECS, path), folder)
            specs = model.load_folder(folder)
            first = [os.path.join(folder, n) for n in ["types.h"] + [s.name + ".h" for s in specs]]
            work = prover.Work(os.path.join(self.build, name.replace(" ", "-")), specs,
                               [n for n in first if maker and os.path.exists(n)], {})
            os.makedirs(work.folder)
            work.sources = [folder]
            self.works[name] = work

    def generate(self, groups):
        """Bindings of these groups."""
        done = set()
        for language, form, _ in groups:
            for work in (self.works[name] for name in works_of(language)):
                folder = work.bindings(language, form)
                if folder in done:
                    continue
                done.add(folder)
                language.generate(self.generator, folder, form, work.sources)
                if language.needs_structs(form) and not work.structs:
                    work.structs = language.layouts(work.specs, work.first, folder,
                                                    os.path.join(work.folder, "layout"))

    def groups(self):
        """[(language, form, ways)] of this run."""
        found = []
        for language in self.languages:
            groups = language.groups()
            if self.options.only:
                groups = [(form, [w for w in ways if self.options.only in language.title(form, w)])
                          for form, ways in groups]
                groups = [g for g in groups if g[1]]
            elif not self.sampling.full and language.SAMPLE:
                groups = self.sampling.pick(language.NAME, groups, language.SAMPLE)
                most = getattr(language, "MOST_WAYS", WAYS)
                groups = [(form, self.sampling.pick(f"ways {form}", ways, most))
                          for form, ways in groups]
            found += [(language, form, ways) for form, ways in groups]
        return found

    def narrowed(self, number, name, language):
        """The work of a group: all operations, or a share; of random ones always a share."""
        work = self.works[name]
        everything = self.sampling.full or self.options.only or not language.SAMPLE
        share = 1 if everything else share_of(language)
        if name.startswith("random"):
            share = SOME_RANDOM * share_of(language) // SHARE
            share = getattr(language, "RANDOM_SHARE", RANDOM_SHARE) if everything else share
        turn = number + self.options.seed
        part = prover.Work(work.folder, shares(work.specs, share, turn), work.first, work.structs)
        part.whole = share == 1 and not self.options.operation
        if self.options.operation:
            part.specs = [model.Spec(s.path, s.name, s.hypercall_index, s.headers,
                                     [o for o in s.ops if o.title == self.options.operation])
                          for s in work.specs]
            part.specs = [s for s in part.specs if s.ops]
        return part

    def prove(self):
        self.prepare()
        groups = self.groups()
        self.generate(groups)
        totals, obligations = dict.fromkeys(prover.VERDICTS, 0), 0
        self.jobs = [(number, name, *group) for number, group in enumerate(groups)
                     for name in works_of(group[0])]
        for unit in itertools.chain.from_iterable(in_processes(self.one, len(self.jobs))):
            good = unit.counts["proven"] == unit.functions
            print(("ok  " if good else "not ok  ") + unit.line(), flush=True)
            for detail in unit.details:
                print(f"    {detail}", flush=True)
            obligations += unit.obligations
            for verdict, count in unit.counts.items():
                totals[verdict] += count
        print(f"{sum(totals.values())} functions, {obligations} obligations: "
              + ", ".join(f"{count} {verdict}" for verdict, count in totals.items()))
        return totals["proven"], totals["refuted"] + totals["open"]

    def one(self, job):
        """A group, in a child process."""
        number, name, language, form, ways = self.jobs[job]
        work, once = self.narrowed(number, name, language), prover.Prover()
        if not work.specs:
            return []
        units = [prover.prove_unit(once, language, form, way, work) for way in ways]
        for unit in units:
            unit.title += ", random" if name.startswith("random") else ""
        return units


def parse(text):
    parser = argparse.ArgumentParser(prog="scripts/prove", description=text.split("\n", 1)[0])
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE",
                        help=f"of {', '.join(LANGUAGES)}; default: all")
    parser.add_argument("--only", metavar="TEXT", help="units whose title has this text")
    parser.add_argument("--operation", metavar="NAME", help="one operation, such as vcpu.up")
    parser.add_argument("--bite", action="store_true", help="faulty stubs: none may be proven")
    parser.add_argument("--list", action="store_true", help="the units that there are")
    sampling.add_arguments(parser)
    options = parser.parse_args()
    for name in options.languages:
        if name not in LANGUAGES:
            parser.error(f"'{name}' is not a language; use one of {', '.join(LANGUAGES)}")
    return options


def main(root, text, environment):
    options = parse(text)
    if options.list:
        for language in LANGUAGES.values():
            for form, ways in language.groups():
                print("\n".join(language.title(form, way) for way in ways))
        return 0
    run = Run(root, environment, options)
    passed, failed = bite.bite(run) if options.bite else run.prove()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{used.ru_utime + used.ru_stime:.0f} processor seconds")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0
