"""The error of a picture that cannot be used, and what the user is told about several."""

from collections.abc import Sequence

_SHOWN = 20


class PictureError(ValueError):
    """A picture cannot be read; the text says why, to follow the picture's name."""


def unreadable_pictures(reasons: Sequence[str], count: int, *, also: str = "") -> str:
    """Return that pictures cannot be read, which ones, and why.

    Args:
        reasons: Name of each, and why.
        count: Number of all pictures.
        also: What else became of them, such as `` and are left out``.

    >>> unreadable_pictures(["a.png is empty"], 9)
    '1 of 9 pictures cannot be read: a.png is empty.'
    """
    more = f"; and {len(reasons) - _SHOWN} more" if len(reasons) > _SHOWN else ""
    return f"{len(reasons)} of {count} pictures cannot be read{also}: {'; '.join(reasons[:_SHOWN])}{more}."
