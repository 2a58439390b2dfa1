"""Pictures that are likely to be marked wrongly."""

import numpy as np

from podium_ml.objects.doubts import doubtful_pictures
from podium_ml.objects.encoding import known_of
from tests.unit.objects.test_algorithms import fitted


def test_a_missing_box_and_a_wrong_class_are_found():
    problem, model, X, y = fitted("pixel_forest", "detection")
    names, raw = [str(one) for one in problem.classes], model.predict(X)
    honest = doubtful_pictures(y, raw, names)
    sure = [row for row in range(len(y)) if len(known_of(y[row]).boxes) and not honest.wrong[row]]
    assert len(sure) >= 3
    spoilt = y.copy()
    spoilt[sure[0], 0] = np.nan  # the first box is not marked
    spoilt[sure[1], 0, 0] = 1 - spoilt[sure[1], 0, 0]  # brick is called slab
    found = doubtful_pictures(spoilt, raw, names)
    assert found.wrong[sure[0]] > 0.5
    assert "is not marked" in found.expected[sure[0]]
    assert found.wrong[sure[1]] > 0.5
    assert ", not " in found.expected[sure[1]]
    assert np.array_equal(np.delete(found.wrong, sure[:2]), np.delete(honest.wrong, sure[:2]))
