# SPDX-License-Identifier: MIT
"""A Xen with a Linux dom0 in QEMU: packs initramfs images, boots, and reads what came over the
serial line.

Must not know what is tested.
"""
import os
import re
import subprocess
import time

# What TCG emulates well enough, by the kind of dom0: a PV dom0 fails with SMAP, a PVH Linux with
# RDTSCP, domU or dom0. With ERMS, guests copy and clear memory by bytes, each of which takes TCG as
# long as a word.
CPU = {"pv": "max,-smap,-rdtscp,-erms", "pvh": "max,-rdtscp,-erms"}
# The kernel's log has a time in front, and a domU's lines say whose they are.
TAP = re.compile(r"^(?:\(d(\d+)\) )?(?:\[ *[0-9.]+\] )?(?:fastabi: )?((?:not )?ok "
                 r"\d+.*|1\.\.\d+.*|Bail out!.*)$")


# ---- initramfs ----

def cpio_member(name, data, mode, device=(0, 0)):
    """One file of a "newc" archive."""
    encoded = name.encode() + b"\0"
    numbers = [0, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0]
    member = b"070701" + b"".join(b"%08X" % number for number in numbers) + encoded
    member += b"\0" * (-len(member) % 4)
    return member + data + b"\0" * (-len(data) % 4)


def make_initramfs(to, root, files):
    """An archive of a directory and of {path: file} besides, with the one device that the kernel
    itself opens."""
    members = []
    for path, folders, names in os.walk(root):
        for name in sorted(folders):
            members.append((os.path.relpath(os.path.join(path, name), root), b"", 0o040755))
        for name in sorted(names):
            with open(os.path.join(path, name), "rb") as file:
                members.append(
                    (os.path.relpath(os.path.join(path, name), root), file.read(), 0o100755))
    made = {name for name, _, _ in members}
    for name, source in files.items():
        parent = os.path.dirname(name)
        if parent and parent not in made:
            made.add(parent)
            members.append((parent, b"", 0o040755))
        with open(source, "rb") as file:
            members.append((name, file.read(), 0o100755))
    with open(to, "wb") as archive:
        for member in members:
            archive.write(cpio_member(*member))
        archive.write(cpio_member("dev/console", b"", 0o020600, (5, 1)))
        archive.write(cpio_member("TRAILER!!!", b"", 0))


# ---- one boot ----

class Boot:
    """What one machine run gave: its log, how it ended, and the TAP lines of each domain."""

    def __init__(self, log, seconds, timed_out):
        self.log = log
        self.seconds = seconds
        self.timed_out = timed_out
        with open(log, encoding="utf-8", errors="replace") as file:
            self.lines = [line.rstrip("\r\n") for line in file]

    def tap(self, domain):
        """TAP lines of a domain, "0" being dom0."""
        found = (TAP.match(line) for line in self.lines)
        return [match.group(2) for match in found if match and (match.group(1) or "0") == domain]

    def has(self, pattern):
        return any(re.search(pattern, line) for line in self.lines)


def boot(xen, kind, vmlinux, initramfs, words, log, timeout, memory, dom0, options="", extra=()):
    """Boot Xen with Linux as dom0 of a kind ("pv" or "pvh"), which has WORDS in its command line
    and DOM0 of the megabytes, and Xen OPTIONS; ends when it reboots, or at the timeout."""
    linux = f"console=hvc0 rdinit=/init quiet panic=1 {words}"
    hypervisor = ("com1=115200,8n1 console=com1 loglvl=all guest_loglvl=all dom0-iommu=none "
                  f"dom0_mem={dom0}M dom0_max_vcpus=1 {options}").strip()
    if kind == "pvh":
        linux += " acpi=off"
        hypervisor += " dom0=pvh"
    # A comma inside of an argument of -initrd is written twice.
    modules = ",".join(part.replace(",", ",,") for part in [f"{vmlinux} {linux}", initramfs])
    if os.path.exists(log):
        os.remove(log)
    # In the foreground: in our group of processes, so that what ends us ends it too.
    command = ["timeout", "--foreground", "--kill-after=5", str(timeout),
               "qemu-system-x86_64", "-cpu", CPU[kind], "-m", str(memory), "-display", "none",
               "-no-reboot", "-monitor", "none", "-nic", "none", "-serial", f"file:{log}",
               "-kernel", xen, "-append", hypervisor, "-initrd", modules, *extra]
    start = time.monotonic()
    with open(log + ".qemu", "w", encoding="utf-8") as out:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=subprocess.STDOUT, check=False)
    seconds = time.monotonic() - start
    if not os.path.exists(log):
        with open(log + ".qemu", encoding="utf-8") as out:
            raise SystemExit(f"QEMU did not start:\n{out.read()}")
    return Boot(log, seconds, done.returncode in (124, 137))
