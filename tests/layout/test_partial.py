# SPDX-License-Identifier: MIT
"""Headers that lack something: what needs it is left out of what is generated, and named; what they
have and is wrong stays an error.  Trimmed headers, written here and cut out of Xen's; and snapshots
of old releases."""
import pathlib
import re
import shutil
import subprocess
import tempfile

from test_releases import FIRST, HANDLERS, VERSIONS, number, without
from tool import HEADERS, call, messages

HEADER = """#include "xen.h"
#define PARTOP_kept 1
typedef uint32_t there_t;
struct kept { uint32_t a; uint16_t b; };
struct kept_compat { uint32_t a; uint16_t b; };
struct no_field { uint32_t other; };
struct no_fixed { uint32_t a; };
struct no_part { uint16_t low; uint16_t higher; };
struct no_omitted { uint32_t a; };
struct no_compat { uint32_t a; };
struct compat_field { uint32_t a; };
struct compat_without { uint32_t b; };
struct handler { uint32_t b; };
struct told { uint32_t a; };
struct linear { uint64_t a; };
union older { uint32_t a; };
"""
XEN_H = """#include <stdint.h>
#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040e00
"""
SPEC = """name: part
hypercall_index: 5
hypercall_macro: __HYPERVISOR_part_op
index_prefix: PARTOP_
headers: [part.h, gone.h]
subops:
  kept:
    index: 1
    input: { a: { reg: 2, type: u32 } }
    output: { b: { reg: 3, type: u16 } }
    c_lang: { struct: kept, struct_compat: [kept_compat] }
  plain: { index: 2, input: { a: { reg: 2, type: u32 } } }
  no_struct:
    index: 3
    input: { a: { reg: 2, type: u32 } }
    c_lang: { struct: kpt }
  no_field:
    index: 4
    input: { a: { reg: 2, type: u32 } }
    c_lang: { struct: no_field }
  no_fixed:
    index: 5
    input: { a: { reg: 2, type: u32 } }
    fixed: { b: 1 }
    c_lang: { struct: no_fixed }
  no_part:
    index: 6
    input: { both: { reg: 2, pack: { low: u16, high: u16 } } }
    c_lang: { struct: no_part }
  no_omitted:
    index: 7
    input: { a: { reg: 2, type: u32 } }
    omit: { pad: "nothing is in it" }
    c_lang: { struct: no_omitted }
  no_compat:
    index: 8
    input: { a: { reg: 2, type: u32 } }
    c_lang: { struct: no_compat, struct_compat: [absent] }
  compat_field:
    index: 9
    input: { a: { reg: 2, type: u32 } }
    c_lang: { struct: compat_field, struct_compat: [compat_without] }
  no_type:
    index: 10
    input: { a: { reg: 2, type: u32 }, b: { reg: 3, type: u32 } }
    c_lang: { params: { a: there_t, b: thre_t } }
  later:
    index: 11
    since: "4.99"
    input: { a: { reg: 2, type: u32 } }
    c_lang: { struct: later }
  handled:
    index: 12
    input: { a: { reg: 2, type: u32 } }
    xen: { struct: handler, fields: { a: a } }
  unseen:
    index: 13
    input: { a: { reg: 2, type: u32 } }
    xen: { struct: absent_handler, fields: { a: a } }
  listed:
    index: 14
    input: { a: { reg: 2, type: u32 }, where: { reg: 3, type: u64 } }
    xen:
      struct: handler
      fields: { b: a }
      arrays: { list: { from: where, size: 8, count: 1 } }
  told:
    index: 15
    input: { a: { reg: 2, type: u32 } }
    c_lang: { struct: told }
    omit: { c: "it is 0", d: "not used" }
    classic: { success: { c: 0 }, ignore: [d] }
  ignored:
    index: 16
    input: { a: { reg: 2, type: u32 } }
    c_lang: { struct: told }
    omit: { d: "not used" }
    classic: { ignore: [d] }
  linear:
    index: 17
    input: { a: { reg: 2, type: u64 } }
    c_lang: { struct: linear }
    classic: { linear: { index: 99, param: a, field: v, size: 8 } }
  older:
    index: 18
    since: "4.99"
    input: { a: { reg: 2, type: u32 } }
    c_lang: { struct: older }
  framed:
    index: 19
    input: { gfn: { reg: 2, type: u64 } }
    xen: { struct: absent_frame, frame: gfn }
"""
# What each backend leaves out: {operation: (what is said of it, the hint)}
STRUCTS = {
    "no_struct": ("the headers have no struct 'kpt'", "did you mean 'kept'?"),
    "no_field": ("struct 'no_field' has no field 'a'", "use headers that have it"),
    "no_fixed": ("struct 'no_fixed' has no field 'b'", "use headers that have it"),
    "no_part": ("struct 'no_part' has no field 'high'", "did you mean 'higher'?"),
    "no_compat": ("the headers have no struct 'absent'", "use headers that have it"),
    "compat_field": ("struct 'compat_without' has no field 'a'", "use headers that have it"),
    "no_type": ("the headers have no type 'thre_t'", "did you mean 'there_t'?"),
    "later": ("the headers have no struct 'later'", "use headers of Xen 4.99 or later"),
    "older": ("the headers have no struct 'older'", "use headers of Xen 4.99 or later"),
}
# A bridge reads all of the classic struct, where that is there.
BRIDGES = STRUCTS | {op: (f"struct '{struct}' has no field '{field}'", "use headers that have it")
                     for op, struct, field in (
                         ("no_omitted", "no_omitted", "pad"), ("handled", "handler", "a"),
                         ("listed", "handler", "list"), ("told", "told", "c"),
                         ("linear", "linear", "v"))}
ALL = re.findall(r"(?m)^  (\w+):", SPEC)
CLASSIC = """name: classic
hypercall_index: 6
hypercall_macro: __HYPERVISOR_classic_op
index_prefix: CLASSICOP_
headers: [part.h]
subops:
  known: { index: 1, input: { a: 2, b: 3 }, c_lang: { struct: kept } }
  unknown: { index: 2, input: { a: 2 }, c_lang: { struct: absent } }
  typed: { index: 3, input: { a: { reg: 2, type: u32 } }, c_lang: { struct: absent } }
  no_type: { index: 4, input: { a: 2 }, c_lang: { params: { a: absent_t } } }
  c_type: { index: 5, input: { a: 2 }, c_lang: { params: { a: there_t } } }
  no_field: { index: 6, input: { z: 2 }, c_lang: { struct: kept } }
"""


# Xen's headers that the specifications name; a tree without xen.h has no headers of Xen at all.
XENS = ("event_channel.h", "grant_table.h", "hvm/hvm_op.h", "memory.h", "physdev.h", "sched.h",
        "vcpu.h", "version.h")
SAMPLE = 3


def write_tree(folder):
    (folder / "include/xen").mkdir(parents=True)
    (folder / "include/xen/xen.h").write_text(XEN_H)
    (folder / "include/xen/part.h").write_text(HEADER)
    (folder / "part.yml").write_text(SPEC)
    (folder / "classic.yml").write_text(CLASSIC)


def said_of(text):
    """{operation: (what is wrong, the hint)} of the warnings that something is left out."""
    found = re.findall(r"warning: '(\w+)' is left out, as (.*); (.*) \[FA0724\]", text)
    return {op: (why, hint) for op, why, hint in found}


def compiles(folder, includes, *files, alone=False):
    """None, or what gcc says of headers that include these; alone: and nothing of this system."""
    text = "".join(f'#include "{file}"\n' for file in files)
    own = subprocess.run(["gcc", "-print-file-name=include"], capture_output=True, text=True,
                         check=True).stdout.strip()
    words = ["-ffreestanding", "-nostdinc", "-isystem", own] if alone else []
    done = subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c", "-",
                           *words, *(f"-I{path}" for path in includes)], input=text, cwd=folder,
                          capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else None


# ---- headers written here ----

def check_backends(report, folder, source, title):
    """What each backend leaves out, and that it is named in the file."""
    for backend, settings, expected, pattern in (
            ("c", [], STRUCTS, r"xen_hypercall_part_(\w+)\("),
            ("c", ["style=value"], {}, r"xen_hypercall_part_(\w+)\("),
            ("c", ["style=bridge"], BRIDGES, r"xen_hypercall_part_(\w+)\("),
            ("asm", ["syntax=nasm"], {}, r"%macro xen_hypercall_part_(\w+) "),
            ("rust", ["form=module"], {}, r"pub unsafe fn (\w+)"),
            ("json", [], {}, r'^          "name": "(\w+)"'),
            ("xen", [], None, r"case \d+U: return fastabi_op5_(\w+)\(")):
        if expected is None:  # the classic structs are those of its handlers, except one
            expected = {op: STRUCTS[op] for op in ("no_struct", "no_field", "no_fixed", "no_part",
                                                   "older", "later")}
            expected |= {op: BRIDGES[op] for op in ("handled", "listed")}
            expected["unseen"] = ("the headers have no struct 'absent_handler'",
                                  "use headers that have it")
        what = f"partial: {title}: {backend} {' '.join(settings)}"
        status, out, said = call("generate", "-b", backend, *sum((["-O", one] for one in settings),
                                                                 []),
                                 *source, "-o", "-", "part.yml", cwd=folder)
        report.check(status == 0, what, said)
        report.said(what, said)
        if title == "headers":
            report.check(said_of(said) == expected, f"{what}: what is said", said)
        else:
            report.check(set(said_of(said)) == set(expected), f"{what}: what is said", said)
        written = set(re.findall(pattern, out, re.M)) & set(ALL)
        report.check(written == set(ALL) - set(expected), f"{what}: what is written",
                     f"{sorted(written)}")
        named = re.findall(r"Left out: part\.(\w+), as", out)
        report.check(set(named) == set(expected), f"{what}: what the file names", f"{named}")


def check_trimmed(report, folder):
    write_tree(folder)
    headers = ("--headers", "include")
    check_backends(report, folder, headers, "headers")
    report.check(call("generate", "-b", "c", *headers, "-o", "out", "--depfile", "d", "part.yml",
                      cwd=folder)[0] == 0, "partial: generate")
    header = (folder / "out/fastabi/part.h").read_text()
    report.check("<xen/part.h>" in header and "include <xen/gone.h>" not in header and
                 "Not included: gone.h, as the headers have no such file." in header,
                 "partial: a header that is missing is not included", header[:2000])
    fault = compiles(folder, ["include", "out"], "fastabi/part.h")
    report.check(not fault, "partial: what is left compiles with these headers", fault)
    call("generate", "-b", "c", "-O", "style=bridge", *headers, "-o", "bridge", "part.yml",
         cwd=folder)
    fault = compiles(folder, ["include", "bridge"], "fastabi/part.h")
    report.check(not fault, "partial: bridges that are left compile with these headers", fault)
    report.check("include/xen/part.h" in (folder / "d").read_text(),
                 "partial: the depfile names the headers")
    whole = call("generate", "-b", "c", "-o", "-", "part.yml", cwd=folder)[1]
    prints = [re.search(r"Fingerprint.*", text)[0] for text in (header, whole)]
    report.check(prints[0] != prints[1], "partial: another fingerprint than the whole", f"{prints}")
    report.check(call("generate", "-b", "c", *headers, "-o", "out", "--verify", "part.yml",
                      cwd=folder)[0] == 0, "partial: --verify")
    status, _, said = call("check", *headers, "part.yml", cwd=folder)
    report.check(status == 1 and "[FA0605]" in said and "[FA0606]" in said and "[FA0604]" in said,
                 "partial: check reports all of it", said)


def check_untyped(report, folder):
    """A width that only the missing struct would tell is not guessed."""
    for backend, settings in (("rust", ["form=module"]), ("c", ["style=value"]),
                              ("asm", ["syntax=gas"]), ("c", [])):
        status, out, said = call("generate", "-b", backend, *sum((["-O", one] for one in settings),
                                                                 []),
                                 "--headers", "include", "-o", "-", "classic.yml", cwd=folder)
        needs_structs = (backend, settings) == ("c", [])
        expected = {"unknown", "no_type", "no_field"} | ({"typed"} if needs_structs else set())
        report.check(status == 0 and set(said_of(said)) == expected,
                     f"partial: untyped: {backend} {settings}", said)
        report.check("Left out: classic.unknown, as the headers have no struct 'absent'." in out
                     and "u16" in out.replace("uint16_t", "u16").replace("movzwl", "u16")
                     or backend == "asm",
                     f"partial: untyped: {backend} {settings}: the rest has the headers' types")
        report.check(backend != "rust" or "pub fn c_type(a: u32)" in out,
                     "partial: untyped: an argument has the width of its C type", out)


def check_faults(report, folder):
    """What is there and wrong is an error, also beside what is missing."""
    for title, old, new, wanted in (
            ("a field of another size", "struct kept { uint32_t a;", "struct kept { uint64_t a;",
             "FA0608 FA0619"),
            ("a field of another sign", "struct kept { uint32_t a;", "struct kept { int32_t a;",
             "FA0609 FA0619"),
            ("a union", "struct no_field {", "union no_field {", "FA0605"),
            ("a field that is a struct", "struct no_fixed { uint32_t a;",
             "struct no_fixed { struct kept a;", "FA0607"),
            ("a number", "PARTOP_kept 1", "PARTOP_kept 2", "FA0610")):
        text = HEADER.replace(old, new)
        if new.startswith("union"):
            text = text.replace("struct no_field {", "union no_field {")
        (folder / "include/xen/part.h").write_text(text)
        status, out, said = call("generate", "-b", "c", "--headers", "include", "-o", "-",
                                 "part.yml", cwd=folder)
        ids = {m["id"] for m in messages(said) if m["severity"] == "error"}
        report.check(status == 1 and not out and ids == set(wanted.split()), f"partial: {title}",
                     said)
    status, out, said = call("generate", "-b", "c", "--headers", "include", "--only", "part.plain",
                             "-o", "-", "part.yml", cwd=folder)
    report.check(status == 0 and {m["id"] for m in messages(said)} == {"FA0725"},
                 "partial: a fault of what is not selected", said)
    (folder / "include/xen/part.h").write_text("")
    status, out, said = call("generate", "-b", "c", "--headers", "include", "--only", "part.*k*",
                             "-o", "none", "part.yml", cwd=folder)
    report.check(status == 2 and "[FA0723]" in said and not (folder / "none").exists(),
                 "partial: nothing is left", said)
    (folder / "include/xen/part.h").write_text(HEADER)


def check_older_snapshot(report, folder, text):
    """One that does not say what is missing: a header that it has nothing of is included only if
    something is needed that may be of it."""
    text = text.replace("\nmissing:\n  - gone.h\n", "")
    (folder / "old.yml").write_text(text)
    for pattern, wanted in (("part.kept", {"part.h", "gone.h"}), ("part.plain", {"part.h"})):
        status, out, said = call("generate", "-b", "c", "--layout", "old.yml", "--only", pattern,
                                 "-o", "-", "part.yml", cwd=folder)
        included = set(re.findall(r"include <xen/(\w+\.h)>", out))
        named = set(re.findall(r"Not included: (.*), as the snapshot has nothing of it\.", out))
        report.check(status == 0 and included == wanted and
                     named == {"part.h", "gone.h"} - wanted and
                     said.count("[FA0725]") == len(named),
                     f"partial: an older snapshot, {pattern}", f"{included} {named}\n{said}")
        report.said(f"partial: an older snapshot, {pattern}", said)


def check_snapshot(report, folder):
    status, _, said = call("layout", "--headers", "include", "-o", "s.yml", "part.yml", cwd=folder)
    report.check(status == 0, "partial: a snapshot of trimmed headers", said)
    check_backends(report, folder, ("--layout", "s.yml"), "snapshot")
    text = (folder / "s.yml").read_text()
    report.check("\nmissing:\n  - gone.h\n" in text, "partial: the snapshot names what is missing",
                 text[:400])
    for title, missing in (("a number", "{ gone.h: 1 }"), ("no name", "[[gone.h]]")):
        (folder / "bad.yml").write_text(text.replace("missing:\n  - gone.h",
                                                     f"missing: {missing}"))
        status, _, said = call("generate", "-b", "c", "--layout", "bad.yml", "-o", "-", "part.yml",
                               cwd=folder)
        report.check(status == 1 and "bad.yml:" in said, f"partial: missing is {title}", said)
        report.said(f"partial: missing is {title}", said)
    check_older_snapshot(report, folder, text)
    status, _, said = call("layout", "--headers", "include", "--only", "part.no_field", "-o",
                           "one.yml", "part.yml", cwd=folder)
    structs = re.findall(r"(?m)^  (\w+):\n    size", (folder / "one.yml").read_text())
    report.check(status == 0 and structs == ["no_field"], "partial: layout --only", f"{structs}")
    status, _, said = call("check", "--headers", "include", "--only", "part.no_field", "part.yml",
                           cwd=folder)
    errors = {m["text"] for m in messages(said) if m["severity"] == "error"}
    report.check(status == 1 and "struct 'no_field' has no field 'a'" in said and
                 "kpt" not in said, "partial: check --only", f"{errors}")


# ---- Xen's headers without what came later ----

def cut(text, names):
    """A header of Xen without structs of these names and what uses their typedefs."""
    for name in names:
        text = re.sub(rf"(?ms)^struct {name} \{{.*?^\}};\n", "", text)
        text = re.sub(rf"(?m)^typedef struct {name} .*\n", "", text)
        text = re.sub(rf"(?m)^DEFINE_XEN_GUEST_HANDLE\({name}_t\);\n", "", text)
    return text


def check_cut(report, folder):
    """For a release, its headers imitated: all that is generated compiles with them."""
    for release in ("4.0", "4.3"):
        names = {name for since, lacking in FIRST.items() for name in lacking.split()
                 if number(since) > number(release) and name.islower() and name not in
                 (*HANDLERS, "physdev_pci_device")}  # which other structs of the header contain
        include = folder / f"cut-{release}"
        shutil.copytree(HEADERS["4.20"], include)
        for path in (include / "xen").rglob("*.h"):
            path.write_text(cut(path.read_text(), names))
        out = folder / f"out-{release}"
        status, _, said = call("generate", "-b", "c", "--headers", include, "-o", out, "abi/")
        lacking = {re.search(r"struct '(\w+)'", why)[1] for why, _ in said_of(said).values()}
        report.check(status == 0 and lacking == names, f"partial: {release}: what is left out",
                     f"{lacking ^ names}\n{said}")
        for path in sorted((out / "fastabi").glob("*.h")):
            fault = compiles(folder, [include, out], f"fastabi/{path.name}")
            report.check(not fault, f"partial: {release}: {path.name} compiles", fault)


def check_older_union(report, folder):
    """Bridges where the union of altp2m operations is that of 4.11, and the generator has not seen
    it: the interface version keeps them from what later ones have."""
    tree, out = folder / "older", folder / "out-older"
    shutil.copytree(HEADERS["4.17"], tree)
    header, compat = tree / "xen/hvm/hvm_op.h", tree / "xen/xen-compat.h"
    names = ("mem_access", "disable_notify", "get_vcpu_p2m_idx", "suppress_ve", "set_visibility")
    text, count = re.subn(rf"\b({'|'.join(names)});", r"\1_of_later;", header.read_text())
    header.write_text(text)
    compat.write_text(re.sub(r"(__XEN_LATEST_INTERFACE_VERSION__) 0x\w+", r"\1 0x00040900",
                             compat.read_text(), count=1))
    call("generate", "-b", "c", "-O", "style=bridge", "-o", out, "abi/hvm.yml")
    fault = compiles(folder, [tree, out], "stdint.h", "fastabi/hvm.h")
    report.check(count >= len(names) and not fault, "partial: an older union", fault or f"{count}")


def check_versions(report, folder):
    """What the interface version of the includer hides is left out, and the rest compiles."""
    hidden = {"set_version", "get_version", "swap_grant_ref"}
    changed = {"populate_physmap", "add_to_physmap_batch"}
    for title, words, style, expected in (
            ("an option", ("-O", "interface_version=0x00030205"), "struct", hidden),
            ("an option", ("-O", "interface_version=0x00030205"), "bridge", hidden | changed),
            ("a profile", ("--profile", "minios", "-O", "types=stdint"), "struct", hidden),
            ("an option of a profile", ("-O", "profile=minios", "-O", "types=stdint", "-O",
                                        "interface_version=0x0003020a"), "struct", set()),
            ("no number", ("-O", "interface_version=none"), "struct", set()),
            ("other names", ("-O", "interface_version=0x00030101"), "struct", set())):
        out = folder / "versions"
        shutil.rmtree(out, ignore_errors=True)
        status, _, said = call("generate", "-b", "c", "-O", f"style={style}", *words, "--headers",
                               HEADERS["4.17"], "-o", out, "abi/")
        what = f"partial: interface version: {title}, {style}"
        report.check(status == 0 and set(said_of(said)) == expected and all(
            hint == "use an interface version or headers that have it"
            for _, hint in said_of(said).values()), what, said)
        for path in sorted((out / "fastabi").glob("*.h")) if expected else ():
            fault = compiles(folder, [HEADERS["4.17"], out], f"fastabi/{path.name}")
            report.check(not fault, f"{what}: {path.name} compiles", fault)


def drop_header(report, folder, header):
    """Xen's headers without one: only what needs it, or a header that includes it, is lost."""
    tree, name = folder / "without", header.replace("/", "-")
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(HEADERS["4.20"], tree)
    (tree / "xen" / header).unlink()
    status, _, said = call("layout", "--headers", tree, "-o", folder / "without.yml", "abi/")
    report.check(status == 0, f"partial: without {header}: a snapshot", said)
    for style in ("struct", "bridge", "value"):
        for source in (("--headers", tree), ("--layout", folder / "without.yml")):
            what = f"partial: without {header}: {style} {source[0]}"
            out = folder / f"out-{name}-{style}{source[0]}"
            status, _, said = call("generate", "-b", "c", "-O", f"style={style}", *source, "-o",
                                   out, "abi/")
            absent = set(re.findall(r"warning: '(.*)' is not included, as .* \[FA0725\]", said))
            files = sorted(f"fastabi/{path.name}" for path in (out / "fastabi").glob("*.h"))
            text = "".join((out / file).read_text() for file in files)
            named = set(re.findall(r"Not included: (.*), as", text))
            written = {one for one in absent
                       if f"fastabi/{one.split('/')[0].removesuffix('.h')}.h" in files}
            report.check(status == 0 and written == named and
                         (header in absent) == (style != "value") and
                         not any(f"<xen/{one}>" in text for one in absent),
                         f"{what}: it is named and not included", f"{absent} {named}\n{said}")
            lost = said_of(said)
            macro = re.compile(r"define XEN_FASTABI_INDEX_\w+")
            report.check(bool(lost) == (style != "value") and len(macro.findall(text)) > 20,
                         f"{what}: what is lost", f"{sorted(lost)}")
            fault = compiles(folder, [tree, out], *files, alone=True)
            report.check(status == 0 and not fault, f"{what}: the rest compiles", fault)


def check_each_header(report, folder, amount):
    for header in amount.pick("headers that are missing", XENS, SAMPLE):
        drop_header(report, folder, header)
    tree = folder / "without"
    shutil.rmtree(tree)
    shutil.copytree(HEADERS["4.20"], tree)
    for header in ("arch-x86/xen.h", "xen.h"):
        (tree / "xen" / header).unlink()
        status, out, said = call("generate", "-b", "c", "--headers", tree, "-o", "-",
                                 "event_channel")
        report.check(status == 1 and not out and said.count("\n") == 1 and
                     ("'arch-x86/xen.h' file not found" in said or "has no xen/xen.h" in said),
                     f"partial: without {header} there is nothing to read", said)


def check_releases(report, folder):
    """Snapshots of releases: an operation of a later one is left out, others never."""
    newest = folder / "newest.yml"
    call("layout", "--headers", HEADERS["4.20"], "-o", newest, "abi/")
    for release in ("4.0", "4.1", "4.6", "4.17"):
        names = {name for since, lacking in FIRST.items() for name in lacking.split()
                 if number(since) > number(release)} - set(HANDLERS)
        text = without(newest.read_text(), names)
        text = re.sub(r"(__XEN_LATEST_INTERFACE_VERSION__: )\w+", rf"\g<1>{VERSIONS[release]}",
                      text)
        file = folder / "release.yml"
        file.write_text(text)
        status, _, said = call("generate", "-b", "c", "--layout", file, "-o", folder / "rel",
                               "abi/")
        structs = {re.search(r"struct '(\w+)'", why)[1] for why, _ in said_of(said).values()}
        wanted = {name for name in names if name.islower()}
        report.check(status == 0 and structs == wanted, f"partial: snapshot of {release}",
                     f"{structs ^ wanted}\n{said}")
        hints = {hint for _, hint in said_of(said).values()}
        report.check(all(re.fullmatch(r"use headers of Xen [\d.]+ or later", hint)
                         for hint in hints), f"partial: snapshot of {release}: hints", f"{hints}")
        status, _, said = call("generate", "-b", "c", "-O", "style=value", "--layout", file, "-o",
                               folder / "value", "abi/")
        report.check((status, said) == (0, ""), f"partial: snapshot of {release}: value style",
                     said)


def run(report, amount):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        check_trimmed(report, folder)
        check_older_union(report, folder)
        check_versions(report, folder)
        check_untyped(report, folder)
        check_snapshot(report, folder)
        check_faults(report, folder)
        check_cut(report, folder)
        check_each_header(report, folder, amount)
        check_releases(report, folder)
