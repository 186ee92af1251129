# SPDX-License-Identifier: MIT
"""Xen's trace records of a guest's calls, read from the machine's memory and decoded: what was
called, with which values, and what came back; classic calls are not among them.  Must not know how
records are made or decoded."""
import os
import re
import struct
import subprocess

OPERATION = "event_channel.status"
# Only FastABI's records; a buffer of a page; memory that is not written stays a hole in the file.
OPTIONS = "dom0_max_vcpus=1 tbuf_size=1 tevt_mask=0x88000 bootscrub=0"
PAGE = 4096
CPU_RECORD = 0x2001f003        # what xentrace writes first: of which CPU, how many bytes


def read_buffer(memory, log):
    """The records of the only CPU, as xentrace writes them; empty if Xen made no buffer."""
    with open(log, encoding="utf-8", errors="replace") as file:
        place = re.search(r"xentrace: p0 mfn ([0-9a-f]+)", file.read())
    if not place:
        return b""
    with open(memory, "rb") as file:
        file.seek(int(place[1], 16) * PAGE)
        page = file.read(PAGE)
    _, produced = struct.unpack_from("<II", page)
    records = page[8:8 + produced]
    return struct.pack("<III", CPU_RECORD, 0, len(records)) + records


def run(runner, plan, language):
    """Boots with a plan and looks at its trace."""
    path = runner.kernel(language)
    if not path:
        return
    memory = os.path.join(runner.build, "trace.memory")
    plan.extra = ["-object", f"memory-backend-file,id=ram,size=512M,share=on,mem-path={memory}",
                  "-machine", "memory-backend=ram"]
    try:
        title = f"{language} {plan.name}"
        if not runner.boot(title, plan, path, ["stub-only"]):
            return
        stream = read_buffer(memory, os.path.join(runner.build, "log",
                                                  title.replace(" ", "-") + ".log"))
    finally:
        if os.path.exists(memory):
            os.remove(memory)
    done = subprocess.run([runner.generator, "show", "--decode", "-"], input=stream,
                          capture_output=True, check=False)
    lines = done.stdout.decode().splitlines()
    calls = [line for line in lines if line.startswith(f"cpu0  {OPERATION}(")]
    results = [line for line in lines if re.fullmatch(r"cpu0    = (0x0|-\d+ \w+)", line)]
    rest = [line for line in lines if line not in calls + results and "were lost" not in line]
    good = len(calls) > 5 and len(results) >= len(calls) - 1 and not rest and \
        any(line.endswith("= 0x0") for line in results)
    runner.report.check(f"{language} {plan.name}: calls and results are decoded", good,
                        [f"{len(calls)} calls, {len(results)} results", *rest[:5],
                         done.stderr.decode()[:300]])
