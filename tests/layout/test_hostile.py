# SPDX-License-Identifier: MIT
"""Hostile headers, and an exact place for every diagnostic 6xx that a check can give: never a
crash, always the line."""
import pathlib
import subprocess
import tempfile

from tool import DEMO, brief, call, messages

XEN_H = """#ifndef XEN_H
#define XEN_H
#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040e00
#define __HYPERVISOR_demo_op 3
typedef uint32_t evtchn_port_t;
#define XEN_GUEST_HANDLE(name) __guest_handle_ ## name
typedef struct { void *p; } __guest_handle_void;
typedef __guest_handle_void handle_t;
#endif
"""
DEMO_H = """#include "xen.h"
#define DEMOOP_go 1
struct demo_go {
    /* IN */
    uint32_t a;
    /* OUT */
    uint16_t b;
    int16_t c;
    struct { uint8_t d[4]; } u;
};
"""
SPEC = DEMO + """    input: { a: { reg: 2, type: u32 } }
    output: { b: { reg: 3, type: u16 }, c: { reg: 4, type: i16 } }
    omit: { u: "not of interest" }
    c_lang:
      struct: demo_go
"""
LIMIT = 1 << 30  # bytes of address space beside LLVM's


def case(name, expected, header=None, spec=None, xen=None, status=1):
    return name, expected, header, spec, xen, status


def header(body):
    """demo.h with another body for the struct; its first line is the 4th."""
    return f'#include "xen.h"\n#define DEMOOP_go 1\nstruct demo_go {{\n{body}\n}};\n'


def handler(xen="", array="list", more="", keys="from: p, count: n, size: 4"):
    """A specification whose handler gets memory; its array is in line 14."""
    return f"""{DEMO}    input:
      p: {{ reg: 2, type: u64 }}
      n: {{ reg: 3, type: u32 }}
    xen:
      arrays:
        {array}: {{ {keys} }}
{xen}{more}    c_lang:
      struct: demo_go
      params: {{ p: uint64_t }}
"""


# Of a release that the hypervisor's side is for.
LATER_H = XEN_H.replace("0x00040e00", "0x00041100")
HANDLER = header("XEN_GUEST_HANDLE(void) list; uint32_t n, rc;")


def plain(path, type_="u32", more=""):
    """A specification with one input at a path."""
    return SPEC.split("    input:")[0] + f"""    input:
      {path}: {{ reg: 2, type: {type_} }}
{more}    c_lang:
      struct: demo_go
"""


# Two outputs, each with more to say of it.
OUTPUTS = """    output:
      b.x: {{ reg: 3, type: u32{} }}
      b.y: {{ reg: 4, type: u16{} }}
"""
S = "demo.yml"
CASES = [
    # ---- what a section xen names of the handler's struct, and a section classic ----
    case("an array in a handle", [], status=0, header=HANDLER,
         spec=handler("      status: rc\n", more="    omit: { list: x, rc: x }\n")),
    case("an array in no field", [f"FA0606 error {S}:14", "FA0606 note demo.h:3"],
         header=HANDLER, spec=handler(array="lists", more="    omit: { list: x, rc: x }\n")),
    case("an array in an integer", [f"FA0631 error {S}:14", "FA0631 note demo.h:4"],
         header=HANDLER, spec=handler(array="rc", more="    omit: { list: x, rc: x }\n")),
    case("a count in no field", [f"FA0606 error {S}:14", "FA0606 note demo.h:3"], header=HANDLER,
         spec=handler(keys="from: p, count: count, size: 4",
                      more="    omit: { list: x, rc: x }\n")),
    case("elements of a struct that is not there", [f"FA0605 error {S}:14"], header=HANDLER,
         xen=LATER_H,
         spec=handler(keys="from: p, count: n, struct: demo_element",
                      more="    omit: { list: x, rc: x }\n")),
    case("elements that are a union", [f"FA0605 error {S}:14", "FA0605 note demo.h:6"],
         xen=LATER_H, header=HANDLER + "union demo_element { uint32_t a; };\n",
         spec=handler(keys="from: p, count: n, struct: demo_element",
                      more="    omit: { list: x, rc: x }\n")),
    case("a status in no field", [f"FA0606 error {S}:7", "FA0606 note demo.h:3"], header=HANDLER,
         spec=handler("      status: status\n", more="    omit: { list: x, rc: x }\n")),
    case("a field that says of success and is not there",
         [f"FA0606 error {S}:15", "FA0606 note demo.h:3"], header=HANDLER,
         spec=handler(more="    classic: { success: { done: 0 } }\n"
                      "    omit: { list: x, rc: x }\n")),
    case("a struct that is like a union", [f"FA0605 error {S}:13", "FA0605 note demo.h:6"],
         header=header("uint32_t a;") + "union demo_other { uint32_t a; };\n",
         spec=plain("a") + "      struct_compat: [demo_other]\n"),
    case("as it should be", [], status=0),
    # ---- ids of the checks, each at its line in both files
    case("no header", [f"FA0604 error {S}:5", "FA0604 note xen:0", f"FA0605 error {S}:14"],
         spec=SPEC.replace("demo.h", "nope.h").replace(
             "    index: 1\n", "    index: 3\n    index_macro: __HYPERVISOR_demo_op\n")),
    case("a near header", [f"FA0604 error {S}:5", "FA0604 note xen:0", f"FA0611 error {S}:7",
                           f"FA0605 error {S}:13"], spec=SPEC.replace("demo.h", "dmeo.h")),
    case("a near struct", [f"FA0605 error {S}:13"],
         spec=SPEC.replace("struct: demo_go", "struct: demo_og")),
    case("a near macro", [f"FA0611 error {S}:3"],
         spec=SPEC.replace("__HYPERVISOR_demo_op", "__HYPERVISOR_dmeo_op")),
    case("a near index macro", [f"FA0611 error {S}:9"],
         spec=SPEC.replace("    index: 1\n", "    index: 1\n    index_macro: DEMOPO_go\n")),
    case("a near field", [f"FA0606 error {S}:9", "FA0606 note demo.h:3"],
         header=DEMO_H.replace("uint32_t a;", "uint32_t count;"),
         spec=SPEC.replace("a: {", "cuont: {")),
    case("a near C type", [f"FA0615 error {S}:11"],
         spec=SPEC.split("    input:")[0]
         + "    input: { a: 2 }\n    c_lang:\n      params: { a: evtchn_prot_t }\n"),
    case("a near C type, beside one in several lines", [f"FA0615 error {S}:11"],
         header=DEMO_H + "typedef struct {\n    int x; } evtchn_pr_t;\ntypedef uint16_t\n"
         "evtchn_prto_t;\ntypedef uint8_t evtchn_pt_t ;\n",
         spec=SPEC.split("    input:")[0]
         + "    input: { a: 2 }\n    c_lang:\n      params: { a: evtchn_prot_t }\n"),
    case("no struct", [f"FA0605 error {S}:13"],
         spec=SPEC.replace("struct: demo_go", "struct: demo_stop")),
    case("a union", [f"FA0605 error {S}:13", "FA0605 note demo.h:3"],
         header=DEMO_H.replace("struct demo_go", "union demo_go")
         + "struct demo_go_other { int x; };\n"),
    case("only declared", [f"FA0605 error {S}:13"],
         header='#include "xen.h"\n#define DEMOOP_go 1\nstruct demo_go;\n'),
    case("no field", [f"FA0606 error {S}:9", "FA0606 note demo.h:3"],
         spec=SPEC.replace("a: {", "z: {")),
    case("no field in a field", [f"FA0606 error {S}:10", "FA0606 note demo.h:3"],
         header=header("uint32_t e;"), spec=plain("a.x")),
    case("no array", [f"FA0606 error {S}:10", "FA0606 note demo.h:4"], header=header("uint32_t a;"),
         spec=plain("a[0]")),
    case("out of bounds", [f"FA0606 error {S}:10", "FA0606 note demo.h:4"],
         header=header("uint32_t a[3];"), spec=plain("a[3]")),
    case("far out of bounds", [f"FA0606 error {S}:10", "FA0606 note demo.h:4"],
         header=header("uint32_t a[3];"), spec=plain("a[65536]")),
    case("array without index", [f"FA0607 error {S}:10", "FA0607 note demo.h:4"],
         header=header("uint32_t a[3];"), spec=plain("a")),
    case("struct", [f"FA0607 error {S}:10", "FA0607 note demo.h:4"],
         header=header("struct { uint32_t b; } a;"), spec=plain("a")),
    case("union", [f"FA0607 error {S}:10", "FA0607 note demo.h:4"],
         header=header("union { int x; long y; } a;"), spec=plain("a")),
    case("pointer", [f"FA0607 error {S}:10", "FA0607 note demo.h:4"], header=header("void *a;"),
         spec=plain("a", "u64")),
    case("handle", [f"FA0607 error {S}:10", "FA0607 note demo.h:4"],
         header=header("XEN_GUEST_HANDLE(void) a;"), spec=plain("a", "u64")),
    case("floating point", [f"FA0607 error {S}:10", "FA0607 note demo.h:4"],
         header=header("double a;"), spec=plain("a", "u64")),
    case("128 bits", [f"FA0607 error {S}:10", "FA0607 note demo.h:4"],
         header=header("unsigned __int128 a;"), spec=plain("a", "u64")),
    case("bit-field", [f"FA0607 error {S}:10", "FA0607 note demo.h:5"],
         header=header("uint32_t :3;\nuint32_t a:5, _pad:24;"), spec=plain("a")),
    case("bit-field that is fixed", [f"FA0607 error {S}:11", "FA0607 note demo.h:5"],
         header=header("uint32_t a;\nuint32_t b:5, _pad:27;"),
         spec=plain("a", more="    fixed: { b: 1 }\n")),
    case("bit-field of the handler", [f"FA0607 error {S}:11", "FA0607 note demo.h:5"],
         header=header("uint32_t a;\nuint32_t b:5, _pad:27;"),
         spec=plain("a", more="    xen: { fields: { b: 1 } }\n    omit: { b: x }\n")),
    case("bit-field that is omitted", [f"FA0607 error {S}:11", "FA0607 note demo.h:5"],
         header=header("uint32_t a;\nuint32_t b:32;"),
         spec=plain("a", more="    omit: { b: x }\n")),
    case("bit-field that nobody looks at", [], status=0,
         header=header("uint32_t a;\nuint32_t b:32;"),
         spec=plain("a", more="    omit: { b: x }\n    classic: { ignore: [b] }\n")),
    case("bit-field that the call writes", [], status=0,
         header=header("uint32_t a;\nuint32_t b:32;"),
         spec=plain("a", more="    omit: { b: x }\n    classic: { success: { b: 1 } }\n")),
    case("bit-field beside one that the call writes",
         [f"FA0607 error {S}:11", "FA0607 note demo.h:5"],
         header=header("uint32_t a;\nuint32_t b:16, c:16;"),
         spec=plain("a", more="    omit: { b: x, c: x }\n    classic: { success: { c: 1 } }\n")),
    case("bit-field beside one that nobody looks at",
         [f"FA0607 error {S}:11", "FA0607 note demo.h:5"],
         header=header("uint32_t a;\nuint32_t b:16, c:16;"),
         spec=plain("a", more="    omit: { b: x, c: x }\n    classic: { ignore: [c] }\n")),
    case("flexible array that is a handle to the handler", [f"FA0631 error {S}:14",
                                                            "FA0631 note demo.h:5"],
         header=header("uint32_t a;\nuint32_t b[];"),
         spec=plain("a", more="      x: { reg: 3, type: u64 }\n    omit: { b: x }\n    xen:\n"
                    "      arrays: { b: { from: x, count: 2, size: 4 } }\n")
         + "      params: { x: uint64_t }\n"),
    case("bit-field that the handler has as an array", [f"FA0631 error {S}:15",
                                                        "FA0631 note demo.h:5"],
         header=header("uint32_t a;\nuint32_t b:16, c:16;"),
         spec=plain("a", more="      x: { reg: 3, type: u64 }\n    omit: { b: x, c: x }\n"
                    "    classic: { ignore: [b] }\n    xen:\n"
                    "      arrays: { c: { from: x, count: 2, size: 4 } }\n")
         + "      params: { x: uint64_t }\n"),
    case("flexible array that is omitted", [f"FA0607 error {S}:11", "FA0607 note demo.h:5"],
         header=header("uint32_t a;\nuint32_t b[];"),
         spec=plain("a", more="    omit: { b: x }\n")),
    case("flexible array, as a list", [], status=0, header=header("uint32_t a;\nuint32_t b[];"),
         spec=plain("a", more="    omit: { b: x }\n    classic: { ignore: [b] }\n")),
    case("flexible array", [f"FA0606 error {S}:10", "FA0606 note demo.h:5"],
         header=header("uint32_t pad;\nuint32_t a[];"), spec=plain("a[0]")),
    case("wrong width", [f"FA0608 error {S}:9", "FA0608 note demo.h:5"],
         spec=SPEC.replace("reg: 2, type: u32", "reg: 2, type: u16")),
    case("a part that is too wide", [f"FA0608 error {S}:9"],
         spec=SPEC.replace("a: { reg: 2, type: u32 }", "p: { reg: 2, pack: { a: u32, b: u32 } }")),
    case("wrong sign", [f"FA0609 error {S}:10", "FA0609 note demo.h:8"],
         spec=SPEC.replace("type: i16", "type: u16")),
    case("fixed too wide", [f"FA0608 error {S}:11", "FA0608 note demo.h:5"],
         spec=plain("b", "u16", "    fixed: { a: 0x100000000 }\n"
                    "    omit: { c: x, u: y }\n").replace("input:", "output:")),
    case("wrong hypercall", [f"FA0610 error {S}:2", "FA0610 note xen.h:4"],
         spec=SPEC.replace("index: 3", "index: 4")),
    case("an index with the highest bit", [], status=0,
         header=DEMO_H.replace("DEMOOP_go 1", "DEMOOP_go (1u << 31)"),
         spec=SPEC.replace("    index: 1", "    index: 0x80000000")),
    case("wrong index", [f"FA0610 error {S}:8", "FA0610 note demo.h:2"],
         spec=SPEC.replace("    index: 1", "    index: 2")),
    case("an index that cannot be one", [f"FA0610 error {S}:8", "FA0610 note demo.h:2"],
         header=DEMO_H.replace("DEMOOP_go 1", "DEMOOP_go (-1)")),
    case("a struct with attributes, found without its header", [], status=0,
         header=DEMO_H.replace("struct demo_go", "struct\t__attribute__((__packed__, "
                               "__aligned__(4)))\n    demo_go"),
         spec=SPEC.replace("headers: [demo.h]\n", "")),
    # Where each line reads on to the end, call() does not wait for it.
    case("many lines that could start a struct", [], status=0,
         header="#if 0\n" + "struct (\n" * 400000 + "#endif\n" + DEMO_H,
         spec=SPEC.replace("headers: [demo.h]\n", "")),
    *(case(f"a struct, found without its header: {text[:20]}", [], status=0,
           header=DEMO_H.replace("struct demo_go {", text),
           spec=SPEC.replace("headers: [demo.h]\n", ""))
      for text in ("/* the first */ struct demo_go {", "struct /* of */ demo_go /* it */ {",
                   "struct first { int a; }; struct demo_go {", "struct demo_go // it\n{",
                   "const char *open = \"/*\"; struct demo_go {")),
    case("a struct with a typedef, found without its header", [], status=0,
         header=DEMO_H.replace("struct demo_go", "typedef struct demo_go").replace(
             "} u;\n};", "} u;\n} demo_go_t;"),
         spec=SPEC.replace("headers: [demo.h]\n", "")),
    case("a struct in a comment", [f"FA0611 error {S}:6", f"FA0605 error {S}:12"],
         header=DEMO_H.replace("struct demo_go", "/*\nstruct demo_go { int a; };\n*/\nstruct demo"),
         spec=SPEC.replace("headers: [demo.h]\n", "")),
    case("elements of which a part is carried", [f"FA0616 warning {S}:14", "FA0616 note demo.h:4",
                                                 f"FA0616 warning {S}:14", "FA0616 note demo.h:4",
                                                 f"FA0616 warning {S}:14", "FA0616 note demo.h:5"],
         status=0, header=header("struct { uint32_t x, y; } e[2];\nuint32_t m[2][2];"),
         spec=plain("'e[0].x'", more="      'm[1][0]': { reg: 3, type: u32 }\n"
                    "    output: { 'm[0][0]': { reg: 4, type: u32 }, "
                    "'m[0][1]': { reg: 5, type: u32 } }\n")),
    case("a bit-field that reaches into the next byte", [f"FA0616 warning {S}:14",
                                                         "FA0616 note demo.h:5"],
         status=0, header=header("uint8_t a;\nuint16_t f:6, g:6; uint8_t _pad;"),
         spec=plain("a", "u8", more="    omit: { f: x }\n    classic: { ignore: [f] }\n")),
    case("no macro", [f"FA0611 error {S}:7"], spec=SPEC.replace("DEMOOP_", "DEMO_")),
    case("no macro, beside a direct call", [f"FA0611 error {S}:8"],
         spec=SPEC.replace("DEMOOP_", "DEMO_").replace("subops:", "direct: { doc: x }\nsubops:")),
    case("no hypercall macro", [f"FA0611 error {S}:3"],
         spec=SPEC.replace("__HYPERVISOR_demo_op", "__HYPERVISOR_no_op")),
    case("no derived macro", [f"FA0612 warning {S}:1", "FA0612 note xen.h:4"], status=0,
         spec=SPEC.replace("name: demo", "name: other").replace(
             "hypercall_macro: __HYPERVISOR_demo_op\n", "doc: x\n")),
    case("not checked", [f"FA0613 note {S}:7"], status=0,
         header=DEMO_H.replace("#define DEMOOP_go 1", ""),
         spec=SPEC.replace("index_prefix: DEMOOP_\n", "")),
    case("a direct call in a file that does not say its prefix", [], status=0,
         spec=SPEC.replace("index_prefix: DEMOOP_\n", "direct: { doc: x }\n")),
    case("a later release", [f"FA0614 note {S}:7"], status=0,
         header=DEMO_H.replace("#define DEMOOP_go 1", ""),
         spec=SPEC.replace("    index: 1\n", '    index: 1\n    since: "4.18"\n')),
    case("a struct of a later release", [f"FA0614 note {S}:7", f"FA0614 note {S}:14"], status=0,
         header='#include "xen.h"\n',
         spec=SPEC.replace("    index: 1\n", '    index: 1\n    since: "4.18"\n')),
    case("a union that later releases have as a struct",
         [f"FA0614 note {S}:7", f"FA0614 note {S}:14"], status=0,
         header='#include "xen.h"\nunion demo_go { uint32_t a; };\n',
         spec=SPEC.replace("    index: 1\n", '    index: 1\n    since: "4.18"\n')),
    case("an earlier release", [f"FA0611 error {S}:7"],
         header=DEMO_H.replace("#define DEMOOP_go 1", ""),
         spec=SPEC.replace("    index: 1\n", '    index: 1\n    since: "4.14"\n')),
    case("no C type", [f"FA0615 error {S}:11"],
         spec=SPEC.split("    input:")[0]
         + "    input: { a: 2 }\n    c_lang:\n      params: { a: nobody_t }\n"),
    case("a struct as C type", [f"FA0607 error {S}:11"],
         spec=SPEC.split("    input:")[0]
         + "    input: { a: 2 }\n    c_lang:\n      params: { a: handle_t }\n"),
    case("a C type of another width",
         [f"FA0608 error {S}:14", f"FA0616 warning {S}:13", "FA0616 note demo.h:5"],
         header=DEMO_H + "typedef uint32_t own_t;\n",
         spec=SPEC.replace("    omit", "    input: { x: { reg: 5, type: u16 } }\n    omit").replace(
             "    input: { a: { reg: 2, type: u32 } }\n",
             "").replace("_go\n", "_go\n      params: { x: own_t }\n")),
    case("a C type of another sign",
         [f"FA0609 error {S}:14", f"FA0616 warning {S}:13", "FA0616 note demo.h:5"],
         header=DEMO_H + "typedef uint32_t own_t;\n",
         spec=SPEC.replace("    omit", "    input: { x: { reg: 5, type: i32 } }\n    omit").replace(
             "    input: { a: { reg: 2, type: u32 } }\n",
             "").replace("_go\n", "_go\n      params: { x: own_t }\n")),
    case("uncarried", [f"FA0616 warning {S}:12", "FA0616 note demo.h:9"], status=0,
         spec=SPEC.replace('    omit: { u: "not of interest" }\n', "")),
    case("one element uncarried", [f"FA0616 warning {S}:12", "FA0616 note demo.h:4"], status=0,
         header=header("uint32_t a[2];"), spec=plain("a[1]", more="")),
    case("direction", [f"FA0617 note {S}:9", "FA0617 note demo.h:7"], status=0,
         spec=SPEC.replace("input: { a: { reg: 2, type: u32 } }",
                           "input: { a: { reg: 2, type: u32 }, b: { reg: 3 } }")),
    case("direction of an element", [f"FA0617 note {S}:10", "FA0617 note demo.h:5"], status=0,
         header=header("/* OUT */\nuint32_t a[1];"), spec=plain("a[0]")),
    case("direction of a member", [f"FA0617 note {S}:10", "FA0617 note demo.h:4"], status=0,
         header=header("struct { uint32_t b; } a; /* OUT */"), spec=plain("a.b")),
    case("direction in a struct from elsewhere", [f"FA0617 note {S}:10", "FA0617 note demo.h:4"],
         status=0,
         header='#include "inner.h"\n'
                + header("struct inner a; /* OUT */").replace("#define DEMOOP_go 1\n", "")
                .replace('#include "xen.h"\n', '#include "xen.h"\n#define DEMOOP_go 1\n'),
         spec=plain("a.b")),
    case("a comment after a field is about that field", [], status=0,
         header=header("uint16_t b; /* OUT */\nuint16_t pad;\nuint32_t a;"),
         spec=plain("a", more="    omit: { b: x }\n")),
    case("another struct", [f"FA0618 warning {S}:13", "FA0618 note demo.h:3"], status=0,
         header=DEMO_H + DEMO_H.split("DEMOOP_go 1\n")[1].replace("demo_go", "demo_stop"),
         spec=SPEC.replace("struct: demo_go", "struct: demo_stop")),
    case("another struct that lacks a field", [], status=0,
         header=DEMO_H.replace("demo_go", "demo_stop") + "struct demo_go { uint32_t z; };\n",
         spec=SPEC.replace("struct: demo_go", "struct: demo_stop")),
    case("another struct whose field is not an integer", [], status=0,
         header=DEMO_H.replace("demo_go", "demo_stop") +
         "struct demo_go { uint32_t a[2]; uint16_t b; int16_t c; };\n",
         spec=SPEC.replace("struct: demo_go", "struct: demo_stop")),
    case("another struct in a header that is not named", [], status=0,
         header='#include "inner.h"\n' + header("uint32_t b;").replace("OP_go", "OP_inner"),
         spec=plain("b").replace("  go:", "  inner:")),
    case("another struct in another header", [f"FA0618 warning {S}:12", "FA0618 note inner.h:1"],
         status=0,
         header=header("uint32_t b;").replace("OP_go", "OP_inner"),
         spec=plain("b").replace("  go:", "  inner:").replace("[demo.h]", "[demo.h, inner.h]")),
    case("stand-in that differs in an omitted field",
         [f"FA0619 error {S}:14", "FA0619 note demo.h:11"],
         header=DEMO_H + "struct demo_other {\n    uint32_t a;\n    uint16_t b;\n    int16_t c;\n"
         "    union { uint8_t d[4]; } u;\n    uint8_t more[0];\n};\n",
         spec=SPEC + "      struct_compat: [demo_other]\n"),
    case("stand-in that differs in a fixed field",
         [f"FA0619 error {S}:14", "FA0619 note demo.h:7"],
         header=header("uint32_t a;\nuint16_t b;")
         + "struct demo_other { uint32_t a; int16_t b; };\n",
         spec=plain("a", more="    fixed: { b: 1 }\n")
         .replace("input:", "output:") + "      struct_compat: [demo_other]\n"),
    case("stand-in", [f"FA0619 error {S}:14", "FA0619 note demo.h:11"],
         header=DEMO_H + "struct demo_other { uint32_t a, b; };\n",
         spec=SPEC + "      struct_compat: [demo_other]\n"),
    case("a wrong constant", ["FA0610 error xen.h:4"],
         xen=XEN_H.replace("#define __HYP",
                           "#define __HYPERVISOR_FASTABI_MASK 0x80000000\n#define __HYP")),
    # ---- headers that no parser likes
    case("empty header", [f"FA0611 error {S}:7", f"FA0605 error {S}:13"], header=""),
    case("syntax error", ["FA0603 error demo.h:4"],
         header=DEMO_H.replace("    /* IN */", "    uint32_t a b;")),
    case("unterminated struct", ["FA0603 error demo.h:3"], header=DEMO_H.replace("};\n", "")),
    case("unterminated comment", ["FA0603 error demo.h:11"], header=DEMO_H + "/* "),
    case("unterminated #if", ["FA0603 error demo.h:11"], header=DEMO_H + "#if 1\n"),
    case("#error", ["FA0603 error demo.h:1"], header='#error "no"\n' + DEMO_H),
    case("missing include", ["FA0603 error demo.h:1"], header='#include "nope.h"\n' + DEMO_H),
    case("unknown type", ["FA0603 error demo.h:5"],
         header=DEMO_H.replace("uint32_t a", "nobody_t a")),
    case("includes itself", ["FA0603 error demo.h:1"], header='#include "demo.h"\n' + DEMO_H),
    case("recursive struct", ["FA0603 error demo.h:4"], header=header("struct demo_go a;")),
    case("recursive typedef", ["FA0603 error demo.h:1"],
         header="typedef loop_t loop_t;\n" + DEMO_H),
    case("two definitions", ["FA0603 error demo.h:11"],
         header=DEMO_H + "struct demo_go { int a; };\n"),
    case("binary", None, header="\x7fELF\x01\x02\x03" * 100),
    case("NUL bytes", None, header=DEMO_H.replace("/* IN */", "\0\0\0")),
    case("huge array", None, header=header("uint32_t a;\nchar pad[1ULL << 60];"), spec=plain("a")),
    case("nested too deep", None, header=header("struct {" * 400 + "int x;" + "} a;" * 400),
         spec=plain("a")),
    case("nested too deep for us", ["FA0603 error demo.h:4"],
         header=header("struct {" * 40 + "uint32_t x;" + "} a;" * 40), spec=plain("a.x")),
    case("too many fields", ["FA0603 error demo.h:4"],
         header=header("uint32_t a" + "".join(f", b{i}" for i in range(9000)) + ";"),
         spec=plain("a")),
    case("parentheses without end", None, header=DEMO_H + "int x = " + "(" * 100000 + ";\n"),
    case("a macro that grows",
         None, header="#define A0 1+1\n" + "".join(f"#define A{i+1} A{i}+A{i}\n" for i in range(12))
         + DEMO_H.replace("DEMOOP_go 1", "DEMOOP_go (A12 - 8191)")),
    # ---- headers that are odd, and good
    case("packed", [], status=0,
         header=header("uint8_t pad;\nuint32_t a;").replace("};", "} __attribute__((packed));"),
         spec=plain("a")),
    case("pragma pack", [], status=0,
         header="#pragma pack(1)\n" + header("uint8_t pad;\nuint32_t a;"), spec=plain("a")),
    case("two inputs in one place of a union", [f"FA0630 error {S}:11", "FA0630 note demo.h:4"],
         header=header("union { uint32_t x; uint16_t y[2]; } a;"),
         spec=plain("a.x", more='      "a.y[1]": { reg: 3, type: u16 }\n')),
    case("a constant in the place of an input", [f"FA0630 error {S}:11", "FA0630 note demo.h:4"],
         header=header("union { uint32_t x; uint16_t y[2]; } a;"),
         spec=plain("a.x", more='    fixed: { "a.y[1]": 1 }\n')),
    case("two outputs in one place of a union", [f"FA0630 error {S}:13", "FA0630 note demo.h:5"],
         header=header("uint32_t a;\nunion { uint32_t x; uint16_t y; } b;"),
         spec=plain("a", more=OUTPUTS.format("", ""))),
    case("an input and an output in one place", [], status=0,
         header=header("union { uint32_t x; uint16_t y; } a;"),
         spec=plain("a.x", more="    output: { a.y: { reg: 3, type: u16 } }\n")),
    case("two outputs in one place, one at a time", [], status=0,
         header=header("uint32_t a;\nunion { uint32_t x; uint16_t y; } b;"),
         spec=plain("a", more=OUTPUTS.format(', valid_when: "a == 1"', ', valid_when: "a == 2"'))),
    case("two parts in one place of a union", [f"FA0630 error {S}:11", "FA0630 note demo.h:5"],
         header=header("uint32_t a;\nunion { uint32_t x; uint16_t y; } b;"),
         spec=plain("a", more="      more: { reg: 3, type: u64, pack: { b.x: u32, b.y: u16 } }\n")),
    case("anonymous union", [], status=0,
         header=header("union { uint32_t a; struct { uint16_t b, c; }; };"), spec=plain("a")),
    case("enumeration", [], status=0, header=header("enum { A, B } a;"), spec=plain("a")),
    case("pointer to itself, omitted", [],
         status=0, header=header("struct demo_go *next;\nuint32_t a;"),
         spec=plain("a", more="    omit: { next: x }\n")),
    case("nested arrays", [], status=0, header=header("uint32_t a[1][1];"), spec=plain("a[0][0]")),
    case("array of structs", [], status=0, header=header("struct { uint32_t b; } a[1];"),
         spec=plain("a[0].b")),
    case("a typedef of a typedef", [], status=0,
         header="typedef uint32_t t1; typedef t1 t2; typedef const volatile t2 t3;\n"
         + header("t3 a;"), spec=plain("a")),
    case("a struct from another header", [], status=0,
         header='#include "inner.h"\n' + header("struct inner a;"), spec=plain("a.b")),
    case("carriage returns", [], status=0, header=DEMO_H.replace("\n", "\r\n")),
    case("a macro that is not a number", [f"FA0611 error {S}:7"],
         header=DEMO_H.replace("DEMOOP_go 1", "DEMOOP_go \"x\"")),
    case("a hypercall macro that is not a number", [f"FA0611 error {S}:3"],
         xen=XEN_H.replace("demo_op 3", "demo_op demo")),
    case("a derived macro that is not a number", [f"FA0612 warning {S}:1"], status=0,
         xen=XEN_H.replace("demo_op 3", "demo_op demo"),
         spec=SPEC.replace("hypercall_macro: __HYPERVISOR_demo_op\n", "doc: x\n")),
    case("an operation's macro that is not a number", [f"FA0613 note {S}:13"], status=0,
         header=DEMO_H + "#define DEMOOP_stop \"x\"\n",
         spec=SPEC.replace("index_prefix: DEMOOP_\n", "")
         + "  stop: { index: 2, input: { a: { reg: 2, type: u32 } } }\n"),
    case("a macro with an argument", [f"FA0611 error {S}:7"],
         header=DEMO_H.replace("DEMOOP_go 1", "DEMOOP_go(x) 1")),
    case("a macro that is an expression", [], status=0,
         header=DEMO_H.replace("DEMOOP_go 1", "DEMOOP_go (sizeof(int) - 3)")),
]


def write(folder, case_):
    _, _, demo, spec, xen, _ = case_
    base = folder / "include" / "xen"
    base.mkdir(parents=True)
    (base / "xen.h").write_text(XEN_H if xen is None else xen)
    (base / "demo.h").write_text(DEMO_H if demo is None else demo, newline="")
    (base / "inner.h").write_text("struct inner { uint32_t b; };\n")
    (folder / "demo.yml").write_text(SPEC if spec is None else spec)


def check_case(report, case_):
    name, expected, _, _, _, status = case_
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        write(folder, case_)
        got, _, said = call("check", "--headers", "include", "demo.yml", cwd=folder)
        if expected is None:  # no crash, and something said or nothing wrong
            report.check(got == 0 or (got == 1 and messages(said)), f"hostile: {name}",
                         f"{got}: {said[:500]}")
            return
        first = brief(said)[:len(expected)] if status and any("FA0603" in m
                                                              for m in expected) else brief(said)
        report.said(name, said)
        report.check((got, first) == (status, expected), f"hostile: {name}",
                     f"{got}, expected {status} {expected}:\n{said[:1500]}")


def check_folders(report):
    """What is wrong before any header is read."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        write(folder, case("", []))
        (folder / "empty").mkdir()
        for name in ("nowhere", "empty", "demo.yml"):
            status, _, said = call("check", "--headers", name, "demo.yml", cwd=folder)
            report.said(f"directory '{name}'", said)
            report.check(status == 1 and brief(said)[0].startswith("FA0601"),
                         f"hostile: directory '{name}'", said)
        for name in ("include/", "include///", "./include//xen/.."):
            status, _, said = call("check", "--headers", name, "demo.yml", cwd=folder)
            report.check(status == 0 and not said, f"hostile: directory '{name}'", said)
        path = folder / "modules"
        path.mkdir()
        file = path / "fastabi-layout-clang.so"
        version = "int none[64]; const void *fastabi_layout_provider_entry(void) { return none; }\n"
        for module, source in (("a file that is not a module", None),
                               ("no module", "int nothing;\n"),
                               ("a module of another version", version)):
            file.write_text("no shared object")
            if source:
                subprocess.run(["cc", "-shared", "-fPIC", "-o", file, "-x", "c", "-"], check=True,
                               input=source, text=True)
            status, _, said = call("check", "--headers", "include", "demo.yml", cwd=folder,
                                   env={"FASTABI_MODULE_PATH": str(path)})
            report.said(module, said.replace(str(folder), "FOLDER"))
            report.check(status == 2 and brief(said)[0].startswith("FA0602"), f"hostile: {module}",
                         said)
        (folder / "include/xen/demo.h").unlink()
        (folder / "include/xen/demo.h").mkdir()
        status, _, said = call("check", "--headers", "include", "demo.yml", cwd=folder)
        report.check(status == 1 and messages(said), "hostile: a header that is a directory", said)
        for target in ("nonsense", "-x", "../x", ""):
            status, _, said = call("check", f"--target={target}", "--headers", "include",
                                   "demo.yml", cwd=folder)
            report.said(f"target '{target}'", said)
            report.check(status in (1, 2) and said, f"hostile: target '{target}'",
                         f"{status} {said}")


def run(report, amount):
    for case_ in CASES:
        check_case(report, case_)
    check_folders(report)
