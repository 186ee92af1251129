# SPDX-License-Identifier: MIT
"""The test of the tests, from the other side: a hypervisor with a mistake has to be noticed by the
guests.

Works on a copy of the tree that scripts/xen-build left, and builds again what a mistake touches.
Must not know what the tests look at.
"""
import os
import re
import shutil

import yaml

import image
import qemu

HERE = os.path.dirname(os.path.abspath(__file__))


def plant(tree, fault):
    """Put the mistake into the tree; the path and what was there."""
    path = os.path.join(tree, "xen", "arch", "x86", fault["file"])
    with open(path, encoding="utf-8") as file:
        before = file.read()
    after, count = re.subn(fault["from"], fault["to"].replace("\\n", "\n"), before)
    if not count:
        raise image.BuildError(f"{path} has nothing like {fault['from']}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(after)
    return path, before


def build(tree, jobs):
    """Build the hypervisor; its path."""
    image.run(["make", "-C", os.path.join(tree, "xen"), f"-j{jobs}", "build"], timeout=900)
    return os.path.join(tree, "xen", "xen")


def check(runner, tree, kernel, fault):
    """One mistake: planted, built, booted, mended."""
    path, before = plant(tree, fault)
    try:
        xen = build(tree, runner.args.jobs)
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(before)
    plan = runner.plan(fault["boot"])
    log = os.path.join(runner.build, "log", "fault-" + fault["name"].replace(" ", "-") + ".log")
    words = plan.words + ([f"operation={fault['operation']}"] if "operation" in fault else [])
    boot = qemu.boot(xen, [(kernel, words)], log, plan.options, plan.cpus, plan.timeout, quiet=20,
                     extra=plan.extra)
    said = boot.domain()
    failures = said.failed + boot.faults()
    good = failures and any(fault["says"] in text for text in failures + said.notes)
    runner.report.check(f"noticed, {len(failures)} failures: {fault['name']}", good,
                        [f"nobody says '{fault['says']}'; the log: {log}"] + failures[:5])


def run(runner):
    source = os.path.join(image.xen_out(), "source")
    tree = os.path.join(runner.build, "xen-faulty")
    kernel = runner.kernel("c")
    if not kernel:
        return
    if not os.path.exists(os.path.join(source, "xen", ".config")):
        runner.report.check("the hypervisor's tree is there", False,
                            [f"{source}: no tree that was built; run scripts/xen-build"])
        return
    shutil.rmtree(tree, ignore_errors=True)
    image.run(["cp", "-a", source, tree])
    with open(os.path.join(HERE, "faults.yml"), encoding="utf-8") as file:
        faults = yaml.safe_load(file)
    for fault in (f for f in faults if runner.args.faults in f["name"]):
        try:
            check(runner, tree, kernel, fault)
        except (image.BuildError, qemu.Missing) as error:
            runner.report.check(f"noticed: {fault['name']}", False, str(error).splitlines()[-20:])
