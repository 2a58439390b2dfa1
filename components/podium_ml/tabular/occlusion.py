"""Which parts of pictures matter: what the whole model predicts of them with each part covered."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.media.decoding import decode_any
from podium_ml.media.errors import PictureError
from podium_ml.media.occlusion import covered, heated
from podium_ml.media.shown import shown_picture
from podium_ml.run.budget import Deadline
from podium_ml.targets import target_of

_PICTURES = 6


def occlusion_maps(predictor: Any, rows: pd.DataFrame, *, deadline: Deadline) -> tuple[dict[str, Any], ...]:
    """Return pictures on which the parts that speak for the prediction are red, as ``shown_picture`` makes them.

    The whole model predicts, an ensemble with all of its members, and all that it reads of a picture is made anew.

    Args:
        predictor: The model.
        rows: Some rows, of which the first with pictures are shown.
        deadline: When to stop.
    """
    source = next(one.name for one in predictor.problem.features if one.role == "image")
    table = rows[rows[source].notna()].head(_PICTURES)
    made = []
    for row in range(len(table)):
        if deadline.passed():
            break
        try:
            made.append(_of_row(predictor, table.iloc[[row]], source))
        except PictureError:
            continue
    return tuple(made)


def _of_row(predictor: Any, row: pd.DataFrame, source: str) -> dict[str, Any]:
    image = decode_any(row[source].iloc[0]).image
    pictures = [image, *covered(image)]
    repeated = row.iloc[[0] * len(pictures)].reset_index(drop=True)
    repeated[source] = pd.Series(pictures, dtype=object)
    features = predictor.featurizer.transform(repeated)
    raw = np.asarray(predictor.predict_features(features), dtype=np.float64)
    problem, target = predictor.problem, target_of(predictor.problem)
    note = target.text(target.decode(target.decide(raw[:1], predictor.threshold), problem)[0])
    of_class = raw if raw.ndim == 1 else raw[:, int(target.main_output(raw[:1], predictor.threshold)[0])]
    drops = of_class[0] - of_class[1:]
    return shown_picture(
        heated(image, np.abs(drops) if raw.ndim == 1 else drops), note, wrong=False, side=128
    )
