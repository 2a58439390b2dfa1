"""The one decoder of pictures: upright, 8 bits, RGB, on white, first frame, whatever the file is called."""

import io
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from podium_ml.media.beginnings import begins_as_picture, unreadable_format
from podium_ml.media.errors import PictureError

# Formats of pictures. Others that Pillow knows run programs (EPS) or are documents.
_FORMATS = (
    "PNG",
    "JPEG",
    "MPO",
    "GIF",
    "BMP",
    "DIB",
    "TIFF",
    "WEBP",
    "AVIF",
    "PPM",
    "ICO",
    "JPEG2000",
    "TGA",
)
# Pixels of the largest picture that is decoded; more would fill the memory, as files do that are made to do harm.
MOST_PIXELS = 170_000_000
# Larger pictures are decoded one after another, and numbers are scaled so many at once.
_LARGE = 25_000_000
_AT_ONCE = 1 << 22
_TURN = threading.Lock()
# Ranges that cameras and scanners use within 16 bits.
_RANGES = (255, 4095, 65535)
_ORIENTATION = 0x0112
_WHITE = (255, 255, 255, 255)
_OPAQUE = frozenset({"1", "L", "RGB", "CMYK", "YCbCr", "LAB", "HSV"})


@dataclass(frozen=True)
class Picture:
    """A decoded picture.

    Attributes:
        image: Upright RGB pixels.
        width: Width of the upright original in pixels.
        height: Its height.
        mode: How the original stored its pixels, as Pillow names it.
        turn: How EXIF turned it, from 1 (not at all) to 8.
    """

    image: Image.Image
    width: int
    height: int
    mode: str
    turn: int = 1

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright original."""
        return self.width, self.height


def decode(content: bytes, *, most: int = 0) -> Picture:
    """Decode the bytes of a picture file.

    Args:
        content: The bytes.
        most: Longest side of the result in pixels; larger pictures are reduced. 0 keeps the size.

    Raises:
        PictureError: These are no picture, a damaged one, or one that is too large.
    """
    with _told():
        image = _open(content)
        if most:
            image.draft(
                "RGB", (2 * most, 2 * most)
            )  # JPEG decodes a smaller picture in a fraction of the time
        with _turn(image):
            return _decoded(image, stored_size(content), most)


def decode_values(content: bytes) -> np.ndarray:
    """Return what a picture file stores for each pixel, such as numbers of objects, without making colours of it.

    Raises:
        PictureError: As for ``decode``.
    """
    with _told():
        image = _open(content)
        with _turn(image):
            return np.asarray(image)


def stored_size(content: bytes) -> tuple[int, int]:
    """Return width and height as a picture file stores them.

    Raises:
        PictureError: As for ``decode``.
    """
    with _told(), _open(content) as image:
        return image.size


def has_palette(content: bytes) -> bool:
    """Whether a picture file stores numbers of colours.

    Raises:
        PictureError: As for ``decode``.
    """
    with _told(), _open(content) as image:
        return image.mode == "P"


@contextmanager
def _told() -> Iterator[None]:
    """Convert the errors of Pillow."""
    try:
        yield
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError(f"has more than {MOST_PIXELS // 10**6:,} million pixels") from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError) as error:
        raise PictureError(f"is damaged ({_reason(error)})") from None
    except MemoryError:
        raise PictureError("does not fit into the memory") from None


def decode_any(value: Any, *, most: int = 0) -> Picture:
    """Decode a picture that a program holds: bytes, a path, a Pillow image, an array, or a mapping with one of these.

    Args:
        value: The picture.
        most: As for ``decode``.

    Raises:
        PictureError: It is none.
    """
    if isinstance(value, dict):
        value = next((value[key] for key in ("bytes", "path", "url") if value.get(key) is not None), None)
    if isinstance(value, bytes | bytearray | memoryview):
        return decode(bytes(value), most=most)
    if isinstance(value, Image.Image):
        _check_size(value)
        return _decoded(value, None, most)
    if hasattr(value, "__array__"):
        return _decoded(_of_array(np.asarray(value)), None, most)
    raise PictureError(f"is a {type(value).__name__}, not a picture")


def shrink(image: Image.Image, most: int) -> Image.Image:
    """Return an image whose longest side has at most so many pixels."""
    longest = max(image.size)
    if not most or longest <= most:
        return image
    size = (max(1, round(image.width * most / longest)), max(1, round(image.height * most / longest)))
    return image.resize(size, Image.Resampling.BOX if longest > 4 * most else Image.Resampling.BILINEAR)


def _decoded(image: Image.Image, size: tuple[int, int] | None, most: int) -> Picture:
    mode, stored = image.mode, size or image.size
    image, turn = _upright(image)
    turned = (image.width > image.height) != (stored[0] > stored[1]) and stored[0] != stored[1]
    width, height = stored[::-1] if turned else stored
    return Picture(shrink(_rgb(image), most), width, height, mode, turn)


def _open(content: bytes) -> Image.Image:
    if not content:
        raise PictureError("is empty")
    Image.init()  # registers the formats, once
    if other := unreadable_format(content):
        raise PictureError(f"is in the format {other}, which cannot be read: convert it to JPEG or PNG")
    try:
        image = Image.open(io.BytesIO(content), formats=[name for name in _FORMATS if name in Image.OPEN])
    except UnidentifiedImageError:
        odd = begins_as_picture(content)
        raise PictureError(
            "is damaged, or of a rare kind that cannot be read: convert it to PNG" if odd else "is no picture"
        ) from None
    _check_size(image)
    return image


def _turn(image: Image.Image) -> AbstractContextManager[object]:
    return _TURN if image.width * image.height > _LARGE else nullcontext()


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise PictureError(
            f"has {image.width:,} x {image.height:,} pixels, more than {MOST_PIXELS // 10**6:,} million"
        )


def _upright(image: Image.Image) -> tuple[Image.Image, int]:
    """Return an image as EXIF turns it, and how."""
    image.load()
    try:
        return ImageOps.exif_transpose(image), int(image.getexif().get(_ORIENTATION, 1))
    except (ValueError, TypeError, KeyError, OSError, SyntaxError, ZeroDivisionError):  # EXIF that is none
        return image, 1


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        image = Image.fromarray(_to_bytes(np.asarray(image)))
    if image.mode in _OPAQUE and "transparency" not in image.info:
        return image.convert("RGB")
    over = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", over.size, _WHITE), over).convert("RGB")


def _to_bytes(values: np.ndarray) -> np.ndarray:
    """Return numbers of any range as 8 bits: by the range that holds them, or by their own if they are fractions."""
    parts = np.array_split(values, max(1, values.size // _AT_ONCE))  # floats take eight times the memory
    low = min((float(_finite(part).min()) for part in parts if part.size), default=0.0)
    high = max((float(_finite(part).max()) for part in parts if part.size), default=0.0)
    if values.dtype.kind == "f" and high <= 1.0 and low >= 0.0:
        top = 1.0
    else:
        top = next((float(one) for one in _RANGES if high <= one), max(high, 1.0))
    low = min(low, 0.0)
    scale = 255.0 / (top - low)
    made = [np.round((_finite(part) - low) * scale).clip(0, 255).astype(np.uint8) for part in parts]
    return np.concatenate(made)


def _finite(values: np.ndarray) -> np.ndarray:
    return np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)


def _of_array(values: np.ndarray) -> Image.Image:
    """Return an array of grey (h, w), colour (h, w, 1, 3 or 4) or channels first (3, h, w) as an image."""
    if values.ndim == 3 and values.shape[0] in (1, 3, 4) and values.shape[2] not in (1, 3, 4):
        values = np.moveaxis(values, 0, 2)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    if (
        values.dtype == object
        or values.dtype.kind not in "biuf"
        or not 2 <= values.ndim <= 3
        or not values.size
    ):
        raise PictureError(f"is an array of {values.dtype} and shape {values.shape}, not of pixels")
    if values.ndim == 3 and values.shape[2] not in (3, 4):
        raise PictureError(f"is an array of {values.shape[2]} channels, not 1, 3 or 4")
    if values.dtype == bool:
        values = values * np.uint8(255)
    image = Image.fromarray(values if values.dtype == np.uint8 else _to_bytes(values))
    _check_size(image)
    return image


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:80].rstrip(".") or type(error).__name__
