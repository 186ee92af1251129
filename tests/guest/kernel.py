# SPDX-License-Identifier: MIT
"""Builds the guest kernel that tests the stubs of one language.  Must not know what it tests."""
import glob
import os

import image
import stubs
import tables

HERE = os.path.dirname(os.path.abspath(__file__))

# What dom0 makes another domain with.
DOMAINS = [os.path.join(HERE, "builder", name) for name in ("domain.c", "kernel.c", "policy.c")]
OPTIONS = ["-I" + os.path.join(HERE, "builder"), "-I" + os.path.join(HERE, "boot")]


def build(out, language, generator, abi):
    """A kernel with the stubs of a language for the specifications in a directory; raises
    image.BuildError."""
    folder = out + ".d"
    os.makedirs(folder, exist_ok=True)
    objects = stubs.build(language, generator, abi, folder)
    table = os.path.join(folder, "tables.c")
    stubs.write(table, tables.source(stubs.model.load_folder(abi)))
    sources = sorted(glob.glob(os.path.join(HERE, "kernel", "*.[cS]")))
    return image.build(out, sources + DOMAINS + [table] + objects, OPTIONS)
