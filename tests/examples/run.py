#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The backends of examples/, as their readers would build them: the template plug-in against an installed libfastabi, the
D generator over the JSON.  Both pass the conformance suite of tests/stubs.

PREFIX: where libfastabi is installed; BUILD: a scratch folder.  Last line: "N passed, N failed, N skipped".
"""
import argparse
import os
import pathlib
import shutil
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "stubs"))
import conformance  # noqa: E402
import lang_d  # noqa: E402
import lang_plugin  # noqa: E402
from report import Report, head, run  # noqa: E402

QUICK = conformance.Plan(30, 10, 3, lambda name: name in (
    "gcc -O2 plain", "clang -Os plain", "gcc -O2 kasan", "g++ -O2 plain", "gdc -O0 plain", "gdc -O2 plain"))


class Quiet(Report):
    """Counts, and says nothing: of failures that there ought to be."""

    def add(self, title, passed, failed, details=()):
        self.passed += passed
        self.failed += failed


class Examples:
    def __init__(self, prefix, build, options, report):
        self.build, self.options, self.report = build, options, report
        self.generator = str(prefix / "bin" / "fastabi-gen")
        self.environment = dict(os.environ, PKG_CONFIG_PATH=str(prefix / "lib" / "pkgconfig"),
                                LD_LIBRARY_PATH=str(prefix / "lib"), CFLAGS="-O2 -Wall -Wextra -Werror")

    def check(self, title, command, expected="", **more):
        """Run; all is well when the status is 0 and the output has what is expected."""
        status, out, errors = run(list(map(str, command)), env=dict(self.environment, **more))
        self.report.check(title, status == 0 and expected in out, head(errors + out))

    def build_plugin(self):
        """In a copy of its folder, which knows nothing of the tree."""
        folder = self.build / "backend"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(TOP / "examples" / "backend", folder)
        lines = len((folder / "backend.c").read_text().splitlines())
        self.report.check(f"the template has fewer than 100 lines ({lines})", lines < 100)
        plugin = folder / "example.so"
        self.check("it builds with pkg-config and an installed libfastabi", ["make", "-C", folder])
        line = "example: C functions of plain values"
        self.check("fastabi-gen backends --plugin", [self.generator, "backends", "--plugin", plugin], line)
        self.check("fastabi-gen backends with FASTABI_BACKEND_PATH", [self.generator, "backends"], line,
                   FASTABI_BACKEND_PATH=str(folder))
        self.check("generate with FASTABI_BACKEND_PATH", [self.generator, "generate", "-b", "example", "-o", "-", "vcpu"],
                   "xen_hypercall_vcpu_up(", FASTABI_BACKEND_PATH=str(folder))
        lang_plugin.PLUGIN = str(plugin)

    def generator_command(self):
        return ["env", "LD_LIBRARY_PATH=" + self.environment["LD_LIBRARY_PATH"], self.generator]

    def conform(self, lang, name):
        plan = QUICK if self.options.quick else conformance.FULL
        if not self.options.quick and lang is lang_plugin:   # one more C backend: what kernels are built with
            plan = conformance.Plan(50, 20, 7, lambda n: n.split()[-1] in ("plain", "kasan", "kcov") and "-O3" not in n)
        conformance.Suite(lang, self.generator_command(), str(TOP / "abi"), str(self.build / name), self.options.seed, plan,
                          self.options.jobs, self.report, self.options.only).run()

    def bite(self):
        """The D generator with a fault in it fails the suite."""
        text = pathlib.Path(lang_d.EXAMPLE).read_text()
        original, spoilt = lang_d.EXAMPLE, self.build / "spoilt"
        for what, (good, bad) in FAULTS.items():
            spoilt.write_text(text.replace(good, bad))
            spoilt.chmod(0o755)
            lang_d.EXAMPLE = str(spoilt)
            notes = Quiet()
            conformance.Suite(lang_d, self.generator_command(), str(TOP / "abi"), str(self.build / "bite"), self.options.seed,
                              conformance.Plan(20, 10, 3, lambda name: name == "gdc -O2 plain"), 1, notes).run()
            self.report.check(f"caught in D: {what}", good in text and notes.failed)
        lang_d.EXAMPLE = original


# In examples/d/generate: what is right, and what is wrong with it then.
FAULTS = {
    "output stored on failure": ("if (cast(long) r_rax >= 0)", "if (true)"),
    "sign lost": ('"" if param["signed"] else "u"', '"u"'),
    "clobber undeclared": ('op["outputs"]["registers"] + op["clobbers"]["registers"]', 'op["outputs"]["registers"]'),
    "register that is moved to undeclared": ('["memory"] + self.moved', '["memory"] + self.moved[1:]'),
    "wrong index": ("{op['index']}u", "{op['index'] + 1}u"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=["plugin", "d"], help="plugin, d (default: both)")
    parser.add_argument("--quick", action="store_true", help="a few configurations and fewer random operations")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="only configurations with this in their name")
    parser.add_argument("--jobs", "-j", type=int, default=os.cpu_count())
    options = parser.parse_args()
    build = pathlib.Path(os.environ.get("BUILD", TOP / "build" / "tests" / "examples")).resolve()
    build.mkdir(parents=True, exist_ok=True)
    report = Report()
    examples = Examples(pathlib.Path(os.environ["PREFIX"]).resolve(), build, options, report)
    if "plugin" in options.parts:
        examples.build_plugin()
        examples.conform(lang_plugin, "plugin")
    if "d" in options.parts:
        examples.conform(lang_d, "d")
        examples.bite()
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
