# SPDX-License-Identifier: MIT
"""Builds changed copies of the Xen trees that scripts/xen-build left.  Must not know what is
changed.
"""
import os
import shutil
import subprocess


def make(directory, *targets):
    """The command that builds these in a directory."""
    return ["make", "-C", directory, f"-j{os.cpu_count()}", *targets]


def build(tree, source, commands):
    """Copy a tree, and run commands; an older copy is removed. "", or what went wrong."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("CC", "CFLAGS", "LDFLAGS", "CPPFLAGS", "MAKEFLAGS")}
    # A wrapper of python that comes first costs minutes.
    environment["PATH"] = "/usr/bin:" + environment["PATH"]
    out = os.path.dirname(source)
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    for command in (["cp", "-a", tree, source], *commands):
        done = subprocess.run(command, env=environment, capture_output=True, text=True,
                              check=False)
        if done.returncode:
            return f"{command[0]}: {(done.stdout + done.stderr)[-3000:]}"
    return ""
