"""One JSON record: its text, and its spans as they are written."""

from dataclasses import dataclass
from typing import Any

from podium_ml.errors import DataError

_TEXT_KEYS = ("text", "content", "sentence", "document", "body")
_SPAN_KEYS = ("spans", "entities", "label", "labels", "annotations", "ents")
_TOKEN_KEYS, _TAG_KEYS = ("tokens", "words"), ("tags", "ner_tags", "ner", "labels")
_START_KEYS, _END_KEYS = ("start", "start_offset", "begin"), ("end", "end_offset", "stop")
_LABEL_KEYS = ("label", "labels", "type", "tag", "entity", "entity_group")
_OWN_TEXT_KEYS = ("text", "word", "surface", "value")
# Answers of annotators that say that the spans are no truth.
_REJECTED = ("reject", "ignore")


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
    """

    line: int
    text: str
    spans: tuple[WrittenSpan, ...] | None = None
    tokens: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None


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
        if isinstance(record, list) and len(record) == 2 and isinstance(record[0], str):  # spaCy's pairs
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
            return Record(line, _text(record["data"]), _label_studio(record))
        spans = None if record.get("answer") in _REJECTED else _spans(record)
        return Record(line, _text(record), spans)
    except _UnreadableError as error:
        raise DataError(
            f"{label}, line {line}: {error}.",
            'Write texts as {"text": "...", "spans": [{"start": 0, "end": 4, "label": "X"}]}.',
        ) from None


class _UnreadableError(Exception):
    pass


def _text(record: dict[str, Any]) -> str:
    for key in (*_TEXT_KEYS, "data"):
        if isinstance(record.get(key), str):
            return str(record[key])
    texts = [value for value in record.values() if isinstance(value, str)]
    if len(texts) == 1:
        return texts[0]
    raise _UnreadableError("it has no text")


def _token_list(record: dict[str, Any]) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    for key in _TOKEN_KEYS:
        tokens = record.get(key)
        if isinstance(tokens, list) and all(isinstance(one, str) for one in tokens) and tokens:
            for name in _TAG_KEYS:
                if isinstance(tags := record.get(name), list):
                    return tuple(tokens), tuple(_tag(one) for one in tags)
            return (
                (tuple(tokens), None)
                if not any(isinstance(record.get(k), str) for k in _TEXT_KEYS)
                else (None, None)
            )
    return None, None


def _tag(value: Any) -> str:
    if not isinstance(value, str):
        raise _UnreadableError(f"the tag {value!r} is a number; write names like B-PER")
    return value


def _spans(record: dict[str, Any]) -> tuple[WrittenSpan, ...] | None:
    for key in _SPAN_KEYS:
        if isinstance(value := record.get(key), list):
            return tuple(_span(one) for one in value)
    return None


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


def _label_studio(record: dict[str, Any]) -> tuple[WrittenSpan, ...] | None:
    """Return the spans of the last annotation that was not cancelled; predictions of tools are no truth."""
    given = record.get("annotations", record.get("completions"))
    if not isinstance(given, list):
        return None
    valid = [one for one in given if isinstance(one, dict) and not one.get("was_cancelled")]
    if not valid:
        return None
    chosen = next((one for one in valid if one.get("ground_truth")), valid[-1])
    given = chosen.get("result")
    results = [
        one
        for one in (given if isinstance(given, list) else ())
        if isinstance(one, dict) and isinstance(one.get("value"), dict)
    ]
    return tuple(
        _span(
            {
                **one["value"],
                "label": one["value"].get("labels") or one["value"].get("hypertextlabels"),
            }
        )
        for one in results
        if "start" in one["value"] and (one["value"].get("labels") or one["value"].get("hypertextlabels"))
    )
