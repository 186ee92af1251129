# SPDX-License-Identifier: MIT
"""Profiles in the trap harness of tests/stubs: what is generated for a tree is compiled with that
tree's headers and flags, called, and the registers of each call are compared with the
specification.

A tree whose target this machine cannot run is compiled for Linux: what differs there is in
NATIVE.  Must not know what a profile sets.
"""
import os
import re
import shutil

import conformance
import lang_c

# Also one that has no target like the tree's: see NATIVE.
COMPILERS = ["gcc", "clang"]
# What only the tree's own target can have, or a program of this system cannot: canaries at %gs:40.
RUNNABLE = ["-w", "-fno-pie", "-no-pie", "-mno-red-zone", "-mgeneral-regs-only",
            "-fno-stack-protector", "-fno-asynchronous-unwind-tables",
            "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"]
# Where long has 32 bits in the tree and 64 here: (file, pattern, replacement).
NATIVE = {"windows": [("ntdef.h", r"\blong\b(?! long)(?<!long long)", "int")]}
SAMPLE = 6      # operations of each style, of one transfer

# The harness and the wrappers have types of their own: those of the tree may be others.
OWN_TYPES = "".join(
    f"typedef __{sign}INT{bits}_TYPE__ harness_{sign.lower()}int{bits};\n"
    f"#undef {sign.lower()}int{bits}_t\n"
    f"#define {sign.lower()}int{bits}_t harness_{sign.lower()}int{bits}\n"
    for sign in ("", "U") for bits in (8, 16, 32, 64))
OWN_TYPES += ("#undef uintptr_t\n#define uintptr_t harness_uint64\n"
              "#undef offsetof\n#define offsetof(s, f) __builtin_offsetof(s, f)\n")


def make_tree(trial):
    """The imitation of a trial, as this machine can run what is compiled there."""
    shutil.rmtree(trial.folder, ignore_errors=True)
    trial.copy_tree()
    for file, pattern, replacement in NATIVE.get(trial.name, ()):
        path = trial.include() / file
        path.write_text(re.sub(pattern, replacement, path.read_text()))


def search(tree, folder, flags):
    """Where the tree's headers are, for a command that is run elsewhere."""
    words = [word.replace("-I.", "-I" + folder) if word != "." else folder
             for word in tree.get("search", ["-I."])]
    return words + (["-I" + folder] if "-include" in flags else [])


class Config(lang_c.Config):
    def __init__(self, compiler, name, tree):
        super().__init__(compiler, "", "plain")
        self.name, self.file, self.tree = f"executed: {name}, {compiler}", compiler, tree

    def flags(self):
        """The tree's: neither a target that does not run here nor warnings, which others test."""
        flags = [*self.tree["flags"], *self.tree.get(self.compiler, ())]
        flags = [flag for flag in flags if not re.match(
            "--target=|-W|-fpie|-fcf-|-D__XEN_INTERFACE_VERSION__", flag)]
        return flags + RUNNABLE


class Language:
    """C as a tree has it; what is not here is as in C."""

    def __init__(self, trial_class, build, generator, name, compilers, amount):
        self.name, self.tree = name, trial_class(build, generator, name, "value", "argument").tree
        self.trial_class, self.build = trial_class, build
        self.NAME = f"profile {name}"
        self.STYLES = [style for style in ("struct", "value")
                       if style not in self.tree.get("without", ())]
        self.TRANSFERS = amount.pick(f"transfer of {name}",
                                     self.tree.get("transfers", ("argument", "patch")), 1)
        self.CONFIGS = [Config(compiler, name, self.tree) for compiler in compilers]

    def __getattr__(self, name):
        return getattr(lang_c, name)

    def generate(self, generator, folder, style, transfer, specs):
        """The command; the tree is made on the way."""
        trial = self.trial_class(self.build, generator[0], self.name, style, transfer)
        trial.folder = type(self.build)(folder)
        make_tree(trial)
        return trial.command(specs)

    def unit(self, ops, style, transfer, include_first):
        """The tree's headers and ours first, then the harness with types of its own."""
        text = lang_c.unit(ops, style, transfer, include_first)
        place = self.tree.get("place", "")
        before = [*self.tree.get("before", ()),
                  *(self.tree.get("before_struct", ()) if style == "struct" else ())]
        ours = re.findall(r"#include <(fastabi/\w+\.h)>\n", text)
        with open(os.path.join(conformance.HERE, "harness.h"), encoding="utf-8") as file:
            harness = file.read()
        rest = re.sub(r"#include .*\n", "", harness + text)
        return ('#define XEN_FASTABI_TRANSFER "ud2; .byte 0x4d"\n' +
                "".join(f"#include <{name}>\n" for name in before) +
                "".join(f"#include <{place}{name}>\n" for name in ours) + OWN_TYPES +
                rest.replace('#define XEN_FASTABI_TRANSFER "ud2; .byte 0x4d"\n', ""))

    def compile_commands(self, config, source, base, include, extra=()):
        """As in C, with the tree's directories, and from there."""
        folder = os.path.join(include[-1], "include")
        words = search(self.tree, folder, config.flags())
        return ([config.compiler, *config.flags(), *words, "-x", "c", "-S", source, "-o",
                 base + ".s"],
                [config.compiler, "-c", "-x", "assembler", base + ".s", "-o", base + ".o"])


class Suite(conformance.Suite):
    """The operations that the tree has, all or a sample."""

    def __init__(self, amount, *arguments):
        super().__init__(*arguments)
        self.amount = amount

    def shipped_operations(self, number, config, at, wide):
        style, transfer = self.groups[at]
        tree = self.lang.tree
        text = "".join(path.read_text() for path in sorted(
            type(self.lang.build)(self.path(f"{style}-{transfer}")).rglob("fastabi/*.h")))
        there = set(re.findall(r"\bxen_hypercall_(\w+)\(", text))
        hidden = tree.get("hidden") if style == "struct" else None
        ops = [op for spec in self.shipped for op in spec.ops if op.symbol in there
               and not (hidden and re.search(hidden, f"xen_hypercall_{op.symbol}"))]
        return self.amount.pick(f"executed {self.lang.NAME} {style} {transfer}", ops, SAMPLE)


def check(report, build, generator, amount, abi, trial_class, names):
    """With --full all operations in every way by every compiler, else a sample in one way by one of
    them."""
    plan = conformance.Plan(0, 0, 1, conformance.everything)
    for name in names:
        chosen = amount.pick(f"compiler of {name}", COMPILERS, 1)
        lang = Language(trial_class, build, generator, name, chosen, amount)
        suite = Suite(amount, lang, generator, abi, str(build / f"executed-{name}"), amount.seed,
                      plan, 1, report)
        before = report.passed
        suite.run()
        least = len(lang.STYLES) * len(lang.TRANSFERS) * SAMPLE     # a line for each of the rest
        report.check(f"{name}: operations were executed", report.passed - before > least)
