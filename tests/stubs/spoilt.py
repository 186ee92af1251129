# SPDX-License-Identifier: MIT
"""What mutate*.py share: run the generator's command, spoil what it wrote, and leave the title of
the operation in "mutated".

Must not know a language, nor what a fault looks like.
"""
import os
import subprocess
import sys

import model


def change_first(places, change):
    """Change the first piece of text, (path, start, end, operation), that change(text, operation)
    makes another; the operation's title, or None."""
    for path, start, end, op in places:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        changed = change(text[start:end], op)
        if changed != text[start:end]:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text[:start] + changed + text[end:])
            return op.title
    return None


def generate(spoil, mutation, command):
    """spoil(directory, specs, mutation, settings) returns a title, "" for all operations, or None:
    there was nothing to spoil."""
    try:
        status = subprocess.run(command, check=False).returncode
    except FileNotFoundError:
        print(f"{command[0]}: not found", file=sys.stderr)
        status = 127
    if status:
        return status
    arguments = list(command[2:])
    folder, specs, settings = None, [], []
    while arguments:
        word = arguments.pop(0)
        if word == "-o":
            folder = arguments.pop(0)
        elif word.startswith("-"):
            settings.append(arguments.pop(0))
        else:
            specs += model.load_folder(word)
    title = spoil(folder, specs, mutation, settings)
    if title is None:
        print(f"{os.path.basename(sys.argv[0])}: nothing has the text that '{mutation}' is about",
              file=sys.stderr)
        return 1
    with open(os.path.join(folder, "mutated"), "w", encoding="utf-8") as file:
        file.write(title)
    return 0
