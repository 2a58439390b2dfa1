"""Tests of what a user writes for weights."""

import pytest

from podium_ml.errors import SettingsError
from podium_ml.weights import Source

HASH = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "kind", "place", "revision"),
    [
        ("package:wordllama", "package", "wordllama", ""),
        ("package:wordllama@0.4.0.post1", "package", "wordllama", "0.4.0.post1"),
        ("s3://models/minilm", "objects", "s3://models/minilm", ""),
        ("hf:owner/name@main", "hub", "owner/name", "main"),
        ("models/minilm", "folder", "models/minilm", ""),
    ],
)
def test_source_reads_what_it_writes(text, kind, place, revision):
    source = Source.parse(f"{text}#sha256={HASH}")
    assert (source.kind, source.place, source.revision, source.sha256) == (kind, place, revision, HASH)
    assert Source.parse(str(source)) == source


def test_folder_may_have_a_name_like_a_revision(tmp_path):
    (tmp_path / "me@home").mkdir()
    assert Source.parse(str(tmp_path / "me@home")).revision == ""


@pytest.mark.parametrize("text", ["ftp://host/model", "package:../x", "hub:a/b/c", "package:a#sha256=12", ""])
def test_other_texts_are_refused(text):
    with pytest.raises(SettingsError):
        Source.parse(text)
