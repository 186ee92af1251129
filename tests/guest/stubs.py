# SPDX-License-Identifier: MIT
"""The generated stubs, called through one function per operation, long stub_NAME(const uint64_t
*in, uint64_t *out), in C, Rust and assembly.  Values are in order of the parameters; what in a
language is called how, the stub suite knows.

Must not know any operation by name, nor which register anything is in.
"""
import glob
import os
import subprocess
import sys

import image

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "stubs"))

import lang_asm                                                         # noqa: E402
import lang_rust                                                        # noqa: E402
import model                                                            # noqa: E402


def generate(generator, backend, out, options, abi):
    """Run the generator over a directory of specifications."""
    image.run([generator, "generate", "-b", backend, "-o",
               out, *[o for kv in options for o in ("-O", kv)], abi])


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


# ---- C ----

def c_entry(op, style):
    """One entry; only a call that succeeds stores outputs, so theirs hold what they held."""
    lines, args = [], []
    for arg in model.stub_arguments(op, style, "argument"):
        if arg[0] == "vendor":
            args.append("xen_uses_vmmcall ? Amd : Intel")
            continue
        kind, p = arg
        n = op.params.index(p)
        lines.append(
            f"    {p.c_int} a{n} = ({p.c_int}){'out' if kind == 'pointer' else 'in'}[{n}];")
        args.append(f"&a{n}" if kind == "pointer" else f"a{n}")
    stores = [f"    out[{n}] = (uint{p.width}_t)a{n};"
              for n, p in enumerate(op.params) if p.is_pointer]
    unused = "    (void)in;\n    (void)out;\n"
    return (f"long stub_{op.symbol}(const uint64_t *in, uint64_t *out);\n"
            f"long stub_{op.symbol}(const uint64_t *in, uint64_t *out)\n{{\n" + unused +
            "".join(line + "\n" for line in lines) + "    long result;\n\n"
            f"    result = xen_hypercall_{op.symbol}({', '.join(args)});\n" +
            "".join(line + "\n" for line in stores) + "    return result;\n}\n\n")


def c_stubs(generator, abi, specs, folder):
    generate(generator, "c", os.path.join(folder, "c"), ["style=value"], abi)
    text = ("/* Written by tests/guest/stubs.py. */\n#include \"kernel/operation.h\"\n" +
            "".join(f"#include <fastabi/{spec.name}.h>\n" for spec in specs)
            + "\n#include <fastabi.h>\n" +
            "const char guest_language[] = \"c\";\n\n"
            "bool stub_detects(void);\nbool stub_detects(void)\n{\n"
            "    return xen_fastabi_detect(xen_fastabi_cpuid);\n}\n\n" +
            "".join(c_entry(op, "value") for spec in specs for op in spec.ops))
    source = write(os.path.join(folder, "stubs-c.c"), text)
    return [image.compile_file(source, folder, ["-isystem", os.path.join(folder, "c")])]


# ---- Rust ----

RUST_HEAD = """\
// Written by tests/guest/stubs.py.
#![no_std]
#![allow(non_snake_case, clippy::missing_safety_doc)]
use xen_fastabi::{cpuid, detect, Detected};
#[no_mangle]
pub static guest_language: [u8; 5] = *b"rust\\0";
#[no_mangle]
pub extern "C" fn stub_detects() -> bool {
    detect(cpuid).is_some()
}
"""

PANIC = """\
#![no_std]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
#[no_mangle]
extern "C" fn rust_eh_personality() {}
"""


def rust_entry(op):
    args = ", ".join(f"*input.add({n}) as {lang_rust.integer(p)}"
                     for n, p in enumerate(op.params) if p.reg_in is not None)
    stores = "".join(f" *out.add({op.params.index(p)}) = u64::from(r.{n + 1} as u{p.width});"
                     for n, p in enumerate(op.outputs))
    name = f"{lang_rust.module_name(op)}::raw::{lang_rust.function_name(op)}"
    call = f"xen_fastabi::{name}::<Detected>({args})"
    body = f"let r = {call}; if r.0 >= 0 {{{stores} }} r.0" if op.outputs else call
    return (
        f"#[no_mangle]\n"
        f"pub unsafe extern \"C\" fn stub_{op.symbol}({'input' if op.inputs else '_input'}: "
        f"*const u64, "
        f"{'out' if op.outputs else '_out'}: *mut u64) -> i64 {{\n    {body}\n}}\n")


def rustc():
    return os.environ.get("RUSTC") or "rustc"


def rust_stubs(generator, abi, specs, folder):
    crate = os.path.join(folder, "rust")
    generate(generator, "rust", crate, [], abi)
    flags = [rustc(), "--edition", "2021", "-C", "panic=abort", "-C", "codegen-units=1", "-C",
             "relocation-model=static",
             "-C", "no-redzone=yes", "-C", "opt-level=3", "--crate-type", "lib",
             "--emit=metadata,obj", "--out-dir", folder]
    image.run([*flags, "--crate-name", "xen_fastabi", os.path.join(crate, "src", "lib.rs")])
    source = write(os.path.join(folder, "stubs_rust.rs"),
                   RUST_HEAD + "".join(rust_entry(op) for spec in specs for op in spec.ops))
    image.run([*flags, "--crate-name", "stubs_rust", "--extern",
               f"xen_fastabi={os.path.join(folder, 'libxen_fastabi.rmeta')}", source])
    panic = write(os.path.join(folder, "panic.rs"), PANIC)
    image.run([*flags, "--crate-name", "panic", panic])
    return [os.path.join(folder, name)
            for name in ("stubs_rust.o", "xen_fastabi.o", "panic.o")] + rust_core()


def rust_core():
    """What a debug check in core might call."""
    done = subprocess.run([rustc(), "--print", "target-libdir"], capture_output=True, text=True,
                          check=True)
    return [p for name in ("core", "compiler_builtins")
            for p in glob.glob(os.path.join(done.stdout.strip(), f"lib{name}-*.rlib"))]


# ---- assembly ----

ASM_HEAD = """\
/* Written by tests/guest/stubs.py. */
#define XEN_FASTABI_TRANSFER guest_transfer
    .macro guest_transfer
    cmpb $0, xen_uses_vmmcall
    jne .Lvmmcall\\@
    vmcall
    jmp .Ldone\\@
.Lvmmcall\\@:
    vmmcall
.Ldone\\@:
    .endm
"""

ASM_DETECT = """\
    .section .rodata
    .globl guest_language
guest_language:
    .asciz "asm"
    .text
    .globl stub_detects
stub_detects:
    pushq %rbx
    movl xen_cpuid_base(%rip), %eax
    xorl %ecx, %ecx
    cpuid
    movl xen_cpuid_base(%rip), %ecx
    addl $4, %ecx
    cmpl %ecx, %eax
    movl %ecx, %eax
    movl $0, %ecx
    jb 1f
    cpuid
    testl $XEN_HVM_CPUID_FASTABI, %eax
    setnz %cl
1:  movzbl %cl, %eax
    popq %rbx
    ret
"""


def asm_entry(op, syntax):
    """Inputs are read from memory by the macro itself; rbx and rbp are not registers of the ABI."""
    wrapper = lang_asm.Wrapper(syntax, op, op.symbol)
    saved = ["rbx", "rbp", "r12"]
    operands = [f"{lang_asm.flat(p.name)}={syntax.mem('rbx', 8 * n)}"
                for n, p in enumerate(op.params)
                if p.reg_in is not None]
    lines = [syntax.start(f"stub_{op.symbol}")] + [f"    push {syntax.reg(r)}" for r in saved]
    lines += [syntax.load("rbx", 64, syntax.reg("rdi")), syntax.load("rbp", 64, syntax.reg("rsi"))]
    lines += [f"    xen_hypercall_{op.symbol} {', '.join(operands)}",
              syntax.negative_to("rax", f".Lfailed_{op.symbol}")]
    for n, p in enumerate(op.params):
        if p.reg_out is not None:
            lines.append(f"    movq $0, {syntax.mem('rbp', 8 * n)}")
            lines.append(syntax.store(syntax.mem("rbp", 8 * n), p.width, wrapper.output(p)))
    lines += [f".Lfailed_{op.symbol}:"] + [f"    pop {syntax.reg(r)}"
                                           for r in reversed(saved)] + ["    ret"]
    return "\n".join(lines) + "\n"


def asm_stubs(generator, abi, specs, folder):
    out = os.path.join(folder, "asm")
    generate(generator, "asm", out, ["syntax=gas"], abi)
    syntax = lang_asm.Gas()
    text = (ASM_HEAD + "".join(f"#include <fastabi/{spec.name}.S.h>\n" for spec in specs)
            + ASM_DETECT +
            "".join(asm_entry(op, syntax) for spec in specs for op in spec.ops) +
            '    .section .note.GNU-stack, "", @progbits\n')
    source = write(os.path.join(folder, "stubs-asm.S"), text)
    return [image.compile_file(source, folder, ["-I", out])]


LANGUAGES = {"c": c_stubs, "rust": rust_stubs, "asm": asm_stubs}


def build(language, generator, abi, folder):
    """Objects with the entries for all operations of a directory of specifications."""
    os.makedirs(folder, exist_ok=True)
    return LANGUAGES[language](generator, abi, model.load_folder(abi), folder)
