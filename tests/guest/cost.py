# SPDX-License-Identifier: MIT
"""Builds the guest kernel that counts instructions.  Must not know any operation."""
import glob
import os

import image
import kernel
import stubs
import tables

HERE = os.path.dirname(os.path.abspath(__file__))


def build(out, generator, abi):
    """The test kernel's cases with another runner; its classic calls go through a function that
    counts."""
    folder = out + ".d"
    os.makedirs(folder, exist_ok=True)
    objects = stubs.build("c", generator, abi, folder)
    table = os.path.join(folder, "tables.c")
    stubs.write(table, tables.source(stubs.model.load_folder(abi)))
    kernel_folder = os.path.join(HERE, "kernel")
    objects.append(
        image.compile_file(os.path.join(kernel_folder, "call.c"), folder,
                           ["-Dhypercall=cost_hypercall"]))
    sources = sorted(glob.glob(os.path.join(kernel_folder, "cases-*.c"))
                     + glob.glob(os.path.join(HERE, "cost", "*.[cS]")))
    sources += [os.path.join(kernel_folder, name)
                for name in ("batch.c", "state.c", "places.c", "registers.S")]
    return image.build(out, sources + kernel.DOMAINS + [table] + objects, kernel.OPTIONS)
