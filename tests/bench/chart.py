# SPDX-License-Identifier: MIT
"""A bar chart of what operations cost by both ABIs, as SVG.  Must not know how it was measured."""
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


def draw(rows):
    """Rows have title, classic, fast and fast_floor."""
    most = max(max(r.classic, r.fast) for r in rows)
    step = next(s for s in (500, 1000, 2000, 5000, 10000, 20000, 50000, 10 ** 9) if most / s <= 8)
    most = -(-most // step) * step
    height = TOP + ROW * len(rows) + 34
    total = LEFT + WIDTH + RIGHT

    def x(value):
        return LEFT + WIDTH * value / most

    lines = ["<!-- SPDX-License-Identifier: MIT -->",
             f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" '
             f'width="{total}" height="{height}" '
             'role="img" aria-labelledby="title desc">',
             '<title id="title">Instructions of a hypercall, classic and FastABI</title>',
             f'<desc id="desc">Two bars for each of {len(rows)} operations; the numbers are in '
             f'performance.csv.</desc>',
             f'<style>{STYLE}</style>', f'<rect width="{total}" height="{height}" fill="#ffffff"/>',
             '<text class="head" x="12" y="26">Instructions of a hypercall, there and back</text>',
             '<rect class="classic" x="12" y="42" width="14" height="10"/><text x="32" '
             'y="51">classic ABI</text>',
             '<rect class="fast" x="122" y="42" width="14" height="10"/><text x="142" '
             'y="51">FastABI</text>',
             '<path class="floor" d="M216 47h24"/><text x="248" y="51">a call that is refused at '
             'once</text>']
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
    floor = x(min(r.fast_floor for r in rows))
    lines += [f'<path class="floor" d="M{floor:.1f} {TOP - 6}V{bottom}"/>', "</svg>"]
    return "\n".join(lines) + "\n"
