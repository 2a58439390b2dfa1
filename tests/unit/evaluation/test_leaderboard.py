"""Tests of the leaderboard file."""

import pandas as pd

from podium_ml.contracts import Evaluation, MetricValue, ModelScores
from podium_ml.evaluation.leaderboard import write_leaderboard


def test_numbers_have_ten_digits_and_missing_values_are_empty(tmp_path):
    models = (
        ModelScores(
            "good",
            "ok",
            oof_score=1 / 3,
            test={"f1": MetricValue(2 / 3, 0.1, 0.9)},
            chosen=True,
            n_trials=4,
            n_columns=3,
        ),
        ModelScores("unscored", "ok", reason="Not scored, for it took long.", oof_score=0.2),
        ModelScores("undefined", "ok", oof_score=0.1, test={"f1": MetricValue(None)}),
        ModelScores("broken", "failed", reason='Said "no", and ended.'),
    )
    write_leaderboard(Evaluation("f1", True, 10, models), tmp_path / "leaderboard.csv")
    lines = (tmp_path / "leaderboard.csv").read_text().splitlines()
    assert lines[1] == "1,good,ok,0.3333333333,0.6666666667,0.1,0.9,0.0,0.0,0,3,4,False,True,"
    table = pd.read_csv(tmp_path / "leaderboard.csv", index_col="model")
    assert table.loc[["unscored", "undefined", "broken"], "f1_test"].isna().all()
    assert table.loc["broken", "reason"] == 'Said "no", and ended.'


def test_test_columns_are_empty_without_test_rows(tmp_path):
    models = (ModelScores("only", "ok", oof_score=0.5, chosen=True),)
    table = write_leaderboard(Evaluation("own_metrics:cost", False, 0, models), tmp_path / "l.csv")
    assert table["own_metrics:cost_test"].isna().all()
    assert table["own_metrics:cost_oof"].tolist() == [0.5]
