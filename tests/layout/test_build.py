# SPDX-License-Identifier: MIT
"""What is loaded and linked: libclang for headers only; a build without it has everything else."""
import os
import pathlib
import re
import subprocess
import tempfile

from tool import BUILD, GEN, HEADERS, TOP, brief, call


def opened_files(*arguments):
    with tempfile.NamedTemporaryFile() as log:
        subprocess.run(["strace", "-f", "-e", "trace=open,openat,execve", "-o", log.name,
                        GEN, *map(str, arguments)], cwd=TOP,
                       stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return pathlib.Path(log.name).read_text(errors="replace")


def check_loading(report, scratch):
    for file in (GEN, BUILD / ".libs/libfastabi.so"):
        text = subprocess.run(["ldd", file], capture_output=True, text=True).stdout
        report.check("libc.so" in text and not re.search("clang|LLVM", text),
                     f"ldd {file}: no libclang", text)
    snapshot = scratch / "layout.yml"
    status, _, said = call("layout", "--headers", HEADERS["4.17"], "-o", snapshot, "abi/")
    report.check(status == 0, "a snapshot", said)
    for title, arguments, wanted in (
            ("generate", ("generate", "-b", "c", "-o", scratch / "a", "abi/"), False),
            ("generate --layout",
             ("generate", "-b", "c", "--layout", snapshot, "-o", scratch / "b", "abi/"), False),
            ("check", ("check", "abi/"), False),
            ("check --layout", ("check", "--layout", snapshot, "abi/"), False),
            ("check --headers", ("check", "--headers", HEADERS["4.17"], "abi/"), True)):
        text = opened_files(*arguments)
        report.check("vcpu.yml" in text
                     and bool(re.search("libclang|libLLVM|fastabi-layout", text)) == wanted,
                     f"strace {title}: libclang is {'loaded' if wanted else 'not loaded'}")


def build_without(report, scratch, amount):
    """configure --without-libclang; what it cannot do it says."""
    folder = TOP / "build" / "test" / "without-libclang"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "Makefile").exists():
        done = subprocess.run([os.path.relpath(TOP / "configure", folder), "--without-libclang",
                               "--enable-werror"], cwd=folder,
                              capture_output=True, text=True)
        if not report.check(done.returncode == 0, "configure --without-libclang",
                            done.stdout[-500:] + done.stderr[-500:]):
            return
    done = subprocess.run(["make", "-j2"], cwd=folder, capture_output=True, text=True)
    if not report.check(done.returncode == 0, "make without libclang", done.stderr[-1000:]):
        return
    report.check(not list((folder / ".libs").glob("fastabi-layout*")),
                 "no module is built without libclang")
    snapshot = scratch / "layout.yml"

    def other(*arguments):
        return subprocess.run([folder / "fastabi-gen", *map(str, arguments)],
                              cwd=TOP, capture_output=True, text=True)

    done = other("check", "--headers", HEADERS["4.17"], "abi/")
    report.said("headers without libclang", done.stderr)
    report.check(done.returncode == 2 and brief(done.stderr) == ["FA0602 error fastabi-gen:0"] or
                 "[FA0602]" in done.stderr, "headers without libclang are refused by name",
                 done.stderr)
    done = other("check", "--strict", "--layout", snapshot, "abi/")
    report.check(done.returncode == 0, "check with a snapshot, without libclang", done.stderr)
    for source in ((), ("--layout", snapshot)):
        ours = other("generate", "-b", "c", *source, "-o", scratch / "without", "abi/")
        status, _, said = call("generate", "-b", "c", *source, "-o", scratch / "with", "abi/")
        same = subprocess.run(["diff", "-r", scratch / "without", scratch / "with"],
                              capture_output=True, text=True)
        report.check(ours.returncode == status == 0 and same.returncode == 0,
                     f"generate {' '.join(map(str, source))} gives the same without",
                     ours.stderr + same.stdout[:500])


def run(report, amount):
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        check_loading(report, scratch)
        build_without(report, scratch, amount)
