# SPDX-License-Identifier: MIT
"""Bridges: what they carry does what the classic call does, and the rest is left to it.

Builds bridges with the tables of bridge_model.py, links them with bridge.c, which plays the
hypervisor, and runs that.  Faulty bridges must be noticed.  Must not know any operation, nor what a
bridge looks like except for the faults.
"""
import os
import re
import shutil

import bridge_cost
import bridge_model
import model
from report import each, head, run

HERE = os.path.dirname(os.path.abspath(__file__))

# Structs that handlers read, of headers that the stubs do not need.
FIRST = ["<stdint.h>", "<xen/xen.h>"]
FLAGS = ["-Wall", "-Wextra", "-Werror", "-mno-red-zone", "-fno-pie", "-ffreestanding",
         "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"]
CONFIGS = [("gcc", "-O2"), ("clang", "-O2"), ("gcc", "-O0"), ("clang", "-Os"), ("gcc", "-O3"),
           ("clang", "-O0")]
QUICK = 4       # of these, unless in --full
TRIALS, FULL_TRIALS = 300, 1000
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow",
            "-Wcast-qual", "-Werror"]
STANDARDS = [("gcc", "c89"), ("clang", "c89"), ("gcc", "c11"), ("clang", "c11"), ("g++", "c++17"),
             ("clang++", "c++17")]

ABSENT = [("gcc", "-O0"), ("clang", "-O2"), ("g++", "-O2")]

# fault: (specification, what it replaces, by what)
MUTANTS = {
    "status not stored": ("grant_table",
                          r"param_->status = \(__typeof__\(param_->status\)\)0;", ";"),
    "domain not tested": ("grant_table", r"param_->dom !=", "0 && param_->dom !="),
    "loop does not stop": ("grant_table", r"if \(\*result_ < 0\)\s*break;", ""),
    "no classic call after ENOSYS": ("event_channel", r"if \(ret_ == -38\)", "if (0)"),
    "classic call after any error": ("event_channel", r"if \(ret_ == -38\)", "if (ret_ < 0)"),
    "second error forgotten": ("grant_table", r"if \(ret_ == -1\)", "if (0)"),
    "constant of the struct not tested": ("hvm", r"param_->cmd !=", "0 && param_->cmd !="),
    "constant argument not tested": ("grant_table", r"if \(count_ != \(uint32_t\)1\)", "if (0)"),
    "page not looked at": ("version", r"!XEN_FASTABI_CONTIGUOUS\(", "0 && (1, "),
    "unknown address used": ("version", r"== XEN_FASTABI_NO_PHYS\)", "== 1)"),
    "part taken for all": ("grant_table", r"in_count_ >= length_ - i_", "in_count_ >= 1"),
    "elements done twice": ("grant_table", r"in_elements_ \+=", "in_elements_ += 0 *"),
    "range does not go on": ("memory", r"in_gpfn_ = \(xen_fastabi_gfn_t\)\(in_gpfn_ \+",
                             "in_gpfn_ = (xen_fastabi_gfn_t)(in_gpfn_ + 0 *"),
    "steps of a sequence not looked at": ("memory", r"in_gfn_ \+ run_ \* step_", "in_gfn_ + run_"),
    "no elements taken for some": ("memory", r"if \(!length_ \|\|", "if ("),
    "no address taken for one": ("memory", r"if \(in_frame_list_\)\s*in_frame_list_ \+=",
                                 "in_frame_list_ +="),
    "area left in use": ("vcpu",
                         r"\(void\)xen_hypercall_vcpu_register_",
                         "if (0) (void)xen_hypercall_vcpu_register_"),
    "no area taken for one": ("vcpu", r"if \(!param_->addr\.v\)", "if (0)"),
    "offset in the frame not looked at": ("vcpu", r"\(uintptr_t\)arg_ & 0xfffu", "0"),
    "one element stored": ("version", r"XEN_FASTABI_ELEMENT\(64, arg_, 1\) =", "(void)"),
    "guard not looked at": ("sched", r"if \(!XEN_FASTABI_BRIDGE_ENABLED\(\)\)", "if (0)"),
    "result not told": ("sched", r"\*result_ = ret_;", "*result_ = 0;"),
    "another operation called": ("sched", r"case 6u:", "case 60u: case 61u:"),
}
ALWAYS = ["status not stored", "domain not tested", "loop does not stop"]
MUTANT_SAMPLE = 3       # more of them, unless in --full


class Bridges:
    def __init__(self, generator, specs, build, sampling, jobs, report, seed):
        self.generator = [generator] if isinstance(generator, str) else generator
        self.folder, self.build, self.jobs, self.report = specs, build, jobs, report
        self.seed, self.sampling = seed, sampling
        self.configs = CONFIGS if sampling.full else CONFIGS[:QUICK]
        self.trials = FULL_TRIALS if sampling.full else TRIALS

    def path(self, *names):
        return os.path.join(self.build, *names)

    def prepare(self):
        shutil.rmtree(self.build, ignore_errors=True)
        os.makedirs(self.build)
        status, _, errors = run([*self.generator, "generate", "-b", "c", "-O", "style=bridge", "-O",
                                 "transfer=macro", "-o", self.path("bindings"), self.folder])
        if status:
            return head(errors) or ["the generator says nothing"]
        with open(self.path("cases.c"), "w", encoding="utf-8") as file:
            file.write(bridge_model.source(model.load_folder(self.folder), FIRST))
        status, _, errors = run(["gcc", "-O2", "-fno-pie", "-Wall", "-Wextra", "-Werror", "-c",
                                 os.path.join(HERE, "bridge.c"), "-o", self.path("bridge.o")])
        return head(errors) if status else []

    def build_and_run(self, compiler, level, cases, bindings, program, trials, extra=()):
        """(built, what it said that is wrong)"""
        status, _, errors = run([compiler, level, *FLAGS, "-I", HERE, "-I", bindings, "-no-pie",
                                 *extra, cases, self.path("bridge.o"), "-o", program])
        if status:
            return False, head(errors)
        status, said, errors = run([program, str(self.seed), str(trials)])
        return True, head(said + errors) or [f"exit status {status}"] if status else []

    def conformance(self, config):
        compiler, level = config
        _, wrong = self.build_and_run(compiler, level, self.path("cases.c"), self.path("bindings"),
                                      self.path(f"{compiler}{level}"), self.trials)
        self.report.check(f"bridge {compiler} {level}", not wrong, wrong)

    # ---- faulty bridges ----

    def mutant(self, title):
        name, pattern, replacement = MUTANTS[title]
        folder = self.path("mutant-" + re.sub(r"\W+", "-", title))
        header = os.path.join(folder, "fastabi", name + ".h")
        shutil.copytree(self.path("bindings"), folder)
        with open(header, encoding="utf-8") as file:
            text = file.read()
        spoilt, count = re.subn(pattern, replacement, text)
        with open(header, "w", encoding="utf-8") as file:
            file.write(spoilt)
        cases = os.path.join(folder, "cases.c")
        with open(cases, "w", encoding="utf-8") as file:
            file.write(bridge_model.source(
                [model.load(os.path.join(self.folder, name + ".yml"))], FIRST))
        built, wrong = self.build_and_run("gcc", "-O1", cases, folder,
                                          os.path.join(folder, "program"), TRIALS, ["-w"])
        self.report.check(f"bridge, caught: {title}", count and built and wrong,
                          wrong if not built else [f"{count} places spoilt"])

    # ---- warnings, and cost ----

    def standards(self):
        """No warning, in any language, where vendors are an argument."""
        folder = self.path("argument")
        status, _, errors = run([*self.generator, "generate", "-b", "c", "-O", "style=bridge", "-o",
                                 folder, self.folder])
        source = self.path("standard.c")
        with open(source, "w", encoding="utf-8") as file:
            for name in sorted(n for n in os.listdir(self.folder) if n.endswith(".yml")):
                file.write(f"#include <fastabi/{name[:-4]}.h>\n" * 2)
        wrong = head(errors) if status else []
        for compiler, standard in STANDARDS if not status else []:
            status, _, errors = run([
                compiler, f"-std={standard}", *WARNINGS, "-I", folder, "-fsyntax-only", "-x",
                "c++" if "++" in compiler else "c",
                "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__", source])
            wrong += head(errors) if status else []
        self.report.check("bridge: no warnings", not wrong, wrong)

    def absent(self):
        """Without any of Xen's headers all structs are missing: what needs one is not carried."""
        folder, source = self.path("absent"), self.path("absent.c")
        status, _, errors = run([*self.generator, "generate", "-b", "c", "-O", "style=bridge", "-O",
                                 "headers=none", "-O", "transfer=macro", "-o", folder,
                                 self.folder])
        wrong = head(errors) if status else []
        calls = [bridge_model.Hypercall(spec) for spec in model.load_folder(self.folder)]
        with open(source, "w", encoding="utf-8") as file:
            file.write(bridge_model.without_structs(calls))
        for compiler, level in ABSENT if not status else []:
            program = self.path("absent-" + compiler.replace("+", "x"))
            status, _, errors = run([compiler, level, "-Wall", "-Wextra", "-Werror", "-I", folder,
                                     source, "-o", program])
            if status:
                wrong += head(errors)
                continue
            status, said, errors = run([program])
            wrong += [f"{compiler}: {line}" for line in head(said + errors)]
            wrong += [f"{compiler} {level}: exit status {status}"] if status else []
        self.report.check("bridge: without Xen's headers, nothing that needs a struct is carried",
                          not wrong, wrong)

    def cost(self):
        bindings = self.path("cost")
        status, _, errors = run([*self.generator, "generate", "-b", "c", "-O", "style=bridge", "-O",
                                 "transfer=vmmcall", "-o", bindings, self.folder])
        calls = [bridge_model.Hypercall(spec) for spec in model.load_folder(self.folder)]
        for compiler in ("gcc", "clang"):
            wrong, counted, most = (head(errors), 0, 0) if status else bridge_cost.measure(
                compiler, self.path(f"cost-{compiler}"), bindings, calls)
            self.report.check(f"bridge, {compiler}: {counted} operations cost at most {most} "
                              f"instructions more than their stubs",
                              not wrong and counted, wrong or ["no operation was counted"])

    def run(self):
        wrong = self.prepare()
        self.report.check("bridge: generate", not wrong, wrong)
        if wrong:
            return
        each(self.jobs, self.conformance, self.configs)
        self.standards()
        self.absent()
        self.cost()
        others = [title for title in MUTANTS if title not in ALWAYS]
        each(self.jobs, self.mutant,
             ALWAYS + self.sampling.pick("bridge mutants", others, MUTANT_SAMPLE))
