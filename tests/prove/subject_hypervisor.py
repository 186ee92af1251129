# SPDX-License-Identifier: MIT
"""The dispatcher as something to prove: the generated file, compiled as Xen's tree compiles it, and
composed with stubs.

Handlers stay out of the file, so that each function calls them.  Must not know what the dispatcher
looks like.
"""
import os
import shlex
import shutil
import subprocess

from elftools.elf.elffile import ELFFile

import choice
import convention
import image
import machine
import prover
import subject_c
from composition import compose
from contract import Field, Refuted
from hypervisor import HypervisorShape, ProbeContract
from memory import Open
from subject_bridges import Layout, Unproved, call, hypercalls, others, scalars, write

NAME, SAMPLE = "hypervisor", None
FUNCTIONS, CHOICE = ("functions",), ("choice",)     # of the dispatcher
WORKS = ("hypervisor",)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = "xen/arch/x86/hvm/fastabi"       # in Xen's source
STUBS = ("struct", "vmcall")            # what composition.py composes the dispatcher with
PARTS = "#define FASTABI_IS_ELSEWHERE(nr) 0\n"
MEMBERS = {     # what is named, and how to say where it is
    "vcpu_id": "offsetof(struct vcpu, vcpu_id)",
    "hcall_fastabi": "offsetof(struct vcpu, hcall_fastabi)",
    "hcall_fastabi_plain": "offsetof(struct vcpu, hcall_fastabi_plain)",
    "hcall_preempted": "offsetof(struct vcpu, hcall_preempted)",
    "next": "offsetof(struct vcpu, mc_state.call.args)",
    "vcpu": "sizeof(struct vcpu)", "regs": "sizeof(struct cpu_user_regs)",
    "cpu_info": "sizeof(struct cpu_info)", "current": "offsetof(struct cpu_info, current_vcpu)",
    "area": "FASTABI_AREA_SIZE", "shift": "ARG_XLAT_VA_SHIFT",
    "areas": "(uint32_t)(unsigned long)FASTABI_AREAS",
    "areas above": "(uint32_t)((unsigned long)FASTABI_AREAS >> 32)",
    "handles": "(uint32_t)(unsigned long)FASTABI_HANDLE(FASTABI_AREAS)",
    "handles above": "(uint32_t)((unsigned long)FASTABI_HANDLE(FASTABI_AREAS) >> 32)"}
MEMBERS.update({name: f"offsetof(struct cpu_user_regs, {name})"
                for name in ("rax", "rdi", "rsi", "r8", "r9", "r10", "r11", "r12")})


def groups():
    return [(form, [("gcc",)]) for form in (FUNCTIONS, CHOICE)]


def title(form, way):
    return f"hypervisor {' '.join(form)}, {' '.join(way)}"


def needs_structs(form):
    return True


def tree():
    """Xen's source, patched and built."""
    folder = os.environ.get("XEN_OUT") or os.path.join(ROOT, "build", "xen")
    found = os.path.join(os.path.abspath(folder), "source")
    if not os.path.exists(os.path.join(found, HERE, "dispatch.o")):
        raise Unproved(f"{folder} has no Xen with FastABI that was built (scripts/xen-build)")
    return found


def generate(generator, folder, form, specs):
    os.makedirs(folder, exist_ok=True)
    call([*generator, "generate", "-b", "xen", "-o", os.path.join(folder, "dispatch.c"), *specs])
    subject_c.generate(generator, os.path.join(folder, "stubs"), STUBS, specs)


def command():
    """How Xen compiles its dispatcher, without what names files."""
    path = os.path.join(tree(), HERE, ".dispatch.o.cmd")
    with open(path, encoding="utf-8") as file:
        words = shlex.split(file.readline().split(":=", 1)[1])
    found = []
    while words:
        word = words.pop(0)
        if word in ("-MF", "-MQ", "-o", "-c"):
            words.pop(0)
        elif word not in ("-MMD", "-MP"):
            found.append(word)
    return found


# ---- what Xen's headers say ----

def left_out(classic):
    """Why an operation is not proven, or None."""
    if classic.arrays:
        return "its handler reaches an array by a guest handle"
    if "frame" in classic.xen:
        return "its handler reaches a frame by a guest handle"
    if classic.progress:
        return "it may do a part of the work"
    return None


def signed_paths(classic):
    status = classic.xen.get("status")
    return scalars(classic) | ({status} if status else set())


def paths_of(classic):
    return sorted(signed_paths(classic) | others(classic)) if classic.struct else []


def continued(classic):
    return list(classic.xen.get("continue") or [])


def tables(specs):
    text = ["#define SIGNED_FIELD(s, f) ((__typeof__(((s *)0)->f))(-1) < "
            "(__typeof__(((s *)0)->f))(1))\n",
            f"const uint32_t fastabi_tree[] = {{ {', '.join(MEMBERS.values())} }};\n"]
    for one in hypercalls(specs):
        number, args = one.spec.hypercall_index, ", ".join(f"a{n}" for n in range(1, 6))
        # In another order, so that what the handler does not take stays where it is.
        taken = "long none, " + ", ".join(f"unsigned long a{n}" for n in range(5, 0, -1))
        text.append(f"long fastabi_probe_{number}({taken});\n"
                    f"long fastabi_probe_{number}({taken})\n"
                    f"{{\n    long rc;\n\n    call_handlers_hvm64({number}U, rc, {args});\n"
                    f"    return rc;\n}}\n")
        for classic in one.ops:
            if left_out(classic):
                continue
            s = f"struct {classic.struct}"
            rows = [f"sizeof({s})" if classic.struct else "0"]
            for path in paths_of(classic):
                sign = f"SIGNED_FIELD({s}, {path})" if path in signed_paths(classic) else "0"
                rows.append(f"offsetof({s}, {path}), sizeof((({s} *)0)->{path}), {sign}")
            rows += [f"(uint32_t)({name})" for name in continued(classic)]
            text.append(f"const uint32_t layout_{classic.op.symbol}[] = {{ {', '.join(rows)} }};\n")
    return "".join(text)


def compiled(base, source, folder, extra=()):
    """An image of a source, with a mark in place of each function that Xen has elsewhere."""
    write(os.path.join(folder, "parts.h"), PARTS)
    shutil.copy(os.path.join(tree(), HERE, "dispatch.h"), folder)
    call_in(os.path.join(tree(), "xen"), [*command(), *extra, "-I", folder, "-c",
                                          source, "-o", base + ".o"])
    with open(base + ".o", "rb") as file:
        symbols = ELFFile(file).get_section_by_name(".symtab").iter_symbols()
        names = sorted(s.name for s in symbols if s["st_shndx"] == "SHN_UNDEF" and s.name)
    text = "".join(f".globl {name}\n{name}:\n"
                   + ("" if name == "__x86_return_thunk" else "    ud2\n    .byte 0x4f\n")
                   + "    ret\n" for name in names)
    write(base + "-rest.S", ".text\n" + text + '.section .note.GNU-stack, ""\n')
    call(["gcc", "-c", base + "-rest.S", "-o", base + "-rest.o"])
    error = image.link([base + ".o", base + "-rest.o"], base + ".elf")
    if error:
        raise Unproved(error)
    found = image.Image(base + ".elf")
    found.externals = {found.functions[name][0]: name for name in names}
    return found


def call_in(folder, words):
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unproved("\n".join(done.stderr.splitlines()[:5]))


def layouts(specs, first, bindings, base):
    """{operation's title: Layout}, and what Xen's headers say besides."""
    source = base + ".c"
    write(source, f'#include "dispatch.h"\n{headers(bindings)}{tables(specs)}')
    linked = compiled(base, source, bindings)
    offsets = {name: word % (1 << 32) for name, word in zip(
        MEMBERS, linked.words("fastabi_tree", len(MEMBERS)))}
    for name in ("areas", "handles"):
        offsets[name] |= offsets.pop(name + " above") << 32
    found = {"tree": offsets, "probes": {}, "stubs": subject_c.layouts(
        specs, [], os.path.join(bindings, "stubs"), base + "-stubs")}
    for one in hypercalls(specs):
        number = one.spec.hypercall_index
        contract = ProbeContract(linked.externals, convention.SYSV)
        state = machine.State(linked, linked.enter(f"fastabi_probe_{number}"))
        contract.enter(state)
        machine.explore(state, contract.transfer, contract.finish)
        found["probes"][number] = contract.found
        for classic in one.ops:
            if not left_out(classic):
                found[classic.op.title] = layout(classic, linked)
    return found


def headers(bindings):
    """What the dispatcher includes."""
    with open(os.path.join(bindings, "dispatch.c"), encoding="utf-8") as file:
        return "".join(line for line in file if line.startswith("#include <"))


def layout(classic, linked):
    paths = paths_of(classic)
    names = continued(classic)
    size, *words = linked.words(f"layout_{classic.op.symbol}", 1 + 3 * len(paths) + len(names))
    places = {path: Field(*words[3 * n:3 * n + 3]) for n, path in enumerate(paths)}
    found = Layout(classic, size, places, {})
    found.compared = size       # a flexible array may follow
    found.size = max([size] + [place.offset + place.size for place in places.values()])
    found.continued = [classic.op.index] + words[3 * len(paths):]
    return found


# ---- what there is to prove ----

def build(form, way, specs, first, bindings, base, extra=()):
    return compiled(base, os.path.join(bindings, "dispatch.c"), bindings, extra)


def function(op):
    name = f"fastabi_op{op.spec.hypercall_index}"
    return name if op.direct else f"{name}_{op.name}"


def choices(specs):
    return choice.choices(hypercalls(specs), function, lambda classic: bool(continued(classic)))


def subjects(form, way, specs, structs):
    if form == FUNCTIONS:
        yield from functions(specs, structs)
        return
    shape = choice.ChoiceShape(structs["tree"], choices(specs))
    for spec in specs:
        for op in spec.ops:
            yield op, choice.ENTRY, shape, convention.SYSV


def functions(specs, structs):
    for one, spec in zip(hypercalls(specs), specs):
        titles = {op.title for op in spec.ops}
        for classic in one.ops:
            if classic.op.title in titles and not left_out(classic):
                yield classic.op, function(classic.op), HypervisorShape(
                    classic, structs["tree"], structs[classic.op.title], structs["probes"]), \
                    convention.SYSV


def together(form, linked, specs, structs):
    """(title, verdict, obligations, what is wrong) of a number that nothing has, or of each
    operation's stub and dispatcher."""
    if form == CHOICE:
        nothing = choice.ChoiceContract(None, choice.ChoiceShape(structs["tree"], choices(specs)),
                                        convention.SYSV)
        verdict, wrong = prover.explored(linked, choice.ENTRY, nothing)
        yield "a number of nothing", verdict, nothing.obligations, wrong
        return
    for op, _, shape, _ in functions(specs, structs):
        size, fields = structs["stubs"].get(op.title, (0, {}))
        try:
            yield f"{op.title} from end to end", "proven", compose(op, shape, fields, size), ""
        except Refuted as wrong:
            yield f"{op.title} from end to end", "refuted", 1, str(wrong)
        except Open as unknown:
            yield f"{op.title} from end to end", "open", 1, str(unknown)
