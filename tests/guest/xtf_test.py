# SPDX-License-Identifier: MIT
"""The test for the Xen Test Framework, xtf/fastabi, in a frame of our own: it succeeds with
FastABI, is skipped without, and fails with stubs that are wrong.  Must not know what it tests."""
import os
import re
import shlex
import subprocess

import yaml

import image
import mutants
import qemu

HERE = os.path.dirname(os.path.abspath(__file__))
XTF = os.path.join(HERE, "xtf")
TEST = os.path.join(XTF, "fastabi", "main.c")

# title, hypervisor, its options, a mistake in the stubs, XTF's word for the result
BOOTS = [("FastABI", "fastabi", "", None, "SUCCESS"),
         ("switched off", "fastabi", "fastabi=no", None, "SKIP"),
         ("a stock Xen", "stock", "", None, "SKIP"),
         ("wrong stubs", "fastabi", "", "swap-outputs", "FAILURE")]


def command():
    """How the test says that its headers are made."""
    with open(TEST, encoding="utf-8") as file:
        text = re.search(r"^ \* +(fastabi-gen (?:.*\\\n)*.*)$", file.read(), re.M).group(1)
    return shlex.split(re.sub(r"\\\n \*", " ", text))


def build(runner, abi, mistake):
    """The kernel; raises image.BuildError."""
    folder = os.path.join(runner.build, f"xtf-{mistake or 'right'}")
    if mistake:
        with open(os.path.join(HERE, "mutants.yml"), encoding="utf-8") as file:
            known = yaml.safe_load(file)
        mutants.spoil(abi, os.path.join(folder, "abi"), mutants.KINDS[mistake], known)
        abi = os.path.join(folder, "abi")
    words = command()
    words[words.index("-o") + 1] = os.path.join(folder, "include")
    done = subprocess.run([runner.generator, *words[1:], abi + "/"], capture_output=True,
                          text=True, check=False)
    if done.returncode:
        raise image.BuildError(done.stderr)
    return image.build(folder + ".elf", [TEST, os.path.join(XTF, "frame.c")],
                       ["-I" + XTF, "-I" + os.path.join(folder, "include")])


def run(runner, abi):
    for title, xen, options, mistake, expected in BOOTS:
        log = os.path.join(runner.build, "log", f"xtf-{title.replace(' ', '-')}.log")
        try:
            boot = qemu.boot(runner.xen(xen), [(build(runner, abi, mistake), [])], log,
                             f"dom0_max_vcpus=1 {options}", 1, 120)
        except (image.BuildError, qemu.Missing) as error:
            runner.report.check(f"xtf: {title}", False, str(error).splitlines()[:20])
            continue
        wrong = boot.faults()
        if f"Test result: {expected}" not in boot.domain().notes:
            wrong += [f"the result is not {expected}", *boot.domain().notes]
        runner.report.check(f"xtf: {title}: {expected}", not wrong,
                            wrong + [f"the log: {log}"] if wrong else [])
