# SPDX-License-Identifier: MIT
"""The test of the tests: a guest made from specifications that are wrong has to notice, in every
operation.

One kernel a kind of mistake, which all operations have at once; only the guest's side is wrong. A
mistake may also hang or end the guest, which notices it too: then another boot goes on after that
operation.
"""
import os
import sys

import yaml

import image
import kernel
import qemu
import stubs
from report import each
from stubs import model

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "builder"))

import bundle                                                           # noqa: E402
import images                                                           # noqa: E402

BOOTS = 40                      # of one kind, at most
SAMPLE = 1                      # kinds that a sample has
QUIET = 12                      # seconds of work without a word: the guest hangs
# What tests/guest/builder makes of the domain that has physical interrupts.
DEVICES = ["devices", "guest k 1 16 plan=cases lenient operation=physdev", "run 20"]
ASLEEP = 2                      # seconds in which nothing runs: it waits without an end


class Plain(yaml.emitter.Emitter, yaml.serializer.Serializer, yaml.representer.SafeRepresenter,
            yaml.resolver.BaseResolver):
    """Writes every scalar as the text that it is."""

    def __init__(self, stream, **options):
        options = {k: v for k, v in options.items()
                   if k in ("canonical", "indent", "width", "allow_unicode")}
        yaml.emitter.Emitter.__init__(self, stream, width=100000)
        yaml.serializer.Serializer.__init__(self)
        yaml.representer.SafeRepresenter.__init__(self, sort_keys=False)
        yaml.resolver.BaseResolver.__init__(self)


def register(body, direction, name):
    entry = body[direction][name]
    return entry["reg"] if isinstance(entry, dict) else entry


def set_register(body, direction, name, reg):
    entry = body[direction][name]
    body[direction][name] = {**entry, "reg": reg} if isinstance(entry, dict) else reg


def rotate(body, direction):
    """Every parameter of one direction in the register of the next one."""
    names = list(body.get(direction) or {})
    if len(names) < 2:
        return False
    regs = [register(body, direction, n) for n in names]
    for name, reg in zip(names, regs[1:] + regs[:1]):
        set_register(body, direction, name, reg)
    return True


def forget_conditions(body):
    for entry in (body.get("output") or {}).values():
        if isinstance(entry, dict):
            entry.pop("valid_when", None)


def unpack(body, name):
    """Fields that share a register are for inputs; as an output the register is one integer."""
    entry = body["input"][name]
    if not isinstance(entry, dict) or "pack" not in entry:
        return
    rest = {key: value for key, value in entry.items() if key != "pack"}
    body["input"][name] = {**rest, "type": "u64"}
    body.setdefault("c_lang", {}).setdefault("params", {})[name] = "uint64_t"


def flip(body, _):
    """The first pure output becomes an input; without one, the first input becomes an output."""
    inputs, outputs = body.get("input") or {}, body.get("output") or {}
    taken = {register(body, "input", n) for n in inputs}
    for name in outputs:
        if name not in inputs and register(body, "output", name) not in taken:
            forget_conditions(body)
            body.setdefault("input", {})[name] = outputs.pop(name)
            if not outputs:
                del body["output"]
            return True
    for name in inputs:
        if name not in outputs and not outputs:
            unpack(body, name)
            body.setdefault("output", {})[name] = inputs.pop(name)
            if not inputs:
                del body["input"]
            return True
    return False


def narrow(body, types):
    """Types of mutants.yml in place of the right ones."""
    for name, wanted in (types or {}).items():
        for direction in ("input", "output"):
            if name in (body.get(direction) or {}) and isinstance(body[direction][name], dict):
                body[direction][name]["type"] = wanted
                params = (body.get("c_lang") or {}).get("params") or {}
                if name in params:
                    params[name] = {"u": "uint", "i": "int"}[wanted[0]] + wanted[1:] + "_t"
    return bool(types)


KINDS = {
    "swap-inputs": lambda body, _: rotate(body, "input"),
    "swap-outputs": lambda body, _: rotate(body, "output"),
    "flip": flip,
    "narrow": narrow,
}


def bodies(spec):
    """The operations of a specification, by title."""
    if "direct" in spec:
        yield spec["name"], spec["direct"]
    for op, body in (spec.get("subops") or {}).items():
        yield f"{spec['name']}.{op}", body


def spoil(abi, out, mistake, known):
    """A directory of specifications with a mistake wherever it can be made; the operations that
    have it."""
    os.makedirs(os.path.join(out, "common"), exist_ok=True)
    with open(os.path.join(abi, "common", "types.yml"), encoding="utf-8") as file:
        stubs.write(os.path.join(out, "common", "types.yml"), file.read())
    spoilt = []
    for name in sorted(n for n in os.listdir(abi) if n.endswith(".yml")):
        with open(os.path.join(abi, name), encoding="utf-8") as file:
            spec = model.strict_load(file.read(), name)
        spec.pop("xen", None)    # the hypervisor's side, which a guest does not have
        for title, body in bodies(spec):
            if isinstance(body, dict):
                body.pop("xen", None)
                body.pop("classic", None)    # it refers to that
            if isinstance(body, dict) and mistake(body, (known["narrow"] or {}).get(title)):
                spoilt.append(title)
        stubs.write(os.path.join(out, name), yaml.dump(spec, Dumper=Plain))
    return spoilt


def noticed_by(boot, spoilt):
    """Operations whose cases failed; and the one that ended the boot before its time, or None."""
    said = boot.domain()
    caught = {op for op in spoilt for text in said.failed if text.startswith(op + ":")}
    if not boot.faults():
        return caught, None
    return caught, said.doing.split(" ", 1)[0]


def hunt(runner, kind, path, spoilt):
    """Boot until all cases have run; the operations that were noticed, and a message if that
    failed."""
    caught, after, plan = set(), None, runner.plan("main")
    for number in range(BOOTS):
        words = ["plan=cases", "lenient"] + ([f"after={after}"] if after else [])
        log = os.path.join(runner.build, "log", f"mutant-{kind}-{number}.log")
        boot = qemu.boot(runner.xen(plan.xen), [(path, words)], log, plan.options, plan.cpus,
                         plan.timeout, quiet=QUIET, asleep=ASLEEP)
        found, ended = noticed_by(boot, spoilt)
        caught |= found
        if ended is None:
            return caught, None
        # What a mistake left behind, such as another interrupt, may end an operation without one.
        if ended == after or not (ended in spoilt or found):
            return caught, f"the boot ended in {ended}, which is as it should be; the log: {log}"
        caught |= {ended} & set(spoilt)
        after = ended
    return caught, f"no end after {BOOTS} boots"


def hunt_ends(runner, kind, path):
    """Operations that end the domain have boots of their own, which have to fail."""
    caught = set()
    for plan in runner.end_plans():
        log = os.path.join(runner.build, "log", f"mutant-{kind}-{plan.name}.log")
        boot = qemu.boot(runner.xen(plan.xen), [(path, plan.words)], log, plan.options, plan.cpus,
                         plan.timeout, quiet=QUIET)
        if boot.faults() or boot.domain().failed:
            caught |= {n.split(" ", 1)[1] for n in boot.domain().notes if n.startswith("succeeds ")}
    return caught


def hunt_devices(runner, kind, path):
    """Operations that need physical interrupts have a domain of their own, as in the builder's
    suite."""
    folder = os.path.join(runner.build, f"mutant-{kind}.devices")
    os.makedirs(folder, exist_ok=True)
    module = os.path.join(folder, "bundle")
    with open(path, "rb") as file:
        bundle.write(module, {"plan": "".join(f"{line}\n" for line in DEVICES).encode(),
                              "k": file.read()})
    log = os.path.join(runner.build, "log", f"mutant-{kind}-devices.log")
    boot = qemu.boot(runner.xen("fastabi"), [(images.builder(folder), []), (module, [])], log,
                     "dom0_max_vcpus=1")
    return {text.split(":")[0] for number, said in boot.domains.items() if number
            for text in said.failed}


def run_control(runner, abi, known):
    """Specifications written out in the same way, without a mistake: nothing may be noticed."""
    folder = os.path.join(runner.build, "mutants", "none")
    spoilt = spoil(abi, folder, lambda body, _: True, known)
    try:
        path = kernel.build(os.path.join(runner.build, "mutant-none.elf"), "c", runner.generator,
                            folder + "/")
        caught, message = hunt(runner, "none", path, spoilt)
    except (image.BuildError, qemu.Missing) as error:
        caught, message = (), str(error)
    details = [f"noticed, without a mistake: {op}"
               for op in sorted(caught)] + ([message] if message else [])
    runner.report.check("mutants, none: nothing is noticed", not details, details)


def run_kind(runner, abi, known, kind):
    """One kind; a mistake that is not noticed is a failure."""
    folder = os.path.join(runner.build, "mutants", kind)
    spoilt = spoil(abi, folder, KINDS[kind], known)
    equal = (known["equal"] or {}).get(kind) or {}
    try:
        path = kernel.build(os.path.join(runner.build, f"mutant-{kind}.elf"), "c", runner.generator,
                            folder + "/")
        caught, message = hunt(runner, kind, path, spoilt)
        if set(spoilt) - caught:
            caught |= hunt_ends(runner, kind, path) & set(spoilt)
            caught |= hunt_devices(runner, kind, path) & set(spoilt)
    except (image.BuildError, qemu.Missing) as error:
        runner.report.check(f"mutants, {kind}", False, str(error).splitlines()[:20])
        return
    excepted = kernel.tables.exceptions("all")
    missed = [op for op in spoilt
              if op not in caught and op not in equal and op not in excepted]
    wrong = [f"noticed after all, so mutants.yml is wrong: {op}" for op in equal if op in caught]
    details = [f"not noticed: {op}" for op in missed] + wrong + ([message] if message else [])
    runner.report.add(f"mutants, {kind}: operations that are noticed", len(caught), len(details),
                      details)


def run(runner, abi):
    """The control, and all kinds, or with a sample two of them, which the seed says."""
    with open(os.path.join(HERE, "mutants.yml"), encoding="utf-8") as file:
        known = yaml.safe_load(file)
    kinds = runner.args.amount.pick("mutants", KINDS, SAMPLE)
    each(runner.args.jobs, lambda task: task(), [lambda: run_control(runner, abi, known)] +
         [lambda kind=kind: run_kind(runner, abi, known, kind) for kind in kinds])
