# SPDX-License-Identifier: MIT
"""What a bridge costs: a call through it, with a constant command, against a call of its stub.

Both are made by functions that only differ in that, with arguments in memory that everyone sees,
and a plain flag as the guard.  Counted is the longest way from the start of the function through
the transfer to its return.  Must not know how a bridge is written.
"""
import re

from bridge_model import is_number
from report import head, run

FLAGS = ["-O2", "-ffreestanding", "-mgeneral-regs-only", "-fno-asynchronous-unwind-tables",
         "-fcf-protection=none", "-fno-pie", "-Wall", "-Wextra", "-Werror",
         "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"]
MORE = 4        # instructions: the guard and the errors after which the classic call is made
LINE = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$")


def read_functions(text):
    """{name: [(address, mnemonic, operands)]}"""
    functions, current = {}, None
    for line in text.splitlines():
        start = re.match(r"^[0-9a-f]+ <(\w+)(?:\.\w+)*>:$", line)
        if start:
            current = functions.setdefault(start.group(1), [])
            continue
        found = LINE.match(line)
        if re.match(r"^\s*[0-9a-f]+: R_X86_64_", line) and current:
            address, word, operands = current[-1]
            current[-1] = (address, word, "elsewhere " + operands)
        elif found and current is not None:
            current.append((int(found.group(1), 16), found.group(2), found.group(3)))
    return functions


def longest(code):
    """Instructions of the longest way through the transfer to the return; None if there is none.
    Loops are not followed twice: the code of one call has none."""
    at = {address: n for n, (address, _, _) in enumerate(code)}
    ways = {}

    def follow(n, seen):
        """Longest ways to a return: (without a transfer, with one), None where there is none."""
        if n in ways:
            return ways[n]
        if n >= len(code) or n in seen:
            return None, None
        _, word, operands = code[n]
        if word.startswith("ret"):
            ways[n] = (1, None)
            return ways[n]
        nexts = []
        if word.startswith("j"):
            target = re.match(r"([0-9a-f]+)", operands)
            if target and int(target.group(1), 16) in at:
                nexts.append(at[int(target.group(1), 16)])
        if word != "jmp":
            nexts.append(n + 1)
        plain = made = None
        for way in [follow(m, seen | {n}) for m in nexts]:
            if way[0] is not None:
                plain = max(plain or 0, way[0] + 1)
            if way[1] is not None:
                made = max(made or 0, way[1] + 1)
        if word in ("vmcall", "vmmcall"):
            made, plain = plain, None
        if word.startswith(("nop", "xchg")) or "nopw" in word or "nopl" in word:
            made, plain = made and made - 1, plain and plain - 1
        ways[n] = (plain, made)
        return ways[n]
    return follow(0, frozenset())[1]


def source(calls):
    """Functions bridge_<op> and stub_<op> for what has a bound (docs/integration.md)."""
    text = ["#include <stdint.h>\n#include <xen/xen.h>\n"]
    text += [f"#include <fastabi/{call.spec.name}.h>\n" for call in calls]
    text.append("extern long classic(const char *, unsigned int);\n")
    counted = []
    for call in calls:
        for one in call.ops:
            if why_not(call, one):
                continue
            counted.append((call, one))
            text.append(function_pair(call, one))
    return "".join(text), counted


def why_not(call, one):
    """Why an operation has no bound, or None."""
    if not one.is_carried(call.place):
        return "it is not carried"
    if one.loop()[0] != "ONCE":
        return "the call is made again until all elements are done"
    if "frame" in one.xen:
        return "the address is looked up"
    if any(word in array for array in one.arrays.values() for word in ("from", "to", "both")):
        return "the address is looked up, and whether its memory is contiguous"
    return None


def field_arguments(one, symbol, places):
    """What hand-written code does around a stub whose parameters are not in its struct:
    (before the call, arguments, after a success)."""
    before, args, after = [], [], []
    for p in one.op.c_params:
        where, field, _, array, element = one.where(p)
        c_type = p.c_type or p.c_int
        if where == "IN_FIELD":
            value = f"{symbol}_struct.{field}"
        elif where == "IN_PARTS":
            parts = ", ".join(f"(uint{width}_t){symbol}_struct.{path}"
                              for path, _, width in one.parts[p.name])
            value = f"xen_fastabi_pack_{symbol}__{p.name}({parts})"
        elif where == "IN_ELEMENT":
            name = list(one.arrays)[array]
            at = f"{symbol}_array{array}" if ("array", name) in one.args else \
                f"XEN_FASTABI_HANDLE({symbol}_struct.{name})"
            value = f"(({p.c_int} *){at})[{element}]"
        else:
            value = places[p.name]
        if p.reg_out is None:
            args.append(f"({c_type}){value}")
            continue
        local = f"l{one.op.params.index(p)}"
        before.append(f"    {c_type} {local} = {value if p.reg_in is not None else 0};\n")
        args.append(f"&{local}")
        after.append(f"        {value} = {local};\n")
    return "".join(before), args, "".join(after)


def function_pair(call, one):
    symbol, op = one.op.symbol, one.op
    args, places, externs = [], {}, []
    for n, pointer in enumerate(call.pointers):
        kind = one.args[n] if n < len(one.args) else None
        if n == call.place:
            args.append(f"{one.command(call.place)}u")
        elif kind == ("struct",):
            args.append(f"&{symbol}_struct")
        elif kind and kind[0] == "array":
            array = list(one.arrays).index(kind[1])
            externs.append(f"extern char {symbol}_array{array}[];\n")
            args.append(f"{symbol}_array{array}")
        elif kind and kind[0] == "number":
            args.append("(void *)0" if pointer else str(kind[1]))
        elif kind and kind[0] == "param":
            places[kind[1]] = f"{symbol}_{n}"
            width = next(p.c_int for p in op.params if p.name == kind[1])
            externs.append(f"extern {width} {symbol}_{n};\n")
            args.append(f"{symbol}_{n}")
        else:
            args.append("(void *)0" if pointer else "0")
    struct = f"extern struct {one.struct} {symbol}_struct;\n" if one.struct else ""
    constants = [*(one.body.get("fixed") or {}).items(),
                 *((path, value) for path, value in one.fields.items() if is_number(value))]
    fixed = "".join(f"    {symbol}_struct.{path} = {value};\n" for path, value in constants)
    before, stub, after = field_arguments(one, symbol, places)
    stub = ([f"&{symbol}_struct"] if op.struct else []) + stub
    success = "".join(f"        {symbol}_struct.{path} = {value};\n"
                      for path, value in (one.classic.get("success") or {}).items())
    return (f"{''.join(externs)}{struct}long bridge_{symbol}(void);\nlong stub_{symbol}(void);\n"
            f"long bridge_{symbol}(void)\n{{\n    long result;\n{fixed}"
            f"    if (xen_fastabi_{call.spec.name}({', '.join(args)}, &result))\n"
            f"        return result;\n    return classic(\"{symbol}\", {op.index}u);\n}}\n"
            f"long stub_{symbol}(void)\n{{\n    long result;\n{before}{fixed}"
            f"    result = xen_hypercall_{symbol}({', '.join(stub)});\n"
            f"    if (result >= 0) {{\n{after}{success}    }}\n    return result;\n}}\n")


def measure(compiler, path, bindings, calls):
    """(what is wrong, how many were counted, the most that a bridge costs)"""
    text, counted = source(calls)
    with open(path + ".c", "w", encoding="utf-8") as file:
        file.write(text)
    status, _, errors = run([compiler, *FLAGS, "-I", bindings, "-c", path + ".c", "-o",
                             path + ".o"])
    if status:
        return head(errors), 0, 0
    _, listing, _ = run(["objdump", "-d", "-r", "--no-show-raw-insn", path + ".o"])
    functions, wrong, most = read_functions(listing), [], 0
    for _, one in counted:
        symbol = one.op.symbol
        bridge = longest(functions.get(f"bridge_{symbol}", []))
        stub = longest(functions.get(f"stub_{symbol}", []))
        if stub and not bridge and any("[" in path for path in one.fields):
            continue                            # it may be after the struct: not carried
        if not bridge or not stub:
            wrong.append(f"{one.op.title}: no way through its transfer was found")
            continue
        most = max(most, bridge - stub)
        if bridge - stub > MORE:
            wrong.append(f"{one.op.title}: {bridge} instructions, {bridge - stub} more than the "
                         f"stub has; at most {MORE} more")
    return wrong, len(counted), most
