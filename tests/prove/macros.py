# SPDX-License-Identifier: MIT
"""What a macro in assembly owes: the obligations of contract.py, but operands and outputs are in
registers, and all other registers are kept, flags too (docs/assembly.md).

Must not know the assembler, nor what a macro expands to.
"""
import z3

import model
from contract import Contract, Shape
from decode import WIDE
from machine import AT_ENTRY
from memory import Object
from words import constant, extend, low, plus, simplify, variable

STORED = "rbx"      # where a function that stores outputs has the address
MACRO = "macro"     # stands for the calling convention


class Placement(Shape):
    """Where the operands of a macro are: [(parameter, kind, register)].

    kind: "own", in its own register, extended; "wide" and "narrow", the low part of a register;
    "memory", 8 bytes after the address in a register.
    """

    def __init__(self, placed, stores, transfer, recorded):
        super().__init__([], "value", transfer, recorded=recorded)
        self.placed = placed
        self.stores = stores    # outputs of a call that succeeded, by name, 8 bytes for each

    def key(self):
        return tuple((kind, register) for _, kind, register in self.placed), self.transfer, \
            self.stores

    def contract(self, op, convention):
        return MacroContract(op, self, convention)


class MacroContract(Contract):
    """The obligations of a macro with its operands in some places."""

    def enter(self, state):
        stack = Object("stack", variable(AT_ENTRY % "rsp"), 8, True, private=True)
        state.memory.add(stack)
        state.memory.put(stack, 0, variable("return address"))
        state.notes["own stack"] = 8
        for p, kind, register in self.shape.placed:
            if kind == "memory":
                address = variable(AT_ENTRY % register)
                made = Object(f"the operand {p.name}", address, 8 + p.width // 8, True, start=8)
                state.memory.add(made)
                self.values[p.name] = state.memory.get(made, 8, p.width // 8)
                continue
            self.values[p.name] = value = variable(p.name, p.width)
            if kind == "own":
                state.registers[register] = extend(value, 64, p.signed)
            elif p.width < 64:
                above = variable(f"above {p.name}", 64 - p.width)
                state.registers[register] = simplify(z3.Concat(above, value))
            else:
                state.registers[register] = value
        if self.shape.stores:
            made = Object("outputs", variable(AT_ENTRY % STORED), 8 * len(self.op.outputs), False)
            state.memory.add(made)
            for n, p in enumerate(self.op.outputs):
                self.places[p.name] = (made, 8 * n, p.width // 8)
        self.before = dict(state.registers)

    def memory(self, state, returning=False):
        """A macro writes no memory but the stack."""
        if self.shape.stores:
            super().memory(state, returning)
        else:
            self.compare(state, {})

    def finish(self, state, target):
        self.obligations += 1
        if state.calls != 1:
            self.always(state, f"makes {state.calls} calls, not 1")
            return
        result = state.notes["result"]
        changed = {"rax", "rsp"} | {model.REGISTERS[p.reg_out] for p in self.op.outputs}
        changed |= {model.REGISTERS[reg] for reg in self.op.clobbers}
        changed |= {model.REGISTERS[p.reg_in] for p, kind, _ in self.shape.placed if kind != "own"}
        if not self.op.direct:
            changed.add("rdi")
        self.equal(state, state.registers["rax"], result, "rax afterwards")
        self.equal(state, state.registers["rsp"], plus(variable(AT_ENTRY % "rsp"), 8), "rsp")
        self.equal(state, target, variable("return address"), "the return address")
        for name in WIDE:
            if name not in changed:
                self.equal(state, state.registers[name], self.before[name],
                           f"{name}, which the macro keeps,")
        self.outputs_in_registers(state, result)
        self.memory(state)
        self.stack(state)
        self.obligations += 1
        if not self.op.settled and not self.shape.stores and state.flags is not state.untouched:
            self.always(state, "changes flags")

    def outputs_in_registers(self, state, result):
        for p in self.op.outputs:
            name = model.REGISTERS[p.reg_out]
            want = low(state.notes["outputs"][p.name], p.width)
            got = low(state.registers[name], p.width)
            self.equal(state, simplify(z3.If(result >= 0, got, constant(0, p.width))),
                       simplify(z3.If(result >= 0, want, constant(0, p.width))),
                       f"{name} ({p.name}) afterwards")
