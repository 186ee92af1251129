# SPDX-License-Identifier: MIT
"""How few instructions a stub can have: the bound of design 4, computed from the specification.

Must not know what any stub looks like.
"""
import model

ARGUMENT_REGISTERS = ["rdi", "rsi", "rdx", "rcx", "r8", "r9"]
CALLER_SAVED = {"rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11"}   # rax carries the result


def overwritten(op):
    """Registers that the call needs or changes."""
    regs = {0} | {p.reg_in for p in op.inputs} | {p.reg_out for p in op.outputs} | set(op.clobbers)
    if not op.direct:
        regs.add(1)
    return {model.REGISTERS[r] for r in regs}


def pointers_needed(op, style):
    """Positions of arguments that are still needed after the call: pointers that outputs are
    stored through."""
    needed = []
    for position, arg in enumerate(model.stub_arguments(op, style, "vmcall")):
        if arg[0] == "struct":
            if any(model.in_struct(p, style) for p in op.outputs):
                needed.append(position)
        elif arg[0] == "pointer":
            needed.append(position)
    return needed


def terms(op):
    """Comparisons that conditions of outputs are made of."""
    return sum(len(p.terms) for p in op.settled)


def conditions(op, style):
    """A comparison and a branch for each; a value that means nothing becomes 0 by two more."""
    return 2 * terms(op) + 2 * sum(not model.in_struct(p, style) for p in op.settled)


def bound(op, style):
    """Instructions of an out-of-line stub with a fixed transfer instruction."""
    used = overwritten(op)
    count = 1 + (not op.direct) + len(op.inputs)    # registers to set
    count += 1                                      # the transfer
    count += len(op.outputs)                        # stores
    count += 2 if op.outputs else 0                 # test and branch
    count += conditions(op, style)
    count += 2 if "r12" in used else 0              # saved and restored
    count += 1                                      # return
    needed = pointers_needed(op, style)
    places = [ARGUMENT_REGISTERS[n] if n < len(ARGUMENT_REGISTERS) else None for n in needed]
    moved = [p for p in places if p in used]        # kept somewhere else, one move each
    on_stack = places.count(None)                   # loaded after the call, one load each
    count += len(moved) + on_stack
    free = CALLER_SAVED - used - set(places)
    # callee-saved registers for those that find no other
    count += 2 * max(0, len(moved) - len(free))
    return count


def macro_bound(op):
    """Instructions of a macro in assembly: one per register, and the transfer; a comparison and a
    jump for each that a condition is made of, and one for each output that it clears."""
    return 1 + (not op.direct) + len(op.inputs) + 1 + 2 * terms(op) + len(op.settled)
