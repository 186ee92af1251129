# SPDX-License-Identifier: MIT
"""The kernel of docs/adopt.md, whose hypercalls go over bridges: on a Xen with FastABI, on the same
with FastABI switched off, and on one without it.  Must not know what the kernel does."""
import os
import subprocess

import image
import qemu

HERE = os.path.dirname(os.path.abspath(__file__))

# title, hypervisor, its options, what the guard says
BOOTS = [("FastABI", "fastabi", "", 1), ("switched off", "fastabi", "fastabi=no", 0),
         ("a stock Xen", "stock", "", 0)]


def build(runner, abi):
    """The kernel; raises image.BuildError."""
    bindings = os.path.join(runner.build, "bridge")
    # QEMU's processors are AMD's.
    done = subprocess.run([runner.generator, "generate", "-b", "c", "-O", "style=bridge", "-O",
                           "transfer=vmmcall", "-o", bindings, abi + "/"],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise image.BuildError(done.stderr)
    return image.build(os.path.join(runner.build, "bridge.elf"), [os.path.join(HERE, "bridge.c")],
                       ["-I" + bindings])


def run(runner, abi):
    try:
        kernel = build(runner, abi)
    except image.BuildError as error:
        runner.report.check("bridge: the kernel is built", False, str(error).splitlines()[:20])
        return
    for title, xen, options, flag in BOOTS:
        log = os.path.join(runner.build, "log", f"bridge-{title.replace(' ', '-')}.log")
        try:
            boot = qemu.boot(runner.xen(xen), [(kernel, [])], log, f"dom0_max_vcpus=1 {options}", 1,
                             120)
        except qemu.Missing as error:
            runner.report.check(f"bridge: {title}", False, [str(error)])
            continue
        said = boot.domain()
        wrong = boot.faults() + [f"not ok: {t}" for t in said.failed]
        if not any(note.endswith(f"FastABI {flag}") for note in said.notes):
            wrong.append(f"FastABI is not found, or found where it is not: {said.notes}")
        runner.report.add(f"bridge: {title}", len(said.passed), len(wrong),
                          wrong + [f"the log: {log}"] if wrong else [])
