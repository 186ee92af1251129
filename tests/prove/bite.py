# SPDX-License-Identifier: MIT
"""The prover bites: no stub with a fault is proven right.

A mutant is an operation with a fault whose machine code is another one than without.  It has to be
refuted; one that is open is counted by itself, and is enough where a fault is an instruction that
the prover must not guess.  Some faults make code that may happen to be right; then one mutant at
least has to be refuted.  Must not know languages, nor what a fault looks like.
"""
import collections
import os
import random
import shutil

from capstone import x86

import model
import mutants
import prover
from decode import ENGINE
from memory import Open
from prover import works_of


SEED = 1        # always the same specifications, as some faults need what only a few have
SAMPLE = 4      # faults, unless in --full
MOST, FEW = 15, 5   # mutants of a fault, of abi/ and of the random specifications each


class Bites:
    """What came of a fault in one language: titles of mutants by verdict."""

    def __init__(self, language, fault):
        self.title = f"{language} '{fault}'"
        self.verdicts = {verdict: [] for verdict in prover.VERDICTS}
        self.unchanged, self.broken, self.example = 0, 0, ""
        self.may_be_right = fault in getattr(mutants.FAULTY[language], "may_be_right", ())
        self.may_be_open = fault in getattr(mutants.FAULTY[language], "may_be_open", ())

    @property
    def wrong(self):
        """Titles of mutants that are proven and should not be."""
        return [] if self.may_be_right else self.verdicts["proven"]

    @property
    def noticed(self):
        """At least one mutant was, as this fault is noticed."""
        return bool(self.verdicts["refuted"] or self.may_be_open and self.verdicts["open"])

    def line(self):
        counts = ", ".join(f"{len(titles)} {verdict}" for verdict, titles in self.verdicts.items())
        return f"{self.title}: {counts} ({self.unchanged} are the same code, " \
               f"{self.broken} do not compile)"


def placed(image, name, seen=None):
    """The code of a function and of those that it calls, with names for what is elsewhere, as that
    may have another address."""
    seen = seen if seen is not None else set()
    seen.add(name)
    start, size = image.functions[name]
    names = {address: symbol for symbol, (address, _) in image.functions.items() if address}
    text = []
    for found in ENGINE.disasm(image.body(name), start):
        operands = [found.op_str]
        goes = found.mnemonic == "call" or found.mnemonic[0] == "j"
        for op in found.operands:
            target = op.imm if op.type == x86.X86_OP_IMM and goes else \
                found.address + found.size + op.mem.disp \
                if op.type == x86.X86_OP_MEM and op.mem.base == x86.X86_REG_RIP else None
            inside = target is not None and start <= target < start + size
            if target in names or inside:
                operands = [names.get(target), target - start if inside else None]
            if target in names and goes and op.type == x86.X86_OP_IMM and \
                    names[target] not in seen and image.functions[names[target]][1]:
                text += placed(image, names[target], seen)
        text.append((found.mnemonic, *operands))
    return text


class Faulty:
    """One fault in all operations of some specifications, against the same without it."""

    def __init__(self, run, language, fault, work, bites):
        self.name, self.language, self.fault = language, run.known[language], fault
        self.faulty, self.run, self.work, self.bites = mutants.FAULTY[language], run, work, bites

    def bindings(self):
        """The titles of operations that have the fault."""
        form = self.faulty.faults[self.fault]
        self.good = self.work.bindings(self.language, form)
        self.bad = mutants.folder_of(self.work, f"{self.name} {self.fault}")
        shutil.copytree(self.good, self.bad, ignore=shutil.ignore_patterns("compiled-*"))
        return self.faulty.spoil(self.bad, self.work.specs, self.fault)

    def image(self, specs, bindings, way, name):
        base = os.path.join(self.bad, name)
        return self.language.build(self.faulty.faults[self.fault], way, specs, self.work.first,
                                   bindings, base, self.faulty.quiet)

    def only(self, titles):
        """Each specification with the operations of these titles."""
        specs = []
        for spec in self.work.specs:
            ops = [op for op in spec.ops if op.title in titles]
            if ops:
                specs.append(model.Spec(spec.path, spec.name, spec.hypercall_index, spec.headers,
                                        ops))
        return specs

    def look(self):
        titles = self.bindings()
        most = MOST if self.run.sampling.full or self.run.options.only else FEW
        titles = random.Random(self.fault).sample(sorted(titles), min(most, len(titles)))
        specs = self.only(titles)
        verdicts = collections.defaultdict(set)
        for way in self.faulty.ways:
            for part in [specs] if self.compiles(specs, way) else \
                    [self.only({title}) for title in sorted(titles)]:
                self.compare(part, way, verdicts)
        for title, found in sorted(verdicts.items()):
            if "refuted" in found or "open" in found or "proven" in found:
                worst = next(v for v in ("refuted", "open", "proven") if v in found)
                self.bites.verdicts[worst].append(title)
            elif "broken" in found:
                self.bites.broken += 1
            else:
                self.bites.unchanged += 1

    def compiles(self, specs, way):
        try:
            self.image(specs, self.bad, way, "bad")
        except self.language.Unproved:
            return False
        return True

    def compare(self, specs, way, verdicts):
        """Prove what is not the same code as without the fault."""
        if not specs:
            return
        try:
            bad = self.image(specs, self.bad, way, "bad")
        except self.language.Unproved:
            for spec in specs:
                for op in spec.ops:
                    verdicts[op.title].add("broken")
            return
        good = self.image(specs, self.good, way, "good")
        form, once = self.faulty.faults[self.fault], prover.Prover()
        for op, name, shape, convention in self.language.subjects(form, way, specs,
                                                                  self.work.structs):
            if self.same(good, bad, name, shape.marks):
                verdicts[op.title].add("unchanged")
                continue
            verdict, _, text = once.prove(bad, op, name, shape, convention)
            verdicts[op.title].add(verdict)
            if verdict == "refuted":
                self.bites.example = self.bites.example or f"{op.title} ({name}): {text}"

    @staticmethod
    def same(good, bad, name, marks):
        """The same code, and the same calls recorded."""
        try:
            start, size = bad.functions[name]
            first = good.functions[name][0]
            return placed(good, name, set(marks)) == placed(bad, name, set(marks)) and \
                {a - first for a in good.recorded if first <= a < first + size} == \
                {a - start for a in bad.recorded if start <= a < start + size}
        except (KeyError, Open):
            return False


def bite(run):
    """(faults that are noticed, faults that are not); prints a line for each."""
    run.options.seed = SEED
    run.prepare()
    chosen = [(language, fault) for language, fault in mutants.faults()
              if run.known[language] in run.languages and (run.options.only or "") in fault]
    if not run.sampling.full and not run.options.only:
        chosen = run.sampling.pick("faults", chosen, SAMPLE)
    run.generate([(run.known[language], mutants.FAULTY[language].faults[fault], [])
                  for language, fault in chosen])

    def one(number):
        language, fault = chosen[number]
        bites = Bites(language, fault)
        for name in works_of(run.known[language]):
            work = run.works[name]
            if name.startswith("random") and fault in mutants.FAULTY[language].sensible:
                continue
            Faulty(run, language, fault, work, bites).look()
        return bites
    good = bad = 0
    totals = dict.fromkeys(prover.VERDICTS, 0)
    for bites in run.in_processes(one, len(chosen)):
        wrong = bites.wrong or not bites.noticed
        print(("not ok  " if wrong else "ok  ") + bites.line(), flush=True)
        if bites.example:
            print(f"    {bites.example}")
        for title in bites.wrong:
            print(f"    proven in spite of it: {title}")
        good, bad = good + (not wrong), bad + bool(wrong)
        for verdict, titles in bites.verdicts.items():
            totals[verdict] += len(titles)
    print(f"{sum(totals.values())} mutants: "
          + ", ".join(f"{count} {verdict}" for verdict, count in totals.items()))
    return good, bad
