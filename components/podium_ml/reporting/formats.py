"""Formatting of numbers, times and names for readers."""

import math

MISSING = "–"
# Names wrap, so only endless ones are cut.
_LONGEST_NAME, _LONGEST_HINT = 200, 300
# Smaller numbers are rounding errors.
_NOTHING = 1e-12


def number(value: float | None, digits: int = 4, *, zeros: bool = False) -> str:
    """Return a number with a few significant digits; ``zeros`` keeps trailing zeros so that columns line up.

    >>> number(0.798312), number(24131.7), number(12.0), number(0.0000123), number(None)
    ('0.7983', '24,130', '12', '1.23e-05', '–')
    >>> number(0.81, zeros=True)
    '0.8100'
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if abs(value) < _NOTHING:
        return "0"
    if not 1e-4 <= abs(value) < 1e9:
        return f"{value:.3g}"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, decimals):,.{max(0, decimals)}f}"
    return text.rstrip("0").rstrip(".") if "." in text and not zeros else text


def shown(count: float) -> float:
    """Return a number of rows, or a sum of weights with one decimal.

    >>> shown(12), shown(3.141)
    (12, 3.1)
    """
    return count if isinstance(count, int) else round(count, 1)


def aligned(value: float | None) -> str:
    """Return a number with trailing zeros, for a column of numbers."""
    return number(value, zeros=True)


def signed(value: float, digits: int = 3) -> str:
    """Return a number with its sign.

    >>> signed(0.1234), signed(-2), signed(0)
    ('+0.123', '−2', '0')
    """
    text = number(abs(value), digits)
    return text if text == "0" else f"{'+' if value > 0 else '−'}{text}"


def percent(share: float | None) -> str:
    """Return a share as a percentage; small shares keep one decimal.

    >>> percent(0.4317), percent(0.0123), percent(0.00001), percent(0), percent(None)
    ('43%', '1.2%', '<0.1%', '0%', '–')
    """
    if share is None or not math.isfinite(share):
        return MISSING
    if 0 < abs(share) < 0.001:
        return "<0.1%"
    return f"{100 * share:.1f}%".replace(".0%", "%") if abs(share) < 0.0995 else f"{100 * share:.0f}%"


def duration(seconds: float | None) -> str:
    """Return a duration in suitable units.

    >>> duration(0.0123), duration(4.21), duration(75), duration(7300), duration(0)
    ('12 ms', '4.2 s', '1 min 15 s', '2 h 1 min', '0 s')
    """
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    if seconds < 0.9995:
        return f"{number(1000 * seconds, 2)} ms" if seconds > 0 else "0 s"
    if seconds < 59.95:
        return f"{number(seconds, 2 if seconds < 9.95 else 3)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def size(count: float) -> str:
    """Return a number of bytes in a suitable unit.

    >>> size(512), size(2_500_000), size(3 * 2**30)
    ('512 B', '2.4 MB', '3 GB')
    """
    for unit in ("B", "kB", "MB"):
        if count < 1024:
            return f"{number(count, 2 if count < 10 else 3)} {unit}"
        count /= 1024
    return f"{number(count, 2 if count < 10 else 3)} GB"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a count and its noun, in the singular or plural.

    >>> counted(1, "row"), counted(1200, "row"), counted(2, "category", "categories")
    ('1 row', '1,200 rows', '2 categories')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def short(text: object, most: int = _LONGEST_NAME) -> str:
    """Return a text shortened to fit into a table cell.

    >>> short("amount"), short("abcdefgh", 4)
    ('amount', 'abc…')
    """
    printable = "".join(letter if letter.isprintable() else " " for letter in str(text)[: 4 * most])
    plain = " ".join(printable.split()) or "(blank)"
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def plain_time(text: str) -> str:
    """Return a point in time without the time of day if that is midnight; a time of day without its day; other texts.

    >>> plain_time("2024-03-15 00:00:00"), plain_time("2024-03-15 08:30:00"), plain_time("1900-01-01 08:30:00")
    ('2024-03-15', '2024-03-15 08:30:00', '08:30:00')
    """
    return text.removesuffix(" 00:00:00").removeprefix("1900-01-01 ")


def hint(text: object, most: int = _LONGEST_NAME) -> str:
    """Return the tooltip of a shortened text; empty if nothing was cut.

    >>> hint("amount"), hint("abcdefgh", 4)
    ('', 'abcdefgh')
    """
    return "" if len(str(text)) <= most else short(text, _LONGEST_HINT)
