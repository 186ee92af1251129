# SPDX-License-Identifier: MIT
"""Bit-vectors: the few operations on them that the prover needs, simplified at once.

Z3 does the arithmetic and the simplification.  Must not know machines nor specifications.
"""
import functools

import z3

simplify = z3.simplify
# What Z3's Python checks before each call, its library checks in the call.
z3.z3.Z3_DEBUG = False


@functools.lru_cache(maxsize=None)
def constant(value, bits=64):
    return z3.BitVecVal(value, bits)


@functools.lru_cache(maxsize=100000)
def variable(name, bits=64):
    return z3.BitVec(name, bits)


def bits_in(term):
    """Its bits.  As size(), without an object for the sort: it is asked very often."""
    context = term.ctx_ref()
    return z3.Z3_get_bv_sort_size(context, z3.Z3_get_sort(context, term.as_ast()))


def low(term, bits):
    """The low bits of a term."""
    return term if bits_in(term) == bits else simplify(z3.Extract(bits - 1, 0, term))


def extend(term, bits, signed):
    """A term made as wide as this, by its sign or by zeros."""
    more = bits - bits_in(term)
    if not more:
        return term
    return simplify(z3.SignExt(more, term) if signed else z3.ZeroExt(more, term))


def join(parts):
    """One term of several, the lowest first."""
    return parts[0] if len(parts) == 1 else simplify(z3.Concat(*reversed(parts)))


def replace(term, part, shift):
    """A term with some of its bits replaced."""
    pieces, end = [part], shift + bits_in(part)
    if end < bits_in(term):
        pieces.insert(0, z3.Extract(bits_in(term) - 1, end, term))
    if shift:
        pieces.append(z3.Extract(shift - 1, 0, term))
    return simplify(z3.Concat(*pieces)) if len(pieces) > 1 else part


def number(term):
    """The value of a constant, or None."""
    return term.as_long() if z3.is_bv_value(term) else None


def signed_number(value, bits=64):
    return value - (1 << bits) if value >> (bits - 1) else value


SPLIT = {}      # number of a term: (the term, which keeps the number its own, what split() says)


def split(address):
    """(base or None, offset) of an address: one variable part and a constant."""
    known = SPLIT.get(address.get_id())
    if known is None:
        if len(SPLIT) > 100000:
            SPLIT.clear()
        known = SPLIT[address.get_id()] = (address, split_anew(address))
    return known[1]


def split_anew(address):
    if z3.is_bv_value(address):
        return None, address.as_long()
    if address.decl().kind() == z3.Z3_OP_BADD and address.num_args() == 2 and \
            z3.is_bv_value(address.arg(0)):
        return address.arg(1), signed_number(address.arg(0).as_long())
    return address, 0


def mentions(term, part):
    """Is this a part of a term?"""
    seen, waiting = set(), [term]
    while waiting:
        one = waiting.pop()
        if one.eq(part):
            return True
        if one.get_id() not in seen:
            seen.add(one.get_id())
            waiting += one.children()
    return False


# ---- sums, for terms that are equal although they are written differently ----

class Sum:
    """The low bits of a term as a sum: numbers of times by the number of a term, and a constant."""

    def __init__(self, bits):
        self.bits, self.constant, self.times, self.terms = bits, 0, {}, []

    def add(self, term, factor):
        """Add the low bits of a term, that many times."""
        factor %= 1 << self.bits
        kind, parts = term.decl().kind(), term.children()
        if z3.is_bv_value(term):
            self.constant += factor * term.as_long()
        elif kind == z3.Z3_OP_BADD:
            for part in parts:
                self.add(part, factor)
        elif kind == z3.Z3_OP_BSUB:
            self.add(parts[0], factor)
            for part in parts[1:]:
                self.add(part, -factor)
        elif kind == z3.Z3_OP_BNEG:
            self.add(parts[0], -factor)
        elif kind == z3.Z3_OP_BMUL and z3.is_bv_value(parts[0]) and len(parts) == 2:
            self.add(parts[1], factor * parts[0].as_long())
        elif kind == z3.Z3_OP_BSHL and z3.is_bv_value(parts[1]):
            self.add(parts[0], factor << min(parts[1].as_long(), self.bits))
        elif kind == z3.Z3_OP_EXTRACT and term.params()[1] == 0 and \
                self.matters(factor) <= bits_in(term):
            self.add(parts[0], factor)
        elif kind in (z3.Z3_OP_CONCAT, z3.Z3_OP_ZERO_EXT, z3.Z3_OP_SIGN_EXT):
            self.wide(kind, parts, factor)
        else:
            self.atom(term, factor)

    def matters(self, factor):
        """How many low bits of what is multiplied by this matter."""
        return self.bits - (factor & -factor).bit_length() + 1 if factor else 0

    def wide(self, kind, parts, factor):
        """Each part but the highest counts as it is, without a sign; of the highest only bits that
        are lost may be missing."""
        for part in reversed(parts):
            whole = bits_in(part) < self.matters(factor)
            if whole and kind == z3.Z3_OP_SIGN_EXT:
                self.atom(z3.SignExt(self.bits - bits_in(part), part), factor)
            elif whole:
                self.exact(part, factor)
            else:
                self.add(part, factor)
            factor = (factor << bits_in(part)) % (1 << self.bits)

    def exact(self, term, factor):
        """Add all of a term that is narrower."""
        kind = term.decl().kind()
        if kind in (z3.Z3_OP_CONCAT, z3.Z3_OP_ZERO_EXT):
            for part in reversed(term.children()):
                self.exact(part, factor)
                factor = (factor << bits_in(part)) % (1 << self.bits)
        elif z3.is_bv_value(term):
            self.constant += factor * term.as_long()
        else:
            self.atom(term, factor)

    def atom(self, term, factor):
        if not factor:
            return
        bits = self.matters(factor)
        term = simplify(z3.Extract(min(bits, bits_in(term)) - 1, 0, term))
        self.terms.append(term)     # which keeps its number its own
        key = term.get_id()
        self.times[key] = (self.times.get(key, 0) + factor) % (1 << self.bits)

    def is_zero(self):
        return self.constant % (1 << self.bits) == 0 and not any(self.times.values())


def alike(a, b):
    """Are these the same sum?  False means nothing."""
    difference = Sum(bits_in(a))
    difference.add(a, 1)
    difference.add(b, -1)
    return difference.is_zero()


SUMS = {}       # (number of a term, added): (the term, the sum)


def plus(term, added):
    """A word and a constant."""
    key = term.get_id(), added
    known = SUMS.get(key)
    if known is None:
        if len(SUMS) > 100000:
            SUMS.clear()
        known = SUMS[key] = (term, simplify(term + constant(added % (1 << bits_in(term)),
                                                            bits_in(term))))
    return known[1]


def truth(condition):
    """True or False where a simplified condition is that, else None."""
    return True if z3.is_true(condition) else False if z3.is_false(condition) else None


# What Z3 may do for one question; a count, as time would depend on the machine.  Most questions are
# easy, and asked best of the solver that adds and forgets conditions; the other turns what is left
# into one question about bits.
FIRST_EFFORT, EFFORT = 100000, 20000000
SOLVER = z3.SimpleSolver()
SOLVER.set("rlimit", FIRST_EFFORT)
ASKED = []      # the conditions that it has, each in a scope of its own


def example(conditions):
    """Values that fulfil all conditions (a model), None if there are none; raises Undecided."""
    ask(conditions)
    result, solver = SOLVER.check(), SOLVER
    if result == z3.unknown:
        solver = z3.Tactic("qfufbv").solver()
        solver.set("rlimit", EFFORT)
        solver.add(*conditions)
        result = solver.check()
    if result == z3.unknown:
        raise Undecided()
    return solver.model() if result == z3.sat else None


def ask(conditions):
    """Let the solver have these conditions.  Most are those of the question before, in the same
    order, as a path is followed: it keeps them, and what it has learnt of them."""
    same = 0
    for before, condition in zip(ASKED, conditions):
        if before is not condition and not before.eq(condition):
            break
        same += 1
    SOLVER.pop(len(ASKED) - same)
    del ASKED[same:]
    for condition in conditions[same:]:
        SOLVER.push()
        ASKED.append(condition)
        SOLVER.add(condition)


class Undecided(Exception):
    """Z3 has given up."""
