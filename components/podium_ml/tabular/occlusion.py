"""Which parts of pictures matter: predictions with each part covered (Zeiler and Fergus, ECCV 2014)."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.media.pixels import GREY, read_pixels
from podium_ml.media.shape import describe_colours, describe_edges
from podium_ml.media.shown import shown_picture
from podium_ml.run.budget import Deadline
from podium_ml.targets import target_of

# Pictures that are shown, and parts along each side.
_PICTURES, _PARTS = 6, 7


def occlusion_maps(predictor: Any, rows: pd.DataFrame, *, deadline: Deadline) -> tuple[dict[str, Any], ...]:
    """Return pictures on which the parts that speak for the prediction are red, as ``shown_picture`` makes them.

    The whole model predicts, an ensemble with all of its members.

    Args:
        predictor: The model.
        rows: Some rows, of which the first with pictures are shown.
        deadline: When to stop.
    """
    schema = predictor.featurizer.schema
    name = schema.of_kind("image")[0]
    source = next(feature.source for feature in schema.features if feature.name == name)
    table = rows[rows[source].notna()].head(_PICTURES)
    made = []
    for row in range(len(table)):
        if deadline.passed():
            break
        X = predictor.featurizer.transform(table.iloc[[row]])
        made.append(_of_row(predictor, X, name))
    return tuple(made)


def _of_row(predictor: Any, X: pd.DataFrame, name: str) -> dict[str, Any]:
    pixels = read_pixels(X[name].to_numpy())[0]
    covered = _covered(pixels)
    repeated = X.iloc[[0] * (len(covered) + 1)].reset_index(drop=True)
    values = np.concatenate([pixels[None], covered])
    repeated[name] = [one.tobytes() for one in values]
    for made, describe in ((f"{name}_edges", describe_edges), (f"{name}_colours", describe_colours)):
        if made in repeated:
            repeated[made] = [one.tobytes() for one in describe(values).astype(np.float32)]
    raw = np.asarray(predictor.predict_features(repeated), dtype=np.float64)
    problem, target = predictor.problem, target_of(predictor.problem)
    note = target.text(target.decode(target.decide(raw[:1], predictor.threshold), problem)[0])
    of_class = raw if raw.ndim == 1 else raw[:, int(target.main_output(raw[:1], predictor.threshold)[0])]
    drops = of_class[0] - of_class[1:]
    if raw.ndim == 1:
        drops = np.abs(drops)
    return shown_picture(_heated(pixels, drops.reshape(_PARTS, _PARTS)), note, wrong=False)


def _covered(pixels: np.ndarray) -> np.ndarray:
    """Return copies of a picture, in each of which another part is as grey as the picture on average."""
    side = len(pixels)
    cuts = np.linspace(0, side, _PARTS + 1).round().astype(int)
    filling = pixels.mean(axis=(0, 1)).astype(np.uint8)
    copies = np.repeat(pixels[None], _PARTS * _PARTS, axis=0)
    for at in range(_PARTS * _PARTS):
        row, column = divmod(at, _PARTS)
        # A part reaches a little into its neighbours, so that what lies on a cut is covered too.
        top, left = max(0, cuts[row] - side // 20), max(0, cuts[column] - side // 20)
        copies[at, top : cuts[row + 1] + side // 20, left : cuts[column + 1] + side // 20] = filling
    return copies


def _heated(pixels: np.ndarray, drops: np.ndarray) -> np.ndarray:
    """Return a picture in colour with red where covering it changed the prediction most."""
    side = len(pixels)
    colour = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == GREY else pixels[:, :, :3]
    places = np.arange(side) * _PARTS // side
    heat = np.clip(drops, 0, None) / max(float(drops.max()), 1e-9)
    strength = 0.65 * heat[places][:, places][:, :, None]
    red = np.array([220.0, 30.0, 30.0])
    return (colour * (1 - strength) + red * strength).astype(np.uint8)
