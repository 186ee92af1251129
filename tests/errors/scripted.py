# SPDX-License-Identifier: MIT
"""Error cases that take more than a file: each is a function, marked with an id it shows, that is
called with its own directory. What the command says is in scripted/NAME-FUNCTION.expected.  Must
not know how cases are run.
"""
import os
import re
import resource
import socket
import struct
import subprocess
import time

import places
from command import (DONE, GEN, HERE, ROOT, Failure, Skip, call, demand, require,
                     write_down)

SCRIPTED = []
HEAD = "name: demo\nhypercall_index: 5\n"
GOOD = HEAD + "subops:\n  first: { index: 0, input: { a: { reg: 2, type: u32 } } }\n"


def shows(name):
    """Mark a function as a test of this id; it is called with its own directory."""
    def mark(function):
        SCRIPTED.append((name, function))
        return function
    return mark


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as stream:
        stream.write(text if isinstance(text, bytes) else text.encode("utf-8"))
    return name


def leave_root():
    """Root may write anywhere."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setuid(65534)


def refuse(folder, text):
    """A text with one fault."""
    path = write(folder, "t.yml", text)
    demand(["generate", "-b", "c", "-o", "out", path], folder)
    os.unlink(os.path.join(folder, path))


@shows("CANNOT_READ")
def missing_file(folder):
    demand(["check", "no.yml"], folder)
    demand(["generate", "-b", "c", "-o", "out", "./no"], folder)


@shows("CANNOT_READ")
def folder_for_a_file(folder):
    os.makedirs(os.path.join(folder, "abi", "x.yml"))
    demand(["check", "abi"], folder)
    demand(["check", "./abi"], folder)


@shows("CANNOT_READ")
def links_to_nothing(folder):
    """Another file of that name, an installed one, say, does not take their place."""
    write(folder, "demo.yml", GOOD.replace("u32", "gfn"))
    write(folder, "later/own.yml", GOOD)
    for path in ("common/types.yml", "abi/own.yml", "profiles/linux.yml"):
        os.makedirs(os.path.join(folder, os.path.dirname(path)), exist_ok=True)
        os.symlink("../nowhere.yml", os.path.join(folder, path))
    demand(["check", "demo.yml"], folder)
    demand(["check", "own"], folder, {"FASTABI_ABI_PATH": f"{folder}/abi:{folder}/later"})
    demand(["generate", "-b", "c", "--profile", "linux", "-o", "out", "sched"], folder,
           {"FASTABI_PROFILE_PATH": os.path.join(folder, "profiles")})


@shows("CANNOT_READ")
def one_of_two_missing(folder):
    """The other one is not generated either."""
    write(folder, "demo.yml", GOOD)
    demand(["generate", "-b", "c", "-o", "out", "demo.yml", "no.yml"], folder)


@shows("NO_SUCH_SPEC")
def unknown_name(folder):
    demand(["check", "no_such"], folder)
    demand(["check", ""], folder)
    demand(["check", "a\nb\x1b[31m"], folder)


@shows("NO_SUCH_SPEC")
def folder_without_any(folder):
    write(folder, "abi/readme.txt", "x")
    write(folder, "abi/.hidden.yml", GOOD)
    demand(["check", "./abi"], folder)


@shows("OUT_OF_MEMORY")
def little_memory(folder):
    more = ["  op%d: { index: %d, doc: %s }\n" % (i, i, "x" * 4000) for i in range(1, 3000)]
    path = write(folder, "t.yml", GOOD + "".join(more))
    limit = 4 << 20
    if b"asan" in subprocess.run(["ldd", GEN], capture_output=True, check=False).stdout:
        raise Skip("a sanitizer needs more memory than the limit")
    demand(["generate", "-b", "c", "-o", "out", path], folder,
           limit=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)))


@shows("FILE_TOO_LARGE")
def large_file(folder):
    path = write(folder, "t.yml", (b"#" * 63 + b"\n") * (1 << 20) + b"#")
    demand(["generate", "-b", "c", "-o", "out", path], folder)


@shows("TOO_DEEP")
def deep(folder):
    head = HEAD + "direct:\n"
    refuse(folder, head + "  xen: { a: " + "[" * 30 + "x" + "]" * 30 + " }\n")
    write(folder, "t.yml", head + "  xen: { a: " + "[" * 29 + "x" + "]" * 29 + " }\n")
    demand(["check", "t.yml"], folder)


@shows("TOO_DEEP")
def deep_blocks(folder):
    refuse(folder, HEAD + "direct:\n" + "".join(" " * i + "a:\n" for i in range(1, 40)))


@shows("TOO_MANY_KEYS")
def many_subops(folder):
    count = 1 << 17
    text = HEAD + "subops:\n" + "".join(" a%d: { index: %d }\n" % (i, i) for i in range(count))
    path = write(folder, "t.yml", text)
    demand(["check", path], folder)
    refuse(folder, text + " last: { index: 999999 }\n")


@shows("TOO_MANY_KEYS")
def many_inputs(folder):
    count = 1 << 17
    inputs = "".join("  a%d: 1\n" % i for i in range(count + 1))
    refuse(folder, HEAD + "direct:\n input:\n" + inputs)


@shows("SCALAR_TOO_LONG")
def long_scalar(folder):
    limit = 65536
    head = HEAD + "direct:\n  doc: x\n  safety: "
    refuse(folder, head + "|\n" + ("    " + "x" * 99 + "\n") * (limit // 100 + 1))
    refuse(folder, head + "\n" + ("    " + "x" * 99 + "\n") * (limit // 100 + 1))
    refuse(folder, head + '"' + ("    " + "x" * 99 + "\n") * (limit // 100 + 1) + '"')


@shows("SCALAR_TOO_LONG")
def long_comments(folder):
    refuse(folder, "name: demo\n" + ("#" * 63 + "\n") * (17 << 14))


@shows("TOO_MANY_NODES")
def large_entry(folder):
    refuse(folder, HEAD + "direct:\n clobbers:\n" + "  - 1\n" * (1 << 20))


@shows("LINE_TOO_LONG")
def long_lines(folder):
    """Whatever the line is made of, and wherever it ends in the pieces that a file is read in."""
    limit = 65536
    for extra in (1, 2, 3, 4, 5, 6, 7, 8, 9, 64, 16384):
        refuse(folder, "# x\n# " + "x" * (limit - 2 + extra) + "\n" + GOOD)
    for head in ("", "# x\n"):
        refuse(folder, head + "#" * (20 * limit))
        refuse(folder, head + "#" * (20 * limit) + "\n")
        refuse(folder, head + "# " + "\u20ac" * limit + "\n")
    path = write(folder, "t.yml", "#" * limit + "\n" + GOOD)
    demand(["generate", "-b", "c", "-o", "-", path], folder)


@shows("TOO_MANY_ERRORS")
def many_errors(folder):
    path = write(folder, "t.yml", HEAD + "".join("k%d: x\n" % i for i in range(100)))
    demand(["generate", "-b", "c", "-o", "out", path], folder)


@shows("EMPTY_FILE")
def nothing(folder):
    refuse(folder, "")
    refuse(folder, "\n\n")
    write(folder, "types/demo.yml", GOOD.replace("type: u32", "type: port"))
    write(folder, "types/common/types.yml", "")
    write(folder, "snapshot.yml", "# nothing")
    demand(["check", "types/demo.yml"], folder)
    demand(["check", "--layout", "snapshot.yml", "types/demo.yml"], folder)


@shows("CONTROL_CHARACTER")
def bom(folder):
    """One byte order mark at the start is fine, and takes no column."""
    write(folder, "t.yml", "\ufeff" + GOOD)
    demand(["check", "t.yml"], folder)
    refuse(folder, "\ufeffname: a-b\nhypercall_index: 5\ndirect: { doc: x }\n")
    refuse(folder, "\ufeffname: a\x07\n")


@shows("NOT_AN_INTEGER")
def crlf(folder):
    """Lines may end as on Windows; columns stay the same."""
    write(folder, "t.yml", GOOD.replace("\n", "\r\n"))
    demand(["check", "t.yml"], folder)
    refuse(folder, "name: demo\r\nhypercall_index: x\r\ndirect: { doc: x }\r\n")


# ---- messages that repeat ----

def untyped(name, count):
    return "name: %s\nhypercall_index: %d\nheaders: [x.h]\nsubops:\n" % (name, len(name)) + "".join(
        "  o%d: { index: %d, input: { a: 2 }, c_lang: { struct: s } }\n" % (i, i)
        for i in range(count))


def check_places(folder):
    """The second place of a message goes with it, and does not count."""
    write(folder, "s.yml", "layout: 1\ntarget: x86_64-unknown-linux-gnu\nstructs:\n  s:\n"
          "    size: 8\n    at: x.h:3\n    fields:\n      a: u64 at 0, line 4\n")
    write(folder, "a.yml", untyped("a", 60).replace("a: 2", "a: { reg: 2, type: u32 }"))
    _, _, said = call(["check", "--layout", "s.yml", "a.yml"], folder)
    require("errors", len(re.findall("error: 'a' is u32 here", said)), 50)
    require("places", said.count("note: it is here"), 50)
    require("the rest", re.findall(r"error: (\d+) more like this; .* \[FA0608\]", said), ["10"])


def check_writes(folder):
    """A message is not a system call, let alone several: each write is a datagram here."""
    write(folder, "a.yml", untyped("a", 3000))
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with subprocess.Popen([GEN, "check", "--all", "a.yml"], cwd=folder, stderr=its) as process:
        its.close()
        pieces = list(iter(lambda: ours.recv(1 << 20), b""))
    ours.close()
    require("exit status", process.returncode, DONE)
    require("notes", b"".join(pieces).count(b"[FA0410]"), 3000)
    require("a write for at least 100 messages", len(pieces) <= 30, True)


@shows("UNTYPED")
def repeats(folder):
    """One note of a kind in a file, then a number; all with --all, and as JSON."""
    write(folder, "abi/a.yml", untyped("a", 52))
    write(folder, "abi/bb.yml", untyped("bb", 50))
    write(folder, "abi/ccc.yml", untyped("ccc", 1))
    lines = demand(["check", "abi/"], folder).splitlines()
    require("notes of each file", [sum(name in line for line in lines)
                                   for name in ("a.yml:", "bb.yml:", "ccc.yml:")], [2, 2, 1])
    _, _, said = call(["check", "--all", "abi/"], folder)
    require("notes with --all", said.count("[FA0410]"), 103)
    _, said, _ = call(["check", "--format", "json", "abi/"], folder)
    require("notes as JSON", said.count(b"FA0410"), 103)
    check_places(folder)
    check_writes(folder)


# ---- backends and output ----

def build_plugin(folder, fault):
    """Compile plugin.c with a fault; its name."""
    name = "%s.so" % fault.lower()
    command = [*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-DFAULT=" + fault,
               "-I" + os.path.join(ROOT, "include"), "-o", os.path.join(folder, name),
               os.path.join(HERE, "plugin.c")]
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode:
        raise Failure(result.stderr.decode("utf-8", "replace"))
    return name


# AddressSanitizer would take a crash for one of ours.
CRASHING = {"ASAN_OPTIONS": "handle_segv=0"}


def run_plugin(folder, fault):
    plugin = "./" + build_plugin(folder, fault)
    write(folder, "demo.yml", GOOD + "  second: { index: 1 }\n")
    demand(["generate", "--plugin", plugin, "-b", "plugin", "-o", "out", "demo.yml"], folder,
           CRASHING)


@shows("NO_SUCH_BACKEND")
def unknown_backend(folder):
    write(folder, "demo.yml", GOOD)
    demand(["generate", "-b", "cobol", "-o", "out", "demo.yml"], folder)
    demand(["generate", "-b", "C", "-o", "out", "demo.yml"], folder)
    demand(["generate", "-b", "x\ny" * 500, "-o", "out", "demo.yml"], folder)


@shows("NO_SUCH_OPTION")
def unknown_option(folder):
    write(folder, "demo.yml", GOOD)
    for setting in ("colour=red", "=red", "", "styl=struct", "stylee=struct"):
        demand(["generate", "-b", "c", "-O", setting, "-o", "out", "demo.yml"], folder)


@shows("NO_SUCH_OPTION")
def option_of_none(folder):
    plugin = "./" + build_plugin(folder, "OPTIONLESS")
    write(folder, "demo.yml", GOOD)
    demand(["generate", "--plugin", plugin, "-b", "plugin", "-O", "a=b", "-o", "out", "demo.yml"],
           folder)


@shows("BAD_OPTION_VALUE")
def bad_option_value(folder):
    write(folder, "demo.yml", GOOD)
    for setting in ("style=Struct", "style=", "style", "style=struct|value", "headers=a\nb",
                    "headers"):
        demand(["generate", "-b", "c", "-O", setting, "-o", "out", "demo.yml"], folder)
    demand(["generate", "-b", "c", "-O", "style=x", "-O", "y=z", "-o", "out", "demo.yml"], folder)


@shows("BAD_OPTION_VALUE")
def text_that_becomes_code(folder):
    """What cannot be a part of generated code, by the kind of option."""
    write(folder, "demo.yml", GOOD)
    values = {
        "headers": ("a b", "xen/>", "a//b", "<xen/", "xen\\", "a\x7f"),
        "types": ("", "sys/types.h,", ",a.h", "a.h,,b.h", "sys/", "a.h b.h", 'a"b', "/*x*/", "*/",
                  "a\nb", "a//b.h"),
        "interface_version": ("", "newest", "-1", "0x100000000", "010", "1..2", "0..0xffffffff"),
        "inline": ("", "static; int x", "static {", "a */ b", "/* a", "// a", "f(", "f(]", ")",
                   "#x", "a\\", "'a", '"a', "\u202e", "static\ninline", "(" * 33 + ")" * 33),
        "result": ("", "long *", "1ong", "long  long", " long", "long ", "int;", "x" * 129,
                   "const long", "long volatile", "static long"),
        "errno": ("", "positiv", "both"),
        "prefix": ("", "1a", "a-b", "a b", "x" * 129),
        "guard": ("", "A.B"),
        "licence": ("", "MIT OR", "OR MIT", "MIT GPL-2.0-only", "(MIT", "MIT)", "()", "MIT WITH",
                    "MIT WITH a WITH b", "MIT WITH a+", "MIT */", "MIT\n", "MIT or ISC",
                    "DocumentRef-a", "DocumentRef-a:b", "DocumentRef-:LicenseRef-b", "+", "-",
                    "AND", "DocumentRef-a:LicenseRef-", "DocumentRef-a:Licence-bbbb",
                    "a:LicenseRef-b", "DocumentRef-a!:LicenseRef-b", "AND MIT", "WITH MIT"),
        "banner": ("a */ b", "/*", "a\\", "a??/", "a\tb", "\u202ea"),
        "width": ("", "79", "121", "0x1", "-80", "80.5", "wide", "9" * 40),
        "instruction": ('"vmcall', 'a; b', '"vmcall" // x', "x {"),
        "instruction_headers": ("a.h,",),
        "instruction_outputs": ('"+r" (sp', "sp; x"),
    }
    for option, bad in values.items():
        for value in bad:
            demand(["generate", "-b", "c", "-O", f"{option}={value}", "-o", "out", "demo.yml"],
                   folder)
    demand(["generate", "-b", "xen", "-O", "headers=a b", "-o", "out", "demo.yml"], folder)


@shows("NO_SUCH_PROFILE")
def bad_profiles(folder):
    """What is wrong in a profile has a place in it."""
    write(folder, "demo.yml", GOOD)
    profiles = {
        "good": "doc: a\noptions: { c: { interface-version: 0x00030205 } }\n",
        "nothing": "",
        "keys": "doc: a\ndock: b\noption: { c: { width: 80 } }\n",
        "silent": "options: { c: { width: 80 } }\n",
        "shape": "doc: a\noptions:\n  c: [width]\n  rust:\n",
        "list": "doc: a\noptions: [c]\n",
        "values": "doc: a\noptions:\n  c:\n    width: 79\n    errno: positiv\n    types:\n"
                  "      - stdint\n    licence: MIT OR\n    inline: static {\n",
        "names": "doc: a\noptions:\n  cc: { width: 80 }\n  c: { with: 80, colour: red }\n"
                 "  fortran: { a: b }\n",
        "nested": "doc: a\noptions:\n  c:\n    profile: linux\n",
        "twice": "doc: a\noptions:\n  c:\n    width: 80\n    width: 90\n",
    }
    for name, text in profiles.items():
        write(folder, f"{name}.yml", text)
        demand(["generate", "-b", "c", "--profile", f"{name}.yml", "-o", "out", "demo.yml"], folder,
               keeps=("out", "out/fastabi", "out/fastabi.h", "out/fastabi/demo.h"))
    demand(["profiles", "mine"], folder, env={"FASTABI_PROFILE_PATH": folder + "/none"})
    demand(["generate", "-b", "c", "--profile", "./good.yml", "-o", ".", "--depfile", "good.yml",
            "demo.yml"], folder)


@shows("BACKEND_ABI")
def other_version(folder):
    run_plugin(folder, "VERSION")
    run_plugin(folder, "SIZE")


@shows("BACKEND_LOAD")
def bad_plugin(folder):
    for fault in ("NO_NAME", "BAD_NAME", "TAKEN", "UNDESCRIBED", "FLAGS", "NOTHING", "NO_ENTRY",
                  "NO_OPTIONS", "OPTION", "OPTION_NAME", "OPTION_HELP", "OPTION_TYPE",
                  "OPTION_CHOICES", "OPTION_TWICE"):
        run_plugin(folder, fault)
    write(folder, "text.so", "text")
    for plugin in ("text.so", "no.so", "./no.so", "."):
        demand(["generate", "--plugin", plugin, "-b", "c", "-o", "out", "demo.yml"], folder)


@shows("BACKEND_LOAD")
def crash_at_load(folder):
    """A plug-in that crashes before it has shown a backend, or by what it shows."""
    for fault in ("LOAD", "ENTRY", "UNLOAD", "LIE"):
        run_plugin(folder, fault)
        demand(["backends", "--plugin", "./%s.so" % fault.lower()], folder, CRASHING)


@shows("BACKEND_LOAD")
def exit_at_load(folder):
    """Not a success with nothing written."""
    for fault in ("EXIT_LOAD", "EXIT_ENTRY"):
        run_plugin(folder, fault)


@shows("BACKEND_CRASHED")
def forking_plugin(folder):
    """A process that a hook forks cannot write in its place, and is not waited for."""
    plugin = "./" + build_plugin(folder, "FORK")
    write(folder, "demo.yml", GOOD)
    demand(["generate", "--plugin", plugin, "-b", "plugin", "-o", "out", "demo.yml"], folder,
           keeps=("out", "out/file", "out/second"))
    for name in ("file", "second"):
        with open(os.path.join(folder, "out", name), encoding="utf-8") as stream:
            require(name, stream.read(), "text\n")
    start = time.monotonic()
    run_plugin(folder, "ORPHAN")
    require("it took less than 10 seconds", time.monotonic() - start < 10, True)


@shows("BACKEND_CRASHED")
def crash_while_writing(folder):
    for fault in ("CRASH", "CLEANUP", "EXIT"):
        run_plugin(folder, fault)
    # what was there before stays, byte by byte
    os.mkdir(os.path.join(folder, "out"))
    write(folder, "out/file", "as it was")
    run_plugin(folder, "CRASH")
    run_plugin(folder, "HALF")
    with open(os.path.join(folder, "out", "file"), encoding="utf-8") as stream:
        require("the old file", stream.read(), "as it was")


@shows("BACKEND_FAILED")
def good_plugin(folder):
    """The plug-in without a fault: it is the fault that is noticed. And what it may write."""
    plugin = "./" + build_plugin(folder, "GOOD")
    write(folder, "demo.yml", GOOD)
    base = ["generate", "--plugin", plugin, "-b", "plugin"]
    demand(base + ["-o", "out", "demo.yml"], folder, CRASHING, keeps=("out", "out/file"))
    demand(base + ["--verify", "-o", "out", "demo.yml"], folder)
    write(folder, "out/file", "other")
    demand(base + ["--verify", "-o", "out", "demo.yml"], folder)
    require("-o -", call(base + ["-o", "-", "demo.yml"], folder)[1], b"text\n")
    demand(base + ["-o", "demo.yml", "demo.yml"], folder)
    run_plugin(folder, "LONG")


@shows("NO_PROCESS")
def no_process(folder):
    """One descriptor is enough to read, not for a socket with two ends."""
    plugin = "./" + build_plugin(folder, "GOOD")
    write(folder, "demo.yml", GOOD)
    demand(["generate", "--plugin", plugin, "-b", "plugin", "-o", "out", "demo.yml"],
           folder, limit=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4)))


@shows("BACKEND_FAILED")
def failing_backend(folder):
    write(folder, "demo.yml", GOOD)
    for name, kind in (("one", "u32"), ("two", "i8")):
        write(folder, f"{name}/common/types.yml", "types: { port: { repr: %s } }\n" % kind)
        write(folder, f"{name}/{name}.yml", "name: %s\nhypercall_index: %d\n"
              "direct: { input: { p: { reg: 2, type: port } } }\n" % (name, len(kind)))
    demand(["generate", "-b", "rust", "-o", "out", "one/one.yml", "two/two.yml"], folder)
    run_plugin(folder, "SECOND")
    run_plugin(folder, "SILENT")  # it returned -EPERM
    run_plugin(folder, "LATE")
    run_plugin(folder, "TEMPLATE")


def list_backends():
    return re.findall(r"^(\w+): ", call(["backends"])[1].decode("utf-8"), re.MULTILINE)


@shows("SPEC_CLASH")
def two_specifications(folder):
    """What two specifications must not have in common, whatever is done with them."""
    for name, other in (("demo", 6), ("other", 5), ("demo", 5)):
        write(folder, "abi/a.yml", "# a comment\n" + GOOD)
        write(folder, "abi/b.yml", GOOD.replace("demo", name).replace(": 5", ": %d" % other))
        for backend in ["xen"] if name == "other" else list_backends():
            demand(["generate", "-b", backend, "-o", "out", "abi/a.yml", "abi/b.yml"], folder)
        for specs in (["abi/"], ["abi/a.yml", "abi/b.yml"]):
            demand(["check"] + specs, folder)
            demand(["show", "--decode", "rax=0x40000005", "rdi=0"] + specs, folder)
        demand(["diff", "abi/a.yml", "abi/"], folder)
        demand(["layout", "--headers", "/usr/include", "-o", "out", "abi/"], folder)


@shows("SHARED_INDEX")
def stubs_of_one_index(folder):
    """Stubs for both are written, with a warning."""
    write(folder, "a.yml", GOOD)
    write(folder, "b.yml", GOOD.replace("demo", "other"))
    for backend in sorted(set(list_backends()) - {"xen"}):
        command = ["generate", "-b", backend, "-o", "out-" + backend, "a.yml", "b.yml"]
        require(backend, call(command, folder)[0], DONE)
        demand(command, folder)


@shows("SPEC_CLASH")
def one_file_twice(folder):
    write(folder, "a.yml", GOOD)
    demand(["check", "a.yml", "a.yml"], folder)
    demand(["check", "a.yml", "./a.yml", "-"], folder)
    demand(["show", "a.yml.first", "a.yml.first"], folder)  # each by itself


@shows("SPEC_CLASH")
def errors_of_one(folder):
    """A specification with errors is not compared; the others are."""
    for name in ("a", "b", "c"):
        write(folder, name + ".yml", GOOD)
    write(folder, "b.yml", GOOD.replace("reg: 2", "reg: 0"))
    demand(["check", "."], folder)


@shows("BACKEND_SKIPPED")
def searched_plugin(folder):
    """A bad one in a search directory is a warning, and only when there is a reason to look
    there."""
    build_plugin(folder, "VERSION")
    write(folder, "text.so", "text")
    write(folder, "demo.yml", GOOD)
    env = {"FASTABI_BACKEND_PATH": folder + ":/nonexistent::"}
    demand(["backends"], folder, env)
    demand(["generate", "-b", "c", "-o", "-", "demo.yml"], folder, env)
    demand(["generate", "-b", "plugin", "-o", "out", "demo.yml"],
           folder, env)


@shows("OUTPUT_CLASH")
def two_of_one_name(folder):
    write(folder, "a.yml", GOOD)
    write(folder, "b.yml", GOOD)
    demand(["generate", "-b", "c", "-o", "out", "a.yml", "b.yml"], folder)
    demand(["generate", "-b", "c", "-o", "out", "a.yml", "a.yml"], folder)
    demand(["generate", "-b", "c", "-o", "out", "--verify", "a.yml", "b.yml"], folder)
    run_plugin(folder, "MANY")
    run_plugin(folder, "AGAIN")


@shows("BACKEND_FAILED")
def one_macro_for_as(folder):
    """Of two specifications: GNU as does not see the case of a macro's name."""
    write(folder, "a.yml", "name: x\nhypercall_index: 1\nsubops:\n  y_z: { index: 1 }\n")
    write(folder, "b.yml", "name: X_y\nhypercall_index: 2\nsubops:\n  z: { index: 1 }\n")
    demand(["generate", "-b", "asm", "-o", "out", "a.yml", "b.yml"], folder)
    write(folder, "c.yml", "name: x\nhypercall_index: 1\nsubops:\n  Y_z: { index: 1 }\n")
    if call(["generate", "-b", "asm", "-o", "fine", "c.yml"], folder)[0] != DONE:
        raise Failure("a capital letter is refused")


@shows("FLAT_NAME")
def one_function_name(folder):
    for name, text in (
            ("a", "name: a\nhypercall_index: 1\nsubops:\n  b: { index: 1 }\n  b_c: { index: 2 }\n"),
            ("b", "name: a_b\nhypercall_index: 2\nsubops:\n  c: { index: 1 }\n  d: { index: 2 }\n"),
            ("c", "name: a_b_d\nhypercall_index: 3\n"
                  "direct: { input: { x: 2 } , c_lang: { params: { x: uint64_t } } }\n"),
            ("d", "name: a_b_e\nhypercall_index: 4\nsubops:\n  c: { index: 1 }\n")):
        write(folder, name + ".yml", text)
    for backend in ("c", "asm"):
        demand(["generate", "-b", backend, "-o", "out", "a.yml", "b.yml"], folder)
        demand(["generate", "-b", backend, "-o", "out", "b.yml", "c.yml"], folder)
    demand(["generate", "-b", "c", "-o", "out", "a.yml", "b.yml", "c.yml"], folder)
    if call(["generate", "-b", "c", "-o", "fine", "b.yml", "d.yml"], folder)[0] != DONE:
        raise Failure("names that differ are refused")
    if call(["generate", "-b", "rust", "-o", "fine", "a.yml", "b.yml"], folder)[0] != DONE:
        raise Failure("Rust has modules")


@shows("BAD_OUTPUT_PATH")
def outside(folder):
    for fault in ("OUTSIDE", "ABSOLUTE", "HIDDEN", "EMPTY"):
        run_plugin(folder, fault)


@shows("BAD_OUTPUT_PATH")
def odd_names_in_depfile(folder):
    """What a depfile cannot name.  tests/buildsystems/depfile.py asks make and ninja for the rest.
    """
    for name in [*(f"a{c}b.yml" for c in ";=|%&'\"*?[<>^`\t"), "~a.yml", "a\\#b.yml",
                 "a\\:b.yml", "a\\$b.yml"]:
        write(folder, name, GOOD)
        demand(["generate", "-b", "c", "-o", "out", "--depfile", "d", name], folder)
        os.unlink(os.path.join(folder, name))
    write(folder, "a.yml", GOOD)
    for target in ("a(b)", "a:", "a\\", "a "):
        demand(["generate", "-b", "c", "-o", "out", "--depfile", "d", "--depfile-target", target,
                "a.yml"], folder)


@shows("BAD_OUTPUT_PATH")
def newline_in_depfile(folder):
    write(folder, "a\nb.yml", GOOD)
    demand(["generate", "-b", "c", "-o", "out", "--depfile", "d", "a\nb.yml"], folder)


@shows("BAD_OUTPUT_PATH")
def over_an_input(folder):
    """What is read is not replaced by what is made from it, whatever it is called."""
    types = "types: { port: { repr: u32 } }\n"
    text = GOOD.replace("type: u32", "type: port")
    write(folder, "demo.yml", text)
    write(folder, "common/types.yml", types)
    os.symlink("demo.yml", os.path.join(folder, "link.yml"))
    for output in ("demo.yml", "./demo.yml", "link.yml", "common/types.yml"):
        demand(["generate", "-b", "json", "-o", output, "demo.yml"], folder)
        demand(["layout", "--headers", "/usr/include", "-o", output, "demo.yml"], folder)
    demand(["generate", "-b", "json", "-o", "out", "--depfile", "demo.yml", "demo.yml"], folder)
    for name, content in (("demo.yml", text), ("common/types.yml", types)):
        with open(os.path.join(folder, name), encoding="utf-8") as stream:
            require(name, stream.read(), content)


@shows("STDOUT_SEVERAL")
def two_to_stdout(folder):
    write(folder, "a.yml", GOOD)
    write(folder, "b.yml", GOOD.replace("demo", "demo2").replace(": 5", ": 6"))
    for arguments in (["-o", "-", "a.yml", "b.yml"], ["a.yml", "b.yml"],
                      ["-o", "-", "--verify", "a.yml"],
                      ["-o", "-", "--depfile", "d", "a.yml"]):
        demand(["generate", "-b", "c"] + arguments, folder)
    demand(["generate", "-b", "asm", "a.yml"], folder)
    demand(["generate", "-b", "asm", "-O", "syntax=gas", "a.yml"], folder)


@shows("CANNOT_WRITE")
def in_the_way(folder):
    write(folder, "demo.yml", GOOD)
    write(folder, "out/fastabi", "a file")
    demand(["generate", "-b", "c", "-o", "out", "demo.yml"], folder)
    os.makedirs(os.path.join(folder, "two", "fastabi", "demo.h"))
    demand(["generate", "-b", "c", "-o", "two", "demo.yml"], folder)
    demand(["generate", "-b", "c", "-o", "demo.yml", "demo.yml"], folder)
    demand(["generate", "-b", "c", "-o", "/proc/no", "demo.yml"], folder)
    demand(["generate", "-b", "c", "-o", "three", "--depfile", "demo.yml/d", "demo.yml"], folder)


@shows("CANNOT_WRITE")
def limit_of_size(folder):
    """A file that grows too large is an error, not a signal, and leaves nothing."""
    demand(["generate", "-b", "html", "-o", "out.html", "event_channel"], folder,
           limit=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))


@shows("CANNOT_WRITE")
def no_permission(folder):
    """A directory that cannot be written to, and a file that cannot be read."""
    if os.geteuid() == 0:
        os.chmod(folder, 0o755)
    write(folder, "demo.yml", GOOD)
    write(folder, "secret.yml", GOOD)
    write(folder, "include/xen/xen.h", "")
    os.makedirs(os.path.join(folder, "out"))
    os.chmod(os.path.join(folder, "out"), 0o555)
    os.chmod(os.path.join(folder, "secret.yml"), 0)
    for arguments in (["generate", "-b", "c", "-o", "out", "demo.yml"],
                      ["generate", "-b", "json", "-o", "out/x", "demo.yml"],
                      ["new", "x", "-o", "out/x.yml"], ["check", "secret.yml"],
                      ["check", "--headers", "include", "--include", "secret.yml", "demo.yml"]):
        demand(arguments, folder, limit=leave_root)


@shows("DIFFERS")
def verified(folder):
    write(folder, "demo.yml", GOOD)
    verify = ["generate", "-b", "c", "-o", "out", "--verify", "demo.yml"]
    demand(verify, folder)
    done = call(["generate", "-b", "c", "-o", "out", "demo.yml"], folder)
    require("generate", done, (DONE, b"", ""))
    demand(verify, folder)
    path = os.path.join(folder, "out", "fastabi", "demo.h")
    with open(path, encoding="utf-8") as stream:
        lines = stream.readlines()
    for changed in (lines[:6] + ["x" + lines[6]] + lines[7:], lines[:-1], lines + ["x"],
                    lines[:-1] + [lines[-1][:-1]]):
        write(folder, "out/fastabi/demo.h", "".join(changed))
        demand(verify, folder)
    os.unlink(path)
    os.symlink("/dev/null", path)
    demand(verify, folder)


# ---- the names of files ----

@shows("NOT_AN_IDENTIFIER")
def odd_file_names(folder):
    """A file may have any name; a message is one line all the same, and no terminal obeys it."""
    for name in ("a b.yml", "a:1:2: error: x [FA0001].yml", "\u00e9.yml", "%s%n.yml",
                 "a\nb.yml", "\x1b[31mred.yml", "\t.yml", "\x7f.yml"):
        write(folder, name, "name: a-b\nhypercall_index: 5\ndirect: { doc: x }\n")
        errors = demand(["check", name], folder)
        raw = [c for c in errors[:-1] if c < " " or c == "\x7f"]
        require("%r is printed as it is" % name, raw, [])


# ---- texts that would be code ----

GOLDEN = os.path.join(ROOT, "tests", "golden", "spec")


@shows("NOT_AN_IDENTIFIER")
def every_text_of_demo(folder):
    places.try_all(GOLDEN, "demo.yml", "demo.yml", folder)


@shows("NOT_AN_IDENTIFIER")
def every_text_of_dispatch(folder):
    places.try_all(GOLDEN, "dispatch.yml", "dispatch.yml", folder)


@shows("NOT_AN_IDENTIFIER")
def every_text_of_types(folder):
    places.try_all(GOLDEN, "demo.yml", "common/types.yml", folder)


@shows("BAD_DUMP")
def trace_records(folder):
    """Streams that xentrace does not write, or that are not whole."""
    write(folder, "demo.yml", GOOD)
    cpu = struct.pack("<III", 0x2001f003, 0, 0)
    for name, stream in (
            ("cut", cpu + struct.pack("<IQ", 0x60088001, 0x40000005)),
            ("cut-header", cpu + b"\1\x80"),
            ("no-cpu", struct.pack("<IQ", 0x20088004, 0)),
            ("far-cpu", struct.pack("<III", 0x2001f003, 4096, 0)),
            ("other-length", cpu + struct.pack("<II", 0x10088004, 0))):
        path = os.path.join(folder, write(folder, name, stream))
        status, _, errors = call(["show", "--decode", "-", "demo.yml"], folder, source=path)
        write_down("$ fastabi-gen show --decode - demo.yml <" + name, errors, status, folder)
