# SPDX-License-Identifier: MIT
"""A second system that makes its hypercalls through generated bridges: Debian's Xen as a guest of
Xen, in which a PV domain runs (a shim).  Builds it.  Must not know how a machine is booted."""
import os
import shlex
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PATCH = os.path.join(TOP, "xen", "guest", "0001-x86-guest-make-hypercalls-through-FastABI.patch")
# Where the bridges are, below the tree, and what the patch includes of them.
BRIDGES = "xen/arch/x86/include/asm/guest"
SPECS = ["console_io", "event_channel", "grant_table", "hvm", "memory", "sched", "vcpu"]
# Xen's own functions start with xen_hypercall.
OPTIONS = ["-b", "c", "--profile", "xen-public", "-O", "style=bridge", "-O", "transfer=macro",
           "-O", "types=xen/types.h", "-O", "prefix=xen_fast_call"]

# What stays classic: writes of no bytes, which the bridges leave alone.
CLASSIC = {"console_io.write"}


def build(xen_out, out):
    """Of the tree that scripts/xen-build left as it was, each time from the start.
    (the hypervisor, "") or (None, what went wrong)."""
    generator = os.path.abspath(os.environ.get("FASTABI_GEN")
                                or os.path.join(TOP, "build", "fastabi-gen"))
    source = os.path.join(out, "source")
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("CC", "CFLAGS", "LDFLAGS", "CPPFLAGS", "MAKEFLAGS")}
    # A wrapper of python that comes first costs minutes.
    environment["PATH"] = "/usr/bin:" + environment["PATH"]
    environment["FASTABI_ABI_PATH"] = os.path.join(TOP, "abi")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    config = os.path.join(source, "xen", ".config")
    make = ["make", "-C", os.path.join(source, "xen")]
    for command in (["cp", "-a", os.path.join(xen_out, "original"), source],
                    ["patch", "-d", source, "-p1", "--no-backup-if-mismatch", "-i", PATCH],
                    [generator, "generate", *OPTIONS, "-o", os.path.join(source, BRIDGES), *SPECS],
                    ["sh", "-c", f"echo CONFIG_XEN_GUEST=y >>{shlex.quote(config)}"],
                    [*make, "olddefconfig"], [*make, f"-j{os.cpu_count()}", "build"]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True,
                              check=False)
        if done.returncode:
            return None, f"{command[0]}: {(done.stdout + done.stderr)[-3000:]}"
    return os.path.join(source, "xen", "xen"), ""


def files(dom0, out, hypervisor):
    """What the machine's dom0 has besides its root, and what the domain has: {path: file}."""
    domain = {"init": os.path.join(dom0, "init"), "bin/work": os.path.join(out, "work"),
              "job/little": os.path.join(HERE, "job", "little")}
    machine = {"init": os.path.join(dom0, "init"), "shim": hypervisor,
               "job/toolstack": os.path.join(dom0, "job", "toolstack"),
               "job/second": os.path.join(HERE, "job", "second"),
               "vmlinuz": os.path.join(out, "vmlinuz"),
               "domu.cpio": os.path.join(out, "little.cpio")}
    return machine, domain
