"""Tests of forecasters that go on from the test rows without having been refitted on them."""

import json

import pandas as pd
import pytest

from podium_ml.kinds import load_predictor
from podium_ml.refitting.handover import model_to_hand_over
from podium_ml.stages import refit_model
from tests.unit.forecasting.fitted import fitted, inferred, weekly

BOTH = ("baseline", "ridge_reduction")


@pytest.fixture(scope="module")
def table():
    return weekly()


def test_forecasts_begin_after_the_rows_that_were_followed(table):
    before = fitted(table, algorithms=BOTH, without_test=True)
    after = before.follow(inferred(table).test)
    assert before.predict()["day"].min() == pd.Timestamp("2024-03-04")
    assert after.predict()["day"].min() == pd.Timestamp("2024-03-11")
    pd.testing.assert_frame_equal(after.predict(), before.predict(table))


def test_model_without_refit_knows_the_newest_rows(table, tmp_path):
    found = inferred(table)
    (tmp_path / "model").mkdir()
    fitted(table, algorithms=BOTH, without_test=True).save(tmp_path / "model" / "model.pkl")
    found.problem.save(tmp_path / "problem.json")
    found.train.to_parquet(tmp_path / "train.parquet")
    found.test.to_parquet(tmp_path / "test.parquet")
    paths = {name: str(tmp_path / f"{name}.parquet") for name in ("train", "test")}
    facts = refit_model.run(
        model=str(tmp_path / "model"),
        problem=str(tmp_path / "problem.json"),
        candidates=[],
        refitted=str(tmp_path / "refitted"),
        enabled=False,
        **paths,
    )
    assert "goes on from the newest of all rows" in facts["reason"]
    assert json.loads((tmp_path / "refitted" / "refit.json").read_text()) == facts
    model = load_predictor(model_to_hand_over(tmp_path / "model", tmp_path / "refitted"))
    assert model.predict()["day"].min() == pd.Timestamp("2024-03-11")
