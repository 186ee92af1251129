# SPDX-License-Identifier: MIT
"""What a function of the dispatcher owes: the handler gets what the classic ABI would have given
it, and the guest gets the outputs back.

A probe, compiled with it, makes the classic call from five numbers: it says which handler that is,
what it gets, and what comes back.  Reads specifications with tests/stubs/bridge_model.py.  Must not
know the generator, nor instructions.
"""
import z3

import model
from contract import Contract, Shape
from memory import Object, Open
from words import constant, extend, low, mentions, plus, simplify, variable

EPERM, EINVAL, ENOSYS = (number % (1 << 64) for number in (-1, -22, -38))
ARGUMENTS = [f"argument {n}" for n in range(1, 6)]
REGISTERS = ["rdi", "rsi", "rdx", "rcx", "r8", "r9"]
WRITTEN = ("hcall_fastabi", 8), ("hcall_fastabi_plain", 1), ("hcall_preempted", 1)  # of a vCPU
STACK_SIZE = 0x8000
MOST_STRUCT = 256       # bytes of a struct


class Probe:
    """The classic call of a hypercall: symbol of the handler, what is in which register as a
    function of ARGUMENTS, and what comes back as a function of rax."""

    def __init__(self, symbol, passed, result):
        self.symbol, self.passed, self.result = symbol, passed, result


class HypervisorShape(Shape):
    """A function of the dispatcher.

    classic: a bridge_model.Classic; tree: offsets and sizes of Xen; layout: the struct's; probes:
    by hypercall.
    """

    def __init__(self, classic, tree, layout, probes):
        super().__init__([], "struct", "external")
        self.classic, self.tree, self.layout, self.probes = classic, tree, layout, probes

    def key(self):
        return "hypervisor", self.classic.op.title

    def contract(self, op, convention):
        return HypervisorContract(op, self, convention)


class ProbeContract(Contract):
    """Follows the probe."""

    def __init__(self, externals, convention):
        super().__init__(None, Shape([], "value", "external"), convention)
        self.externals, self.found = externals, None

    def enter(self, state):
        self.convention.enter(state, [(name, variable(name), False)
                                      for name in ["nothing", *reversed(ARGUMENTS)]])

    def transfer(self, state, name):
        state.notes["handler"] = self.externals.get(state.rip), dict(state.registers)
        self.sites.append(state.rip)
        state.registers["rax"] = variable("what the handler returns")

    def finish(self, state, target):
        symbol, registers = state.notes["handler"]
        taken = {register: registers[register] for register, name in zip(REGISTERS, ARGUMENTS)
                 if mentions(registers[register], variable(name))}
        self.found = Probe(symbol, taken, state.registers["rax"])


def enter_registers(contract, state, tree):
    """The guest's registers, which a function is given a pointer to."""
    guest = Object("the guest's registers", variable("address of the registers"), tree["regs"],
                   True)
    state.memory.add(guest)
    contract.convention.enter(state, [("the registers", guest.address, False)])
    return guest


def unchanged(contract, state, when, but=()):
    """The guest's registers are as they were, except for these."""
    for at in range(0, contract.guest.size, 8):
        if at not in but:
            contract.equal(state, state.memory.get(contract.guest, at, 8),
                           contract.before.get(contract.guest, at, 8),
                           f"the guest's register at {at:#x} {when}")


class HypervisorContract(Contract):
    """The obligations of one function."""

    def enter(self, state):
        tree = self.shape.tree
        self.guest = enter_registers(self, state, tree)
        self.vcpu = Object("the vCPU", variable("address of the vCPU"), tree["vcpu"], True)
        state.memory.add(self.vcpu)
        stack = state.registers["rsp"]
        place = 0x4008                      # of the stack pointer, anywhere in the stack
        state.assume(low(stack, 15) == constant(place, 15))
        current = STACK_SIZE - tree["cpu_info"] + tree["current"] - place
        state.memory.put(state.memory.find(stack)[0], current, self.vcpu.address)
        vcpu_id = state.memory.get(self.vcpu, tree["vcpu_id"], 4)
        base = simplify(extend(vcpu_id, 64, False) << constant(tree["shift"]))
        self.area = Object("the argument area", base, tree["areas"] + tree["area"], False,
                           start=tree["areas"])
        state.memory.add(self.area)
        self.before = state.memory.copy()
        self.values = {p.name: self.register(state, p.reg_in) for p in self.op.inputs}

    def register(self, state, number):
        place = self.shape.tree[model.REGISTERS[number]]
        return state.memory.get(self.guest, place, 8)

    def typed(self, p):
        return extend(low(self.values[p.name], p.width), 64, p.signed)

    # ---- what the classic ABI would have given the handler ----

    @property
    def has_struct(self):
        return bool(self.shape.classic.struct) and ("struct",) in self.shape.classic.args

    def arguments(self):
        """The five numbers of the classic call."""
        found, classic = [], self.shape.classic
        for kind, *more in classic.args:
            if kind == "op":
                found.append(extend(self.command(), 64, False))
            elif kind == "struct":
                found.append(self.handle())
            elif kind == "number":
                found.append(constant(more[0] % (1 << 64)))
            else:
                found.append(self.typed(self.op.named(more[0])))
        return found + [constant(0)] * (len(ARGUMENTS) - len(found))

    def handle(self):
        """What stands for the start of the argument area."""
        return plus(self.area.address, self.shape.tree["handles"])

    def command(self):
        """The sub-operation: another one if the call goes on so."""
        index = constant(self.op.index % (1 << 32), 32)
        if len(self.shape.layout.continued) == 1:
            return index
        rax = self.before.get(self.guest, self.shape.tree["rax"], 8)
        return simplify(z3.Extract(63, 32, rax) ^ index)

    def refused(self):
        """When a call has to be refused."""
        known = [self.command() == value for value in self.shape.layout.continued]
        return simplify(z3.Or(self.inside(), z3.Not(z3.Or(*known))))

    def struct(self):
        """{offset: byte} of the struct that the handler sees."""
        classic, layout = self.shape.classic, self.shape.layout
        found = {at: constant(0, 8) for at in range(layout.size)}

        def put(path, term):
            place = layout.places[path]
            term = low(extend(term, 64, False) if term.size() < 64 else term, 8 * place.size)
            for n in range(place.size):
                found[place.offset + n] = simplify(z3.Extract(8 * n + 7, 8 * n, term))

        for path, value in layout.constants:
            put(path, constant(value % (1 << 64)))
        for p in self.op.inputs:
            kind, path, *_ = classic.where(p)
            if kind == "IN_FIELD":
                width, signed = p.width, p.signed
                if not p.known:
                    width, signed = 8 * layout.places[path].size, layout.places[path].signed
                put(path, extend(low(self.values[p.name], width), 64, signed))
            elif kind == "IN_PARTS":
                for field, shift, width in classic.parts[p.name]:
                    part = z3.Extract(shift + width - 1, shift, self.values[p.name])
                    put(field, extend(simplify(part), 64, layout.places[field].signed))
        return found

    def inside(self):
        """A 64-bit input that could be the address of something in the argument area."""
        tree, found = self.shape.tree, []
        for p in self.op.inputs:
            width = 8 * self.shape.layout.places[self.shape.classic.where(p)[1]].size \
                if not p.known and self.shape.classic.where(p)[1] else p.width
            if width == 64 and p.name not in self.shape.classic.parts:
                moved = self.values[p.name] - self.handle() + constant(tree["area"] - 1)
                found.append(z3.ULT(moved, constant(3 * tree["area"] - 1)))
        return simplify(z3.Or(*found)) if found else z3.BoolVal(False)

    # ---- calls that the function makes ----

    def transfer(self, state, name):
        symbol = state.image.externals.get(state.rip)
        if name != "external" or symbol is None:
            self.always(state, f"executes {name}")
            raise Open("an instruction on a path that is impossible")
        self.sites.append(state.rip)
        if symbol == "memcmp":
            self.compared(state)
        elif symbol == "fastabi_preempted":
            self.preempted(state)
        elif symbol == self.probe.symbol:
            self.handler(state)
        else:
            self.always(state, f"calls {symbol}")
            raise Open("a call on a path that is impossible")
        for register in ("rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11"):
            state.registers[register] = variable(f"{register} after {symbol} {len(self.sites)}")

    @property
    def probe(self):
        return self.shape.probes[self.shape.classic.op.spec.hypercall_index]

    def handler(self, state):
        tree = self.shape.tree
        state.calls += 1
        if state.calls > 1:
            self.always(state, "calls the handler twice")
        values = [(variable(name), term) for name, term in zip(ARGUMENTS, self.arguments())]
        for register, term in self.probe.passed.items():
            self.equal(state, state.registers[register], simplify(z3.substitute(term, *values)),
                       f"{register} at the call of {self.probe.symbol}")
        unchanged(self, state, "before the handler")
        self.fields_of_call(state, "before the handler")
        given = state.memory.get(self.vcpu, tree["hcall_fastabi"], 8)
        plain = state.memory.get(self.vcpu, tree["hcall_fastabi_plain"], 1)
        if self.has_struct:
            self.equal(state, given, plus(self.area.address, tree["areas"]),
                       "the argument area of the vCPU")
            for at, byte in self.struct().items():
                self.equal(state, state.memory.byte(self.area, tree["areas"] + at), byte,
                           f"byte {at} of the struct ({self.field_at(at)})")
            self.impossible(state, self.refused(), lambda _: "the handler gets a 64-bit value that "
                            "may be an address in the argument area, or a forged state")
        else:
            self.equal(state, plain, constant(1, 8), "that every address is the guest's")
        # Any answer: the struct, and what Xen notes of a call that was interrupted.
        memory = state.memory
        memory.bytes = {key: value for key, value in memory.bytes.items()
                        if key[0] is not self.area}
        for at in range(MOST_STRUCT):
            memory.bytes[self.area, tree["areas"] + at] = (
                variable(f"byte {at} of the struct afterwards", 8), 0)
        memory.opened = (self.area,)
        for name, size in (("hcall_preempted", 1), ("next", 48)):
            for at in range(tree[name], tree[name] + size):
                state.memory.bytes[self.vcpu, at] = (variable(f"{name} {at - tree[name]}", 8), 0)
        state.memory.stored = []
        state.notes["left"] = state.memory.copy()
        state.notes["result"] = state.registers["rax"] = variable("what the handler returns")

    def field_at(self, at):
        return next((path for path, place in self.shape.layout.places.items()
                     if 0 <= at - place.offset < place.size), "nothing")

    def compared(self, state):
        """memcmp() of structs."""
        size = state.settled(state.registers["rdx"])
        if size is None:
            raise Open("a comparison of unknown length")
        a, b = (state.memory.find(state.found(state.registers[r])) for r in ("rdi", "rsi"))
        same = z3.And(*(state.memory.byte(a[0], a[1] + n) == state.memory.byte(b[0], b[1] + n)
                        for n in range(size)))
        told = variable(f"memcmp {len(self.sites)}")
        state.assume(simplify((low(told, 32) == 0) == same))
        state.registers["rax"] = told

    def preempted(self, state):
        """The call was interrupted: what is needed to go on, which must be the same call."""
        tree = self.shape.tree
        state.notes["preempted"] = True
        if not state.calls:
            self.always(state, "goes on with a call that was not made")
            raise Open("a continuation on a path that is impossible")
        unchanged(self, state, "where the call was interrupted")
        self.interruption_kept(state)
        self.equal(state, state.registers["rdi"], self.guest.address, "the registers")
        index = low(state.notes["left"].get(self.vcpu, tree["next"], 8), 32)
        want = constant(0, 32)
        if ("op",) in self.shape.classic.args:
            want = simplify(index ^ constant(self.op.index % (1 << 32), 32))
        self.equal(state, low(state.registers["rsi"], 32), want, "the state of the continuation")
        possible = low(state.registers["rdx"], 8) != 0
        wrong = z3.Or(*(self.other_call(state)))
        self.impossible(state, simplify(z3.And(possible, wrong)),
                        lambda _: "goes on with another call than was interrupted")

    def other_call(self, state):
        """Conditions, each of which says that what Xen would go on with is another call."""
        tree, left = self.shape.tree, state.notes["left"]
        for n, ((kind, *more), term) in enumerate(zip(self.shape.classic.args, self.arguments())):
            again = left.get(self.vcpu, tree["next"] + 8 * n, 8)
            bits = 64 if kind == "struct" else self.op.named(more[0]).width if kind == "param" \
                else 32
            if kind == "op":
                yield z3.And(*(low(again, 32) != value for value in self.shape.layout.continued))
            else:
                yield low(again, bits) != low(term, bits)
        for at, byte in self.struct().items() if self.has_struct else ():
            if at < self.shape.layout.compared:
                yield left.byte(self.area, tree["areas"] + at) != byte

    def stack(self, state):
        """Of the stack above its own frame nothing was written."""
        self.obligations += 1
        for key, value in state.memory.bytes.items():
            if key[0].private and key[1] >= 0 and self.before.bytes.get(key) != value:
                self.always(state, f"writes the caller's stack, {key[1]} bytes above the return "
                                   "address")

    # ---- what the guest gets ----

    def fields_of_call(self, state, when):
        """Of the vCPU only what says that a call is being made was written."""
        tree, self.obligations = self.shape.tree, self.obligations + 1
        for made, at, size in state.memory.stored:
            if made is self.vcpu and not any(
                    tree[name] <= at and at + size <= tree[name] + most for name, most in WRITTEN):
                self.always(state, f"writes the vCPU at {at:#x} {when}")

    def interruption_kept(self, state):
        """What says that the call was interrupted is as the handler left it."""
        at = self.shape.tree["hcall_preempted"]
        self.equal(state, state.memory.get(self.vcpu, at, 1),
                   state.notes["left"].get(self.vcpu, at, 1), "hcall_preempted")

    def finish(self, state, target):
        tree = self.shape.tree
        for what, got, want in self.convention.left(state, target):
            self.equal(state, got, want, what)
        self.stack(state)
        self.fields_of_call(state, "afterwards")
        if not state.calls:
            self.impossible(state, simplify(z3.Not(self.refused())),
                            lambda _: "refuses the call without a reason")
            self.equal(state, self.register(state, 0), constant(EINVAL), "rax of a refused call")
            unchanged(self, state, "of a refused call", {tree["rax"]})
            return
        for name, size in (("hcall_fastabi", 8), ("hcall_fastabi_plain", 1)):
            self.equal(state, state.memory.get(self.vcpu, tree[name], size),
                       constant(0, 8 * size) if self.has_struct == (name == "hcall_fastabi") else
                       self.before.get(self.vcpu, tree[name], size), f"{name} afterwards")
        self.interruption_kept(state)
        again = state.notes["left"].get(self.vcpu, tree["hcall_preempted"], 1)
        self.impossible(state, simplify((again != 0) != bool(state.notes.get("preempted"))),
                        lambda _: "an interrupted call is taken for another one")
        if state.notes.get("preempted"):
            unchanged(self, state, "of a call that was interrupted")
            return
        result = self.result(state)
        self.equal(state, self.register(state, 0), result, "rax afterwards")
        if not self.op.outputs:
            unchanged(self, state, "afterwards", {tree["rax"]})
            return
        success = simplify(result >= 0)
        decided = state.decided(success)
        for good in (True, False) if decided is None else (decided,):
            other = state.copy()
            other.assume(success if good else simplify(z3.Not(success)))
            self.given_back(other, good)

    def given_back(self, state, good):
        """The guest's registers, by whether the call succeeded."""
        tree = self.shape.tree
        if not good:
            unchanged(self, state, "of a call that failed", {tree["rax"]})
            return
        places = {tree["rax"]}
        for p in self.op.outputs:
            places.add(tree[model.REGISTERS[p.reg_out]])
            self.equal(state, self.register(state, p.reg_out),
                       self.output(state.notes["left"], p),
                       f"{model.REGISTERS[p.reg_out]} ({p.name}) afterwards")
        unchanged(self, state, "of a call that succeeded", places)

    def result(self, state):
        """What the handler returned, or the failure that it reported in a field."""
        found = simplify(z3.substitute(self.probe.result, (
            variable("what the handler returns"), state.notes["result"])))
        status = self.shape.classic.xen.get("status")
        if status:
            place = self.shape.layout.places[status]
            told = state.notes["left"].get(self.area, self.shape.tree["areas"] + place.offset,
                                           place.size)
            found = simplify(z3.If(z3.And(found >= 0, told < 0), constant(EPERM), found))
        return found

    def output(self, left, p):
        """What the handler has left in the struct, in this memory."""
        tree, layout = self.shape.tree, self.shape.layout
        kind, path, *_ = self.shape.classic.where(p)
        if kind != "IN_FIELD":
            raise Open(f"an output that is {kind}")
        place = layout.places[path]
        width, signed = (p.width, p.signed) if p.known else (8 * place.size, place.signed)
        term = left.get(self.area, tree["areas"] + place.offset, place.size)
        return extend(low(extend(term, 64, place.signed), width), 64, signed)
