"""Colours by meaning.

matplotlib draws with placeholder colours. In the finished SVG, each placeholder is replaced by a CSS variable of the
page, so that one drawing works in both the light and the dark theme.
"""

SENTINELS = {
    "ink": "#010203",
    "muted": "#010204",
    "line": "#010205",
    "surface": "#010206",
    "accent": "#010207",
    "faint": "#010208",
    "series-1": "#020101",
    "series-2": "#020102",
    "series-3": "#020103",
    "series-4": "#020104",
    "series-5": "#020105",
    "series-6": "#020106",
}
INK, MUTED, LINE, SURFACE = (SENTINELS[name] for name in ("ink", "muted", "line", "surface"))
ACCENT, FAINT = SENTINELS["accent"], SENTINELS["faint"]
SERIES = tuple(SENTINELS[f"series-{number}"] for number in range(1, 7))


def css(sentinel: str) -> str:
    """Return the CSS colour that replaces a sentinel.

    >>> css(ACCENT)
    'var(--accent)'
    """
    return next(f"var(--{name})" for name, colour in SENTINELS.items() if colour == sentinel)
