"""Pictures that a program passes on their own, without a table."""

from pathlib import Path
from typing import Any

from PIL import Image

from podium_ml.media.errors import PictureError
from podium_ml.media.references import References


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


def content_of(value: Any) -> Any:
    """Return the bytes that a path, a data URI or the URL of a file leads to; other values as they are.

    Raises:
        PictureError: It leads to none.
    """
    return References([Path()], _no_fetch).read(str(value)) if isinstance(value, str | Path) else value


def _no_fetch(url: str) -> bytes:
    raise PictureError("is a URL; download the picture first")


def _is_picture(value: Any) -> bool:
    if isinstance(value, bytes | Path | Image.Image):
        return True
    return isinstance(value, str) or (getattr(value, "ndim", 0) in (2, 3) and not hasattr(value, "columns"))
