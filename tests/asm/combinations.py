# SPDX-License-Identifier: MIT
"""Every profile with every combination of form, syntax, convention and transfer: what is written
assembles, or one line says why nothing is written.

What a profile says of functions does not stop macros; what the user says of them does.  Must not
know how macros or functions work.
"""
import itertools
import os
import pathlib
import re
import shutil

import yaml

from functions import LLVM
from report import each, head, run

TOP = pathlib.Path(__file__).resolve().parents[2]
UNSET = None
CHOICES = {
    "form": (UNSET, "macros", "functions"),
    "syntax": (UNSET, "gas", "nasm", "both", "masm"),
    "convention": (UNSET, "sysv", "microsoft"),
    "transfer": (UNSET, "macro", "vmmcall", "patch"),
}
DEFAULTS = {"form": "macros", "syntax": "both", "convention": "sysv", "transfer": "macro"}
SAMPLE = 60
TRANSFER = "-DXEN_FASTABI_TRANSFER=vmcall"
CALLS = {
    "S.h": ("#define XEN_FASTABI_TRANSFER vmcall\n#include <fastabi/version.S.h>\n"
            "    .section .note.GNU-stack, \"\", @progbits\n    .text\n"
            "    xen_hypercall_version_get_features submap_idx=%rcx\n"),
    "inc": ("%define XEN_FASTABI_TRANSFER vmcall\n%include \"fastabi/version.inc\"\n"
            "section .text\n    xen_hypercall_version_get_features submap_idx=rcx\n"),
}
# What a file of each syntax is assembled by.
COMMANDS = {
    "S.h": ["gcc", "-c", "-x", "assembler-with-cpp"], "inc": ["nasm", "-felf64", "-w+error"],
    "S": ["gcc", TRANSFER, "-c"], "nasm": ["nasm", "-w+all", "-Werror", "-felf64", TRANSFER],
    "asm": [LLVM + "llvm-ml", "-m64", "/nologo", "/c", "/D" + TRANSFER[2:]],
}
EXTENSIONS = {("macros", "gas"): ["S.h"], ("macros", "nasm"): ["inc"],
              ("macros", "both"): ["S.h", "inc"], ("functions", "gas"): ["S"],
              ("functions", "nasm"): ["nasm"], ("functions", "both"): ["S", "nasm"],
              ("functions", "masm"): ["asm"]}


def refusal(user, value):
    """What the message must contain, or None: it works."""
    if value["form"] == "macros":
        for name in ("convention", "transfer"):
            if user[name] not in (UNSET, DEFAULTS[name]):
                return f"option '{name}' is for functions; add -O form=functions"
        return "no macros for MASM; add -O form=functions" if value["syntax"] == "masm" else None
    if value["syntax"] == "masm" and value["transfer"] == "patch":
        return "transfer=patch needs ELF"
    return None


class Trials:
    def __init__(self, generator, build, report):
        self.generator, self.build, self.report = generator, build, report
        self.assembled = {}     # of a file without its banner: what is wrong with it

    def assemble(self, folder, extension):
        """What is wrong with a file, or None; what differs in nothing but the banner counts once.
        """
        path = os.path.join(folder, "fastabi", f"version.{extension}")
        with open(path, encoding="utf-8") as file:
            key = extension, re.sub(r"(?s)fastabi-gen generate.*?Fingerprint", "", file.read())
        if key not in self.assembled:
            if extension in CALLS:
                path = os.path.join(folder, f"call.{extension}")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(CALLS[extension])
            command = COMMANDS[extension]
            to = ["/Fo" if "/c" in command else "-o", os.path.join(folder, "out.o")]
            includes = [] if "/c" in command else ["-I", folder + "/"]
            status, said, errors = run([*command, *includes, *to, path])
            self.assembled[key] = head(said + errors) or [f"status {status}"] if status else None
        return self.assembled[key]

    def fault(self, folder, wanted, value, result):
        """What is wrong with a combination, or None."""
        status, _, errors = result
        if wanted:
            if (status != 1 or errors.count("\n") != 1 or wanted not in errors or
                    os.path.exists(folder)):
                return [f"not refused with one line: {wanted}", *head(errors)]
            return None
        if status or errors:
            return head(errors) or [f"status {status}"]
        extensions = EXTENSIONS[value["form"], value["syntax"]]
        written = {name.partition(".")[2] for name in os.listdir(os.path.join(folder, "fastabi"))}
        if written - {"h"} != set(extensions):
            return [f"written: {sorted(written)}, not {extensions}"]
        return next((said for said in (self.assemble(folder, one) for one in extensions) if said),
                    None)

    def trial(self, item):
        profile, options, chosen = item
        user = dict(zip(CHOICES, chosen))
        value = {name: user[name] or options.get(name, DEFAULTS[name]) for name in CHOICES}
        words = [f"{name}={user[name]}" for name in CHOICES if user[name]]
        title = " ".join([profile or "no profile", *words])
        folder = os.path.join(self.build, re.sub(r"\W+", "-", title))
        result = run([self.generator, "generate", "-b", "asm",
                      *(["--profile", profile] if profile else []),
                      *(word for one in words for word in ("-O", one)), "-o", folder,
                      str(TOP / "abi" / "version.yml")])
        fault = self.fault(folder, refusal(user, value), value, result)
        shutil.rmtree(folder, ignore_errors=True)
        return title, fault


def check(generator, build, amount, jobs, report):
    """All with --full; a sample of those profiles that say nothing of assembly, and of the others.
    """
    folder = os.path.join(build, "combinations")
    os.makedirs(folder)
    profiles = {None: {}}
    for path in sorted((TOP / "profiles").glob("*.yml")):
        text = yaml.safe_load(path.read_text(encoding="utf-8"))
        profiles[path.stem] = (text.get("options") or {}).get("asm", {})
    trials = Trials(generator, folder, report)
    items = []
    for profile, options in profiles.items():
        every = list(itertools.product(*CHOICES.values()))
        items += [(profile, options, chosen) for chosen in
                  amount.pick(f"combinations {profile}", every,
                              SAMPLE if options else SAMPLE // 10)]
    results = each(jobs, trials.trial, items)
    wrong = [f"{title}: {' / '.join(fault)}" for title, fault in results if fault]
    report.add(f"profiles with options of asm: {len(items)} combinations, "
               f"{len(trials.assembled)} files", len(results) - len(wrong), len(wrong), wrong[:8])
    report.check("combinations: of each syntax and form a file was assembled",
                 {extension for extension, _ in trials.assembled} == set(COMMANDS))
