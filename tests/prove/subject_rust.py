# SPDX-License-Identifier: MIT
"""The Rust crate as something to prove: its raw and its safe functions, called once, and twice with
values to keep.

Must not know what the crate's functions look like.
"""
import fcntl
import os
import shutil

import convention
import lang_rust
import model
from contract import BEFORE, DROPPED, KEPT, Shape
from subject_c import Unproved, call, load, write   # noqa: F401

NAME, SAMPLE = "rust", 1
STYLES = ["raw", "safe"]
TRANSFERS = ["detect", "vmcall", "vmmcall", "patch", "macro"]
CONFIGS = {config.name: config for config in lang_rust.CONFIGS}
DETECTED = ("vmcall", "vmmcall")
INSTRUCTIONS = {"vmcall": "vmcall", "vmmcall": "vmmcall", "patch": "vmmcall", "macro": "macro",
                "detect": DETECTED}
HEAD = """\
// Written by tests/prove.
#![no_std]
#![allow(non_snake_case, non_camel_case_types, unused_unsafe, unused_variables, clippy::all)]
// What code without optimisation calls to copy a struct.
core::arch::global_asm!(
    ".globl memcpy", "memcpy:", "mov rax, rdi", "2:", "test rdx, rdx", "je 3f", "mov cl, [rsi]",
    "mov [rdi], cl", "inc rsi", "inc rdi", "dec rdx", "jmp 2b", "3:", "ret");
// Not read_volatile() and write_volatile(): newer compilers let them call checks in core.
#[inline(always)]
unsafe fn load(from: *const u64) -> u64 {
    let value;
    core::arch::asm!("mov {}, [{}]", out(reg) value, in(reg) from);
    value
}
#[inline(always)]
unsafe fn store(to: *mut u64, value: u64) {
    core::arch::asm!("mov [{}], {}", in(reg) to, in(reg) value);
}
"""


def groups():
    return [((style, transfer), [(name,) for name in CONFIGS])
            for transfer in TRANSFERS for style in STYLES]


def title(form, way):
    return f"Rust {' '.join(form)}, {' '.join(way)}"


def needs_structs(form):
    return False


def generate(generator, folder, form, specs):
    call(lang_rust.generate(generator, folder, *form, specs))


# ---- callers ----

def expressions(op, style, transfer):
    """A call alone; and with its outputs stored if it succeeded, and its result as C has it."""
    number = {id(p): n for n, p in enumerate(op.params)}
    args = ", ".join(f"*a{number[id(p)]}" if p.is_pointer else f"a{number[id(p)]}"
                     for p in op.inputs)
    if style == "safe":
        args = ", ".join(f"({arg}).into()" for arg in args.split(", ") if arg)
    generic = f"::<xen_fastabi::{lang_rust.TYPES[transfer]}>" if transfer in lang_rust.TYPES \
        else "::<Trap>"
    base = f"xen_fastabi::{lang_rust.module_name(op)}"
    name = lang_rust.function_name(op)
    if style == "raw":
        stores = "".join(f"*a{number[id(p)]} = r.{n + 1}; " for n, p in enumerate(op.outputs))
        status = "r.0" if op.outputs else "r"
        made = f"{base}::raw::{name}{generic}({args})"
        return made, f"{{ let r = {made}; if {status} >= 0 {{ {stores}}} {status} }}"
    path = f"{base}::{name}" if transfer in lang_rust.TYPES else f"{base}::with::{name}{generic}"
    if not op.outputs:
        good = "v as i64"
    elif len(op.outputs) == 1:
        good = f"{{ *a{number[id(op.outputs[0])]} = v.into(); 0 }}"
    else:
        stores = " ".join(f"*a{number[id(p)]} = v.{lang_rust.param_name(p)}.into();"
                          for p in op.outputs)
        good = f"{{ {stores} 0 }}"
    made = f"{path}({args})"
    return made, f"match {made} {{ Ok(v) => {good}, Err(e) => e.0 }}"


def callers(op, style, transfer):
    """[(name, source, arguments, calls, what is ignored)] of an operation."""
    args = model.stub_arguments(op, "value", "vmcall")
    declared = [f"a{n}: {'*mut ' if kind == 'pointer' else ''}{lang_rust.integer(p)}"
                for n, (kind, p) in enumerate(args)]
    alone, made = expressions(op, style, transfer)

    def function(name, parameters, body, returned="-> i64 "):
        return (f"#[no_mangle]\npub unsafe extern \"C\" fn {name}({', '.join(parameters)}) "
                f"{returned}{{\n{body}}}\n")
    once, twice, ignored = (f"{word}_{op.symbol}" for word in ("once", "twice", "ignored"))
    again = f"    store(kept.wrapping_add({2 * KEPT}), load(kept));\n"
    body = "".join(f"    let k{n} = load(kept.wrapping_add({n}));\n" for n in range(KEPT))
    body += f"    *result = {BEFORE};\n    *result = {made};\n{again}"
    body += f"    let last = {made};\n{again}"
    body += "".join(f"    store(kept.wrapping_add({KEPT + n}), k{n});\n" for n in range(KEPT))
    return [(once, function(once, declared, f"    {made}\n"), args, 1, None),
            (twice, function(twice, declared + ["result: *mut i64", "kept: *mut u64"],
                             body + "    last\n"), args + [("result",), ("kept",)], 2, None),
            (ignored, function(ignored, declared, f"    let _ = {alone};\n", ""), args, 1,
             DROPPED)]


# ---- compiling ----

def crate(config, bindings, extra):
    """The compiled crate, made once."""
    out = os.path.join(bindings, "compiled-" + lang_rust.version(config.compiler))
    with open(bindings + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(out, "libxen_fastabi.rmeta")):
            shutil.rmtree(out, ignore_errors=True)
            os.makedirs(out)
            call([config.compiler, *lang_rust.BASE, *extra, "-C", "opt-level=3", "--crate-name",
                  "xen_fastabi", "--emit=metadata,obj", "--out-dir", out,
                  os.path.join(bindings, "src", "lib.rs")])
    return out


def build(form, way, specs, first, bindings, base, extra=()):
    style, transfer = form
    config = CONFIGS[way[0]]
    out = crate(config, bindings, extra)
    text = HEAD + (lang_rust.TRAP if transfer not in lang_rust.TYPES else "")
    text += "".join(source for s in specs for op in s.ops
                    for _, source, *_ in callers(op, style, transfer))
    write(base + ".rs", text)
    call([config.compiler, *config.flags(), *extra, "--crate-name", "unit", "--extern",
          f"xen_fastabi={os.path.join(out, 'libxen_fastabi.rmeta')}", "--emit=obj", "-o",
          base + ".o", base + ".rs"])
    return load([base + ".o", os.path.join(out, "xen_fastabi.o")], base + ".elf")


def subjects(form, way, specs, structs):
    style, transfer = form
    for op in (op for s in specs for op in s.ops):
        for name, _, arguments, calls, ignored in callers(op, style, transfer):
            yield op, name, Shape(
                arguments, "value", INSTRUCTIONS[transfer], calls=calls,
                keeps_result=style == "raw" or not op.outputs, recorded=transfer == "patch",
                detected=transfer == "detect", ignored=ignored), convention.CLANG
