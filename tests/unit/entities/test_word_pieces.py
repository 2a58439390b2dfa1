"""Tests of how tokens become pieces of a pretrained network, and of windows for long texts."""

import numpy as np
import pytest

from podium_ml.entities.features import tokenized

pytest.importorskip("tokenizers")
from podium_ml.embeddings.tokenizing import WordPieces
from podium_ml.entities.algorithms._transformer_tagger import _of_tokens
from podium_ml.entities.algorithms._word_pieces import padded, windows
from tests.unit.embeddings.tiny import WORDS, write_tokenizer


@pytest.fixture
def pieces(tmp_path):
    write_tokenizer(tmp_path)
    return WordPieces.read(tmp_path)


def test_each_token_has_its_first_piece(pieces):
    (one,) = windows(pieces, [tokenized("  The tea, 👩‍🍳 was good", "words")], 64)
    assert [WORDS[one.ids[at]] for at in one.places] == ["the", "tea", ",", "[UNK]", "was", "good"]
    assert (one.text, one.first) == (0, 0)


def test_long_texts_are_read_in_windows_that_hold_every_token_once(pieces):
    texts = [tokenized("good tea, " * 50, "words"), tokenized("", "words"), tokenized("bad film", "words")]
    cut = windows(pieces, texts, 12)
    assert [one.text for one in cut] == [0] * (len(cut) - 1) + [2]
    assert all(len(one.ids) <= 12 for one in cut)
    long = [one for one in cut if one.text == 0]
    assert [one.first for one in long] == list(np.cumsum([0, *(len(one.places) for one in long)])[:-1])
    assert sum(len(one.places) for one in long) == 150
    words = [WORDS[one.ids[at]] for one in long for at in one.places]
    assert words == ["good", "tea", ","] * 50
    ids, mask = padded(cut)
    assert ids.shape == mask.shape == (len(cut), max(len(one.ids) for one in cut))
    assert (ids[mask == 0] == 0).all()


def test_one_token_of_too_many_pieces_is_cut(pieces):
    (one,) = windows(pieces, [tokenized("a.a.a.a.a.a.a.a", "blanks")], 6)
    assert len(one.ids) == 6
    assert one.places.tolist() == [1]


def test_tokens_that_share_a_piece_are_one_span(pieces):
    """The tokenizer knows no 20 and mg, but the word 20mg."""
    (one,) = windows(pieces, [tokenized("20mg tea", "words")], 16)
    assert one.places.tolist() == [1, 1, 2]
    found = np.zeros((4, 3))
    found[1], found[2] = [0.1, 0.7, 0.2], [1.0, 0.0, 0.0]
    np.testing.assert_allclose(_of_tokens(found, one.places), [[0.1, 0.7, 0.2], [0.1, 0.0, 0.9], [1, 0, 0]])
