# SPDX-License-Identifier: MIT
"""Faults of a bridge that have to be noticed: which text of a generated header is another one, and
what is said then.  Must not know who says it."""
import collections
import os

HERE = os.path.dirname(os.path.abspath(__file__))

# The header, a text in it, the next text after that, and what is there instead; a pattern for what
# the kernel says.
Fault = collections.namedtuple("Fault", "header after old new said")

SEND = ("fastabi/event_channel.h", "bool xen_fastabi_carry_event_channel_send(",
        "    ret_ = xen_hypercall_")
FAULTS = {
    # What several calls did together is not stored; the balloon counts what it was given back.
    "count": Fault("fastabi/memory.h", "bool xen_fastabi_carry_memory_decrease_reservation(",
                   "        ret_ = (long)i_;\n", "        (void)0;\n",
                   r"Kernel BUG|not ok .*the balloon"),
    # The byte after the struct is read, in a way that the compiler cannot see.
    "beyond": Fault(*SEND, """    {
        const volatile unsigned char *beyond_ = (const void *)(param_ + 1);

        __asm__ ("" : "+r" (beyond_));
        (void)*beyond_;
    }
""" + SEND[-1], "BUG: KASAN: stack-out-of-bounds"),
}


def generator(name, folder):
    """A fastabi-gen with a fault: its name says which, so that make sees another one."""
    path = os.path.join(folder, "fault-" + name)
    if os.path.lexists(path):
        os.remove(path)
    os.symlink(os.path.join(HERE, "mutant"), path)
    return path


def plant(text, fault):
    """A header with a fault."""
    start = text.index(fault.old, text.index(fault.after))
    return text[:start] + fault.new + text[start + len(fault.old):]
