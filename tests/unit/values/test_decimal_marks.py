"""Tests of the decision whether the point or the comma is the decimal mark of a column."""

import pytest

from podium_ml.values.decimal_marks import decide_mark, find_clues

# Numbers without a unit, and the decimal mark that they mean.
PLAIN = [
    (["1,5", "2,75"], ","),
    (["1.234,5", "2"], ","),
    (["1.234.567", "1"], ","),
    (["0,123", "5,123"], ","),
    (["1,234", "5,678"], "."),
    (["1.5", "1,234"], "."),
    (["1,234,567"], "."),
    (["12%", "5"], "."),
    ([], "."),
]


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        *PLAIN,
        (["929 €", "3.497 €"], ","),
        (["929 €", "3.497 €", "539,50 €"], ","),
        (["1929 €", "3.497 €"], "."),
        (["1.929 €", "3.497 €"], ","),
        (["EUR 1.929", "EUR 0.497"], "."),
        (["$1,929", "$3,497"], "."),
        (["3.041", "2.083"], "."),
        (["0", "3.041"], "."),
        (["1 929", "3.497"], "."),
        (["10.1.11.1", "1.10.11.1"], "."),
    ],
)
def test_numbers_of_the_column_decide(texts: list[str], mark: str) -> None:
    assert decide_mark(find_clues(texts)).mark == mark


@pytest.mark.parametrize("mark", [".", ","])
def test_other_columns_decide_ambiguous_numbers(mark: str) -> None:
    for text in ("3.041", "3,041"):
        decided = decide_mark(find_clues([text, "12"]), file=mark)
        assert (decided.mark, decided.is_sure) == (mark, True)


def test_the_column_knows_better_than_the_file() -> None:
    assert decide_mark(find_clues(["1.5"]), file=",").mark == "."


def test_the_delimiter_decides_last() -> None:
    assert decide_mark(find_clues(["1,234"]), delimiter=";").mark == ","
    assert decide_mark(find_clues(["1,234"]), delimiter="|").mark == "."
    assert decide_mark(find_clues(["12", "3.497"]), delimiter="\t").mark == ","
    assert decide_mark(find_clues(["12", "3.497"]), delimiter=",").mark == "."


@pytest.mark.parametrize(
    ("texts", "is_sure"), [(["3.041"], False), (["3.041", "1000"], True), (["3.5"], True), (["12"], True)]
)
def test_doubt(texts: list[str], is_sure: bool) -> None:
    assert decide_mark(find_clues(texts)).is_sure == is_sure
