# SPDX-License-Identifier: MIT
"""Links of Markdown and HTML files, and whether they lead somewhere.

Must not know which files there are.
"""
import html.parser
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "docs" / "generate"))
sys.dont_write_bytecode = True
import markdown  # noqa: E402


class Page(html.parser.HTMLParser):
    """Ids, and links."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.ids += [value for key, value in attrs if key == "id"]
        self.links += [value for key, value in attrs if key in ("href", "src")]


def read_page(path, cache={}):
    """A Markdown file counts as what it is rendered to."""
    if path not in cache:
        text = path.read_text(encoding="utf-8")
        cache[path] = Page(markdown.render(text)[1] if path.suffix == ".md" else text)
    return cache[path]


def broken(path, inside):
    """[why] of the links of a file that lead nowhere, or outside a directory."""
    faults = []
    page = read_page(path)
    twice = {name for name in page.ids if page.ids.count(name) > 1}
    faults += [f"id {name} twice" for name in sorted(twice)]
    for link in page.links:
        if re.match(r"[a-z]+:", link):
            faults.append(f"{link}: another site")
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.is_file() or inside not in target.parents:
            faults.append(f"{link}: there is no such file")
        elif anchor and target.suffix in (".md", ".html") and anchor not in read_page(target).ids:
            faults.append(f"{link}: there is no such anchor")
    return faults


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)
