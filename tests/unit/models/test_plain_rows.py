"""Tests of encoded rows as models see them when they predict."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from podium_ml.models.plain_rows import plain_rows
from podium_ml.training import fit


def frame() -> pd.DataFrame:
    colours = pd.Categorical(["red", None, "blue"], categories=["blue", "red", "green"])
    return pd.DataFrame({"n": np.array([1.5, np.nan, 3.0], dtype=np.float32), "c": colours})


def test_frames_become_matrices() -> None:
    found = plain_rows(frame())
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [[1.5, 1], [np.nan, np.nan], [3.0, 0]])
    assert plain_rows(frame()[[]]).shape == (3, 0)
    assert plain_rows(found) is found


def test_speed_is_measured_on_matrices() -> None:
    """A data frame would take longer to read than a row to predict."""
    seen: list[object] = []
    model = SimpleNamespace(predict_encoded=seen.append)
    one, further = fit._speed(model, SimpleNamespace(X_train=frame(), train=np.arange(3)))  # type: ignore[arg-type]
    assert one > 0
    assert further >= 0
    assert {rows.shape for rows in seen if isinstance(rows, np.ndarray)} == {(1, 2), (3, 2)}
    assert all(isinstance(rows, np.ndarray) for rows in seen)
