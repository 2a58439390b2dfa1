"""Common tests of all algorithms that find objects, including new files in ``podium_ml/objects/algorithms``."""

import pickle
from functools import cache

import numpy as np
import pytest

from podium_ml.contracts import ObjectTask, Problem
from podium_ml.media.pixels import read_pixels, to_pixels
from podium_ml.objects.algorithms import ALGORITHMS
from podium_ml.objects.encoding import FIELDS, MASK
from podium_ml.objects.precision import match, precisions
from podium_ml.objects.targets.found_objects import SPEC as TARGET
from podium_ml.run.budget import Deadline
from tests.unit.objects.scenes import CLASSES, HEIGHT, WIDTH, scene

TRAIN, TEST = 30, 12
# Those for accelerators learn for too long here; tests/unit/objects/test_algorithms.py trains them a little. Those with
# pretrained weights read more than pixels; see tests/unit/objects/test_map_head.py.
AVAILABLE = [
    name
    for name, spec in ALGORITHMS.items()
    if spec.is_available() and not spec.for_accelerators and not spec.weights
]
QUICK = {"centre_network": {"effort": 0.5, "width": 12}}


@cache
def easy(masks: bool):
    X, y = [], np.full((TRAIN + TEST, 2, FIELDS + (MASK * MASK if masks else 0)), np.nan, dtype=np.float32)
    for seed in range(TRAIN + TEST):
        image, objects = scene(seed)
        X.append(to_pixels(image, 64, 3))
        for at, (label, (x, top, w, h)) in enumerate(objects):
            y[seed, at] = 1
            y[seed, at, :FIELDS] = (
                CLASSES.index(label),
                x / WIDTH,
                top / HEIGHT,
                w / WIDTH,
                h / HEIGHT,
                0,
                WIDTH * HEIGHT,
            )
    task = "segmentation" if masks else "detection"
    problem = Problem(
        name="blocks",
        task=task,
        target="objects",
        metric="map",
        columns=(),
        classes=CLASSES,
        kind="objects",
        target_type="found_objects",
        objects=ObjectTask(masks, 16, 2),
    )
    return problem, read_pixels(X), y


@cache
def fitted(name: str, masks: bool):
    problem, X, y = easy(masks)
    spec = ALGORITHMS[name]
    estimator = spec.build(problem, seed=0, n_jobs=1, **QUICK.get(name, {}))
    return spec.fit_estimator(estimator, X[:TRAIN], y[:TRAIN], deadline=Deadline())


every = pytest.mark.parametrize(
    ("name", "masks"), [(name, masks) for name in AVAILABLE for masks in (False, True)]
)


@every
def test_grids_have_the_shape_of_the_problem(name, masks):
    problem, X, _ = easy(masks)
    raw = fitted(name, masks).predict(X[TRAIN:])
    assert raw.shape == TARGET.zeros(TEST, problem).shape
    assert np.isfinite(raw).all()
    assert raw[..., : len(CLASSES)].min() >= 0
    assert raw[..., : len(CLASSES)].max() <= 1


@every
def test_beats_the_mean_box(name, masks):
    _, X, y = easy(masks)
    scores = {
        one: np.nanmean(precisions(match(y[TRAIN:], fitted(one, masks).predict(X[TRAIN:])))[:, 0])
        for one in {name, "baseline"}
    }
    assert name == "baseline" or scores[name] > scores["baseline"] + 0.2


@every
def test_pickled_models_predict_the_same(name, masks):
    _, X, _ = easy(masks)
    model = fitted(name, masks)
    loaded = pickle.loads(pickle.dumps(model))
    np.testing.assert_allclose(loaded.predict(X[TRAIN:]), model.predict(X[TRAIN:]), atol=1e-6)


@pytest.mark.parametrize("name", AVAILABLE)
def test_declaration(name):
    spec = ALGORITHMS[name]
    assert spec.tasks == {"detection", "segmentation"}
    assert spec.description.endswith(".")
    assert spec.needs == "pixels"
