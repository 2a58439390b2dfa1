"""Attacks by texts with spans of strangers: each ends in one message, and takes no longer than its size says."""

import json
import pickle
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from podium_ml.entities.texts.spans import clean
from podium_ml.errors import DataError, PodiumError
from podium_ml.ingestion import read_frame
from podium_ml.ingestion.column_hints import ColumnHints

RECORDS: dict[str, Any] = {
    "spans": {
        "text": "Anna lives in Bonn.",
        "spans": [
            {"start": 0, "end": 4, "label": "PER"},
            {"start": 14, "end": 18, "label": "LOC", "text": "Bonn"},
        ],
    },
    "spaCy": ["Anna lives in Bonn.", {"entities": [[0, 4, "PER"], [14, 18, "LOC"]]}],
    "Label Studio": {
        "data": {"text": "Anna lives"},
        "annotations": [{"result": [{"value": {"start": 0, "end": 4, "labels": ["PER"]}}]}],
    },
    "tokens": {"tokens": ["Anna", "lives"], "tags": ["B-PER", "O"]},
}
ODD = (
    None,
    True,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    "",
    [],
    [[]],
    {},
    {"a": {}},
    [None],
    "\ud800",
)


def read(path: Path):
    return read_frame(str(path), hints=ColumnHints(kind="entities"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", RECORDS)
def test_odd_values_end_in_a_message(name: str, tmp_path: Path) -> None:
    """Each value of a record in turn is an odd one; nothing but an error of our own may come of it."""
    path = tmp_path / "a.jsonl"
    for place in _places(RECORDS[name]):
        for odd in ODD:
            made = json.loads(json.dumps(RECORDS[name]))
            _put(made, place, odd)
            path.write_text(f"{json.dumps(made)}\n{json.dumps(RECORDS[name])}\n")
            with suppress(PodiumError):
                read(path)
    path.write_text(f"{json.dumps(RECORDS[name])}\n" * 2)
    assert len(read(path)) == 2


def _places(value: Any, here: tuple[Any, ...] = ()):
    """Yield the places in a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in pairs:
        yield (*here, key)
        yield from _places(inside, (*here, key))


def _put(value: Any, place: tuple[Any, ...], odd: object) -> None:
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = odd


@pytest.mark.parametrize("text", ["[" * 20_000, '{"text":' * 5_000, '{"text": "a", "spans": ' + "[" * 5_000])
def test_deep_nesting(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    with pytest.raises(DataError):
        read(path)


@pytest.mark.parametrize("name", ["docs.spacy", "docs.json", "docs.pkl"])
def test_files_of_programs_are_no_texts_and_run_nothing(name: str, tmp_path: Path) -> None:
    class Attack:
        def __reduce__(self):
            return Path.touch, (tmp_path / "ran",)

    (tmp_path / name).write_bytes(pickle.dumps(Attack()))
    with pytest.raises(PodiumError):
        read(tmp_path / name)
    assert not (tmp_path / "ran").exists()


def test_very_many_spans_take_no_longer_than_their_number_says() -> None:
    count = 40_000
    text, spans = "ab " * count, [(3 * at, 3 * at + 2 + 3 * (at % 2), "X") for at in range(count)]
    cleaned = clean(text, [*spans, *spans[::2]])  # by pairs, it would be hours
    assert len(cleaned.spans) + len(cleaned.overlapping) == count
    assert all(one[1] <= two[0] for one, two in zip(cleaned.spans, cleaned.spans[1:], strict=False))
