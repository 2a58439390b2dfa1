"""Tests of reading numbers in many notations."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium_ml.tabular.features._numbers import NumberColumn
from podium_ml.values.numbers import NumberFormat, read_number, read_numbers
from podium_ml.values.written_numbers import parse_number
from tests.unit.values.test_decimal_marks import PLAIN


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("1,234", 1234), ("1,234,567.5", 1234567.5), ("12%", 12), ("$5", 5), ("5 €", 5), ("(5)", -5)),
        *(("($1,000)", -1000), ("-$5", -5), ("$-5", -5), ("5-", -5), ("−5", -5), ("+5", 5), ("EUR 5", 5)),
        *(("1 234", 1234), ("1\u00a0234", 1234), ("1'234.5", 1234.5), ("3k", 3000), ("2.5M", 2.5e6), ("1bn", 1e9)),
        *(("1e-3", 0.001), (".5", 0.5), ("5.", 5)),
        *(("٣٤٩٧", 3497), ("٣٬٤٩٧٫٥", 3497.5), ("३४९७", 3497), ("３，４９７．５", 3497.5), ("−３％", -3)),
    ],
)  # fmt: skip
def test_valid_numbers(text: str, number: float) -> None:
    assert read_number(text) == pytest.approx(number)


@pytest.mark.parametrize(
    "text", ["", "x", "1.2.3", "(5", "5)", "--5", "1/2", "12 apples", "e5", "$", "%", "2024-01-01"]
)
def test_invalid_numbers_are_missing(text: str) -> None:
    assert np.isnan(read_number(text))


@pytest.mark.parametrize(("texts", "mark"), PLAIN)
def test_decimal_mark_is_detected(texts: list[str], mark: str) -> None:
    assert NumberColumn.plan(pd.Series(texts, dtype="str")).decimal == mark


def test_column_with_decimal_commas_accepts_numbers() -> None:
    column = NumberColumn.plan(pd.Series(["1,5", "1.000,25", None]))
    assert column.transform(pd.Series(["2,5", 3, 4.5, "x"], dtype=object))[0].tolist()[:3] == [2.5, 3, 4.5]
    assert column.transform(pd.Series([1.25, 2.0]))[0].tolist() == [1.25, 2.0]
    assert "decimal comma" in column.parts[0].how


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 2]),
        pd.Series([1, 2], dtype="Int64"),
        pd.Series([1.0, 2.0], dtype="Float32"),
        pd.Series(["1", " 2.0 "]),
        pd.Series(["1", "2"], dtype="string"),
        pd.Series(["1", "2"], dtype="category"),
        pd.Series([1, 2], dtype="category"),
        pd.Series([Decimal(1), Decimal("2.0")]),
        pd.Series(["1", 2], dtype=object),
        pd.Series([1, 2], dtype="int64[pyarrow]"),
    ],
)
def test_result_does_not_depend_on_the_type(column: pd.Series) -> None:
    assert read_numbers(column).tolist() == [1, 2]
    missing = read_numbers(column.reindex([0, 5]))
    assert missing[0] == 1
    assert np.isnan(missing[1])


def test_infinite_and_invalid_values_are_missing() -> None:
    assert np.isnan(read_numbers(pd.Series([np.inf, -np.inf, np.nan]))).all()
    assert np.isnan(read_numbers(pd.Series(["inf", "nan", "-Infinity", "unknown"]))).all()
    assert np.isnan(read_numbers(pd.Series([{}, [1], None, object()], dtype=object))).all()


def test_durations_become_seconds_and_booleans_become_numbers() -> None:
    assert read_numbers(pd.Series([datetime.timedelta(minutes=1), None])).tolist()[0] == 60
    assert read_numbers(pd.Series([True, False])).tolist() == [1, 0]


def test_input_is_not_modified() -> None:
    column = pd.Series([1.0, np.inf])
    read_numbers(column)
    assert column[1] == np.inf


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["47.1 kg", "5 kg"], [47.1, 5]),
        (["500 g", "1.2 kg", "3 kg", "0.5kg"], [0.5, 1.2, 3, 0.5]),
        (["2 of 12", "11 of 12"], [2, 11]),
        (["1 year", "10 years"], [1, 10]),
        (["36:15:00", "59:30"], [130500, 3570]),
        (["0 days 00:03:12", "1 days 00:00:00"], [192, 86400]),
        (["10.1.11.1", "10.11.1.1"], [167840513, 168493313]),
    ],
)
def test_numbers_with_a_unit(texts: list[str], numbers: list[float]) -> None:
    planned = NumberFormat.plan(pd.Series(texts))
    assert planned.read(pd.Series(texts)).tolist() == pytest.approx(numbers)
    assert planned.read(pd.Series(texts[:1])).tolist() == pytest.approx(numbers[:1])
    assert planned.tells_apart(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["5", "5 kg", "6 kg"],
        ["5%", "5", "7"],
        ["12%", "0.3", "0.5"],
        ["12345678901234567891", "12345678901234567892"],
        ["0.12345678901234567891", "0.12345678901234567892"],
    ],
)
def test_numbers_that_would_become_equal_are_not_told_apart(texts: list[str]) -> None:
    assert not NumberFormat.plan(pd.Series(texts)).tells_apart(texts)


def test_spellings_of_one_number_are_one_number() -> None:
    texts = ["5", "5.0", "+5", "5e0", "1,000", "1000", "1k"]
    assert NumberFormat.plan(pd.Series(texts)).tells_apart(texts)


@given(st.lists(st.text("0123456789.,-%kg ", min_size=1, max_size=10), min_size=1, max_size=30))
def test_what_is_told_apart_has_as_many_floats_as_numbers(texts: list[str]) -> None:
    planned = NumberFormat.plan(pd.Series(texts))
    if not planned.tells_apart(texts):
        return
    numbers = planned.read(pd.Series(texts, dtype=object))
    read = {text: number for text, number in zip(texts, numbers, strict=True) if np.isfinite(number)}
    written = {text: parse_number(text, decimal=planned.decimal) for text in read}
    exact = {(Decimal(one.digits), one.unit) for one in written.values() if one is not None}
    if planned.unit != "kg":  # grams and kilograms of the same weight are equal
        assert len(set(read.values())) == len(exact)
