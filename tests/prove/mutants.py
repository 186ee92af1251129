# SPDX-License-Identifier: MIT
"""Faulty stubs: the faults of tests/stubs/mutate*.py, in every operation at once.

An operation with a fault is one mutant.  Must not know what a fault looks like, nor how it is
noticed.
"""
import collections
import os
import re

import bridge
import lang_rust
import mutate
import mutate_asm
import mutate_functions
import mutate_rust
import subject_hypervisor


def change_all(places, change):
    """Change each piece of text, (path, start, end, operation); the titles of those that change."""
    by_path, titles = collections.defaultdict(lambda: collections.defaultdict(list)), set()
    for path, start, end, op in places:
        by_path[path][start, end].append(op)
    for path, pieces in by_path.items():
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for (start, end), ops in sorted(pieces.items(), reverse=True):
            changed = change(text[start:end], ops[0])
            if changed != text[start:end]:
                text = text[:start] + changed + text[end:]
                titles |= {op.title for op in ops}
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return titles


class C:
    """Faults that only instrumented code shows are not for the prover.  A condition of a random
    specification may hold always, or be one of a circle; then a fault in it changes nothing, so
    these faults are for abi/, which has no condition on an output with a condition."""

    faults = {name: group for name, (_, group, instrumented) in mutate.MUTATIONS.items()
              if not instrumented and name != "condition on an output that means nothing"}
    # In a struct an input is read again for the next call, so only an argument shows this one.
    faults["clobber lost"] = ("value", "vmcall")
    more = {"volatile lost": ("__asm__ __volatile__", "__asm__"),
            "memory clobber lost, value": ('"memory"', "")}
    faults.update(dict.fromkeys(more, ("value", "vmcall")))
    # Code that is not optimised loads every register again, so it may be right all the same; and a
    # call whose outputs are stored is made for them.
    may_be_right = {"clobber lost", "volatile lost"}
    sensible = {name for name in faults if name.startswith("condition")}
    sensible.add("output stored too narrow")    # its condition may leave only small values
    ways = [("gcc", "-O2"), ("clang", "-O0")]
    quiet = ["-w"]

    @staticmethod
    def spoil(folder, specs, fault):
        change = mutate.MUTATIONS[fault][0] if fault in mutate.MUTATIONS else \
            mutate.sub(*C.more[fault])
        titles = change_all(mutate.find_stubs(folder, specs), change)
        return titles - read_again(specs) if fault == "clobber lost" else titles


def read_again(specs):
    """Operations with a clobber that is an input and an output: it is read again for the next call,
    whatever the compiler believes of the register."""
    return {op.title for spec in specs for op in spec.ops
            if any(p.is_pointer and p.reg_in in op.clobbers for p in op.inputs)}


MICROSOFT_ONLY = ("rdi not saved", "rsi not saved", "registers restored in the wrong order")


def started_with(code, word):
    """A function that starts with these bytes."""
    line = f"    {word} " + ", ".join(f"0x{byte}" for byte in code.split())
    return lambda text: re.sub(r"\A.*\n", lambda found: f"{found.group(0)}{line}\n", text)


class Functions:
    """In both conventions and syntaxes.  Some are instructions that a function starts with, which
    are easily taken for others; of most the prover knows no more than that."""

    more = {
        "rol keeps flags": "31 c0 b8 01 00 00 00 d1 c0 75 01 c3",   # Z is set: returns
        "rol's carry": "b8 00 00 00 80 d1 c0 73 01 c3",             # C is set: returns
        "bt far away": "b8 00 02 00 00 0f a3 04 24",                # bt %eax, (%rsp) reads 64(%rsp)
        "push of two bytes": "66 6a 00 48 83 c4 08",
        "movsxd of 32 bits": "b8 ff ff ff ff 63 c0 48 85 c0 78 01 c3",  # not negative: returns
        "address of 32 bits": "67 48 8d 04 25 00 00 00 80 48 85 c0 78 01 c3",
        "caller's stack read": "48 8b 84 24 f0 ff 7f 00",
    }
    may_be_open = {f"{name}, sysv" for name in (
        "bt far away", "push of two bytes", "movsxd of 32 bits", "address of 32 bits")}
    faults = {f"{name}, {convention}": (convention, transfer)
              for name, (_, (_, transfer), _) in mutate_functions.MUTATIONS.items()
              for convention in ("sysv", "microsoft")
              if convention == "microsoft" or name not in MICROSOFT_ONLY}
    faults.update({f"{name}, sysv": ("sysv", "vmcall") for name in more})
    ways, quiet, sensible = [("gas",), ("nasm",)], [], {
        f"{name}, {convention}" for name in ("condition dropped", "condition on the whole register")
        for convention in ("sysv", "microsoft")}

    @staticmethod
    def spoil(folder, specs, fault):
        name, titles = fault.rpartition(", ")[0], set()
        for extension, word in (("S", ".byte"), ("nasm", "db")):
            change = mutate_functions.FUNCTIONS.get(name) or started_with(
                Functions.more[name], word)
            titles |= change_all(find_blocks(folder, specs, extension,
                                             mutate_functions.BLOCKS[extension],
                                             r"\A\s+\w+ xen_hypercall_(\w+)"),
                                 lambda text, op: change(text))
        return titles


def find_pieces(path, pattern, ops_of):
    """(path, start, end, operation) of each piece of a file, for all operations that ops_of(match)
    says it is about."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for found in re.finditer(pattern, text, re.M):
        for op in ops_of(found):
            yield path, found.start(), found.end(), op


def find_blocks(folder, specs, extension, block, symbol):
    """The same of each piece of assembly, whose symbol a pattern finds."""
    for spec in specs:
        by_symbol = {op.symbol: op for op in spec.ops}
        yield from find_pieces(
            os.path.join(folder, "fastabi", f"{spec.name}.{extension}"), block,
            lambda found, by=by_symbol: [by[re.search(symbol, found.group(0)).group(1)]])


class Macros:
    """In both syntaxes; some faults are in what all macros share.  One is not for the prover: only
    random conditions name an input whose register is overwritten, and some of them hold always."""

    faults = {name: (transfer,) for name, (_, (_, transfer), _) in mutate_asm.MUTATIONS.items()
              if name != "input that a condition names lost"}
    # Moves may happen to be in the right order without these.
    may_be_right = {"addresses not looked at", "reader not warned of an exchange"}
    ways, quiet = [("gas",), ("nasm",)], []
    sensible = {name for name in faults if name.startswith("condition")}

    @staticmethod
    def spoil(folder, specs, fault):
        titles = set()
        for extension in ("S.h", "inc"):
            if fault in mutate_asm.SHARED:
                path = os.path.join(folder, "fastabi." + extension)
                if mutate_asm.spoil_shared(path, fault) is not None:
                    titles |= {op.title for spec in specs for op in spec.ops}
                continue
            change = mutate_asm.MACROS.get(fault) or mutate_asm.ALL_MACROS[fault]
            titles |= change_all(find_blocks(folder, specs, extension, mutate_asm.BLOCK,
                                             r"macro xen_hypercall_(\w+)"), change)
        return titles


class Bridges:
    """The faults of the bridges' suite and more, wherever the text is; each is one way to lose a
    test, a store, a call or an end."""

    more = {
        "status of another struct": (r"param_->status = \(__typeof__\(param_->status\)\)0;",
                                     "param_->status = (__typeof__(param_->status))1;"),
        "output not stored": (r"(if \(ret_ >= 0\) \{\n +)param_->\S+ = [^;]*;", r"\1;"),
        "output stored after any answer": (r"if \(ret_ >= 0\) \{", "if (1) {"),
        "success is left to the classic call": (r"\*result_ = ret_;\n +return 1;",
                                                "*result_ = ret_;\n        return 0;"),
        "carried without a call": (r"(    if \([^\n]*\n)        return 0;\n",
                                   r"\1        return 1;\n"),
        "the first input lost": (r"(\n    in_\w+_ = )[^;]*param_->[^;]*;", r"\g<1>0;"),
        "length not looked at": (r"\(uint64_t\)\S+ - 1u >= 0x100000u \|\|", "0 ||"),
        "first part given again": (r"i_ \+= \(uint64_t\)", "i_ += 0 * (uint64_t)"),
        "struct given again": (r"params_ \+ i_, ", "params_, "),
        "one struct too many": (r"(for \(i_ = 0; i_ <)( [^;]+; i_\+\+\) \{\n +if "
                                r"\(!xen_fastabi_carry)", r"\1=\2"),
        "number of structs below 0": (r"- 1u >= 0x7fffffffu", "== 0"),
        "failure of the first struct told": (r"return i_ != 0;", "return 1;"),
        "every failure left to the classic call": (r"return i_ != 0;", "return 0;"),
        "every error left, before the first part": (r"!i_ && ret_ == -38", "!i_ && ret_ < 0"),
        "error after a part left": (r"!i_ && ret_ == -38", "ret_ == -38"),
        "offset not shifted out": (r"(in_\w+_) >>= 12;", ";"),
        "result of a part told": (r"if \(i_\)\n +ret_ = \(long\)i_;", ""),
        "run too long": (r"while \(run_ < length_ - i_", "while (run_ <= length_ - i_"),
        "all done after the first run": (r"while \(i_ < length_\);", "while (0);"),
        "another guard": (r"XEN_FASTABI_BRIDGE_ENABLED\(\)",
                          "({ static volatile unsigned char other_ = 1; other_; })"),
        "another vendor": (r"(ret_ = xen_hypercall_\w+\()vendor_",
                           r"\1(enum xen_hypercall_vendor)!vendor_"),
    }
    faults = {name: ("argument",) for name in
              [*bridge.MUTANTS, *bridge.RANDOM_MUTANTS, *more]}
    may_be_open = {"another guard"}     # a variable of which nothing is known
    ways, quiet, sensible = [("gcc", "-O1", "constant")], ["-w"], set()

    @classmethod
    def spoil(cls, folder, specs, fault):
        pattern, replacement = cls.more.get(fault) or \
            {**bridge.MUTANTS, **bridge.RANDOM_MUTANTS}[fault][1:]
        return change_all(cls.functions(folder, specs),
                          lambda text, op: re.sub(pattern, replacement, text))

    @staticmethod
    def functions(folder, specs):
        """What carries an operation, and what chooses among those of a hypercall."""
        for spec in specs:
            by_symbol = {op.symbol: [op] for op in spec.ops}
            yield from find_pieces(
                os.path.join(folder, "fastabi", f"{spec.name}.h"),
                r"^xen_fastabi_bool xen_fastabi_(?:(?:carry|each|linear|fits|switch)_)?(\w+)\("
                r"(?:.|\n)*?^}\n",
                lambda found, by=by_symbol, every=spec.ops: by.get(found.group(1), every))


class Hypervisor:
    """Faults of the dispatcher's functions."""

    texts = {
        "input lost": (r"\n    arg->\S+ = (?:\(\w+\))?\(?regs->[^;]*;", ""),
        "input of another register": (r"(\n    arg->[^;]*)regs->rsi", r"\1regs->r12"),
        "input shifted": (r"(\n    arg->\S+ = )(regs->\w+;)", r"\g<1>1 + \2"),
        "struct not cleared": (r"memset\(arg, 0, sizeof\(\*arg\)\);", ""),
        "constant of the struct lost": (r"\n    arg->\S+ = \d+;", ""),
        "output lost": (r"\n    regs->\w+ = \([^;]*arg->[^;]*;", ""),
        "output after a failure": (r"if \( rc < 0 \)\n        return;", ""),
        "output never": (r"if \( rc < 0 \)", "if ( 1 )"),
        "output of zero success": (r"if \( rc < 0 \)", "if ( rc <= 0 )"),
        "output too narrow": (r"= \(uint(?:32|64)_t\)arg->", "= (uint16_t)arg->"),
        "output of another register": (r"\n    regs->(?:r8|r9) = \(", "\n    regs->r11 = ("),
        "result lost": (r"\n    regs->rax = rc;", ""),
        "result cut": (r"regs->rax = rc;", "regs->rax = (uint32_t)rc;"),
        "address not looked at": (r"if \( unlikely\(FASTABI_INSIDE", "if ( 0 && (FASTABI_INSIDE"),
        "one address not looked at": (r"FASTABI_INSIDE\(arg, regs->\w+\)", "0"),
        "refused with success": (r"fastabi_refuse\(regs, -EINVAL\)", "fastabi_refuse(regs, 0)"),
        "refused and done": (r"return (fastabi_refuse\(regs, -EINVAL\))", r"\1"),
        "interruption not noticed": (r"unlikely\(curr->hcall_preempted\)", "0"),
        "interruption always": (r"unlikely\(curr->hcall_preempted\)", "1"),
        "goes on with anything": (r"may_continue_\w+\(curr, regs\)\);", "true);"),
        "goes on with another struct": (r"!memcmp\(again, arg, sizeof\(\*arg\)\)", "true"),
        "goes on with another command": (r"\(uint32_t\)FASTABI_NEXT\(curr, 0\) == \w+", "true"),
        "goes on with another argument": (r"FASTABI_NEXT\(curr, 1\) ==[^;]*?(?= &&|;)", "true"),
        "state of something else": (r"FASTABI_NEXT\(curr, 0\) \^", "FASTABI_NEXT(curr, 1) ^"),
        "state without its key": (r"FASTABI_NEXT\(curr, 0\) \^ \d+U", "FASTABI_NEXT(curr, 0)"),
        "address of the guest's": (r"(_CALL\([^;]*)\(unsigned long\)FASTABI_HANDLE\(arg\)",
                                   r"\1regs->rsi"),
        "another command": (r"(_CALL\([^;]*rc,\s+)(\d+U)", r"\g<1>1U + \2"),
        "argument of another register": (r"(_CALL\([^;]*)regs->rsi", r"\1regs->r8"),
        "area where there is none": (r"FASTABI_PLAIN_CALL\(curr,",
                                     "FASTABI_OPEN(curr, FASTABI_AREA(curr));\n"
                                     "    FASTABI_CALL(curr,"),
        "no area": (r"FASTABI_OPEN\(curr, arg\);", ""),
        "area left open": (r"FASTABI_CALL\(curr,", "FASTABI_PLAIN_CALL(curr,"),
        "memory of the guest's read": (r"(\n    arg->\S+ = )regs->(\w+);",
                                       r"\1*(unsigned long *)regs->\2;"),
        "memory of the guest's written": (r"\n    regs->rax = rc;",
                                          "\n    *(long *)regs->rsi = rc;\n    regs->rax = rc;"),
        "another register changed": (r"\n    regs->rax = rc;",
                                     "\n    regs->rdx = 0;\n    regs->rax = rc;"),
        "status not looked at": (r"if \( rc >= 0 && arg->status < 0 \)", "if ( 0 )"),
        "any state": (r"if \( !\(cmd == (?:.|\n)*?\) \)\n", "if ( 0 )\n"),
        "struct cleared before it is read": (
            r"(\n    regs->rax = rc;)(?=(?:.|\n)*= \([^;]*arg->)",
            r"\n    memset(arg, 0, sizeof(*arg));\1"),
        "status cleared before it is read": (r"(\n    if \( rc >= 0 && arg->status < 0 \))",
                                             r"\n    arg->status = 0;\1"),
        "interruption cleared": (r"(\n    if \( unlikely\(curr->hcall_preempted\))",
                                 r"\n    curr->hcall_preempted = false;\1"),
        "continuation's command written": (
            r"(\n    if \( unlikely\(curr->hcall_preempted\)(?:.|\n)*"
            r"FASTABI_NEXT\(curr, 0\) \^ (\d+U))",
            r"\n    FASTABI_NEXT(curr, 0) = \2;\1"),
        "struct filled again": (
            r"(    (fill_\w+)\(arg, regs\);(?:.|\n)*?)(\n    if \( unlikely\(curr->hcall_pre)",
            r"\1\n    \2(arg, regs);\3"),
        "register changed after an interruption": (
            r"return (fastabi_preempted\((?:.|\n)*?\);)",
            r"{ \1 regs->rdi = 7; return; }"),
        "vCPU changed before the handler": (r"(\n    FASTABI_(?:PLAIN_)?CALL\()",
                                            r"\n    curr->domain = NULL;\1"),
        "vCPU changed after the handler": (r"(\n    if \( unlikely\(curr->hcall_preempted\))",
                                           r"\n    curr->processor = 5;\1"),
        "half of an argument compared": (
            r"\(uint64_t\)(FASTABI_NEXT\(curr, \d\) ==\s+)\(uint64_t\)",
            r"(uint32_t)\1(uint32_t)"),
    }
    # In the choice of a function: those of two operations, or of one, or all of it.
    choices = {
        "functions exchanged": (r"return (\w+)(\(regs\);\n.*return )(\w+)(?=\(regs\);)",
                                r"return \3\2\1"),
        "number of nothing": (r"case ", "case 1000U + "),
        "state ignored": (r"switch \( regs->rax \)", "switch ( (uint32_t)regs->rax )"),
        "registers changed before": (r"return (\w+)\(regs\);",
                                     r"{ regs->rsi++; return \1(regs); }"),
    }
    faults = {**dict.fromkeys(texts, subject_hypervisor.FUNCTIONS),
              **dict.fromkeys(choices, subject_hypervisor.CHOICE)}
    ways, quiet, sensible = [("gcc",)], ["-w"], set()

    @classmethod
    def spoil(cls, folder, specs, fault):
        pattern, replacement = (cls.texts | cls.choices)[fault]
        pieces = cls.functions if fault in cls.texts else cls.cases
        titles = change_all(pieces(folder, specs),
                            lambda text, op: re.sub(pattern, replacement, text))
        if fault == "struct not cleared":   # which changes nothing where inputs are all of it
            titles &= {op.title for spec in specs for op in spec.ops
                       if {p.path for p in op.outputs} - {p.path for p in op.inputs} - {None}}
        return titles

    @staticmethod
    def cases(folder, specs):
        """Where functions are chosen: two cases each; and what is before all cases."""
        ops = [op for spec in specs for op in spec.ops]
        by_function = {subject_hypervisor.function(op): op for op in ops}
        path = os.path.join(folder, "dispatch.c")
        case = r"^        case \w+: return (fastabi_op\w+)\(regs\);\n"
        yield from find_pieces(path, f"{case}(?:{case})?", lambda found: [
            by_function[name] for name in found.groups() if name])
        yield from find_pieces(path, r"^    switch \( regs->rax \)", lambda _: ops)

    @staticmethod
    def functions(folder, specs):
        """What there is of an operation, its heading first."""
        by_title = {op.title: op for spec in specs for op in spec.ops}
        return find_pieces(os.path.join(folder, "dispatch.c"),
                           r"^/\* ---- (\S+) ---- \*/\n(?:.|\n)*?(?=^/\* ---- |^#endif)",
                           lambda found: [by_title[found.group(1)]])


# fault: two arguments that change places, each with what makes its type another one
SWAPS = {"two arguments swapped":
         r"T::call_\w+\(MASK \| \d+, \d+, (\w+)( as u64)?, (\w+)( as u64)?",
         "two arguments swapped, safe": r"raw::[\w#]+::<T>\((\w+)(\.0)?, (\w+)(\.0)?"}


def where_types_agree(change, pattern):
    """The fault, where the crate still compiles: all operations are in one crate."""
    def changed(text, op):
        found = re.search(pattern, text)
        names = {lang_rust.param_name(p) for p in op.inputs[:2]}
        fits = found and found.group(2) == found.group(4) and \
            {found.group(1), found.group(3)} == names
        return change(text, op) if fits else text
    return changed


class Rust:
    """Optimised, as faults in declarations show there.  Only these faults: a crate is compiled for
    each, which takes long."""

    faults = {name: mutate_rust.MUTATIONS[name][1] for name in (
        "two inputs swapped", "two arguments swapped", "two arguments swapped, safe",
        "two outputs swapped, safe", "vendor inverted", "site not recorded", "taken for pure")}
    ways = [(lang_rust.CONFIGS[1].name,)]
    quiet, sensible = lang_rust.NO_WARNINGS, set()

    @staticmethod
    def spoil(folder, specs, fault):
        change, kind, _ = mutate_rust.FAULTS[fault]
        if fault in SWAPS:
            change = where_types_agree(change, SWAPS[fault])
        return change_all(((*mutate_rust.pieces(folder, kind, op), op)
                           for spec in specs for op in spec.ops), change)


FAULTY = {"c": C, "bridges": Bridges, "hypervisor": Hypervisor,
          "functions": Functions, "macros": Macros, "rust": Rust}


def faults():
    """[(language, fault)]"""
    return [(language, fault) for language, faulty in FAULTY.items() for fault in faulty.faults]


def folder_of(work, fault):
    return os.path.join(work.folder, "fault-" + "".join(
        letter if letter.isalnum() else "-" for letter in fault))
