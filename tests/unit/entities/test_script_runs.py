"""Tests of the runs of one script that texts without blanks are made of."""

import pytest

from podium_ml.entities.algorithms._script_runs import script_runs
from podium_ml.entities.algorithms._token_features import features_of, shape, short
from podium_ml.entities.features import tokenized


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("東京タワーは", ["東京", "タワー", "は"]),
        ("東京 都", ["東京", "都"]),
        ("ABC社の20年", ["ABC", "社", "の", "20", "年"]),
    ],
)
def test_runs(text, runs):
    own = tokenized(text, "words")
    kinds = [short(shape(word))[:1] for word in own.words]
    joins = [False, *(a[1] == b[0] for a, b in zip(own.tokens, own.tokens[1:], strict=False))]
    found = script_runs(own.words, kinds, joins)
    assert [one.text for one in found] == runs
    assert [one.end for one in found] == [*(one.start for one in found[1:]), len(own.tokens)]


def test_characters_know_their_run_and_its_end():
    first, *_ = features_of(tokenized("東京都に", "words"))
    assert {"r=東京都", "r:s1=都", "r+1=に", "r:at=c0,2"} <= set(first)
    assert not any(
        name.startswith("r") and "=" in name for name in features_of(tokenized("New York", "words"))[0]
    )
