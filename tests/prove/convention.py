# SPDX-License-Identifier: MIT
"""Calling conventions of x86-64: where arguments are, what a function keeps, what it may write.

Must not know what the arguments mean.
"""
import z3

from machine import AT_ENTRY
from memory import Object
from words import constant, extend, simplify, variable


class Convention:
    def __init__(self, name, registers, kept, shadow, narrow_extended=False):
        self.name, self.registers, self.kept = name, registers, kept
        self.shadow = shadow        # bytes above the return address that the callee may use
        # Clang takes arguments of less than 32 bits to be extended to 32 (docs/proof.md).
        self.narrow_extended = narrow_extended

    def enter(self, state, arguments):
        """Put arguments where the function finds them: [(name, term, signed)]. The stack is an
        object; above its arguments is the caller's, and not looked at."""
        stack = Object("stack", variable(AT_ENTRY % "rsp"), 0, True, private=True)
        state.memory.add(stack)
        state.memory.put(stack, 0, variable("return address"))
        offset = 8 + self.shadow
        for number, (name, term, signed) in enumerate(arguments):
            whole = self.widened(name, term, signed)
            if number < len(self.registers):
                state.registers[self.registers[number]] = whole
            else:
                state.memory.put(stack, offset, whole)
                offset += 8
        stack.size = state.notes["own stack"] = offset

    def widened(self, name, term, signed):
        """An argument in 64 bits, what is above it unknown."""
        if self.narrow_extended and term.size() < 32:
            term = extend(term, 32, signed)
        if term.size() == 64:
            return term
        above = variable(f"above {name}", 64 - term.size())
        return simplify(z3.Concat(above, term))

    def left(self, state, target):
        """Obligations when the function returns: [(what, term, term)]"""
        top = simplify(variable(AT_ENTRY % "rsp") + constant(8))
        found = [("the return address", target, variable("return address")),
                 ("rsp", state.registers["rsp"], top)]
        return found + [(f"{name}, which the caller owns", state.registers[name],
                         variable(AT_ENTRY % name)) for name in self.kept]


SYSV = Convention("sysv", ["rdi", "rsi", "rdx", "rcx", "r8", "r9"],
                  ["rbx", "rbp", "r12", "r13", "r14", "r15"], 0)
CLANG = Convention("sysv", SYSV.registers, SYSV.kept, 0, narrow_extended=True)
MICROSOFT = Convention("microsoft", ["rcx", "rdx", "r8", "r9"], SYSV.kept + ["rdi", "rsi"], 32)
