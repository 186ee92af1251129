# SPDX-License-Identifier: MIT
"""A bar chart of what things cost by both ABIs, as SVG.  Must not know how it was measured."""
import collections
from xml.sax.saxutils import escape

ROW, BAR, LEFT, WIDTH, TOP, RIGHT = 22, 8, 250, 560, 74, 90
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .head { font-size: 16px; font-weight: 600 }
  .small { font-size: 11px; fill: #59636e }
  .name { text-anchor: end }
  .classic { fill: #a9b1ba }
  .fast { fill: #0a6ed1 }
  .floor { stroke: #d1242f; stroke-dasharray: 4 3 }
  .grid { stroke: #d8dee4 }
"""


# Of a chart: its title and heading, what a row is, where the numbers are, what the dashed line is.
Words = collections.namedtuple("Words", "title heading rows source floor")
OPERATIONS = Words("Instructions of a hypercall, classic and FastABI",
                   "Instructions of a hypercall, there and back", "operations", "performance.csv",
                   "a call that is refused at once")


def draw(rows, words=OPERATIONS):
    """Rows have title, classic and fast; with words for a dashed line, fast_floor, too."""
    most = max(max(r.classic, r.fast) for r in rows)
    step = next(digit * 10 ** power for power in range(2, 12) for digit in (1, 2, 5)
                if most / (digit * 10 ** power) <= 8)
    most = -(-most // step) * step
    height = TOP + ROW * len(rows) + 34
    total = LEFT + WIDTH + RIGHT

    def x(value):
        return LEFT + WIDTH * value / most

    lines = ["<!-- SPDX-License-Identifier: MIT -->",
             f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" '
             f'width="{total}" height="{height}" '
             'role="img" aria-labelledby="title desc">',
             f'<title id="title">{words.title}</title>',
             f'<desc id="desc">Two bars for each of {len(rows)} {words.rows}; the numbers are in '
             f'{words.source}.</desc>',
             f'<style>{STYLE}</style>', f'<rect width="{total}" height="{height}" fill="#ffffff"/>',
             f'<text class="head" x="12" y="26">{words.heading}</text>',
             '<rect class="classic" x="12" y="42" width="14" height="10"/><text x="32" '
             'y="51">classic ABI</text>',
             '<rect class="fast" x="122" y="42" width="14" height="10"/><text x="142" '
             'y="51">FastABI</text>']
    if words.floor:
        lines.append('<path class="floor" d="M216 47h24"/>'
                     f'<text x="248" y="51">{words.floor}</text>')
    bottom = TOP + ROW * len(rows)
    for value in range(0, most + 1, step):
        lines.append(f'<path class="grid" d="M{x(value):.1f} {TOP - 6}V{bottom}"/>'
                     f'<text class="small" x="{x(value):.1f}" y="{bottom + 16}" '
                     f'text-anchor="middle">{value:,}</text>')
    for n, r in enumerate(rows):
        y = TOP + n * ROW
        lines.append(f'<text class="name" x="{LEFT - 8}" y="{y + 12}">{escape(r.title)}</text>'
                     f'<rect class="classic" x="{LEFT}" y="{y}" width="{x(r.classic) - LEFT:.1f}" '
                     f'height="{BAR}"/>'
                     f'<rect class="fast" x="{LEFT}" y="{y + BAR}" width="{x(r.fast) - LEFT:.1f}" '
                     f'height="{BAR}"/>'
                     f'<text class="small" x="{x(max(r.classic, r.fast)) + 6:.1f}" y="{y + 12}">'
                     f'{r.fast - r.classic:+,}</text>')
    if words.floor:
        floor = x(min(r.fast_floor for r in rows))
        lines.append(f'<path class="floor" d="M{floor:.1f} {TOP - 6}V{bottom}"/>')
    return "\n".join([*lines, "</svg>"]) + "\n"
