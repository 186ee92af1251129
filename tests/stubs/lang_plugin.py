# SPDX-License-Identifier: MIT
"""The template plug-in of examples/backend in the conformance suite: C functions, so all but
generating is lang_c's.

Must not know what the generator writes beyond its documented names and argument order.
"""
import os
import re

import lang_c
# The suite asks this module for them.
from lang_c import (  # noqa: F401
    CONFIGS, FIRST, compile_commands, drops_result, layout, link_objects, plant_traps, prepare,
    variants)

NAME = "plug-in"
STYLES = ["value"]
TRANSFERS = ["vmcall", "vmmcall"]
PLUGIN = None   # the shared object; whoever builds it sets this


def generate(generator, folder, style, transfer, specs):
    """The command that writes the bindings: one file."""
    return [*generator, "generate", "--plugin", PLUGIN, "-b", "example", "-o",
            os.path.join(folder, "calls.h"), "-O", f"instruction={transfer}", *specs]


def unit(ops, style, transfer, include_first):
    """lang_c's, with the one file in place of one for each specification."""
    text = lang_c.unit(ops, style, transfer, include_first)
    return re.sub(r"(#include <fastabi/\w+\.h>\n)+", "#include <calls.h>\n", text)
