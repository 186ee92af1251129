# SPDX-License-Identifier: MIT
"""Headers of trees that need more than themselves: what --include gives them, types of the tree's
own, and the compiler's own headers for every target, wherever the command runs."""
import glob
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from tool import BUILD, DEMO, GEN, brief, call, messages

# As trees have them: words and types that are defined elsewhere.
XEN_H = """TREE_LICENCE(MIT)
#include "bits.h"
#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040e00
#define __HYPERVISOR_demo_op 3
"""
DEMO_H = """#include "xen.h"
#define DEMOOP_go TREE_GO
typedef struct demo_go {
    U32 a;
    u64 b;
} __tree_packed demo_go_t;
"""
WORDS_H = """#pragma once
#include <tree/packed.h>
#include "beside.h"
#define TREE_LICENCE(x)
#define TREE_GO 1
"""
TYPES_H = """typedef unsigned int U32;
typedef unsigned long long uint64_t; /* not the compiler's type of that name */
"""
BITS_H = """typedef uint64_t u64;
typedef long long int64_t; /* neither is this, and ours comes before it */
"""
SPEC = DEMO + """    input: { a: { reg: 2, type: u32 }, b: { reg: 3, type: u64 } }
    c_lang: { struct: demo_go }
"""
PLAIN = SPEC.replace("demo.h", "plain.h")
SIZES = "u32 at 0", "u64 at 4", "size: 12"
TARGETS = ("x86_64-unknown-none", "x86_64-pc-windows-msvc", "x86_64-unknown-windows-gnu",
           "x86_64-unknown-linux-gnu")
FROM = ("--headers", "public", "-I", "include")
PRELUDES = ("--include", "words.h", "--include", "types.h")


def write_tree(folder):
    for name, text in {"public/xen.h": XEN_H, "public/demo.h": DEMO_H, "public/bits.h": BITS_H,
                       "include/tree/packed.h": "#define __tree_packed __attribute__((packed))\n",
                       "words.h": WORDS_H, "beside.h": "", "types.h": TYPES_H,
                       "demo.yml": SPEC}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def check_options(report, folder):
    """What is said when the files are missing, wrong, or not fitting."""
    (folder / "faulty.h").write_text("struct { int x y; };\n")
    for title, words, status in (
            ("without", (), 1), ("with the first only", PRELUDES[:2], 1),
            ("with both", PRELUDES, 0), ("that is not there", (*PRELUDES, "--include", "no.h"), 3),
            ("that is a directory", ("--include", "public"), 3),
            ("that is empty", ("--include", ""), 2),
            ("with a fault", (*PRELUDES, "--include", "faulty.h"), 1)):
        done, _, said = call("check", *FROM, *words, "demo.yml", cwd=folder)
        report.check(done == status, f"prelude: check {title}: status {done}", said)
        report.said(f"a prelude {title}", said)
    done, _, said = call("check", *PRELUDES, "demo.yml", cwd=folder)
    report.check(done == 2, "prelude: without headers", said)
    report.said("a prelude without headers", said)


def check_kinds(report, folder):
    """What a parser would wait for, never finish, or not find by the name it is given."""
    os.mkfifo(folder / "fifo.h")
    with open(folder / "large.h", "wb") as file:
        file.truncate((64 << 20) + 1)
    odd = 'a"b.h', "a\\b.h", "a\nb.h", 'a"/b.h'
    for name in odd:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    for name in ("fifo.h", "/dev/zero", "large.h", *odd):
        done, _, said = call("check", *FROM, *PRELUDES, "--include", name, "demo.yml", cwd=folder,
                             timeout=30)
        report.check(done != 0 and len(messages(said)) == 1, f"prelude: {name!r}", said)
        report.said(f"a prelude {name!r}", said)


def check_headers(report, folder):
    """The same of the headers themselves: named by the specification, or included by another."""
    for name, words in (("demo.h", FROM), ("bits.h", FROM), ("more/late.h", FROM),
                        ("demo.h", ("--headers", "other", *FROM))):
        there = folder / words[1] / name
        kept = there.read_bytes() if there.exists() else None
        there.unlink(missing_ok=True)
        there.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(there)
        done, _, said = call("check", *words, *PRELUDES, "demo.yml", cwd=folder, timeout=30)
        report.check(done != 0 and len(messages(said)) == 1, f"prelude: header {name!r}", said)
        report.said(f"a header {name!r} in {words[1]}", said)
        there.unlink()
        if kept is not None:
            there.write_bytes(kept)


def check_order(report, folder):
    """A fault of a prelude is said of it, and not of the headers that it shows in first."""
    cases = ("struct left_open {\n    int a;\n", '#include "left.h"\n', "int x = (\n",
             "extern\n", "#if 1\n", "#error no\n")
    (folder / "left.h").write_text(cases[0])
    for text in cases:
        (folder / "left-open.h").write_text(text)
        for words in (("check",), ("generate", "-b", "c", "-o", "out")):
            done, _, said = call(*words, *FROM, *PRELUDES, "--include", "left-open.h", "demo.yml",
                                 cwd=folder)
            found = brief(said)
            report.check(done == 1 and found and all(" left" in line for line in found),
                         f"prelude: a fault of one, {words[0]} {text!r}", said)


def check_commands(report, folder):
    """Every command that reads headers takes them; what they include is a dependency."""
    done, _, said = call("generate", "-b", "c", *FROM, *PRELUDES, "-o", "out", "--depfile", "d",
                         "demo.yml", cwd=folder)
    named = (folder / "d").read_text().split() if not done else []
    report.check(done == 0 and {"words.h", "beside.h", "types.h", "public/demo.h",
                                "include/tree/packed.h"} <= set(named),
                 "prelude: the depfile names the files and what they include", (said, named))
    done, _, said = call("generate", "-b", "c", "--headers", "./public", "-I", "./include",
                         *PRELUDES, "-o", "out", "--depfile", "d", "demo.yml", cwd=folder)
    named = (folder / "d").read_text().split()
    report.check(done == 0 and {"words.h", "./public/demo.h", "./include/tree/packed.h"}
                 <= set(named), "prelude: the depfile has ./ where the command line has", named)
    written = (folder / "out/fastabi/demo.h").read_text() if not done else ""
    report.check("12" in written and "demo_go" in written, "prelude: generate", said)
    done, out, said = call("layout", *FROM, *PRELUDES, "-o", "-", "demo.yml", cwd=folder)
    report.check(done == 0 and all(text in out for text in SIZES), "prelude: layout", said + out)
    (folder / "saved.yml").write_text(out)
    done, _, said = call("check", "--strict", "--layout", "saved.yml", "demo.yml", cwd=folder)
    report.check("FA06" not in said, "prelude: a snapshot needs none", said)
    done, out, said = call("new", "demo", *FROM, *PRELUDES, "--struct", "demo_go", cwd=folder)
    report.check(done == 0 and "struct: demo_go" in out, "prelude: new", said)


def check_types(report, folder):
    """The tree's own types may be others of the same width and sign; what differs is an error."""
    (folder / "twice.h").write_text("struct demo_go { int a; };\n")
    done, _, said = call("check", *FROM, *PRELUDES, "--include", "twice.h", "demo.yml", cwd=folder)
    report.check(done == 1 and [m["id"] for m in messages(said)][:1] == ["FA0603"],
                 "prelude: a struct that is there twice", said)
    demo = (folder / "public/demo.h").read_text()
    for text in ("typedef unsigned int uint64_t;", "typedef long uint64_t;", "int uint32_t;",
                 "typedef struct { int a; } uint32_t;"):
        (folder / "other.h").write_text(text + "\n")
        done, _, said = call("check", *FROM, *PRELUDES[:2], "--include", "other.h", *PRELUDES[2:],
                             "demo.yml", cwd=folder)
        report.check(done == 1, f"prelude: another type in a prelude, {text}", said)
        (folder / "public/demo.h").write_text(f"{text}\n{demo}")
        done, _, said = call("check", *FROM, *PRELUDES, "demo.yml", cwd=folder)
        report.check(done == 1, f"prelude: another type in a header, {text}", said)
        (folder / "public/demo.h").write_text(demo)
    (folder / "open.h").write_text("extern\n")
    done, _, said = call("check", *FROM, *PRELUDES, "--include", "open.h", "demo.yml", cwd=folder)
    report.check(done == 1, "prelude: one that ends within a declaration", said)


def hostile_directory(folder):
    """A working directory with what libclang would take if it looked for its headers there."""
    versions = {pathlib.Path(path).name for path in glob.glob("/usr/lib/llvm-*/lib/clang/*")}
    for version in versions:
        for below in ("lib/clang", "clang", "../lib/clang", "../clang"):
            own = folder / below / version / "include"
            own.mkdir(parents=True, exist_ok=True)
            for name in ("stdint.h", "stddef.h"):
                (own / name).write_text('#error "of the working directory"\n')
    return len(versions)


def check_no_own(report, folder):
    """A libclang without its headers: no others are taken, and it is said; most headers need none.
    """
    module = max(pathlib.Path(GEN).parent.glob("**/fastabi-layout-clang.so"), key=str,
                 default=BUILD / ".libs/fastabi-layout-clang.so")
    loaded = subprocess.run(["ldd", module], check=True, capture_output=True, text=True).stdout
    name, path = re.search(r"(libclang\S*) => (\S+)", loaded).groups()
    alone = folder / "alone"
    alone.mkdir()
    shutil.copy(path, alone / name)
    env = {"LD_LIBRARY_PATH": str(alone)}
    base = folder / "needs/xen"
    shutil.copytree(folder / "first/xen", base)
    shutil.copy(folder / "tree/usr/include/xen/plain.h", base)
    done, _, said = call("check", "--headers", folder / "needs", "plain.yml", cwd=folder, env=env)
    report.check(done == 1 and "'stdint.h' file not found" in said
                 and f"{alone / name}: error: the compiler's own headers" in said,
                 "prelude: it is said that the compiler's own headers are not there", said)
    report.said("headers that libclang lacks", said.replace(str(alone / name), "LIBCLANG")
                .replace(str(folder), "FOLDER"))
    text = (base / "xen.h").read_text()
    (base / "xen.h").write_text(re.sub(r"#include <.*>\n", "", text))
    done, _, said = call("check", "--headers", folder / "needs", "plain.yml", cwd=folder, env=env)
    report.check(done == 0 and "own headers" not in said,
                 "prelude: without them where headers need none", said)


def check_once(report, folder):
    """A process looks for the compiler's own headers once, however many parses it makes."""
    with open(folder / "needs/xen/plain.h", "a", encoding="utf-8") as header:
        header.write('#include "nowhere.h"\n')
    done = subprocess.run(["strace", "-f", "-e", "trace=openat,/access", GEN, "generate", "-b", "c",
                           "--headers", "needs", "-o", "out", "plain.yml"], cwd=folder, check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    parses = len(re.findall(r'openat.*needs/xen/xen.h".*= \d', done.stderr))
    looks = len(re.findall(r'access.*/include/stddef.h".*= 0', done.stderr))
    report.check((parses > 2, looks) == (True, 1), "prelude: one look for the compiler's headers",
                 f"{parses} parses, {looks} looks: {done.stderr[-2000:]}")


def check_own_headers(report, folder):
    """<stdint.h> is the compiler's, or the tree's; never one of this system."""
    wrong = '#error "of a libc"\n'
    tree = folder / "tree/usr/include"
    (tree / "xen").mkdir(parents=True)
    (tree / "xen/xen.h").write_text("#include <stdint.h>\n#include <stddef.h>\n"
                                    "#define __HYPERVISOR_demo_op 3\n"
                                    "#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040e00\n")
    (tree / "xen/plain.h").write_text(
        '#include "xen.h"\n#define DEMOOP_go 1\n'
        "struct demo_go { uint32_t a; uint64_t b; } __attribute__((packed));\n")
    (tree / "stdint.h").write_text(wrong)
    (folder / "plain.yml").write_text(PLAIN)
    elsewhere = folder / "elsewhere/deep"
    elsewhere.mkdir(parents=True)
    report.check(hostile_directory(elsewhere) > 0, "prelude: versions of clang are there")
    for target in TARGETS:
        for place in (folder, elsewhere):
            done, out, said = call("layout", "--target", target, "--headers", tree, "-o", "-",
                                   folder / "plain.yml", cwd=place)
            report.check(done == 0 and all(text in out for text in SIZES),
                         f"prelude: <stdint.h> for {target} in {place.name}", said)
    done, _, said = call("check", "--headers", tree, "-I", tree, "plain.yml", cwd=folder)
    report.check(done == 1 and "of a libc" in said,
                 "prelude: -I is before the compiler's headers, whatever --headers says", said)
    shutil.copytree(tree / "xen", folder / "first/xen")
    os.remove(folder / "first/xen/plain.h")
    done, _, said = call("check", "--headers", folder / "first", "--headers", tree, "plain.yml",
                         cwd=folder)
    report.check(done == 0, "prelude: the second --headers is after the compiler's, too", said)
    check_no_own(report, folder)
    check_once(report, folder)
    own = folder / "own"
    own.mkdir()
    (own / "stdint.h").write_text('#error "of the tree"\n')
    done, _, said = call("check", "--headers", tree, "-I", own, "plain.yml", cwd=folder)
    report.check(done == 1 and "of the tree" in said,
                 "prelude: the tree's <stdint.h> is before the compiler's", said)
    os.remove(tree / "stdint.h")
    (tree / "xen/plain.h").write_text('#include "xen.h"\n#include <stdlib.h>\n')
    for target in TARGETS:
        done, _, said = call("check", "--target", target, "--headers", tree, "plain.yml",
                             cwd=folder)
        report.check(done == 1 and "'stdlib.h' file not found" in said,
                     f"prelude: nothing of this system's libc for {target}", said)


def run(report, _amount):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_tree(folder)
        check_options(report, folder)
        check_kinds(report, folder)
        check_headers(report, folder)
        check_order(report, folder)
        check_commands(report, folder)
        check_types(report, folder)
        check_own_headers(report, folder)
