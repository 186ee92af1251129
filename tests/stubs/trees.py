# SPDX-License-Identifier: MIT
"""The generated headers in other people's trees: macros, structs and flags that we do not choose.

Must not know what is in the headers beyond their documented names.
"""
import itertools
import os
import re
import shutil

import lang_c
import model
import randspec
from report import head, run

COMPILERS = [("gcc", "gnu89"), ("clang", "gnu11"), ("g++", "gnu++17"), ("clang++", "gnu++17")]
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Werror"]

# What headers of real systems define for others to use, or did: in lower case, or short.
MACROS = """I complex imaginary noreturn alignas bool true false linux unix i386 sun vax errno
    st_atime si_pid si_value sa_handler major minor makedev status current stdin environ fd_set
    s_addr near far small min max abs likely unlikely offset container barrier rmb cpuid cpu cli
    hlt page read write open close index end text data site sites byte code base leaf regs at
    result argument value field type name condition structure from to TRUE IN OUT
    s6_addr h_addr d_fileno lock unlock wait signal events port vendor param ret""".split()


class Trees:
    def __init__(self, generator, top, build, sampling, report):
        self.generator, self.top, self.build = generator, top, build
        self.sampling, self.report = sampling, report
        self.specs = model.load_folder(os.path.join(top, "abi"))

    def write(self, name, text):
        path = os.path.join(self.build, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def generate(self, folder, specs, *options):
        """The bindings in a directory, or None after saying why not."""
        out = os.path.join(self.build, folder)
        status, _, errors = run([self.generator, "generate", "-b", "c", "-o", out,
                                 *[word for o in options for word in ("-O", o)], *specs])
        if status:
            self.report.check(f"generate {folder}", False, head(errors))
        return None if status else out

    # ---- names ----

    def macros(self, name, specs, spared):
        """A header with a macro for whatever an argument or a local may be called."""
        names = {p.name.replace(".", "_") for s in specs for op in s.ops for p in op.params}
        names |= {part for n in names for part in (f"in_{n}", f"out_{n}")} | set(MACROS)
        names |= {f"reg{n}" for n in range(8)}
        names = sorted(n for n in names - spared if re.fullmatch(r"[A-Za-z]\w*", n))
        lines = [f"#undef {n}\n#define {n}{'(x)' if i % 2 else ''} 1 +* {n}{i}\n"
                 for i, n in enumerate(names)]
        return self.write(name, "".join(lines))

    def names(self):
        """No macro of an includer can be the name of an argument or of a local."""
        random = os.path.join(self.build, "random")
        randspec.make(random, self.sampling.seed, 10, 8)
        folders = [os.path.join(self.top, "abi"), random]
        for transfer, (number, folder) in itertools.product(("argument", "vmcall", "patch"),
                                                            enumerate(folders)):
            specs = model.load_folder(folder)
            out = self.generate(f"names-{transfer}-{number}", [folder], "style=value",
                                f"transfer={transfer}")
            if not out:
                continue
            macros = self.macros(f"macros-{number}.h", specs,
                                 set(randspec.CXX_OR_C) | {"Intel", "Amd"})
            first = f'#include <stdint.h>\n#include "{macros}"\n'
            path = self.write("names.c", first + "".join(
                f"#include <fastabi/{s.name}.h>\n" for s in specs))
            for compiler, standard in COMPILERS:
                status, _, errors = run(
                    [compiler, f"-std={standard}", *WARNINGS, "-I", out, "-x",
                     "c++" if "++" in compiler else "c", "-fsyntax-only", path])
                self.report.check(f"macros of the includer, {compiler} {transfer} "
                                  f"{os.path.basename(folder)}", status == 0, head(errors))

    def names_beside_structs(self):
        """The same where Xen's headers come first, whose words are not made macros."""
        headers = sorted({h for s in self.specs for h in s.headers})
        first = "#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__\n" \
            "#include <stdint.h>\n" + "".join(f"#include <xen/{h}>\n" for h in headers)
        text = run(["gcc", "-E", "-P", "-xc", "-"], input=first)[1]
        spared = set(re.findall(r"\w+", text)) | {"Intel", "Amd"} | set(randspec.CXX_OR_C)
        macros = self.macros("macros-beside.h", self.specs, spared)
        for style in ("struct", "bridge"):
            out = self.generate(f"beside-{style}", [os.path.join(self.top, "abi")],
                                f"style={style}", "transfer=vmcall")
            path = self.write("beside.c", first + f'#include "{macros}"\n' + "".join(
                f"#include <fastabi/{s.name}.h>\n" for s in self.specs))
            for compiler, standard in COMPILERS if out else ():
                status, errors = self.compile(compiler, standard, out, path, "-fsyntax-only")
                self.report.check(f"macros beside Xen's headers, {compiler} {style}", status == 0,
                                  head(errors))

    def documented(self):
        """kernel-doc names the arguments as the stub does."""
        out = self.generate("documented", [os.path.join(self.top, "abi")])
        wrong, seen = [], 0
        for spec in self.specs if out else ():
            with open(os.path.join(out, "fastabi", spec.name + ".h"), encoding="utf-8") as file:
                text = file.read()
            for doc, arguments in re.findall(
                    r"/\*\*\n((?: \*.*\n)+?) \*/\nXEN_FASTABI_INLINE\nlong \w+\(([^)]*)\)",
                    text):
                told = re.findall(r"^ \* @(\w+):", doc, re.M)
                taken = re.findall(r"(\w+)(?:,|$)", arguments.replace("void", ""))
                seen += 1
                if told != taken:
                    wrong.append(f"{spec.name}: {taken} told as {told}")
        self.report.check("kernel-doc names the arguments", seen and not wrong,
                          wrong or ["no stub found"])

    # ---- structs ----

    def compile(self, compiler, standard, out, path, *flags):
        """(status, errors) of one source file"""
        status, _, errors = run([compiler, f"-std={standard}", *WARNINGS, *flags, "-I", out, "-x",
                                 "c++" if "++" in compiler else "c", "-c", "-o",
                                 os.path.join(self.build, "trees.o"), path])
        return status, errors

    def hidden(self):
        """A struct that the headers lack loses its operations, and no other."""
        out = self.generate("hidden", [os.path.join(self.top, "abi")], "transfer=vmcall")
        rng = self.sampling.rng("hidden structs")
        structs = sorted({op.struct for s in self.specs for op in s.ops if op.struct})
        chosen = set(rng.sample(structs, len(structs) // 2))
        for lost in (chosen, set(structs) - chosen) if out else ():
            first = "#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__\n" \
                "#include <stdint.h>\n" + \
                "".join(f"#define {tag} hidden_{tag}\n" for tag in sorted(lost)) + \
                "".join(f"#include <xen/{h}>\n" for h in
                        ("sched.h", "vcpu.h", "memory.h", "event_channel.h", "grant_table.h",
                         "physdev.h", "version.h", "hvm/hvm_op.h", "hvm/params.h")) + \
                "".join(f"#undef {tag}\n" for tag in sorted(lost)) + \
                "".join(f"#include <fastabi/{s.name}.h>\n" for s in self.specs)
            gone = [op for s in self.specs for op in s.ops if op.struct in lost]
            kept = [op for s in self.specs for op in s.ops if op.struct not in lost]
            for compiler, standard in COMPILERS:
                path = self.write("kept.c", first + "".join(
                    lang_c.caller(op, "struct", "vmcall") for op in kept))
                status, errors = self.compile(compiler, standard, out, path)
                self.report.check(f"{len(lost)} structs hidden, {compiler}: the other "
                                  f"{len(kept)} operations", status == 0, head(errors))
                path = self.write("gone.c", first + "".join(
                    lang_c.caller(op, "struct", "vmcall") for op in gone))
                limit = ["-ferror-limit=0"] if "clang" in compiler else []
                status, errors = self.compile(compiler, standard, out, path, *limit)
                told = set(re.findall(r"xen_fastabi_lacks_(\w+)['’]? declared .*lack struct",
                                      errors))
                wanted = {op.symbol for op in gone if any(p.path for p in op.params)}
                self.report.check(f"{len(lost)} structs hidden, {compiler}: {len(wanted)} "
                                  "operations say so", status and told == wanted,
                                  sorted(told ^ wanted) or head(errors))

    def bare(self):
        """No header of Xen's at all, as where the includer has its own: nothing else is needed."""
        out = self.generate("bare", [os.path.join(self.top, "abi")])
        path = self.write("bare.c", "#include <stdint.h>\n" + "".join(
            f"#define __XEN_PUBLIC_{re.sub('[^A-Z0-9]', '_', h.upper())}__\n"
            for h in sorted({h for s in self.specs for h in s.headers})) + "".join(
                f"#include <fastabi/{s.name}.h>\n" for s in self.specs))
        for compiler, standard in COMPILERS if out else ():
            status, errors = self.compile(compiler, standard, out, path)
            self.report.check(f"no header of Xen's, {compiler}", status == 0, head(errors))
        for style in ("struct", "bridge"):      # where long has 32 bits
            out = self.generate(f"bare-{style}", [os.path.join(self.top, "abi")], f"style={style}",
                                "result=long long")
            status, errors = self.compile("clang", "gnu11", out or ".", path, "-ffreestanding",
                                          "--target=x86_64-pc-windows-msvc")
            self.report.check(f"no header of Xen's, {style} for Windows", status == 0, head(errors))

    def versions(self):
        """Every interface version that Xen's headers know, and none with xen.h first."""
        out = self.generate("versions", [os.path.join(self.top, "abi")])
        if not out:
            return
        listed = run(["gcc", "-M", "-xc", "-include", "xen/xen.h", os.devnull])[1].split()
        folder = os.path.dirname(next((w for w in listed if w.endswith("/xen/xen.h")), ""))
        found = {0}
        for where, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(where, name), encoding="utf-8", errors="replace") as file:
                    found |= {int(v, 16) for v in re.findall(
                        r"INTERFACE_VERSION__ *(?:[<>]=? *)?(0x[0-9a-f]{8})", file.read())}
        latest = run(["gcc", "-E", "-P", "-include", "xen/xen-compat.h", "-xc", "-"],
                     input="latest __XEN_LATEST_INTERFACE_VERSION__\n")[1].split("latest ")[-1]
        known = sorted(v for n in found for v in (n, n - 1, n + 1)
                       if 0 <= v <= int(latest or "0", 0))
        self.report.check("interface versions of the headers", len(known) > 40,
                          [f"{len(known)} found in {folder}"])
        include = "#include <stdint.h>\n#ifdef FIRST\n# include <xen/xen.h>\n#endif\n" + "".join(
            f"#include <fastabi/{s.name}.h>\n" for s in self.specs)
        path = self.write("versions.c", include)
        for compiler, standard in COMPILERS:
            wrong = []
            for version in self.sampling.pick(f"versions {compiler}", known, 8) + ["none"]:
                flag = "-DFIRST" if version == "none" else f"-D__XEN_INTERFACE_VERSION__={version}"
                status, errors = self.compile(compiler, standard, out, path, "-fsyntax-only", flag)
                if status:
                    wrong += [f"{version}", *head(errors, 3)]
            self.report.check(f"every interface version, {compiler}", not wrong, wrong)

    def packed(self):
        """Fields at any address, where other structs may be passed and where not."""
        spec = self.write("packed/p.yml", """\
name: p
hypercall_index: 1
subops:
  one: { index: 1, input: { a: { reg: 2, type: u32 } }, output: { b: { reg: 3, type: u64 } },
         c_lang: { struct: p } }
  any: { index: 2, input: { a: { reg: 2, type: u32 } }, output: { b: { reg: 3, type: u64 } },
         c_lang: { struct: p, struct_compat: [q, r] } }
""")
        out = self.generate("packed/out", [spec], "transfer=macro")
        path = self.write("packed/p.c", """\
#include <stdint.h>
#include <stdlib.h>
#define XEN_FASTABI_TRANSFER "lea 5(%%rsi), %%r8; xor %%eax, %%eax"
#define XEN_FASTABI_TRANSFER_CLOBBERS , "cc"
BEFORE
struct p { uint8_t pad; uint32_t a; uint64_t b; } ATTRIBUTE;
struct q { uint8_t pad; uint32_t a; uint64_t b; } ATTRIBUTE;
struct r { uint8_t pad; uint32_t a; uint64_t b; } ATTRIBUTE;
AFTER
#include <fastabi/p.h>
#define TRY(tag, call) do { \\
        struct tag *x = (struct tag *)((char *)malloc(64) + (sizeof(*x) == 13)); \\
        x->a = n; x->b = 0; \\
        if (call(x) || x->b != n + 5u || x->a != n) return 1; } while (0)
int main(int argc, char **argv)
{
    uint32_t n = (uint32_t)argc;
    (void)argv;
    TRY(p, xen_hypercall_p_one);
    TRY(p, xen_hypercall_p_any);
    TRY(q, xen_hypercall_p_any);
    TRY(r, xen_hypercall_p_any);
    return 0;
}
""")
        forms = {"natural": [], "attribute": ["-DATTRIBUTE=__attribute__((packed))"],
                 "-fpack-struct": ["-fpack-struct"],
                 "pragma": ['-DBEFORE=_Pragma("pack(push,1)")', '-DAFTER=_Pragma("pack(pop)")',
                            "-DXEN_FASTABI_ALL_STRUCTS"]}
        program = os.path.join(self.build, "packed", "p")
        checks = ["-fsanitize=alignment", "-fsanitize-undefined-trap-on-error"]
        for (compiler, standard), (form, flags) in itertools.product(
                COMPILERS if out else (), forms.items()):
            flags = [f"-D{n}=" for n in ("BEFORE", "AFTER", "ATTRIBUTE")
                     if not any(f.startswith(f"-D{n}=") for f in flags)] + flags
            if form == "-fpack-struct" and "clang" in compiler:
                flags.append("-fpack-struct=1")
                flags.remove("-fpack-struct")
            status, errors = 0, ""
            for more in (["-O2"], ["-O1", *checks]):
                if not status:
                    status, _, errors = run(
                        [compiler, f"-std={standard}", "-Wall", "-Wextra", "-Werror", *more,
                         *flags, "-I", out, "-x", "c++" if "++" in compiler else "c", path, "-o",
                         program])
                if not status:
                    status, _, errors = run([program])
            self.report.check(f"packed structs: {form}, {compiler}", status == 0,
                              head(errors) or [f"it exits with {status}"])

    # ---- warnings, tags, words and vendors ----

    def warnings(self):
        """C++ without casts and null pointers of C, and what kernels warn of."""
        flags = ["-Wshadow", "-Wundef", "-Wcast-qual", "-Wcast-align", "-Wredundant-decls"]
        cxx = ["-Wold-style-cast", "-Wzero-as-null-pointer-constant", "-Wextra-semi"]
        c = ["-Wmissing-prototypes", "-Wstrict-prototypes", "-Wnested-externs", "-Wvla",
             "-Wdeclaration-after-statement", "-Wc++-compat", "-Wbad-function-cast"]
        gcc = ["-Wduplicated-branches", "-Wduplicated-cond", "-Wlogical-op"]
        for style, transfer in itertools.product(("struct", "value", "bridge"),
                                                 ("argument", "patch")):
            if style == "bridge" and transfer == "argument":
                continue    # a bridge has no argument for the vendor
            out = self.generate(f"warnings-{style}-{transfer}", [os.path.join(self.top, "abi")],
                                f"style={style}", f"transfer={transfer}")
            path = self.write("warnings.c", "".join(
                f"#include <fastabi/{s.name}.h>\n" for s in self.specs))
            for compiler, standard in COMPILERS if out else ():
                own = cxx if "++" in compiler else c
                own = own + (["-Wuseless-cast"] if compiler == "g++" else [])
                own = own + (gcc if compiler.startswith("g") else [])
                status, errors = self.compile(compiler, standard, out, path, "-fsyntax-only",
                                              *flags, *own)
                self.report.check(f"no warnings, {compiler} {style} {transfer}", status == 0,
                                  head(errors))

    def words(self):
        """Tags that are first met in a list of parameters, and macros named by operators of C++.
        """
        spec = self.write("words/words.yml", """\
name: words
hypercall_index: 1
hypercall_macro: xor
index_prefix: b
subops:
  itand:
    index: 1
    input: { a: { reg: 2, type: u64 }, b: { reg: 3, type: u64 }, c: { reg: 4, type: u64 } }
    c_lang:
      struct: first
      struct_compat: [second]
      params: { a: "struct third *", b: "const union fourth *" }
""")
        out = self.generate("words/out", [spec], "transfer=vmcall")
        path = self.write("words/words.c", """\
#include <stdint.h>
struct first { uint64_t c; };
#include <fastabi/words.h>
struct second { uint64_t c; };
struct third { int a; };
union fourth { int a; };
#define CALL(name, tag) long name(struct tag *x, struct third *a, union fourth *b); \\
    long name(struct tag *x, struct third *a, union fourth *b) \\
    { return xen_hypercall_words_itand(x, a, b); }
CALL(f, first)
CALL(g, second)
""")
        for compiler, standard in COMPILERS if out else ():
            status, errors = self.compile(compiler, standard, out, path)
            self.report.check(f"tags and words, {compiler}", status == 0, head(errors))

    def vendors(self):
        """Short names of vendors only where an argument needs them; a wrong constant is told."""
        event = os.path.join(self.top, "abi", "event_channel.yml")
        clash = self.write("clash.c", "enum cpu { Cyrix, Intel, Amd };\n"
                                      "#include <fastabi/event_channel.h>\n")
        wrong = self.write("wrong.c", """\
#include <fastabi/event_channel.h>
long f(void);
long f(void) { return xen_hypercall_event_channel_send((enum xen_hypercall_vendor)SEVEN, 3); }
long g(enum xen_hypercall_vendor v);
long g(enum xen_hypercall_vendor v) { return xen_hypercall_event_channel_send(v, 3); }
""")
        for transfer in ("argument", "vmcall", "vmmcall", "patch", "macro"):
            out = self.generate(f"vendors-{transfer}", [event], "style=value",
                                f"transfer={transfer}")
            for compiler, standard in COMPILERS if out else ():
                flags = ["-DXEN_FASTABI_NO_SHORT_VENDORS"] \
                    if transfer in ("argument", "patch") else []
                flags += ['-DXEN_FASTABI_TRANSFER="vmcall"']
                status, errors = self.compile(compiler, standard, out, clash, *flags)
                self.report.check(f"another Intel, {compiler} {transfer}", status == 0,
                                  head(errors))
                if transfer != "argument":
                    continue
                status, errors = self.compile(compiler, standard, out, wrong, "-O2",
                                              "-Wno-conversion", "-DSEVEN=7")
                told = [line for line in errors.splitlines() if "error:" in line]
                self.report.check(f"a constant that is not a vendor, {compiler}",
                                  status and len(told) == 1 and
                                  "the vendor is XEN_FASTABI_INTEL or XEN_FASTABI_AMD" in told[0],
                                  head(errors) or ["it is accepted"])

    def reserved(self):
        """r12 that a program keeps for itself."""
        out = self.generate("reserved", [os.path.join(self.top, "abi")], "style=value",
                            "transfer=vmcall")
        first = "".join(f"#include <fastabi/{s.name}.h>\n" for s in self.specs)
        uses = [op for s in self.specs for op in s.ops
                if 7 in {*op.clobbers, *(r for p in op.params for r in (p.reg_in, p.reg_out))}]
        for compiler, standard in COMPILERS if out else ():
            for some, good in ((uses, False), ([op for s in self.specs for op in s.ops
                                                if op not in uses], True)):
                path = self.write("reserved.c", first + "".join(
                    lang_c.caller(op, "value", "vmcall") for op in some))
                status, errors = self.compile(compiler, standard, out, path, "-O2",
                                              "-DXEN_FASTABI_RESERVED_R12")
                told = len(re.findall("error: .*this stub changes r12", errors))
                self.report.check(f"r12 is reserved, {compiler}: {len(some)} operations",
                                  some and (status == 0 if good else told == len(some)),
                                  head(errors) or ["it is accepted"])

    def objects(self):
        """Patching where sections cannot keep sites, and a compiler without inline assembly."""
        event = os.path.join(self.top, "abi", "event_channel.yml")
        path = self.write("objects.c", "#include <fastabi/event_channel.h>\n")
        for transfer, command, wanted in (
                ("patch", ["clang", "--target=x86_64-apple-darwin"], "needs ELF objects"),
                ("patch", ["clang", "--target=x86_64-windows-gnu"], "needs ELF objects"),
                ("patch", ["clang", "--target=x86_64-elf"], None),
                ("vmcall", ["clang", "--target=x86_64-apple-darwin"], None),
                ("vmcall", ["gcc", "-U__GNUC__", "-U__x86_64__", "-D_MSC_VER=1900", "-D_M_X64"],
                 "form=functions")):
            result = ["result=long long"] if "windows" in command[1] else []
            out = self.generate(f"objects-{transfer}{len(result)}", [event], "style=value",
                                f"transfer={transfer}", *result)
            status, _, errors = run([*command, "-ffreestanding", "-fsyntax-only", "-I", out or ".",
                                     path])
            told = [line for line in errors.splitlines() if "error:" in line]
            good = not status if not wanted else told and wanted in told[0]
            self.report.check(f"{' '.join(command[:2])}, transfer={transfer}", good,
                              head(errors) or ["it is accepted"])

    def run(self):
        shutil.rmtree(self.build, ignore_errors=True)
        os.makedirs(self.build)
        for part in (self.names, self.names_beside_structs, self.documented, self.hidden,
                     self.bare, self.versions, self.packed, self.warnings, self.words,
                     self.vendors, self.reserved, self.objects):
            part()
