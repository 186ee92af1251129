# SPDX-License-Identifier: MIT
"""Every libclang gives the same layout: what it calls a struct without a name depends on its
release."""
import glob
import pathlib
import re
import subprocess
import tempfile

from tool import BUILD, DEMO, GEN, HEADERS, brief, call

# Besides the one that the command was built with; the directory's name has parentheses as their
# names for such structs do.
OTHERS = ("14", "15", "16", "19")
FOLDER = "go (unnamed)"
XEN_H = """#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040e00
#define __HYPERVISOR_demo_op 3
"""
DEMO_H = """#define DEMOOP_go 1
typedef struct { unsigned int a; } demo_untagged_t;
struct demo_go {
    union {
        unsigned int a;
        struct { unsigned short low, high; };
        union { unsigned char byte; };
    };
    struct { unsigned int a; } named;
    struct { unsigned int b; } list[2];
};
"""
SPEC = DEMO + """    input: { a: { reg: 2, type: u32 }, named.a: { reg: 3, type: u32 },
             'list[0].b': { reg: 4, type: u32 }, 'list[1].b': { reg: 5, type: u32 } }
    c_lang: { struct: demo_go }
"""


def linked():
    """The module's own libclang: its name, and its path."""
    module = max(pathlib.Path(GEN).parent.glob("**/fastabi-layout-clang.so"), key=str,
                 default=BUILD / ".libs/fastabi-layout-clang.so")
    text = subprocess.run(["ldd", module], check=True, capture_output=True, text=True).stdout
    return re.search(r"(libclang\S*) => (\S+)", text).groups()


def run(report, amount):
    del amount
    name, own = linked()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch, FOLDER)
        folder.mkdir()
        for file, text in (("xen.h", XEN_H), ("demo.h", DEMO_H), ("demo.yml", SPEC),
                           ("untagged.yml", SPEC.replace("demo_go }", "demo_untagged_t }"))):
            (folder / file).write_text(text)
        wanted = of_all(report, "that it was built with", folder, None)
        for release in OTHERS:
            paths = glob.glob(f"/usr/lib/*/libclang-{release}.so.*[0-9]")
            if not report.check(paths, f"libclang {release} is there", "install its package"):
                continue
            if pathlib.Path(paths[0]).resolve() == pathlib.Path(own).resolve():
                continue
            other = pathlib.Path(scratch, release)
            other.mkdir()
            (other / name).symlink_to(paths[0])
            got = of_all(report, release, folder, {"LD_LIBRARY_PATH": str(other)})
            report.check(got == wanted, f"libclang {release} gives the same layouts", got)


def of_all(report, title, folder, env):
    """The snapshots with one libclang, and what is said of a struct that is not there."""
    found = []
    for headers, spec in ((folder, folder / "demo.yml"), *((path, "abi/") for path in
                                                           HEADERS.values())):
        done, out, said = call("layout", "--headers", headers, "-o", "-", spec, env=env)
        report.check(done == 0, f"libclang {title}: a snapshot of {headers}", said)
        found.append(out)
    done, _, said = call("check", "--headers", folder, folder / "demo.yml", env=env)
    report.check((done, said) == (0, ""), f"libclang {title}: members without a name", said)
    done, _, said = call("check", "--headers", folder, folder / "untagged.yml", env=env)
    report.check(done == 1 and brief(said)[0].startswith("FA0605"),
                 f"libclang {title}: a typedef is not the tag of its struct", said)
    return found
