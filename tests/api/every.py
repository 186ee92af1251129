# SPDX-License-Identifier: MIT
"""Makes the calls of every.c: every public function with NULL, indices out of bounds and
out-parameters that are NULL, against the rules at the top of context.h.  Knows no function, except
those that the rules do not settle.
"""
import headers

# What these return says nothing of their arguments.
CONSTANT = {"fastabi_version", "fastabi_version_number", "fastabi_diag_registry"}
# What these take may be anything.
ANYTHING = {"fastabi_param_value", "fastabi_errno_guess", "fastabi_text_columns",
            "fastabi_emission_printf", "fastabi_param_outcome"}
# NULL options are all defaults.
DEFAULTS = {"fastabi_context_new"}
# No specifications do not differ from none, or clash.
EMPTY = {"fastabi_spec_diff", "fastabi_spec_check_together"}
NO_REGISTER = {"fastabi_param_in", "fastabi_param_out", "fastabi_register_number"}
OBJECTS = ["context", "spec", "op", "param", "type", "layout", "struct", "emission", "writer",
           "diag", "guess", "profile"]


def kind_of(param):
    """What a parameter is: "object", "out", "new", "index", "number", "text" or "other"."""
    bare = param.type.replace("const ", "").replace("struct ", "").strip()
    if param.type == "...":
        return "nothing"
    if bare.endswith("**"):
        is_new = not param.type.startswith("const ") and bare[:-2].strip() in (
            "fastabi_context", "fastabi_spec", "fastabi_layout", "fastabi_profile")
        return "new" if is_new else "out"
    if bare.endswith("*"):
        base = bare[:-1].strip()
        if base.startswith("fastabi_") and base[8:] in OBJECTS:
            return "object"
        if base in ("int64_t", "uint64_t", "uint32_t", "unsigned int") or base.startswith("enum "):
            return "other" if param.type.startswith("const ") else "out"
        return "text" if param.type == "const char *" else "other"
    if param.type == "size_t":
        return "index" if param.name == "i" else "number"
    if param.type in ("fastabi_specs", "va_list") or param.type.endswith("_func"):
        return "va_list" if param.type == "va_list" else "other"
    return "number"


def object_of(param):
    return param.type.replace("const ", "").replace("struct fastabi_", "").replace("*", "").strip()


def works(function):
    """Whether it can fail: it returns int, and has more than one object of the specification's."""
    return function.result == "int" and any(
        word in param.type for param in function.params
        for word in ("struct fastabi_context *", "FILE", "struct fastabi_emission *"))


class Call:
    """One call: the values of its arguments, and what is declared before it."""

    def __init__(self, function, **values):
        self.function = function
        self.before, self.after, arguments = [], [], []
        for number, param in enumerate(function.params):
            kind = kind_of(param)
            value = values.get(kind, "NULL")
            if kind in ("out", "new") and value != "NULL":
                base = param.type[:-1].strip()
                self.before.append("%s out%d;" % (base, number))
                self.before.append("memset(&out%d, 0x5a, sizeof(out%d));" % (number, number))
                self.after.append("out%d" % number)
                value = "&out%d" % number
            if kind == "object":
                value = value.replace("OBJECT", object_of(param))
                values["object"] = "NULL"  # of several only the first
            if kind == "va_list":
                value = "no_arguments"
            if kind != "nothing":
                arguments.append(value)
        self.text = "%s(%s)" % (function.name, ", ".join(arguments))


def zero_of(function):
    if function.name in NO_REGISTER:
        return "FASTABI_NO_REGISTER"
    return "NULL" if function.result.endswith("*") else "0"


def lines_of_accessor(function):
    """Results are checked where the arguments demand NULL; outs always agree with them."""
    kinds = [kind_of(param) for param in function.params]
    has_object = "object" in kinds
    zero = zero_of(function)
    result = function.result

    def block(demand, **values):
        call = Call(function, **values)
        yield "{"
        yield from ("    " + line for line in call.before)
        yield "    %s result = %s;" % (result, call.text)
        if demand and function.name not in CONSTANT:
            yield '    demand(result == %s, "%s");' % (zero, function.name)
        for out in call.after:
            if demand:
                yield '    demand(is_zero(&%s, sizeof(%s)), "%s: %s");' % (
                    out, out, function.name, out)
        yield "    (void)result;"
        yield "}"

    far = {"index": "SIZE_MAX", "number": "-1"}
    texts = ("NULL", '"no such"') if "text" in kinds else ("NULL",)
    for out in ("NULL", "out"):
        for text in texts:
            is_settled = text == "NULL" or function.name not in ANYTHING
            yield from block(is_settled, out=out, text=text, **far)
    if not has_object:
        yield from block(True, out="out", index="100000", number="100000")
        return
    name = next(object_of(p) for p in function.params if kind_of(p) == "object")
    is_asked = set(kinds) & {"index", "text", "number"} and function.name not in ANYTHING
    yield "for (size_t n = 0; n < count_%s; n++) {" % name
    yield "    the_%s = all_%s[n];" % (name, name)
    for out in ("NULL", "out"):
        for text in texts:
            yield from ("    " + line for line in block(
                is_asked, out=out, object="the_OBJECT", text=text, **far))
        for near in range(3):
            yield from ("    " + line for line in block(
                False, out=out, object="the_OBJECT", index=str(near), number=str(near)))
    yield "}"


def lines_of_work(function):
    """-EINVAL with everything NULL; with a context also a diagnostic."""
    kinds = [kind_of(param) for param in function.params]
    for objects, new, number in (("NULL", "NULL", "1"), ("NULL", "new", "1"),
                                 ("OBJECT", "NULL", "1"), ("OBJECT", "NULL", "0")):
        if objects != "NULL" and "object" not in kinds:
            continue
        if new != "NULL" and function.name in DEFAULTS:
            continue
        if number == "0" and function.name in EMPTY:
            continue
        yield "reset_objects();"
        call = Call(function, new=new, number=number, index="SIZE_MAX", other="NULL",
                    object="all_OBJECT[0]" if objects != "NULL" else "NULL")
        yield "{"
        yield "    size_t before = fastabi_context_error_count(context);"
        yield from ("    " + line for line in call.before)
        yield '    demand(%s == -EINVAL, "%s");' % (call.text, function.name)
        if objects != "NULL" and object_of(function.params[0]) in ("context", "emission"):
            yield '    demand(fastabi_context_error_count(context) > before,'
            yield '           "%s: a diagnostic");' % function.name
        yield "    (void)before;"
        for out in call.after:
            yield '    demand(!%s, "%s: %s");' % (out, function.name, out)
        yield "}"


def lines_of_void(function):
    call = Call(function, number="0")
    yield "%s;" % call.text
    if not function.name.endswith("_free"):
        yield "reset_objects();"
        yield "%s;" % Call(function, number="0", object="all_OBJECT[0]").text


def make(root):
    """The calls as C, and the functions."""
    functions = headers.read_functions(root)
    lines = ["/* Generated by tests/api/every.py. */"]
    phases = {"call_all": [], "call_emission": []}
    for function in functions:
        body = (lines_of_void(function) if function.result == "void" else
                lines_of_work(function) if works(function) else lines_of_accessor(function))
        lines += ["static void call_%s(void)" % function.name, "{", "    reset_objects();"]
        lines += ["    " + line for line in body]
        lines += ['    puts("%s");' % function.name, "}", ""]
        needs = {object_of(p) for p in function.params if kind_of(p) == "object"}
        phase = "call_emission" if needs & {"emission", "writer"} else "call_all"
        phases[phase].append(function.name)
    for phase, names in phases.items():
        lines += ["static void %s(void)" % phase, "{"]
        lines += ["    call_%s();" % name for name in names] + ["}", ""]
    return "\n".join(lines), functions
