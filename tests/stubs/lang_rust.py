# SPDX-License-Identifier: MIT
"""Rust in the conformance suite: how to generate, to call one operation, and to compile.

Offers the names that lang_c.py offers.  Must not know what the generator writes beyond its
documented names and argument order (docs/rust.md).
"""
import functools
import glob
import os
import shutil
import threading

import lang_c
from report import run

NAME = "rust"
FIRST = []
STYLES = ["safe", "raw"]
TRANSFERS = ["detect", "vmcall", "vmmcall", "patch", "macro"]
LEVELS = ["0", "3", "s"]
TYPES = {"detect": "Detected", "vmcall": "Vmcall", "vmmcall": "Vmmcall", "patch": "Patch"}

# Debug builds check overflow and more; these calls must be right there too.
DEBUG = ["-C", "debug-assertions=on", "-C", "overflow-checks=on"]
BASE = ["--edition", "2021", "--crate-type", "lib", "-C", "panic=abort", "-C", "codegen-units=1",
        "-C", "relocation-model=static", "-C", "no-redzone=yes", "-D", "warnings"]


def compilers():
    """The rustc that is first on the path, and Debian's if that is another one."""
    found = [shutil.which("rustc") or "rustc"]
    if os.path.exists("/usr/bin/rustc") and os.path.realpath(found[0]) != os.path.realpath(
            "/usr/bin/rustc"):
        found.append("/usr/bin/rustc")
    return found


@functools.lru_cache(maxsize=None)
def version(compiler):
    words = run([compiler, "--version"])[1].split()
    return words[1] if len(words) > 1 else "missing"


class Config:
    """A way to compile."""

    plain, hooked, cxx = True, False, False

    def __init__(self, compiler, level):
        self.compiler, self.level = compiler, level
        self.thin = level != LEVELS[1]
        self.name = f"rustc {version(compiler)} -O{level}"
        self.file = self.name.replace(" ", "")

    def flags(self):
        return BASE + ["-C", f"opt-level={self.level}"] + (DEBUG if self.level == "0" else [])


CONFIGS = [Config(c, o) for c in compilers() for o in LEVELS]
QUICK = {c.name for c in CONFIGS if c.level == ("0" if c.compiler == compilers()[0] else "3")}

# For bite.py: who makes faulty bindings, and which configurations are to notice.
MUTATE, NO_WARNINGS = "mutate_rust", ["--cap-lints=allow"]
BITE_INSTRUMENTED = []
BITE = [c.name for c in CONFIGS if c.compiler == compilers()[0] and c.level in ("0", "3")]
BITE_UNSPOILT = BITE


def generate(generator, folder, style, transfer, specs):
    """The command that writes the bindings."""
    default = ["-O", f"transfer={transfer}"] if transfer in TYPES else []
    return [*generator, "generate", "-b", "rust", "-o", folder, *default, *specs]


# ---- names, as docs/rust.md has them ----

KEYWORDS = set(
    """abstract as async await become box break const continue do dyn else enum extern false final
    fn for gen if impl in let loop macro match mod move mut override priv pub ref return static
    struct trait true try type typeof unsafe unsized use virtual where while yield""".split())
PATHS = {"crate", "self", "super", "Self", ""}
TAKEN_MODULES = PATHS | set(
    """lib main support transfer types core cpuid detect patch set_vendor vendor MASK
    Call Caller DefaultTransfer Detected Errno Patch PatchError Transfer Vendor Vmcall
    Vmmcall""".split())
TAKEN_FUNCTIONS = PATHS | {"Ok", "Err", "None", "Some", "Errno", "MASK", "CALLS", "HYPERCALL_INDEX"}


def escape(name, taken):
    if name.rstrip("_") in taken:
        return name + "_"
    return "r#" + name if name in KEYWORDS else name


def module_name(op):
    return escape(op.spec.name, TAKEN_MODULES)


def function_name(op):
    name = op.name
    if op.direct:
        name, others = op.spec.name, {o.name for o in op.spec.ops}
        while name in others or name in TAKEN_FUNCTIONS:
            name += "_"
    return escape(name, TAKEN_FUNCTIONS)


def param_name(p):
    name = p.name.replace("]", "").replace(".", "_").replace("[", "_")
    return name + "_" if "A" <= name[0] <= "Z" else escape(name, PATHS)


# ---- wrappers ----

HEAD = """\
// Written by tests/stubs.
#![no_std]
#![allow(non_snake_case, non_camel_case_types, unused_unsafe, clippy::all)]
#[repr(C)]
pub struct Call {
    input: [u64; 14], cell: [*mut u8; 14], mem: *mut u8, keep: [u64; 12], kept: [u64; 12],
    result: [i64; 2], stage: u64, seen: [u64; 2], vendor: i32,
}
// As many values alive as there are registers: one that the call secretly changes is noticed.
macro_rules! keep {
    ($from:expr; $($name:ident $at:literal),*) => {
        $(let $name: u64;)*
        ::core::arch::asm!($(concat!("mov {", stringify!($name), "}, [{from} + ", $at, "]"),)*
            from = in(reg) $from, $($name = out(reg) $name),*)
    };
}
macro_rules! kept {
    ($to:expr; $($name:ident $at:literal),*) => {
        ::core::arch::asm!($(concat!("mov [{to} + ", $at, "], {", stringify!($name), "}"),)*
            to = in(reg) $to, $($name = in(reg) $name),*)
    };
}
"""

TRAP = """\
xen_fastabi::transfer! {
    pub unsafe struct Trap {
        asm: ["ud2", ".byte 0x4d"], operands: [], options: [nostack, preserves_flags]
    }
}
"""

KEEP = """\
    keep!((*c).keep.as_ptr(); k0 0, k1 8, k2 16, k3 24, k4 32, k5 40);
    keep!((*c).keep.as_ptr().cast::<u8>().wrapping_add(48); k6 0, k7 8, k8 16, k9 24, ka 32, kb 40);
"""
KEPT = """\
    kept!((*c).kept.as_mut_ptr(); k0 0, k1 8, k2 16, k3 24, k4 32, k5 40);
    kept!((*c).kept.as_mut_ptr().cast::<u8>().wrapping_add(48);
          k6 0, k7 8, k8 16, k9 24, ka 32, kb 40);
"""


def variants(transfer):
    """Which wrappers an operation gets, in the order of enum variant."""
    return [None, None, "AT_RUN_TIME"]


def drops_result(op, style):
    """Does a call that succeeded say no more than that?"""
    return style == "safe" and bool(op.outputs)


def integer(p):
    return f"{'i' if p.signed else 'u'}{p.width}"


def cell(op, p):
    return f"*(*c).cell[{op.params.index(p)}].cast::<{integer(p)}>()"


def argument(op, p, style):
    """An input: by value, or what its cell holds if it is an output too."""
    value = cell(op, p) if p.is_pointer else f"a{op.params.index(p)}"
    return f"({value}).into()" if style == "safe" else value


def call(op, style, transfer, number):
    """An expression: the call, its outputs stored if it succeeded, and its result as C has it."""
    args = ", ".join(argument(op, p, style) for p in op.inputs)
    generic = f"::<{TYPES.get(transfer, 'Trap')}>"
    base, name = f"xen_fastabi::{module_name(op)}", function_name(op)
    if style == "raw":
        stores = "".join(f"{cell(op, p)} = r.{n + 1}; " for n, p in enumerate(op.outputs))
        status = "r.0" if op.outputs else "r"
        return (f"{{ let r = {base}::raw::{name}{generic}({args}); "
                f"if {status} >= 0 {{ {stores}}} {status} }}")
    by_default = number == 0 and transfer in TYPES
    path = f"{base}::{name}" if by_default else f"{base}::with::{name}{generic}"
    if not op.outputs:
        good = "v as i64"
    elif len(op.outputs) == 1:
        good = f"{{ {cell(op, op.outputs[0])} = v.into(); 0 }}"
    else:
        stores = " ".join(f"{cell(op, p)} = v.{param_name(p)}.into();" for p in op.outputs)
        good = f"{{ {stores} 0 }}"
    return f"match {path}({args}) {{ Ok(v) => {good}, Err(e) => e.0 }}"


def wrapper(op, symbol, style, transfer, variant):
    """A function that makes the call twice in a row with the same arguments."""
    lines = [f"    let a{op.params.index(p)} = (*c).input[{op.params.index(p)}] as {integer(p)};\n"
             for p in op.inputs if not p.is_pointer]
    if transfer == "detect":
        lines.append(
            "    set_vendor(if (*c).vendor == 0 { Vendor::Intel } else { Vendor::Amd });\n")
    calls = [f"    (*c).stage = {n + 1};\n    (*c).result[{n}] = {call(op, style, transfer, n)};\n"
             f"    (*c).seen[{n}] = (*c).stage;\n" for n in (0, 1)]
    return (
        f"#[no_mangle]\n"
        f"pub unsafe extern \"C\" fn {symbol}_{variant}(c: *mut Call) {{\n{''.join(lines)}{KEEP}"
        f"{''.join(calls)}{KEPT}}}\n")


def layout(op, symbol, style):
    """There is no struct."""
    return None


def unit(ops, style, transfer, include_first):
    """A source file with wrappers for [(operation, symbol)]."""
    text = [HEAD, TRAP if transfer not in TYPES else ""]
    used = [TYPES[transfer]] if transfer in TYPES else []
    used = used if ops else []
    if transfer == "detect" and ops:
        used += ["set_vendor", "Vendor"]
    text.append(f"use xen_fastabi::{{{', '.join(used)}}};\n" if used else "")
    for op, symbol in ops:
        text.append(f"// {op.title}\n")
        text += [wrapper(op, symbol, style, transfer, v) for v in variants(transfer) if v]
    return "".join(text)


# ---- compiling ----

LOCKS, LOCK = {}, threading.Lock()

# For what debug builds call in core, which never comes to pass.
PANIC = """\
#![no_std]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
#[no_mangle]
extern "C" fn rust_eh_personality() {}
"""


def made(config, folder):
    """Where the compiled crate is: one for both styles, as both are in it."""
    parent, name = os.path.split(folder)
    shared = os.path.join(parent, name.replace("raw-", "safe-"))
    return os.path.join(shared if os.path.isdir(shared) else folder, version(config.compiler))


def compile_crate(config, folder, extra):
    """The crate's metadata has the functions for other crates to inline, its object the rest."""
    out = made(config, folder)
    os.makedirs(out)
    with open(os.path.join(out, "panic.rs"), "w", encoding="utf-8") as file:
        file.write(PANIC)
    optimised = [config.compiler, *BASE, *extra, "-C", "opt-level=3"]
    crate = ["--crate-name", "xen_fastabi",
             "-C", f"metadata={os.path.basename(os.path.dirname(out))}", "--emit=metadata,obj",
             "--out-dir", out, os.path.join(folder, "src", "lib.rs")]
    panic = ["--crate-name", "panic", "--emit=obj", "--out-dir", out, os.path.join(out, "panic.rs")]
    for arguments in (crate, panic):
        status, _, errors = run([*optimised, *arguments], timeout=600)
        if status:
            return errors or f"exit status {status}"
    return None


RESULTS = {}


def prepare(config, folder, extra=()):
    """Compile the crate itself, once for a compiler; an error text or None."""
    key = made(config, folder)
    with LOCK:
        lock = LOCKS.setdefault(key, threading.Lock())
    with lock:
        if not os.path.exists(key):
            RESULTS[key] = compile_crate(config, folder, extra)
        return RESULTS.get(key)


def link_objects(config, folders):
    """What a program needs besides its units: the crates' objects, and core for debug builds."""
    libdir = run([config.compiler, "--print", "target-libdir"])[1].strip()
    core = sorted(glob.glob(os.path.join(libdir, "libcore-*.rlib")) +
                  glob.glob(os.path.join(libdir, "libcompiler_builtins-*.rlib")))
    return [os.path.join(m, "xen_fastabi.o")
            for m in sorted({made(config, f) for f in folders})] + \
        [os.path.join(made(config, folders[0]), "panic.o")] + core


def compile_commands(config, source, base, include, extra=()):
    """Two commands (source to assembly, assembly to object) with base.s between them, for the
    driver to edit."""
    crate = os.path.join(made(config, include[-1]), "libxen_fastabi.rmeta")
    return ([config.compiler, *config.flags(), *extra, "--crate-name", os.path.basename(base),
             "--extern", f"xen_fastabi={crate}", "--emit=asm", "--out-dir", os.path.dirname(base),
             source],
            ["gcc", "-c", "-x", "assembler", base + ".s", "-o", base + ".o"])


plant_traps = lang_c.plant_traps
