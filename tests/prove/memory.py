# SPDX-License-Identifier: MIT
"""Memory, as far as it was looked at: objects that do not overlap, each a map of offsets to bytes.

A byte that was not stored is a variable.  Must not know what the objects are for.
"""
import z3

from words import bits_in, join, low, simplify, split, variable


class Open(Exception):
    """The prover does not know what this means, so nothing is proven."""


class Wrong(Exception):
    """Something that no caller allows, whatever the values are."""


class Object:
    """A piece of memory that the caller owns, or the stack: its name, address and size."""

    def __init__(self, name, address, size, readable, private=False, start=0):
        self.name, self.address, self.size = name, address, size
        self.start = start          # of what belongs to it, from the address
        self.readable = readable    # what it holds at first may be read
        # The hypervisor and other threads do not change it; what is past its size is the caller's.
        self.private = private


class Memory:
    """Bytes of all objects.  An epoch ends when others may have changed what is not private."""

    def __init__(self):
        self.objects = {}       # id of the address's term: object
        self.bytes = {}         # (object, offset): (term, number of the byte in it)
        self.epoch = 0
        self.opened = ()        # objects whose contents may be read now, whatever they are
        self.stored = []        # (object, offset, size) in this epoch, of what is not private

    def copy(self):
        other = Memory()
        other.objects, other.epoch, other.opened = self.objects, self.epoch, self.opened
        other.bytes, other.stored = dict(self.bytes), list(self.stored)
        return other

    def add(self, made):
        self.objects[made.address.get_id()] = made

    def find(self, address):
        """(object, offset) of an address."""
        base, offset = split(address)
        made = self.objects.get(base.get_id()) if base is not None else None
        if made is None and base is not None and z3.is_const(base):
            raise Wrong(f"uses memory at '{base}' + {offset}, which does not belong to the caller")
        if made is None and base is not None and base.decl().kind() == z3.Z3_OP_CONCAT and \
                all(z3.is_const(part) for part in base.children()):
            raise Wrong(f"uses memory at an address that comes from '{base.children()[-1]}'")
        if made is None:
            raise Open(f"memory at {simplify(address)}, an address that is not understood")
        return made, offset

    def knows(self, address):
        """Is it an address in an object, or one that cannot be in any?"""
        base, _ = split(address)
        return base is not None and (base.get_id() in self.objects or z3.is_const(base))

    # ---- by object and offset ----

    def initial(self, made, offset):
        """A byte as others left it."""
        epoch = 0 if made.private else self.epoch
        after = f" after call {epoch}" if epoch else ""
        return variable(f"byte {offset} of {made.name}{after}", 8)

    def byte(self, made, offset):
        known = self.bytes.get((made, offset))
        if known is None:
            return self.initial(made, offset)
        term, number = known
        return simplify(z3.Extract(8 * number + 7, 8 * number, term))

    def get(self, made, offset, size):
        """The term of that many bytes."""
        term = self.bytes.get((made, offset), (None, 0))[0]
        if term is not None and all(self.same(made, offset + n, term, n) for n in range(size)):
            return low(term, 8 * size)
        return join([self.byte(made, offset + n) for n in range(size)])

    def same(self, made, offset, term, number):
        known = self.bytes.get((made, offset))
        return known is not None and known[0] is term and known[1] == number

    def put(self, made, offset, term):
        """Set bytes without noting it."""
        for number in range(bits_in(term) // 8):
            self.bytes[made, offset + number] = (term, number)

    # ---- what a program does ----

    def load(self, address, size):
        made, offset = self.find(address)
        fresh = any((made, offset + n) not in self.bytes for n in range(size))
        if not made.private and (offset < made.start or offset + size > made.size):
            raise Wrong(f"reads {size} bytes at {made.name} + {offset}, of {made.size}")
        if made.private and offset + size > made.size and any(
                (made, at) not in self.bytes
                for at in range(max(offset, made.size), offset + size)):
            raise Wrong(f"reads the caller's stack, {offset} bytes above the return address")
        if fresh and not made.readable and made not in self.opened:
            raise Wrong(f"reads what is at {made.name}, which is an output only")
        return self.get(made, offset, size)

    def store(self, address, term):
        made, offset = self.find(address)
        size = bits_in(term) // 8
        if not made.private:
            if offset < made.start or offset + size > made.size:
                raise Wrong(f"writes {size} bytes at {made.name} + {offset}, of {made.size}")
            self.stored.append((made, offset, size))
        self.put(made, offset, term)

    def others_act(self):
        """What is not private has any contents now."""
        self.epoch += 1
        self.stored = []
        self.bytes = {key: known for key, known in self.bytes.items() if key[0].private}
