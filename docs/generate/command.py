# SPDX-License-Identifier: MIT
"""What fastabi-gen says of itself: commands, options, backends.

Must not know what is made of it.
"""
import json
import re
import subprocess


def ask(generator, *arguments):
    return subprocess.run(
        [generator, *arguments], capture_output=True, text=True, check=True
    ).stdout


class Command:
    """The tables of the command, by its own help."""

    def __init__(self, generator):
        table = json.loads(ask(generator, "help", "--format", "json"))
        self.options, self.commands = table["options"], table["commands"]
        self.version = ask(generator, "--version").split()[1]
        for command in self.commands:
            command["details"] = self.details(ask(generator, command["name"], "--help"))
        self.backends = self.read_backends(ask(generator, "backends"))
        self.profiles = ask(generator, "profiles", "--names").split()

    @staticmethod
    def details(text):
        """What follows the options in a command's help: (paragraphs, examples)."""
        rest = re.split(r"\n\n", re.split(r"\n  -h, --help[^\n]*\n", text, 1)[1].strip())
        paragraphs = [part for part in rest if part and not re.match(r"Examples?: ", part)]
        shown = [part for part in rest if re.match(r"Examples?: ", part)]
        examples = [
            re.sub(r"^Examples?:", "", line).strip() for part in shown for line in part.split("\n")
        ]
        return paragraphs, examples

    @staticmethod
    def read_backends(text):
        """[(name, description, [(key, values, default, help)])]"""
        backends = []
        for part in re.split(r"\n(?=[a-z]\w*: )", "\n" + text):
            head = re.match(r"\n?([a-z]\w*): ((?:.+\n?(?:    (?!-O).+\n)*))", part)
            if not head:
                continue
            keys = [
                (key, values, default, " ".join(about.split()))
                for key, values, default, about in re.findall(
                    r"^    -O (\w+)=(\S+)(?:  \(default: (.*)\))?\n((?:        .*\n?)*)", part, re.M
                )
            ]
            about = head[2].split("\n    Writes one file")[0]
            backends.append((head[1], " ".join(about.split()), keys))
        return backends
