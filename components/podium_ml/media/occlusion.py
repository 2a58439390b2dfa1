"""Pictures with a part covered, and how much that changes an answer (Zeiler and Fergus, ECCV 2014)."""

import numpy as np
from PIL import Image

# Parts along each side, and the side of pictures that are shown.
PARTS, _SHOWN = 7, 128


def covered(image: Image.Image) -> list[Image.Image]:
    """Return copies of a picture, in each of which another part is as the picture is on average; row by row."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    filling = pixels.mean(axis=(0, 1)).astype(np.uint8)
    rows, columns = (np.linspace(0, side, PARTS + 1).round().astype(int) for side in (height, width))
    copies = []
    for at in range(PARTS * PARTS):
        row, column = divmod(at, PARTS)
        # A part reaches a little into its neighbours, so that what lies on a cut is covered too.
        top, left = max(0, rows[row] - height // 20), max(0, columns[column] - width // 20)
        copy = pixels.copy()
        copy[top : rows[row + 1] + height // 20, left : columns[column + 1] + width // 20] = filling
        copies.append(Image.fromarray(copy))
    return copies


def heated(image: Image.Image, drops: np.ndarray) -> np.ndarray:
    """Return a picture with red where covering it changed the answer most, uint8, shape ``(h, w, 3)``.

    Args:
        image: The picture.
        drops: How much covering each part lowers what is looked at, shape ``(PARTS * PARTS,)``.
    """
    scale = _SHOWN / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    colour = np.asarray(image.resize(size), dtype=np.float32)
    heat = np.clip(drops.reshape(PARTS, PARTS), 0, None) / max(float(drops.max()), 1e-9)
    rows, columns = (np.arange(side) * PARTS // side for side in (size[1], size[0]))
    strength = 0.65 * heat[rows][:, columns][:, :, None]
    return (colour * (1 - strength) + np.array([220.0, 30.0, 30.0]) * strength).astype(np.uint8)
