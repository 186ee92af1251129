# SPDX-License-Identifier: MIT
"""The generated headers in other people's trees: macros, structs and flags that we do not choose.

Must not know what is in the headers beyond their documented names.
"""
import itertools
import os
import re
import shutil

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
    result argument value field type name condition structure from to TRUE IN OUT Intel_ Amd_
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
        names |= {f"reg{n}" for n in range(8)} | {"in_", "out_"}
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

    def run(self):
        shutil.rmtree(self.build, ignore_errors=True)
        os.makedirs(self.build)
        self.names()
        self.documented()
