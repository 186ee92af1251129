# SPDX-License-Identifier: MIT
"""Functions in assembly: each file assembles as it is, costs no more than it has to (in System V as
in value style), and its unwind data says what its instructions do.

Each syntax, convention and object format. Unwind data is read back by binutils and LLVM, and
compared with what the pushes and pops of the disassembled code leave on the stack.  Must not know
how a function is made.
"""
import itertools
import os
import re

import model
import stub_bound
from report import head, run

ABI = os.path.normpath(os.path.join(os.path.abspath(__file__), "..", "..", "..", "abi")) + "/"
LLVM = "/usr/lib/llvm-16/bin/"
GAS = ["-DXEN_FASTABI_TRANSFER=vmcall", "-c"]
ASSEMBLERS = {
    # name: (extension, conventions, command)
    "as": ("S", ["sysv", "microsoft"], ["gcc", *GAS, "-o"]),
    "as, CET": ("S", ["sysv"], ["gcc", "-fcf-protection", *GAS, "-o"]),
    "clang": ("S", ["microsoft"], ["clang", *GAS, "-o"]),
    "clang-19": ("S", ["sysv"], ["clang-19", *GAS, "-o"]),
    "clang for Windows": ("S", ["microsoft"],
                          ["clang", "--target=x86_64-pc-windows-msvc", *GAS, "-o"]),
    "nasm": ("nasm", ["sysv", "microsoft"],
             ["nasm", "-w+all", "-Werror", "-felf64", "-DXEN_FASTABI_TRANSFER=vmcall", "-o"]),
    "nasm for Windows": ("nasm", ["microsoft"], ["nasm", "-w+all", "-Werror", "-fwin64",
                                                 "-DXEN_FASTABI_TRANSFER=vmcall", "-o"]),
    "llvm-ml": ("asm", ["sysv", "microsoft"],
                [LLVM + "llvm-ml", "-m64", "/nologo", "/c", "/DXEN_FASTABI_TRANSFER=vmcall",
                 "/Fo"]),
}
COFF_NUMBERS = {"RDI": "rdi", "RSI": "rsi", "R12": "r12"}


# ---- what the code does ----

def functions_of(path, names):
    """{function: [(offset in it, instruction)]}, and the bytes of each."""
    found, now, start = {}, None, 0
    for line in run(["objdump", "-d", "--no-show-raw-insn", "-w", path])[1].splitlines():
        if title := re.match(r"([0-9a-f]+) <(.*)>:$", line):
            if title.group(2) in names:
                now, start = found.setdefault(title.group(2), []), int(title.group(1), 16)
        elif code := re.match(r" +([0-9a-f]+):\t(.*?)\s*$", line):
            text = code.group(2)
            if now is not None and not (now and now[-1][1] == "ret"):
                now.append((int(code.group(1), 16) - start, text))
    return found


def frames(code):
    """[(offset after an instruction, bytes from the frame's end to the stack pointer, registers of
    the caller on the stack)], where something changes."""
    depth, saved, states = 8, {}, [(0, 8, {})]
    offsets = [at for at, _ in code[1:]] + [code[-1][0] + 1]
    for (_, text), after in zip(code, offsets):
        word, *operands = text.split(None, 1)
        register = operands[0].lstrip("%") if operands else ""
        if word == "push":
            depth += 8
            if any(t == f"pop    %{register}" for _, t in code):
                saved = {**saved, register: depth}
        elif word == "pop":
            depth -= 8
            saved = {r: d for r, d in saved.items() if r != register}
        elif found := re.match(r"add +\$(0x[0-9a-f]+),%rsp", text):
            depth -= int(found.group(1), 16)
        else:
            continue
        states.append((after, depth, saved))
    return states


# ---- what unwind data says ----

def elf_frames(path):
    """{address of a function: states like those of frames()}"""
    found, states, at, depth, saved = {}, None, 0, 8, {}
    text = run(["readelf", "--debug-dump=frames", path])[1]
    for line in text.splitlines():
        if entry := re.search(r" FDE .*pc=([0-9a-f]+)\.\.", line):
            at, depth, saved, states = int(entry.group(1), 16), 8, {}, [(0, 8, {})]
            found[at] = states
            start = at
        elif states is None:
            continue
        elif move := re.search(r"DW_CFA_advance_loc.* to ([0-9a-f]+)", line):
            at = int(move.group(1), 16)
            states.append((at - start, depth, saved))
        elif size := re.search(r"DW_CFA_def_cfa_offset: (\d+)", line):
            depth = int(size.group(1))
            states[-1] = (at - start, depth, saved)
        elif kept := re.search(r"DW_CFA_offset: r\d+ \((\w+)\) at cfa-(\d+)", line):
            saved = {**saved, kept.group(1): int(kept.group(2))}
            states[-1] = (at - start, depth, saved)
        elif back := re.search(r"DW_CFA_restore: r\d+ \((\w+)\)", line):
            saved = {r: d for r, d in saved.items() if r != back.group(1)}
            states[-1] = (at - start, depth, saved)
    return found


def coff_frames(path):
    """{function: (size of the prologue, states)}, of the prologue only: Windows reads the rest from
    the instructions."""
    found = {}
    text = run([LLVM + "llvm-readobj", "--unwind", path])[1]
    for entry in text.split("RuntimeFunction {")[1:]:
        name = re.search(r"StartAddress: (\S+)", entry).group(1)
        codes = re.findall(r"0x(\w+): (PUSH_NONVOL reg=(\w+)|ALLOC_SMALL size=8)", entry)
        states, depth, saved = [(0, 8, {})], 8, {}
        for at, _, register in reversed(codes):
            depth += 8
            if register:
                saved = {**saved, COFF_NUMBERS[register]: depth}
            states.append((int(at, 16), depth, saved))
        found[name] = (int(re.search(r"PrologSize: (\d+)", entry).group(1)), states)
    return found


def unwind_faults(path, is_elf, codes, addresses):
    """What differs between code and unwind data."""
    wrong = []
    said = elf_frames(path) if is_elf else coff_frames(path)
    for name, code in codes.items():
        want = frames(code)
        if is_elf:
            got = said.get(addresses[name])
        else:
            size, got = said.get(name, (0, [(0, 8, {})]))
            want = [s for s in want if s[0] <= max(size, 0)] if size else want[:1]
            pushes = sum(1 for _, t in code if t.startswith("push"))
            if len(want) != pushes + 1:
                wrong.append(f"{name}: the prologue of {size} bytes has {len(want) - 1} of "
                             f"{pushes} pushes")
        if got != want:
            wrong.append(f"{name}: unwind data {got}, code {want}")
    return wrong


# ---- what a function may cost ----

def most_instructions(op, convention):
    """A function's bound: what value style has, and the moves of the convention."""
    saved = {"r12"} | ({"rdi", "rsi"} if convention == "microsoft" else set())
    registers = ["rcx", "rdx", "r8", "r9"] if convention == "microsoft" else \
        ["rdi", "rsi", "rdx", "rcx", "r8", "r9"]
    changed = {model.REGISTERS[r] for p in op.params for r in (p.reg_in, p.reg_out)
               if r is not None} | {model.REGISTERS[r] for r in op.clobbers} | {"rax"}
    changed |= set() if op.direct else {"rdi"}
    count = len(op.inputs) + (not op.direct) + 1 + 1 + 1 + 2 * len(saved & changed)
    named = {name for p in op.settled for name, _, _ in p.terms}
    pushed = 0
    for n, p in enumerate(op.params):
        register = registers[n] if n < len(registers) else None
        lost = p.reg_out is None and model.REGISTERS[p.reg_in] in changed and p.name in named
        if register is None:
            count += p.is_pointer + (p.is_pointer and p.reg_in is not None)
        elif (p.is_pointer or lost) and register in changed:
            count += 2      # it waits in memory, or in a register
            pushed = 1
    count += len(op.outputs) + (2 if op.outputs else 0) + pushed
    for p in op.settled:
        count += 1 + 2 * sum(4 if abs(value) >= 2 ** 31 else 1 for _, _, value in p.terms)
    return count + len(op.inputs) // 2      # circles


# ---- together ----

def check(abi, specs, generator, build, report):
    """abi, specs: directories of specifications."""
    folder = os.path.join(build, "functions")
    os.makedirs(folder)
    everything = {s.name: s for d in (abi, specs) for s in model.load_folder(d)}
    for convention, syntax in itertools.product(("sysv", "microsoft"), ("both", "masm")):
        status, _, errors = run([generator, "generate", "-b", "asm", "-O", "form=functions", "-O",
                                 f"syntax={syntax}", "-O", f"convention={convention}", "-o",
                                 os.path.join(folder, convention), abi, specs])
        report.check(f"functions, {convention} {syntax}", status == 0, head(errors))
    for name, (extension, conventions, command) in ASSEMBLERS.items():
        for convention in conventions:
            wrong = []
            for spec in everything.values():
                wrong += file_faults(spec, convention, extension, command,
                                     os.path.join(folder, convention, "fastabi"))
            report.check(f"{name}, {convention}: {len(everything)} files", not wrong, wrong[:8])
    marks(abi, generator, folder, report)
    spoilt_files(everything["event_channel"], os.path.join(folder, "microsoft", "fastabi"), report)


def marks(abi, generator, build, report):
    """What else an object says: who sees the functions, and that they begin with endbr64."""
    folder = os.path.join(build, "marks")
    status, _, errors = run([generator, "generate", "-b", "asm", "-O", "form=functions", "-O",
                             "visibility=hidden", "-O", "prefix=mine", "-O", "transfer=vmcall",
                             "-o", folder, os.path.join(abi, "sched.yml")])
    report.check("functions, hidden", status == 0, head(errors))
    out = os.path.join(folder, "out.o")
    for name in ("as, CET", "nasm"):
        extension, _, command = ASSEMBLERS[name]
        status, _, errors = run([*command, out, os.path.join(folder, "fastabi",
                                                             f"sched.{extension}")])
        symbols = [line.split() for line in run(["readelf", "-sW", out])[1].splitlines()
                   if " GLOBAL " in line]
        report.check(f"{name}: functions are hidden", status == 0 and symbols and all(
            s[3] == "FUNC" and s[5] == "HIDDEN" and s[7].startswith("mine_sched_") and int(s[2])
            for s in symbols), head(errors) or symbols)
        sections = run(["readelf", "-SW", out])[1]
        report.check(f"{name}: the stack is not executable",
                     re.search(r"\.note\.GNU-stack +PROGBITS +0+ \w+ 0+ +00 +0 ", sections),
                     [sections])
        said = run(["readelf", "-nW", out])[1]
        if name == "as, CET":
            report.check("as, CET: the object is marked", "IBT, SHSTK" in said, [said])
        else:
            report.check("nasm: the object is not marked", "GNU" not in said, [said])
    for name in ("nasm", "nasm for Windows"):
        command = ASSEMBLERS[name][2]
        status, _, errors = run([*command[:-1], "-DXEN_FASTABI_ENDBR=endbr64", "-o", out,
                                 os.path.join(folder, "fastabi", "sched.nasm")])
        said = run(["readelf", "-nW", out])[1] if name == "nasm" else "IBT, SHSTK"
        code = run(["objdump", "-d", "--no-show-raw-insn", out])[1]
        starts = re.findall(r"<mine_\w+>:\n.*\t(\w+)", code)
        report.check(f"{name}: endbr64, and a mark in ELF",
                     status == 0 and not errors and "IBT, SHSTK" in said and starts
                     and set(starts) == {"endbr64"}, head(errors) + [said, *starts])


SPOILT = [
    ("as", "    .cfi_restore \\register\n", ""),
    ("as", "    .cfi_adjust_cfa_offset 8\n", ""),
    ("nasm", "db 0x80 + xen_fastabi_fn_elf_", "db 0x81 + xen_fastabi_fn_elf_"),
    ("nasm for Windows", "_coff_rdi 7", "_coff_rdi 6"),
    ("llvm-ml", ".pushreg rdi", ".pushreg rsi"),
    ("llvm-ml", "    push rdi\n    .pushreg rdi\n", "    push rdi\n"),
    ("llvm-ml", "    ret\n", "    nop\n    nop\n    nop\n    ret\n"),
]


def spoilt_files(spec, folder, report):
    """Faults in what a file says, or costs, are seen."""
    for name, text, other in SPOILT:
        extension, _, command = ASSEMBLERS[name]
        path = os.path.join(folder, f"{spec.name}.{extension}")
        with open(path, encoding="utf-8") as file:
            good = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(good.replace(text, other))
        wrong = file_faults(spec, "microsoft", extension, command, folder)
        with open(path, "w", encoding="utf-8") as file:
            file.write(good)
        report.check(f"seen, {name}: {text.strip()}", text in good and any(
            "unwind data" in w or "pushes" in w or "will do" in w for w in wrong), wrong[:4])


def file_faults(spec, convention, extension, command, folder):
    source = os.path.join(folder, f"{spec.name}.{extension}")
    out = os.path.join(folder, "out.o")
    status, said, errors = run([*command, out, source])
    if status or errors:
        return [f"{spec.name}: {line}" for line in head(said + errors, 4)]
    names = {f"xen_hypercall_{op.symbol}": op for op in spec.ops}
    codes = functions_of(out, names)
    if len(codes) != len(names):
        return [f"{spec.name}: {len(codes)} functions, expected {len(names)}"]
    symbols = run(["nm", out])[1]
    addresses = {n: int(a, 16) for a, n in re.findall(r"^(\w+) T (\w+)$", symbols, re.M)}
    with open(out, "rb") as file:
        is_elf = file.read(4) == b"\x7fELF"
    wrong = unwind_faults(out, is_elf, codes, addresses)
    for name, code in codes.items():
        count = sum(1 for _, text in code if not text.startswith("endbr64"))
        most = most_instructions(names[name], convention)
        if convention == "sysv" and len(names[name].params) <= 6:
            margin = 0 if spec.path.startswith(ABI) else 3      # of value style: circles
            most = min(most, stub_bound.bound(names[name], "value") + margin)
        if count > most:
            wrong.append(f"{name}: {count} instructions, {most} will do")
        if "-fcf-protection" in command and not code[0][1].startswith("endbr64"):
            wrong.append(f"{name}: no endbr64")
    return wrong
