# SPDX-License-Identifier: MIT
"""Asks a QEMU that has gone silent where its processors are.

Must not know what runs in the machine.
"""
import re
import socket

QUESTIONS = ["info registers -a", "info lapic 0", "info lapic 1"]
PROMPT = b"(qemu) "
PROCESSOR = re.compile(r"^CPU#(\d+)", re.M)
PLACE = re.compile(r"[RE]IP=([0-9a-f]+).*?HLT=([01])", re.S)
PATIENCE = 10


def option(path):
    """QEMU's option for a monitor that ask() can reach."""
    return ["-monitor", f"unix:{path},server=on,wait=off"]


def ask(path):
    """The answers to all questions as text; empty if the machine does not answer."""
    text = b""
    try:
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(PATIENCE)
            monitor.connect(path)
            for question in [None, *QUESTIONS]:
                if question:
                    monitor.sendall(question.encode() + b"\n")
                answer = b""
                while not answer.endswith(PROMPT):
                    piece = monitor.recv(65536)
                    if not piece:
                        return text.decode(errors="replace")
                    answer += piece
                text += answer
    except OSError:
        pass
    return text.decode(errors="replace").replace("\r", "")


def places(text):
    """A line for each processor in the answer."""
    parts = PROCESSOR.split(text)[1:]
    found = []
    for number, registers in zip(parts[::2], parts[1::2]):
        match = PLACE.search(registers)
        if match:
            state = "halted" if match.group(2) == "1" else "running"
            found.append(f"processor {number} is {state} at {match.group(1)}")
    return found
