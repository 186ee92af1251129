#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests of the stubs that a backend writes: registers, headers, and that the tests bite.

Last line: "N passed, N failed, N skipped".  Must not know anything itself: the parts are in the files beside it.
"""
import argparse
import os
import sys

import bite
import conformance
import headers
import lang_asm
import lang_c
import lang_rust
from report import Report

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

LANGUAGES = {lang.NAME: lang for lang in (lang_c, lang_rust, *lang_asm.LANGUAGES)}
PARTS = ["conformance", "headers", "bite"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("--lang", action="append", choices=sorted(LANGUAGES), help="only this language")
    parser.add_argument("--quick", action="store_true", help="a few configurations and fewer random operations")
    parser.add_argument("--seed", type=int, default=1, help="of the random specifications and values (default 1)")
    parser.add_argument("--only", help="only configurations with this in their name, such as 'gcc -O2 kasan'")
    parser.add_argument("--op", help="only this operation, such as vcpu.up")
    parser.add_argument("--jobs", "-j", type=int, default=os.cpu_count())
    parser.add_argument("--keep", action="store_true", help="keep sources, assembly and programs of what passed")
    options = parser.parse_args()
    generator = os.path.abspath(os.environ.get("FASTABI_GEN", os.path.join(TOP, "build", "fastabi-gen")))
    build = os.path.abspath(os.environ.get("BUILD", os.path.join(TOP, "build", "tests", "stubs")))
    report = Report()
    abi = os.path.join(TOP, "abi")
    parts = options.parts or PARTS
    if set(parts) - set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}")
    languages = [LANGUAGES[name] for name in options.lang or LANGUAGES]
    if options.only and not any(options.only in c.name for lang in languages for c in lang.CONFIGS):
        parser.error(f"there is no configuration '{options.only}'")
    plan = conformance.QUICK if options.quick else conformance.FULL
    for lang in languages:
        if "conformance" in parts:
            conformance.Suite(lang, generator, abi, os.path.join(build, lang.NAME), options.seed, plan, options.jobs,
                              report, options.only, options.op, options.keep).run()
        if "headers" in parts and lang is lang_c:
            headers.Headers(lang, generator, TOP, os.path.join(build, "headers"), options.quick, options.jobs,
                            report).run()
        if "bite" in parts:
            bite.run(lang, generator, abi, os.path.join(build, "bite", lang.NAME), options.seed, options.jobs, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
