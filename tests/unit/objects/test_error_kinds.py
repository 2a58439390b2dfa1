"""What became of objects is counted, each object and each box once."""

import numpy as np

from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.charts import object_charts
from podium_ml.objects.encoding import encode, to_cell
from podium_ml.reporting.charts.class_charts import class_charts
from podium_ml.reporting.views.confusion import confusion_view

NAMES = ["brick", "slab"]


def charts(known, found):
    """Return charts of one picture: objects as (class, box), and found ones with their scores."""
    y = encode([to_cell([{"c": code, "b": box} for code, box in known])], most=8, masks=False)
    layout = Layout(classes=2, grid=32, masks=False)
    raw = layout.empty(1)
    for code, box, score in found:
        layout.place(raw[0], code, np.array(box), score)
    return object_charts(y, raw, NAMES)


def test_each_kind_of_error_is_counted():
    known = [
        (0, [0.05, 0.05, 0.2, 0.2]),
        (1, [0.7, 0.05, 0.2, 0.2]),
        (0, [0.05, 0.6, 0.2, 0.2]),
        (0, [0.4, 0.4, 0.2, 0.2]),
    ]
    found = [
        (0, [0.05, 0.05, 0.2, 0.2], 0.9),
        (0, [0.11, 0.09, 0.2, 0.2], 0.9),
        (0, [0.7, 0.05, 0.2, 0.2], 0.9),
        (0, [0.15, 0.7, 0.2, 0.2], 0.9),
        (1, [0.7, 0.7, 0.2, 0.2], 0.9),
    ]
    made = charts(known, found)
    assert {row["what"]: row["objects"] for row in made["object_errors"]} == {
        "found": 1,
        "found as another class": 1,
        "found twice": 0,
        "found at the wrong place": 2,
        "found where there is nothing": 1,
        "missed": 2,
    }
    assert made["confusion_matrix"] == {
        "labels": ["brick", "slab", "background"],
        "matrix": [[1, 0, 2], [1, 0, 0], [2, 1, 0]],
    }
    assert [curve["label"] for curve in made["precision_recall"]] == ["brick", "slab"]
    assert max(made["precision_recall"][0]["x"]) == 1 / 3
    assert [chart.title for chart in class_charts(made)] == ["Precision and recall"]
    assert confusion_view(made).found == (1 / 3, 0.0, 0.0)


def test_nothing_found_has_no_curve():
    made = charts([(0, [0.1, 0.1, 0.2, 0.2])], [])
    assert made["precision_recall"] == []
    assert made["confusion_matrix"]["matrix"] == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
