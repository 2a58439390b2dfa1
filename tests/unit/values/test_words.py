"""Words are counted in every script."""

import pytest

from podium_ml.values.words import count_words


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("the food was good", 4, 4),
        ("  ", 0, 0),
        ("质量很好物流很快", 3, 6),
        ("サービスがとても良かった", 4, 8),
        ("อาหารอร่อยมากและบริการดี", 4, 9),
        ("음식이 정말 맛있었어요", 3, 3),
        ("iPhone 很好", 2, 2),
        ("Größe – café", 2, 2),
        ("👍👍🎉 ☺", 4, 4),
    ],
)
def test_words_of_a_text(text: str, least: int, most: int) -> None:
    assert least <= count_words(text) <= most
