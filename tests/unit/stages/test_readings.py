"""Tests that a column is read once, on all rows, and that training and test rows are read alike."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Problem
from tests.unit.stages.reading import read_run

Write = Callable[[str, str], str]
ROWS = 120
RNG = np.random.default_rng(0)
MIXED = RNG.permutation(ROWS)  # in another order than the rows, or it would count as a row counter


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str) -> str:
        (tmp_path / name).write_text(content, encoding="utf-8")
        return str(tmp_path / name)

    return write_file


def german(number: float, decimals: int = 0) -> str:
    return f"{number:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def lines(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows, ""])


def test_target_with_groups_and_few_cents(write: Write, tmp_path: Path) -> None:
    prices = RNG.integers(50, 40_000, ROWS) + np.where(np.arange(ROWS) % 40 == 0, 0.5, 0)
    rows = [f"{i};{german(price, 2 * bool(price % 1))} €" for i, price in zip(MIXED, prices, strict=True)]
    run = read_run(write("a.csv", lines("x;y", rows)), tmp_path)
    assert run.problem.task == "regression"
    assert sorted(run.rows()["y"]) == sorted(prices)


def test_groups_of_thousands_follow_the_decimal_commas_of_the_file(write: Write, tmp_path: Path) -> None:
    prices = RNG.integers(50, 40_000, ROWS)
    rows = [f"{german(price)} €;{german(price / 7, 1)};{i}" for i, price in zip(MIXED, prices, strict=True)]
    run = read_run(write("a.csv", lines("price;size;y", rows)), tmp_path)
    assert sorted(run.rows()["price"]) == sorted(prices)
    assert run.reading("price").decimal == run.reading("size").decimal == run.reading("y").decimal == ","


def test_groups_of_thousands_beside_smaller_numbers(write: Write, tmp_path: Path) -> None:
    prices = RNG.integers(50, 40_000, ROWS)
    rows = [f"{german(price)}\t{price % 7 + 1000}" for price in prices]
    run = read_run(write("a.tsv", lines("price\ty", rows)), tmp_path)
    assert sorted(run.rows()["price"]) == sorted(prices)
    assert "--decimal" in run.reading("price").doubt


def test_three_decimals_in_a_file_without_commas(write: Write, tmp_path: Path) -> None:
    weights = 1 + RNG.integers(1, 3_000, ROWS) / 1_000
    rows = [f"{weight:.3f};{i % 9}" for i, weight in enumerate(weights)]
    run = read_run(write("a.csv", lines("w;y", rows)), tmp_path)
    assert run.rows()["w"].max() < 5
    assert "--decimal ," in run.reading("w").doubt


def test_own_test_rows_are_read_like_the_training_rows(write: Write, tmp_path: Path) -> None:
    source = write("a.csv", lines("w;c;y", [f"{i + 0.5};1.10;{i}".replace(".5", ",5") for i in MIXED]))
    test = write("b.csv", lines("w;c;y", [f"1.25{i};1.10;{i}" for i in range(9)]))
    run = read_run(source, tmp_path, test=test)
    assert run.test["w"].tolist() == [1250 + i for i in range(9)]


def test_own_test_rows_in_another_notation_are_refused(write: Write, tmp_path: Path) -> None:
    from podium_ml.errors import DataError

    source = write("a.csv", lines("w;y", [f"{i},5;{i}" for i in MIXED]))
    test = write("b.csv", lines("w;y", [f"{i}.5;{i}" for i in range(9)]))
    with pytest.raises(DataError, match=r"'w' holds numbers in the training data, but '0\.5'") as caught:
        read_run(source, tmp_path, test=test)
    assert "decimal mark" in caught.value.hint


def test_readings_are_kept_and_may_be_absent(write: Write, tmp_path: Path) -> None:
    run = read_run(write("a.csv", lines("w;y", [f"{i},5;{i}" for i in MIXED])), tmp_path)
    assert run.problem.reader == {"format": "csv", "delimiter": ";", "encoding": "utf-8"}
    stored = run.problem.to_dict()
    assert Problem.from_dict(stored) == run.problem
    for column in stored["columns"]:
        del column["reading"]
    del stored["reader"]
    assert Problem.from_dict(stored).readings == {}


CLASSES = {"None": ["None", "Open", "Short"], "-": ["-", "1", "2"], "none": ["none", "no", "yes"]}


@pytest.mark.parametrize(
    "classes",
    [
        *CLASSES.values(),
        ["unknown", "1", "2"],
        ["None", "Type 2"],
        ["?", "a", "b"],
        ["null", "full", "part"],
        ["nan", "roti"],
    ],
)
def test_a_frequent_marker_of_the_target_is_a_class(write: Write, tmp_path: Path, classes: list[str]) -> None:
    labels = RNG.choice(classes, ROWS)
    run = read_run(
        write("a.csv", lines("x,y", [f"{i},{label}" for i, label in zip(MIXED, labels, strict=True)])),
        tmp_path,
    )
    assert set(run.problem.classes) == set(classes)
    assert len(run.rows()) == ROWS
    assert f"`--missing-markers {classes[0]}` reads it as missing" in run.reading("y").doubt


def test_a_class_beside_numbers_in_json(write: Write, tmp_path: Path) -> None:
    rows = [json.dumps({"x": int(i), "y": [1, 2, "-"][i % 3]}) for i in MIXED]
    run = read_run(write("a.jsonl", "\n".join(rows)), tmp_path)
    assert set(run.problem.classes) == {"1", "2", "-"}


def test_a_marker_is_missing_if_other_columns_use_it_so(write: Write, tmp_path: Path) -> None:
    rows = [f"{i if i % 5 else 'NA'},{['NA', 'a', 'b'][i % 3]}" for i in MIXED]
    run = read_run(write("a.csv", lines("x,y", rows)), tmp_path)
    assert set(run.problem.classes) == {"a", "b"}


def test_a_rare_marker_of_the_target_is_missing(write: Write, tmp_path: Path) -> None:
    rows = [f"{i},{'None' if i % 40 == 0 else 'ab'[i % 2]}" for i in MIXED]
    run = read_run(write("a.csv", lines("x,y", rows)), tmp_path)
    assert set(run.problem.classes) == {"a", "b"}
    assert "'None' (3 rows) was read as missing" in run.reading("y").doubt


def test_markers_of_a_numeric_target_are_missing(write: Write, tmp_path: Path) -> None:
    rows = [f"{i},{'-' if i % 4 == 0 else i * 1.5}" for i in MIXED]
    run = read_run(write("a.csv", lines("x,y", rows)), tmp_path)
    assert run.problem.task == "regression"
    assert len(run.rows()) == ROWS * 3 / 4
    assert not run.reading("y").doubt


def test_the_user_chooses_the_markers(write: Write, tmp_path: Path) -> None:
    rows = [
        f"{-999 if i % 5 == 0 else i},{['None', 'NA', 'ok'][i % 3]},{['NA', 'a', 'b'][i % 3]}" for i in MIXED
    ]
    run = read_run(write("a.csv", lines("x,c,y", rows)), tmp_path, missing_markers="-999, None")
    assert run.rows()["x"].isna().sum() == ROWS / 5
    assert set(run.rows()["c"].dropna()) == {"NA", "ok"}
    assert set(run.problem.classes) == {"NA", "a", "b"}
    new = pd.DataFrame({"x": ["-999", "7"], "c": ["None", "NA"]})
    features = run.featurizer.transform(new)
    assert features["x"].isna().tolist() == features["c"].isna().tolist() == [True, False]
    numbers = run.featurizer.transform(pd.DataFrame({"x": [-999, 7], "c": ["ok", None]}))
    assert numbers["x"].isna().tolist() == [True, False]


def test_a_word_is_a_value_beside_blanks(write: Write, tmp_path: Path) -> None:
    rows = [f"{i},{['None', '', 'ok'][i % 3]},{i % 2}" for i in MIXED]
    run = read_run(write("a.csv", lines("x,c,y", rows)), tmp_path)
    assert set(run.rows()["c"].dropna()) == {"None", "ok"}
    assert run.reading("c").kept == ("None",)


def test_categories_and_texts_that_the_user_sets_stay_as_they_are_written(
    write: Write, tmp_path: Path
) -> None:
    versions = [f"{1 + i % 2}.{1 + i % 12}{'0' * (i % 3)}" for i in range(ROWS)]
    source = write("a.csv", lines("v,y", [f"{v},{i % 2}" for i, v in enumerate(versions)]))
    run = read_run(source, tmp_path, types="v=category")
    assert set(run.rows()["v"]) == set(versions)
    assert run.reading("v").type == "string"
