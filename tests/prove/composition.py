# SPDX-License-Identifier: MIT
"""A stub and the dispatcher together: FastABI equals the classic ABI.

Both proofs speak of registers.  Here what the one says of them is put into what the other one says:
the struct that a caller passes to a stub is the one that the handler gets, and what the handler
leaves in it comes back.  Must not know code, nor how either is proven.
"""
import model
from contract import Contract, Shape
from hypervisor import HypervisorContract
from machine import State
from memory import Memory, Object
from words import constant, low, variable


class Both(Contract):
    """The stub's half, by the obligations of contract.py, for a caller's struct."""

    def __init__(self, op, fields, size):
        super().__init__(op, Shape(model.stub_arguments(op, "struct", "vmcall"), "struct", "vmcall",
                                   fields, size), None)

    def registers(self, state):
        """{input: its register at the call}"""
        self.before = state.memory
        for kind, *more in self.shape.arguments:
            param = more[0] if more else None
            if kind == "value":
                self.values[param.name] = variable(param.name, param.width)
            else:
                self.object(state, kind, param, variable(f"address of {param or kind}"))
        return {p.name: self.passed(state, p) for p in self.op.inputs}


def state_of(memory):
    state = State.__new__(State)
    state.__dict__.update(memory=memory, assumed=[], models=[], notes={})
    return state


def compose(op, shape, fields, size):
    """Obligations that hold, of one operation; raises Refuted."""
    stub, state = Both(op, fields, size), state_of(Memory())
    passed = stub.registers(state)
    handler = HypervisorContract(op, shape, None)
    handler.guest = Object("the guest's registers", variable("address of the registers"), 0, True)
    handler.area = Object("the argument area", variable("address of the area"), 0, True)
    handler.before, handler.values = Memory(), passed
    seen = handler.struct()
    for p in op.inputs:
        if p.name in stub.places and model.in_struct(p, "struct"):
            made, offset, width = stub.places[p.name]
            for n in range(width):
                stub.equal(state, seen[shape.layout.places[p.path].offset + n],
                           state.memory.byte(made, offset + n), f"byte {n} of {p.path}")
    for p in op.outputs:
        register = handler.output(state.memory, p)
        width = 8 * (stub.places[p.name][2] if p.name in stub.places else p.width // 8)
        path = shape.classic.where(p)[1]
        place = shape.layout.places[path]
        left = state.memory.get(handler.area, shape.tree["areas"] + place.offset, place.size)
        stub.equal(state, low(stub.meant(p, register), width), low(left, width),
                   f"{p.name} that comes back")
    stub.equal(state, constant(op.rax), constant(op.spec.hypercall_index | model.MASK),
               "the number of the call")
    return stub.obligations
