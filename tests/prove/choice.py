# SPDX-License-Identifier: MIT
"""Which function the dispatcher chooses: that of the guest's number, and none for any other.

The functions are marks here: what they do is proven by itself (hypervisor.py).  Must not know the
generator, nor instructions.
"""
import z3

import image
from contract import Contract, Shape
from hypervisor import EINVAL, ENOSYS, enter_registers, unchanged
from memory import Open
from words import constant, low, simplify

ENTRY = "fastabi_hypercall"


class ChoiceShape(Shape):
    """The choice between functions.

    tree: offsets of Xen.  choices: [Choice].  For an operation the guest's number is that of the
    operation; for none it is any other.
    """

    def __init__(self, tree, choices):
        super().__init__([], "value", "external", calls=0)
        self.tree, self.choices = tree, choices
        self.marks = {choice.function for choice in choices}

    def key(self):
        return ("choice",)

    def contract(self, op, convention):
        return ChoiceContract(op, self, convention)


class Choice:
    """An operation, its function, and whether an interrupted call may say how it goes on."""

    def __init__(self, op, function, has_state):
        self.op, self.function, self.has_state = op, function, has_state


class ChoiceContract(Contract):
    """The obligations of ENTRY."""

    def enter(self, state):
        state.image = image.marked(state.image, self.shape.marks)
        self.guest = enter_registers(self, state, self.shape.tree)
        self.before = state.memory.copy()
        self.rax, self.index = (state.memory.get(self.guest, self.shape.tree[name], 8)
                                for name in ("rax", "rdi"))
        self.values = {"rax": self.rax, "rdi": self.index}
        if self.op:
            state.assume(self.is_called(self.op))
        else:
            state.assume(simplify(z3.Not(z3.Or(*(self.is_called(choice.op)
                                                 for choice in self.shape.choices)))))

    def is_called(self, op):
        """The number is the operation's."""
        called = low(self.rax, 32) == constant(op.rax, 32)
        return simplify(called if op.direct else
                        z3.And(called, self.index == constant(op.index)))

    @property
    def has_state(self):
        return z3.Extract(63, 32, self.rax) != 0

    def is_chosen(self, choice):
        if choice.has_state:
            return self.is_called(choice.op)
        return z3.And(self.is_called(choice.op), z3.Not(self.has_state))

    def transfer(self, state, name):
        """A function is entered."""
        found = [choice for choice in self.shape.choices
                 if name == "external" and state.image.marks.get(state.rip) == choice.function]
        if not found:
            self.always(state, f"executes {name}, or calls something else")
            raise Open("an instruction on a path that is impossible")
        self.sites.append(state.rip)
        self.impossible(state, simplify(z3.Not(self.is_chosen(found[0]))),
                        lambda _: f"{found[0].function} is called for another number")
        self.equal(state, state.registers["rdi"], self.guest.address, "the registers")
        unchanged(self, state, f"where {found[0].function} is called")
        # It returns to the caller: what is owed then, its own proof shows.
        return_address, *owed = self.convention.left(state, state.pop())
        for what, got, want in (return_address, *owed):
            self.equal(state, got, want, what)
        return False

    def finish(self, state, target):
        """No function: the call is refused."""
        for what, got, want in self.convention.left(state, target):
            self.equal(state, got, want, what)
        choices = self.shape.choices
        self.impossible(state, simplify(z3.Or(*(self.is_chosen(choice) for choice in choices))),
                        lambda _: "no function is called")
        known = simplify(z3.Or(*(self.is_called(choice.op) for choice in choices)))
        self.equal(state, state.memory.get(self.guest, self.shape.tree["rax"], 8),
                   z3.If(known, constant(EINVAL), constant(ENOSYS)), "rax of a refused call")
        unchanged(self, state, "of a refused call", {self.shape.tree["rax"]})


def choices(hypercalls, function, has_state):
    """Of all operations of these hypercalls."""
    return [Choice(classic.op, function(classic.op), has_state(classic))
            for one in hypercalls for classic in one.ops]
