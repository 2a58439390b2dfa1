"""Pictures with objects as training rows hold them."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.media.packing import facts_of
from podium_ml.objects.annotations import Annotation, from_json
from podium_ml.objects.encoding import to_cell
from podium_ml.objects.readers.annotations import FILE, PICTURE
from podium_ml.objects.validation.boxes import (
    TWICE,
    Size,
    Tally,
    are_corners,
    are_ratios,
    as_corners,
    in_picture,
)
from podium_ml.objects.validation.other_sizes import are_of_other_sizes, in_size

# Pixels of all masks of one picture. More take longer than five minutes to draw.
_MOST_WORK = 300_000_000_000


@dataclass
class Pictures:
    """The labelled pictures.

    Attributes:
        table: Packed pictures, objects as ``Annotation`` lists, and names of files.
        names: Classes, in alphabetical order.
        ids: Their ids in the user's data.
        tally: What was wrong with objects.
        corners: Whether boxes said right and bottom instead of width and height.
        ratios: Whether boxes were shares of the picture.
        resized: Whether objects were in pixels of copies of another size.
        unlabelled: Number of pictures whose objects nobody marked, which are left out.
        negatives: Number of pictures without objects.
    """

    table: pd.DataFrame
    names: tuple[str, ...]
    ids: tuple[int, ...]
    tally: Tally = field(default_factory=Tally)
    corners: bool = False
    ratios: bool = False
    resized: bool = False
    unlabelled: int = 0
    negatives: int = 0


def read_pictures(table: pd.DataFrame, target: str) -> Pictures:
    """Return the labelled pictures of a table.

    Raises:
        DataError: There are no pictures, or no objects.
    """
    for name in (PICTURE, target):
        if name not in table:
            raise DataError(
                f"There is no column '{name}'; the columns are {', '.join(map(str, table.columns[:10]))}.",
                "Use a format of pictures with objects, such as COCO or YOLO.",
            )
    table = table[table[PICTURE].notna()].reset_index(drop=True)
    marked = table[target].notna()
    own = table[marked].reset_index(drop=True)
    objects = [_annotations(cell, row) for row, cell in enumerate(own[target])]
    if not any(objects):
        raise DataError("No picture has an object.", "Use pictures with boxes or masks.")
    ids: dict[str, int] = {}
    for one in (one for row in objects for one in row):
        ids.setdefault(one.label.strip(), one.id)
    names = tuple(sorted(ids))
    read = Pictures(
        own.assign(**{target: pd.Series(objects, dtype=object)}),
        names,
        tuple(ids[name] for name in names),
        unlabelled=int((~marked).sum()),
    )
    if FILE not in read.table:
        read.table[FILE] = [f"picture {row + 1}" for row in range(len(own))]
    return read


def _annotations(cell: str, row: int) -> list[Annotation]:
    try:
        return from_json(str(cell))
    except (ValueError, TypeError, IndexError, KeyError):
        raise DataError(f"The objects of row {row + 1} cannot be read.", "Use a format like COCO.") from None


def to_rows(read: Pictures, target: str, *, masks: bool) -> pd.DataFrame:
    """Return training rows: pictures, cells of objects, names of files."""
    sizes = [_size(value) for value in read.table[PICTURE]]
    pairs = list(zip(sizes, read.table[target], strict=True))
    read.resized = are_of_other_sizes(pairs)
    if read.resized:
        pairs = [(size, [in_size(one, size) for one in objects]) for size, objects in pairs]
    read.ratios = are_ratios(pairs)
    by_size = not read.ratios and are_corners(pairs)
    read.corners = by_size or any(one.corners for _, objects in pairs for one in objects)
    code = {name: at for at, name in enumerate(read.names)}
    cells = []
    for (size, objects), name in zip(pairs, read.table[FILE], strict=True):
        check_work(objects, size, str(name))
        kept = []
        for one in objects:
            one = as_corners(one) if by_size else one
            if read.ratios:
                one = replace(one, ratios=True)
            found = in_picture(one, size, str(name), read.tally, masks=masks)
            if found is not None:
                kept.append({"c": code[one.label.strip()], **found})
        kept = _once(kept, str(name), read.tally)
        read.negatives += not kept
        cells.append(to_cell(kept, pixels=size.width * size.height))
    return pd.DataFrame({PICTURE: read.table[PICTURE], target: cells, FILE: read.table[FILE].astype(str)})


def _once(objects: list[dict[str, Any]], name: str, tally: Tally) -> list[dict[str, Any]]:
    """Return objects without those that are there twice, which are counted."""
    found = {json.dumps(one): one for one in objects}
    for _ in range(len(objects) - len(found)):
        tally.add(TWICE, name)
    return list(found.values())


def check_work(objects: list[Annotation], size: Size, name: str) -> None:
    """Refuse masks that would take hours, such as very many polygons on a huge picture.

    Raises:
        DataError: There are too many.
    """
    masks = sum(len(one.polygons) or bool(one.runs) for one in objects)
    if masks * size.width * size.height > _MOST_WORK:
        raise DataError(
            f"{name}: {masks:,} masks on a picture of {size.width:,} x {size.height:,} pixels take too long to read.",
            "Cut the picture into smaller ones, or give boxes in place of masks.",
        )


def _size(packed: bytes) -> Size:
    facts = facts_of(packed)
    if facts is None:
        raise DataError("A picture was not packed.", "Read the pictures again.")
    return Size(facts.width, facts.height)


def groups_of(table: pd.DataFrame) -> np.ndarray:
    """Return codes of pictures that are the same or nearly the same, int64, shape ``(n,)``."""
    from podium_ml.media.difference_hash import near_groups

    exact = pd.factorize(table[PICTURE].astype(object))[0]
    facts = [facts_of(one) for one in table[PICTURE]]
    return near_groups([int(one.hash, 16) if one else None for one in facts], exact)
