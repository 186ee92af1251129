# SPDX-License-Identifier: MIT
"""What the Rust functions cost: raw ones by themselves, and safe ones above raw ones in a caller.

Must not know what the generator writes beyond its documented names.
"""
import os
import re

import lang_rust
import stub_bound
import stub_count

LEVELS = ["3", "s"]
RAW_MARGIN, SAFE_MARGIN = 3, 5


# ---- the functions to count ----

def tuple_type(op):
    return (f"({', '.join(['i64'] + [lang_rust.integer(p) for p in op.outputs])})" if op.outputs
            else "i64")


def functions(op):
    """raw_: the raw function by itself; plain_ and safe_: callers that store the outputs."""
    module, name = lang_rust.module_name(op), lang_rust.function_name(op)
    params = [f"a{n}: {lang_rust.integer(p)}" for n, p in enumerate(op.inputs)]
    args = [f"a{n}" for n, _ in enumerate(op.inputs)]
    outs = [f"o{n}: &mut {lang_rust.integer(p)}" for n, p in enumerate(op.outputs)]
    raw = f"xen_fastabi::{module}::raw::{name}::<Vmcall>({', '.join(args)})"
    safe = (
        f"xen_fastabi::{module}::with::{name}::<Vmcall>({', '.join(f'{a}.into()' for a in args)})")
    head = f"#[no_mangle] pub unsafe fn %s_{op.symbol}(%s) -> %s"
    stores = " ".join(f"*o{n} = r.{n + 1};" for n, _ in enumerate(op.outputs))
    if not op.outputs:
        good = "v as i64"
    elif len(op.outputs) == 1:
        good = "{ *o0 = v.into(); 0 }"
    else:
        good = "{ " + " ".join(f"*o{n} = v.{lang_rust.param_name(p)}.into();"
                               for n, p in enumerate(op.outputs)) + " 0 }"
    values, everything = ", ".join(params), ", ".join(params + outs)
    return (head % ("raw", values, tuple_type(op)) + f" {{ {raw} }}\n" +
            (head % ("plain", everything, "i64") + f" {{ let r = {raw}; {stores} r.0 }}\n"
             if op.outputs else "") +
            head % ("safe", everything, "i64")
            + f" {{ match {safe} {{ Ok(v) => {good}, Err(e) => e.0 }} }}\n")


def bound(op):
    """Of a raw function by itself.  Two results are returned in registers, more through a pointer.
    """
    used = stub_bound.overwritten(op)
    by_pointer = len(op.outputs) > 1
    count = 1 + (not op.direct) + len(op.inputs) + 1 + 1    # registers to set, transfer, return
    count += len(op.outputs)                                # moved or stored
    count += stub_bound.conditions(op, "value")
    count += 2 if by_pointer else 0                         # rax stored; the pointer is returned
    count += 2 if "r12" in used else 0
    # the pointer comes in rdi and is kept elsewhere
    return count + (by_pointer and "rdi" in used)


# ---- counting ----

def count(compiler, level, specs, folder, build):
    """{function: instructions}"""
    config = lang_rust.Config(compiler, level)
    error = lang_rust.prepare(config, folder)
    if error:
        stub_count.fail(error)
    text = ("#![no_std]\n#![allow(non_snake_case, unused_unsafe, unsafe_op_in_unsafe_fn)]\n"
            "use xen_fastabi::Vmcall;\n" +
            "".join(functions(op) for s in specs for op in s.ops))
    source = os.path.join(build, "functions.rs")
    with open(source, "w", encoding="utf-8") as file:
        file.write(text)
    out = lang_rust.made(config, folder)
    stub_count.run(
        [compiler, *config.flags(), "--cap-lints=allow", "--crate-name", "functions", "--extern",
         f"xen_fastabi={out}/libxen_fastabi.rmeta", "--emit=obj", "--out-dir", out, source])
    path, places = os.path.join(out, "functions.o"), {}
    for line in stub_count.run(["objdump", "-t", path]).splitlines():
        if found := re.match(r"([0-9a-f]+) .{7} (\.text\S*)\t[0-9a-f]+ +(?:\.hidden )?(\w+)$",
                             line):
            places[found.group(3)] = found.group(1, 2)
    # Functions that are equal to the last bit have become one, with a name more.
    by_place = {places[function]: n for function, n in stub_count.instructions(path).items()
                if function in places}
    return {function: by_place[place] for function, place in places.items() if place in by_place}


def blocks(specs, generator, abi, build):
    """The columns of the table: raw functions against their bound, safe ones against raw ones."""
    folder = os.path.join(build, "rust-safe-vmcall")
    stub_count.run(["rm", "-rf", folder])
    stub_count.run(lang_rust.generate([generator], folder, "safe", "vmcall", [abi]))
    raw = stub_count.Block("Rust, raw", bound, RAW_MARGIN)
    safe = stub_count.Block("Rust, safe above raw", None, SAFE_MARGIN)
    for compiler in lang_rust.compilers():
        for level in LEVELS:
            title = f"{lang_rust.version(compiler)}-O{level}"
            counts = count(compiler, level, specs, folder, build)
            ops = [op for s in specs for op in s.ops]
            raw.add(title, {op.symbol: counts[f"raw_{op.symbol}"] for op in ops})
            safe.add(title, {op.symbol: counts[f"safe_{op.symbol}"] -
                             counts[f"{'plain' if op.outputs else 'raw'}_{op.symbol}"]
                             for op in ops})
    return [raw, safe]
