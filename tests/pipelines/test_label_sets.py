"""Tests of multi-label classification from the table to the champion."""

import json

import numpy as np
import pandas as pd
import pytest

import podium
from podium.commands.predict import predictions

pytestmark = pytest.mark.slow
LABELS = ["comedy", "drama"]


def films(rows, seed):
    """Return films whose genres depend on two of three columns."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(random.normal(size=(rows, 3)), columns=["pace", "length", "noise"]).round(4)
    flags = np.column_stack([table["pace"] > 0.2, table["length"] + 0.3 * table["pace"] > 0])
    flags ^= random.random(flags.shape) < 0.05
    sets = [[label for label, has in zip(LABELS, row, strict=True) if has] for row in flags]
    return table.assign(genres=pd.Series(sets, dtype=object))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Return two runs. The second one has more data, and its model challenges the first one's."""
    folder = tmp_path_factory.mktemp("films")
    made = []
    for name, table in (("first", films(160, 1)), ("second", films(460, 2))):
        table.to_parquet(folder / f"{name}.parquet")
        run = podium.run(
            folder / f"{name}.parquet",
            "genres",
            name="films",
            max_trials=1,
            algorithms="decision_tree,logistic_regression",
            out=folder / "runs" / name,
        )
        made.append(run.wait())
    return made


def test_every_model_has_all_multilabel_scores(runs):
    board = runs[0].leaderboard
    assert board["status"].eq("ok").all()
    assert {"weighted_ensemble", "stacked_ensemble", "decision_tree", "baseline"} <= set(board["model"])
    scores = board.set_index("model")
    for metric in ("f1_micro", "f1_macro", "f1_samples", "jaccard_samples", "subset_accuracy", "lrap"):
        assert scores.loc["decision_tree", f"{metric}_test"] > 0.7, metric
    assert scores.loc["decision_tree", "hamming_loss_test"] < 0.2
    assert scores.loc["decision_tree", "f1_micro_test_low"] < scores.loc["decision_tree", "f1_micro_test"]


def test_predictions_are_lists_of_labels(runs):
    rows = films(40, 3)
    predicted = runs[0].predictor.predict(rows.drop(columns="genres"))
    assert all(isinstance(labels, list) for labels in predicted)
    right = [set(ours) == set(theirs) for ours, theirs in zip(predicted, rows["genres"], strict=True)]
    assert np.mean(right) > 0.6
    table = predictions(runs[0].predictor, rows, proba=True)
    assert list(table) == ["prediction", "probability_comedy", "probability_drama"]
    assert table["prediction"].tolist() == [", ".join(labels) for labels in predicted]


def test_report_shows_each_label_and_importance(runs):
    report = runs[0].report.read_text(encoding="utf-8")
    assert "How well each label is predicted" in report
    assert "Which of 2 labels does it have?" in report
    assert (
        "The model is right for" not in report
    )  # micro F1 is the share of correct rows only with one label per row
    for chart in ("ROC curve", "Precision and recall"):
        assert chart in report
    importance = pd.read_csv(runs[0].path / "importance.csv").set_index("column")["importance"]
    assert importance["pace"] > importance["noise"]
    explained = runs[0].predictor.explain(films(3, 4).drop(columns="genres"))
    assert explained[["pace", "length"]].abs().to_numpy().max() > 0.05


def test_champion_and_challenger_are_compared(runs):
    decision = json.loads((runs[1].path / "decision.json").read_text())
    assert decision["champion"] == "films/1"
    assert decision["rows"] >= 30
    assert 0.5 < decision["champion_score"] <= 1
    assert decision["low"] <= decision["improvement"] <= decision["high"]
