# SPDX-License-Identifier: MIT
"""Markdown to the body of a page, by cmark-gfm: anchors for headings, scrollable tables and code.

Must not know which pages there are.
"""
import html
import re
import subprocess


def slug(text, used):
    """The anchor that GitHub gives a heading."""
    base = re.sub(r"[^\w\- ]", "", html.unescape(re.sub(r"<[^>]+>", "", text)).lower())
    base = base.strip().replace(" ", "-")
    name, number = base, 0
    while name in used:
        number += 1
        name = f"{base}-{number}"
    used.add(name)
    return name


def render(text):
    """(title, body, [(anchor, heading)]) of a document."""
    body = subprocess.run(
        ["cmark-gfm", "-e", "table", "-e", "strikethrough", "--unsafe"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    body = re.sub(r"<!--.*?-->\n?", "", body, flags=re.S)
    used, contents, title = set(), [], ""

    def anchored(match):
        nonlocal title
        level, inner = match[1], match[2]
        anchor = slug(inner, used)
        if level == "1":
            title = html.unescape(re.sub(r"<[^>]+>", "", inner))
        elif level == "2":
            contents.append((anchor, inner))
        return f'<h{level} id="{anchor}">{inner}</h{level}>'

    body = re.sub(r"<h([1-6])>(.*?)</h\1>", anchored, body, flags=re.S)
    # What may be wider than a telephone scrolls by itself, by keyboard too.
    count = iter(range(1, 1000))
    body = re.sub(
        r"<table>",
        lambda _: '<div class="wide" role="region" tabindex="0" '
        f'aria-label="Table {next(count)}"><table>',
        body,
    )
    body = body.replace("</table>", "</table></div>")
    body = re.sub(r"<th( align=\"\w+\")?>", r'<th scope="col"\1>', body)
    body = re.sub(r"<pre><code", '<pre tabindex="0"><code', body)
    # A header cell without text is not a header.
    body = re.sub(r'<th scope="col"[^>]*></th>', "<td></td>", body)
    return title, body, contents
