# SPDX-License-Identifier: MIT
"""Configurations of kernels that check themselves: the files debug-*.config of guests/linux/config,
and what such a kernel says when it does.  Must not know what they check."""
import glob
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
CONFIGS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "guests", "linux", "config")
# A line of the file.
SAYS = re.compile(r"^# The kernel says: (.+)$", re.MULTILINE)
# Megabytes of the machine, and of a domain: the default is too little for a kernel that keeps
# track of its memory.
MACHINE, DOMAIN = 1280, 256


def variants(kernel):
    """(name, kernel, what it says) of each, for the configuration of a kernel."""
    for path in sorted(glob.glob(os.path.join(CONFIGS, "debug-*.config"))):
        name = os.path.basename(path)[:-len(".config")]
        with open(path, encoding="utf-8") as file:
            says = SAYS.search(file.read())
        yield name, f"{name}+{kernel}", says.group(1) if says else None


def boots(plain, kernel):
    """Those of another kernel, for this one."""
    return [(name, kernel, f"{words} memory={DOMAIN}".strip(), abis)
            for name, _, words, abis in plain]
