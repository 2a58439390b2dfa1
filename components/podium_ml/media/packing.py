"""Packed pictures: PNG files of upright RGB pixels that know what their originals were like."""

import io
import json
import struct
from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from podium_ml.media.decoding import MOST_PIXELS, Picture, decode, shrink
from podium_ml.media.difference_hash import difference_hash

_KEYWORD = "podium"
# A PNG begins with a signature and the chunk IHDR; the chunk of facts comes next.
_START = 8 + 25
_SIZES = slice(16, 24)
_HASH_BITS = 128
# Pixels of all packed pictures of one table, so that they fit into the memory; and the sides that this leaves.
_ALL_PIXELS, _LARGEST_SIDE, _SMALLEST_SIDE = 500_000_000, 256, 64


@dataclass(frozen=True)
class Facts:
    """What a packed picture says about its original.

    Attributes:
        width: Width of the upright original in pixels.
        height: Its height.
        mode: How it stored pixels.
        hash: Perceptual hash, as a hexadecimal number; see ``difference_hash``.
    """

    width: int
    height: int
    mode: str
    hash: str


def packed_side(count: int) -> int:
    """Return the longest side with which so many pictures are packed.

    >>> packed_side(100), packed_side(100_000)
    (256, 70)
    """
    return int(np.clip((_ALL_PIXELS / max(1, count)) ** 0.5, _SMALLEST_SIDE, _LARGEST_SIDE))


def pack(picture: Picture, side: int = 0) -> bytes:
    """Return a picture as a packed one.

    Args:
        picture: The picture.
        side: Longest side in pixels; 0 keeps the size.
    """
    image = shrink(picture.image, side)
    facts = Facts(picture.width, picture.height, picture.mode, f"{difference_hash(image):032x}")
    info, stream = PngInfo(), io.BytesIO()
    info.add_text(_KEYWORD, json.dumps(asdict(facts)))
    image.save(stream, format="PNG", pnginfo=info, compress_level=1)
    return stream.getvalue()


def facts_of(packed: bytes) -> Facts | None:
    """Return what a packed picture says about its original, without decoding it; ``None`` for other bytes.

    Anybody can write such a text into a picture, so facts that no picture has are none.
    """
    text = _text_chunk(packed)
    if text is None:
        return None
    try:
        facts = Facts(**json.loads(text))
        return facts if _are_possible(facts) else None
    except (ValueError, TypeError, RecursionError):
        return None


def is_packed(content: object) -> bool:
    """Whether a value says of itself that it is a packed picture."""
    return isinstance(content, bytes) and facts_of(content) is not None


def is_small(packed: bytes, most: int) -> bool:
    """Whether a packed picture has at most so many pixels a side.

    Raises:
        PictureError: It cannot be decoded.
    """
    if max(struct.unpack(">II", packed[_SIZES])) > most:
        return False
    return max(decode(packed).image.size) <= most


def unpack(packed: bytes) -> Image.Image:
    """Return the pixels of a packed picture, RGB."""
    return decode(packed).image


def _text_chunk(packed: bytes) -> bytes | None:
    head = packed[_START : _START + 8]
    if len(head) < 8 or head[4:] != b"tEXt" or not packed.startswith(b"\x89PNG"):
        return None
    (length,) = struct.unpack(">I", head[:4])
    keyword, _, text = packed[_START + 8 : _START + 8 + min(length, 1000)].partition(b"\0")
    return text if keyword == _KEYWORD.encode() else None


def _are_possible(facts: Facts) -> bool:
    sizes, texts = (facts.width, facts.height), (facts.mode, facts.hash)
    if not all(type(one) is int and one > 0 for one in sizes) or not all(type(one) is str for one in texts):
        return False
    return facts.width * facts.height <= MOST_PIXELS and int(facts.hash, 16) >> _HASH_BITS == 0
