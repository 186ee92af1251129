#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The API through ctypes alone: walk.py LIBRARY SPECIFICATION.  Parses, walks, generates to memory,
and registers a backend of Python functions.  Knows the headers, and nothing of the library's
inside.
"""
import ctypes
import errno
import sys
from ctypes import (CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_size_t, c_uint32, c_uint64,
                    c_void_p, sizeof)

library = ctypes.CDLL(sys.argv[1])


def declare(name, result, *arguments):
    function = getattr(library, "fastabi_" + name)
    function.restype, function.argtypes = result, arguments
    return function


class Diag(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("id", ctypes.c_uint), ("severity", c_int), ("file", c_char_p),
                ("line", ctypes.c_uint), ("column", ctypes.c_uint), ("message", c_char_p)]


class Limits(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("file_bytes", c_size_t), ("total_nodes", c_size_t),
                ("mapping_keys", c_size_t), ("scalar_bytes", c_size_t), ("line_bytes", c_size_t),
                ("depth", ctypes.c_uint), ("errors", ctypes.c_uint)]


DiagFunc = CFUNCTYPE(None, POINTER(Diag), c_void_p)


class ContextOptions(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("flags", c_uint32), ("reserved", c_uint32),
                ("on_diag", DiagFunc), ("data", c_void_p), ("limits", POINTER(Limits))]


FileFunc = CFUNCTYPE(c_int, c_char_p, c_void_p, c_size_t, c_void_p)


class GenerateOptions(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("flags", c_uint32), ("setting_count", c_uint32),
                ("backend", c_char_p), ("settings", POINTER(c_char_p)), ("output", c_char_p),
                ("depfile", c_char_p), ("layout", c_void_p), ("depfile_target", c_char_p),
                ("on_file", FileFunc), ("data", c_void_p)]


RunHook = CFUNCTYPE(c_int, c_void_p)
SpecHook = CFUNCTYPE(c_int, c_void_p, c_void_p)
OpHook = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p)
CleanupHook = CFUNCTYPE(None, c_void_p)


class Backend(ctypes.Structure):
    _fields_ = [("abi_version", c_uint32), ("size", c_uint32), ("name", c_char_p),
                ("description", c_char_p), ("flags", c_uint32), ("option_count", c_uint32),
                ("options", c_void_p), ("option_size", c_size_t), ("begin", RunHook),
                ("spec_begin", SpecHook), ("op", OpHook), ("spec_end", SpecHook), ("end", RunHook),
                ("cleanup", CleanupHook)]


version = declare("version", c_char_p)
context_new = declare("context_new", c_int, POINTER(ContextOptions), POINTER(c_void_p))
context_free = declare("context_free", None, c_void_p)
spec_load = declare("spec_load", c_int, c_void_p, c_char_p, POINTER(c_void_p))
spec_parse = declare("spec_parse", c_int, c_void_p, c_char_p, c_char_p, c_size_t, POINTER(c_void_p))
spec_free = declare("spec_free", None, c_void_p)
spec_name = declare("spec_name", c_char_p, c_void_p)
spec_op_count = declare("spec_op_count", c_size_t, c_void_p)
spec_op = declare("spec_op", c_void_p, c_void_p, c_size_t)
op_name = declare("op_name", c_char_p, c_void_p)
op_param_count = declare("op_param_count", c_size_t, c_void_p)
op_param = declare("op_param", c_void_p, c_void_p, c_size_t)
op_error = declare("op_error", c_char_p, c_void_p, c_size_t, POINTER(c_char_p))
op_input_mask = declare("op_input_mask", c_uint32, c_void_p)
param_in = declare("param_in", c_int, c_void_p)
param_name = declare("param_name", c_char_p, c_void_p)
param_value = declare("param_value", c_uint64, c_void_p, c_uint64)
register_name = declare("register_name", c_char_p, c_int)
generate = declare("generate", c_int, c_void_p, POINTER(c_void_p), c_size_t,
                   POINTER(GenerateOptions))
backend_register = declare("backend_register", c_int, c_void_p, POINTER(Backend))
emission_open = declare("emission_open", c_int, c_void_p, c_char_p, c_uint32, POINTER(c_void_p))
write_text = declare("write_text", None, c_void_p, c_char_p, c_size_t)
writer_indent = declare("writer_indent", None, c_void_p, c_int)

said = []
files = {}
writer = c_void_p()


def keep_diag(diag, _data):
    said.append((diag[0].id, diag[0].message.decode()))


def keep_file(path, text, length, _data):
    files[path.decode()] = ctypes.string_at(text, length).decode()
    return 0


def refuse_file(_path, _text, _length, _data):
    return -errno.ENOSPC


def write(text):
    write_text(writer, text.encode(), len(text.encode()))


def begin(emission):
    return emission_open(emission, b"list.txt", 0, byref(writer))


def list_op(_emission, spec, op):
    write("%s.%s\n" % (spec_name(spec).decode(), (op_name(op) or b"direct").decode()))
    writer_indent(writer, 1)
    for i in range(op_param_count(op)):
        param = op_param(op, i)
        if param_in(param) >= 0:
            write("%s=%s\n" % (register_name(param_in(param)).decode(), param_name(param).decode()))
    writer_indent(writer, -1)
    return 0


def fail(_emission):
    return -errno.EIO


def make_backend(name, **hooks):
    return Backend(abi_version=2, size=sizeof(Backend), name=name, description=b"of Python",
                   **hooks)


def run(context, spec, backend, on_file):
    options = GenerateOptions(size=sizeof(GenerateOptions), backend=backend,
                              on_file=FileFunc(on_file))
    return generate(context, (c_void_p * 1)(spec), 1, byref(options))


def main():
    options = ContextOptions(size=sizeof(ContextOptions), flags=2, on_diag=DiagFunc(keep_diag),
                             limits=ctypes.pointer(Limits(size=sizeof(Limits), depth=9)))
    context, spec, bad = c_void_p(), c_void_p(), c_void_p(1)
    assert context_new(byref(options), byref(context)) == 0
    text = b"name: x\nsubops: 1\n"
    assert spec_parse(context, b"bad.yml", text, len(text), byref(bad)) == -errno.EINVAL
    assert bad.value is None and said, "a failure sets the pointer and is reported"
    del said[:]
    assert spec_load(context, sys.argv[2].encode(), byref(spec)) == 0
    ops = [spec_op(spec, i) for i in range(spec_op_count(spec))]
    assert ops and all(ops) and spec_op(spec, len(ops)) is None
    assert all(op_input_mask(op) & 1 for op in ops) and op_input_mask(None) == 0
    doc = c_char_p(b"before")
    assert op_error(ops[0], 1000, byref(doc)) is None and doc.value is None
    assert param_value(None, 1) == 0

    assert run(context, spec, b"c", keep_file) == 0, said
    name = spec_name(spec).decode()
    assert sorted(files) == ["fastabi.h", "fastabi/%s.h" % name], sorted(files)
    assert "Generated by fastabi-gen " + version().decode() in files["fastabi.h"]
    files.clear()
    assert run(context, spec, b"json", refuse_file) == -errno.ENOSPC and not files

    backend = make_backend(b"list", begin=RunHook(begin), op=OpHook(list_op))
    assert backend_register(context, byref(backend)) == 0, said
    assert run(context, spec, b"list", keep_file) == 0, said
    lines = files["list.txt"].splitlines()
    assert len([line for line in lines if line.startswith(name + ".")]) == len(ops)
    assert any(line.startswith("    rsi=") for line in lines)
    del said[:]
    assert backend_register(context, byref(backend)) == -errno.ENOTSUP and said[0][0] == 705

    files.clear()
    failing = make_backend(b"failing", begin=RunHook(begin), end=RunHook(fail))
    assert backend_register(context, byref(failing)) == 0
    assert run(context, spec, b"failing", keep_file) == -errno.EIO and not files
    spec_free(spec)
    context_free(context)
    print("%s: %d operations, %d lines" % (name, len(ops), len(lines)))


if __name__ == "__main__":
    main()
