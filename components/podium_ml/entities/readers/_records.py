"""One JSON record: its text, and its spans as they are written."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from podium_ml.errors import DataError
from podium_ml.values.cancelled import ANSWER, is_cancelled
from podium_ml.values.literals import read_literal

_TEXT_KEYS = ("text", "content", "sentence", "document", "body")
_SPAN_KEYS = ("spans", "entities", "label", "labels", "annotations", "ents")
_TOKEN_KEYS, _TAG_KEYS = ("tokens", "words"), ("tags", "ner_tags", "ner", "labels")
_START_KEYS, _END_KEYS = ("start", "start_offset", "begin"), ("end", "end_offset", "stop")
_LABEL_KEYS = ("label", "labels", "type", "tag", "entity", "entity_group")
_OWN_TEXT_KEYS = ("text", "word", "surface", "value")


@dataclass(frozen=True)
class WrittenSpan:
    """A span as it is written.

    Attributes:
        start: Its start in some unit.
        end: Its end in the same unit.
        label: Its label.
        text: Its own text, or ``None`` if the file does not repeat it.
    """

    start: int
    end: int
    label: str
    text: str | None = None


@dataclass(frozen=True)
class Record:
    """One record.

    Attributes:
        line: Line on which it begins.
        text: Its text; empty for lists of tokens.
        spans: Its spans; ``None`` if nobody looked for any, or the annotation was cancelled.
        tokens: Its tokens, or ``None``.
        tags: Their tags, or ``None``.
        disagree: Whether several annotations of it differ, and none is marked as true.
        key: The key of its text if that is no usual one, else empty.
    """

    line: int
    text: str
    spans: tuple[WrittenSpan, ...] | None = None
    tokens: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    disagree: bool = False
    key: str = ""


def unpacked(found: Iterable[tuple[int, Any, int]]) -> Iterator[tuple[int, Any]]:
    """Yield each record with its line; those in the list ``annotations`` of an object that holds nothing else, too."""
    for line, record, _ in found:
        inside = record.get("annotations") if isinstance(record, dict) else None
        if isinstance(inside, list) and any(isinstance(one, list) and is_pair(one) for one in inside):
            yield from ((line, one) for one in inside if one is not None)
        else:
            yield line, record


def parse(record: Any, *, label: str, line: int) -> Record:
    """Read one record.

    Args:
        record: What JSON says.
        label: Name of the file.
        line: Line on which it begins.

    Raises:
        DataError: It has no text, or spans that cannot be read.
    """
    try:
        if isinstance(record, list) and is_pair(record):
            record = {
                "text": record[0],
                **(record[1] if isinstance(record[1], dict) else {"spans": record[1]}),
            }
        if not isinstance(record, dict):
            raise _UnreadableError("it is no object")
        tokens, tags = _token_list(record)
        if tokens is not None:
            return Record(line, "", tokens=tokens, tags=tags)
        if isinstance(record.get("data"), dict):
            spans, disagree = _label_studio(record)
            text, key = _text(record["data"])
            return Record(line, text, spans, disagree=disagree, key=key)
        spans = None if is_cancelled(record.get(ANSWER)) else _spans(record)
        text, key = _text(record)
        return Record(line, text, spans, key=key)
    except _UnreadableError as error:
        raise DataError(
            f"{label}, line {line}: {error}.",
            'Write texts as {"text": "...", "spans": [{"start": 0, "end": 4, "label": "X"}]}.',
        ) from None


def spans_of_cell(value: Any) -> list[tuple[int, int, str, str | None]]:
    """Return start, end, label and own text of the spans in a cell of a table.

    Raises:
        ValueError: It holds no list of spans.
    """
    try:
        given = read_literal(value) if isinstance(value, str) else list(value)
        if not isinstance(given, list | tuple):
            raise _UnreadableError("it is no list")
        spans = [_span(list(one) if isinstance(one, tuple) else one) for one in given]
    except (_UnreadableError, TypeError) as error:
        raise ValueError(str(error)) from None
    return [(one.start, one.end, one.label, one.text) for one in spans]


class _UnreadableError(Exception):
    pass


def is_pair(record: list[Any]) -> bool:
    """Whether a list is a text with its spans, as spaCy writes them."""
    return len(record) == 2 and isinstance(record[0], str) and isinstance(record[1], list | dict)


def _text(record: dict[str, Any]) -> tuple[str, str]:
    """Return the text, which is empty if it is null, and its key if that is no usual one."""
    keys = [
        key for key in (*_TEXT_KEYS, "data") if key in record and not isinstance(record[key], dict | list)
    ]
    is_usual = bool(keys)
    if not is_usual:
        keys = [key for key, value in record.items() if isinstance(value, str)]
        if len(keys) != 1:
            shown = ", ".join(map(str, list(record)[:8]))
            raise _UnreadableError(f"it has no text; its keys are {shown}" if shown else "it has no text")
    value = next((record[key] for key in keys if isinstance(record[key], str)), record[keys[0]])
    text = value if isinstance(value, str) else "" if value is None or value != value else json.dumps(value)
    return text, "" if is_usual else keys[0]


def _token_list(record: dict[str, Any]) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Return tokens and tags, or ``None`` for both if it is a text with spans that repeats its tokens."""
    has_text = any(isinstance(record.get(key), str) for key in _TEXT_KEYS)
    for key in _TOKEN_KEYS:
        tokens = record.get(key)
        if (
            isinstance(tokens, list)
            and all(isinstance(one, str) for one in tokens)
            and (tokens or not has_text)
        ):
            for name in _TAG_KEYS:
                tags = record.get(name)
                if isinstance(tags, list) and not any(isinstance(one, list | dict) for one in tags):
                    return tuple(tokens), tuple(map(_tag, tags))
            return (None, None) if has_text else (tuple(tokens), None)
    return None, None


def _tag(value: Any) -> str:
    if not isinstance(value, str):
        raise _UnreadableError(f"the tag {value!r} is a number; write names like B-PER")
    return value


def _spans(record: dict[str, Any]) -> tuple[WrittenSpan, ...] | None:
    for key in _SPAN_KEYS:
        if isinstance(value := record.get(key), list):
            return tuple(_span(one) for one in value)
    named = [value for value in record.values() if isinstance(value, list) and value]
    named = [value for value in named if all(map(_looks_like_span, value))]  # a key of the user's own
    return tuple(map(_span, named[0])) if len(named) == 1 else None


def _looks_like_span(value: Any) -> bool:
    return isinstance(value, dict) and all(
        any(key in value for key in keys) for keys in (_START_KEYS, _END_KEYS, _LABEL_KEYS)
    )


def _span(value: Any) -> WrittenSpan:
    if isinstance(value, list) and len(value) >= 3:
        return WrittenSpan(_number(value[0]), _number(value[1]), _label(value[2]))
    if not isinstance(value, dict):
        raise _UnreadableError(f"{value!r} is no span")
    start, end = (_first(value, keys) for keys in (_START_KEYS, _END_KEYS))
    own = _first(value, _OWN_TEXT_KEYS)
    return WrittenSpan(
        _number(start),
        _number(end),
        _label(_first(value, _LABEL_KEYS)),
        own if isinstance(own, str) else None,
    )


def _first(value: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((value[key] for key in keys if key in value), None)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_whole(value):
        raise _UnreadableError(f"the offset {value!r} of a span is no whole number")
    return int(value)


def _is_whole(value: int | float) -> bool:
    return isinstance(value, int) or value.is_integer()


def _label(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    if value is None or value == "" or isinstance(value, list | dict):
        raise _UnreadableError("a span has no label")
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 1 and 1.0 are one
    return str(value)


def _label_studio(record: dict[str, Any]) -> tuple[tuple[WrittenSpan, ...] | None, bool]:
    """Return the spans of the last annotation that was not cancelled, and whether others differ from it.

    Predictions of tools are no truth.
    """
    given = record.get("annotations", record.get("completions"))
    if not isinstance(given, list):
        return None, False
    valid = [one for one in given if isinstance(one, dict) and not one.get("was_cancelled")]
    if not valid:
        return None, False
    marked = next((one for one in valid if one.get("ground_truth")), None)
    spans = [_results(one.get("result")) for one in ([marked] if marked else valid)]
    return spans[-1], any(set(one) != set(spans[-1]) for one in spans)


def _results(given: Any) -> tuple[WrittenSpan, ...]:
    """Return the spans of an annotation; one with several labels is there once for each."""
    spans = []
    for one in given if isinstance(given, list) else ():
        value = one.get("value") if isinstance(one, dict) else None
        if isinstance(value, dict) and "start" in value:
            labels = value.get("labels") or value.get("hypertextlabels") or ()
            spans += [
                _span({**value, "label": label})
                for label in (labels if isinstance(labels, list) else [labels])
            ]
    return tuple(spans)
