# SPDX-License-Identifier: MIT
"""Builds what the builder's boots need: the builder itself and the kernels that only run as its
domains."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
GUEST = os.path.dirname(HERE)
sys.path[:0] = [GUEST, HERE]

import image    # noqa: E402
import ops      # noqa: E402
import stubs    # noqa: E402
import tables   # noqa: E402

BUILDER = ["builder.c", "guests.c", "domain.c", "heap.c", "kernel.c", "bundle.c", "random.c",
           "policy.c"]
OPTIONS = ["-I" + HERE, "-I" + os.path.join(GUEST, "boot")]


def here(names):
    return [os.path.join(HERE, name) for name in names]


def builder(folder):
    return image.build(os.path.join(folder, "builder.elf"), here(BUILDER), OPTIONS)


def hello(folder):
    return image.build(os.path.join(folder, "hello.elf"), here(["hello.c"]), OPTIONS)


def nested(folder):
    return image.build(os.path.join(folder, "nested.elf"), here(["nested.c", "call.S"]),
                       OPTIONS)


def random_guest(folder, abi, name="random", with_outputs=True):
    table = stubs.write(os.path.join(folder, name + "-ops.c"),
                        ops.table(ops.load(abi), with_outputs))
    return image.build(os.path.join(folder, name + ".elf"),
                       here(["random-guest.c", "values.c", "call.S"]) + [table], OPTIONS)


def peer(folder, language, generator, abi):
    """The kernel of two domains that have to do with each other, with the stubs of one language."""
    out = os.path.join(folder, f"peer-{language}.elf")
    work = out + ".d"
    os.makedirs(work, exist_ok=True)
    objects = stubs.build(language, generator, abi, work)
    table = stubs.write(os.path.join(work, "tables.c"), tables.source(stubs.model.load_folder(abi)))
    shared = [os.path.join(GUEST, "kernel", name) for name in ("call.c", "registers.S", "state.c")]
    return image.build(out, here(["peer.c"]) + shared + [table] + objects, OPTIONS)
