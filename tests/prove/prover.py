# SPDX-License-Identifier: MIT
"""Proves a function, or all functions of a group of units, and counts.

Must not know languages, specifications, nor instructions.
"""
import os

import z3

import machine
from contract import Refuted
from memory import Open, Wrong
from words import Undecided

VERDICTS = ("proven", "refuted", "open")
STUBS = ("abi", "random")       # what there is to prove, unless a language says something else


def works_of(language):
    """Names of the works that a language is proven for."""
    return getattr(language, "WORKS", STUBS)


def explored(image, name, contract):
    """(verdict, what is wrong)"""
    try:
        state = machine.State(image, image.enter(name))
        contract.enter(state)
        machine.explore(state, contract.transfer, contract.finish)
    except (Refuted, Wrong) as wrong:
        return "refuted", str(wrong)
    except Open as unknown:
        return "open", str(unknown)
    except Undecided:
        return "open", "Z3 did not decide"
    except z3.Z3Exception as error:
        return "open", f"Z3: {error}"
    if not contract.sites and contract.shape.calls:
        return "open", "no call was found"
    return "proven", ""


class Prover:
    """Functions with the same bytes and the same obligations are proven once."""

    def __init__(self):
        self.known = {}

    def prove(self, image, op, name, shape, convention):
        """(verdict, obligations, what is wrong)"""
        try:
            start = image.enter(name)
            key = (id(op), shape.key(), convention, image.body(name))
        except (Open, Wrong) as missing:
            return "open", 0, str(missing)
        if key not in self.known:
            contract = shape.contract(op, convention)
            verdict, text = explored(image, name, contract)
            found = (verdict, contract.obligations, text, [s - start for s in contract.sites])
            if image.local:         # else it may mean something else at another place
                self.known[key] = found
        else:
            found = self.known[key]
        verdict, obligations, text, sites = found
        if verdict == "proven" and shape.recorded:
            obligations += len(sites)
            if not all(start + site in image.recorded for site in sites):
                return "refuted", obligations, "a call is not in xen_fastabi_sites"
        image.seen.update(start + site for site in sites)
        return verdict, obligations, text


class Unit:
    """What was found out about one form, compiled in one way."""

    def __init__(self, title):
        self.title, self.functions, self.obligations = title, 0, 0
        self.counts, self.details = dict.fromkeys(VERDICTS, 0), []

    def add(self, name, verdict, obligations, text):
        self.functions += 1
        self.obligations += obligations
        self.counts[verdict] += 1
        if verdict != "proven" and len(self.details) < 10:
            self.details.append(f"{verdict}: {name}: {text}")

    def line(self):
        counts = ", ".join(f"{n} {verdict}" for verdict, n in self.counts.items())
        return f"{self.title}: {self.functions} functions, {self.obligations} obligations: {counts}"


def no_more(form, image, specs, structs):
    return ()


def prove_unit(prover, language, form, way, work):
    """All functions of one unit; work: of class Work."""
    unit = Unit(language.title(form, way))
    base = os.path.join(work.folder, "-".join([language.NAME, *form, *way]).replace("/", "_"))
    try:
        image = language.build(form, way, work.specs, work.first,
                               work.bindings(language, form), base)
        for op, name, shape, convention in language.subjects(form, way, work.specs, work.structs):
            unit.add(op.title + f" ({name})", *prover.prove(image, op, name, shape, convention))
        for found in getattr(language, "together", no_more)(
                form, image, work.specs, work.structs):
            unit.add(*found)
        strange = set(image.recorded) - image.seen
        if strange and work.whole and not unit.counts["refuted"] + unit.counts["open"]:
            unit.add("xen_fastabi_sites", "refuted", 1, f"{len(strange)} places are not calls")
    except language.Unproved as error:
        unit.add("the unit", "open", 0, str(error))
    return unit


class Work:
    """Specifications, the headers with their structs, and where files go."""

    def __init__(self, folder, specs, first, structs):
        self.folder, self.specs, self.first, self.structs = folder, specs, first, structs
        self.whole = True       # all operations that there are bindings of

    def bindings(self, language, form):
        return os.path.join(self.folder, "-".join(["bindings", language.NAME, *form]))
