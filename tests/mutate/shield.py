# SPDX-License-Identifier: MIT
"""Keeps mutants from the devices of this machine: one that takes a device for a file puts a file in
its place, and for root nothing refuses that.

Must not know what a mutant is.
"""
import ctypes
import os

NEW_MOUNTS = 0x20000    # CLONE_NEWNS
READ_ONLY, REMOUNT, BIND, RECURSIVE, PRIVATE = 0x1, 0x20, 0x1000, 0x4000, 0x40000


class Refused(Exception):
    """The system does not let us."""


def call(name, *arguments):
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    if function(*arguments):
        raise Refused(f"{name}: {os.strerror(ctypes.get_errno())}; as root, mutants are tried only"
                      " where they cannot replace a device")


def mount(source, target, flags):
    call("mount", source, target, None, ctypes.c_ulong(flags), None)


def raise_shield():
    """For this process and its children /dev is read-only. Devices can be written to as before."""
    if os.geteuid():
        return
    call("unshare", NEW_MOUNTS)
    mount(b"none", b"/", RECURSIVE | PRIVATE)
    mount(b"/dev", b"/dev", BIND | RECURSIVE)
    mount(b"none", b"/dev", REMOUNT | BIND | READ_ONLY)
