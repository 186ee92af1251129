# SPDX-License-Identifier: MIT
"""Bridges of each profile against the model of the classic calls in tests/stubs: what is generated
for a tree is compiled with that tree's headers and flags, linked with what plays the hypervisor,
and run.

Must not know what a profile sets, nor what a bridge looks like.
"""
import os
import re

import bridge
import bridge_model
import executed
import model
from report import each, head, run

SAMPLE = 2              # profiles, each with one compiler, unless in --full
TRIALS, FULL_TRIALS = 40, 200


def options_of(generator, name):
    """What a profile sets for -b c: {option: value}"""
    text = run([generator, "profiles", name])[1] + "\n"
    for part in text.split("    -b ")[1:]:
        if part.startswith("c\n"):
            return dict(re.findall(r"-O (\w+)=(.*)", part))
    return {}


def program_objects(build):
    """The programs that play the hypervisor, compiled once: {source: object}"""
    made = {}
    for source in [*bridge.PROGRAMS, "hooks.S"]:
        made[source] = str(build / f"bridge-{source}.o")
        status, _, errors = run(["gcc", "-O2", "-fno-pie", "-Wall", "-Wextra", "-Werror", "-c",
                                 os.path.join(bridge.HERE, source), "-o", made[source]])
        if status:
            raise OSError(errors)
    return made


class Bridge:
    """One profile: its bridges, generated once."""

    def __init__(self, trial_class, build, generator, name, abi):
        self.trial = trial_class(build, generator, name, "bridge", "macro")
        self.trial.folder = build / f"executed-bridge-{name}"
        self.tree, self.abi = self.trial.tree, abi
        self.options = options_of(generator, name)
        self.source = self.trial.folder / "cases.c"

    def keeps(self):
        """Which operations the tree has: its bridges carry no other."""
        ours = sorted(self.trial.include().rglob("fastabi/*.h"))
        stubs = set(re.findall(r"\bxen_hypercall_(\w+)\(",
                               "".join(path.read_text() for path in ours)))
        stubs -= {name for name in stubs if self.is_hidden(name)}
        structs = set(re.findall(r"\bstruct\s+(\w+)\s*\{", "".join(
            path.read_text() for path in self.trial.include().rglob("*.h") if path not in ours)))

        def is_there(one):
            needs = {array.get("struct") for array in one.arrays.values()} - {None}
            if one.struct and "frame" not in one.xen:    # the number of a frame needs no struct
                needs.add(one.struct)
            return one.op.symbol in stubs and needs <= structs and not self.is_later(one)
        return is_there

    def is_hidden(self, symbol):
        return "hidden" in self.tree and re.search(self.tree["hidden"], "xen_hypercall_" + symbol)

    def is_later(self, one):
        """Does the bridge need an interface version after the one that the tree's xen.h defines?"""
        needed = int(one.classic.get("interface_version", "0"), 0)
        return needed > self.tree.get("version", needed)

    def generate(self):
        """What is wrong: lines."""
        executed.make_tree(self.trial)
        status, _, errors = run(self.trial.command([self.abi]))
        if status:
            return head(errors)
        sign = "-" if self.options.get("errno") == "positive" else ""
        text = bridge_model.source(model.load_folder(self.abi), [],
                                   self.options.get("result", "long"), sign, self.keeps())
        with open(os.path.join(bridge.HERE, "bridge.h"), encoding="utf-8") as file:
            tables = file.read()
        place = self.tree.get("place", "")
        ours = "".join(f"#include <{place}{name}>\n"
                       for name in re.findall(r"#include <(fastabi/\w+\.h)>\n", text))
        before = [*self.tree.get("before", ()), *self.tree.get("before_struct", ())]
        self.source.write_text(
            '#define XEN_FASTABI_TRANSFER "ud2"\n'
            "__UINT64_TYPE__ find_phys(const void *linear);\n"
            "#define XEN_FASTABI_PHYS(pointer) find_phys(pointer)\n" +
            "".join(f"#include <{name}>\n" for name in before) + ours + executed.OWN_TYPES +
            "#undef bool\n#undef true\n#undef false\n#define bool _Bool\n#define true 1\n"
            "#define false 0\n" + re.sub(r"#include .*\n", "", tables + text).replace(
                "#define XEN_FASTABI_", "#define UNUSED_"))
        return []

    def run(self, compiler, objects, seed, trials):
        """What is wrong: lines."""
        config = executed.Config(compiler, self.trial.name, self.tree)
        program = str(self.trial.folder / f"bridge-{compiler}")
        status, _, errors = run([compiler, *config.flags(), *executed.search(
            self.tree, str(self.trial.include()), config.flags()), "-x", "c", "-c",
            str(self.source), "-o", program + ".o"])
        if not status:
            status, _, errors = run(["gcc", "-no-pie", program + ".o", *objects.values(), "-o",
                                     program])
        if status:
            return head(errors)
        status, said, errors = run([program, str(seed), str(trials)])
        return (head(said + errors) or [f"exit status {status}"]) if status else []


def check(report, build, generator, amount, abi, trial_class, names):
    """With --full every profile that has bridges, with each compiler; else a sample."""
    chosen = amount.pick("profiles whose bridges are run", names, SAMPLE)
    objects = program_objects(build)

    def one(name):
        made = Bridge(trial_class, build, generator, name, abi)
        wrong = made.generate()
        for compiler in amount.pick(f"compiler of the bridge of {name}", executed.COMPILERS, 1):
            said = wrong or made.run(compiler, objects, amount.seed,
                                     FULL_TRIALS if amount.full else TRIALS)
            report.check(f"bridge executed: {name}, {compiler}", not said, said)
    each(2, one, chosen)
