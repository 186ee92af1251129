#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Builds a guest kernel: the boot code and runtime of boot/, and the sources or objects given.

    tests/guest/image.py -o OUT.elf [--headers DIR] [-I DIR]... [-D NAME[=VALUE]]... FILE...

DIR has Xen's public headers (xen/xen.h).  Must not know what the kernel does.
"""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BOOT = [os.path.join(HERE, "boot", name)
        for name in ("start.S", "cpu.c", "xen.c", "print.c", "text.c", "tap.c")]
SCRIPT = os.path.join(HERE, "boot", "guest.lds")

FLAGS = ["-std=gnu11", "-m64", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-ffreestanding",
         "-fno-builtin",
         "-mno-red-zone", "-mgeneral-regs-only", "-fno-pie", "-fcf-protection=none",
         "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-fno-strict-aliasing",
         "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"]


class BuildError(Exception):
    pass


def run(command, timeout=300):
    """Run a command; its messages in the exception if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except FileNotFoundError:
        raise BuildError(f"{command[0]}: not found; install it")
    except subprocess.TimeoutExpired:
        raise BuildError(f"{command[0]}: no end after {timeout} s")
    if done.returncode:
        raise BuildError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def headers_dir(given=None):
    """Xen's headers: as given, from a build of Xen, or the system's."""
    for folder in (given, os.environ.get("XEN_HEADERS"), os.path.join(xen_out(), "include"),
                   "/usr/include"):
        if folder and os.path.exists(os.path.join(folder, "xen", "xen.h")):
            return folder
    raise BuildError("there are no headers of Xen: run scripts/xen-build, or install libxen-dev")


def xen_out():
    """What scripts/xen-build leaves: stock/xen, fastabi/xen, include/."""
    return os.environ.get("XEN_OUT") or os.path.join(HERE, "..", "..", "build", "xen")


def compile_file(source, folder, options=(), headers=None):
    """Compile or assemble one source into a directory; the object's path.  Objects are taken as
    they are."""
    if source.endswith((".o", ".a", ".rlib")):
        return source
    target = os.path.join(folder, os.path.basename(source) + ".o")
    run(["gcc", *FLAGS, "-isystem", headers_dir(headers), "-I", HERE, *options, "-c", source,
         "-o", target])
    return target


def build(out, files, options=(), headers=None):
    """A kernel from these files, C, assembly, objects or archives."""
    folder = out + ".o"
    os.makedirs(folder, exist_ok=True)
    objects = [compile_file(f, folder, () if f in BOOT else options, headers)
               for f in BOOT + list(files)]
    run(["ld", "-nostdlib", "-static", "-m", "elf_x86_64", "-z", "noexecstack",
         "-z", "max-page-size=4096",
         "--build-id=none", "--gc-sections", "--no-warn-rwx-segments", "-T", SCRIPT, "-o",
         out, *objects])
    return out


def main():
    parser = argparse.ArgumentParser(description="Builds a guest kernel for the tests.")
    parser.add_argument("-o", dest="out", required=True)
    parser.add_argument("--headers", metavar="DIR", help="Xen's public headers")
    parser.add_argument("-I", dest="include", action="append", default=[])
    parser.add_argument("-D", dest="define", action="append", default=[])
    parser.add_argument("files", nargs="+", metavar="FILE")
    args = parser.parse_args()
    options = [f"-I{d}" for d in args.include] + [f"-D{d}" for d in args.define]
    try:
        build(args.out, args.files, options, args.headers)
    except BuildError as error:
        sys.exit(f"image.py: {error}")


if __name__ == "__main__":
    main()
