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
import bridge_noinstr
import lang_c
import model
import randbridge
from report import each, head, run

HERE = os.path.dirname(os.path.abspath(__file__))

# Structs that handlers read, of headers that the stubs do not need.
FIRST = ["<stdint.h>", "<xen/xen.h>"]
FLAGS = ["-Wall", "-Wextra", "-Werror", "-mno-red-zone", "-fno-pie", "-ffreestanding",
         "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"]
CONFIGS = [("gcc", "-O2"), ("clang", "-O2"), ("gcc", "-O0"), ("clang", "-Os"), ("gcc", "-O3"),
           ("clang", "-O0")]
QUICK = 3       # of these, unless in --full
INSTRUMENTED = [(c, "-O2", i) for i in lang_c.INSTRUMENTATION if i != "plain"
                for c in ("gcc", "clang")]
INSTRUMENTED_SAMPLE = 1
TRIALS, FULL_TRIALS = 300, 1000
PROGRAMS = ["bridge.c", "bridge-play.c", "bridge-fill.c"]

# Random specifications, their operations, and how their bridges may differ: what the generator is
# told, the type of results, and the sign of them.  Each configuration has one of these ways.
RANDOM, FULL_RANDOM, RANDOM_OPS = 10, 80, 8
RANDOM_TRIALS = 150
ATTEMPTS = 20       # to find a place for a fault
WAYS = [([], "long", ""), (["errno=positive"], "long", "-"),
        (["types=builtin", "result=int64_t"], "int64_t", "")]
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow",
            "-Wcast-qual", "-Werror"]
STANDARDS = [("gcc", "c89"), ("clang", "c89"), ("gcc", "c11"), ("clang", "c11"), ("g++", "c++17"),
             ("clang++", "c++17")]

ABSENT = [("gcc", "-O0"), ("clang", "-O2"), ("g++", "-O2"),
          ("gcc", "-O2", "-DXEN_FASTABI_IS_PACKED(tag)=0")]       # as gcc up to 9

# fault: (specification or None for the random ones, what it replaces, by what)
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
    "no area taken for one": ("vcpu", r"param_->addr\.v && ", ""),
    "offset in the frame not looked at": ("vcpu", r"\(__UINTPTR_TYPE__\)arg_ & 0xfffu", "0"),
    "one element stored": ("version", r"XEN_FASTABI_ELEMENT\(64, arg_, 1\) =", "(void)"),
    "guard not looked at": ("sched", r"if \(!XEN_FASTABI_BRIDGE_ENABLED\(\)\)", "if (0)"),
    "result not told": ("sched", r"\*result_ = ret_;", "*result_ = 0;"),
    "another operation called": ("sched", r"case 6u:", "case 60u: case 61u:"),
}
RANDOM_MUTANTS = {
    "constant beside a linear address not tested": (
        None, r"if \(!xen_fastabi_fits_\w+\(param_\)\) \{", "if (0) {"),
    "area before a misfit left in use": (
        None, r"(fits_\w+\(param_\)\) \{\s*other_\.\S+ = [^;]*;\s*)\(void\)xen_hyper",
        r"\1if (0) (void)xen_hyper"),
    "only the first struct looked at": (None, r"(fits_\w+\(params_) \+ i_", r"\1"),
    "number of structs not tested": (None, r"if \(\(uint32_t\)\S+ == 1u\)", "if (1)"),
    "part of a packed input lost": (None, r"(xen_fastabi_pack_\w+__\w+\()\(u?int\d+_t\)[^,)]+",
                                    r"\g<1>0"),
    "element of an array of values lost": (
        None, r"= \((\w+)\)XEN_FASTABI_ELEMENT\(", r"= (\1)(0, "),
}
ALWAYS = ["status not stored", "domain not tested", "loop does not stop"]
MUTANT_SAMPLE = 3       # more of them, unless in --full
RANDOM_MUTANT_SAMPLE = 1


class Bridges:
    def __init__(self, generator, specs, build, sampling, jobs, report, seed):
        self.generator = [generator] if isinstance(generator, str) else generator
        self.folder, self.build, self.jobs, self.report = specs, build, jobs, report
        self.seed, self.sampling = seed, sampling
        self.configs = CONFIGS if sampling.full else CONFIGS[:QUICK]
        self.trials = FULL_TRIALS if sampling.full else TRIALS

    def path(self, *names):
        return os.path.join(self.build, *names)

    def generate(self, folder, specs, options=()):
        """Bridges whose transfer is a trap; what is wrong."""
        told = [word for option in ("style=bridge", *options) for word in ("-O", option)]
        status, _, errors = run([*self.generator, "generate", "-b", "c", *told, "-O",
                                 "transfer=macro", "-o", folder, specs])
        return (head(errors) or ["the generator says nothing"]) if status else []

    def prepare(self):
        shutil.rmtree(self.build, ignore_errors=True)
        os.makedirs(self.build)
        wrong = self.generate(self.path("bindings"), self.folder)
        with open(self.path("cases.c"), "w", encoding="utf-8") as file:
            file.write(bridge_model.source(model.load_folder(self.folder), FIRST))
        for source in [*PROGRAMS, "hooks.S"]:
            status, _, errors = run(["gcc", "-O2", "-fno-pie", "-Wall", "-Wextra", "-Werror", "-c",
                                     os.path.join(HERE, source), "-o", self.path(source + ".o")])
            wrong += head(errors) if status else []
        return wrong

    def build_and_run(self, compiler, level, cases, bindings, program, trials, extra=()):
        """(built, what it said that is wrong)"""
        objects = [self.path(source + ".o") for source in PROGRAMS]
        status, _, errors = run([compiler, level, *FLAGS, "-I", HERE, "-I", bindings, "-no-pie",
                                 *extra, cases, *objects, "-o", program])
        if status:
            return False, head(errors)
        status, said, errors = run([program, str(self.seed), str(trials)])
        return True, head(said + errors) or [f"exit status {status}"] if status else []

    def conformance(self, config):
        compiler, level = config
        _, wrong = self.build_and_run(compiler, level, self.path("cases.c"), self.path("bindings"),
                                      self.path(f"{compiler}{level}"), self.trials)
        self.report.check(f"bridge {compiler} {level}", not wrong, wrong)

    def instrumented(self, item):
        """Whatever instruments or hardens the code changes nothing that a bridge does."""
        compiler, level, name = item
        gcc, clang, _ = lang_c.INSTRUMENTATION[name]
        program = self.path("-".join(item))
        status, _, errors = run([
            compiler, level, *FLAGS, "-I", HERE, "-I", self.path("bindings"), "-c",
            *(gcc if compiler == "gcc" else clang), self.path("cases.c"), "-o", program + ".o"])
        if not status:
            objects = [self.path(source + ".o") for source in [*PROGRAMS, "hooks.S"]]
            status, _, errors = run(["gcc", "-no-pie", program + ".o", *objects, "-o", program])
        said = ""
        if not status:
            status, said, errors = run([program, str(self.seed), str(RANDOM_TRIALS)])
        wrong = (head(said + errors) or [f"exit status {status}"]) if status else []
        self.report.check(f"bridge {compiler} {level} {name}", not wrong, wrong)

    # ---- random specifications ----

    @staticmethod
    def random_specs(folder, seed, count):
        """They, and what a program includes before their bridges."""
        randbridge.make(folder, seed, count, RANDOM_OPS)
        loaded = model.load_folder(folder)
        return loaded, ["<stdint.h>"] + [f'"{os.path.join(folder, spec.name)}.h"'
                                         for spec in loaded]

    def random(self):
        """Bridges of random specifications do what the classic call does, in every way."""
        count = FULL_RANDOM if self.sampling.full else RANDOM
        specs = self.path("random")
        loaded, first = self.random_specs(specs, self.seed, count)
        calls = [bridge_model.Hypercall(spec) for spec in loaded]
        carried = sum(one.is_carried(call.place) for call in calls for one in call.ops)
        self.report.check("bridge, random: half of all operations can be carried",
                          2 * carried > sum(len(spec.ops) for spec in loaded), [f"{carried} can"])
        ways = []
        for n, (options, result, sign) in enumerate(WAYS):
            folder, cases = self.path(f"random-{n}"), self.path(f"random-{n}.c")
            wrong = self.generate(folder, specs, options)
            self.report.check(f"bridge, random {' '.join(options)}: generate", not wrong, wrong)
            with open(cases, "w", encoding="utf-8") as file:
                file.write(bridge_model.source(loaded, first, result, sign))
            ways.append((folder, cases))
        each(self.jobs, self.random_one, [(n, config, ways[n % len(WAYS)])
                                          for n, config in enumerate(self.configs)])
        self.standards("random", specs, first)

    def random_one(self, item):
        number, (compiler, level), (folder, cases) = item
        way = " ".join(WAYS[number % len(WAYS)][0])
        _, wrong = self.build_and_run(compiler, level, cases, folder,
                                      self.path(f"random-{compiler}{level}"),
                                      self.trials if self.sampling.full else RANDOM_TRIALS)
        self.report.check(f"bridge, random {compiler} {level} {way}", not wrong, wrong)

    # ---- faulty bridges ----

    @staticmethod
    def spoil(folder, name, pattern, replacement):
        """How many places of the bridges are faulty then: of one specification, or of all."""
        count = 0
        for header in os.listdir(os.path.join(folder, "fastabi")):
            path = os.path.join(folder, "fastabi", header)
            if name and header != name + ".h":
                continue
            with open(path, encoding="utf-8") as file:
                spoilt, places = re.subn(pattern, replacement, file.read())
            with open(path, "w", encoding="utf-8") as file:
                file.write(spoilt)
            count += places
        return count

    def fill(self, folder, name, attempt):
        """Bridges without a fault, and what tries them: of one specification, or of random ones,
        new ones at each attempt.  What is wrong."""
        cases, wrong = os.path.join(folder, "cases.c"), []
        if not name and not attempt:
            shutil.copytree(self.path("random-0"), folder)
            shutil.copy(self.path("random-0.c"), cases)
            return wrong
        if name:
            shutil.copytree(self.path("bindings"), folder)
            text = bridge_model.source([model.load(os.path.join(self.folder, name + ".yml"))],
                                       FIRST)
        else:
            specs = f"{folder}-{attempt}"
            loaded, first = self.random_specs(specs, f"{self.seed} {attempt}", RANDOM)
            options, result, sign = WAYS[0]
            wrong = self.generate(folder, specs, options)
            text = bridge_model.source(loaded, first, result, sign)
        with open(cases, "w", encoding="utf-8") as file:
            file.write(text)
        return wrong

    def mutant(self, title):
        name, pattern, replacement = {**MUTANTS, **RANDOM_MUTANTS}[title]
        folder = self.path("mutant-" + re.sub(r"\W+", "-", title))
        # What has a place for a fault need not turn up in so few random specifications.
        for attempt in range(1 if name else ATTEMPTS):
            shutil.rmtree(folder, ignore_errors=True)
            wrong = self.fill(folder, name, attempt)
            count = 0 if wrong else self.spoil(folder, name, pattern, replacement)
            if wrong or count:
                break
        built = False
        if count:
            built, wrong = self.build_and_run("gcc", "-O1", os.path.join(folder, "cases.c"), folder,
                                              os.path.join(folder, "program"), TRIALS, ["-w"])
        self.report.check(f"bridge, caught: {title}", built and wrong,
                          [f"{count} places spoilt"] if built or not wrong else wrong)

    # ---- warnings, and cost ----

    def standards(self, what, specs, first=()):
        """No warning, in any language, where vendors are an argument."""
        folder = self.path(f"{what}-argument")
        status, _, errors = run([*self.generator, "generate", "-b", "c", "-O", "style=bridge", "-o",
                                 folder, specs])
        source = self.path(f"{what}-standard.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write("".join(f"#include {header}\n" for header in first))
            for name in sorted(n for n in os.listdir(specs) if n.endswith(".yml")):
                file.write(f"#include <fastabi/{name[:-4]}.h>\n" * 2)
        wrong = head(errors) if status else []
        for compiler, standard in STANDARDS if not status else []:
            status, _, errors = run([
                compiler, f"-std={standard}", *WARNINGS, "-I", folder, "-fsyntax-only", "-x",
                "c++" if "++" in compiler else "c",
                "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__", source])
            wrong += head(errors) if status else []
        self.report.check(f"bridge, {what}: no warnings", not wrong, wrong)

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
        for compiler, *flags in ABSENT if not status else []:
            program = self.path("absent-" + compiler.replace("+", "x"))
            status, _, errors = run([compiler, *flags, "-Wall", "-Wextra", "-Werror", "-I", folder,
                                     source, "-o", program])
            if status:
                wrong += head(errors)
                continue
            status, said, errors = run([program])
            wrong += [f"{compiler}: {line}" for line in head(said + errors)]
            wrong += [f"{compiler} {flags}: exit status {status}"] if status else []
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
        each(self.jobs, self.instrumented,
             self.sampling.pick("instrumented bridges", INSTRUMENTED, INSTRUMENTED_SAMPLE))
        bridge_noinstr.run_all(self.generator, self.folder, self.path("noinstr"), self.jobs,
                               self.sampling, self.report)
        self.standards("abi", self.folder)
        self.random()
        self.absent()
        self.cost()
        others = [title for title in MUTANTS if title not in ALWAYS]
        each(self.jobs, self.mutant,
             ALWAYS + self.sampling.pick("bridge mutants", others, MUTANT_SAMPLE) +
             self.sampling.pick("random bridge mutants", RANDOM_MUTANTS, RANDOM_MUTANT_SAMPLE))
