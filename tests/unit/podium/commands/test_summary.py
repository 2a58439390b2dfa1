"""Tests of what a run says about its model when it ends."""

import json

import pandas as pd

from podium.commands._summary import facts_of


def deliver(folder, *, low=0.7, columns=7, refit="Refitted on all 1,000 rows, including the 200 test rows."):
    test = {"roc_auc": {"value": 0.78238, "low": low, "high": 0.85}}
    metrics = {"metric": "roc_auc", "test": test, "test_rows": 200, "refitted": True, "refit": refit}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "model.pkl").write_bytes(bytes(3 * 2**20))
    board = {"model": ["forest", "ridge"], "predict_ms": [3.99, 0.5], "chosen": [True, False]}
    pd.DataFrame(board).to_csv(folder / "leaderboard.csv", index=False)
    names = [f"c{number}" for number in range(columns)]
    pd.DataFrame({"column": names, "importance": range(columns)}).to_csv(
        folder / "importance.csv", index=False
    )


def test_score_refit_cost_and_drivers_are_said(tmp_path):
    deliver(tmp_path)
    assert facts_of(tmp_path) == [
        ("Test", "roc_auc 0.7824 (0.7 to 0.85) on 200 test rows"),
        ("Refit", "Refitted on all 1,000 rows, including the 200 test rows."),
        ("Cost", "4 ms to predict a row, 3 MB"),
        ("Drivers", "c6, c5, c4, c3, c2 (of 7 columns)"),
    ]


def test_score_without_interval_and_model_without_columns(tmp_path):
    deliver(tmp_path, low=None, columns=0, refit="")
    assert [title for title, _ in facts_of(tmp_path)] == ["Test", "Cost"]
    assert facts_of(tmp_path)[0][1] == "roc_auc 0.7824 on 200 test rows"
