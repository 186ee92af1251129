# SPDX-License-Identifier: MIT
"""Write the module that the builder reads (bundle.c): files with names, each on its own page.
"""
import struct

MAGIC = b"fastabi-bundle\n\0"
PAGE = 4096


def write(path, files):
    """FILES: name -> bytes."""
    header = struct.calcsize("<16sQ") + len(files) * struct.calcsize("<48sQQ")
    table, body, offset = b"", b"", (header + PAGE - 1) // PAGE * PAGE
    start = offset
    for name, content in files.items():
        if len(name.encode()) > 47:
            raise ValueError(f"{name}: a name of more than 47 bytes")
        table += struct.pack("<48sQQ", name.encode(), offset, len(content))
        body += content + bytes(-len(content) % PAGE)
        offset = start + len(body)
    head = struct.pack("<16sQ", MAGIC, len(files)) + table
    with open(path, "wb") as out:
        out.write(head + bytes(start - len(head)) + body)
