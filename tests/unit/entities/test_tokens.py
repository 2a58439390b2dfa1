"""Tests of tokens, and of parts of long texts."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from podium_ml.entities.texts.parts import part_bounds
from podium_ml.entities.texts.spans import align, clean
from podium_ml.entities.texts.tokens import joined, tokenize


def words(text, level="words"):
    return [text[start:end] for start, end in tokenize(text, level)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Give 20mg, Zoë", ["Give", "20", "mg", ",", "Zoë"]),
        ("सीता देवी नहीं", ["सीता", "देवी", "नहीं"]),
        ("東京へ行く", ["東", "京", "へ", "行", "く"]),
        ("👩‍🍳 in Brno🇯🇵", ["👩‍🍳", "in", "Brno", "🇯🇵"]),
        ("4\u00a0000 francs", ["4", "000", "francs"]),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("a\x1cb\u2029c", ["a", "b", "c"]),
        ("", []),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


def test_a_word_of_ten_megabytes():
    assert words("x" * (10 << 20) + " y")[1:] == ["y"]


def test_blanks_and_characters():
    assert words("5th St., NW", "blanks") == ["5th", "St.,", "NW"]
    assert words("नी x", "characters") == ["नी", "x"]


@given(st.text(max_size=60), st.sampled_from(["words", "blanks", "characters"]))
@example("\x1b\U0001cf00", "words")
def test_tokens_are_ordered_and_cut_no_marks(text, level):
    end_before = 0
    for start, end in tokenize(text, level):
        assert end_before <= start < end <= len(text)
        end_before = end
        assert level == "blanks" or end == len(text) or not _extends(text[end]) or _is_control(text[end - 1])


def _is_control(character):
    """Whether a mark behind the character extends nothing (UAX 29, rule GB4)."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cn", "Zl", "Zp")


def _extends(character):
    return unicodedata.category(character) in ("Mn", "Me")


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=5), min_size=1, max_size=9
    )
)
def test_joined_tokens_are_where_it_says(tokens):
    text, places = joined(tokens)
    assert [text[start:end] for start, end in places] == tokens


def test_long_texts_are_cut_at_line_breaks_and_never_inside_of_spans():
    text = " ".join(f"w{at}" for at in range(50)) + "\n" + " ".join(f"v{at}" for at in range(60))
    tokens = tokenize(text, "blanks")
    assert part_bounds(text, tokens, most=60) == [(0, 50), (50, 110)]
    for first, _ in part_bounds(text, tokens, most=20, whole=[(18, 24)])[1:]:
        assert not 18 < first < 24


def test_edges_are_trimmed_and_the_longest_of_overlapping_spans_is_kept():
    text = "\nThe Ninth Key\n(1961)"
    found = clean(text, [(0, 15, "FILM"), (1, 14, "TITLE"), (5, 10, "WORD"), (16, 20, "YEAR"), (14, 15, "X")])
    assert found.spans == ((1, 14, "FILM"), (16, 20, "YEAR"))
    assert (found.trimmed, found.empty, len(found.overlapping)) == (1, 1, 2)


def test_spans_inside_of_tokens_get_them_whole():
    found, widened = align([(0, 4), (5, 9)], [(0, 4, "A"), (6, 8, "B")])
    assert found.spans == ((0, 1, "A"), (1, 2, "B"))
    assert widened == 1
