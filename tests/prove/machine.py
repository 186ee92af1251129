# SPDX-License-Identifier: MIT
"""What instructions do: the part of x86-64 that compilers make stubs of, over symbolic words.

An instruction, a flag or an address that is not here is "open", never guessed.  Must not know
specifications, conventions, nor what a transfer instruction does.
"""
import z3

from decode import WIDE, Immediate, Place, Register, decode
from memory import Memory, Open, Wrong
from words import bits_in, constant, example, extend, join, low, mentions, number, plus, replace, \
    simplify, split, truth, variable

AT_ENTRY = "%s at entry"     # what a register holds then
MOST_STEPS, MOST_PATHS = 20000, 3000
FEW = 64                     # values of a term that paths are made for
MOST_REPEATED = 600          # passes of a string instruction
MODELS = 3                   # examples that are kept, as they answer many questions


class Fork(Exception):
    """A term has a few values; the instruction must be executed for each of them."""

    def __init__(self, term, values):
        super().__init__(f"{len(values)} values")
        self.term, self.values = term, values


def holds(found, condition):
    return z3.is_true(found.eval(condition, model_completion=True))


class State:
    """Registers, flags, memory, and what is assumed on this path."""

    def __init__(self, image, entry):
        self.image, self.rip = image, entry
        self.registers = {name: variable(AT_ENTRY % name) for name in WIDE}
        self.flags = self.untouched = {}    # letter: a function that makes the condition
        self.memory = Memory()
        self.assumed = []           # conditions of this path
        self.known = {}             # number of a condition: (it, whether it holds), from these
        self.models = []            # a few examples that fulfil them
        self.calls = 0              # transfers so far
        self.notes = {}             # of whoever looks at transfers
        self.steps = 0

    def copy(self):
        other = State.__new__(State)
        other.__dict__.update(self.__dict__)
        other.registers = dict(self.registers)
        other.memory, other.assumed = self.memory.copy(), list(self.assumed)
        other.known = dict(self.known)
        other.models = list(self.models)
        other.notes = dict(self.notes)
        return other

    def assume(self, condition):
        self.assumed.append(condition)
        for term, holding in ((condition, True), (simplify(z3.Not(condition)), False)):
            self.known[term.get_id()] = term, holding
        self.models = [found for found in self.models if holds(found, condition)]

    def decided(self, condition):
        """Whether a condition holds on this path: True, False, or None if it may be either."""
        known = truth(condition)
        if known is not None:
            return known
        if condition.get_id() in self.known:
            return self.known[condition.get_id()][1]
        if not self.possible(condition):
            return False
        return None if self.possible(simplify(z3.Not(condition))) else True

    def possible(self, condition):
        """Can it hold on this path?"""
        if any(holds(found, condition) for found in self.models):
            return True
        found = example([*self.assumed, condition])
        if found is not None:
            self.models = [found, *self.models[:MODELS - 1]]
        return found is not None

    def settled(self, term):
        """The number that a term is on this path, or None; forks where it is one of a few."""
        known = number(term)
        if known is not None:
            return known
        for before, value in self.notes.get("settled", ()):
            if before.eq(term):
                return value
        values = []
        while len(values) <= FEW:
            found = example([*self.assumed, *(term != value for value in values)])
            if found is None:
                raise Fork(term, values)
            values.append(simplify(found.eval(term, model_completion=True)))
        return None

    def forked(self, fork):
        """The states for each value of a term."""
        for value in fork.values:
            other = self.copy()
            other.assume(simplify(fork.term == value))
            other.notes["settled"] = [*self.notes.get("settled", ()),
                                      (fork.term, value.as_long())]
            yield other

    def found(self, address):
        """An address as memory or the image knows it, where this path allows only that one."""
        if number(address) is not None or self.memory.knows(address):
            return address
        for made in self.memory.objects.values():
            if mentions(address, made.address):
                offset = self.settled(simplify(address - made.address))
                if offset is not None:
                    return plus(made.address, offset)
        fixed = self.settled(address)
        return address if fixed is None else constant(fixed)

    # ---- operands ----

    def address(self, place, size):
        if place.by_rip:
            return constant((self.rip + size + place.displacement) % (1 << 64))
        term = constant(place.displacement % (1 << 64))
        if place.base:
            term = plus(self.registers[place.base], place.displacement)
        if place.index:
            term = simplify(term + self.registers[place.index] * constant(place.scale))
        return term

    def load(self, address, size):
        address = self.found(address)
        fixed = number(address)
        if fixed is not None and self.image.is_variable(fixed):
            return self.load_variable(fixed, size)
        if fixed is not None:
            return constant(self.image.constant(fixed, size), 8 * size)
        self.in_stack(address)
        return self.memory.load(address, size)

    def load_variable(self, address, size):
        """The one variable of the program whose value somebody has said something about."""
        at, term = self.notes.get("variable", (None, None))
        if term is None or at not in (None, address) or 8 * size != bits_in(term):
            raise Open(f"a variable at {address:#x}")
        self.notes["variable"] = (address, term)
        return term

    def store(self, address, term):
        address = self.found(address)
        if number(address) is not None:
            raise Wrong(f"writes to the fixed address {number(address):#x}")
        self.in_stack(address)
        self.memory.store(address, term)

    def in_stack(self, address):
        """What lies below the stack pointer may change at any moment: there is no red zone."""
        base, offset = split(address)
        top, depth = split(self.registers["rsp"])
        if base is not None and top is not None and base.eq(top) and offset < depth:
            raise Wrong(f"uses memory {depth - offset} bytes below the stack pointer")

    def read(self, op, size):
        if isinstance(op, Register):
            whole = self.registers[op.name]
            if op.bits == 64:
                return whole
            return simplify(z3.Extract(op.shift + op.bits - 1, op.shift, whole))
        if isinstance(op, Immediate):
            return constant(op.value % (1 << op.bits), op.bits)
        return self.load(self.address(op, size), op.bits // 8)

    def write(self, op, term, size):
        if isinstance(op, Place):
            self.store(self.address(op, size), term)
        elif op.bits == 64:
            self.registers[op.name] = term
        elif op.bits == 32:
            self.registers[op.name] = extend(term, 64, False)
        else:
            self.registers[op.name] = replace(self.registers[op.name], term, op.shift)

    def push(self, term):
        self.registers["rsp"] = plus(self.registers["rsp"], -(bits_in(term) // 8))
        self.store(self.registers["rsp"], term)

    def pop(self, size=8):
        term = self.load(self.registers["rsp"], size)
        self.registers["rsp"] = plus(self.registers["rsp"], size)
        return term

    # ---- flags ----

    def set_flags(self, result, carry=None, overflow=None, less=None):
        """Each is a function that makes a condition; None: not defined."""
        self.flags = {
            "z": lambda: result == 0, "s": lambda: result < 0, "c": carry, "o": overflow,
            "l": less or (overflow and (lambda: z3.Xor(result < 0, overflow()))),
            "p": None}

    def flag(self, letter):
        make = self.flags.get(letter)
        if make is None:
            raise Open(f"flag {letter} is used where it is not known")
        return make()

    def condition(self, code):
        """The condition of jCODE, setCODE and cmovCODE."""
        negated = code.startswith("n")
        code = {"nae": "b", "c": "b", "na": "be", "pe": "p", "nge": "l", "ng": "le"}.get(
            code, code[1:] if negated else code)
        if code in ("ae", "a", "ge", "g"):
            return simplify(z3.Not(self.condition({"ae": "b", "a": "be", "ge": "l",
                                                   "g": "le"}[code])))
        if code == "be":
            made = z3.Or(self.flag("c"), self.flag("z"))
        elif code == "le":
            made = z3.Or(self.flag("l"), self.flag("z"))
        else:
            made = self.flag({"e": "z", "b": "c"}.get(code, code))
        return simplify(z3.Not(made) if negated else made)


# ---- instructions: functions of (state, operands, size of the instruction) ----

def move(state, ops, size):
    term = state.read(ops[1], size)
    if bits_in(term) < ops[0].bits:
        term = extend(term, ops[0].bits, True)
    state.write(ops[0], low(term, ops[0].bits), size)


def widen(signed):
    def act(state, ops, size):
        state.write(ops[0], extend(state.read(ops[1], size), ops[0].bits, signed), size)
    return act


def lea(state, ops, size):
    state.write(ops[0], low(state.address(ops[1], size), ops[0].bits), size)


def operands(state, ops, size):
    a = state.read(ops[0], size)
    b = state.read(ops[1], size)
    return a, extend(b, bits_in(a), True) if bits_in(b) < bits_in(a) else low(b, bits_in(a))


def add(state, ops, size, carry=None):
    a, b = operands(state, ops, size)
    wide = z3.ZeroExt(1, a) + z3.ZeroExt(1, b)
    if carry is not None:
        wide = wide + z3.If(carry, constant(1, bits_in(a) + 1), constant(0, bits_in(a) + 1))
    result = simplify(z3.Extract(bits_in(a) - 1, 0, wide))
    state.set_flags(result, lambda: z3.Extract(bits_in(a), bits_in(a), wide) == 1,
                    lambda: z3.And((a < 0) == (b < 0), (result < 0) != (a < 0)))
    state.write(ops[0], result, size)


def subtract(state, ops, size, keep=True, borrow=None):
    a, b = operands(state, ops, size)
    if borrow is None:
        result = simplify(a - b)
        state.set_flags(result, lambda: z3.ULT(a, b),
                        lambda: z3.And((a < 0) != (b < 0), (result < 0) != (a < 0)),
                        lambda: a < b)
        state.flags["z"] = lambda: a == b
    else:
        bits = bits_in(a)
        taken = z3.If(borrow, constant(1, bits + 1), constant(0, bits + 1))
        wide = z3.ZeroExt(1, a) - z3.ZeroExt(1, b) - taken
        result = simplify(z3.Extract(bits - 1, 0, wide))
        state.set_flags(result, lambda: z3.Extract(bits, bits, wide) == 1,
                        lambda: z3.And((a < 0) != (b < 0), (result < 0) != (a < 0)))
    if keep:
        state.write(ops[0], result, size)


def compare(state, ops, size):
    subtract(state, ops, size, keep=False)


def subtract_borrow(state, ops, size):
    subtract(state, ops, size, borrow=state.flag("c"))


def add_carry(state, ops, size):
    add(state, ops, size, carry=state.flag("c"))


def logic(function, keep=True):
    def act(state, ops, size):
        a, b = operands(state, ops, size)
        result = simplify(function(a, b))
        state.set_flags(result, lambda: z3.BoolVal(False), lambda: z3.BoolVal(False),
                        lambda: result < 0)
        if keep:
            state.write(ops[0], result, size)
    return act


def step_by(amount):
    def act(state, ops, size):
        a = state.read(ops[0], size)
        result, carry = simplify(a + amount), state.flags.get("c")
        edge = (1 << (bits_in(a) - 1)) - (1 if amount == 1 else 0)
        state.set_flags(result, carry, lambda: a == constant(edge, bits_in(a)))
        state.write(ops[0], result, size)
    return act


def negate(state, ops, size):
    a = state.read(ops[0], size)
    result = simplify(-a)
    edge = constant(1 << (bits_in(a) - 1), bits_in(a))
    state.set_flags(result, lambda: a != 0, lambda: a == edge)
    state.write(ops[0], result, size)


def invert(state, ops, size):
    state.write(ops[0], simplify(~state.read(ops[0], size)), size)


def shift(function):
    """After a shift by a variable number of bits, flags are not known."""
    def act(state, ops, size):
        a = state.read(ops[0], size)
        count = state.read(ops[1], size) if len(ops) > 1 else constant(1, 8)
        most = 63 if bits_in(a) == 64 else 31
        if number(count) is None:
            if bits_in(a) < 32 or function not in SHIFTS:
                raise Open("a shift by a variable number of bits")
            count = extend(simplify(count & constant(most, bits_in(count))), bits_in(a), False)
            # Proven for any function is proven for this one, and easier.
            wide = low(POWER(extend(count, 64, False)), bits_in(a))
            shifted = a * wide if function is left else function(a, count)
            state.write(ops[0], simplify(shifted), size)
            state.flags = {}
            return
        count = number(count) & most
        if count == 0:      # flags stay, but the upper half of a 32-bit register is cleared
            state.write(ops[0], a, size)
            return
        if count >= bits_in(a):
            raise Open(f"a shift of {bits_in(a)} bits by {count}")
        result = simplify(function(a, constant(count, bits_in(a))))
        last = count - 1 if function in (*SHIFTS[1:], z3.RotateRight) else bits_in(a) - count
        kept = {letter: state.flags.get(letter) for letter in "zs"}
        state.set_flags(result, lambda: z3.Extract(last, last, a) == 1)
        if function not in SHIFTS:      # a rotation
            state.flags.update(kept)
        state.write(ops[0], result, size)
    return act


def left(a, count):
    return a << count


def arithmetic_right(a, count):
    return a >> count


POWER = z3.Function("two to the power of", z3.BitVecSort(64), z3.BitVecSort(64))
SHIFTS = (left, z3.LShR, arithmetic_right)


def exchange(state, ops, size):
    first, second = state.read(ops[0], size), state.read(ops[1], size)
    state.write(ops[0], second, size)
    state.write(ops[1], first, size)


def multiply(state, ops, size):
    """Two or three operands; the flags are not known afterwards."""
    if len(ops) < 2:
        raise Open("a multiplication with a wide result")
    a, b = (state.read(op, size) for op in ops[-2:])
    bits = ops[0].bits
    b = extend(b, bits, True) if bits_in(b) < bits else low(b, bits)
    state.write(ops[0], simplify(a * b), size)
    state.flags = {}


def swap_bytes(state, ops, size):
    a = state.read(ops[0], size)
    parts = [z3.Extract(n + 7, n, a) for n in range(0, bits_in(a), 8)]
    state.write(ops[0], join(list(reversed(parts))), size)


def bit(change=None):
    """bt, and those that also change the bit, whose mask change() is given."""
    def act(state, ops, size):
        if isinstance(ops[0], Place) and isinstance(ops[1], Register):
            raise Open("a bit that may be past its operand")
        a, count = state.read(ops[0], size), state.read(ops[1], size)
        if number(count) is None:
            if change or isinstance(ops[0], Place):
                raise Open("a variable bit that is changed, or in memory")
            count = extend(low(count, 8) & constant(bits_in(a) - 1, 8), bits_in(a), False)
            state.flags = {"c": lambda: z3.Extract(0, 0, z3.LShR(a, count)) == 1}
            return
        place = number(count) % bits_in(a)
        state.flags = dict.fromkeys("zsolp", None)
        state.flags["c"] = lambda: z3.Extract(place, place, a) == 1
        if change:
            state.write(ops[0], simplify(change(a, constant(1 << place, bits_in(a)))), size)
    return act


def push(state, ops, size):
    term = state.read(ops[0], size)
    state.push(extend(term, 64, True) if isinstance(ops[0], Immediate) else term)


def pop(state, ops, size):
    state.write(ops[0], state.pop(ops[0].bits // 8), size)


def leave(state, ops, size):
    state.registers["rsp"] = state.registers["rbp"]
    state.registers["rbp"] = state.pop()


def half(source, target, bits, upper=False):
    """cdqe and the like: a register's low half, with its sign, in all of it or in rdx."""
    def act(state, ops, size):
        wide = extend(low(state.registers[source], bits), 2 * bits, True)
        if upper:
            wide = simplify(z3.Extract(2 * bits - 1, bits, wide))
        state.write(Register(target), wide, size)
    return act


def repeated(act, size):
    """rep stos and movs: upwards, a known number of times."""
    def all_of(state, ops, _):
        count = number(state.registers["rcx"])
        if count is None or count > MOST_REPEATED:
            raise Open("a string of unknown length")
        for _ in range(count):
            act(state, size)
            state.registers["rdi"] = plus(state.registers["rdi"], size)
        state.registers["rcx"] = constant(0)
    return all_of


def store_string(state, size):
    state.store(state.registers["rdi"], low(state.registers["rax"], 8 * size))


def move_string(state, size):
    state.store(state.registers["rdi"], state.load(state.registers["rsi"], size))
    state.registers["rsi"] = plus(state.registers["rsi"], size)


STRINGS = {f"rep {word}{letter}": repeated(act, size)
           for word, act in (("stos", store_string), ("movs", move_string))
           for letter, size in (("b", 1), ("w", 2), ("d", 4), ("q", 8))}


def nothing(state, ops, size):
    pass


ACTIONS = {
    **STRINGS,
    "nop": nothing, "mov": move, "movabs": move, "movzx": widen(False), "movsx": widen(True),
    "movsxd": widen(True), "lea": lea, "add": add, "adc": add_carry, "sub": subtract,
    "sbb": subtract_borrow, "cmp": compare, "test": logic(lambda a, b: a & b, keep=False),
    "and": logic(lambda a, b: a & b), "or": logic(lambda a, b: a | b),
    "xor": logic(lambda a, b: a ^ b), "inc": step_by(1), "dec": step_by(-1), "neg": negate,
    "not": invert, "shl": shift(left), "sal": shift(left), "shr": shift(z3.LShR),
    "sar": shift(arithmetic_right), "rol": shift(z3.RotateLeft), "ror": shift(z3.RotateRight),
    "xchg": exchange, "imul": multiply, "bswap": swap_bytes, "bt": bit(),
    "bts": bit(lambda a, mask: a | mask), "btr": bit(lambda a, mask: a & ~mask),
    "btc": bit(lambda a, mask: a ^ mask), "push": push,
    "pop": pop, "leave": leave, "cwde": half("rax", "eax", 16), "cdqe": half("rax", "rax", 32),
    "cdq": half("rax", "edx", 32, True), "cqo": half("rax", "rdx", 64, True),
}


def branch(state, condition, target):
    """The states after a conditional jump, to this address or past it."""
    way = state.decided(condition)
    if way is not None:
        state.rip = target if way else state.rip
        return [state]
    other = state.copy()
    other.assume(condition)
    other.rip = target
    state.assume(simplify(z3.Not(condition)))
    return [state, other]


def step(state):
    """Execute an instruction that neither is a transfer nor ends the function: the states after
    it."""
    found = decode(state.image.code(state.rip))
    name, ops, start = found.mnemonic, found.operands, state.rip
    action = ACTIONS.get(name)
    if action:
        action(state, ops, found.size)
        state.rip += found.size
        return [state]
    after = start + found.size
    if name in ("jmp", "call"):
        if not isinstance(ops[0], Immediate):
            fixed = state.settled(state.read(ops[0], found.size))
            if fixed is None:
                raise Open(f"'{found.text}' to an address that is not constant")
            target = fixed
        else:
            target = (start + ops[0].value) % (1 << 64)
        if name == "call":
            state.push(constant(after))
        state.rip = target
        return [state]
    if name.startswith("j"):
        state.rip = after
        return branch(state, state.condition(name[1:]), (start + ops[0].value) % (1 << 64))
    if name.startswith("set"):
        chosen = z3.If(state.condition(name[3:]), constant(1, 8), constant(0, 8))
        state.write(ops[0], simplify(chosen), found.size)
    elif name.startswith("cmov"):
        chosen = state.read(ops[1], found.size)     # memory is read in any case
        chosen = z3.If(state.condition(name[4:]), chosen, state.read(ops[0], found.size))
        state.write(ops[0], simplify(chosen), found.size)
    else:
        raise Open(f"instruction '{found.text}'")
    state.rip = after
    return [state]


def advance(state, at_transfer, at_return):
    """One instruction: the states after it, none at the end of the path."""
    found = decode(state.image.code(state.rip))
    if found.mnemonic == "transfer":
        goes_on = at_transfer(state, found.text)
        if state.flags is not state.untouched:
            state.flags = {}
        state.rip += found.size
        return [] if goes_on is False else [state]
    if found.mnemonic == "ret":
        if found.operands:
            raise Open(f"instruction '{found.text}'")
        target = state.pop()
        if number(target) is None:
            at_return(state, target)
            return []
        state.rip = number(target)
        return [state]
    return step(state)


def explore(first, at_transfer, at_return):
    """Follow all paths.  at_transfer(state, name) goes on after the instruction, unless it returns
    False; at_return(state, target) is told about returns to an unknown address."""
    waiting, paths = [first], 0
    while waiting:
        state = waiting.pop()
        state.steps += 1
        if state.steps > MOST_STEPS:
            raise Open(f"no end after {MOST_STEPS} instructions")
        try:
            after = advance(state, at_transfer, at_return)
        except Fork as fork:
            after = list(state.forked(fork))
        paths += not after
        waiting += after[::-1]
        if len(waiting) > MOST_PATHS or paths > MOST_PATHS:
            raise Open(f"more than {MOST_PATHS} paths")
