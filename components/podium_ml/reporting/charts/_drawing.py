"""Conversion of matplotlib figures to inline SVG."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from markupsafe import Markup, escape

from podium_ml.reporting.charts._colours import FAINT, INK, LINE, MUTED, SENTINELS

# Size of a chart in CSS pixels: three fit side by side on a desktop, one fills a phone; text is readable on both.
WIDTH, HEIGHT = 360.0, 250.0
_FONT_SIZE = 11.0
_RIGHT = 18.0
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": _FONT_SIZE,
    "axes.edgecolor": LINE,
    "axes.facecolor": "none",
    "axes.labelcolor": MUTED,
    "axes.labelsize": _FONT_SIZE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "grid.color": FAINT,
    "grid.linewidth": 1.0,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.labelsize": _FONT_SIZE - 1,
    "ytick.labelsize": _FONT_SIZE - 1,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "lines.linewidth": 2.0,
    "lines.solid_capstyle": "round",
    "text.color": INK,
    "text.parse_math": False,  # dollar signs in names are literal
    "path.simplify": True,
}


class Drawing:
    """A figure with one set of axes.

    Attributes:
        axes: matplotlib's axes, to draw on.
        svg: The finished drawing, available after the ``with`` block of ``drawing``.
    """

    def __init__(self, figure: Any, axes: Any) -> None:
        self.figure, self.axes = figure, axes
        self.svg = Markup()


@contextmanager
def drawing(
    name: str,
    alt: str,
    *,
    height: float = HEIGHT,
    width: float = WIDTH,
    left: float = 44.0,
    bottom: float = 40.0,
) -> Iterator[Drawing]:
    """Yield axes to draw on, and convert them to SVG at the end.

    This leaves matplotlib's global state unchanged and does not use ``pyplot``.

    Args:
        name: Unique name of the chart within its page.
        alt: Text alternative for screen readers.
        height: Height in pixels.
        width: Width in pixels.
        left: Room for the labels of the vertical axis, in pixels.
        bottom: Room for the labels of the horizontal axis, in pixels.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": name}), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="Glyph"
        )  # the browser has glyphs that matplotlib's font does not
        figure = Figure(figsize=(width / 72, height / 72), facecolor="none")
        rectangle = (
            left / width,
            bottom / height,
            (width - left - _RIGHT) / width,
            (height - bottom - 10) / height,
        )
        figure.patch.set_visible(False)
        made = Drawing(figure, figure.add_axes(rectangle))
        made.axes.patch.set_visible(False)
        yield made
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg")
    made.svg = _inline(buffer.getvalue(), name=name, alt=alt)


def dots(axes: Any, x: Any, y: Any, *, size: float, colour: str, alpha: float = 1.0) -> None:
    """Draw many points as one path of round, zero-length strokes: a tenth of the bytes of a scatter plot."""
    import numpy as np
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    points = np.repeat(np.column_stack([x, y]), 2, axis=0)
    path = Path(points, np.tile([Path.MOVETO, Path.LINETO], len(points) // 2))
    path.should_simplify = False
    axes.add_patch(
        PathPatch(path, fill=False, edgecolor=colour, linewidth=size, capstyle="round", alpha=alpha, zorder=2)
    )
    axes.update_datalim(points)
    axes.autoscale_view()


def _inline(text: str, *, name: str, alt: str) -> Markup:
    """Convert an SVG file to an element with CSS variables for colours, the page's font and unique identifiers."""
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", "", text, flags=re.DOTALL)
    start = re.search(r"<svg[^>]*>", body)
    assert start is not None
    viewbox = re.search(r'viewBox="([^"]+)"', start[0])
    assert viewbox is not None
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', body))
    body = re.sub(r"<[^>]+>", lambda tag: _restyle(tag[0], name=name, used=used), body[start.end() :])
    body = re.sub(r">\s+<", "><", body).replace("<defs></defs>", "").strip()
    head = f'<svg class="chart" viewBox="{viewbox[1]}" role="img" aria-label="{escape(alt)}">'
    return Markup(head + body)  # noqa: S704 - made here; matplotlib has escaped the labels


def _restyle(tag: str, *, name: str, used: set[str]) -> str:
    """Rewrite one tag; the text between tags belongs to the user and stays unchanged."""
    tag = re.sub(r' id="([^"]+)"', lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", tag)
    tag = re.sub(r'(href="|url\()#', rf"\1#{name}-", tag.replace("xlink:href", "href"))
    for variable, colour in SENTINELS.items():
        tag = tag.replace(colour, f"var(--{variable})")
    tag = re.sub(r"font(?:-family)?: [^;\"]*;? ?", _font_size, tag)
    tag = re.sub(r' transform="rotate\(-0 [^)]*\)"', "", tag)
    return re.sub(r"\s+", " ", re.sub(r"(\d+\.\d{1,2})\d+", r"\1", tag))


def _font_size(style: Any) -> str:
    """Keep only the size of a font, so that the page's own font is used."""
    found = re.search(r"([\d.]+)px", style[0])
    return f"font-size: {found[1]}px; " if found else ""
