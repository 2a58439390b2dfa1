"""Tests of names that Unicode can write in two ways."""

import unicodedata

from podium_ml.values.names import composed


def test_two_spellings_of_a_name_meet():
    for name in ("größe", "naïve", "Łódź", "한국", "plain"):
        assert composed(unicodedata.normalize("NFD", name)) == composed(name)
