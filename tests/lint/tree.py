# SPDX-License-Identifier: MIT
"""Which files the tree has, what each of them is, and how a C file is compiled.

Every exception has its reason beside it. Must not know what is checked about a file.
"""
import dataclasses
import functools
import os
import pathlib
import re
import shlex
import shutil
import subprocess

COLUMNS = 100

# Not ours to lay out or to reword: compared byte by byte, input of tests, or made by a tool.
FOREIGN = (
    "tests/golden/",        # expected output
    "tests/rust/golden/",   # expected output
    "tests/seed/",          # the RFC's specifications, verbatim
    "LICENSES/",            # licence texts, verbatim
    "LICENSE",
    "COPYING",
    "tests/reference/package-lock.json",
)
# Emitted as it stands: its layout is that of the output, which a golden test compares.
EMITTED = ("backends/c/fastabi-bridge.h", "backends/c/fastabi.h")


def is_in(path, places):
    return any(str(path) == place or place.endswith("/") and str(path).startswith(place)
               for place in places)


def files(root):
    """The files that a fresh clone has: git's, or all but what builds leave in a release."""
    done = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others",
                           "--exclude-standard"], capture_output=True, text=True, check=False)
    if not done.returncode:
        names = done.stdout.split("\0")[:-1]
    else:
        names = [os.path.relpath(os.path.join(place, name), root)
                 for place, folders, entries in os.walk(root) for name in entries
                 if not re.search(r"/(build|\.git|__pycache__|\.libs|\.deps)(/|$)", place)]
    return [pathlib.Path(name) for name in sorted(set(names))
            if os.path.isfile(os.path.join(root, name)) and not is_in(name, FOREIGN)]


def first_line(path):
    with open(path, "rb") as file:
        return file.readline(200).decode("utf-8", "replace")


# ---- kinds ----

def c_files(paths):
    return [path for path in paths if path.suffix in (".c", ".h")]


def headers(root):
    return [root / path for path in files(root) if path.suffix == ".h"]


def c_sources(paths):
    return [path for path in paths if path.suffix == ".c"]


def formatted(paths):
    return [path for path in c_files(paths) if not is_in(path, EMITTED)]


def shell(paths):
    return [path for path in paths if path.suffix == ".sh" or str(path.parent).endswith("linux/job")
            or not path.suffix and re.match(r"#!.*\b(ba|da)?sh\b", first_line(path))]


def python(paths):
    return [path for path in paths if path.suffix == ".py"
            or not path.suffix and re.match(r"#!.*\bpython", first_line(path))]


def markdown(paths):
    return [path for path in paths if path.suffix == ".md" or path.name == "NEWS"]


def manuals(paths):
    return [path for path in paths if re.fullmatch(r"\.\d", path.suffix)]


def limited(paths):
    return formatted(paths) + shell(paths) + python(paths) + markdown(paths)


def written(paths):
    """What people read: comments and messages, Markdown, manual pages. tests/lint/run has the
    faults that it plants."""
    return [path for path in limited(paths) + manuals(paths) if str(path) != "tests/lint/run"]


# ---- lines ----

def long_lines(path):
    found, fenced = [], False
    prose = markdown([path])
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if prose and line.lstrip().startswith("```"):
            fenced = not fenced
        if len(line) <= COLUMNS:
            continue
        # Code is quoted as it is; a row of a table is a line; a link cannot be broken.
        if prose and (fenced or line.startswith("    ") or line.lstrip().startswith("|")
                      or is_unbreakable(line)):
            continue
        if re.search(r"https?://\S{60}", line):
            continue
        found.append(f"{path}:{number}: {len(line)} columns")
    return "\n".join(found)


def is_unbreakable(line):
    """Whether a word is in the way: one that leaves little room for others, a link for instance."""
    words = line.split()
    return any(len(word) > COLUMNS - 20 for word in words) or re.search(r"`[^`]{60,}`", line) or \
        re.fullmatch(r"\s*(?:[-*] )?(\[[^\]]*\]\([^)]*\)|`[^`]*`)[.,;:]?", line) is not None


# ---- the licence ----

# Files that can have no comment, or whose every byte counts; REUSE.toml says their licence.
SILENT = (".json", ".xml", ".png", ".svg", ".csv", ".expected", ".diff", ".bin", ".gz")
SILENT_PLACES = (
    "debian/", ".reuse/",   # formats of Debian's; .reuse/dep5 has a row for all files
    "NEWS",                 # starts with the newest release
    "tests/errors/usage/",  # input, read from its first byte
    "tests/layout/seed-4.17.txt", "tests/layout/seed-4.20.txt",     # output, compared
)
GPL = ("xen/", "guests/linux/")


def licensed(paths):
    return [path for path in paths
            if path.suffix not in SILENT and not is_in(path, SILENT_PLACES)]


def licence(path):
    head = "".join(open(path, encoding="utf-8", errors="replace").readlines()[:10])
    found = re.search(r"SPDX-License-Identifier: ([\w.-]+)", head)
    if not found:
        return f"{path}:1: there is no SPDX-License-Identifier in the first ten lines"
    # Xen's public headers are for everybody's programs.
    is_gpl = is_in(path, GPL) and not str(path).startswith("xen/public-")
    wanted = "GPL-2.0-only" if is_gpl else "MIT"
    if found.group(1) != wanted:
        return f"{path}:1: {found.group(1)}; what is here is {wanted}"
    return ""


# ---- compiling ----

@dataclasses.dataclass(frozen=True)
class World:
    """What a C file is compiled with. `words` as in a shell; {generated} is a directory with
    bindings of all of abi/: plain/, value/ (style=value), patch/ (transfer=patch, too) and
    rfc/xen/interface/."""
    places: tuple
    words: str
    needs_bindings: bool = False
    packages: tuple = ()

    def flags(self, generated):
        words = shlex.split(self.words.format(generated=generated, libclang=libclang()))
        return words + package_flags(self.packages)


@functools.cache
def package_flags(names):
    return output(["pkg-config", "--cflags", *names]).split() if names else []


@functools.cache
def libclang():
    """Where clang-c/Index.h is."""
    for name in ("llvm-config-14", "llvm-config"):
        if shutil.which(name):
            return output([name, "--includedir"]).strip()
    raise FileNotFoundError("llvm-config is not installed")


def output(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


HOSTED = ("-std=gnu17 -D_GNU_SOURCE -Iinclude -Ilib -DPACKAGE_VERSION='\"0\"' "
          "-DFASTABI_ABI_DIR='\"\"' -DFASTABI_BACKEND_DIR='\"\"' -DFASTABI_MODULE_DIR='\"\"' "
          "-DFASTABI_PROFILE_DIR='\"\"'")
XEN = "-isystem /usr/include -D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"
GUEST = f"-std=gnu11 -m64 -ffreestanding -mgeneral-regs-only {XEN} -Itests/guest " \
        "-Itests/guest/boot -Itests/guest/kernel"
STUBS = f"-std=gnu11 {XEN} -Itests/stubs"

# The first that fits is taken.
WORLDS = (
    World(("lib/layout/clang.c", "lib/layout/clang-"), HOSTED + " -I{libclang}"),
    World(("tests/fuzz/",), HOSTED + " -DFUZZ_SPEC='\"\"' -DFUZZ_SNAPSHOT='\"\"'",
          packages=("yaml-0.1",)),
    World(("lib/", "backends/", "tools/", "examples/"), HOSTED, packages=("yaml-0.1",)),
    World(("tests/errors/",), HOSTED + " -DFAULT=TEMPLATE"),   # one of the faults it can have
    World(("tests/unit/",), HOSTED, packages=("yaml-0.1", "criterion")),
    World(("tests/api/", "tests/layout/", "tests/bench/"), HOSTED + " -I{libclang}"),
    World(("tests/linux/",), HOSTED),
    World(("tests/guest/xtf/",), GUEST + " -Itests/guest/xtf -I{generated}/value",
          needs_bindings=True),
    World(("tests/guest/",), GUEST + " -I{generated}/plain", needs_bindings=True),
    World(("tests/stubs/support-test.c",), STUBS + " -I{generated}/patch", needs_bindings=True),
    World(("tests/stubs/rfc-client.c",), STUBS + " -I{generated}/rfc", needs_bindings=True),
    World(("tests/stubs/",), STUBS + " -I{generated}/plain", needs_bindings=True),
)
# Compiled with headers that a fresh clone has not: cppcheck and clang-format look at them, their
# own suites compile them with -Werror.
NOT_COMPILED = {
    "xen/": "headers of a Xen tree, which the suite xen downloads",
    "tests/guest/linux/module/": "headers of Debian's kernel, which the suite linux downloads",
    "guests/linux/": "headers of Debian's kernel, which the suite linux downloads",
    "examples/build/": "bindings that the example's build makes, in the suite buildsystems",
    "tests/api/every.c": "a header that tests/api/run writes",
    "tests/selection/call.c": "a dispatcher that tests/selection/run writes",
}


# cppcheck 2.10 stops at what is correct C: a macro whose arguments are again braces (CALL), or the
# address of a compound literal with a call in it. clang-tidy looks at these files.
NOT_PARSED = (
    "tests/guest/builder/peer.c",
    "tests/guest/kernel/call.c",
    "tests/guest/kernel/cases-buffer.c",
    "tests/guest/kernel/cases-event.c",
    "tests/guest/kernel/cases-grant.c",
    "tests/guest/kernel/cases-memory.c",
    "tests/guest/kernel/cases-physdev.c",
    "tests/guest/kernel/cases-platform.c",
    "tests/guest/kernel/cases-sched.c",
    "tests/guest/kernel/cases-text.c",
    "tests/guest/kernel/cases-vcpu.c",
)


def parsed(paths):
    return [path for path in c_sources(paths) if not is_in(path, NOT_PARSED)]


def world_of(path):
    if is_in(path, tuple(NOT_COMPILED)):
        return None
    for world in WORLDS:
        if any(str(path).startswith(place) for place in world.places):
            return world
    raise ValueError(f"{path}: tests/lint/tree.py does not say how it is compiled")


def compiled(paths):
    return [(path, world) for path in c_sources(paths) if (world := world_of(path))]
