"""Reading what was written loses nothing: spans in each format are read as they were."""

import json
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from podium_ml.entities.texts.tokens import tokenize
from podium_ml.ingestion import read_frame
from podium_ml.ingestion.column_hints import ColumnHints

HINTS = ColumnHints(kind="entities")
WORDS = st.sampled_from(
    ["tea", "Zoë", "東京", "👩‍🍳", "क्षि", "O'Neil", "4,5", "#", '"', "NA", "a\u00a0b", "\u2029", "\t", "\r"]
)
LABELS = st.sampled_from(["A", "B.c", "N/A", "x y", "1"])


@st.composite
def marked(draw):
    """Return texts with spans of whole words."""
    made = []
    for words in draw(st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=6)):
        text, spans = "", []
        for word in words:
            text += " " if text else ""
            if word.strip() and draw(st.booleans()):
                spans.append((len(text), len(text) + len(word), draw(LABELS)))
            text += word
        made.append((text, spans))
    return made


def units(text, at):
    return len(text[:at].encode("utf-16-le")) // 2


FORMATS = {
    "predictions": lambda text, spans: {
        "text": text,
        "spans": [{"start": a, "end": b, "label": c, "score": 0.9, "text": text[a:b]} for a, b, c in spans],
    },
    "pairs": lambda text, spans: {"text": text, "label": [list(one) for one in spans]},
    "UTF-16": lambda text, spans: {
        "text": text,
        "entities": [
            {"start": units(text, a), "end": units(text, b), "label": c, "text": text[a:b]}
            for a, b, c in spans
        ],
    },
    "Label Studio": lambda text, spans: {
        "data": {"text": text},
        "annotations": [
            {
                "result": [
                    {"value": {"start": a, "end": b, "labels": [c], "text": text[a:b]}} for a, b, c in spans
                ]
            }
        ],
    },
}


def read(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = read_frame(str(path), hints=HINTS)
    return [
        (text, [tuple(one) for one in json.loads(spans)])
        for text, spans in zip(table["text"], table["spans"], strict=True)
    ]


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=25, deadline=None)
@given(rows=marked())
def test_json_lines(form, rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("json") / "rows.jsonl"
    lines = [json.dumps(FORMATS[form](text, spans), ensure_ascii=False) for text, spans in rows]
    path.write_bytes("\n".join(lines).encode())
    assert read(path) == rows


@settings(max_examples=25, deadline=None)
@given(rows=marked())
@example(rows=[("#", [(0, 1, "A")])])
def test_tokens_with_tags(rows, tmp_path_factory):
    """Lists of tokens and CoNLL hold tokens and spans, and not what stood between the tokens."""
    folder = tmp_path_factory.mktemp("tokens")
    lists, conll, expected = [], [], []
    for text, spans in rows:
        tokens = [text[a:b] for a, b in tokenize(text, "blanks")]
        starts = {a: c for a, b, c in spans}
        tags = [f"B-{starts[a]}" if a in starts else "O" for a, _ in tokenize(text, "blanks")]
        if not tokens:
            continue
        lists.append(json.dumps({"tokens": tokens, "ner_tags": tags}))
        conll.append("\n".join(f"{token}\t{tag}" for token, tag in zip(tokens, tags, strict=True)))
        expected.append([(token, tag[2:]) for token, tag in zip(tokens, tags, strict=True) if tag != "O"])
    if not any(expected):
        return
    (folder / "rows.jsonl").write_text("\n".join(lists), encoding="utf-8")
    (folder / "rows.conll").write_bytes(("\n\n".join(conll) + "\n").encode())
    for name in ("rows.jsonl", "rows.conll"):
        found = read(folder / name)
        assert [[(text[a:b], label) for a, b, label in spans] for text, spans in found] == expected
