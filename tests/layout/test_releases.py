# SPDX-License-Identifier: MIT
"""Headers of each release from 4.0 on, imitated: what a release lacks is a note that names it,
never an error, and a file alone gets the same verdict as with the others in its directory."""
import pathlib
import re
import tempfile

from tool import HEADERS, TOP, brief, call, messages

# Xen's releases, and the interface version that their headers state; several state an older one
VERSIONS = {
    "4.0": 0x3020a, "4.1": 0x3020a, "4.2": 0x40200, "4.3": 0x40300, "4.4": 0x40400, "4.5": 0x40400,
    "4.6": 0x40600, "4.7": 0x40700, "4.8": 0x40800, "4.9": 0x40900, "4.10": 0x40900,
    "4.11": 0x40900, "4.12": 0x40a00, "4.13": 0x40d00, "4.14": 0x40e00, "4.15": 0x40e00,
    "4.16": 0x40e00, "4.17": 0x40e00, "4.18": 0x40e00, "4.19": 0x41300, "4.20": 0x41300,
    "4.21": 0x41300, "4.22": 0x41300,
}
# The first release whose headers show a macro to guests, and the structs that came with it
FIRST = {
    "4.1": "HVMOP_get_time HVMOP_pagetable_dying PHYSDEVOP_get_free_pirq SCHEDOP_shutdown_code"
           " SCHEDOP_watchdog physdev_get_free_pirq sched_watchdog xen_hvm_get_time"
           " xen_hvm_pagetable_dying",
    "4.2": "GNTTABOP_swap_grant_ref HVMOP_get_mem_type PHYSDEVOP_pci_device_add"
           " PHYSDEVOP_pci_device_remove XENMEM_remove_from_physmap gnttab_swap_grant_ref"
           " physdev_pci_device xen_hvm_get_mem_type",
    "4.4": "EVTCHNOP_expand_array EVTCHNOP_init_control EVTCHNOP_set_priority"
           " XENMEM_add_to_physmap_batch evtchn_expand_array evtchn_init_control"
           " evtchn_set_priority",
    "4.6": "HVMOP_guest_request_vm_event HVMOP_set_evtchn_upcall_vector"
           " xen_hvm_evtchn_upcall_vector",
    "4.7": "SCHEDOP_pin_override XENVER_build_id sched_pin_override",
    "4.14": "XENMEM_acquire_resource",
    "4.16": "xen_memory_domain",
    "4.18": "VCPUOP_register_runstate_phys_area VCPUOP_register_vcpu_time_phys_area",
}
# Of the handler's side, which is for 4.17 and later
HANDLERS = ("xen_memory_domain",)
# Releases with something of a later one.  Stable releases took over the first two; the others are
# made up.
BACKPORTS = [
    ("4.0", 0x3020a, "HVMOP_get_time xen_hvm_get_time"),
    ("4.12", 0x40a00, "XENMEM_acquire_resource"),
    ("4.0", 0x3020a, "SCHEDOP_shutdown_code"),
    ("4.1", 0x3020a, "EVTCHNOP_set_priority evtchn_set_priority"),
    ("4.6", 0x40600, "VCPUOP_register_runstate_phys_area"),
]


def number(release):
    return [int(part) for part in release.split(".")]


def without(snapshot, names):
    """A snapshot without macros and structs of these names."""
    pattern = "|".join(names)
    text = re.sub(rf"(?m)^  (?:{pattern}): .*\n", "", snapshot)
    return re.sub(rf"(?m)^  (?:{pattern}):\n(?:    .*\n|\n)*", "", text)


def check_releases(report, directory):
    """abi/ against each release, made from the newest headers by taking away what came later."""
    file = directory / "layout.yml"
    call("layout", "--headers", HEADERS["4.20"], "-o", file, "abi/")
    newest = file.read_text()
    files = sorted(path for path in (TOP / "abi").glob("*.yml"))
    for release, version, backported in [(*item, "") for item in VERSIONS.items()] + BACKPORTS:
        title = release + (f" with {backported.split()[0]}" if backported else "")
        lacks = {name: "4.17" if name in HANDLERS else since for since, names in FIRST.items()
                 for name in names.split()
                 if number(since) > number(release) and name not in backported.split()}
        text = without(newest, lacks) if lacks else newest
        text = re.sub(r"(__XEN_LATEST_INTERFACE_VERSION__: )\w+", rf"\g<1>{version}", text)
        report.check(len(lacks) == 0 or text.count("\n") < newest.count("\n") - len(lacks) + 1,
                     f"releases: {title} is imitated")
        file.write_text(text)
        status, _, said = call("check", "--strict", "--layout", file, "abi/")
        got = messages(said)
        report.check(status == 0 and all(m["id"] == "FA0614" and m["severity"] == "note"
                                         for m in got), f"releases: abi/ on {title}", said)
        named = dict(re.findall(r"no \w+ '(\w+)', .* since Xen ([\d.]+);", said))
        report.check(named == lacks, f"releases: what {title} lacks is named, with its release",
                     f"{named}\n    expected {lacks}")
        alone = [call("check", "--strict", "--layout", file, path.relative_to(TOP))
                 for path in files]
        report.check(all(done[0] == 0 for done in alone) and
                     sorted("".join(done[2] for done in alone).splitlines())
                     == sorted(said.splitlines()),
                     f"releases: each file alone gets the same verdict on {title}",
                     "".join(done[2] for done in alone))


# ---- headers written for this test, an old release's and a new one's ----

XEN_H = """#define __XEN_LATEST_INTERFACE_VERSION__ {version}
#define __HYPERVISOR_old_op 3
{xen}typedef uint32_t evtchn_port_t;
"""
OLD_H = '#include "xen.h"\n#define OLDOP_first 1\nstruct old_first { uint32_t a; };\n'
NEW_H = '#include "xen.h"\n#define NEWOP_only 1\ntypedef uint32_t newer_t;\n'
LATE_H = "#define OLDOP_late 2\nstruct old_late { uint32_t a; };\n"
OLD = """name: old
hypercall_index: 3
hypercall_macro: __HYPERVISOR_old_op
index_prefix: OLDOP_
headers: [old.h]
since: "4.0"
subops:
  first:
    index: 1
    hvm_since: "4.7"
    input: {{ a: {{ reg: 2, type: u32 }} }}
    c_lang: {{ struct: {first} }}
  late:
    index: 2
    since: "4.6"
    input: {{ a: {{ reg: 2, type: u32 }} }}
    c_lang: {{ struct: old_late }}
"""
NEW = """name: new
hypercall_index: 4
hypercall_macro: __HYPERVISOR_new_op
index_prefix: NEWOP_
headers: [new.h]
subops:
  only:
    index: 1
    since: "4.12"
    input: {{ a: {{ reg: 2, type: u32 }} }}
    c_lang: {{ params: {{ a: {type_} }} }}
"""
# title, version, old.h, new.h or None, xen.h's addition, struct of first, C type of only;
# what is said: id, line of old.yml or new.yml
CASES = [
    ("a new release", "0x00040c00", OLD_H + LATE_H, NEW_H, "#define __HYPERVISOR_new_op 4\n",
     "old_first", "newer_t", [], []),
    ("an old release lacks header, macros, struct and type", "0x0003020a", OLD_H, None, "",
     "old_first", "newer_t", ["FA0614 note 13", "FA0614 note 17"],
     ["FA0614 note 3", "FA0614 note 5", "FA0614 note 7", "FA0614 note 11"]),
    ("usable by HVM guests later than the macro is there", "0x0003020a", OLD_H, NEW_H,
     "#define __HYPERVISOR_new_op 4\n", "old_first", "newer_t",
     ["FA0614 note 13", "FA0614 note 17"], []),
    ("what is old enough and lacking is an error", "0x0003020a", OLD_H, None, "", "old_fisrt",
     "newer_t", ["FA0605 error 12", "FA0614 note 13", "FA0614 note 17"],
     ["FA0614 note 3", "FA0614 note 5", "FA0614 note 7", "FA0614 note 11"]),
    ("a struct that lacks the field of a later operation", "0x0003020a",
     OLD_H + "struct old_late { uint32_t b; };\n", NEW_H, "#define __HYPERVISOR_new_op 4\n",
     "old_first", "newer_t", ["FA0614 note 13", "FA0614 note 16"], []),
    ("headers that their version makes new", "0x00040c00", OLD_H, None, "", "old_first", "newer_t",
     ["FA0611 error 13", "FA0605 error 17"],
     ["FA0611 error 3", "FA0604 error 5", "FA0611 error 7", "FA0615 error 11"]),
    ("a macro of the oldest release", "0x0003020a", OLD_H.replace("OLDOP_first", "OLDOP_fist"),
     NEW_H, "#define __HYPERVISOR_new_op 4\n", "old_first", "newer_t",
     ["FA0611 error 8", "FA0614 note 13", "FA0614 note 17"], []),
    ("a later operation that is there, without its struct", "0x0003020a",
     OLD_H + LATE_H.splitlines()[0] + "\n", NEW_H, "#define __HYPERVISOR_new_op 4\n", "old_first",
     "nwer_t", ["FA0605 error 17"], ["FA0615 error 11"]),
]


def check_case(report, scratch, case):
    title, version, old_h, new_h, xen, first, type_, of_old, of_new = case
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        directory = pathlib.Path(name)
        (directory / "include/xen").mkdir(parents=True)
        (directory / "abi").mkdir()
        (directory / "include/xen/xen.h").write_text(XEN_H.format(version=version, xen=xen))
        (directory / "include/xen/old.h").write_text(old_h)
        if new_h:
            (directory / "include/xen/new.h").write_text(new_h)
        (directory / "abi/old.yml").write_text(OLD.format(first=first))
        (directory / "abi/new.yml").write_text(NEW.format(type_=type_))
        said = {target: call("check", "--headers", "include", target, cwd=directory)
                for target in ("abi/old.yml", "abi/new.yml", "abi/")}
    report.said(title, said["abi/"][2])
    for target, expected in (("old.yml", of_old), ("new.yml", of_new)):
        status, _, text = said[f"abi/{target}"]
        got = [line.replace(f" {target}:", " ") for line in brief(text) if f" {target}:" in line]
        report.check(sorted(got) == sorted(expected)
                     and status == any("error" in line for line in expected),
                     f"releases: {title}: {target} alone", f"{status}: {text}")
        together = [line for line in brief(said["abi/"][2]) if f" {target}:" in line]
        report.check(sorted(line.replace(f" {target}:", " ") for line in together)
                     == sorted(expected),
                     f"releases: {title}: {target} with the other", said["abi/"][2])


SHARED = """name: {name}
hypercall_index: {index}
hypercall_macro: __HYPERVISOR_{name}_op
headers: [shared.h]
subops:
  one:
    index: 1
    index_macro: {macro}
    {way}: {{ a: {{ reg: 2, type: u32 }} }}
    c_lang: {{ struct: shared }}
"""


def check_directions(report, scratch):
    """Another file that uses a struct in the other direction changes nothing."""
    (scratch / "include/xen").mkdir(parents=True)
    (scratch / "shared").mkdir()
    (scratch / "include/xen/xen.h").write_text(
        "#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040c00\n"
        "#define __HYPERVISOR_old_op 3\n#define __HYPERVISOR_new_op 4\n")
    (scratch / "include/xen/shared.h").write_text(
        "#define OLDOP_one 1\n#define NEWOP_one 1\nstruct shared { uint32_t a; /* IN/OUT */ };\n")
    for name, index, way in (("old", 3, "input"), ("new", 4, "output")):
        (scratch / f"shared/{name}.yml").write_text(
            SHARED.format(name=name, index=index, way=way, macro=f"{name.upper()}OP_one"))
    alone = [brief(call("check", "--headers", "include", f"shared/{name}.yml", cwd=scratch)[2])
             for name in ("new", "old")]
    together = brief(call("check", "--headers", "include", "shared/", cwd=scratch)[2])
    report.check(all(alone) and sorted(alone[0] + alone[1]) == sorted(together),
                 "releases: directions of a struct that two files use",
                 f"{alone}\n    together {together}")


def run(report, amount):
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch)
        check_releases(report, directory)
        for case in CASES:
            check_case(report, directory, case)
        check_directions(report, directory)
