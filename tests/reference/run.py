#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Markdown and HTML references: complete, escaped, and (page.js, in Chromium) usable.

FASTABI_GEN: the command; BUILD: a scratch folder; --pictures FOLDER: screenshots there.  Last line: "N passed, N failed,
N skipped".  What must be in them comes from tests/stubs/model.py, which reads the specifications by itself.
"""
import argparse
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "tests" / "stubs"))
import model  # noqa: E402
import randspec  # noqa: E402
from report import Report, head, run  # noqa: E402

HOSTILE = r"""<b>bold</b> & &amp; "q" 'q' `code` *a* _b_ **c** [x](y) ![i](j) <!-- c --> | cell | ~~s~~ http://h \ # no </script>"""
HOSTILE_SPEC = """
name: hostile
hypercall_index: 9
doc: {text}
subops:
  _under_score_:
    index: 1
    doc: {text}
    safety: {text}
    errors: {{ EINVAL: {text} }}
    input:
      a: {{ reg: 2, type: u16, doc: {text} }}
    output:
      b: {{ reg: 3, type: i64, doc: {text}, valid_when: "a == 1 || a == 2" }}
  direct:
    index: 2
    doc: |
      # no heading
      - no list
      1. no list
      > no quote
      ---
      ===
"""


class Text(html.parser.HTMLParser):
    """All text of a page, the ids, and the tags."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.text, self.ids, self.tags, self.links, self.skip = [], [], [], [], 0

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.skip += tag in ("script", "style")
        self.ids += [value for key, value in attrs if key == "id"]
        self.links += [value for key, value in attrs if key in ("href", "src")]

    def handle_endtag(self, tag):
        self.skip -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.skip:
            self.text.append(data)


def read_page(text):
    page = Text()
    page.feed(text)
    return page, " ".join("".join(page.text).split())


def registers(op):
    """{"in": [...], "out": [...]} of an operation, rax and the index included."""
    inputs = {"rax"} | ({"rdi"} if not op.direct else set()) | {model.REGISTERS[p.reg_in] for p in op.inputs}
    outputs = {"rax"} | {model.REGISTERS[p.reg_out] for p in op.outputs} | {model.REGISTERS[r] for r in op.clobbers}
    return {"in": sorted(inputs), "out": sorted(outputs)}


class References:
    def __init__(self, generator, build, report):
        self.generator, self.build, self.report = generator, build, report

    def generate(self, backend, output, *specs):
        status, out, errors = run([self.generator, "generate", "-b", backend, "-o", str(output), *map(str, specs)])
        self.report.check(f"generate {backend} from {len(specs)} arguments", status == 0, head(errors))
        return out

    def hostile(self):
        """Text that would be markup: it must come out as it went in."""
        path = self.build / "hostile.yml"
        path.write_text(HOSTILE_SPEC.format(text=json.dumps(HOSTILE)))
        self.generate("html", self.build / "hostile.html", path)
        source = (self.build / "hostile.html").read_text()
        page, text = read_page(source)
        self.report.check("html: hostile text comes out as text, seven times", text.count(HOSTILE) == 7, [text[:3000]])
        self.report.check("html: and makes no elements", not {"b", "i", "img"} & set(page.tags) and page.tags.count("script") == 1)
        self.generate("markdown", self.build / "hostile", path)
        rendered = subprocess.run(["cmark-gfm", "-e", "table", "-e", "strikethrough", str(self.build / "hostile" / "hostile.md")],
                                  capture_output=True, text=True, check=True).stdout
        page, text = read_page(rendered)
        self.report.check("markdown: hostile text comes out as text", text.count(HOSTILE) == 7, [text[:3000]])
        wrong = {"b", "em", "strong", "img", "del", "ul", "ol", "blockquote", "hr", "h3", "a"} & set(page.tags) - {"strong"}
        self.report.check("markdown: and makes no elements", not wrong and page.tags.count("h1") == 1 and
                          page.tags.count("h2") == 2 and page.tags.count("strong") == 1, [str(wrong), rendered[:3000]])

    def complete(self, specs, folder):
        """Every operation with its registers; no link that leads nowhere."""
        self.generate("html", self.build / "page.html", folder)
        self.generate("markdown", self.build / "markdown", folder)
        page, text = read_page((self.build / "page.html").read_text())
        wanted = [op.title for spec in specs for op in spec.ops]
        self.report.check(f"html: {len(wanted)} operations", all(title in page.ids for title in wanted))
        self.report.check("html: no id twice", len(set(page.ids)) == len(page.ids))
        lost = [link for link in page.links if not link.startswith("#") or link[1:] not in page.ids]
        self.report.check("html: no link that leads nowhere or outside", not lost, lost[:5])
        for spec in specs:
            lines = (self.build / "markdown" / f"{spec.name}.md").read_text().splitlines()
            rows = sum(bool(re.match(r"\| `r\w+` \| (in|out) \|", line)) for line in lines)
            wanted = sum(2 + (not op.direct) + len(op.inputs) + len({p.reg_out for p in op.outputs} | set(op.clobbers))
                         for op in spec.ops)
            self.report.check(f"markdown: {wanted} rows of registers in {spec.name}", rows == wanted, [str(rows)])

    def browse(self, specs, pictures):
        """page.js in Chromium; its two packages are installed beside it where they are missing."""
        work = self.build / "node"
        work.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json", "page.js"):
            shutil.copy(HERE / name, work)
        status, out, errors = run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=work)
        if status:
            self.report.check("npm ci", False, head(out + errors))
            return
        titles = {op.title: registers(op) for spec in specs for op in spec.ops}
        (self.build / "model.json").write_text(json.dumps(titles))
        status, out, errors = run(["node", "page.js", str(self.build / "page.html"), str(self.build / "model.json")] +
                                  ([os.path.abspath(pictures)] if pictures else []), cwd=work)
        *lines, last = out.splitlines() or [""]
        print("\n".join(lines))   # its numbers go into ours
        last = last.split()
        if len(last) != 6:
            self.report.check("page.js", False, head(errors or out))
        else:
            self.report.passed += int(last[0])
            self.report.failed += int(last[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", help="write screenshots to this folder")
    options = parser.parse_args()
    generator = os.path.abspath(os.environ.get("FASTABI_GEN", TOP / "build" / "fastabi-gen"))
    build = pathlib.Path(os.environ.get("BUILD", TOP / "build" / "tests" / "reference")).resolve()
    build.mkdir(parents=True, exist_ok=True)
    report = Report()
    references = References(generator, build, report)
    references.hostile()
    randspec.make(str(build / "specs"), 1, 40, 10)
    references.complete(model.load_folder(str(build / "specs")), build / "specs")
    shipped = model.load_folder(str(TOP / "abi"))
    references.complete(shipped, TOP / "abi")
    references.browse(shipped, options.pictures)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
