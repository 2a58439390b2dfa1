"""What the user is told about pictures that cannot be read."""

from podium_ml.errors import DataError
from podium_ml.media.errors import unreadable_pictures

# More unreadable pictures than this share are refused: the source is something else. Few pictures may be new ones.
_MOST_UNREADABLE, _FEW = 0.5, 10
_LONGEST = 300


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
    shown = [text if len(text) <= _LONGEST else f"…{text[-_LONGEST:]}" for text in unreadable]
    if len(unreadable) == count or len(unreadable) > _MOST_UNREADABLE * max(_FEW, count):
        raise DataError(unreadable_pictures(shown, count), "Check the files.")
    return [unreadable_pictures(shown, count, also=" and are left out")]
