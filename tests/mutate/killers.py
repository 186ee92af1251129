# SPDX-License-Identifier: MIT
"""The tests that mutants are tried with.  Each is a test of the tree, or a part of one: a case of
tests/errors, a function of tests/golden, a unit test, a suite.

Runs in a separate process, with one build directory.  Must not know what a mutant is.
"""
import importlib.machinery
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]


def load(suite):
    """The program of a suite, as a module."""
    sys.path.insert(0, str(TOP / "tests" / suite))
    loader = importlib.machinery.SourceFileLoader(suite + "_run",
                                                  str(TOP / "tests" / suite / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


ERRORS, GOLDEN = load("errors"), load("golden")


def use(build):
    """Every module of a suite has the command's path."""
    command = str(build / "fastabi-gen")
    if ERRORS.GEN != command:
        for module in [each for each in sys.modules.values() if hasattr(each, "GEN")]:
            module.GEN = command


class Case:
    """A case of tests/errors."""

    def __init__(self, case):
        self.name, self.case = "tests/errors " + case.title, case

    def is_generate(self):
        """Is it about what a backend says?"""
        text = pathlib.Path(self.case.path[:-len("expected")] + "yml")
        return text.exists() and "generate" in (ERRORS.read_directives(text)[0] or [])

    def fails(self, build):
        use(build)
        verdict, details, _ = ERRORS.run_one(self.case)
        print(details)
        return verdict not in ("ok", "skipped")


class Golden:
    """A function of tests/golden."""

    def __init__(self, function):
        self.name, self.function = "tests/golden " + function.__name__, function

    def fails(self, build):
        use(build)
        folder = tempfile.mkdtemp()
        try:
            self.function(folder)
        except GOLDEN.Skip:
            return False
        except Exception as failure:  # pylint: disable=broad-except
            print(failure)
            return True
        finally:
            shutil.rmtree(folder)
        return False


class Program:
    """A program that says "FAILED" or "not ok", or has a status that is not 0."""

    def __init__(self, name, command, needs=""):
        self.name, self.command, self.needs = name, command, needs

    def fails(self, build):
        if self.needs and not pathlib.Path(self.needs).exists():
            return False
        environment = dict(os.environ, FASTABI_GEN=str(build / "fastabi-gen"), BUILD=str(build),
                           top_srcdir=str(TOP), top_builddir=str(build), CC="gcc", NM="nm",
                           CRITERION_OUTPUTS="tap:-", MUTANT=str(build))
        command = [word.replace("BUILD", str(build)) for word in self.command]
        if command[0].startswith("tests/"):
            environment["BUILD"] = str(build / "scratch")
        with subprocess.Popen(command, cwd=TOP, env=environment, stdin=subprocess.DEVNULL,
                              text=True, errors="replace", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as program:
            for line in program.stdout:
                print(line, end="")
                if line.startswith(("FAILED", "not ok", "FAIL ")):
                    program.kill()
                    return True
        return program.returncode != 0


def cases(kinds):
    return [Case(case) for case in ERRORS.CASES if case.title.startswith("scripted/") == kinds]


def unit(*names):
    return [Program(f"tests/unit test-{name}", [f"BUILD/tests/unit/test-{name}"]) for name in names]


def script(name):
    return Program(f"tests/unit test-{name}.sh", ["bash", f"tests/unit/test-{name}.sh"])


def suite(name, *arguments):
    return Program(" ".join([f"tests/{name}", *arguments]), [f"tests/{name}/run", *arguments])


FILES, SCRIPTED = cases(False), cases(True)
HOSTILE = [case for case in SCRIPTED if "every_text" in case.name or "becomes_code" in case.name]
GENERATED = [case for case in FILES if case.is_generate()]
# Those that are not about plug-ins, which have to be compiled.
SHORT = [case for case in SCRIPTED if "BACKEND_" not in case.name]
FUNCTIONS = [Golden(function) for function in GOLDEN.TESTS if function.__name__ not in
             ("turkish", "other_locales", "no_machine", "seed_is_verbatim")]
LAYOUT = [Program(f"tests/layout {part}", [sys.executable, "tests/layout/run", "--quick", "--seed",
                                           "1", part])
          for part in ("diff", "golden", "left_out", "partial", "hostile", "releases", "truth",
                       "snapshot", "build")]
ALLOC = unit("alloc")

# {place: (what its sources are called, the tests, those that only --deep runs)}
PLACES = {
    "rules": ("lib/spec/rules*.c",
              FILES + FUNCTIONS + unit("spec") + [suite("selection")] + SHORT + ALLOC,
              [suite("pasted"), suite("schema")] + LAYOUT),
    "build": ("lib/spec/build*.c lib/spec/types.c lib/spec/condition.c",
              FILES + FUNCTIONS + unit("spec", "condition", "ctype") + [script("keys")] +
              [suite("selection")] + SHORT + ALLOC,
              [suite("pasted"), suite("schema")] + LAYOUT),
    "c": ("backends/c/*.c",
          FUNCTIONS + unit("writer") + [suite("selection")] + GENERATED + HOSTILE + ALLOC,
          [suite("stubs", "--quick", "--seed", "1"), suite("pasted"), suite("profiles")]),
    "rust": ("backends/rust/*.c", FUNCTIONS + [suite("selection")] + GENERATED + HOSTILE + ALLOC,
             [suite("rust"), suite("stubs", "--quick", "--seed", "1"), suite("pasted")]),
    "asm": ("backends/asm/*.c", FUNCTIONS + [suite("selection")] + GENERATED + HOSTILE + ALLOC,
            [suite("asm", "--quick", "--seed", "1"), suite("stubs", "--quick", "--seed", "1"),
             suite("pasted")]),
    "xen": ("backends/xen/*.c", FUNCTIONS + [suite("selection")] + GENERATED + HOSTILE + ALLOC,
            [suite("pasted")]),
    "json": ("backends/json/*.c", FUNCTIONS + [suite("selection")] + GENERATED + ALLOC,
             [suite("json"), suite("pasted")]),
    "doc": ("backends/doc/*.c", FUNCTIONS + [suite("selection")] + GENERATED + ALLOC,
            [suite("pasted")]),
    "layout": ("lib/layout/check*.c lib/layout/apply.c lib/layout/needs.c lib/layout/plan.c "
               "lib/layout/model.c lib/layout/diff-layout.c",
               LAYOUT[:2] + FUNCTIONS + FILES + LAYOUT[2:6] + ALLOC, LAYOUT[6:]),
    "sink": ("lib/emit/sink*.c lib/emit/replace.c lib/emit/writer.c lib/emit/target.c "
             "lib/emit/litter.c lib/emit/put.c lib/emit/wrap.c lib/emit/depfile.c",
             unit("sink", "writer", "context") + FUNCTIONS + [script("command")] + SCRIPTED +
             ALLOC + [suite("lifetime", "--quick", "--seed", "1")], [suite("api")]),
}
