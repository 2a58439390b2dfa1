"""Tests of texts that are nearly equal."""

import numpy as np

from podium_ml.values.near_copies import near_copy_codes, plain_form

LONG = (
    "The quick brown fox jumps over the lazy dog while {} people watch it from the old stone bridge near {}."
)


def test_case_punctuation_and_markup_do_not_matter():
    texts = [
        "Good &amp; cheap, really!",
        "<b>good</b> &  CHEAP really",
        "good and cheap really",
        "ＧＯＯＤ & cheap - really",
    ]
    codes = near_copy_codes(texts)
    assert codes[0] == codes[1] == codes[3] != codes[2]


def test_long_texts_with_few_other_letters_are_copies():
    texts = [
        LONG.format("seven", "town"),
        LONG.format("eleven", "town"),
        LONG.format("x", "y")[:60] + " quite different words follow here.",
    ]
    codes = near_copy_codes(texts)
    assert codes[0] == codes[1] != codes[2]


def test_one_pattern_makes_no_copies():
    random = np.random.default_rng(0)
    texts = [LONG.format(random.integers(10**6), random.integers(10**6)) for _ in range(300)]
    assert len(set(near_copy_codes(texts).tolist())) > 150


def test_other_scripts_and_empty_texts():
    assert plain_form("ABCｄ") == "abcd"
    codes = near_copy_codes(["", " ", "नहीं", "नहीं!", "我觉得", "我觉得。"])
    assert codes[0] == codes[1]
    assert codes[2] == codes[3]
    assert codes[4] == codes[5]
    assert len(set(codes.tolist())) == 3
