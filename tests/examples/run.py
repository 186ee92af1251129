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

    def conform(self, lang, name):
        plan = QUICK if self.options.quick else conformance.FULL
        if not self.options.quick and lang is lang_plugin:   # one more C backend: what kernels are built with
            plan = conformance.Plan(150, 20, 7, lambda n: n.split()[-1] in ("plain", "kasan", "kcov"))
        generator = ["env", "LD_LIBRARY_PATH=" + self.environment["LD_LIBRARY_PATH"], self.generator]
        conformance.Suite(lang, generator, str(TOP / "abi"), str(self.build / name), self.options.seed, plan,
                          self.options.jobs, self.report, self.options.only).run()


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
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
