# SPDX-License-Identifier: MIT
"""What a bridge owes: obligations of one command of a classic call, from its specification.

A path of the code is compared with what the specification says (bridge_reference.py).  Must not
know the generator, nor instructions.
"""
import z3

import model
from bridge_reference import MOST_CALLS, MOST_ELEMENTS, PHYSICAL, Choice, Cut, Made, Reference
from contract import Contract, Shape
from memory import Object, Open
from words import constant, low, plus, simplify, variable


FLAG = "xen_fastabi_bridge_flag"        # the symbol of the guard


class BridgeShape(Shape):
    """A bridge, called for one command, or for any that no operation stands for (None).

    hypercall: a bridge_model.Hypercall; layouts: where each operation's struct has its fields.
    """

    def __init__(self, hypercall, command, layouts, transfer, recorded, variable_command):
        super().__init__([], "struct", transfer, recorded=recorded)
        self.hypercall, self.command, self.layouts = hypercall, command, layouts
        self.variable_command = variable_command
        self.operations = self.carried_operations()
        self.calls = len(self.operations)

    def key(self):
        return "bridge", self.command, self.variable_command, self.transfer

    def carried_operations(self):
        """The operations that the command stands for and that a bridge carries."""
        place = self.hypercall.place
        return [one for one in self.hypercall.ops
                if self.command is not None and one.is_carried(place) and
                self.command in (one.command(place), self.linear_of(one)) and
                not self.layouts[one.op.title].is_flexible]

    @staticmethod
    def linear_of(classic):
        linear = classic.linear()
        return int(linear["index"], 0) if linear else None

    def contract(self, op, convention):
        return BridgeContract(op, self, convention)


class BridgeContract(Contract):
    """The obligations of one function that calls a bridge."""

    def enter(self, state):
        arguments, call = [], self.shape.hypercall
        if not isinstance(self.shape.transfer, str):
            self.values["the vendor"] = term = variable("the vendor", 32)
            state.assume(simplify(z3.ULE(term, constant(1, 32))))
            arguments.append(("the vendor", term, False))
        self.args = [self.argument(state, n) for n in range(call.arg_count)]
        arguments += [(f"argument {n}", term, False) for n, term in enumerate(self.args)
                      if n != call.place or self.shape.variable_command]
        self.values.update({name: term for name, term, _ in arguments})
        address = variable("address of the result")
        self.told = Object("the result", address, 8, False)
        state.memory.add(self.told)
        arguments.append(("the result", address, False))
        self.convention.enter(state, arguments)
        self.guard = variable("the guard", 8)
        state.notes.update(variable=(state.image.functions[FLAG][0], self.guard), made=[])
        self.objects(state)
        self.before = state.memory.copy()

    def argument(self, state, n):
        """An argument of the classic call, 64 bits; the command, 32."""
        if n != self.shape.hypercall.place:
            return variable(f"argument {n}")
        if self.shape.command is not None:
            return constant(self.shape.command, 32)
        term = variable("the command", 32)
        for command in self.shape.hypercall.commands():
            state.assume(simplify(term != command))
        return term

    # ---- the caller's memory ----

    def objects(self, state):
        """What arguments and handles point to, and how many elements it has."""
        for n, pointer in enumerate(self.shape.hypercall.pointers):
            if pointer:
                made = Object(f"what argument {n} points to", self.args[n],
                              self.size_at(n), True)
                state.memory.add(made)
        for classic in self.shape.operations:
            layout, base = self.shape.layouts[classic.op.title], self.base_of(classic)
            for name, array in classic.arrays.items():
                word, names = classic.array_params(array)
                if word not in ("value", "sequence") or classic.find_arg("array", name) >= 0:
                    continue
                for element in range(MOST_CALLS + 2 if classic.elements is not None else 1):
                    handle = Reference.field(state.memory, *state.memory.find(
                        plus(base, element * layout.size)), layout.places[name])
                    state.memory.add(Object(f"{name} {element}", handle,
                                            self.length(classic, word, names), True))
            self.bound(state, classic)

    def base_of(self, classic):
        place = classic.find_arg("struct")
        return self.args[place] if place >= 0 else None

    @staticmethod
    def length(classic, word, names):
        size = classic.op.named(names[0]).width // 8
        return size * (len(names) if word == "value" else MOST_ELEMENTS)

    def size_at(self, n):
        """Bytes that belong to the caller where an argument points to."""
        size = 0
        for classic in self.shape.operations:
            if classic.find_arg("struct") == n and "frame" not in classic.xen:
                count = MOST_CALLS + 2 if classic.elements is not None else 1
                size = max(size, count * self.shape.layouts[classic.op.title].size)
            for name, array in classic.arrays.items():
                word, names = classic.array_params(array)
                if word in ("value", "sequence") and classic.find_arg("array", name) == n:
                    size = max(size, self.length(classic, word, names))
        return size

    def bound(self, state, classic):
        """Where a loop looks at memory before a call, a few elements."""
        kind, count = classic.loop()
        if kind == "RUNS":
            term = Reference(self, state, []).input(classic, classic.op.params[count],
                                                    self.base_of(classic))
            state.assume(simplify(z3.ULE(term, constant(MOST_ELEMENTS))))
        if classic.elements is not None and \
                self.shape.layouts[classic.op.title].tested():
            term = low(self.args[classic.elements], 32)
            state.assume(simplify(z3.Or(z3.ULE(term, constant(MOST_ELEMENTS, 32)), term < 0)))

    # ---- what the code does ----

    def transfer(self, state, name):
        if name == "address":
            state.registers["rax"] = PHYSICAL(state.registers["rdi"])
            return True
        if state.rip not in self.sites:
            self.sites.append(state.rip)
        self.instruction(state, name)
        op = self.called(state)
        state.calls += 1
        made = Made(state, op)
        state.notes["made"] = [*state.notes["made"], made]
        if state.calls > MOST_CALLS:
            self.compare_with_reference(state, None)
            return False
        registers = state.registers
        registers["rax"] = made.result
        for reg in op.clobbers:
            registers[model.REGISTERS[reg]] = variable(
                f"clobbered {model.REGISTERS[reg]} of call {state.calls}")
        for p in op.outputs:
            registers[model.REGISTERS[p.reg_out]] = made.outputs[p.name]
        return True

    def called(self, state):
        """The operation that is called here."""
        ops = [one.op for one in self.shape.hypercall.ops]
        rax, index = (state.settled(state.registers[name]) for name in ("rax", "rdi"))
        for op in ops:
            if rax == op.rax and (op.direct or index == op.index):
                return op
        self.always(state, "makes a call that the specification does not have")
        raise Open("a call on a path that is impossible")

    def finish(self, state, target):
        for what, got, want in self.convention.left(state, target):
            self.equal(state, got, want, what)
        self.compare_with_reference(state, low(state.registers["rax"], 8))
        self.stack(state)

    # ---- comparing ----

    def compare_with_reference(self, state, carried):
        """One path, to its end (carried: what is returned) or to a call after which it is not
        followed (None)."""
        waiting = [[]]
        while waiting:
            choices = waiting.pop()
            walk = Reference(self, state, choices)
            try:
                told = walk.bridge()
                walk.end(carried, told)
            except Cut:
                pass
            except Choice:
                waiting += [choices + [True], choices + [False]]

    def at_struct(self, classic, place):
        """Where a field of the first struct is: (object, offset, size)"""
        made, offset = self.before.find(self.base_of(classic))
        return made, offset + place.offset, place.size

    def name_of(self, made, offset):
        """What is there: a field, or a byte of something else."""
        for classic in self.shape.operations:
            base = self.base_of(classic)
            if base is None or not made.address.eq(base):
                continue
            layout = self.shape.layouts[classic.op.title]
            for path, place in layout.places.items():
                if 0 <= offset % layout.size - place.offset < place.size:
                    return f"{path} of struct {offset // layout.size}, byte " \
                           f"{offset % layout.size - place.offset}"
        return f"{made.name}, byte {offset}"

    def example(self, state, found):
        said = [(f"{path} of the struct", self.before.get(*self.at_struct(classic, place)))
                for classic in self.shape.operations
                for path, place in self.shape.layouts[classic.op.title].places.items()
                if self.base_of(classic) is not None and place.size <= 8]
        for made in state.notes["made"]:
            said += [(f"{p.name} ({model.REGISTERS[p.reg_in]}) of call {made.number} to "
                      f"{made.op.title}", made.state.registers[model.REGISTERS[p.reg_in]])
                     for p in made.op.inputs]
            said.append((f"the result of call {made.number}", made.result))
            said += [(f"output {name} of call {made.number}", term)
                     for name, term in made.outputs.items()]
        state.notes["said"] = said
        return super().example(state, found)
