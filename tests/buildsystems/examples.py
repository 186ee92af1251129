#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The examples for build systems, each copied to an empty directory and built there against an
installed libfastabi: it builds; a second run makes nothing; a changed specification is seen; and
after that a run makes nothing again. Where the build selects operations, only those are made, and
a changed selection is seen. Must not know how the examples are written, except for the commands to
build and the patterns of a selection.

  tests/buildsystems/examples.py [EXAMPLE...]     PREFIX: where libfastabi is installed (else: the
  system);
                                          BUILD: where files go
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("BUILD") or os.path.join(ROOT, "build/tests/buildsystems"))
PREFIX = os.environ.get("PREFIX")
CHANGE = ("number: { reg: 2,", "number: { reg: 4,")
# Which file says what is selected: the patterns there are changed to others.
SELECTIONS = {"cmake": "CMakeLists.txt", "autoconf": "configure.ac"}
PATTERNS = ("event_channel.s*", "event_channel.*nd*")
SHOWN = 25  # lines of output of what failed

passed = failed = 0


def report(name, fault):
    """One result; fault is None for a pass."""
    global passed, failed
    if fault is None:
        passed += 1
        print("ok  " + name)
    else:
        failed += 1
        print("FAILED  " + name)
        print("\n".join("    " + line for line in fault.splitlines()[-SHOWN:]))


def environment(**more):
    """What a user has: nothing of this test's, and the installed copy to be found as documented."""
    env = {key: os.environ[key] for key in ("HOME", "TERM", "LANG", "USER") if key in os.environ}
    env["PATH"] = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    if PREFIX:
        env["PATH"] = os.path.join(PREFIX, "bin") + ":" + env["PATH"]
        env["PKG_CONFIG_PATH"] = os.path.join(PREFIX, "lib/pkgconfig")
        env["CMAKE_PREFIX_PATH"] = PREFIX
    env.update(more)
    return env


def run(command, folder, env):
    return subprocess.run(command, shell=True, cwd=folder, env=env, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")


def ages(folder):
    """When each file of a build was written, but logs and what build systems keep for themselves.
    """
    found = {}
    for where, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".o", ".h", ".a", ".ko", ".rs", ".rlib", "stamp", ".rmeta")):
                path = os.path.join(where, name)
                found[os.path.relpath(path, folder)] = os.stat(path).st_mtime_ns
    return found


def kernel_headers():
    """The newest headers of Debian's kernel that are installed."""
    found = sorted(glob.glob("/usr/src/linux-headers-*-amd64"))
    return found[-1] if found else "/usr/src/linux-headers-amd64-is-missing"


def operations(folder):
    """The operations of event_channel that the one header below a directory has."""
    path, = glob.glob(os.path.join(folder, "**/event_channel.h"), recursive=True)
    with open(path, encoding="utf-8") as stream:
        return set(re.findall(r"xen_hypercall_event_channel_(\w+)\(", stream.read()))


def selected(pattern):
    """The operations that the command says a pattern selects."""
    said = run(f"fastabi-gen list --names --only '{pattern}' event_channel", BUILD, environment())
    return {line.split(".")[1] for line in said.stdout.splitlines() if "." in line}


def try_selection(name, folder, source, prepare, build, env):
    """What is made is what is selected, also after other patterns are in the build's file."""
    old, new = PATTERNS
    report(f"{name}: what is selected is made", None if operations(folder) == selected(old) != set()
           else f"{sorted(operations(folder))}")
    with open(os.path.join(folder, source), encoding="utf-8") as stream:
        text = stream.read()
    with open(os.path.join(folder, source), "w", encoding="utf-8") as stream:
        stream.write(text.replace(old, new))
    again = prepare.replace("mkdir out", ":") if source == "configure.ac" else ":"
    said = run(f"({again}) && {build}", folder, env)
    wanted = selected(new)
    report(f"{name}: another selection is seen",
           None if not said.returncode and operations(folder) == wanted != selected(old)
           else f"{said.stdout}\n{sorted(operations(folder))}")


def try_example(name, example, prepare, build, result, env):
    """Build it in a copy; result: the file that has to be made, made again, or left."""
    folder = os.path.join(BUILD, name.replace(" ", "-"))
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(os.path.join(ROOT, "examples/build", example), folder)
    result = os.path.join(folder, result)
    spec = os.path.join(folder, "demo.yml")
    said = run(prepare, folder, env) if prepare else None
    if said and said.returncode:
        report(f"{name}: prepared", said.stdout)
        return
    said = run(build, folder, env)
    report(f"{name}: built", None if not said.returncode and os.path.exists(result) else said.stdout
           + f"\nno {result}")
    if said.returncode:
        return

    def nothing(what):
        before = ages(folder)
        again = run(build, folder, env)
        changed = [path for path, age in ages(folder).items() if before.get(path) != age]
        report(f"{name}: {what}", None if not changed and not again.returncode
               else f"made again: {changed}\n{again.stdout}")

    nothing("a second run makes nothing")
    with open(spec, encoding="utf-8") as stream:
        text = stream.read()
    before = os.stat(result).st_mtime_ns
    with open(result, "rb") as stream:
        old = stream.read()
    time.sleep(1.1)  # some build systems compare whole seconds
    with open(spec, "w", encoding="utf-8") as stream:
        stream.write(text.replace(*CHANGE))
    said = run(build, folder, env)
    with open(result, "rb") as stream:
        new = stream.read()
    report(f"{name}: a changed specification is seen",
           None if not said.returncode and os.stat(result).st_mtime_ns != before and new != old
           else said.stdout)
    nothing("a third run makes nothing")
    if example in SELECTIONS:
        try_selection(name, folder, SELECTIONS[example], prepare, build, env)


def examples():
    """NAME, EXAMPLE, what to do first, what to do each time, what is made, ENVIRONMENT."""
    plain = environment()
    yield "make", "make", None, "make", "guest.o", plain
    yield ("kbuild", "kbuild", None, f"make KDIR={kernel_headers()}", "greet.ko", plain)
    for generator, tool in (("Ninja", "cmake ninja"), ("Unix Makefiles", "cmake make")):
        yield (tool, "cmake", f"cmake -G '{generator}' -S . -B out", "cmake --build out",
               "out/libguest.a", plain)
    yield ("meson", "meson", "meson setup out", "meson compile -C out",
           "out/libguest.a.p/guest.c.o", plain)
    cargos = [path for path in ("/usr/bin/cargo", shutil.which("cargo")) if path and
              os.path.exists(path)] or ["cargo"]
    for path in dict.fromkeys(cargos):
        env = environment(CARGO_NET_OFFLINE="true", CARGO_TARGET_DIR="target")
        env["PATH"] = env["PATH"].replace(":", ":" + os.path.dirname(path) + ":", 1)
        env.update((key, os.environ[key]) for key in ("RUSTUP_HOME", "CARGO_HOME")
                   if key in os.environ and path != "/usr/bin/cargo")
        yield ("cargo" if path == cargos[0] else "newer cargo", "cargo", None,
               "cargo build --offline", "target/debug/libgreet.rlib", env)
    start = 'aclocal -I "$(pkg-config --variable=aclocaldir fastabi)" && autoconf && '
    yield "autoconf", "autoconf", start + "./configure", "make", "guest.o", plain
    yield ("autoconf elsewhere", "autoconf", start + "mkdir out && cd out && ../configure",
           "make -C out", "out/guest.o", plain)


if __name__ == "__main__":
    for case in examples():
        if len(sys.argv) < 2 or case[1] in sys.argv[1:]:
            try_example(*case)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(failed != 0)
