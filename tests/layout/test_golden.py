# SPDX-License-Identifier: MIT
"""The request's files against the headers: exactly the faults that a header can show.  Ours: none,
and what a release lacks is named."""
import json

from tool import HEADERS, TOP, call, messages


def normalise(text, release):
    return text.replace(HEADERS[release] + "/", "")


def run(report, amount):
    for release in ("4.17", "4.20"):
        golden = TOP / f"tests/layout/seed-{release}.txt"
        status, _, text = call("check", "--headers", HEADERS[release], "tests/seed/abi/")
        text = normalise(text, release)
        report.check(text == golden.read_text(), f"the seed's faults against {release}",
                     f"expected {golden}, got:\n{text}")
        report.check(status == 1, f"exit status of the seed against {release}", str(status))

    status, out, text = call("check", "--strict", "--headers", HEADERS["4.20"], "abi/")
    report.check((status, out, text) == (0, "", ""),
                 "abi/ passes --strict against 4.20, with no output", out + text)
    status, out, text = call("check", "--strict", "--headers", HEADERS["4.17"], "abi/")
    said = [(m["id"], m["severity"], m["text"]) for m in messages(text)]
    report.check(status == 0 and len(said) == 2 and all(
        m[:2] == ("FA0614", "note") and name in m[2] and "4.18" in m[2] for m, name in
        zip(said, ("VCPUOP_register_runstate_phys_area", "VCPUOP_register_vcpu_time_phys_area"))),
        "abi/ passes --strict against 4.17, which names what it lacks", text)

    for form in ("4.20/usr/include", "4.20/usr/include/", "4.20/usr/include/xen",
                 "4.20/usr/include/xen/"):
        status, out, text = call("check", "--strict", "--headers", TOP / "build/xen-headers" / form,
                                 "abi/")
        report.check((status, text) == (0, ""), f"headers as {form}", text)
    status, _, text = call("check", "--headers", "/nonexistent", "--headers", HEADERS["4.20"],
                           "abi/")
    report.check(status == 0, "the second --headers where the first has none", text)

    status, out, _ = call("check", "--format", "json", "--headers", HEADERS["4.17"],
                          "tests/seed/abi/")
    data = json.loads(out)
    report.check(status == 1 and data["errors"] == 3 and data["warnings"] == 8 and
                 {d["id"] for d in data["diagnostics"]} == {"FA0606", "FA0607", "FA0612",
                                                            "FA0613", "FA0616", "FA0617", "FA0618"},
                 "JSON of the seed's faults", out)
    for target in ("i386-unknown-linux-gnu", "x86_64-pc-windows-msvc", "x86_64-w64-windows-gnu"):
        status, _, text = call("check", "--strict", "--target", target, "--headers",
                               HEADERS["4.20"], "abi/")
        report.check((status, text) == (0, ""), f"abi/ for {target}", text)
