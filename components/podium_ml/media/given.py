"""Pictures that a program passes on their own, without a table."""

from pathlib import Path
from typing import Any

from PIL import Image


def as_pictures(given: Any) -> list[Any]:
    """Return one picture or several as a list; an empty one if these are no pictures.

    Args:
        given: A path, bytes, a Pillow image or an array of pixels; or a list or an array of these.
    """
    if _is_picture(given):
        return [given]
    if getattr(given, "ndim", 0) == 4:
        return list(given)
    if isinstance(given, list | tuple) and given and all(map(_is_picture, given)):
        return list(given)
    return []


def _is_picture(value: Any) -> bool:
    if isinstance(value, bytes | Path | Image.Image):
        return True
    return isinstance(value, str) or (getattr(value, "ndim", 0) in (2, 3) and not hasattr(value, "columns"))
