# SPDX-License-Identifier: MIT
"""Configurations of kernels that check themselves: the files debug-*.config of guests/linux/config,
what such a kernel says when it does, and which faults it has to find.  Must not know what they
check."""
import collections
import glob
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
CONFIGS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "guests", "linux", "config")
# Lines of the file.
SAYS = re.compile(r"^# The kernel says: (.+)$", re.MULTILINE)
FINDS = re.compile(r"^# It finds: (.+)$", re.MULTILINE)
NEEDS = re.compile(r"^# A domain needs: ([0-9]+) MiB$", re.MULTILINE)
Variant = collections.namedtuple("Variant", "name kernel says finds memory")
# Megabytes of the machine.
MACHINE = 1280


def variants(kernel):
    """Each, for the configuration of a kernel."""
    for path in sorted(glob.glob(os.path.join(CONFIGS, "debug-*.config"))):
        name = os.path.basename(path)[:-len(".config")]
        with open(path, encoding="utf-8") as file:
            text = file.read()
        says, finds, needs = (line.search(text) for line in (SAYS, FINDS, NEEDS))
        yield Variant(name, f"{name}+{kernel}", says.group(1) if says else None,
                      finds.group(1).split(", ") if finds else [], needs.group(1) if needs else 64)


def boots(plain, variant, kernel=None):
    """Those of another kernel, for a variant, or for one that is built like it."""
    return [(name, kernel or variant.kernel, f"{words} memory={variant.memory}".strip(), abis)
            for name, _, words, abis in plain]
