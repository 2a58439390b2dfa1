"""Tests of the quick way to count terms: it must find what scikit-learn finds."""

import pickle

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from podium_ml.kinds.fold_memory import remembering
from podium_ml.tabular.encoders import _quick_vectorizer, _term_memory
from podium_ml.tabular.encoders._quick_vectorizer import QuickVectorizer
from podium_ml.values.text_words import WORD

WAYS = [
    {"token_pattern": WORD, "ngram_range": (1, 2)},
    {"token_pattern": WORD, "ngram_range": (1, 1)},
    {"analyzer": "char_wb", "ngram_range": (2, 5)},
    {"analyzer": "char", "ngram_range": (1, 4)},
]


def texts(count: int, *, seed: int = 0) -> list[str]:
    random = np.random.default_rng(seed)
    words = [
        "a",
        "I",
        "tea",
        "Tea",
        "strong",
        "सीता",
        "naïve",
        "it's",
        "x" * 30,
        "👍🏽",
        "good-bye",
        "",
        "\n",
        "\t a",
    ]
    return [" ".join(random.choice(words, random.integers(0, 12))) for _ in range(count)]


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("fewest", [1, 3])
def test_terms_are_those_of_scikit_learn(how: dict, fewest: int) -> None:
    train, new = texts(300), [*texts(80, seed=1), "unknown words alone"]
    shared = {"sublinear_tf": True, "min_df": fewest, "dtype": np.float32, **how}
    usual, quick = TfidfVectorizer(**shared), QuickVectorizer(**shared)
    expected, found = usual.fit_transform(train), quick.fit_transform(train)
    assert quick.vocabulary_ == usual.vocabulary_
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.toarray(), expected.toarray(), atol=1e-6)
    loaded = pickle.loads(pickle.dumps(quick))
    for some in (new, new[:3]):
        np.testing.assert_allclose(
            loaded.transform(some).toarray(), usual.transform(some).toarray(), atol=1e-6
        )


def test_the_most_frequent_terms_are_kept() -> None:
    quick = QuickVectorizer(token_pattern=WORD, ngram_range=(1, 2), max_features=3).fit(texts(300))
    usual = TfidfVectorizer(token_pattern=WORD, ngram_range=(1, 2), max_features=3).fit(texts(300))
    assert quick.vocabulary_ == usual.vocabulary_


@pytest.mark.parametrize("how", WAYS)
def test_texts_without_terms_are_an_error_that_callers_expect(how: dict) -> None:
    with pytest.raises(ValueError, match=r"term|vocabulary"):
        QuickVectorizer(**how).fit([""] * 100)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("most", [10**6, 2_000])
def test_folds_that_share_texts_find_what_they_would_find_alone(
    how: dict, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where there are too many texts to remember all of them."""
    monkeypatch.setattr(_term_memory, "_MOST_CHARACTERS", most)
    every, memory = np.array(texts(300), dtype=object), {}
    shared = {"sublinear_tf": True, "min_df": 2, "max_features": 200, "dtype": np.float32, **how}
    for fold in range(3):
        valid = np.arange(300) % 3 == fold
        with remembering(memory):
            quick = QuickVectorizer(**shared)
            found = quick.fit_transform(list(every[~valid])), quick.transform(list(every[valid]))
        usual = TfidfVectorizer(**shared)
        expected = usual.fit_transform(list(every[~valid])), usual.transform(list(every[valid]))
        assert quick.vocabulary_ == usual.vocabulary_
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one.toarray(), other.toarray(), atol=1e-6)


def test_a_text_is_split_once_for_all_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    split, count = [], _quick_vectorizer.count_words
    monkeypatch.setattr(
        _quick_vectorizer,
        "count_words",
        lambda some, *how, **more: split.append(len(some)) or count(some, *how, **more),
    )
    every = [f"word{at} {one}" for at, one in enumerate(texts(300))]
    with remembering({}):
        for fold in range(3):
            QuickVectorizer(token_pattern=WORD).fit(every[:100] + every[100 + 50 * fold :])
    assert sum(split) == 300
