# SPDX-License-Identifier: MIT
"""Snapshots: what is generated and said with one is what is generated and said with the headers;
nothing of the machine is in it; a broken one is a message, never a crash."""
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

from tool import DEMO, HEADERS, TOP, brief, call, messages

TARGETS = ("x86_64-unknown-linux-gnu", "i386-unknown-linux-gnu", "x86_64-pc-windows-msvc")


def read_tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file()}


def check_generated(report, scratch, release, specs, style):
    headers, snapshot = scratch / "headers", scratch / "snapshot"
    file = scratch / "layout.yml"
    for folder in (headers, snapshot):
        shutil.rmtree(folder, ignore_errors=True)
    title = f"{release} {specs} style={style}"
    status, _, said = call("layout", "--headers", HEADERS[release], "-o", file, specs)
    report.check(status == 0 and not said, f"snapshot of {title}", said)
    for folder, source in ((headers, ("--headers", HEADERS[release])),
                           (snapshot, ("--layout", file))):
        status, _, said = call("generate", "-b", "c", "-O", f"style={style}", *source, "-o",
                               folder, specs)
        report.check(status == 0, f"generate {source[0]} {title}", said)
    ours = read_tree(headers)
    report.check(len(ours) > 1 and ours == read_tree(snapshot), f"the same bytes, {title}")
    return ours


def check_said(report, scratch):
    for release in HEADERS:
        file = scratch / "seed.yml"
        call("layout", "--headers", HEADERS[release], "-o", file, "tests/seed/abi/")
        _, _, with_headers = call("check", "--headers", HEADERS[release], "tests/seed/abi/")
        _, _, with_snapshot = call("check", "--layout", file, "tests/seed/abi/")
        report.check(with_headers.replace(HEADERS[release] + "/xen/", "") ==
                     with_snapshot.replace("the snapshot has", "the headers have"),
                     f"check says the same with a snapshot, {release}", with_snapshot)
        call("layout", "--headers", HEADERS[release], "-o", file, "abi/")
        status, _, said = call("check", "--strict", "--layout", file, "abi/")
        report.check(status == 0, f"abi/ passes --strict with a snapshot of {release}", said)


def check_text(report, scratch):
    """The same for the same headers elsewhere; no path; read back and written again the same."""
    copy = scratch / "copy of headers"
    shutil.copytree(HEADERS["4.20"], copy)
    texts = []
    for folder in (HEADERS["4.20"], copy, copy / "xen"):
        status, out, said = call("layout", "--headers", folder, "-o", "-", "abi/")
        report.check(status == 0, f"snapshot of {folder} to standard output", said)
        texts.append(out)
    report.check(texts[0] == texts[1] == texts[2], "the same snapshot wherever the headers are")
    report.check("/usr/" not in texts[0] and str(TOP) not in texts[0]
                 and str(scratch) not in texts[0], "no path of the machine in a snapshot")
    for target in TARGETS:
        status, out, said = call("layout", "--target", target, "--headers", HEADERS["4.20"],
                                 "-o", "-", "abi/")
        report.check(status == 0 and f"target: {target}\n" in out, f"snapshot for {target}", said)


def check_hostile(report, scratch, amount):
    file = scratch / "layout.yml"
    call("layout", "--headers", HEADERS["4.20"], "-o", file, "abi/")
    good = file.read_text()
    bad = scratch / "bad.yml"
    cases = {
        "no snapshot": ("name: x\n", "FA0201 error bad.yml:1"),
        "empty": ("", "FA0108 error bad.yml:1"),
        "no format": (re.sub(r"(?m)^layout: 1\n", "", good), "FA0640 error bad.yml:1"),
        "another format": (good.replace("layout: 1\n", "layout: 2\n"), "FA0641 error bad.yml:4"),
        "a field outside": (re.sub(r"(?m)^      port: u32 at \d+", "      port: u32 at 100",
                                   good, count=1), "FA0640"),
        "a kind that does not exist": (good.replace("u32 at", "u33 at", 1), "FA0640"),
        "a place that does not exist": (
            re.sub(r"(?m)^    at: \w+\.h:\d+", "    at: here", good, count=1), "FA0640"),
        "a value that is not a number": (
            re.sub(r"(?m)^  EVTCHNOP_close: 3", "  EVTCHNOP_close: three", good), "FA0640"),
        "a struct without fields": (good.replace("structs:\n", "structs:\n  none: 1\n"), "FA0640"),
        "a list for a macro": (good.replace("macros:\n", "macros:\n  none: [1]\n"), "FA0640"),
        "a target that is not one": (
            good.replace("target: x86_64-unknown-linux-gnu", "target: '*/ x'"),
            "FA0640 error bad.yml:5"),
        "a type with more after it": (
            re.sub(r"(?m)^(  \w+: u\d+)$", r"\1 more", good, count=1), "FA0640"),
        "elements without a number": (re.sub(r", \d+ elements", ", 3 items", good, count=1),
                                      "FA0640"),
        "a line that is not a number": (re.sub(r", line \d+", ", line x", good, count=1), "FA0640"),
        "a field without a place": (re.sub(r"(?m)^(      port: u32) at \d+", r"\1", good, count=1),
                                    "FA0640"),
        "a huge number": (re.sub(r"(?m)^(      port: u32 at )\d+", r"\g<1>99999999999999999999",
                                 good, count=1), "FA0640"),
    }
    for name, (text, expected) in cases.items():
        bad.write_text(text)
        status, _, said = call("check", "--layout", bad, "abi/")
        report.said(name, said.replace(str(scratch), "FOLDER"))
        report.check(status == 1 and any(m.startswith(expected) for m in brief(said)),
                     f"snapshot: {name}", said)
    status, _, said = call("check", "--layout", scratch / "nowhere.yml", "abi/")
    report.check(status == 3 and brief(said) == ["FA0001 error nowhere.yml:0"],
                 "a snapshot that is not there", said)
    rng = amount.rng("damaged snapshots")
    for _ in range(300 if amount.full else 60):
        data = bytearray(good.encode())
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(data))
            if rng.random() < 0.5:
                data[at] = rng.choice(b"0123456789:[]{}, -\nux")
            else:
                del data[at:at + rng.randrange(1, 40)]
        bad.write_bytes(data)
        status, _, said = call("check", "--layout", bad, "abi/")
        if not report.check(status in (0, 1) and (status == 0 or messages(said)),
                            "a damaged snapshot", f"{status} {said[:300]}"):
            shutil.copy(bad, "/tmp/damaged.yml")


def check_union(report, scratch):
    """A union where a struct should be: the snapshot knows, and check says what it says of headers.
    """
    folder = scratch / "union"
    (folder / "include/xen").mkdir(parents=True)
    (folder / "include/xen/xen.h").write_text("#define __HYPERVISOR_demo_op 3\n")
    (folder / "include/xen/demo.h").write_text(
        '#include "xen.h"\n#define DEMOOP_go 1\nunion demo_go { unsigned int a; };\n')
    (folder / "demo.yml").write_text(DEMO + "    input: { a: { reg: 2, type: u32 } }\n"
                                     "    c_lang: { struct: demo_go }\n")
    status, _, said = call("layout", "--headers", "include", "-o", "layout.yml", "demo.yml",
                           cwd=folder)
    text = (folder / "layout.yml").read_text()
    report.check(status == 0 and "  demo_go:\n    size: 4\n    at: demo.h:3\n    union: true\n" in
                 text, "a snapshot of a union", said + text)
    wanted = call("check", "--headers", "include", "demo.yml", cwd=folder)
    got = call("check", "--layout", "layout.yml", "demo.yml", cwd=folder)
    report.check(got[0] == wanted[0] == 1 and "FA0605" in got[2] and
                 got[2] == wanted[2].replace("include/xen/", "").replace("headers have",
                                                                         "snapshot has"),
                 "check says the same of a union with a snapshot", f"{wanted[2]}{got[2]}")


def check_compiled(report, scratch, files):
    """The assertions hold with the headers, and fail with others."""
    folder = scratch / "compiled"
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    for name in sorted(path.name for path in (folder / "fastabi").iterdir()):
        source = f'#include <stdint.h>\n#include "fastabi/{name}"\n'
        done = subprocess.run(["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                               "-isystem", HEADERS["4.17"], "-I", folder,
                               "-x", "c", "-"], input=source, capture_output=True, text=True)
        report.check(done.returncode == 0, f"assertions of {name} hold", done.stderr)
    other = scratch / "other"
    shutil.copytree(HEADERS["4.17"], other)
    header = other / "xen/event_channel.h"
    text = header.read_text()
    changed = text.replace("    uint32_t vcpu;                 /* VCPU to which",
                           "    uint32_t pad_, vcpu;           /* VCPU to which")
    header.write_text(changed)
    done = subprocess.run(["cc", "-std=gnu11", "-fsyntax-only", "-isystem", other, "-I", folder,
                           "-x", "c", "-"], capture_output=True,
                          input='#include <stdint.h>\n#include "fastabi/event_channel.h"\n',
                          text=True)
    report.check(changed != text and done.returncode != 0
                 and "size_event_channel_status" in done.stderr and
                 re.search(r"offset_\d+_event_channel_status|offset_event_channel_status_\d+",
                           done.stderr),
                 "assertions fail with a header that is changed", done.stderr)


def check_depfile(report, scratch):
    for source in (("--headers", HEADERS["4.17"]), ("--layout", scratch / "layout.yml")):
        call("generate", "-b", "c", *source, "-o", scratch / "dep", "--depfile", scratch / "dep.d",
             "abi/vcpu.yml")
        text = (scratch / "dep.d").read_text()
        wanted = "/xen/vcpu.h" if source[0] == "--headers" else "layout.yml"
        report.check(wanted in text, f"the depfile names what {source[0]} read", text)


def check_command(report, scratch):
    """The command in a banner names the headers and their target, and makes the file again."""
    shutil.copy(TOP / "tests/seed/abi/vcpu.yml", scratch)   # without types: only headers know them
    real = {"HEADERS": HEADERS["4.17"], "DIR": str(scratch / "again")}
    for backend, *target in (("c",), ("asm", "--target", TARGETS[2]), ("rust",), ("json",)):
        out = scratch / "command" / backend
        _, _, said = call("generate", "-b", backend, "--headers", HEADERS["4.17"], *target, "-o",
                          out, scratch / "vcpu.yml")
        made = {out.read_bytes()} if out.is_file() else set(read_tree(out).values())
        commands = {found.decode() for data in made for found in re.findall(
            rb'fastabi-gen (generate [^"\n]*)', data)}
        report.check(commands, f"{backend}: a file has its command", said)
        for command in commands:
            words = [real.get(word, word) for word in shlex.split(command.replace("\\/", "/"))]
            shutil.rmtree(real["DIR"], ignore_errors=True)
            _, text, said = call(*words, cwd=scratch)
            again = set(read_tree(pathlib.Path(real["DIR"])).values()) or {text.encode()}
            report.check("--headers" in words and set(target) <= set(words) and again <= made,
                         f"{backend}: the command makes it again", f"{command}\n{said}")


def check_places(report, scratch):
    """A header is named from the directory that it was found in, however long that is; one that
    starts with '-' is not an option; "../" is not taken for a directory."""
    far = "/".join(["a-directory-with-a-long-name"] * 8)
    for name, text in {
            "-pub/xen.h": "#define __XEN_LATEST_INTERFACE_VERSION__ 1\n"
                          "#define __HYPERVISOR_demo_op 3\n#define DEMOOP_go 1\n",
            "-pub/demo.h": '#include "xen.h"\n#include "far.h"\n#include "../../beside.h"\n',
            f"{far}/far.h": "struct demo_go { unsigned int a; };\n",
            "-pub/arch-other.h": "struct demo_plain { of another processor };\n",
            "-pub/plain.h": "struct demo_plain { unsigned int a; };\n",
            "../beside.h": "struct demo_other { unsigned int a; };\n",
            "demo.yml": DEMO + "    input: { a: { reg: 2, type: u32 } }\n"
                               "    c_lang: { struct: demo_go, struct_compat: [demo_other] }\n",
    }.items():
        path = scratch / "places/below" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    folder = scratch / "places/below"
    (folder / "plain.yml").write_text(
        DEMO.replace("headers: [demo.h]\n", "")
        + "    input: { a: { reg: 2, type: u32 } }\n    c_lang: { struct: demo_plain }\n")
    done, _, said = call("check", "--headers=-pub", "plain.yml", cwd=folder)
    report.check((done, said) == (0, ""), "places: a struct is not looked for in headers of "
                 "another processor", said)
    for include in (far, folder / far):
        done, text, said = call("layout", "--headers=-pub", "-I", include, "-o", "-", "demo.yml",
                                cwd=folder)
        report.check(done == 0 and re.findall(r"at: (.*)", text) == ["far.h:1", "../../beside.h:1"],
                     f"places: headers found below {include}", said + text)
        (folder / "layout.yml").write_text(text)
        done, _, said = call("check", "--layout", "layout.yml", "demo.yml", cwd=folder)
        report.check((done, said) == (0, ""), f"places: the snapshot of {include} is read", said)


ODD_NAMES = ("a #1.h", "a: 1.h", "it's.h", "-a.h", "{a}.h", "#.h", "\u00e9.h")


def check_names(report, scratch):
    """A snapshot can be read again, whatever headers are called."""
    folder = scratch / "names"
    (folder / "include/xen").mkdir(parents=True)
    (folder / "include/xen/xen.h").write_text(
        "#define __XEN_LATEST_INTERFACE_VERSION__ 1\n#define __HYPERVISOR_demo_op 3\n")
    (folder / "demo.yml").write_text(DEMO + "    input: { a: { reg: 2, type: u32 } }\n"
                                     "    c_lang: { struct: demo_go }\n")
    for name in ODD_NAMES:
        (folder / "include/xen" / name).write_text(
            "#define DEMOOP_go 1\nstruct demo_go { unsigned int a; };\n")
        (folder / "include/xen/demo.h").write_text(f'#include "xen.h"\n#include "{name}"\n')
        done, text, said = call("layout", "--headers", "include", "-o", "layout.yml", "demo.yml",
                                cwd=folder)
        report.check((done, said) == (0, ""), f"names: snapshot of {name!r}", said)
        done, _, said = call("check", "--layout", "layout.yml", "demo.yml", cwd=folder)
        report.check((done, said) == (0, ""), f"names: the snapshot of {name!r} is read", said)
        (folder / "wrong.yml").write_text((folder / "demo.yml").read_text().replace(
            "index: 1", "index: 2"))
        done, _, said = call("check", "--layout", "layout.yml", "wrong.yml", cwd=folder)
        report.check(done == 1 and f"{name}:1:" in said,
                     f"names: a message names {name!r}", said)
    (folder / "include/xen/demo.h").write_text('#include "xen.h"\n')
    (folder / "pre.h").write_text("#define DEMOOP_go 1\nstruct demo_go { unsigned int a; };\n")
    for prelude in ("pre.h", folder / "pre.h"):
        done, text, said = call("layout", "--headers", "include", "--include", prelude, "-o", "-",
                                "demo.yml", cwd=folder)
        report.check(done == 0 and "at: pre.h:2\n" in text and "DEMOOP_go: 1, pre.h:1\n" in text
                     and str(folder) not in text, f"names: the prelude {prelude}", said + text)


def run(report, amount):
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        for release in HEADERS:
            for style in ("struct", "value"):
                files = check_generated(report, scratch, release, "abi/", style)
                if (release, style) == ("4.17", "struct"):
                    check_compiled(report, scratch, files)
        for name in ("grant_table", "hvm", "sched", "vcpu", "version"):
            check_generated(report, scratch, "4.17", f"tests/seed/abi/{name}.yml", "value")
        check_said(report, scratch)
        check_text(report, scratch)
        check_hostile(report, scratch, amount)
        check_union(report, scratch)
        check_places(report, scratch)
        check_names(report, scratch)
        check_depfile(report, scratch)
        check_command(report, scratch)
