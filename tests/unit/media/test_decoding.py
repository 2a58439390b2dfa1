"""One decoder for all pictures."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from podium_ml.media.decoding import MOST_PIXELS, decode, decode_any
from podium_ml.media.errors import PictureError


def saved(image: Image.Image, form: str, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def scene() -> Image.Image:
    pixels = np.zeros((20, 30, 3), dtype=np.uint8)
    pixels[:10] = (200, 40, 40)
    pixels[10:] = (40, 40, 200)
    return Image.fromarray(pixels)


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (30, 20)), (3, (30, 20)), (6, (20, 30)), (8, (20, 30))]
)
def test_exif_turns_the_picture_and_its_size(orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(saved(scene(), "JPEG", exif=exif, quality=95))
    assert (picture.width, picture.height) == picture.image.size == size


@pytest.mark.parametrize("top", [4_000, 65_535])
def test_sixteen_bits_are_scaled_and_not_cut(top):
    values = np.linspace(0, top, 64, dtype=np.uint16).reshape(8, 8)
    grey = np.asarray(decode(saved(Image.fromarray(values), "TIFF")).image)[:, :, 0]
    assert np.unique(grey).size > 50
    assert grey.max() >= 240


def test_transparent_is_white_whatever_lies_under_it():
    pixels = np.full((8, 8, 4), (10, 10, 10, 0), dtype=np.uint8)
    pixels[2:4, 2:4] = (10, 10, 10, 255)
    decoded = np.asarray(decode(saved(Image.fromarray(pixels, "RGBA"), "PNG")).image)
    assert (decoded[0, 0] == 255).all()
    assert (decoded[2, 2] == 10).all()


def test_cmyk_is_not_inverted():
    decoded = np.asarray(decode(saved(scene().convert("CMYK"), "JPEG", quality=95)).image, dtype=int)
    assert decoded[2, 5, 0] > 150 > decoded[2, 5, 2]


def test_the_first_frame_of_an_animation_counts():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    animated = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert np.asarray(decode(animated).image)[4, 4].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "is empty"), (b"<html>page</html>", "no picture"), (saved(scene(), "PNG")[:60], "damaged")],
)
def test_what_is_no_picture_is_named(content, why):
    with pytest.raises(PictureError, match=why):
        decode(content)


def test_a_bomb_is_refused_by_its_size_before_it_is_decoded():
    side = int(MOST_PIXELS**0.5) + 100
    bomb = saved(Image.new("1", (side, side)), "PNG")
    assert len(bomb) < 1_000_000
    with pytest.raises(PictureError, match="pixels"):
        decode(bomb)


@pytest.mark.parametrize(
    "make",
    [
        bytes,
        lambda b: Image.open(io.BytesIO(b)),
        lambda b: np.asarray(Image.open(io.BytesIO(b))),
        lambda b: {"bytes": b, "path": None},
    ],
)
def test_programs_may_pass_pictures_in_any_form(make):
    content = saved(scene(), "PNG")
    np.testing.assert_array_equal(np.asarray(decode_any(make(content)).image), np.asarray(scene()))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_hundred_megapixels_are_packed_within_the_memory_of_their_pixels():
    """In a process of its own, whose memory can be seen: the colours of the whole picture take 300 MB."""
    code = (
        "import io, re; from pathlib import Path; from PIL import Image; from podium_ml.media.decoding import decode\n"
        "from podium_ml.media.packing import facts_of, pack\n"
        "stream = io.BytesIO(); Image.new('L', (10_000, 10_000), 90).save(stream, 'JPEG')\n"
        "facts = facts_of(pack(decode(stream.getvalue()), 256))\n"
        "assert (facts.width, facts.height) == (10_000, 10_000)\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1_200_000


def test_one_pixel_and_channels_first():
    assert decode_any(np.zeros((1, 1), np.uint8)).image.size == (1, 1)
    assert decode_any(np.zeros((3, 5, 9), np.uint8)).image.size == (9, 5)
