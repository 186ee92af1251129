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
import lang_c
import lang_rust
from report import Report

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

LANGUAGES = {lang.NAME: lang for lang in (lang_c, lang_rust)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help="conformance, headers, bite (default: all)")
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
    parts = options.parts or ["conformance", "headers", "bite"]
    plan = conformance.QUICK if options.quick else conformance.FULL
    for name in options.lang or LANGUAGES:
        lang = LANGUAGES[name]
        if "conformance" in parts:
            conformance.Suite(lang, generator, abi, os.path.join(build, name), options.seed, plan, options.jobs, report,
                              options.only, options.op, options.keep).run()
        if "headers" in parts and lang is lang_c:
            headers.Headers(lang, generator, TOP, os.path.join(build, "headers"), options.jobs, report).run()
        if "bite" in parts:
            bite.run(lang, generator, abi, os.path.join(build, "bite", name), options.seed, options.jobs, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
