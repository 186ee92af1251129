# SPDX-License-Identifier: MIT
"""What the specification says of a bridge's path: which calls are made, with what, what is stored,
and whether the classic call is left to be made.

Reads specifications with the oracle of the conformance suite (tests/stubs/bridge_model.py).  Must
not know the generator, instructions, nor how a function is called.
"""
import itertools

import z3

import bridge_model
import model
from contract import BROAD, COMPARE
from machine import POWER
from memory import Open
from words import constant, extend, low, plus, simplify, variable

MOST_CALLS = 2          # a path is followed to the first call after these
MOST_ELEMENTS = 3       # of lists that are read, and of structs that are looked at before a call
MOST_BYTES = 0x100000   # elements of an array in guest-physical memory
PAGE = 0x1000
NO_ADDRESS = constant((1 << 64) - 1)
PHYSICAL = z3.Function("guest-physical address", z3.BitVecSort(64), z3.BitVecSort(64))


class Cut(Exception):
    """The specification goes on with a call that the path is not followed to."""


class Choice(Exception):
    """The path decides a condition that the specification looks at neither way."""


class Made:
    """A call that the code has made, and any answer to it."""

    def __init__(self, state, op):
        self.decided = {}       # number of a condition: it, and what decided() says
        self.number, self.op, self.state = state.calls, op, state.copy()    # before the call
        self.result = variable(f"the result of call {state.calls}")
        self.outputs = {p.name: variable(f"output {p.name} of call {state.calls}")
                        for p in op.outputs}    # registers


class Reference:
    """What the specification says for the command, as far as a path decides."""

    def __init__(self, contract, state, choices):
        self.contract, self.shape, self.choices = contract, contract.shape, list(choices)
        self.state, self.args = state.copy(), contract.args
        self.memory = getattr(contract, "before", state.memory).copy()
        self.made = state.notes["made"]
        self.count, self.stored = 0, set()

    # ---- deciding and comparing ----

    def decide(self, condition):
        condition = simplify(condition)
        known = None
        if self.count < len(self.made):     # what was known then is known on many paths
            known = self.decided_before(self.made[self.count], condition)
        if known is None:
            known = self.state.decided(condition)
        if known is None:
            if not self.choices:
                raise Choice()
            known = self.choices.pop(0)
            self.state.assume(condition if known else simplify(z3.Not(condition)))
        return known

    @staticmethod
    def decided_before(made, condition):
        known = made.decided.get(condition.get_id())
        if known is None:
            known = made.decided[condition.get_id()] = condition, made.state.decided(condition)
        return known[1]

    def same_memory(self, memory):
        """The caller's memory is as the specification has it now; nothing else was written."""
        contract = self.contract
        contract.obligations += 1
        for made, offset, size in memory.stored:
            if made is not contract.told and any(
                    (made, at) not in self.stored for at in range(offset, offset + size)):
                where = contract.name_of(made, offset)
                contract.always(self.state, f"writes {size} bytes at {where}, which do not belong "
                                            "there now")
        for made, at in sorted(self.stored, key=lambda key: (key[0].name, key[1])):
            contract.equal(self.state, memory.byte(made, at), self.memory.byte(made, at),
                           f"what is stored in {contract.name_of(made, at)}")

    def call(self, classic, inputs):
        """A call that has to be made: its result, and its outputs as their types read them."""
        contract, op = self.contract, classic.op
        if self.count == len(self.made):
            if len(self.made) > MOST_CALLS:
                raise Cut()
            contract.always(self.state, f"does not call {op.title}")
            raise Open("a path that is impossible")
        made = self.made[self.count]
        self.count += 1
        contract.obligations += 1
        if made.op is not op:
            contract.always(self.state, f"calls {made.op.title}, not {op.title}")
            raise Open("a path that is impossible")
        self.same_memory(made.state.memory)
        for p in op.inputs:
            register = model.REGISTERS[p.reg_in]
            contract.equal(self.state, made.state.registers[register], inputs[p.name],
                           f"{register} ({p.name}) at call {made.number}")
        if self.count > MOST_CALLS:
            raise Cut()
        return made.result, {p.name: self.typed(classic, p, made.outputs[p.name])
                             for p in op.outputs}

    def end(self, carried, told):
        """The bridge has returned; told: the result, None if the classic call is left."""
        contract = self.contract
        contract.obligations += 1
        if self.count < len(self.made):
            contract.always(self.state, f"makes {len(self.made)} calls, not {self.count}")
        if carried is None:     # the path is not followed to its end
            return
        contract.equal(self.state, carried, constant(0 if told is None else 1, 8),
                       "whether the call was made, as is returned,")
        self.same_memory(self.state.memory)
        if told is not None:
            contract.equal(self.state, self.state.memory.get(contract.told, 0, 8), told,
                           "the result")

    # ---- the caller's memory ----

    @staticmethod
    def field(memory, made, offset, place):
        return memory.get(made, offset + place.offset, place.size)

    def at(self, base, place):
        """A field of the struct at an address."""
        return self.field(self.memory, *self.memory.find(base), place)

    def store(self, base, offset, term):
        made, start = self.memory.find(base)
        self.memory.put(made, start + offset, term)
        self.stored.update((made, start + offset + n) for n in range(term.size() // 8))

    def layout(self, classic):
        return self.shape.layouts[classic.op.title]

    def handle(self, classic, name, base):
        arg = classic.find_arg("array", name)
        return self.args[arg] if arg >= 0 else self.at(base, self.layout(classic).places[name])

    # ---- parameters ----

    def width_sign(self, classic, p):
        if p.known or p.path is None:
            return p.width, p.signed
        place = self.layout(classic).places[p.path]
        return 8 * place.size, place.signed

    def typed(self, classic, p, term):
        width, signed = self.width_sign(classic, p)
        return extend(low(term, width), 64, signed)

    def input(self, classic, p, base):
        """What an input is, unless it is an address or an element of a list."""
        kind, path, arg, array, element = classic.where(p)
        if kind == "IN_ARG":
            return self.typed(classic, p, self.args[arg])
        if kind == "IN_FIELD":
            place = self.layout(classic).places[path]
            return self.typed(classic, p, extend(self.at(base, place), 64, place.signed))
        if kind == "IN_ELEMENT":
            handle = self.handle(classic, list(classic.arrays)[array], base)
            made, offset = self.memory.find(handle)
            size = p.width // 8
            return extend(self.memory.get(made, offset + element * size, size), 64, p.signed)
        if kind == "IN_PARTS":
            term = constant(0)
            for field, shift, width in classic.parts[p.name]:
                place = self.layout(classic).places[field]
                part = extend(self.at(base, place), 64, place.signed)
                term = term | (extend(low(part, width), 64, False) << constant(shift))
            return self.typed(classic, p, simplify(term))
        raise Open(f"an input that is {kind}")

    def physical(self, classic, address, size):
        """The guest-physical address of that many bytes, or None."""
        inside = address & constant(PAGE - 1)
        if not self.decide(z3.ULE(inside + size, constant(PAGE))):
            return None
        found = PHYSICAL(address)
        return None if self.decide(found == NO_ADDRESS) else found

    def size_of(self, classic, name):
        array = classic.arrays[name]
        if "struct" in array:
            return self.layout(classic).elements[name]
        return int(array.get("size", "0"), 0)

    def address(self, classic, name, base, inputs):
        """The guest-physical address of an array, or None."""
        array, handle = classic.arrays[name], self.handle(classic, name, base)
        if array.get("optional") == "true" and self.decide(handle == 0):
            return constant(0)
        count = classic.count_param(array)
        if count >= 0:
            elements = inputs[classic.op.params[count].name]
            if not self.decide(z3.ULT(elements - 1, constant(MOST_BYTES))):
                return None
        else:
            elements = constant(int(array["count"], 0))
        return self.physical(classic, handle, elements * constant(self.size_of(classic, name)))

    def inputs(self, classic, base):
        """All inputs but lists, or None if an address cannot be carried."""
        found, op = {}, classic.op
        later = []
        for p in op.inputs:
            kind, *_ = classic.where(p)
            if kind in ("IN_ADDRESS", "IN_FRAME"):
                later.append(p)
            elif kind != "IN_SEQUENCE":
                found[p.name] = self.input(classic, p, base)
        for p in later:
            kind, _, _, array, _ = classic.where(p)
            if kind == "IN_FRAME":
                start = self.frame(classic)
                known = None
                if self.decide((start & constant(PAGE - 1)) == 0):
                    known = self.physical(classic, start, constant(PAGE))
                known = None if known is None else z3.LShR(known, 12)
            else:
                known = self.address(classic, list(classic.arrays)[array], base, found)
            if known is None:
                return None
            found[p.name] = self.typed(classic, p, simplify(known))
        return found

    def frame(self, classic):
        return self.args[classic.find_arg("struct")]

    def fits(self, classic, base, fields_only=False):
        """Constants have their values, and what no register carries is 0."""
        layout, good = self.layout(classic), True
        for path, value in layout.constants:
            place = layout.places[path]
            good = good and self.decide(self.at(base, place) == constant(
                value % (1 << 8 * place.size), 8 * place.size))
        for place in layout.zeros:
            good = good and self.decide(self.at(base, place) == 0)
        for n, arg in enumerate(classic.args):
            if not fields_only and arg[0] == "number" and \
                    n not in (self.shape.hypercall.place, classic.elements):
                bits = self.arg_bits(n)
                good = good and self.decide(low(self.args[n], bits) == constant(
                    arg[1] % (1 << bits), bits))
        return good

    def arg_bits(self, n):
        """The width of an argument: of its parameter, if all that have one there agree."""
        call = self.shape.hypercall
        found = {(p.width, p.signed, p.c_type) for p in (
            one.op.named(one.args[n][1]) for one in call.ops
            if n < len(one.args) and one.args[n][0] == "param")}
        return found.pop()[0] if len(found) == 1 and not call.pointers[n] else 64

    # ---- after a call ----

    def is_fallback(self, classic, result, only=frozenset(bridge_model.ERRNO)):
        errors = [bridge_model.ERRNO[name]
                  for name in classic.classic.get("fallback") or ["ENOSYS"] if name in only]
        return any(self.decide(result == constant(-number_ % (1 << 64))) for number_ in errors)

    def outputs(self, classic, base, inputs, outputs, length=None):
        """Store what a call that succeeded has told."""
        op, layout = classic.op, self.layout(classic)
        values, valid = {**inputs, **outputs}, {}
        for p in op.settled:
            valid[p.name] = self.decide(self.holds(classic, p, values))
            if not valid[p.name]:
                values[p.name] = constant(0)
        _, counter = classic.loop()
        for n, p in enumerate(op.params):
            if p.reg_out is None:
                continue
            kind, path, _, array, element = classic.where(p)
            if kind == "IN_FIELD" and valid.get(p.name, True):
                if n == counter and length is not None and not self.decide(length == 0):
                    continue
                place = layout.places[path]
                self.store(base, place.offset, low(values[p.name], 8 * place.size))
            elif kind == "IN_ELEMENT":
                handle = self.handle(classic, list(classic.arrays)[array], base)
                self.store(handle, element * p.width // 8, low(values[p.name], p.width))
        for path, value in (classic.classic.get("success") or {}).items():
            place = layout.places[path]
            self.store(base, place.offset, constant(int(value, 0) % (1 << 8 * place.size),
                                                    8 * place.size))

    def holds(self, classic, p, values):
        terms = []
        for name, comparison, numeral in p.terms:
            _, signed = self.width_sign(classic, classic.op.named(name))
            term = extend(values[name], BROAD, signed)
            terms.append(COMPARE[comparison](term, constant(numeral % (1 << BROAD), BROAD)))
        return simplify((z3.Or if p.any_term else z3.And)(*terms))

    # ---- operations: the result, or None if the classic call is left to be made ----

    def bridge(self):
        if self.decide(self.contract.guard == 0):
            return None
        for classic in self.shape.operations:
            if self.shape.linear_of(classic) == self.shape.command is not None:
                return self.linear(classic)
        for classic in self.shape.operations:
            told = None
            if classic.elements is not None:
                told = self.elements(classic)
            elif not self.is_batch(classic):
                told = self.carry(classic, self.struct(classic))
            if told is not None:
                return told
        return None

    def struct(self, classic):
        place = classic.find_arg("struct")
        return self.args[place] if place >= 0 else None

    def batch_of(self, classic):
        return next((one for one in self.shape.operations if one.elements is None and one.own and
                     classic.elements is not None), None)

    def is_batch(self, classic):
        return any(one.elements is not None and self.batch_of(one) is classic
                   for one in self.shape.operations)

    def carry(self, classic, base):
        if not self.fits(classic, base):
            return None
        inputs = self.inputs(classic, base)
        if inputs is None:
            return None
        kind, count = classic.loop()
        if kind == "ONCE":
            return self.once(classic, base, inputs)[0]
        if kind == "RUNS":
            return self.runs(classic, base, inputs)
        return self.parts(classic, base, inputs, classic.op.params[count], kind == "PROGRESS")

    def once(self, classic, base, inputs):
        """(what is reported or None, the result)"""
        result, outputs = self.call(classic, inputs)
        if self.decide(result >= 0):
            self.outputs(classic, base, inputs, outputs)
        elif self.is_fallback(classic, result):
            return None, result
        return result, result

    def elements(self, classic):
        count, base = low(self.args[classic.elements], 32), self.struct(classic)
        if self.decide(count == 1):
            return self.carry(classic, base)
        batch = self.batch_of(classic)
        told = self.carry(batch, None) if batch else None
        if told is not None:
            return told
        memory = any(classic.where(p)[0] == "IN_ADDRESS" for p in classic.op.params)
        if memory or classic.loop()[0] != "ONCE":
            return None
        if not self.decide(z3.And(count > 0)):
            return None
        return self.each(classic, base, count)

    def each(self, classic, base, count):
        size, n, result = self.layout(classic).size, 0, constant(0)
        if self.layout(classic).tested():
            while self.decide(z3.UGT(count, constant(n, 32))):
                if not self.fits(classic, plus(base, n * size), n > 0):
                    return None
                n += 1
        elif not self.fits(classic, base):
            return None
        n = 0
        while self.decide(z3.UGT(count, constant(n, 32))):
            at = plus(base, n * size)
            told, result = self.once(classic, at, self.inputs(classic, at))
            if told is None:
                return None if n == 0 else result
            if self.decide(result < 0):
                return result
            n += 1
        return result

    def parts(self, classic, base, inputs, counter, is_told):
        """A part after another; after each it is known how much of it was done."""
        length, done, inputs = inputs[counter.name], constant(0), dict(inputs)
        starts = [inputs[name] for name in (classic.classic.get("range") or {}).get("next", [])
                  if classic.op.named(name).reg_in is not None]
        for one, other in itertools.combinations(starts, 2):
            if self.decide(z3.And(one != other, z3.Or(z3.ULT(one - other, length),
                                                      z3.ULT(other - one, length)))):
                return None
        while True:
            result, outputs = self.call(classic, inputs)
            part = outputs[counter.name] if is_told else result
            if self.decide(result < 0) or self.decide(part == 0):
                break
            if self.decide(z3.UGE(part, length - done)):
                result = result if is_told else constant(0)
                break
            done = simplify(done + part)
            self.advance(classic, inputs, part)
            inputs[counter.name] = self.typed(classic, counter, simplify(length - done))
        if self.decide(done == 0) and self.is_fallback(classic, result):
            return None
        if self.decide(result >= 0):
            self.outputs(classic, base, inputs, outputs, length)
        return result

    def advance(self, classic, inputs, part):
        for name, array in classic.arrays.items():
            word, names = classic.array_params(array)
            if word in ("value", "sequence") or \
                    classic.count_param(array) != classic.loop()[1]:
                continue
            before = inputs[names[0]]
            after = before + part * constant(self.size_of(classic, name))
            if array.get("optional") == "true" and self.decide(before == 0):
                after = before
            inputs[names[0]] = simplify(after)
        for name in (classic.classic.get("range") or {}).get("next", []):
            p = classic.op.named(name)
            if p.reg_in is not None:
                inputs[name] = self.typed(classic, p, simplify(inputs[name] + part))

    def runs(self, classic, base, inputs):
        """Elements of a list that follow each other go into one call."""
        name, array = next(iter(classic.arrays.items()))
        value = classic.op.named(classic.array_params(array)[1][0])
        counter = classic.op.params[classic.loop()[1]]
        length, inputs, power = inputs[counter.name], dict(inputs), constant(1)
        if self.decide(length == 0):
            return None
        if "order" in array:
            order = inputs[array["order"]]
            if not self.decide(z3.ULE(order, constant(63))):
                return None
            power = POWER(extend(simplify(low(order, 8) & constant(63, 8)), 64, False))
        done, size = 0, value.width // 8
        handle = self.handle(classic, name, base)
        made, start = self.memory.find(handle)

        def element(n):
            return extend(self.memory.get(made, start + n * size, size), 64, value.signed)

        while True:
            run = 1
            while self.decide(z3.UGT(length, constant(done + run))) and self.decide(
                    low(element(done + run), value.width) ==
                    low(element(done) + constant(run) * power, value.width)):
                run += 1
            inputs[value.name] = element(done)
            inputs[counter.name] = self.typed(classic, counter, constant(run))
            result, outputs = self.call(classic, inputs)
            if self.decide(result <= 0):
                break
            part = next((n for n in range(1, run) if self.decide(result == n)), run)
            done += part
            if not self.decide(z3.UGT(length, constant(done))):
                break
        if not done and self.is_fallback(classic, result):
            return None
        told = constant(done) if done else result
        if self.decide(told >= 0):
            self.outputs(classic, base, inputs, outputs, length)
        return told

    def linear(self, classic):
        """The physical address in place of a linear one; what was given before is taken away
        where that cannot be."""
        linear, base, layout = classic.linear(), self.struct(classic), self.layout(classic)
        p = classic.op.named(linear["param"])
        inputs = {q.name: self.input(classic, q, base) for q in classic.op.inputs if q is not p}
        none = None
        if "none" in linear:
            place = layout.places[p.path]
            none = self.typed(classic, p, constant(int(linear["none"], 0) % (1 << 64)))

        def leave():
            if none is not None:
                self.call(classic, {**inputs, p.name: none})

        if not self.fits(classic, base):
            return leave()
        place = layout.places[linear["field"]]
        address = self.at(base, place)
        if none is not None and self.decide(address == 0):
            return leave()
        given = self.physical(classic, address, constant(int(linear["size"], 0)))
        if given is None:
            return leave()
        result, _ = self.call(classic, {**inputs, p.name: given})
        if self.decide(result >= 0):
            return result
        if none is not None and self.is_fallback(classic, result, {"ENOSYS"}):
            return None
        return leave()
