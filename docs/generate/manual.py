# SPDX-License-Identifier: MIT
"""Manual pages: fastabi-gen(1), libfastabi(3) with a page for each header, fastabi(5).

Must not know where the pages are written.
"""
import itertools
import json
import re
import textwrap

# Of the text; change it with a release.
DATE = "2026-11-25"


def escape(text):
    """Text as roff takes it, on a line that starts with no control character."""
    return text.replace("\\", "\\e").replace("'", "\\(aq").replace("-", "\\-")


def prose(text):
    """A paragraph in short lines."""
    lines = textwrap.wrap(
        escape(" ".join(text.split())), 78, break_long_words=False, break_on_hyphens=False
    )
    return [re.sub(r"^\.", r"\\&.", line) for line in lines]


def code(text):
    """Lines that stay as they are."""
    lines = [re.sub(r"^\.", r"\\&.", escape(line)) for line in text.split("\n")]
    return [".RS 4", ".nf", *lines, ".fi", ".RE"]


def paragraphs(text, first=".PP"):
    """A comment: paragraphs, and lines that are indented, which stay as they are."""
    out = []
    for part in re.split(r"\n *\n", text.strip("\n")):
        out.append(first)
        for kept, lines in itertools.groupby(part.split("\n"), lambda line: line.startswith("  ")):
            lines = "\n".join(lines)
            out += code(textwrap.dedent(lines)) if kept else prose(lines)
        first = ".PP"
    return out


class Page:
    def __init__(self, name, section, version, group, about):
        self.name, self.section = name, section
        self.lines = [
            '.\\" SPDX-License-Identifier: MIT',
            '.\\" Made by "make generated"; do not edit.',
            f'.TH {name.upper()} {section} {DATE} "libfastabi {version}" "{group}"',
            ".SH NAME",
            f"{escape(name)} \\- {escape(about)}",
        ]

    def add(self, *lines):
        self.lines += lines

    def heading(self, title):
        self.add(f".SH {title.upper()}")

    def tagged(self, tag, text):
        """A term in bold, and what it means."""
        self.add(".TP", f".B {escape(tag)}")
        self.add(*prose(text))

    def text(self):
        """The page; no paragraph begins where a section does."""
        text = "\n".join(self.lines) + "\n"
        return re.sub(r"^(\.S[SH] .*\n)\.PP?\n", r"\1", text, flags=re.M)


# ---- section 1 ----


def option_tag(option):
    """'-h, --help' or '--depfile FILE', with the value in italics."""
    names = ", ".join(
        f"\\fB{escape(option[key])}\\fP" for key in ("short", "long") if key in option
    )
    return names + (f" \\fI{escape(option['value'])}\\fP" if "value" in option else "")


def write_command(page, command):
    page.add(
        f".SS {command['name']}",
        ".P",
        f"\\fBfastabi\\-gen {command['name']}\\fP",
        *prose(command["synopsis"]),
        ".P",
        *prose(command["summary"]),
    )
    for option in command["options"]:
        page.add(".TP", option_tag(option), *prose(option["help"].replace("-\n", "")))
    texts, examples = command["details"]
    for text in texts:
        page.add(".P", *prose(text))
    if examples:
        page.add(".P", "Examples:" if len(examples) > 1 else "Example:", *code("\n".join(examples)))


ENVIRONMENT = (
    (
        "FASTABI_ABI_PATH",
        "Directories with specifications, separated by colons. They are searched "
        "before the installed ones.",
    ),
    ("FASTABI_BACKEND_PATH", "Directories with backends in shared objects, separated by colons."),
    (
        "FASTABI_PROFILE_PATH",
        "Directories with profiles, separated by colons. They are searched before the installed "
        "ones.",
    ),
    ("FASTABI_MODULE_PATH", "Directories with the module that reads headers, separated by colons."),
    (
        "FASTABI_NO_FINISH",
        "If set, files are put in place without a child process, which does not run in every "
        "emulator. SIGKILL may then leave some files old and some new.",
    ),
)
STATUS = (
    ("0", "Success."),
    ("1", "A specification has errors, or a check found a fault."),
    ("2", "Usage error: the command line is wrong."),
    ("3", "System error: input (also a file or specification that is missing), output or memory."),
)


def make_command(command):
    page = Page(
        "fastabi-gen",
        1,
        command.version,
        "User Commands",
        "generate bindings for Xen's FastABI hypercalls",
    )
    page.heading("SYNOPSIS")
    for one in command.commands:
        page.add(".B fastabi\\-gen " + one["name"], *prose(one["synopsis"]), ".br")
    page.lines.pop()
    page.heading("DESCRIPTION")
    page.add(
        *prose(
            "fastabi-gen reads specifications of hypercalls, checks them, and generates files from "
            "them, such as C headers with a function for each operation. A specification is a YAML "
            "file that describes one hypercall: its operations and the registers that they use."
        )
    )
    page.add(
        ".PP",
        *prose(
            "SPEC names a specification. It is a path if it contains a slash, is '.' or '..', or "
            "ends in '.yml' or '.yaml'. A directory stands for all files in it with these endings. "
            "'-' is standard input. Anything else is the name of an installed specification; "
            "'fastabi-gen list' lists them."
        ),
    )
    page.heading("OPTIONS")
    for option in command.options:
        page.add(".TP", option_tag(option), *prose(option["help"]))
    page.heading("COMMANDS")
    for one in command.commands:
        write_command(page, one)
    page.heading("BACKENDS")
    page.add(
        *prose(
            "These backends are built in. 'fastabi-gen backends' also lists those of shared "
            "objects. The options are for -O."
        )
    )
    for name, about, keys in command.backends:
        page.add(f".SS {name}", *prose(about[0].upper() + about[1:] + "."))
        for key, values, default, text in keys:
            page.add(
                ".TP",
                f"\\fB\\-O {key}=\\fP\\fI{escape(values)}\\fP",
                *prose(
                    f"{text[0].upper()}{text[1:]}." + (f" Default: {default}." if default else "")
                ),
            )
    page.heading("DIAGNOSTICS")
    page.add(
        *prose("Messages go to standard error, one on a line:"),
        *code("FILE:LINE:COLUMN: SEVERITY: TEXT [ID]"),
        ".PP",
        *prose(
            "The severity is error, warning or note. The id is permanent, so that a build "
            "tool can look for it."
        ),
    )
    page.heading("EXIT STATUS")
    for row in STATUS:
        page.tagged(*row)
    page.heading("ENVIRONMENT")
    for row in ENVIRONMENT:
        page.tagged(*row)
    page.heading("SEE ALSO")
    page.add(".BR libfastabi (3),", ".BR fastabi (5)")
    return page


# ---- section 3 ----


def write_item(page, item):
    declaration = re.sub(r"\s+\\\n", r" \\\n", item.code.replace("FASTABI_API ", ""))
    page.add(
        ".PP",
        ".nf",
        *[re.sub(r"^\.", r"\\&.", escape(line)) for line in declaration.split("\n")],
        ".fi",
    )
    if item.comment:
        page.add(".RS 4")
        page.add(*paragraphs(item.comment)[1:])
        page.add(".RE")


def summary_of(header):
    """What a header is about, for NAME: the words before the first mark."""
    about = re.split(r"[:.,]", " ".join(header.comment.split()), maxsplit=1)[0]
    return "libfastabi: " + about[0].lower() + about[1:]


def make_header(header, version, others):
    page = Page(f"fastabi-{header.name}", 3, version, "Library Functions", summary_of(header))
    page.heading("SYNOPSIS")
    page.add(".nf", f".B #include <fastabi/{header.name}.h>", ".fi")
    page.heading("DESCRIPTION")
    page.add(*paragraphs(header.comment)[1:])
    for section in header.sections:
        if section.title:
            page.add(f".SS {escape(section.title[0].upper() + section.title[1:])}")
        for item in section.items:
            write_item(page, item)
    page.heading("SEE ALSO")
    page.add(".BR libfastabi (3),", *[f".BR fastabi\\-{name} (3)," for name in others])
    page.lines[-1] = page.lines[-1].rstrip(",")
    return page


def make_library(headers, version):
    page = Page(
        "libfastabi",
        3,
        version,
        "Library Functions",
        "read FastABI specifications and run backends",
    )
    page.heading("SYNOPSIS")
    page.add(
        ".nf",
        ".B #include <fastabi/fastabi.h>",
        ".PP",
        ".B cc file.c $(pkg\\-config \\-\\-cflags \\-\\-libs fastabi)",
        ".fi",
    )
    page.heading("DESCRIPTION")
    page.add(
        *prose(
            "libfastabi is the library that fastabi-gen is built on. A build tool uses it to "
            "read and check specifications, to ask what is in them, and to run backends. A "
            "backend uses it to write files."
        )
    )
    page.add(".PP", *prose("Each header has its own page:"))
    for header in headers:
        about = summary_of(header).split(": ", 1)[1]
        page.tagged(f"fastabi-{header.name}(3)", f"<fastabi/{header.name}.h>: {about}.")
    page.heading("FUNCTIONS")
    page.add(*prose("Each function also has a page with its name."))
    for header in headers:
        for section in header.sections:
            names = [item.name for item in section.items if item.kind == "function"]
            if names:
                title = section.title or header.name
                page.add(
                    f".SS {escape(title[0].upper() + title[1:])}",
                    ".nf",
                    *[f"{name}(3)" for name in names],
                    ".fi",
                )
    page.heading("SEE ALSO")
    page.add(".BR fastabi\\-gen (1),", ".BR fastabi (5)")
    return page


# ---- section 5 ----

KINDS = {
    "object": "mapping",
    "array": "list",
    "string": "text",
    "integer": "integer",
    "boolean": "true or false",
}


class Language:
    """fastabi(5), from the JSON Schemas of the language."""

    def __init__(self, top, version):
        schemas = [
            json.loads((top / "schema" / f"fastabi-{name}.schema.json").read_text())
            for name in ("spec", "types", "profile")
        ]
        (self.spec, self.types, self.profile), self.top = schemas, top
        self.page = Page(
            "fastabi", 5, version, "File Formats", "specification language of FastABI hypercalls"
        )

    def describe(self, value):
        if "$ref" in value:
            value = self.spec["definitions"][value["$ref"].split("/")[-1]]
        return value["description"]

    def keys(self, title, schema, about=None):
        self.page.add(f".SS {escape(title)}")
        if about:
            self.page.add(*prose(about))
        required = schema.get("required", [])
        for key, value in schema["properties"].items():
            text = self.describe(value)
            self.page.tagged(key, text + (" Required." if key in required else ""))

    def registers(self):
        page = self.page
        page.heading("REGISTERS")
        page.add(*prose("The language numbers the registers. Register 0 is never a parameter."))
        page.add(
            *code(
                "\n".join(
                    f"reg{number}  {name:4}{use}"
                    for number, (name, use) in enumerate(
                        (
                            ("rax", "in: hypercall_index | 0x40000000; out: result"),
                            ("rdi", "in: index of the sub-operation; out: free"),
                            ("rsi", "free"),
                            ("r8", "free"),
                            ("r9", "free"),
                            ("r10", "free"),
                            ("r11", "free"),
                            ("r12", "free"),
                        )
                    )
                )
            )
        )
        page.add(
            ".PP",
            *prose(
                "An input may use register 1 only in a hypercall without "
                "sub-operations. One name may be input and output, in one register or "
                "in two. Two names never share a register in one direction."
            ),
        )

    def make(self):
        page, definitions = self.page, self.spec["definitions"]
        page.heading("DESCRIPTION")
        page.add(
            *prose(
                "A specification is a YAML file that describes one hypercall: its number, its "
                "operations, and the register of each parameter. fastabi-gen(1) reads it. The "
                "named types that specifications share are in common/types.yml."
            )
        )
        self.registers()
        page.heading("KEYS OF A SPECIFICATION")
        self.keys("The file", self.spec, "A file has 'direct', 'subops' or both.")
        self.keys("An operation", definitions["operation"])
        self.keys(
            "A parameter",
            definitions["output"]["anyOf"][1],
            "In the short form a parameter is just its register: 'port: 2'.",
        )
        self.keys("c_lang", definitions["c_lang"], self.describe(definitions["c_lang"]))
        classic = definitions["classic"]
        self.keys("classic", classic, self.describe(classic))
        for key in ("linear", "range"):
            self.keys(f"{key} under classic", classic["properties"][key])
        self.keys("xen", definitions["xen"], self.describe(definitions["xen"]))
        self.keys("An array under xen", definitions["array"], self.describe(definitions["array"]))
        self.keys("progress under xen", definitions["progress"])
        page.heading("KEYS OF COMMON/TYPES.YML")
        self.keys("The file", self.types)
        self.keys("A type", self.types["properties"]["types"]["additionalProperties"])
        page.heading("KEYS OF A PROFILE")
        self.keys("The file", self.profile, self.profile["description"])
        page.heading("FORM")
        page.add(
            *prose(
                "UTF-8, one YAML document, without anchors, aliases, tags, directives and "
                "duplicate keys. Integers are decimal or 0x hexadecimal, without quotes and "
                "leading zeros. Names are C identifiers of at most 128 characters."
            )
        )
        page.heading("EXAMPLE")
        text = (self.top / "docs" / "language.md").read_text(encoding="utf-8")
        page.add(*code(re.search(r"```yaml\n(.*?)```", text, re.S)[1].rstrip()))
        page.heading("SEE ALSO")
        page.add(".BR fastabi\\-gen (1),", ".BR libfastabi (3)")
        return page


def make_pages(top, command, headers):
    """{file name: text}, aliases not included."""
    names = [header.name for header in headers]
    pages = [
        make_command(command),
        make_library(headers, command.version),
        Language(top, command.version).make(),
    ]
    pages += [
        make_header(header, command.version, [n for n in names if n != header.name])
        for header in headers
    ]
    return {f"{page.name}.{page.section}": page.text() for page in pages}


def aliases(headers):
    """Lines "PAGE NAME": the page that a function's name leads to."""
    return "# SPDX-License-Identifier: MIT\n" + "".join(
        f"fastabi-{header.name}.3 {name}.3\n" for header in headers for name in header.functions()
    )
