# SPDX-License-Identifier: MIT
"""Runs of the command that write something: what is there before, and what must be there after.
Must not know how a run is disturbed.
"""
import ctypes
import os
import shutil
import struct
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
GEN = os.path.abspath(os.environ.get("FASTABI_GEN") or os.path.join(ROOT, "build", "fastabi-gen"))
ABI = os.path.join(ROOT, "abi")
SPECS = ["event_channel", "sched", "vcpu"]

PLUGIN = r"""
#include <stdlib.h>
#include <unistd.h>
#include <fastabi/backend.h>
static int op(struct fastabi_emission *emission, const struct fastabi_spec *spec,
              const struct fastabi_op *op)
{
    struct fastabi_writer *writer;
    const char *name = fastabi_emission_printf(emission, "%s-%s.txt", fastabi_spec_name(spec),
                                               fastabi_op_name(op));
    int error = fastabi_emission_open(emission, name, 0, &writer);

    if (!error)
        fastabi_write(writer, "%s\n", fastabi_op_name(op));
    if (LEAVES && !fork()) {
        sleep(1000);
        _exit(0);
    }
    usleep(500);
    return error;
}
static const struct fastabi_backend backend = {
    .abi_version = FASTABI_BACKEND_ABI_VERSION, .size = sizeof(backend), .name = "plugin",
    .description = "Writes a file for each operation, slowly.", .op = op,
};
const struct fastabi_backend *fastabi_backend_entry(void);
__attribute__((__visibility__("default"))) const struct fastabi_backend *fastabi_backend_entry(void)
{
    return &backend;
}
"""


# A build that measures coverage writes hundreds of files at its end, which a trace need not see.
QUIET = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int open(const char *path, int flags, ...)
{
    va_list rest;
    unsigned int mode;

    va_start(rest, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, unsigned int) : 0;
    va_end(rest);
    if (strstr(path, ".gcda")) {
        errno = EACCES;
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
"""


class Scene:
    """title; arguments: of the command, which writes below "out"; older: those that made what is
    there before."""

    def __init__(self, title, arguments, older=None):
        self.title, self.arguments, self.older = title, arguments, older
        self.kept, self.pairs, self.seconds = None, [], 0.0


def build_plugins(folder):
    """Shared objects: one that is good, and one that leaves processes."""
    source = os.path.join(folder, "plugin.c")
    with open(source, "w", encoding="utf-8") as stream:
        stream.write(PLUGIN)
    for leaves in (0, 1):
        subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC",
                        f"-DLEAVES={leaves}", "-I" + os.path.join(ROOT, "include"), "-o",
                        os.path.join(folder, f"plugin{leaves}.so"), source], check=True)


def build_quiet(folder):
    """A shared object to preload."""
    path = os.path.join(folder, "quiet.so")
    subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-x", "c", "-", "-o",
                    path], input=QUIET.encode(), check=True)
    return path


def make_scenes(folder):
    """All scenes.  The directory keeps what they read."""
    build_plugins(folder)
    scenes = []
    for backend in ("c", "rust", "asm", "json", "markdown", "html", "xen"):
        one = backend in ("json", "markdown")
        output = "out/deep/file" if one else "out"
        new = ["generate", "-b", backend, "-o", output, *SPECS]
        older = ["generate", "-b", backend, "-o", output, "physdev", *SPECS, "--only", "!*.poll",
                 "--only", "!*.send", "--only", "!vcpu.up"]
        scenes.append(Scene(backend, new, older))
    scenes.append(Scene("depfile", ["generate", "-b", "c", "-o", "out", "--depfile", "out/deps/d",
                                    *SPECS], ["generate", "-b", "c", "-o", "out", "vcpu"]))
    for leaves in (0, 1):
        plugin = os.path.join(folder, f"plugin{leaves}.so")
        new = ["generate", "--plugin", plugin, "-b", "plugin", "-o", "out", *SPECS]
        scenes.append(Scene(f"plug-in {leaves}", new, new[:-len(SPECS)] + ["physdev"]))
    scenes.append(Scene("new", ["new", "x", "-o", "out/x.yml"]))
    return scenes


def read_tree(folder):
    """{path: content, or None for a directory} of all below a path."""
    found = {}
    for where, folders, files in os.walk(folder):
        for name in folders:
            found[os.path.relpath(os.path.join(where, name), folder)] = None
        for name in files:
            path = os.path.join(where, name)
            with open(path, "rb") as stream:
                found[os.path.relpath(path, folder)] = stream.read()
    return found


def environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FASTABI_")}
    return dict(kept, LC_ALL="C", FASTABI_ABI_PATH=ABI)


def run_here(arguments, folder):
    subprocess.run([GEN, *arguments], cwd=folder, env=environment(), check=True,
                   stdin=subprocess.DEVNULL)


def prepare(scene, folder):
    """Learn the states before and after, each in a fresh directory; and where they are kept."""
    scene.kept = os.path.join(folder, scene.title.replace(" ", "-"))
    shutil.rmtree(scene.kept, ignore_errors=True)
    os.makedirs(os.path.join(scene.kept, "out") if scene.title == "new" else scene.kept)
    states = []
    if scene.older:
        run_here(scene.older, scene.kept)
    states.append(read_tree(scene.kept))
    work = scene.kept + ".after"
    for before in ([scene.kept, None] if scene.older else [scene.kept]):
        shutil.rmtree(work, ignore_errors=True)
        if before:
            shutil.copytree(before, work)
        else:
            os.makedirs(work)
        run_here(scene.arguments, work)
        states.append(read_tree(work))
    shutil.rmtree(work)
    # What is there before, and what follows from it: with older files, and without.
    scene.pairs = [(scene.kept, states[0], states[1])]
    if scene.older:
        scene.pairs.append((None, {}, states[2]))


def set_up(pair, folder):
    """A directory in the state before."""
    shutil.rmtree(folder, ignore_errors=True)
    if pair[0]:
        shutil.copytree(pair[0], folder)
    else:
        os.makedirs(folder)


# ---- a system without files without names ----

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER = 38, 22, 36
TMPFILE = 0o20000000
ADDR_NO_RANDOMIZE = 0x40000
LIBC = ctypes.CDLL(None, use_errno=True)


def refuse_unnamed():
    """In a new process: open() with O_TMPFILE is ENOTSUP from now on, for x86-64."""
    openat, errno = 257, 95
    program = [
        (0x20, 0, 0, 0),                       # the number of the call
        (0x15, 0, 3, openat),
        (0x20, 0, 0, 32),                      # its third argument
        (0x45, 0, 1, TMPFILE),
        (0x06, 0, 0, 0x00050000 | errno),      # refuse
        (0x06, 0, 0, 0x7fff0000),              # allow
    ]
    code = b"".join(struct.pack("HBBI", *row) for row in program)
    memory = ctypes.create_string_buffer(code)
    header = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(memory))
    if LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or LIBC.prctl(PR_SET_SECCOMP, 2, header, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def fix_addresses():
    """In a new process: the program that it starts has its functions where others have them."""
    if LIBC.personality(ADDR_NO_RANDOMIZE) < 0:
        raise OSError(ctypes.get_errno(), "personality")


def adopt_orphans():
    """Processes whose parents die become ours, so that none is left unnoticed."""
    if LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "PR_SET_CHILD_SUBREAPER")
