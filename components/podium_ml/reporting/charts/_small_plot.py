"""Small charts, written as SVG directly: a page may have dozens, and matplotlib takes a tenth of a second for each."""

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

# Size and margins in CSS pixels.
_WIDTH, _HEIGHT = 300.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 14.0, 10.0, 40.0
# As attributes, which pages allow that forbid inline styles.
_FONT = 'font-size="10" fill="var(--muted)"'

Limits = tuple[float, float]


class SmallPlot:
    """A plot with three ticks on each axis.

    Args:
        x: Limits of the horizontal axis.
        y: Limits of the vertical axis.
        labels: Labels of the horizontal and the vertical axis.
        ticks: Returns the text of a tick on either axis.
    """

    def __init__(
        self, x: Limits, y: Limits, *, labels: tuple[str, str], ticks: Callable[[float], str]
    ) -> None:
        self._x, self._y = x, y
        self._marks = [*self._grid(ticks), *self._labels(*labels)]

    def line(self, x: Sequence[float], y: Sequence[float], colour: str, *, dashed: bool = False) -> None:
        """Draw a line through points; a dashed one is thin."""
        path = "L".join(f"{self._across(a):.1f} {self._up(b):.1f}" for a, b in zip(x, y, strict=True))
        style = 'stroke-width="1.2" stroke-dasharray="4 4"' if dashed else 'stroke-width="2"'
        self._marks.append(f'<path d="M{path}" fill="none" stroke="var(--{colour})" {style}/>')

    def dots(self, x: Sequence[float], y: Sequence[float], colour: str, *, size: float = 4.0) -> None:
        """Draw points; those beyond the limits lie on the edge."""
        path = "".join(f"M{self._across(a):.1f} {self._up(b):.1f}h0" for a, b in zip(x, y, strict=True))
        style = f'stroke-width="{size}" stroke-linecap="round" opacity="0.7"'
        self._marks.append(f'<path d="{path}" fill="none" stroke="var(--{colour})" {style}/>')

    def bars(self, edges: Sequence[float], heights: Sequence[float], colour: str) -> None:
        """Draw a histogram."""
        ground = f"{self._up(0):.1f}"
        path = "".join(
            f"M{self._across(left):.1f} {ground}V{self._up(height):.1f}H{self._across(right):.1f}V{ground}Z"
            for left, right, height in zip(edges, edges[1:], heights, strict=False)
            if height
        )
        self._marks.append(f'<path d="{path}" fill="var(--{colour})"/>')

    def svg(self, alt: str) -> Markup:
        """Return the drawing.

        Args:
            alt: Text alternative for screen readers.
        """
        head = (
            f'<svg class="chart" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" aria-label="{escape(alt)}">'
        )
        return Markup(f"{head}{''.join(self._marks)}</svg>")  # noqa: S704 - all text in it is escaped

    def _across(self, value: float) -> float:
        low, high = self._x
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def _up(self, value: float) -> float:
        low, high = self._y
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def _grid(self, ticks: Callable[[float], str]) -> list[str]:
        made = []
        for share in (0.0, 0.5, 1.0):
            x, y = (low + share * (high - low) for low, high in (self._x, self._y))
            across, up = self._across(x), self._up(y)
            made += [
                f'<path d="M{_LEFT} {up:.1f}H{_WIDTH - _RIGHT}" stroke="var(--faint)"/>',
                _text(ticks(x), across, _HEIGHT - _BOTTOM + 14, anchor="end" if share == 1 else "middle"),
                _text(ticks(y), _LEFT - 6, up + 3, anchor="end"),
            ]
        return made

    def _labels(self, horizontal: str, vertical: str) -> list[str]:
        middle = _TOP + (_HEIGHT - _TOP - _BOTTOM) / 2
        return [
            _text(horizontal, _LEFT + (_WIDTH - _LEFT - _RIGHT) / 2, _HEIGHT - 8, anchor="middle"),
            _text(vertical, 11, middle, anchor="middle", turned=True),
        ]


def _text(text: str, x: float, y: float, *, anchor: str, turned: bool = False) -> str:
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {_FONT}{turn}>{escape(text)}</text>'
