# SPDX-License-Identifier: MIT
"""Bit-vectors: the few operations on them that the prover needs, simplified at once.

Z3 does the arithmetic and the simplification.  Must not know machines nor specifications.
"""
import functools

import z3

simplify = z3.simplify


@functools.lru_cache(maxsize=None)
def constant(value, bits=64):
    return z3.BitVecVal(value, bits)


@functools.lru_cache(maxsize=100000)
def variable(name, bits=64):
    return z3.BitVec(name, bits)


def low(term, bits):
    """The low bits of a term."""
    return term if term.size() == bits else simplify(z3.Extract(bits - 1, 0, term))


def extend(term, bits, signed):
    """A term made as wide as this, by its sign or by zeros."""
    more = bits - term.size()
    if not more:
        return term
    return simplify(z3.SignExt(more, term) if signed else z3.ZeroExt(more, term))


def join(parts):
    """One term of several, the lowest first."""
    return parts[0] if len(parts) == 1 else simplify(z3.Concat(*reversed(parts)))


def replace(term, part, shift):
    """A term with some of its bits replaced."""
    pieces, end = [part], shift + part.size()
    if end < term.size():
        pieces.insert(0, z3.Extract(term.size() - 1, end, term))
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


SUMS = {}       # (number of a term, added): (the term, the sum)


def plus(term, added):
    """A word and a constant."""
    key = term.get_id(), added
    known = SUMS.get(key)
    if known is None:
        if len(SUMS) > 100000:
            SUMS.clear()
        known = SUMS[key] = (term, simplify(term + constant(added % (1 << term.size()),
                                                            term.size())))
    return known[1]


def truth(condition):
    """True or False where a simplified condition is that, else None."""
    return True if z3.is_true(condition) else False if z3.is_false(condition) else None


EFFORT = 20000000    # of Z3 for one question; a count, as time would depend on the machine
SOLVER = z3.SimpleSolver()
SOLVER.set("rlimit", EFFORT)


def example(conditions):
    """Values that fulfil all conditions (a model), None if there are none; raises Undecided."""
    SOLVER.push()
    try:
        SOLVER.add(*conditions)
        result = SOLVER.check()
        if result == z3.unknown:
            raise Undecided()
        return SOLVER.model() if result == z3.sat else None
    finally:
        SOLVER.pop()


class Undecided(Exception):
    """Z3 has given up."""
