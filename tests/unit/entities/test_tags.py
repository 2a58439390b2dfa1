"""Tests of tags: schemes, codes, decoding, and metrics beside seqeval."""

import numpy as np
import pytest
from seqeval.metrics import classification_report, f1_score

from podium_ml.entities.metrics.span_scores import partial_counts
from podium_ml.entities.tag_space import PADDING, decode, encode_spans, spans_of, token_spans
from podium_ml.entities.targets.spans import SPEC as SPANS
from podium_ml.entities.texts.spans import TokenSpans
from podium_ml.entities.texts.tags import find_scheme, read_tags
from podium_ml.metrics import METRICS

TYPES = ["LOC", "PER"]
NAMES = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]


@pytest.mark.parametrize(
    ("tags", "spans", "illegal"),
    [
        (["B-PER", "I-PER", "O", "B-LOC"], ((0, 2, "PER"), (3, 4, "LOC")), ()),
        (["S-PER", "B-LOC", "I-LOC", "E-LOC", "O"], ((0, 1, "PER"), (1, 4, "LOC")), ()),
        (["U-PER", "B-LOC", "L-LOC", "O"], ((0, 1, "PER"), (1, 3, "LOC")), ()),
        (["U-PER", "O", "L-LOC", "O"], ((0, 1, "PER"), (2, 3, "LOC")), (2,)),
        (["PER", "PER", "O", "LOC"], ((0, 2, "PER"), (3, 4, "LOC")), ()),
        (["B-A-B.1", "I-A-B.1"], ((0, 2, "A-B.1"),), ()),
    ],
)
def test_schemes(tags, spans, illegal):
    found = read_tags(tags, find_scheme([tags]))
    assert (found.spans, found.illegal) == (spans, illegal)


def test_types_in_another_order_are_the_same_spans():
    """A champion is compared with the types in the order of the challenger's problem."""
    raw = np.eye(len(NAMES))[[[1, 2, 0, 3]]]
    assert decode(SPANS.reordered(raw, [1, 0])).tolist() == [[3, 4, 0, 1]]
    np.testing.assert_array_equal(SPANS.reordered(raw, [0, 1]), raw)


def test_iob1_is_told_from_illegal_iob2():
    iob1 = [["I-PER", "B-PER", "O"], ["I-LOC", "I-LOC"]]
    scheme = find_scheme(iob1)
    assert scheme.inside_begins
    assert read_tags(iob1[0], scheme).spans == ((0, 1, "PER"), (1, 2, "PER"))
    iob2 = [["B-PER", "O"], ["O", "I-LOC"]]
    assert read_tags(iob2[1], find_scheme(iob2)).illegal == (1,)


def some_spans(random, length):
    cuts = np.sort(random.choice(length + 1, 4, replace=False)).tolist()
    return TokenSpans(
        length, ((cuts[0], cuts[1], TYPES[random.integers(2)]), (cuts[2], cuts[3], TYPES[random.integers(2)]))
    )


def test_codes_hold_spans():
    random = np.random.default_rng(0)
    rows = [some_spans(random, int(random.integers(4, 12))) for _ in range(50)]
    y = encode_spans(rows, TYPES, longest=12)
    assert token_spans(y, TYPES) == rows
    assert (y == PADDING).sum() == sum(12 - one.length for one in rows)


def test_decoded_tags_are_legal_and_best():
    random = np.random.default_rng(1)
    raw = random.dirichlet(np.ones(5) * 0.4, (200, 4))
    tags = decode(raw)
    legal = [
        path
        for path in np.stack(np.meshgrid(*[np.arange(5)] * 4, indexing="ij"), -1).reshape(-1, 4)
        if all(
            tag not in (2, 4) or before in (tag, tag - 1)
            for before, tag in zip((0, *path[:3]), path, strict=True)
        )
    ]
    logs = np.log(raw)
    for own, score in zip(tags, logs, strict=True):
        best = max(legal, key=lambda path: score[np.arange(4), path].sum())
        assert score[np.arange(4), own].sum() == pytest.approx(score[np.arange(4), best].sum())


def test_scores_equal_those_of_seqeval():
    random = np.random.default_rng(2)
    y = encode_spans([some_spans(random, 8) for _ in range(60)], TYPES, longest=10)
    guessed = np.where(
        random.random((60, 1)) < 0.6,
        y,
        encode_spans([some_spans(random, 8) for _ in range(60)], TYPES, longest=10),
    )
    raw = np.eye(5)[np.maximum(guessed, 0)] * (y >= 0)[:, :, None]
    true, predicted = ([[NAMES[code] for code in row if code >= 0] for row in tags] for tags in (y, guessed))
    report = classification_report(true, predicted, output_dict=True, zero_division=0)
    assert METRICS["span_f1"].score(y, raw) == pytest.approx(f1_score(true, predicted))
    assert METRICS["span_f1_macro"].score(y, raw) == pytest.approx(report["macro avg"]["f1-score"])
    assert METRICS["span_f1_weighted"].score(y, raw) == pytest.approx(report["weighted avg"]["f1-score"])
    assert METRICS["span_precision"].score(y, raw) == pytest.approx(report["micro avg"]["precision"])
    assert METRICS["span_recall"].score(y, raw) == pytest.approx(report["micro avg"]["recall"])


def test_partial_f1_counts_spans_with_other_edges():
    y = encode_spans([TokenSpans(5, ((0, 3, "LOC"), (4, 5, "PER")))], TYPES, longest=5)
    tags = encode_spans([TokenSpans(5, ((1, 3, "LOC"), (4, 5, "LOC")))], TYPES, longest=5)
    raw = np.eye(5)[tags]
    assert METRICS["span_f1"].score(y, raw) == 0
    assert METRICS["span_f1_partial"].score(y, raw) == pytest.approx(0.5)
    assert partial_counts(y, raw).sum() == 6


def test_spans_of_unknown_types_count_as_missed():
    y = encode_spans([TokenSpans(3, ((0, 1, "LOC"), (1, 2, "GOD")))], TYPES, longest=3)
    raw = np.eye(5)[encode_spans([TokenSpans(3, ((0, 1, "LOC"),))], TYPES, longest=3)]
    assert METRICS["span_recall"].score(y, raw) == pytest.approx(0.5)
    assert len(spans_of(y)) == 2
