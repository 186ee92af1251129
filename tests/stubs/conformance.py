# SPDX-License-Identifier: MIT
"""The register contract: every operation of abi/ and of random specifications, in every
configuration.

Generates bindings, builds wrappers in the language under test, plants traps, links them with the
harness and runs that.  Must not know the language (that is lang_*.py) nor what a register should
hold (model.py).
"""
import functools
import os
import shutil

import model
import randspec
from report import each, head, run
from sampling import Sampling

HERE = os.path.dirname(os.path.abspath(__file__))

MARKERS = {   # of enum variant, by transfer
    "argument": ("MARK_VMCALL", "MARK_VMMCALL", "0"),
    "detect": ("MARK_VMCALL", "MARK_VMMCALL", "0"), "vmcall": ("MARK_VMCALL",) * 2 + ("0",),
    "vmmcall": ("MARK_VMMCALL",) * 2 + ("0",), "patch": ("MARK_VMMCALL",) * 2 + ("0",),
    "macro": ("MARK_MACRO",) * 2 + ("0",),
}

RFC_OPERATIONS = 49

COMPARISONS = {"==": "EQUAL", "!=": "NOT_EQUAL", "<": "LESS", "<=": "LESS_OR_EQUAL",
               ">": "GREATER", ">=": "GREATER_OR_EQUAL"}


class Plan:
    """Sizes of a run."""

    def __init__(self, specs, ops, share, configs, plain_share=1, rotate=False, levels=9,
                 third=False):
        self.specs = specs      # random specifications
        self.ops = ops          # operations of each that has sub-operations
        self.share = share      # a configuration that is not plain runs 1 of so many of them
        self.configs = configs  # which configurations, a function of their name; None: lang.QUICK
        self.plain_share = plain_share    # the same for one that is plain
        self.rotate = rotate    # a configuration has a share of the transfers, not all
        self.levels = levels    # configurations, for each way of instrumenting code
        self.third = third      # of the levels for each compiler, and half the ways to instrument


def everything(name):
    return True


def not_contained(name):
    """All but what another configuration has too: kcov-cmp calls the hook of kcov, and others."""
    return not name.endswith(" kcov")


FULL = Plan(150, 20, 7, everything)
SAMPLE = Plan(16, 20, 5, not_contained, plain_share=2, rotate=True, levels=1, third=True)
QUICK = Plan(40, 10, 3, None)    # the configurations that the language calls quick


def plan_of(sampling):
    return FULL if sampling.full else QUICK if sampling.quick else SAMPLE


class Suite:
    def __init__(self, lang, generator, abi, build, seed, plan, jobs, report, only=None, title=None,
                 keep=False):
        self.lang, self.abi, self.build = lang, abi, build
        self.generator = [generator] if isinstance(generator, str) else generator
        self.seed, self.plan, self.jobs, self.report = seed, plan, jobs, report
        self.only, self.title, self.keep = only, title, keep
        self.groups = [(s, t) for s in lang.STYLES for t in lang.TRANSFERS]
        self.warnings = ()      # more flags, after the configuration's

    # ---- before the first configuration ----

    def prepare(self):
        """Random specifications, models, harness; bindings in every style and transfer."""
        shutil.rmtree(self.build, ignore_errors=True)
        os.makedirs(self.build)
        specs = os.path.join(self.build, "specs")
        if self.plan.specs:
            randspec.make(specs, self.seed, self.plan.specs, self.plan.ops)
        self.shipped = model.load_folder(self.abi)
        self.random = model.load_folder(specs) if self.plan.specs else []
        for source, flags in (("harness.c", ["-O2", "-std=gnu11", "-Wall", "-Wextra"]),
                              ("hooks.S", []), ("checked.S", [])):
            status, _, errors = run(
                ["gcc", "-fno-pie", *flags, "-c", os.path.join(HERE, source), "-o",
                 self.path(source + ".o")])
            if status:
                self.report.check(f"build {source}", False, head(errors))
                return False
        return all([self.bindings(*group) for group in self.groups])

    def path(self, *names):
        return os.path.join(self.build, *names)

    def bindings(self, style, transfer):
        """Generate for one style and transfer."""
        folder = self.path(f"{style}-{transfer}")
        specs = [self.abi] + ([self.path("specs")] if self.random else [])
        command = self.lang.generate(self.generator, folder, style, transfer, specs)
        status, _, errors = run(command)
        self.report.check(f"generate {self.lang.NAME} {style} {transfer}", status == 0,
                          head(errors) or ["it says nothing"])
        return status == 0

    # ---- one configuration ----

    def groups_of(self, number, config):
        """Which styles and transfers a configuration has: all, or of each style the first transfer
        and another one.

        What instruments code sees no difference between the others: only their assembly differs.
        """
        able = getattr(config, "transfers", self.lang.TRANSFERS)
        everything = [g for g, (_, transfer) in enumerate(self.groups) if transfer in able]
        if config.plain or not self.plan.rotate or len(self.lang.TRANSFERS) < 3:
            return everything
        first, *others = self.lang.TRANSFERS
        wanted = (first, others[(number + self.seed) % len(others)])
        return [g for g in everything if self.groups[g][1] in wanted]

    def operations(self, number, config, group):
        """[(operation, symbol)] of a style and transfer: those that are shipped, and a share of the
        random ones.

        All move on with the configuration's number, so that each meets each style and transfer.
        """
        groups = self.groups_of(number, config)
        if group not in groups:
            return [], []
        wide, at = len(groups), groups.index(group)
        thin = not config.plain or (self.plan.rotate and config.thin)
        share = self.plan.share if thin else self.plan.plain_share
        specs = [s for i, s in enumerate(self.random) if (i + number) % wide == at and
                 (i // wide + number // wide) % share == 0]
        ops = self.shipped_operations(number, config, at, wide) + [o for s in specs for o in s.ops]
        ops = [op for op in ops if self.title in (None, op.title)]
        return [(op, f"g{group}_{op.symbol}") for op in ops], [s.name for s in specs]

    def shipped_operations(self, number, config, at, wide):
        """Those of abi/ for one of a configuration's `wide` groups: all, or so many that each
        operation meets each style in each configuration, and each transfer in one of them.
        """
        ops = [op for s in self.shipped for op in s.ops]
        if not self.plan.rotate or self.title:
            return ops
        alike = sum(1 for c in self.lang.CONFIGS if c.plain == config.plain)
        share = min(wide // len(self.lang.STYLES), alike)
        return [op for i, op in enumerate(ops) if (i + number + at) % share == 0]

    @functools.lru_cache(maxsize=None)
    def entry(self, group, op_id, symbol):
        """(declarations, table entry) of an operation."""
        op, (style, transfer) = self.by_id[op_id], self.groups[group]
        wrappers = self.lang.variants(transfer)
        declarations = "".join(f"void {symbol}_{v}(struct call *);\n" for v in wrappers if v)
        layout = self.lang.layout(op, symbol, style)
        if layout:
            declarations += f"extern const struct layout {symbol}_layout;\n"
        rows = ", ".join(self.parameter(p, style) for p in op.params) or "{ 0, 0, 0, 0, 0, 0 }"
        declarations += f"static const struct param {symbol}_params[] = {{ {rows} }};\n"
        conditions, count = self.conditions(op, symbol)
        declarations += conditions
        clobbers = sum(1 << r for r in op.clobbers)
        pointers = ", ".join(f"{symbol}_{v}" if v else "0" for v in wrappers)
        return declarations, (
            f'    {{ "{op.title}", {group}, {op.rax:#x}u, {op.index:#x}u, {int(not op.direct)}, '
            f'{clobbers:#x}, {int(self.lang.drops_result(op, style))}, '
            f'{len(op.params)}, {symbol}_params, '
            f'{count}, {f"{symbol}_conditions" if count else "0"}, '
            f'{f"&{symbol}_layout" if layout else "0"}, '
            f'{{ {pointers} }} }},\n')

    @staticmethod
    def conditions(op, symbol):
        """(declarations, how many): when outputs mean something."""
        def number(n):
            return f"(int64_t){n & (1 << 64) - 1:#x}u"
        text, rows = "", []
        for p in op.settled:
            n = op.params.index(p)
            terms = ", ".join(
                f"{{ {op.params.index(op.named(name))}, {COMPARISONS[operator]}, {number(value)} }}"
                for name, operator, value in p.terms)
            text += f"static const struct term {symbol}_terms{n}[] = {{ {terms} }};\n"
            rows.append(f"{{ {n}, {int(p.any_term)}, {len(p.terms)}, {symbol}_terms{n} }}")
        if rows:
            text += (f"static const struct condition {symbol}_conditions[] = "
                     f"{{ {', '.join(rows)} }};\n")
        return text, len(rows)

    def parameter(self, p, style):
        """A row of struct param."""
        regs = [-1 if r is None else r for r in (p.reg_in, p.reg_out)]
        if model.in_struct(p, style):
            place, width = "IN_STRUCT", p.width if p.known else 0
        else:
            place, width = "BY_POINTER" if p.is_pointer else "BY_VALUE", p.width
        return f'{{ "{p.name}", {regs[0]}, {regs[1]}, {width}, {int(p.signed)}, {place} }}'

    def tables(self, chosen):
        """Source of the tables for [[(operation, symbol)]] by group."""
        self.by_id = getattr(self, "by_id", {})
        declarations, entries = [], []
        for group, ops in enumerate(chosen):
            for op, symbol in ops:
                self.by_id[id(op)] = op
                d, e = self.entry(group, id(op), symbol)
                declarations.append(d)
                entries.append(e)
        rows = []
        for style, transfer in self.groups:
            rows.append(f'    {{ "{style} {transfer}", {{ {", ".join(MARKERS[transfer])} }}, '
                        f'{int(transfer == "patch")} }},\n')
        return ('#include "harness.h"\n' + "".join(declarations) +
                f"const struct group groups[] = {{\n{''.join(rows)}}};\n"
                f"const struct op ops[] = {{\n"
                f"{''.join(entries)}}};\n"
                f"const uint32_t group_count = {len(rows)}, op_count = {len(entries)};\n")

    def compile(self, config, base, group, ops, spec_names):
        """One unit: source, assembly with traps, object.  Returns an error text or None."""
        style, transfer = self.groups[group]
        specs = self.path("specs")
        first = [f'"{os.path.join(specs, n)}.h"' for n in spec_names]
        if first:
            first.insert(0, f'"{os.path.join(specs, "types.h")}"')
        bindings = self.path(f"{style}-{transfer}")
        error = self.lang.prepare(config, bindings, self.warnings)
        if error:
            return error
        source = base + ".src"
        with open(source, "w", encoding="utf-8") as file:
            file.write(self.lang.unit(ops, style, transfer, self.lang.FIRST + first))
        include = [HERE, bindings]
        to_asm, to_object = self.lang.compile_commands(config, source, base, include, self.warnings)
        status, _, errors = run(to_asm)
        if status == 0:
            with open(base + ".s", encoding="utf-8") as file:
                text = self.lang.plant_traps(file.read())
            with open(base + ".s", "w", encoding="utf-8") as file:
                file.write(text)
            status, _, errors = run(to_object)
        return errors or f"exit status {status}" if status else None

    def configuration(self, item):
        """Build and run one configuration; report it."""
        number, config = item
        folder = self.path(config.file)
        os.makedirs(folder, exist_ok=True)
        chosen, details, objects, broken = [], [], [], 0
        for group, _ in enumerate(self.groups):
            ops, names = self.operations(number, config, group)
            if not ops:
                chosen.append([])
                continue
            base = os.path.join(folder, f"g{group}")
            error = self.compile(config, base, group, ops, names)
            if error:
                details.append(f"{' '.join(self.groups[group])} does not compile:")
                details += head(error)
                broken += len(ops)
                ops = []
            else:
                objects.append(base + ".o")
            chosen.append(ops)
        passed, failed, lines = self.execute(config, folder, chosen, objects)
        if not self.keep and not failed + broken:
            shutil.rmtree(folder)
        self.report.add(config.name, passed, failed + broken, details + lines)

    def execute(self, config, folder, chosen, objects):
        """Link and run; (passed, failed, details)."""
        tables, program = os.path.join(folder, "tables"), os.path.join(folder, "program")
        everything = sum(map(len, chosen))
        with open(tables + ".c", "w", encoding="utf-8") as file:
            file.write(self.tables(chosen))
        status, _, errors = run(
            ["gcc", "-fno-pie", "-no-pie", "-w", "-I", HERE, tables + ".c", *objects,
             self.path("harness.c.o"), self.path("hooks.S.o"), self.path("checked.S.o"),
             *self.lang.link_objects(config, [self.path("-".join(g)) for g in self.groups]),
             "-o", program])
        if status:
            return 0, everything, head(errors)
        status, out, errors = run([program, str(self.seed)] + ([self.title] if self.title else []),
                                  timeout=120)
        passed, failed, hooks, lines = 0, 0, 0, []
        for line in out.splitlines():
            words = line.split()
            if words[0] == "GROUP":
                passed, failed = passed + int(words[-2]), failed + int(words[-1])
            elif words[0] == "HOOKS":
                hooks = int(words[1])
            else:
                lines.append(line)
        if passed + failed != everything or status not in (0, 1):
            lines.append(f"the program ended with status {status}: {errors.strip()}")
            failed = everything - passed
        if config.hooked and not hooks:
            lines.append("no instrumentation hook was called")
            failed += 1
        return passed, failed, lines

    def some_levels(self):
        """The configurations: as many as planned of each way to instrument code, of the compilers
        of other versions, and of each compiler's levels."""
        alike = {}
        for config in self.lang.CONFIGS:
            way = (config.compiler if config.plain else
                   "another version" if config.other else config.instrumentation)
            alike.setdefault((way, config.plain), []).append(config)
        sampling, left_out = Sampling(self.seed), set()
        special = [way for way, plain in alike if not plain]
        kept = sampling.pick("ways", special, (len(special) + 1) // 2 if self.plan.third else
                             len(special))
        for (way, plain), configs in alike.items():
            count = (self.plan.levels if way in kept else 0) if not plain else \
                (len(configs) + 2) // 3 if self.plan.third else len(configs)
            chosen = sampling.pick(way, configs, count)
            left_out.update(c.name for c in configs if c not in chosen)
        return [c for c in self.lang.CONFIGS if c.name not in left_out]

    def run(self):
        if not self.prepare():
            return
        shipped = sum(len(s.ops) for s in self.shipped)
        extra = sum(len(s.ops) for s in self.random)
        print(f"{shipped} operations of abi/, {extra} random ones (seed {self.seed}), "
              f"{len(self.groups)} styles and transfers")
        self.report.check("every operation of the RFC is there", shipped >= RFC_OPERATIONS)
        is_wanted = self.plan.configs or self.lang.QUICK.__contains__
        configs = [c for c in self.lang.CONFIGS if self.only in c.name] if self.only else \
            [c for c in self.some_levels() if is_wanted(c.name)]
        if not configs and not self.only:
            self.report.check("there is a configuration", False)
        if self.title and not any(op.title == self.title for s in self.shipped + self.random
                                  for op in s.ops):
            self.report.check(f"there is an operation '{self.title}'", False)
            return
        each(self.jobs, self.configuration, list(enumerate(configs)))
