# SPDX-License-Identifier: MIT
"""The web site: the documents, the API, the manual pages and the reference as static pages.

Must not know a document by name but the index, whose lists are the navigation.
"""
import html
import pathlib
import re
import shutil
import subprocess

import markdown

HERE = pathlib.Path(__file__).resolve().parent
LINK = re.compile(r'(href|src)="([^"]*)"')


class Site:
    def __init__(self, top, out, generator, headers):
        self.top, self.out, self.headers = top, out, headers
        self.generator = generator
        self.template = (HERE / "page.html").read_text(encoding="utf-8")
        self.navigation, self.pages = [], {}

    # ---- pages ----

    def documents(self):
        """{source: page}: README, the documents, and what they name of the tree's own texts."""
        pages = {
            self.top / "README.md": "index.html",
            self.top / "CONTRIBUTING.md": "contributing.html",
        }
        for path in sorted((self.top / "docs").glob("*.md")):
            pages[path] = path.stem + ".html" if path.stem != "index" else "docs.html"
        return pages

    def read_navigation(self):
        """[(heading, [(page, text)])] from the lists of docs/index.md."""
        text = (self.top / "docs" / "index.md").read_text(encoding="utf-8")
        for part in re.split(r"^## ", text, flags=re.M)[1:]:
            heading, rest = part.split("\n", 1)
            links = re.findall(r"\[([^\]]+)\]\(([^)]+)\)", rest)
            self.navigation.append(
                (
                    heading,
                    [
                        (self.pages[(self.top / "docs" / target).resolve()], name)
                        for name, target in links
                        if (self.top / "docs" / target).resolve() in self.pages
                    ],
                )
            )
        self.navigation.append(
            ("Reference", [("reference.html", "Hypercalls"), ("api.html", "API")])
        )

    def resolve(self, source, target):
        """A link of a document as a link of the site; files of the tree are copied along."""
        if re.match(r"[a-z]+:|#|$", target):
            return target
        name, _, anchor = target.partition("#")
        path = (source.parent / name).resolve()
        if path in self.pages:
            return self.pages[path] + ("#" + anchor if anchor else "")
        if not path.is_file() or self.top not in path.parents:
            raise SystemExit(f"{source.relative_to(self.top)}: the link {target} leads nowhere")
        place = pathlib.Path("files") / path.relative_to(self.top)
        (self.out / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, self.out / place)
        return str(place)

    def write(self, name, title, body, contents=()):
        navigation = ""
        for heading, links in self.navigation:
            items = "".join(
                f'<li><a href="{page}"{self.current(page, name)}>{html.escape(text)}</a></li>'
                for page, text in links
            )
            navigation += f"<h2>{html.escape(heading)}</h2>\n<ul>{items}</ul>\n"
        local = ""
        if len(contents) > 2:
            items = "".join(f'<li><a href="#{anchor}">{text}</a></li>' for anchor, text in contents)
            local = (
                '<nav class="contents" aria-label="On this page"><details><summary>On this page'
                f"</summary><ul>{items}</ul></details></nav>\n"
            )
        if local:
            body = re.sub(r"(</h1>\n)", lambda match: match[1] + local, body, count=1)
        full = "libfastabi" if title == "libfastabi" else f"{title} - libfastabi"
        text = self.template
        for mark, value in (
            ("TITLE", html.escape(full)),
            ("NAVIGATION", navigation),
            ("BODY", body),
        ):
            text = text.replace(f"@{mark}@", value)
        (self.out / name).write_text(text, encoding="utf-8")

    @staticmethod
    def current(page, name):
        return ' aria-current="page"' if page == name else ""

    def document(self, source, name):
        title, body, contents = markdown.render(source.read_text(encoding="utf-8"))
        body = LINK.sub(lambda match: f'{match[1]}="{self.resolve(source, match[2])}"', body)
        self.write(name, title, body, contents)

    # ---- the API ----

    def api_item(self, item, known):
        code = html.escape(item.code.replace("FASTABI_API ", ""))
        code = re.sub(
            r"\bfastabi_\w+",
            lambda match: f'<a href="{known[match[0]]}">{match[0]}</a>'
            if match[0] in known and match[0] != item.name.split()[-1]
            else match[0],
            code,
        )
        comment = "".join(
            f"<p>{html.escape(' '.join(part.split()))}</p>"
            for part in re.split(r"\n *\n", item.comment)
            if part.strip()
        )
        anchor = item.name.split()[-1]
        return (
            f'<section class="item" id="{anchor}"><h3>{html.escape(anchor)}</h3>\n'
            f'<pre tabindex="0"><code>{code}</code></pre>\n{comment}</section>\n'
        )

    def api(self):
        """A page for each header, and one with all names."""
        known = {
            item.name.split()[-1]: f"api-{header.name}.html#{item.name.split()[-1]}"
            for header in self.headers
            for item in header.items()
        }
        body = (
            "<h1>API</h1>\n<p>Include <code>&lt;fastabi/fastabi.h&gt;</code>, or one of its "
            'headers. <a href="library.html">Use libfastabi from a build tool</a> describes how '
            "the parts belong together.</p>\n"
        )
        for header in self.headers:
            self.api_page(header, known)
            names = "".join(
                f'<li><a href="{known[name]}"><code>{name}</code></a></li>'
                for name in header.functions()
            )
            about = html.escape(" ".join(re.split(r"\n *\n", header.comment)[0].split()))
            body += (
                f'<h2><a href="api-{header.name}.html">&lt;fastabi/{header.name}.h&gt;</a></h2>\n'
                f'<p>{about}</p>\n<ul class="names">{names}</ul>\n'
            )
        self.write("api.html", "API", body)

    def api_page(self, header, known):
        body = f"<h1>&lt;fastabi/{header.name}.h&gt;</h1>\n"
        for part in re.split(r"\n *\n", header.comment):
            if re.search(r"^  ", part, re.M):
                body += f'<pre tabindex="0">{html.escape(part)}</pre>\n'
            else:
                body += f"<p>{html.escape(' '.join(part.split()))}</p>\n"
        contents = []
        for section in header.sections:
            title = section.title or "general"
            title = title[0].upper() + title[1:]
            anchor = re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
            contents.append((anchor, html.escape(title)))
            body += f'<h2 id="{anchor}">{html.escape(title)}</h2>\n'
            body += "".join(self.api_item(item, known) for item in section.items)
        self.write(f"api-{header.name}.html", f"{header.name}.h", body, contents)

    # ---- the whole ----

    def make(self):
        if self.out.exists():
            shutil.rmtree(self.out)
        self.out.mkdir(parents=True)
        self.pages = self.documents()
        self.read_navigation()
        shutil.copyfile(HERE / "site.css", self.out / "site.css")
        for source, name in self.pages.items():
            self.document(source, name)
        self.api()
        subprocess.run(
            [
                self.generator,
                "generate",
                "-b",
                "html",
                "-o",
                str(self.out / "reference.html"),
                "abi/",
            ],
            check=True,
            cwd=self.top,
        )
        return len(list(self.out.glob("*.html")))
