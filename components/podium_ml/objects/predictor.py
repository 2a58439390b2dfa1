"""The predictor that the user gets: model and preprocessing in one object and one file."""

import copy
import json
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from PIL import Image

from podium_ml.contracts import ObjectTask, Problem
from podium_ml.errors import DataError, SettingsError
from podium_ml.files.inside import plain_name
from podium_ml.kinds.saved_predictor import SavedPredictor
from podium_ml.media.decoding import decode_any
from podium_ml.media.errors import PictureError, unreadable_pictures
from podium_ml.media.given import as_pictures, content_of
from podium_ml.media.packing import facts_of
from podium_ml.objects.coco_output import FoundPicture, to_coco
from podium_ml.objects.drawing import draw_objects
from podium_ml.objects.features import PictureFeaturizer
from podium_ml.objects.grid import LOWEST, Detections, decode, shown_from
from podium_ml.objects.readers.annotations import FILE
from podium_ml.objects.tiles import find_in_tiles

_ROWS = 64


class ObjectFinder(SavedPredictor):
    """Finds objects in pictures.

    Args:
        problem: The problem that the model was trained on.
        featurizer: Turns pictures into features.
        model: Predicts from features.
        name: Name of the model, as on the leaderboard.
        calibrator: Ignored.
        threshold: Score from which ``draw`` shows an object.
        sample: Some training rows.
        requirements: Packages that the pickled model needs.
    """

    featurizer: PictureFeaturizer
    tiles = False

    def __repr__(self) -> str:
        return f"ObjectFinder({self.name!r}, classes={list(self.problem.classes)!r})"

    @property
    def task(self) -> ObjectTask:
        """What kind of objects are found."""
        assert self.problem.objects is not None
        return self.problem.objects

    @property
    def names(self) -> list[str]:
        """Names of the classes."""
        return [str(one) for one in self.problem.classes]

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """Columns of rows to predict."""
        return (self.featurizer.column,)

    def in_tiles(self) -> Self:
        """Return the same predictor for large pictures with small objects, which looks at windows of training size."""
        other = copy.copy(self)
        other.tiles = True
        return other

    @property
    def tile(self) -> tuple[int, int]:
        """Width and height of usual training pictures in pixels."""
        known = [
            facts_of(one) for one in self.sample.get(self.featurizer.column, ()) if isinstance(one, bytes)
        ]
        sides = [(one.width, one.height) for one in known if one]
        if not sides:
            return self.featurizer.side, self.featurizer.side
        width, height = np.median(sides, axis=0)
        return int(width), int(height)

    def find(self, rows: Any, *, lowest: float = LOWEST) -> list[FoundPicture]:
        """Return what is found in each picture, in order.

        Args:
            rows: A table with the column of pictures; or one picture, or a list of them: paths, bytes, Pillow images
                or arrays.
            lowest: Lowest score of an object.

        Pictures that cannot be read have no objects, and a warning names them.

        Raises:
            DataError: No picture can be read.
        """
        table = self._table(rows)
        pictures: list[FoundPicture] = []
        unreadable: list[str] = []
        for start in range(0, len(table), _ROWS):
            part = table.iloc[start : start + _ROWS]
            values = part[self.featurizer.column].tolist()
            for value, name, one in zip(values, part[FILE], self._found(values, lowest), strict=True):
                size, why = _size(value)
                unreadable += [f"{name} {why}"] if why else []
                pictures.append(FoundPicture(str(name), *size, one.none() if why else one))
        _tell(unreadable, len(pictures))
        return pictures

    def _found(self, values: Sequence[Any], lowest: float) -> list[Detections]:
        """Return what is found in pictures, in shares of the picture."""
        if not self.tiles:
            return self._in_whole(values, lowest=lowest)
        find = partial(self._in_whole, lowest=lowest)
        images = map(_image, values)
        return [
            find_in_tiles(image, find, self._tile_of(image, _size(value)[0][0]))
            for image, value in zip(images, values, strict=True)
        ]

    def _in_whole(self, values: Sequence[Any], *, lowest: float) -> list[Detections]:
        table = pd.DataFrame({self.featurizer.column: pd.Series(list(values), dtype=object)})
        raw = self.predict_features(self.featurizer.transform(table))
        return [decode(one, n_classes=len(self.names), lowest=lowest) for one in raw]

    def _tile_of(self, image: Image.Image, width: int) -> tuple[int, int]:
        """Return the size of a tile in a picture that may have been scaled down from some width when it was read."""
        scale = image.width / max(1, width)
        return max(1, round(self.tile[0] * scale)), max(1, round(self.tile[1] * scale))

    def predict(self, rows: Any) -> np.ndarray:
        """Return a list of objects a picture, as an array of objects, shape ``(n,)``.

        An object has ``label``, ``score``, ``box`` (left, top, width and height in pixels of the upright picture) and,
        if the model finds masks, ``segmentation`` (run lengths).
        """
        pictures = self.find(rows)
        found = np.empty(len(pictures), dtype=object)
        found[:] = [list(one.objects(self.names)) for one in pictures]
        return found

    def prediction_table(self, rows: Any, *, proba: bool = False) -> pd.DataFrame:
        """Return a row an object: ``file``, ``label``, ``score``, ``x``, ``y``, ``width``, ``height`` and the mask."""
        records = [
            {"file": picture.name, **_flat(one)}
            for picture in self.find(rows)
            for one in picture.objects(self.names)
        ]
        names = ["file", "label", "score", "x", "y", "width", "height"]
        return pd.DataFrame(records, columns=[*names, *(["segmentation"] if self.task.masks else [])])

    def deliver(self, rows: Any, path: Path) -> int:
        """Write what is found to a JSON file as COCO, and return the number of objects."""
        ids = list(self.task.ids)
        if len(set(ids)) < len(ids) or min(ids, default=-1) < 0:
            ids = list(range(1, len(self.names) + 1))
        content = to_coco(self.find(rows), self.names, ids)
        path.write_text(json.dumps(content), encoding="utf-8")
        return len(content["annotations"])

    def draw(self, rows: Any, folder: Path) -> int:
        """Write each picture with what is found in it, and return how many there are."""
        lowest = shown_from(self.threshold)
        table = self._table(rows)
        folder.mkdir(parents=True, exist_ok=True)
        for number, (picture, value) in enumerate(
            zip(self.find(rows, lowest=lowest), table[self.featurizer.column], strict=True)
        ):
            image = draw_objects(_image(value), picture, self.names)
            name = plain_name(Path(picture.name).stem, otherwise="picture")[:60]
            image.save(folder / f"{number:05d}-{name}.png")
        return len(table)

    def predict_raw(self, rows: pd.DataFrame) -> np.ndarray:
        """Return grids of rows, shape ``(n, G, G, channels)``."""
        return self.predict_features(self.featurizer.transform(self.check_schema(rows)))

    def predict_for(self, rows: pd.DataFrame, problem: Problem) -> np.ndarray:
        """Return the same for the rows of another problem.

        Raises:
            DataError: The other problem has another grid.
        """
        if (
            problem.objects is None
            or problem.objects.grid != self.task.grid
            or problem.objects.masks != self.task.masks
        ):
            raise DataError("The models find objects on different grids.")
        return self.predict_raw(rows)

    def predict_features(self, X: pd.DataFrame) -> np.ndarray:
        """Return the same for features."""
        return np.asarray(self.model.predict_raw(X))

    def check_schema(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the column of pictures.

        Raises:
            DataError: It is missing.
        """
        if self.featurizer.column not in rows:
            raise DataError(
                f"There is no column '{self.featurizer.column}'.", "Pass pictures, or a table of them."
            )
        return rows[[self.featurizer.column]]

    def explain(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Objects have no contributions of columns.

        Raises:
            SettingsError: Always.
        """
        raise SettingsError("Objects have no contributions of columns.", "`--draw` shows what is found.")

    def _table(self, rows: Any) -> pd.DataFrame:
        """Return rows as a table of pictures and their names; paths are read.

        Raises:
            DataError: These are no pictures.
        """
        column = self.featurizer.column
        if isinstance(rows, pd.DataFrame):
            table = self.check_schema(rows).assign(
                **{FILE: rows[FILE] if FILE in rows else rows.index.astype(str)}
            )
        else:
            given = as_pictures(rows)
            if not given:
                raise DataError("These are no pictures.", "Pass paths, bytes, Pillow images or arrays.")
            names = [str(one) if isinstance(one, str | Path) else str(at) for at, one in enumerate(given)]
            table = pd.DataFrame({column: pd.Series(given, dtype=object), FILE: names})
        values = [_content(one) for one in table[column]]
        return pd.DataFrame(
            {column: pd.Series(values, dtype=object), FILE: table[FILE].astype(str).to_numpy()}
        )


def _content(value: Any) -> Any:
    """Return what a path leads to, or the reason why that cannot be read."""
    try:
        return content_of(value)
    except PictureError as error:
        return error


def _image(value: Any) -> Image.Image:
    try:
        return decode_any(value).image
    except PictureError:
        return Image.new("RGB", (1, 1), "white")


def _size(value: Any) -> tuple[tuple[int, int], str]:
    """Return width and height of a picture, and why it cannot be read, if it cannot."""
    facts = facts_of(value) if isinstance(value, bytes) else None
    if facts is not None:
        return (facts.width, facts.height), ""
    try:
        picture = decode_any(value)
    except PictureError as error:
        return (1, 1), str(value if isinstance(value, PictureError) else error)
    return (picture.width, picture.height), ""


def _tell(unreadable: list[str], count: int) -> None:
    """Warn of pictures that cannot be read.

    Raises:
        DataError: These are all.
    """
    if not unreadable:
        return
    text = unreadable_pictures(unreadable, count)
    if len(unreadable) == count:
        raise DataError(text, "Check the files.")
    warnings.warn(text, UserWarning, stacklevel=3)


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    x, y, width, height = one["box"]
    flat = {"label": one["label"], "score": one["score"], "x": x, "y": y, "width": width, "height": height}
    return {**flat, **({"segmentation": json.dumps(one["segmentation"])} if "segmentation" in one else {})}
