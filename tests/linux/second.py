# SPDX-License-Identifier: MIT
"""A second system that makes its hypercalls through generated bridges: Debian's Xen as a guest of
Xen, in which a PV domain runs (a shim).  Builds it.  Must not know how a machine is booted."""
import os
import shlex

import xentree

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PATCH = os.path.join(TOP, "xen", "guest", "0001-x86-guest-make-hypercalls-through-FastABI.patch")
# Where the bridges are, below the tree, and what the patch includes of them.
BRIDGES = "xen/arch/x86/include/asm/guest"
SPECS = ["console_io", "event_channel", "grant_table", "hvm", "memory", "sched", "vcpu"]
# Xen's own functions start with xen_hypercall.
OPTIONS = ["-b", "c", "--profile", "xen-public", "-O", "style=bridge", "-O", "transfer=macro",
           "-O", "types=xen/types.h", "-O", "prefix=xen_fast_call"]

# A shim runs one PV domain: without HVM, as in Xen's own pvshim_defconfig.
CONFIG = ["CONFIG_XEN_GUEST=y", "# CONFIG_HVM is not set", "# CONFIG_SHADOW_PAGING is not set"]

# What stays classic: writes of no bytes, which the bridges leave alone.
CLASSIC = {"console_io.write"}
# Megabytes of the machine.
MACHINE = 1280


def build(xen_out, out, generator):
    """Of the tree that scripts/xen-build left as it was, each time from the start.
    (the hypervisor, "") or (None, what went wrong)."""
    source = os.path.join(out, "source")
    xen = os.path.join(source, "xen")
    config = shlex.quote(os.path.join(xen, ".config"))
    wrong = xentree.build(os.path.join(xen_out, "original"), source, [
        ["patch", "-d", source, "-p1", "--no-backup-if-mismatch", "-i", PATCH],
        ["env", "FASTABI_ABI_PATH=" + os.path.join(TOP, "abi"), generator, "generate", *OPTIONS,
         "-o", os.path.join(source, BRIDGES), *SPECS],
        ["sh", "-c", f"printf '%s\\n' {' '.join(map(shlex.quote, CONFIG))} >>{config}"],
        xentree.make(xen, "olddefconfig"), xentree.make(xen, "build")])
    return (None, wrong) if wrong else (os.path.join(xen, "xen"), "")


def files(dom0, out, hypervisor):
    """What the machine's dom0 has besides its root, and what the domain has: {path: file}."""
    domain = {"init": os.path.join(dom0, "init"), "bin/work": os.path.join(out, "work"),
              "job/little": os.path.join(HERE, "job", "little")}
    machine = {"init": os.path.join(dom0, "init"), "shim": hypervisor,
               "job/toolstack": os.path.join(dom0, "job", "toolstack"),
               "job/second": os.path.join(HERE, "job", "second"),
               # Not the compressed one, which the shim would have to unpack.
               "vmlinux": os.path.join(out, "vmlinux"),
               "domu.cpio": os.path.join(out, "little.cpio")}
    return machine, domain
