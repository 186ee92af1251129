# SPDX-License-Identifier: MIT
"""How much a test program does: --quick, --full, --seed, and the choices that a seed makes.

Must not know what is tested.
"""
import random


class Sampling:
    """Everything, a sample, or less; a choice depends on the seed and on what is chosen."""

    def __init__(self, seed, full=False, quick=False):
        self.seed, self.full, self.quick = seed, full, quick

    def rng(self, what):
        return random.Random(f"{self.seed} {what}")

    def pick(self, what, items, count):
        """So many of the items, in their order; all with --full."""
        items = list(items)
        if self.full or count >= len(items):
            return items
        chosen = set(self.rng(what).sample(range(len(items)), count))
        return [item for n, item in enumerate(items) if n in chosen]

    def announce(self):
        """How to do the same again."""
        amount = "everything" if self.full else "a quick sample" if self.quick else "a sample"
        print(f"{amount}; --seed {self.seed}", flush=True)


def add_arguments(parser):
    """The options of a test program."""
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--quick", action="store_true", help="less than the usual sample")
    amount.add_argument("--full", action="store_true", help="everything, not a sample")
    parser.add_argument("--seed", type=int, default=1, help="of all random choices (default 1)")


def chosen(options):
    """What the options ask for."""
    sampling = Sampling(options.seed, options.full, options.quick)
    sampling.announce()
    return sampling
