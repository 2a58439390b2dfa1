"""Maps of pictures by a frozen pretrained network, computed once for all branches."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from podium_ml.embeddings.pictures import PictureEncoder, read_picture_encoder
from podium_ml.objects.map_rows import to_cells
from podium_ml.run.events import emit
from podium_ml.weights.given import seconds_given

# Pixels of a picture for each cell of the grid, from the best to the quickest; networks halve the side five times.
_PIXELS_OF_CELL, _MULTIPLE, _SMALLEST_SIDE = (8, 6, 4, 3), 32, 64
# What the maps of all pictures may take in memory and on disk.
_MOST_BYTES = 1 << 30
_TOO_MUCH = (
    "The pretrained network would take too long for {count:,} pictures, so no model learns from its maps."
)
_NO_MAPS = "The pretrained network makes vectors alone, so no model learns from its maps."


def read_map_encoder(
    weights: Path, images: Sequence[Image.Image], *, count: int, most: int, grid: int
) -> PictureEncoder | None:
    """Read a network whose maps of all pictures there are time and room for; ``None`` if there is none.

    Args:
        weights: Folder of the weights; see ``PictureEncoder.read``.
        images: Some of the pictures.
        count: Number of all of them.
        most: Longest side of usual pictures in pixels.
        grid: Cells along a side of the grid that objects are found on.

    Raises:
        SettingsError: These are no weights of a network, or a package is not installed.
    """
    sides = _sides(grid)
    encoder = read_picture_encoder(
        weights, images, count=count, seconds=seconds_given(), most=most, sides=sides
    )
    if encoder is None:
        emit("notice", text=_TOO_MUCH.format(count=count))
        return None
    if not (size := _bytes_of_picture(encoder)):
        emit("notice", text=_NO_MAPS)
        return None
    fitting = [one for one in sides if size * (one / encoder.side) ** 2 * count <= _MOST_BYTES]
    if encoder.side in fitting:
        return encoder
    if not fitting:
        emit("notice", text=_TOO_MUCH.format(count=count))
        return None
    return PictureEncoder.read(weights, side=fitting[0])


def _sides(grid: int) -> list[int]:
    rounded = {max(_SMALLEST_SIDE, _MULTIPLE * round(one * grid / _MULTIPLE)) for one in _PIXELS_OF_CELL}
    return sorted(rounded, reverse=True)


def _bytes_of_picture(encoder: PictureEncoder) -> int:
    blank = Image.new("RGB", (encoder.side, encoder.side))
    return sum(len(to_cells(one)[0]) for one in encoder.maps([blank]))
