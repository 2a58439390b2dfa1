"""Tests that rows with nearly equal texts stay together."""

import html

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import SettingsError
from podium_ml.kinds import KINDS, kind_of_settings, parse_settings
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import TabularSettings
from podium_ml.splits.folds import make_folds
from podium_ml.values.near_copies import near_copy_codes, plain_form


def texts(count=110, seed=0):
    rng = np.random.default_rng(seed)
    words = ["".join(rng.choice(list("aeioubdkmprst"), 6)) for _ in range(200)]
    return [" ".join(rng.choice(words, 9)) for _ in range(count)]


def copies():
    """Return each text three times, as it is, again, and with punctuation; labels are chance, one a text."""
    rng, own = np.random.default_rng(1), texts()
    rows = [
        {"text": text, "group": label}
        for one, label in zip(own, rng.choice(["a", "b", "c"], len(own)), strict=True)
        for text in (
            one,
            one,
            html.escape(one.capitalize().replace(" ", " & ", 1)).replace(" &amp; ", ", ") + ".",
        )
    ]
    return pd.DataFrame(rows).sample(frac=1, random_state=0).reset_index(drop=True)


@pytest.fixture(scope="module")
def inferred():
    return KINDS["tabular"].infer_problem(copies(), TabularSettings(target="group"))


def test_copies_never_straddle_the_test(inferred):
    train, test = ({plain_form(one) for one in part["text"]} for part in (inferred.train, inferred.test))
    assert train
    assert test
    assert not train & test


def test_copies_share_a_fold(inferred):
    kind, problem = KINDS["tabular"], inferred.problem
    table = build_feature_table(kind.plan_features(problem, inferred.train), inferred.train, problem)
    codes = near_copy_codes(inferred.train["text"].tolist())
    for train, valid in make_folds(problem, y=table.y, group=table.group):
        assert not set(codes[train]) & set(codes[valid])


def test_copies_are_told_and_leave_a_separate_test():
    rows = copies()
    told = {
        one.name: one for one in KINDS["tabular"].infer_problem(rows, TabularSettings(target="group")).results
    }
    assert told["text_copies"].outcome == "fixed"
    fresh = pd.DataFrame({"text": texts(60, seed=5), "group": ["a", "b", "c"] * 20})
    test = pd.concat([rows.head(20), fresh], ignore_index=True)
    left = KINDS["tabular"].infer_problem(rows, TabularSettings(target="group"), test=test).test
    assert len(left) == 60


def test_usual_short_answers_are_no_copies():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"n": rng.normal(size=300), "note": rng.choice(["fine", "as ever", *texts(80)], 300)})
    rows["y"] = np.where(rows["n"] > 0, "yes", "no")
    rows["note"] = rows["note"].where(rng.random(300) < 0.5, "nothing to report today")
    inferred = KINDS["tabular"].infer_problem(rows, TabularSettings(target="y", types="note=text"))
    assert inferred.problem.n_test > 30


@pytest.mark.parametrize(
    ("name", "task"),
    [("text-classification", "classification"), ("text-classification-multilabel", "multilabel")],
)
def test_names_of_tasks_of_azure(name, task):
    settings = parse_settings({"source": "a.csv", "target": "y", "task": name})
    assert settings.task == task
    assert parse_settings({"source": "a.jsonl", "task": "text-ner"}).task == "entities"
    assert kind_of_settings({"task": "text-ner"}).name == "entities"
    with pytest.raises(SettingsError):
        parse_settings({"source": "a.csv", "target": "y", "task": "text-nonsense"})


def test_empty_cells_are_empty_sets_among_texts():
    rows = pd.DataFrame({"text": texts(60), "tags": ["a, b", "", "b ,  db.sql,"] * 20})
    rows["tags"] = rows["tags"].replace("", None)
    inferred = KINDS["tabular"].infer_problem(rows, TabularSettings(target="tags", task="multilabel"))
    assert inferred.problem.classes == ("a", "b", "db.sql")
    assert inferred.problem.n_train + inferred.problem.n_test == 60
