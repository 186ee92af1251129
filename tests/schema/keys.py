# SPDX-License-Identifier: MIT
"""The reader's tables of keys, out of its source.  Must not know what they are compared with."""
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]

# build.c reads this one entry by entry, without its table.
WITHOUT_TABLE = {"spec_keys": {"subops"}}


def read_tables():
    """{table: {key}} of every fastabi_key table in lib/spec/."""
    tables = {}
    for path in sorted(TOP.glob("lib/spec/*.c")):
        pattern = r"struct fastabi_key (\w+)\[\] = \{(.*?)\};\n"
        for name, body in re.findall(pattern, path.read_text(), re.S):
            tables[name] = set(re.findall(r'\{ *(?:\.name = )?"(\w+)"', body))
    return tables
