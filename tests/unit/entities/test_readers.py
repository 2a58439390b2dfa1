"""Tests of the readers of texts with spans."""

import json
import warnings

import pytest

from podium_ml.entities.texts.spans import from_json
from podium_ml.errors import DataError
from podium_ml.ingestion import read_frame
from podium_ml.ingestion.column_hints import ColumnHints

ENTITIES = ColumnHints(kind="entities")


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a file, reads it, and returns texts with spans, and warnings."""

    def make(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            table = read_frame(str(path), hints=ENTITIES)
        spans = [
            None if one is None or one != one else from_json(one)
            for one in (table["spans"] if "spans" in table else [None] * len(table))
        ]
        return list(zip(table["text"], spans, strict=True)), " ".join(str(one.message) for one in told)

    return make


def lines(*records):
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)


CONLL = {
    "tabs": "# text 1\nNew\tNNP\tB-LOC\nYork\tNNP\tI-LOC\n\n#\tSYM\tO\nNA\tNN\tO\n",
    "blanks": "\nNew   B-LOC  x \nYork I-LOC x\n   \n#   O  x\nNA  O x\n",
    "bioes": "New\tB-LOC\nYork\tE-LOC\n\n#\tO\nNA\tO\n",
    "ragged": "New\ta\tb\tB-LOC\nYork\tI-LOC\n\n#\ta\tO\nNA\tO\n",
    "a blank for a tab": "New\tB-LOC\nYork I-LOC\n\n#\tO\nNA\tO\n",
    "a tab among blanks": "New B-LOC\nYork\tI-LOC\t\n\n# O\nNA O",
    "blanks after tags": "New\tB-LOC \nYork\tI-LOC\t\n\n#\tO  \nNA\tO\n",
    "empty last column": "New\tB-LOC\t\nYork\tI-LOC\t\n\n#\tO\t\nNA\tO\t\n",
    "tag before others": "New\tB-LOC\tJJ\t0\nYork\tI-LOC\tNN\t1\n\n#\tO\tSYM\t2\nNA\tO\tNN\t3",
    "CR LF and a mark": "\ufeffNew\tB-LOC\r\nYork\tI-LOC\r\n\r\n#\tO\r\nNA\tO\r\n",
    "CR": "New\tB-LOC\rYork\tI-LOC\r\r#\tO\rNA\tO\r",
    "CoNLL-U": "# text\n1-2\tx\t_\tO\n1\tNew\tnew\tB-LOC\n2\tYork\tyork\tI-LOC\n\n1\t#\t#\tO\n2\tNA\tna\tO\n",
    "counted from 0": "0 New B-LOC\n1 York I-LOC\n\n0 # O\n1 NA O\n",
    "underscores": "New B_LOC\nYork I_LOC\n\n# O\nNA O\n",
    "suffixes": "New LOC-B\nYork LOC-I\n\n# O\nNA O\n",
    "IOB1": "New I-LOC\nYork I-LOC\n\n# O\nNA O\n",
}


@pytest.mark.parametrize("layout", CONLL)
def test_conll_layouts(read, layout):
    rows, _ = read("news.conll", CONLL[layout])
    assert rows == [("New York", [(0, 8, "LOC")]), ("# NA", [])]


def test_quotes_no_break_blanks_and_documents_stay(read):
    rows, _ = read("x.txt", '-DOCSTART- O\n\n" O\n4\u00a0000 B-SUM\n\nx O\n')
    assert rows == [('" 4\u00a0000', [(2, 7, "SUM")]), ("x", [])]


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("a\tx\tB-A\nb\tO\nc\tx\ty\n\n", 2, "columns"),
        ("a O\nb B-A\nc\n", 3, "columns"),
        ("a\nb\n", 1, "no tag"),
        ("a\tB-A\n\tO\n", 2, "no token"),
        ("a\tB-A\nb\t\nc\tO\n", 2, "is no tag"),
        ("a B-A\nb I-A\nc none\nd O\n", 3, "'none' is no tag"),
        ("a\tB-A\nNew York B-A\nc\tO\n", 2, "columns"),
    ],
)
def test_conll_errors_name_file_and_line(read, content, line, what):
    with pytest.raises(DataError, match=rf"x\.conll, line {line}: .*{what}"):
        read("x.conll", content)


def test_a_missing_empty_line_is_told(read):
    """Each tenth line ends a sentence; the empty lines of the last thirty are missing."""
    usual = ("a O\n" * 9 + ". O\n\n") * 40
    assert "empty line" not in read("x.conll", usual + "b B-X\n")[1]
    rows, told = read("x.conll", usual + ("a O\n" * 9 + ". O\n") * 30)
    assert len(rows) == 41
    assert "x.conll, line 451: 1 sentences are very long" in told


def test_illegal_tags_are_told_and_count(read):
    rows, told = read("x.conll", "a I-LOC\nb O\n\nc B-LOC\nd I-PER\n\ne B-PER\n")
    assert [spans for _, spans in rows] == [[(0, 1, "LOC")], [(0, 1, "LOC"), (2, 3, "PER")], [(0, 1, "PER")]]
    assert "x.conll, line 1, 5: 2 tags cannot follow" in told


TEXT = "👩‍🍳 Zoë in Brno"
FORMATS = {
    "spacy": ["👩‍🍳 Zoë in Brno", {"entities": [[4, 7, "WHO"], [11, 15, "TOWN"]]}],
    "lists": {"text": TEXT, "label": [[4, 7, "WHO"], [11, 15, "TOWN"]]},
    "prodigy": {
        "text": TEXT,
        "tokens": [{"text": "Zoë", "start": 4, "end": 7, "id": 0}],
        "spans": [{"start": 4, "end": 7, "label": "WHO"}, {"start": 11, "end": 15, "label": "TOWN"}],
        "answer": "accept",
    },
    "doccano": {
        "id": 3,
        "text": TEXT,
        "entities": [
            {"id": 0, "label": "WHO", "start_offset": 4, "end_offset": 7},
            {"id": 1, "label": "TOWN", "start_offset": 11, "end_offset": 15},
        ],
        "relations": [],
        "Comments": ["x"],
    },
    "spacy_doc": {
        "text": TEXT,
        "ents": [{"start": 4, "end": 7, "label": "WHO"}, {"start": 11, "end": 15, "label": "TOWN"}],
        "tokens": [{"id": 0, "start": 4, "end": 7}],
        "cats": {},
    },
    "key of its own": {
        "text": TEXT,
        "ner": [
            {"start": 4, "end": 7, "text": "Zoë", "labels": ["WHO"]},
            {"start": 11, "end": 15, "text": "Brno", "labels": ["TOWN"]},
        ],
        "annotator": 1,
    },
    "label_studio": {
        "data": {"text": TEXT},
        "annotations": [
            {"was_cancelled": True, "result": [{"value": {"start": 0, "end": 3, "labels": ["NO"]}}]},
            {
                "result": [
                    {"type": "labels", "value": {"start": 4, "end": 7, "text": "Zoë", "labels": ["WHO"]}},
                    {"type": "labels", "value": {"start": 11, "end": 15, "text": "Brno", "labels": ["TOWN"]}},
                    {"type": "choices", "value": {"choices": ["x"]}},
                ]
            },
        ],
        "predictions": [{"result": [{"value": {"start": 0, "end": 3, "labels": ["TOOL"]}}]}],
    },
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("array", [False, True])
def test_json_forms(read, form, array):
    record = FORMATS[form]
    rows, _ = read("x.json", json.dumps([record, record]) if array else lines(record, record))
    assert rows == [(TEXT, [(4, 7, "WHO"), (11, 15, "TOWN")])] * 2


def test_pairs_inside_of_an_object(read):
    pair = ["Zoë in Brno", {"entities": [[7, 11, "TOWN"]]}]
    rows, _ = read("x.json", json.dumps({"classes": ["TOWN"], "annotations": [pair, None, pair]}))
    assert rows == [("Zoë in Brno", [(7, 11, "TOWN")])] * 2


def test_annotations_that_differ_are_told(read):
    def annotated(label, **more):
        return {"result": [{"value": {"start": 0, "end": 4, "labels": [label]}}], **more}

    twice = {"data": {"text": "Zoë in Brno"}, "annotations": [annotated("A"), annotated("B")]}
    rows, told = read("x.json", lines(twice))
    assert rows[0][1] == [(0, 3, "B")]
    assert "x.json, line 1: 1 texts have annotations that differ" in told
    twice["annotations"][0]["ground_truth"] = True
    rows, told = read("y.json", lines(twice))
    assert rows[0][1] == [(0, 3, "A")]
    assert "annotations that differ" not in told


def test_a_span_with_several_labels_overlaps_with_itself(read):
    value = {"start": 0, "end": 3, "labels": ["A", "B"]}
    record = {"data": {"text": "Zoë in Brno"}, "annotations": [{"result": [{"value": value}]}]}
    rows, told = read("x.json", lines(record))
    assert rows[0][1] == [(0, 3, "A")]
    assert "1 spans overlap" in told


def test_texts_may_be_null_or_numbers(read):
    """A text that is null is no reason to read another key as the text."""
    rows, _ = read(
        "x.jsonl", lines({"text": None, "id": "7"}, {"text": 12.5, "id": "8", "spans": [[0, 2, "A"]]})
    )
    assert rows == [("", None), ("12.5", [(0, 2, "A")])]
    with pytest.raises(DataError, match=r"x\.jsonl, line 1: it has no text; its keys are title, note"):
        read("x.jsonl", lines({"title": "a", "note": "b"}))


def test_texts_are_under_one_key(read):
    rows, _ = read("x.jsonl", lines({"review": "a"}, {"review": "b"}))
    assert [text for text, _ in rows] == ["a", "b"]
    with pytest.raises(DataError, match=r"x\.jsonl, line 2: there is no 'text', as in the first record"):
        read("x.jsonl", lines({"text": "a", "id": "1"}, {"id": "2"}))
    with pytest.raises(DataError, match=r"x\.json, line 1: it is no object"):
        read("x.json", '["a text", "and another"]')


@pytest.mark.parametrize(
    "record",
    [
        {"text": "x", "spans": [{"start": 0, "end": 1, "label": "A"}], "answer": "reject"},
        {"data": {"text": "x"}, "annotations": [{"was_cancelled": True, "result": []}], "predictions": []},
        {"text": "x"},
    ],
)
def test_what_nobody_confirmed_is_no_truth(read, record):
    rows, _ = read("x.jsonl", lines(record, {"text": "y", "spans": []}))
    assert rows == [("x", None), ("y", [])]


def test_token_lists(read):
    rows, _ = read("x.jsonl", lines({"tokens": ["New", "York"], "tags": ["B-LOC", "I-LOC"]}))
    assert rows == [("New York", [(0, 8, "LOC")])]
    rows, _ = read(
        "x.jsonl", lines({"tokens": [], "tags": []}, {"tokens": ["a", "b"], "ner_tags": ["X-B", "X-I"]})
    )
    assert rows == [("", []), ("a b", [(0, 3, "X")])]
    with pytest.raises(DataError, match=r"x\.jsonl, line 1: a list of tokens, but other records have a text"):
        read("x.jsonl", lines({"tokens": ["a"], "tags": ["O"]}, {"text": "b", "spans": []}))
    with pytest.raises(DataError, match=r"x\.jsonl, line 2: 2 tokens but 1 tags"):
        read("x.jsonl", lines({"tokens": ["a"], "tags": ["O"]}, {"tokens": ["a", "b"], "tags": ["O"]}))


UNITS = {
    "UTF-8 bytes": lambda text, at: len(text[:at].encode()),
    "UTF-16 units": lambda text, at: len(text[:at].encode("utf-16-le")) // 2,
    "CR LF as one": lambda text, at: len(text[:at].replace("\r\n", "\n")),
}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("with_text", [True, False])
def test_other_units_are_converted_and_told(read, unit, with_text):
    texts = [
        f"😀\r\n\r\nÅsa {word}{'ö' * at} here"
        for at, word in enumerate(["Brno", "Faro", "Chania", "Aarau", "Hallein"])
    ]
    records = []
    for text in texts:
        start, end = 9, text.index(" here")
        span = {"start": UNITS[unit](text, start), "end": UNITS[unit](text, end), "label": "TOWN"}
        records.append({"text": text, "spans": [{**span, "text": text[start:end]} if with_text else span]})
    rows, told = read("x.jsonl", lines(*records))
    assert [text[slice(*spans[0][:2])] for text, spans in rows] == [
        text[9 : text.index(" here")] for text in texts
    ]
    assert unit in told


def test_rows_in_another_unit_than_most(read):
    """Their own texts tell where spans are; without these, spans that cut words are told."""

    def made(at, **own):
        return {"text": "😀 Brno is big", "spans": [{"start": at, "end": at + 4, "label": "TOWN", **own}]}

    rows, told = read(
        "x.jsonl", lines(*[made(2, text="Brno")] * 6, made(5, text="Brno"), made(3, text="Brno"))
    )
    assert {spans[0] for _, spans in rows} == {(2, 6, "TOWN")}
    assert "x.jsonl, line 7, 8: offsets of 2 texts count something else" in told
    rows, told = read("x.jsonl", lines(*[made(2)] * 20, made(5)))
    assert rows[-1][1] == [(5, 9, "TOWN")]
    assert (
        "x.jsonl, line 21: spans of 1 texts cut words, and would not if offsets counted UTF-8 bytes" in told
    )


def test_ends_that_are_included(read):
    rows, told = read(
        "x.jsonl", lines(*[{"text": f"Brno {at}", "label": [[0, 3, "TOWN"]]} for at in range(9)])
    )
    assert {spans[0] for _, spans in rows} == {(0, 4, "TOWN")}
    assert "with the end included" in told


@pytest.mark.parametrize(
    ("span", "what"),
    [
        ({"start": 0, "end": 9, "label": "A"}, "outside"),
        ({"start": 0, "end": 2, "label": "A", "text": "zz"}, "do not match"),
        ({"start": 0, "end": 2}, "no label"),
        ({"start": 0.5, "end": 2, "label": "A"}, "no whole number"),
    ],
)
def test_wrong_spans_name_file_and_line(read, span, what):
    right = {"text": "ab cd", "spans": [{"start": 0, "end": 2, "label": "A", "text": "ab"}]}
    with pytest.raises(DataError, match=rf"x\.jsonl, line 2: .*{what}"):
        read("x.jsonl", lines(right, {"text": "ab cd", "spans": [span]}))


def test_separators_inside_of_texts_end_no_line(read):
    text = "a\rb\u2028c\x1cd\fe\x85f"
    content = lines({"text": text, "entities": [{"start": 2, "end": 3, "label": "A"}]})
    for ending in ("\n", "\r\n"):
        rows, _ = read("x.jsonl", content.replace("\n", ending) * 2)
        assert rows == [(text, [(2, 3, "A")])] * 2


def test_overlaps_are_told(read):
    rows, told = read("x.jsonl", lines({"text": "ab cd", "label": [[0, 5, "A"], [0, 2, "B"], [0, 5, "C"]]}))
    assert rows[0][1] == [(0, 5, "A")]
    assert "x.jsonl, line 1: 2 spans overlap" in told
