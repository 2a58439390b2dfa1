"""What the user is told about pictures that cannot be read."""

from podium_ml.errors import DataError

# More unreadable pictures than this share are refused: the source is something else. Few pictures may be new ones.
_MOST_UNREADABLE, _FEW = 0.5, 10
_SHOWN, _LONGEST = 20, 300


def told_of_pictures(unreadable: list[str], count: int) -> list[str]:
    """Return a warning that names unreadable pictures.

    Args:
        unreadable: Name of each, and why.
        count: Number of all pictures.

    Raises:
        DataError: They are most of the pictures.
    """
    if not unreadable:
        return []
    more = f"; and {len(unreadable) - _SHOWN} more" if len(unreadable) > _SHOWN else ""
    shown = (text if len(text) <= _LONGEST else f"…{text[-_LONGEST:]}" for text in unreadable[:_SHOWN])
    text = "; ".join(shown) + more
    if len(unreadable) == count or len(unreadable) > _MOST_UNREADABLE * max(_FEW, count):
        raise DataError(f"{len(unreadable)} of {count} pictures cannot be read: {text}.", "Check the files.")
    return [f"{len(unreadable)} of {count} pictures cannot be read and are left out: {text}."]
