# SPDX-License-Identifier: MIT
"""Bridges and stubs in code of a kernel that must not be instrumented.

Compiled with what instrumented and hardened kernels have, inside of functions that are marked as
Linux marks its noinstr ones: no call may leave them.  Linux's objtool has to agree.  Must not know
any operation.
"""
import glob
import os
import re

import bridge_model
import model
from report import each, head, run

FLAGS = ["-O2", "-std=gnu11", "-ffreestanding", "-mgeneral-regs-only", "-mno-red-zone",
         "-mcmodel=kernel", "-fno-pic", "-fno-pie", "-fno-strict-aliasing", "-Wall", "-Wextra",
         "-Werror", "-fno-asynchronous-unwind-tables",
         "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"]

# name: flags of gcc and clang; None: the compiler has none
KERNELS = {
    "plain": ([], []),
    "kasan": (["-fsanitize=kernel-address", "--param", "asan-instrumentation-with-call-threshold=0",
               "--param", "asan-stack=1"],
              ["-fsanitize=kernel-address", "-mllvm", "-asan-instrumentation-with-call-threshold=0",
               "-mllvm", "-asan-stack=1"]),
    "kcsan": (["-fsanitize=thread", "--param", "tsan-distinguish-volatile=1", "--param",
               "tsan-instrument-func-entry-exit=0"],
              ["-fsanitize=thread", "-mllvm", "-tsan-distinguish-volatile=1", "-mllvm",
               "-tsan-instrument-func-entry-exit=0"]),
    "kcov": (["-fsanitize-coverage=trace-pc,trace-cmp"],
             ["-fsanitize-coverage=trace-pc,trace-cmp"]),
    "ubsan": (["-fsanitize=bounds,shift,bool,enum"],
              ["-fsanitize=array-bounds,shift,bool,enum"]),
    "protector": (["-fstack-protector-strong"], ["-fstack-protector-strong"]),
    "fentry": (["-pg", "-mfentry", "-mrecord-mcount"], ["-pg", "-mfentry"]),
    "retpoline": (["-mindirect-branch=thunk-extern", "-mindirect-branch-register",
                   "-mfunction-return=thunk-extern", "-mharden-sls=all"],
                  ["-mretpoline-external-thunk"]),
    "ibt": (["-fcf-protection=branch"], ["-fcf-protection=branch"]),
    "init": (["-ftrivial-auto-var-init=zero", "-fzero-call-used-regs=used-gpr"],
             ["-ftrivial-auto-var-init=zero"]),
    "kcfi": (None, ["-fsanitize=kcfi"]),
    "frame": (["-fno-omit-frame-pointer", "-fno-optimize-sibling-calls"],
              ["-fno-omit-frame-pointer", "-fno-optimize-sibling-calls"]),
}
STYLES = ["struct", "value", "bridge"]
COMPILERS = ["gcc", "clang", "clang-16", "clang-19"]
ALWAYS = {"gcc kasan", "clang kcsan"}
SAMPLE = 1      # more of them, unless in --full

# What is allowed to be called: the end of a function, and what objtool allows as well.
ALLOWED = re.compile(r"__x86_return_thunk|__stack_chk_fail|__ubsan_handle_\w+")

HEAD = """\
/* Written by tests/stubs. */
#include <stdint.h>
#define XEN_FASTABI_PHYS(pointer) ((uint64_t)(uintptr_t)(pointer) - 0xffff888000000000u)
#define noinstr __attribute__((__noinline__, __section__(".noinstr.text"), \\
    __no_instrument_function__, %s))
"""
MARKS = {"gcc": "__no_sanitize_address__, __no_sanitize_thread__, __no_sanitize_coverage__",
         "clang": '__no_sanitize__("address", "hwaddress", "thread", "coverage")'}


def bridge_function(call, command):
    """A function that makes a classic call with a constant command."""
    name = call.spec.name
    params, args = [], []
    for n, pointer in enumerate(call.pointers):
        if n == call.place:
            args.append(f"{command}u")
            continue
        params.append(f"{'void *' if pointer else 'unsigned long '}a{n}")
        args.append(f"a{n}")
    head_ = f"long bridge_{name}_{command}({', '.join(params) or 'void'})"
    return (f"noinstr {head_};\n{head_}\n{{\n    long result;\n\n"
            f"    if (xen_fastabi_{name}({', '.join([*args, '&result'])}))\n"
            f"        return result;\n    return -38;\n}}\n")


def stub_function(op, style):
    """A function that makes the FastABI call; outputs are in its caller's memory."""
    params, args = [], []
    for n, arg in enumerate(model.stub_arguments(op, style, "vmmcall")):
        if arg[0] == "struct":
            params.append(f"struct {op.struct} *a{n}")
        else:
            p = arg[1]
            c_type = p.c_type if style == "struct" and p.c_type else p.c_int
            params.append(f"{c_type} {'*' if arg[0] == 'pointer' else ''}a{n}")
        args.append(f"a{n}")
    head_ = f"long stub_{op.symbol}({', '.join(params) or 'void'})"
    return (f"noinstr {head_};\n{head_}\n{{\n"
            f"    return xen_hypercall_{op.symbol}({', '.join(args)});\n}}\n")


def source(compiler, style, calls):
    """Functions in .noinstr.text for all commands or operations."""
    text = HEAD % MARKS[compiler.split("-", maxsplit=1)[0]]
    text += "#include <xen/xen.h>\n"
    text += "".join(f"#include <fastabi/{call.spec.name}.h>\n" for call in calls)
    for call in calls:
        if style == "bridge":
            text += "".join(bridge_function(call, command) for command in call.commands())
        else:
            text += "".join(stub_function(op, style) for op in call.spec.ops)
    return text


def leaving(listing):
    """Calls and jumps out of the section, and how many transfers there are."""
    wrong, transfers, function, last = [], 0, "", ""
    for line in listing.splitlines():
        start = re.match(r"^[0-9a-f]+ <(\w+)>:$", line)
        if start:
            function = start.group(1)
        word = re.match(r"^\s*[0-9a-f]+:\s+(\S+)\s*(.*)$", line)
        if word and not word.group(1).startswith("R_X86"):
            last = word.group(1)
            transfers += last == "vmmcall"
            if re.match(r"(call|jmp)\s*\*", f"{last} {word.group(2)}"):
                wrong.append(f"{function}: {last} {word.group(2)}")
        found = re.match(r"^\s*[0-9a-f]+: R_X86_64_\w+\s+([\w.]+)", line)
        if found and re.match(r"call|j\w+$", last) and not ALLOWED.match(found.group(1)):
            wrong.append(f"{function}: {last} {found.group(1)}")
    return wrong, transfers


def objtool(path, compiler, kernel):
    """What Linux's objtool says of the object."""
    tools = sorted(glob.glob("/usr/lib/linux-kbuild-*/tools/objtool/objtool"))
    if not tools:
        return ["there is no objtool; install linux-kbuild-6.1"]
    hardened = ["--retpoline"] if compiler.startswith("clang") else \
        ["--retpoline", "--rethunk", "--sls"]
    more = {"retpoline": hardened, "ibt": ["--ibt"],
            "fentry": ["--mcount"], "frame": ["--stackval"]}.get(kernel, [])
    status, said, errors = run([tools[-1], "--hacks=noinstr", "--noinstr", "--orc", "--link", *more,
                                path])
    lines = head(said + errors)
    return lines or ([f"objtool: exit status {status}"] if status else [])


def check(compiler, kernel, style, bindings, calls, path):
    """What is wrong in one kernel's build of one style."""
    flags = KERNELS[kernel][0 if compiler.startswith("gcc") else 1]
    with open(path + ".c", "w", encoding="utf-8") as file:
        file.write(source(compiler, style, calls))
    status, _, errors = run([compiler, *FLAGS, *flags, "-I", bindings, "-c", path + ".c", "-o",
                             path + ".o"])
    if status:
        return head(errors)
    _, listing, _ = run(["objdump", "-dr", "--no-show-raw-insn", "-j", ".noinstr.text",
                         path + ".o"])
    wrong, transfers = leaving(listing)
    wanted = sum(len(call.commands()) if style == "bridge" else len(call.spec.ops)
                 for call in calls)
    if transfers < wanted:
        wrong.append(f"{transfers} transfers in {wanted} functions")
    return wrong + objtool(path + ".o", compiler, kernel)


def run_all(generator, specs, build, jobs, sampling, report):
    """Each build of each style."""
    calls = [bridge_model.Hypercall(spec) for spec in model.load_folder(specs)]
    for style in STYLES:
        status, _, errors = run([*generator, "generate", "-b", "c", "-O", f"style={style}", "-O",
                                 "transfer=vmmcall", "-o", os.path.join(build, style), specs])
        if status:
            report.check(f"noinstr {style}: generate", False, head(errors))
            return

    def one(item):
        compiler, kernel, style = item
        wrong = check(compiler, kernel, style, os.path.join(build, style), calls,
                      os.path.join(build, "-".join(item)))
        report.check(f"noinstr {compiler} {kernel}: {style} style", not wrong, wrong)
    each(jobs, one, [(*b, style) for b in builds(sampling) for style in STYLES])
    planted = leaving(
        "0 <f>:\n 0:\tcall 5 <f+0x5>\n\t\t1: R_X86_64_PLT32\t__asan_load8-0x4\n")
    report.check("noinstr: a call is noticed", planted[0] == ["f: call __asan_load8"])


def builds(sampling):
    """[(compiler, kernel)] of a run: all of them, or a sample."""
    every = [(compiler, kernel) for compiler in COMPILERS for kernel in KERNELS
             if is_known(compiler, kernel)]
    first = [b for b in every if " ".join(b) in ALWAYS]
    rest = [b for b in every if b not in first]
    return first + sampling.pick("noinstr", rest, SAMPLE)


def is_known(compiler, kernel):
    flags = KERNELS[kernel][0 if compiler.startswith("gcc") else 1]
    new = {"kcfi": ["clang-16", "clang-19"], "init": ["gcc", "clang-16", "clang-19"]}
    return flags is not None and compiler in new.get(kernel, COMPILERS)
