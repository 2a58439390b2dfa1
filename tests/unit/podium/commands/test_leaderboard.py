"""Tests of what ``podium leaderboard`` prints."""

import pandas as pd

from podium.commands.leaderboard import rows_of


def test_rows_say_which_model_was_chosen_which_are_as_good_and_why_one_failed():
    table = pd.DataFrame(
        {
            "rank": [1, 2, 3],
            "model": ["ridge", "lightgbm", "xgboost"],
            "status": ["ok", "ok", "failed"],
            "rmse_oof": [1.0, 1.1, None],
            "rmse_test": [1.2, None, None],
            "fit_seconds": [0.1, 2.0, 0.0],
            "predict_ms": [0.3, 0.5, 0.0],
            "columns": [4, 4, 0],
            "n_trials": [3, 2, 0],
            "tied": [True, True, False],
            "chosen": [True, False, False],
            "reason": [None, None, "It exceeded its time limit."],
        }
    )
    rows = rows_of(table)
    assert [row[""] for row in rows] == [
        "chosen, among the best",
        "among the best",
        "It exceeded its time limit.",
    ]
    assert rows[0]["rmse_test"] == 1.2
    assert [rows[2][name] for name in ("rank", "fit_seconds", "predict_ms", "columns")] == [None] * 4


def test_runs_of_earlier_versions_do_not_know_ties():
    table = pd.DataFrame(
        {"rank": [1], "model": ["ridge"], "status": ["ok"], "f1_oof": [0.5], "chosen": [True]}
    )
    assert rows_of(table) == [{"rank": 1, "model": "ridge", "f1_oof": 0.5, "": "chosen"}]
