# SPDX-License-Identifier: MIT
"""A Xen that serves hypercalls of domains as if it could not read their memory
(xen/confidential): built, and what it says that it refused and what domains declared shared.  Must
not know how a machine is booted."""
import os
import re

import calls
import xentree

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
INSERT = os.path.join(TOP, "xen", "confidential", "insert")
# Xen's boot options: the rules, and the rules for domains that cannot declare anything.
RULES = "confidential"
NOTHING_SHARED = "confidential confidential-none"

SAID = r"^\(XEN\) (?:\[[^\]]*\] )?confidential d(\d+): "
REFUSED = re.compile(SAID + r"refused (linear address|frame) 0x[0-9a-f]+, "
                     r"(?:hypercall (\d+) op (\d+), (fast|classic)|no hypercall)$")
SHARED = re.compile(SAID + r"shares frame 0x[0-9a-f]+ for (\w+)$")


def build(xen_out, directory):
    """A copy of the tree that scripts/xen-build left, with the rules; only what they change is
    compiled. (the directory of the hypervisor, "") or (None, what went wrong)."""
    source = os.path.join(directory, "source")
    xen = os.path.join(source, "xen")
    wrong = xentree.build(os.path.join(xen_out, "source"), source,
                          [[INSERT, source], xentree.make(xen, "build")])
    return (None, wrong) if wrong else (xen, "")


def refused(lines, domain):
    """What was refused to a domain, in order: (kind, ABI, name of the operation)."""
    names, found = calls.Names(), []
    for match in filter(None, map(REFUSED.match, lines)):
        if int(match.group(1)) == domain:
            hypercall, op, abi = match.group(3, 4, 5)
            found.append((match.group(2), {"fast": "FastABI"}.get(abi, abi) or "none",
                          names.of(int(hypercall), int(op))[0] if abi else "no hypercall"))
    return found


def shared(lines, domain):
    """For what a domain declared frames shared."""
    return {match.group(2) for match in map(SHARED.match, lines)
            if match and int(match.group(1)) == domain}
