"""Instance PNGs: beside each picture, in a folder of masks, one of the same name whose values number the objects."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from podium_ml.media.decoding import decode_values, has_palette, stored_size
from podium_ml.media.errors import PictureError
from podium_ml.media.names import SPLITS, SUFFIXES
from podium_ml.media.places import read_file
from podium_ml.objects.annotations import AnnotatedPicture, Annotation, Notes
from podium_ml.objects.formats import Format
from podium_ml.objects.formats._files import files_below, pictures_below
from podium_ml.objects.run_lengths import encode_mask

_MASKS, _PICTURES = (
    ("masks", "labels", "instances", "gt", "annotations"),
    ("images", "imgs", "pictures", "img"),
)
_LABEL = "object"
# The colour of Pascal VOC's borders around objects.
_BORDER = 255
# Pixels of a mask times its objects.
_MOST_WORK = 20_000_000_000


def _detect(path: Path) -> bool:
    return path.is_dir() and any(_pairs_of_folders(path))


def _read(path: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    without: list[str] = []
    sizes: list[str] = []
    for pictures, masks in _pairs_of_folders(path):
        known = _Masks(masks)
        for picture in pictures_below(pictures):
            name, mask = picture.relative_to(path).as_posix(), known.of(picture.relative_to(pictures))
            if mask is None:
                without.append(name)
                continue
            found = _objects(mask)
            if found is None or (found and found[0].runs and found[0].runs["size"] not in _sizes(picture)):
                sizes.append(name)
                continue
            yield AnnotatedPicture(name, partial(read_file, picture), found)
    notes.add("Pictures without a mask are left out", without)
    notes.add("Pictures whose mask has another size, or cannot be read, are left out", sizes)


class _Masks:
    """The masks of a folder.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self._by_path: dict[str, Path] = {}
        self._by_name: dict[str, list[Path]] = {}
        for one in files_below(folder, SUFFIXES):
            own = one.relative_to(folder).with_suffix("").as_posix().removesuffix("_mask")
            self._by_path[own] = one
            self._by_name.setdefault(own.rpartition("/")[2], []).append(one)

    def of(self, picture: Path) -> Path | None:
        """Return the mask of a picture, given by its path: at the same place, or the only one of its name."""
        same = self._by_name.get(picture.stem, [])
        return self._by_path.get(picture.with_suffix("").as_posix()) or (same[0] if len(same) == 1 else None)


def _pairs_of_folders(path: Path) -> list[tuple[Path, Path]]:
    """Return the folders of pictures and of masks: those of the source, or else those of its splits."""
    own = _folders(path)
    below = [one for one in sorted(path.iterdir()) if one.is_dir() and one.name.casefold() in SPLITS]
    return [own] if own else [found for one in below if (found := _folders(one))]


def _folders(path: Path) -> tuple[Path, Path] | None:
    below = {one.name.casefold(): one for one in path.iterdir() if one.is_dir()}
    pictures = next((below[name] for name in _PICTURES if name in below), None)
    masks = next((below[name] for name in _MASKS if name in below), None)
    if pictures is None or masks is None or not files_below(masks, (".png", ".tif", ".tiff")):
        return None
    return pictures, masks


def _objects(mask: Path) -> list[Annotation] | None:
    try:
        content = read_file(mask)
        values, is_palette = decode_values(content), has_palette(content)
    except PictureError:
        return None
    if values.ndim == 3 and values.shape[2] == 2:  # grey, and how opaque it is
        values = values[..., 0]
    if values.ndim == 3:  # a colour an object
        values = values[..., :3].astype(np.int32) @ np.array([65_536, 256, 1], dtype=np.int32)
    numbers = [one for one in np.unique(values) if one != 0]
    if is_palette and len(numbers) > 1 and numbers[-1] == _BORDER:
        numbers.pop()
    if len(numbers) * values.size > _MOST_WORK:
        return None
    return [Annotation(_LABEL, None, runs=encode_mask(values == number)) for number in numbers]


def _sizes(picture: Path) -> list[list[int]]:
    """Return height and width as the file stores them, and as EXIF may turn them; nothing if it cannot be read."""
    try:
        width, height = stored_size(read_file(picture))
    except PictureError:
        return []
    return [[height, width], [width, height]]


SPEC = Format("instance_masks", 60, _detect, _read)
