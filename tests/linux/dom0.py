# SPDX-License-Identifier: MIT
"""Part dom0: the kernel of scripts/linux-build as a PVH dom0, whose back ends serve a domain with
the same kernel. Must not know how a machine is booted, or how calls are counted."""
import collections

import calls

# The kernel of a dom0: its kind, where it is, and words for its command line.
Kernel = collections.namedtuple("Kernel", "kind vmlinux words")
# Of the table in docs/linux.md.
WHOSE = " of dom0"
# Boots: their name, words for dom0's command line, and the ABI of the calls that its kernel makes.
BOOTS = [("dom0", "", "FastABI"), ("dom0 off", "xen_fastabi=off", "classic")]
# What the back ends of a disk and a network are for.
BACK_ENDS = ["grant_table.map_grant_ref", "grant_table.unmap_grant_ref", "grant_table.copy",
             "event_channel.send"]


def name(kernel):
    """Of the kernel of dom0, for that of the domain. It shares the objects of what is first in
    both: little is compiled again."""
    return kernel.replace("boot+", "boot+dom0+")


def part(runner, boot, vmlinux, header):
    """Boot each: boot(title, Kernel) gives what the machine said, as the domain's own boot does.
    The work of the domain has to be the same, and the kernel of dom0 says nothing more."""
    said, same, made = {}, {}, {}
    for name, words, abi in BOOTS:
        done = boot("linux-" + name.replace(" ", "-"), Kernel("pvh", vmlinux, words))
        if not done:
            return
        runner.look_at(name, [(f"{name}, domain", None, None, ["FastABI"])], done, {}, same, {},
                       name == BOOTS[0][0])
        said[name] = runner.messages(done, 0)
        made[name] = calls.read(done.lines, header).get(0, {})
        counts(runner, name, made[name], abi, calls.release(done.lines))
    runner.report.check("dom0: what should be the same in every boot is",
                        len(set(same.values())) == 1 and all(same.values()),
                        [f"{name}: {line}" for name, lines in same.items() for line in lines])
    messages(runner, *(said[name] for name, *_ in BOOTS))
    many = calls.too_many(*(made[name] for name, *_ in BOOTS))
    runner.report.check("dom0: about as many calls as without FastABI", not many, many)


def counts(runner, name, counted, abi, xen):
    """Every call as the table has it. Classic ones have a reason there."""
    sums = {each: sum(row[0] for key, row in counted.items() if key[0] == each)
            for each in calls.ABIS}
    print(f"    {name}: {sums['FastABI']} calls through FastABI, {sums['classic']} classic")
    if abi == "classic":
        runner.report.check(f"{name}: every call is classic",
                            sums["classic"] > 100 and not sums["FastABI"])
        return
    if runner.args.update:
        calls.update(counted, WHOSE)
    faults = calls.faults(counted, calls.table(WHOSE), xen=xen)
    runner.report.add(f"{name}: the calls are those of docs/linux.md", len(counted), len(faults),
                      faults)
    lacks = [title for title in BACK_ENDS if ("FastABI", title) not in counted]
    runner.report.check(f"{name}: the back ends work over FastABI", not lacks, lacks)


def messages(runner, fast, off):
    """Of the kernel of dom0: not one more than without FastABI."""
    more = sorted(fast - off - runner.more_messages)
    runner.report.check("dom0: the kernel says nothing that it does not without FastABI",
                        len(fast) > 20 and not more, more[:20])
    runner.report.check("dom0: it finds FastABI where that is wanted",
                        runner.more_messages <= fast and not runner.more_messages & off)
