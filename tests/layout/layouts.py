# SPDX-License-Identifier: MIT
"""All structs of the headers as the library sees them, through dump.c.  Knows no test."""
import re
import subprocess
import tempfile

from tool import BUILD, HEADERS, SPECS, TOP

INTEGER, POINTER, HANDLE, STRUCT, UNION, ARRAY, BITS, OTHER = range(8)


class Field:
    def __init__(self, words):
        self.path = words[0]
        self.offset, self.size, self.kind, self.count, self.signed = map(int, words[1:])

    def shape(self):
        return self.offset, self.size, self.kind, self.count, self.signed


class Struct:
    def __init__(self, words):
        self.keyword, self.name = words[:2]
        self.size = int(words[2])
        self.place = words[3]
        self.fields = {}

    def resolve(self, path):
        """(offset, size, kind, signed) of a path with indices; None: it leads nowhere."""
        field = self.fields.get(re.sub(r"\[\d+\]", "[]", path))
        offset = field.offset if field else 0
        for match in re.finditer(r"\[(\d+)\]", path):
            array = self.fields.get(re.sub(r"\[\d+\]", "[]", path[:match.start()]))
            if not field or not array or int(match[1]) >= array.count:
                return None
            offset += int(match[1]) * (array.size // array.count)
        return (offset, field.size, field.kind, field.signed) if field else None


_program = None


def build_dump():
    """Compile dump.c against the library that was built."""
    global _program
    if not _program:
        folder = tempfile.mkdtemp(prefix="fastabi-dump-")
        _program = folder + "/dump"
        subprocess.run(
            ["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I", TOP / "include",
             TOP / "tests/layout/dump.c", "-o", _program,
             BUILD / ".libs/libfastabi.so", f"-Wl,-rpath,{BUILD}/.libs"], check=True)
    return _program


def read(target, release):
    """{name: Struct} of a release's headers for a target."""
    text = subprocess.run(
        [build_dump(), target, HEADERS[release], *[TOP / f"abi/{name}.yml" for name in SPECS]],
        check=True, capture_output=True, text=True).stdout
    structs, struct = {}, None
    for line in text.splitlines():
        words = line.split()
        if line.startswith(" "):
            struct.fields[words[0]] = Field(words)
        else:
            struct = structs[words[1]] = Struct(words)
    return structs
