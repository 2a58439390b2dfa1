"""Tests of annotations that were cancelled in Prodigy, which are no truth."""

import json

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError
from podium_ml.ingestion.read import read_with_readings
from podium_ml.kinds import KINDS
from podium_ml.settings import TabularSettings

ANSWERS = ("accept", "reject", "accept", "ignore", "accept", "accept")


def records(rows=90, *, keys=("_input_hash", "_task_hash"), answers=ANSWERS):
    """Return records as Prodigy writes them: one label, and that of several which was accepted."""
    random, found = np.random.default_rng(0), []
    for at in range(rows):
        answer, thing = answers[at % len(answers)], ("tea", "film")[at % 2]
        label = thing if answer == "accept" else "wrong"
        words = " ".join(random.choice(["good", "bad", "late", "early", "very"], 6))
        found.append({
            "text": f"The {thing} number {at} was {words}",
            "label": label,
            "accept": [label] if answer == "accept" else [],
            "answer": answer,
            **{key: int(random.integers(-(2**31), 2**31)) for key in keys},
        })  # fmt: skip
    return found


def infer(path, rows, *, test=None, **settings):
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    table, readings = read_with_readings(str(path))
    test = None if test is None else pd.DataFrame(test)
    inferred = KINDS["tabular"].infer_problem(
        table, TabularSettings(**{"target": "label"} | settings), test=test, readings=readings
    )
    return inferred, next(one for one in inferred.results if one.name == "missing_target")


@pytest.mark.parametrize(
    ("settings", "task"),
    [
        ({}, "binary"),
        ({"target": "accept", "task": "classification"}, "binary"),
        ({"target": "accept", "task": "multilabel"}, "multilabel"),
    ],
)
def test_cancelled_annotations_are_no_truth(settings, task, tmp_path):
    inferred, told = infer(tmp_path / "rows.jsonl", records(), **settings)
    assert (inferred.problem.task, set(inferred.problem.classes)) == (task, {"film", "tea"})
    assert len(inferred.train) + len(inferred.test) == 60
    assert "answer" not in [column.name for column in inferred.problem.features]
    assert (told.outcome, told.seen) == (
        "fixed",
        "The annotations of 30 rows were cancelled (answer: reject or ignore).",
    )


def test_cancelled_annotations_are_not_tested_on(tmp_path):
    inferred, _ = infer(tmp_path / "rows.jsonl", records(), test=records(30))
    assert len(inferred.test) == 20
    assert set(inferred.test["label"]) == {"film", "tea"}


@pytest.mark.parametrize(
    ("rows", "settings"),
    [
        (records(keys=()), {}),
        (records(answers=("reject", "ignore", "no")), {"target": "text_of"}),
        (records(), {"target": "answer"}),
    ],
)
def test_other_answers_are_data(rows, settings, tmp_path):
    rows = [one | {"text_of": one["answer"]} for one in rows]
    inferred, told = infer(tmp_path / "rows.jsonl", rows, **settings)
    assert len(inferred.train) + len(inferred.test) == 90
    assert told.outcome == "passed"


def test_a_file_of_cancelled_annotations_is_refused(tmp_path):
    with pytest.raises(DataError, match="annotations of all 90 rows were cancelled"):
        infer(tmp_path / "rows.jsonl", records(answers=("reject", "ignore")))
