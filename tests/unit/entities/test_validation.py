"""Tests of what validation decides about texts with spans, and of its guardrails."""

import json

import numpy as np
import pandas as pd
import pytest

from podium_ml.entities.guardrails import GUARDRAILS
from podium_ml.entities.kind import KIND
from podium_ml.entities.texts.spans import to_json
from podium_ml.errors import DataError, SettingsError
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import EntitiesProblem
from podium_ml.splits.folds import make_folds

NAMES = ["Ada", "Bo", "Cleo", "Dov", "Eli", "Fay", "Gus", "Hal"]


def table(count=80):
    rows = []
    for at in range(count):
        name = NAMES[at % len(NAMES)]
        text = f"Yesterday {name} paid for order {at * 37} and the parcel {at * 91} left the yard."
        rows.append({"text": text, "spans": to_json([(10, 10 + len(name), "WHO")])})
    return pd.DataFrame(rows)


def infer(rows, test=None, **settings):
    return KIND.infer_problem(rows, EntitiesProblem(**settings), test=test)


def results(inferred):
    return {one.name: one for one in inferred.results}


def test_clean_texts_pass():
    inferred = infer(table())
    assert inferred.problem.classes == ("WHO",)
    assert inferred.problem.n_train + inferred.problem.n_test == 80
    assert {one.outcome for one in inferred.results} == {"passed"}
    assert set(results(inferred)) == set(GUARDRAILS)


def test_near_copies_share_a_fold_and_a_side():
    rows = table(60)
    copies = rows.assign(text=rows["text"].str.replace("Yesterday", "yesterday").str.replace(".", " !"))
    inferred = infer(pd.concat([rows, copies], ignore_index=True))
    assert results(inferred)["near_copies"].outcome == "fixed"
    plain = [set(part["text"].str.lower().str.rstrip(" .!")) for part in (inferred.train, inferred.test)]
    assert not plain[0] & plain[1]
    problem = inferred.problem
    made = build_feature_table(KIND.plan_features(problem, inferred.train), inferred.train, problem)
    for train, valid in make_folds(problem, y=made.y, group=made.group):
        assert not set(made.group[train]) & set(made.group[valid])


def triggers():
    rows = table()
    empty = pd.concat([rows, pd.DataFrame({"text": ["  ", "x"], "spans": ["[]", None]})], ignore_index=True)
    inside = table(200)
    inside.loc[0, "spans"] = to_json([(0, 3, "WHO")])
    long = rows.copy()
    long.loc[0, "text"] = long.loc[0, "text"] + " word" * 400
    damaged = rows.copy()
    damaged.loc[3, "text"] = "Yesterday Dov paid cafÃ© bills"
    scripts = rows.copy()
    scripts.loc[:9, "text"] = [f"Вчера Ада заплатила {at}" for at in range(10)]
    scripts.loc[:9, "spans"] = "[]"
    overlap = rows.copy()
    overlap.loc[0, "spans"] = to_json([(10, 13, "WHO"), (10, 13, "NAME")])
    rare = rows.copy()
    rare.loc[0, "spans"] = to_json([(10, 13, "RARE")])
    noise = rows.copy()
    noise.loc[8, "spans"] = to_json([(10, 13, "WHAT")])
    copies = pd.concat([rows, rows], ignore_index=True)
    return {
        "texts": empty,
        "tokens": inside,
        "long_texts": long,
        "damaged_texts": damaged,
        "scripts": scripts,
        "overlapping_spans": overlap,
        "types": rare,
        "label_noise": noise,
        "near_copies": copies,
    }


@pytest.mark.parametrize("name", sorted(triggers()))
def test_guardrail_is_triggered(name):
    assert results(infer(triggers()[name], test_fraction="0"))[name].outcome != "passed"


def test_a_text_of_ten_megabytes_is_read_in_parts():
    rows = table()
    rows.loc[0, "text"] += " word" * (2 << 20)
    inferred = infer(rows, test_fraction="0")
    assert results(inferred)["long_texts"].outcome == "fixed"
    assert inferred.problem.texts.longest <= 128
    assert "".join(inferred.train.loc[inferred.train["unit"] == 0, "text"]) == rows["text"][0]


def test_types_that_only_the_test_has_are_told():
    test = table(20)
    test["text"] = test["text"].str.replace("order", "bill")
    test.loc[0, "spans"] = to_json([(10, 13, "PET")])
    inferred = infer(table(), test)
    found = results(inferred)["given_test"]
    assert found.outcome == "alert"
    assert "PET" in found.seen
    assert inferred.problem.classes == ("WHO",)


def test_spans_inside_of_words_make_characters_tokens():
    rows = pd.DataFrame({"text": [f"order{at}of{name}" for at, name in enumerate(NAMES * 3)]}).assign(
        spans=lambda one: [to_json([(text.index("of") + 2, len(text), "WHO")]) for text in one["text"]]
    )
    assert infer(rows).problem.texts.level == "characters"


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (table(5), "at least"),
        (table().assign(spans="[]"), "No text has a span"),
        (table().assign(spans='[[0, 999, "A"]]'), "outside"),
        (table().assign(spans="nonsense"), "no list of spans"),
    ],
)
def test_unusable_texts_are_refused(rows, what):
    with pytest.raises(DataError, match=what):
        infer(rows)


def test_missing_columns_are_refused():
    with pytest.raises(SettingsError, match="no column 'spans'"):
        infer(table().drop(columns="spans"))


def test_order_of_labels_does_not_matter():
    rows = table()
    two = infer(rows.iloc[::-1].reset_index(drop=True), test_fraction="0").problem
    one = infer(rows, test_fraction="0").problem
    assert one.classes == two.classes
    assert one.texts == two.texts
    assert np.isclose(one.n_folds, two.n_folds)


def test_copies_of_one_text_are_refused():
    with pytest.raises(DataError, match="All 50 texts are copies of one"):
        infer(pd.concat([table(1)] * 50, ignore_index=True))


def test_one_document_is_no_reason_to_test_nothing():
    inferred = infer(table().assign(document="a#1"))
    assert inferred.problem.n_test > 0


def test_cells_hold_spans_as_other_programs_write_them():
    rows = table(40)
    forms = [
        lambda a, b: str([(a, b, "WHO")]),
        lambda a, b: str([{"start": a, "end": b, "label": "WHO"}]),
        lambda a, b: json.dumps([{"start": a, "end": b, "labels": ["WHO"], "text": rows["text"][0][a:b]}]),
    ]
    ends = [10 + len(NAMES[at % len(NAMES)]) for at in range(40)]
    for form in forms[:2]:
        written = rows.assign(spans=[form(10, end) for end in ends])
        pd.testing.assert_frame_equal(infer(written).train, infer(rows).train)
    assert infer(rows.assign(spans=[forms[2](10, 13), *rows["spans"][1:]])).problem.classes == ("WHO",)
    for wrong, what in (
        ("[(1, 2)]", "no list of spans"),
        (forms[2](11, 13).replace("da", "xx"), "says 'xx'"),
    ):
        with pytest.raises(DataError, match=f"Row 1: .*{what}"):
            infer(rows.assign(spans=[wrong, *rows["spans"][1:]]))


def test_two_columns_of_texts_need_a_name():
    with pytest.raises(SettingsError, match="the columns are title, body, spans") as caught:
        infer(table().rename(columns={"text": "body"}).assign(title="x")[["title", "body", "spans"]])
    assert "'text'" in caught.value.hint
