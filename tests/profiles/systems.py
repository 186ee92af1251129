# SPDX-License-Identifier: MIT
"""The trees that profiles are for.  Must not know how they are tried.

A tree is a mapping:
  flags, gcc, clang   options of both compilers, and of one; warnings as the tree has them
  not                 compilers that have no target like it
  xen                 where it has Xen's headers; absent: what trees/NAME/ has of them is all
  edits               how its copy of Xen's headers differs: (pattern, replacement)
  lacks               which of Xen's headers it has not, and the specifications that need them
  shared              what else of trees/ it has, beside trees/NAME/
  before              what its files include before; before_struct: for struct style only
  version             the interface version that its xen.h defines, whatever the command line says
  own                 its word for uint64_t, which its callers have pointers to
  hidden              functions in struct style whose structs its headers lack, a pattern
  reads               struct style is generated with its headers: what they lack is left out
  bridge              what is not bridged, as the version has other fields in its struct
  without             styles that it cannot have, as it lacks the structs
  place               where the generated files are: "xen/"
  transfers           ways to make the call that are tried
"""

KERNEL = ["-O2", "-nostdinc", "-ffreestanding", "-mcmodel=kernel", "-mno-red-zone", "-mno-mmx",
          "-mno-sse", "-fno-pie", "-Wall"]

# Functions whose structs version 0x00030205 hides: they are included, and not called.
BEFORE_3_2_6 = r"grant_table_(set_version|get_version|swap_grant_ref)$"

TREES = {
    "freestanding": {
        "flags": ["-std=c99", "-O2", "-ffreestanding", "-mgeneral-regs-only", "-Wall", "-Wextra",
                  "-Wconversion", "-Wsign-conversion", "-pedantic"],
        "xen": "xen",
        "search": ["-I.", "-isystem", "."],
    },
    "linux": {
        "flags": [*KERNEL, "-std=gnu11", "-fshort-wchar", "-funsigned-char", "-fno-common",
                  "-fno-strict-aliasing", "-Wundef", "-Wstrict-prototypes", "-Wmissing-prototypes",
                  "-Wmissing-declarations", "-Wdeclaration-after-statement", "-Wvla",
                  "-Wno-pointer-sign", "-D__KERNEL__",
                  "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"],
        "before": ["linux/types.h"],
        "xen": "xen/interface",
        "edits": [(r"typedef struct \{ type \*p; \} __guest_handle",
                   "typedef type *__guest_handle")],
        "place": "xen/interface/",
        "transfers": ("argument", "macro"),
    },
    "freebsd": {
        "shared": ["bsd"],
        "flags": [*KERNEL, "-std=gnu99", "-D_KERNEL", "-fno-common", "-fwrapv",
                  "-fstack-protector", "-msoft-float", "-Wstrict-prototypes",
                  "-Wmissing-prototypes", "-Wpointer-arith", "-Wcast-qual", "-Wundef",
                  "-Wno-pointer-sign", "-Wmissing-include-dirs", "-Wnested-externs",
                  "-Wredundant-decls", "-Wold-style-definition", "-Wno-unknown-pragmas"],
        "clang": ["--target=x86_64-unknown-freebsd14.0"],
        "before": ["sys/types.h"],
        "xen": "contrib/xen",
    },
    "netbsd": {
        "shared": ["bsd"],
        "flags": [*KERNEL, "-std=gnu99", "-D_KERNEL", "-fno-zero-initialized-in-bss",
                  "-Wno-main", "-Wpointer-arith", "-Wmissing-prototypes", "-Wstrict-prototypes",
                  "-Wold-style-definition", "-Wswitch", "-Wshadow", "-Wcast-qual",
                  "-Wwrite-strings", "-Wextra", "-Wno-unused-parameter", "-Wno-sign-compare",
                  "-Wno-pointer-sign"],
        "clang": ["--target=x86_64-unknown-netbsd10.0"],
        "before": ["sys/types.h"],
        "xen": "xen/include/public",
        "bridge": ["!memory.add_to_physmap_batch"],
    },
    "openbsd": {
        "shared": ["bsd"],
        "flags": [*KERNEL, "-std=gnu99", "-D_KERNEL", "-fno-builtin-printf", "-msoft-float",
                  "-fno-omit-frame-pointer", "-fcf-protection=branch",
                  "-Wimplicit-function-declaration", "-Wno-pointer-sign", "-Wno-uninitialized"],
        "clang": ["--target=x86_64-unknown-openbsd7.6", "-Wno-constant-conversion"],
        "before": ["sys/types.h", "dev/pv/xenreg.h"],
        "without": ["struct", "bridge"],
    },
    "minios": {
        "flags": ["-O1", "-nostdinc", "-fno-builtin", "-fno-stack-protector", "-fgnu89-inline",
                  "-mno-red-zone", "-fno-asynchronous-unwind-tables", "-Wall", "-Wredundant-decls",
                  "-Wformat", "-Wstrict-prototypes", "-Wnested-externs", "-Wpointer-arith",
                  "-Winline", "-D__XEN_INTERFACE_VERSION__=0x00030205"],
        "gcc": ["-fno-reorder-blocks"],
        "before": ["mini-os/types.h"],
        "xen": "xen",
        "hidden": BEFORE_3_2_6,
        "bridge": ["!memory.populate_physmap", "!memory.add_to_physmap_batch"],
    },
    "unikraft": {
        "shared": ["stdint"],
        "flags": ["-O2", "-nostdlib", "-nostdinc", "-U__linux__", "-D__Unikraft__",
                  "-fno-omit-frame-pointer", "-fno-stack-protector", "-fno-builtin",
                  "-fdata-sections", "-ffunction-sections", "-mno-red-zone", "-Wall", "-Wextra",
                  "-D__XEN_INTERFACE_VERSION__=0x00030205"],
        "gcc": ["-fno-tree-sra"],
        "before": ["stdint.h"],
        "xen": "xen",
        "hidden": BEFORE_3_2_6,
        "bridge": ["!memory.populate_physmap", "!memory.add_to_physmap_batch"],
    },
    "xtf": {
        "shared": ["stdint"],
        "flags": ["-O3", "-std=gnu99", "-nostdinc", "-ffreestanding", "-fno-strict-aliasing",
                  "-fno-pic", "-mno-red-zone", "-mno-sse", "-Wall", "-Wextra",
                  "-Wmissing-prototypes", "-Wstrict-prototypes", "-Winline"],
        "before": ["stdint.h"],
        "reads": True,
    },
    "edk2": {
        "flags": ["-Os", "-nostdinc", "-fshort-wchar", "-fno-builtin", "-fno-strict-aliasing",
                  "-fno-common", "-fno-stack-protector", "-mno-red-zone", "-ffunction-sections",
                  "-fdata-sections", "-include", "AutoGen.h", "-Wall", "-Wno-array-bounds",
                  "-Wno-address"],
        "gcc": ["-mcmodel=small", "-fpie"],
        "clang": ["--target=x86_64-unknown-windows-gnu", "-mno-implicit-float",
                  "-Wno-unused-const-variable"],
        "xen": "IndustryStandard/Xen",
        "edits": [(r"\buint(8|16|32|64)_t\b", r"UINT\1"), (r"\bint(8|16|32|64)_t\b", r"INT\1"),
                  (r"\bunsigned long\b", "UINTN"),
                  (r"(?m)^(#define __XEN_PUBLIC_XEN_H__)$",
                   r"\1\n#define __XEN_INTERFACE_VERSION__ 0x00040400"),
                  (r'#include "physdev.h"\n', "")],
        "lacks": {"version.h": "version", "vcpu.h": "vcpu", "physdev.h": "physdev"},
        "version": 0x00040400,
        "own": "UINT64",
        "transfers": ("argument", "vmcall"),
    },
    "windows": {
        "flags": ["-O2", "-nostdinc", "-fms-extensions", "-mno-red-zone", "-Wall", "-Wextra",
                  "-Wno-unused-parameter"],
        "clang": ["--target=x86_64-pc-windows-msvc", "-fms-compatibility"],
        "not": ["gcc"],
        "before": ["ntdef.h", "xen-types.h"],
        "xen": "public",
        "edits": [(r"\bunsigned long\b", "ULONG_PTR")],
        "transfers": ("argument", "vmmcall"),
    },
    "xen-public": {
        "flags": ["-std=c99", "-O2", "-Wall", "-Wextra", "-Wstrict-prototypes",
                  "-Wmissing-prototypes", "-Wpointer-arith", "-Wno-unused-parameter",
                  "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__"],
        "before": ["stdint.h"],
        "before_struct": [
            f"public/{name}.h"
            for name in ("xen", "event_channel", "grant_table", "hvm/hvm_op", "memory", "physdev",
                         "sched", "vcpu", "version")
        ],
        "xen": "public",
        "place": "public/",
    },
}
