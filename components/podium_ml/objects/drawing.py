"""Pictures with the objects that were found in them."""

import numpy as np
from PIL import Image, ImageDraw

from podium_ml.objects.coco_output import FoundPicture

# The longer side in pixels: names can be read on it, and a file of it is small.
_LEAST, _MOST = 480, 1600
_COLOURS = ("#d62728", "#1f77b4", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#e377c2", "#17becf")
_VEIL = 90


def draw_objects(image: Image.Image, picture: FoundPicture, names: list[str]) -> Image.Image:
    """Return a picture of a good size to look at, with boxes, masks, names and scores.

    Args:
        image: The picture, RGB.
        picture: What was found in it.
        names: Names of the classes.
    """
    longer = max(picture.width, picture.height)
    scale = min(max(longer, _LEAST), _MOST) / longer
    drawn = image.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
    for at, one in enumerate(picture.objects(names)):
        colour = _COLOURS[names.index(one["label"]) % len(_COLOURS)]
        if picture.found.masks is not None:
            _veil(drawn, picture.mask(at), colour)
        _frame(drawn, [value * scale for value in one["box"]], f"{one['label']} {one['score']:.2f}", colour)
    return drawn


def _veil(drawn: Image.Image, mask: np.ndarray, colour: str) -> None:
    """Lay a colour over the pixels of an object."""
    alpha = Image.fromarray(mask.astype(np.uint8) * _VEIL).resize(drawn.size)
    drawn.paste(Image.new("RGB", drawn.size, colour), (0, 0), alpha)


def _frame(drawn: Image.Image, box: list[float], text: str, colour: str) -> None:
    """Draw a box and its name, which keeps within the picture."""
    x, y, width, height = box
    line = max(2, round(max(drawn.size) / 300))
    size = max(12, round(max(drawn.size) / 40))
    draw = ImageDraw.Draw(drawn)
    draw.rectangle((x, y, x + width, y + height), outline=colour, width=line)
    at = (min(x, max(0.0, drawn.width - draw.textlength(text, font_size=size))), max(0.0, y - size - line))
    draw.text(at, text, fill="white", font_size=size, stroke_width=2, stroke_fill=colour)
