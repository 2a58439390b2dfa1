"""Tests of the names that training texts have as spans."""

import numpy as np
import pytest

from podium_ml.entities.algorithms._known_names import Meaning, learn_names, n_codes
from podium_ml.entities.features import tokenized


@pytest.fixture
def learned():
    """Return names of four texts, with codes of tags: 1 and 2 for towns, 3 and 4 for dishes."""
    texts = ["New York is big", "in new york", "New York pie", "a pie, not New"]
    tags = [[1, 2, 0, 0], [0, 1, 2], [3, 4, 4], [0, 3, 0, 0, 0]]
    y = np.array([[*own, *[-1] * (5 - len(own))] for own in tags])
    return [tokenized(text, "words") for text in texts], *learn_names(
        [tokenized(text, "words") for text in texts], y
    )


def test_the_usual_type_of_a_name_counts(learned):
    _, known, _ = learned
    assert known.meanings[("new", "york")] == Meaning(0, sure=True)
    assert known.meanings[("new", "york", "pie")] == Meaning(1, sure=True)
    assert known.meanings[("pie",)] == Meaning(1, sure=False)


def test_the_longest_name_is_found(learned):
    _, known, _ = learned
    found = known.features(tokenized("NEW YORK PIE and new york", "words"))
    assert [own[0] if own else "" for own in found] == ["k=B1", "k=I1", "k=E1", "", "k=B0", "k=E0"]


def test_a_training_text_is_read_without_its_own_names(learned):
    texts, known, instead = learned
    first = known.features(texts[0], instead=instead[0])
    assert first[0] == ("k=B0", "k=B0l", "k=Bl")  # a town in one of the two other texts that have the words
    third = known.features(texts[2], instead=instead[2])
    assert [own[0] if own else "" for own in third] == ["k=B0", "k=E0", "k=S1"]
    assert known.features(texts[3], instead=instead[3])[1] == ()  # only this text has it as a span


def test_nothing_is_known_without_spans():
    known, instead = learn_names([tokenized("a b", "words")], np.zeros((1, 2), dtype=np.int16))
    assert known.features(tokenized("a b", "words"), instead=instead[0]) == [(), ()]


def test_codes_tell_the_same_as_names_of_features(learned):
    _, known, _ = learned
    text = tokenized("new york pie, pie and New York", "words")
    codes, features = known.codes(text), known.features(text)
    assert [code > 0 for code in codes] == [bool(own) for own in features]
    assert len(set(codes)) == len({own[1] for own in features if own}) + 1
    assert max(codes) < n_codes(2)
