# SPDX-License-Identifier: MIT
"""What a function that makes calls owes: obligations of one operation, from its specification.

Reads specifications with the oracle of the conformance suite (tests/stubs/model.py).  Must not know
the generator, languages, nor instructions.
"""
import collections

import z3

import model
from memory import Object, Open, Wrong
from words import alike, constant, example, extend, low, plus, simplify, variable

COMPARE = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
           "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}
BROAD = 72      # bits that hold every number of a condition, with its sign


class Refuted(Exception):
    """Values for which the code does not do what the specification says."""


class Field:
    """Where a parameter is in a struct, as a compiler sees Xen's header."""

    def __init__(self, offset, size, signed):
        self.offset, self.size, self.signed = offset, size, signed


class Shape:
    """How a function takes and returns what an operation has.

    arguments: as model.stub_arguments() has them; ("result",): where results of all calls but the
    last are stored; ("kept",): values that are read before the calls, and stored after them; the
    first one is read after each call and stored.
    calls: how many.  transfer: the instruction, or one for each vendor, the vendor being an
    argument.  keeps_result: what succeeds returns the result (not 0).  recorded: places of calls
    are in xen_fastabi_sites.  detected: a variable of the program has the vendor, 1 for the first.
    marks: functions that are not followed.
    ignored: the function returns nothing; with DROPPED it does not store outputs either.
    """

    marks = ()

    def __init__(self, arguments, style, transfer, fields=None, struct_size=0, calls=1,
                 keeps_result=True, recorded=False, detected=False, ignored=None):
        self.arguments, self.style, self.transfer = arguments, style, transfer
        self.fields, self.struct_size = fields or {}, struct_size
        self.calls, self.keeps_result, self.recorded = calls, keeps_result, recorded
        self.detected, self.ignored = detected, ignored

    def contract(self, op, convention):
        """What a function of this shape owes."""
        return Contract(op, self, convention)

    def key(self):
        """Equal for functions that owe the same."""
        return (tuple(kind for kind, *_ in self.arguments), self.style, self.transfer, self.calls,
                self.keeps_result, self.ignored)


IGNORED, DROPPED = "ignored", "dropped"
KEPT = 12           # values that are kept: more than there are registers for
# Names of variables that are not parameters have a blank in them: no parameter's name does.
BEFORE = 0x5eed     # stored where results go, before the first call


class Contract:
    """The obligations of one function, on all its paths."""

    def __init__(self, op, shape, convention):
        self.op, self.shape, self.convention = op, shape, convention
        self.obligations = 0
        self.values, self.places = {}, {}       # of parameters: a term; (object, offset, size)
        self.sites = []                         # addresses of transfers
        self.kept = []                          # (place, term) of what is kept

    # ---- the function is entered ----

    def enter(self, state):
        arguments = []
        for kind, *more in self.shape.arguments:
            param = more[0] if more else None
            name = param.name if param else f"the {kind}"
            if kind == "vendor":
                self.values[name] = term = variable(name, 32)
                state.assume(simplify(z3.ULE(term, constant(1, 32))))
            elif kind == "value":
                self.values[name] = term = variable(name, param.width)
            else:
                term = variable(f"address of {name}")
                self.object(state, kind, param, term)
            arguments.append((name, term, bool(param and kind == "value" and param.signed)))
        self.convention.enter(state, arguments)
        if self.shape.detected:
            self.values["the vendor"] = term = variable("the vendor", 32)
            state.assume(simplify(z3.ULE(term, constant(1, 32))))
            state.notes["variable"] = (None, plus(term, 1))

    def object(self, state, kind, param, address):
        """What an argument points to."""
        if kind == "struct":
            made = Object("the struct", address, self.shape.struct_size, True)
            for p in self.op.params:
                if p.path is not None:
                    field = self.shape.fields[p.name]
                    self.places[p.name] = (made, field.offset, field.size)
        elif kind == "result":
            self.result = made = Object("the result", address, 8, False)
        elif kind == "kept":
            self.again = made = Object("what is kept", address, 16 * KEPT + 8, True)
            self.kept = [((made, 8 * (KEPT + n), 8), state.memory.get(made, 8 * n, 8))
                         for n in range(KEPT)]
        else:
            made = Object(param.name, address, param.width // 8, param.reg_in is not None)
            self.places[param.name] = (made, 0, param.width // 8)
        state.memory.add(made)

    # ---- meanings ----

    def width_sign(self, p):
        """A parameter's width and sign: of its type, or of its field in the header."""
        if p.known or not model.in_struct(p, self.shape.style):
            return p.width, p.signed
        field = self.shape.fields[p.name]
        return 8 * field.size, field.signed

    def passed(self, state, p):
        """What an input's register has to hold now."""
        if p.name in self.values:
            return extend(self.values[p.name], 64, p.signed)
        made, offset, size = self.places[p.name]
        term = state.memory.get(made, offset, size)
        if model.in_struct(p, self.shape.style):
            term = extend(term, 64, self.shape.fields[p.name].signed)
        width, signed = self.width_sign(p)
        return extend(low(term, width), 64, signed)

    def meant(self, p, register):
        """An output, 64 bits wide, as its type reads a register."""
        width, signed = self.width_sign(p)
        return extend(low(register, width), 64, signed)

    def holds(self, p, values):
        """The condition of an output."""
        terms = []
        for name, comparison, numeral in p.terms:
            _, signed = self.width_sign(self.op.named(name))
            term = extend(values[name], BROAD, signed)
            terms.append(COMPARE[comparison](term, constant(numeral % (1 << BROAD), BROAD)))
        return simplify((z3.Or if p.any_term else z3.And)(*terms))

    # ---- proving ----

    def equal(self, state, got, want, what):
        self.obligations += 1
        got, want = simplify(got), simplify(want)
        if got.eq(want) or alike(got, want):
            return
        self.impossible(state, got != want, lambda model_: (
            f"{what} is {shown(model_, got)}, not {shown(model_, want)}"))

    def impossible(self, state, condition, what):
        found = example([*state.assumed, condition])
        if found is not None:
            raise Refuted(f"{what(found)}; {self.example(state, found)}")

    def example(self, state, found):
        """The values of a refutation, by the specification's names."""
        texts = [f"{name} = {shown(found, term)}" for name, term in self.values.items()]
        texts += [f"{name} = {shown(found, term)}" for name, term in state.notes.get("said", [])]
        return "where " + ", ".join(texts) if texts else "always"

    def always(self, state, what):
        """Something is wrong on this path, whatever the values: an example of them."""
        self.impossible(state, z3.BoolVal(True), lambda _: what)

    # ---- the call is made ----

    def transfer(self, state, name):
        state.calls += 1
        if state.calls > self.shape.calls:
            self.always(state, f"makes {state.calls} calls")
            raise Open("another call on a path that is impossible")
        self.sites.append(state.rip)
        self.instruction(state, name)
        self.memory(state)
        said = state.notes.setdefault("said", [])
        state.notes["said"] = said = list(said)
        registers = state.registers
        self.equal(state, registers["rax"], constant(self.op.rax), "rax at the call")
        if not self.op.direct:
            self.equal(state, registers["rdi"], constant(self.op.index),
                       "rdi (the operation's index) at the call")
        passed = {}
        for p in self.op.inputs:
            passed[p.name] = self.passed(state, p)
            if p.name not in self.values:
                said.append((p.name, passed[p.name]))
            name = model.REGISTERS[p.reg_in]
            self.equal(state, registers[name], passed[p.name], f"{name} ({p.name}) at the call")
        self.answer(state, passed)

    def instruction(self, state, name):
        self.obligations += 1
        wanted = self.shape.transfer
        if isinstance(wanted, str):
            if name != wanted:
                self.always(state, f"the call is made by {name}, not {wanted}")
            return
        for number, instruction in enumerate(wanted):
            if instruction != name:
                text = f"the call is made by {name}, not {instruction}"
                self.impossible(state, self.values["the vendor"] == number, lambda _, t=text: t)

    def answer(self, state, passed):
        """Any answer of the hypervisor: a result, outputs, and clobbers; nothing else changes."""
        call, registers = state.calls, state.registers
        after = f" of call {call}" if self.shape.calls > 1 else ""
        said = state.notes["said"]
        registers["rax"] = variable("the result" + after)
        said.append(("the result" + after, registers["rax"]))
        for reg in self.op.clobbers:
            registers[model.REGISTERS[reg]] = variable(f"clobbered {model.REGISTERS[reg]}{after}")
        values = dict(passed)
        for p in self.op.outputs:
            name = model.REGISTERS[p.reg_out]
            registers[name] = variable(f"output {p.name}{after}")
            said.append((f"output {p.name}{after} ({name})", registers[name]))
            values[p.name] = self.meant(p, registers[name])
        valid = {}
        for p in self.op.settled:
            valid[p.name] = self.holds(p, values)
            values[p.name] = simplify(z3.If(valid[p.name], values[p.name], constant(0)))
        state.notes.update(result=registers["rax"], outputs=values, valid=valid)
        state.memory.others_act()

    # ---- what is in memory at the next call, or at the return ----

    def memory(self, state, returning=False):
        """The caller's memory is as it must be: what was stored since the last call."""
        expected = {}           # (object, offset): (term, number of the byte, how many outputs)
        result = state.notes.get("result")
        if ("result",) in self.shape.arguments and not returning:
            self.expect(expected, (self.result, 0, 8),
                        constant(BEFORE) if result is None else self.returned(result))
        if ("kept",) in self.shape.arguments and result is not None:
            self.expect(expected, (self.again, 16 * KEPT, 8), state.memory.get(self.again, 0, 8))
        for place, term in self.kept if returning else ():
            self.expect(expected, place, term)
        if result is not None and self.op.outputs and self.shape.ignored != DROPPED:
            unknown = self.unknown(state, result)
            if unknown is not None:
                for case in (unknown, simplify(z3.Not(unknown))):
                    other = state.copy()
                    other.assume(case)
                    self.memory(other, returning)
                return
            if state.decided(simplify(result >= 0)):
                self.outputs(state, expected)
        self.compare(state, expected)

    def unknown(self, state, result):
        """A condition that this path does not decide: whether the call succeeded, or whether a
        field means anything."""
        success = simplify(result >= 0)
        if state.decided(success) is None:
            return success
        for name, valid in state.notes["valid"].items() if state.decided(success) else ():
            if model.in_struct(self.op.named(name), self.shape.style) and \
                    state.decided(valid) is None:
                return valid
        return None

    def outputs(self, state, expected):
        for p in self.op.outputs:
            value, valid = state.notes["outputs"][p.name], state.notes["valid"].get(p.name)
            place = self.places[p.name]
            if valid is None or not model.in_struct(p, self.shape.style) or state.decided(valid):
                self.expect(expected, place, low(value, 8 * place[2]))

    @staticmethod
    def expect(expected, place, term):
        made, offset, size = place
        for number in range(size):
            before = expected.get((made, offset + number), (None, 0, 0))
            expected[made, offset + number] = (term, number, before[2] + 1)

    def compare(self, state, expected):
        """Nothing was stored that is not expected, and what is expected is there."""
        memory = state.memory
        often = collections.Counter()
        for made, offset, size in memory.stored:
            self.obligations += 1
            for at in range(offset, offset + size):
                often[made, at] += 1
                if often[made, at] > expected.get((made, at), (None, 0, 0))[2]:
                    self.always(state, f"writes {size} bytes at {self.name_of(made, offset)}, of "
                                f"which not all belong there")
        done = set()
        for (made, offset), (term, number, _) in expected.items():
            whole = term.size() // 8
            if (made, offset) in done:
                continue
            if all(self.is_byte(expected.get((made, offset + n)), term, n) for n in range(whole)):
                size, want = whole, term
            else:
                size, want = 1, z3.Extract(8 * number + 7, 8 * number, term)
            done.update((made, offset + n) for n in range(size))
            self.equal(state, memory.get(made, offset, size), want,
                       f"what is stored in {self.name_of(made, offset)}")

    @staticmethod
    def is_byte(known, term, number):
        return known is not None and known[0] is term and known[1] == number

    def name_of(self, made, offset):
        names = [name for name, (owner, start, size) in self.places.items()
                 if owner is made and start <= offset < start + size]
        return " or ".join(names) or made.name

    # ---- the function returns ----

    def returned(self, result):
        """What a caller gets to see of a result."""
        if self.shape.keeps_result:
            return result
        return simplify(z3.If(result >= 0, constant(0), result))

    def finish(self, state, target):
        self.obligations += 1
        if state.calls < self.shape.calls:
            self.always(state, f"makes {state.calls} calls, not {self.shape.calls}")
            return
        if not self.shape.ignored:
            self.equal(state, state.registers["rax"], self.returned(state.notes["result"]),
                       "what is returned")
        for what, got, want in self.convention.left(state, target):
            self.equal(state, got, want, what)
        self.memory(state, returning=True)
        self.stack(state)

    def stack(self, state):
        """Of the stack above its own frame, only its arguments may have been overwritten."""
        self.obligations += 1
        for made, offset in state.memory.bytes:
            if made.private and offset >= state.notes["own stack"]:
                raise Wrong(f"writes the caller's stack, {offset} bytes above the return address")


def shown(found, term):
    """A term's value in a model."""
    value = simplify(found.eval(term, model_completion=True))
    return f"{value.as_long():#x}" if z3.is_bv_value(value) else str(value)
