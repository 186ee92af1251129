# SPDX-License-Identifier: MIT
"""Builds mutants: the tree once, then for each mutant one source and one link.

The library is one shared object that shows everything in it, so that the command and the unit
tests use the same one, and neither has to be linked again.  Must not know what a mutant is.
"""
import os
import pathlib
import shutil
import subprocess

# A variable that a mutant does not set has no value by chance.
CFLAGS = "-O1 -ftrivial-auto-var-init=pattern"
# A mutant may never end: its own limit ends it, whoever started it.
LIMITS = """
#include <sys/resource.h>

static void limit(int what, rlim_t value)
{
    struct rlimit now;

    if (!getrlimit(what, &now) && now.rlim_cur > value) {
        now.rlim_cur = value;
        setrlimit(what, &now);
    }
}

__attribute__((constructor)) static void limit_all(void)
{
    limit(RLIMIT_CPU, 10);
    limit(RLIMIT_AS, (rlim_t)4 << 30);
    limit(RLIMIT_FSIZE, (rlim_t)1 << 28);
}
"""
PRINT = """
include Makefile
empty :=
space := $(empty) $(empty)
print:
\t@echo '$(subst ','\\'',$(DEFS) $(DEFAULT_INCLUDES) $(libfastabi_internal_la_CPPFLAGS) \
$(CPPFLAGS) $(libfastabi_internal_la_CFLAGS) $(CFLAGS))'
\t@echo '$(libfastabi_internal_la_OBJECTS)'
\t@echo '$(YAML_LIBS) $(DLOPEN_LIBS) $(LIBS)'
\t@echo '$(CRITERION_LIBS)'
\t@echo '$(fastabi_gen_OBJECTS)'
\t@echo '$(foreach test,$(unit_tests),$(subst $(space),:,$(test) \
$($(subst -,_,$(subst /,_,$(test)))_OBJECTS)))'
"""


class Broken(Exception):
    """The tree, or a tool, is not as it has to be."""


def run(command, folder, log=None):
    """What a command prints; it must succeed."""
    done = subprocess.run([str(word) for word in command], cwd=folder, text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if log:
        log.write_text(done.stdout)
    if done.returncode:
        raise Broken(f"{' '.join(str(word) for word in command)[:200]}:\n{done.stdout[-2000:]}")
    return done.stdout


class Workshop:
    def __init__(self, top, build, jobs):
        self.top, self.build, self.base = pathlib.Path(top), pathlib.Path(build), build / "base"
        self.jobs = jobs
        self.references = {}

    def prepare(self):
        """Build the tree as it is."""
        self.base.mkdir(parents=True, exist_ok=True)
        if not (self.top / "configure").exists():
            run(["autoreconf", "-fi"], self.top, self.build / "autoreconf.log")
        if not (self.base / "Makefile").exists():
            run([self.top / "configure", "CC=gcc", f"CFLAGS={CFLAGS}"], self.base,
                self.build / "configure.log")
        # Without CODE_CFLAGS nothing is hidden.
        for target in ("all", "check"):
            run(["make", f"-j{self.jobs}", "CODE_CFLAGS=", "TESTS=", target], self.base,
                self.build / f"make-{target}.log")
        (self.base / "print.mk").write_text(PRINT)
        said = run(["make", "-s", "CODE_CFLAGS=", "-f", "print.mk", "print"], self.base)
        flags, objects, self.libraries, criterion, command, tests = said.splitlines()[-6:]
        self.flags = flags.split()
        self.flags = [flag.replace("'", "") for flag in self.flags]
        self.objects = {self.source_of(name): self.object_of(name) for name in objects.split()}
        (self.base / "limits.c").write_text(LIMITS)
        run(["gcc", "-O1", "-fPIC", "-c", "limits.c", "-o", "limits.o"], self.base)
        self.link(self.base / "whole.so", {})
        self.link_program(self.base / "command", command.split(), [])
        self.units = []
        for name, *parts in (unit.split(":") for unit in tests.split()):
            self.units.append(pathlib.Path(name))
            self.link_program(self.base / "units" / self.units[-1].name, parts, criterion.split())

    @staticmethod
    def source_of(name):
        return name.replace("libfastabi_internal_la-", "").replace(".lo", ".c")

    @staticmethod
    def object_of(name):
        folder, _, file = name.rpartition("/")
        return f"{folder}/.libs/{file.replace('.lo', '.o')}"

    def link(self, out, other):
        """The library with other objects for some of its sources."""
        objects = [other.get(source, name) for source, name in self.objects.items()]
        run(["gcc", "-shared", "-Wl,-soname,libfastabi.so.1", "-o", out, "limits.o", *objects,
             *self.libraries.split()], self.base)

    def link_program(self, out, objects, libraries):
        """A program that takes the library from the slot that it is in."""
        out.parent.mkdir(exist_ok=True)
        run(["gcc", "-o", out, *objects, "whole.so",
             "-Wl,-rpath,$ORIGIN/.libs:$ORIGIN/../../.libs", *libraries], self.base)

    def slot(self, number):
        """A directory that looks like a build directory."""
        slot = self.build / f"slot{number}"
        shutil.rmtree(slot, ignore_errors=True)
        (slot / ".libs").mkdir(parents=True)
        (slot / "tests" / "unit").mkdir(parents=True)
        shutil.copy(self.base / "command", slot / "fastabi-gen")
        for module in (self.base / ".libs").glob("fastabi-layout-*.so"):
            shutil.copy(module, slot / ".libs")
        shutil.copy(self.base / "config.h", slot)
        for unit in self.units:
            shutil.copy(self.base / "units" / unit.name, slot / unit)
        self.install(slot, self.base / "whole.so")
        return slot

    @staticmethod
    def install(slot, library):
        for name in ("libfastabi.so.1", "libfastabi.so"):
            path = slot / ".libs" / name
            path.unlink(missing_ok=True)
            os.link(library, path)

    def compile(self, path, text, folder):
        """The object of a source with this text; None: it does not compile."""
        source = folder / path
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text)
        out = source.with_suffix(".o")
        done = subprocess.run(["gcc", *self.flags, "-w", "-fPIC", "-iquote",
                               str((self.top / path).parent), "-c", source, "-o", out],
                              cwd=self.base, check=False, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return out if done.returncode == 0 else None

    def reference(self, path):
        """The object code of a source as it is."""
        if path not in self.references:
            text = (self.top / path).read_text()
            self.references[path] = self.compile(path, text, self.build / "reference").read_bytes()
        return self.references[path]

    def make(self, slot, path, text):
        """Put a mutant into a slot; "", or why not."""
        made = self.compile(path, text, slot / "source")
        if not made:
            return "not compiled"
        if made.read_bytes() == self.reference(path):
            return "equivalent"
        self.link(slot / "mutant.so", {path: str(made)})
        self.install(slot, slot / "mutant.so")
        return ""
