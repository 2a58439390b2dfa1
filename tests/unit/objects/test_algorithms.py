"""Algorithms that find objects, on pictures of coloured blocks."""

import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.files import pickles
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.metrics import METRICS
from podium_ml.objects.algorithms import ALGORITHMS
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.features import PixelEncoder
from podium_ml.readers import READERS, SourceFile
from podium_ml.run.budget import Deadline
from podium_ml.settings import ObjectsProblem, PlanSettings, ReaderOptions
from podium_ml.training.choice import choose_algorithms
from tests.unit.objects.scenes import write_coco

# Settings with which networks learn in seconds.
QUICK = {"centre_network": {"effort": 0.1, "width": 8}, "pixel_forest": {"trees": 10}}
DETECTORS = [name for name, spec in ALGORITHMS.items() if spec.for_accelerators]
# Pictures from which they learn, each of which takes about a second of a processor.
FEW_PICTURES = 6
QUICK |= {name: {"effort": 0.002, "depth": 10, "width": 64, "changes": "flips"} for name in DETECTORS}


@cache
def blocks(task: str) -> "tuple[Problem, np.ndarray, np.ndarray, np.ndarray, np.ndarray]":
    """Return the problem of 48 scenes, and pixels and objects of training and test pictures."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = write_coco(Path(folder), 48)
        reading = READERS["annotations"].read(SourceFile(str(path), path.name), ReaderOptions())
        table = next(iter([batch.to_pandas() for batch in reading.batches if batch.num_rows]))
    kind = KINDS["objects"]
    inferred = kind.infer_problem(table, ObjectsProblem(task=task, test_fraction="0.25"))
    featurizer = kind.plan_features(inferred.problem, inferred.train)
    parts = [
        build_feature_table(featurizer, rows, inferred.problem) for rows in (inferred.train, inferred.test)
    ]
    X, X_test = (PixelEncoder(featurizer.schema).transform(part.X) for part in parts)
    return inferred.problem, X, parts[0].y, X_test, parts[1].y


@cache
def fitted(name: str, task: str) -> "tuple[Problem, Any, np.ndarray, np.ndarray]":
    """Return the problem, a model, and pixels and objects of test pictures."""
    spec = ALGORITHMS[name]
    if task not in spec.tasks or not spec.is_available():
        pytest.skip(f"{name} does not solve {task} here")
    problem, X, y, X_test, y_test = blocks(task)
    if name in DETECTORS:
        X, y = X[:FEW_PICTURES], y[:FEW_PICTURES]
    model = spec.build(problem, seed=0, n_jobs=1, **QUICK.get(name, {}))
    return problem, spec.fit_estimator(model, X, y, deadline=Deadline()), X_test, y_test


@pytest.mark.parametrize("name", DETECTORS)
def test_detectors_give_grids(name):
    """With so little training they are hardly better than chance; the benchmark of scenes says how good they are."""
    task = "segmentation" if name == "mask_rcnn" else "detection"
    problem, model, X, y = fitted(name, task)
    raw = model.predict(X)
    assert raw.dtype == np.float32
    assert raw.shape == (len(X), problem.objects.grid, problem.objects.grid, raw.shape[3])
    assert np.isfinite(raw).all()
    assert 0 <= METRICS["map_50"].score(y, raw) <= 1
    heat = raw[..., : len(problem.classes)]
    assert 0 <= heat.min() <= heat.max() <= 1


@pytest.mark.parametrize("name", ["centre_network", *DETECTORS])
def test_networks_predict_without_torch(name, tmp_path):
    task = "segmentation" if "segmentation" in ALGORITHMS[name].tasks else "detection"
    _, model, X, _ = fitted(name, task)
    assert set(ALGORITHMS[name].models_require) == {"onnxruntime"}
    pickles.dump(model, tmp_path / "model.pkl", kind="model", metadata={})
    np.save(tmp_path / "X.npy", X[:2])
    np.save(tmp_path / "raw.npy", model.predict(X[:2]))
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['torchvision'] = None\n"
        "import numpy as np; from podium_ml.files import pickles\n"
        f"model = pickles.load({str(tmp_path / 'model.pkl')!r}, kind='model')\n"
        f"raw = model.predict(np.load({str(tmp_path / 'X.npy')!r}))\n"
        f"np.testing.assert_allclose(raw, np.load({str(tmp_path / 'raw.npy')!r}), atol=1e-5)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_detectors_take_part_where_there_is_an_accelerator():
    problem, *_ = blocks("detection")
    plain, skipped = choose_algorithms(problem, PlanSettings())
    assert not {spec.name for spec in plain} & {*DETECTORS}
    assert "accelerator" in next(one["reason"] for one in skipped if one["algorithm"] == "fcos")
    asked, _ = choose_algorithms(problem, PlanSettings(algorithms="fcos"))
    assert "fcos" in {spec.name for spec in asked}
    if ALGORITHMS["fcos"].is_available():
        accelerated, _ = choose_algorithms(problem, PlanSettings(), accelerated=True)
        assert {"fcos", "faster_rcnn"} <= {spec.name for spec in accelerated}


def test_a_detector_learns_an_example_as_it_is_changed():
    pytest.importorskip("torchvision")
    from podium_ml.objects.algorithms._detector_training import _changes, _example
    from podium_ml.objects.encoding import known_of

    _, X, y, *_ = blocks("segmentation")
    for picture, row in zip(X, y, strict=True):
        known = known_of(row)
        image, objects = _example(picture, known, _changes("flips"), masks=True)
        side = image.shape[1]
        for box, label, mask in zip(objects["boxes"], objects["labels"], objects["masks"], strict=True):
            rows, columns = np.nonzero(mask.numpy())
            found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            assert np.abs(box.numpy() - found).max() <= 1.0
            # The block is darker than the noise around it in at least one channel.
            inside = image.numpy()[:, rows, columns].mean(axis=1)
            assert (inside.argmax() == 0) == (int(label) - 1 == 0), (inside, label)
        assert image.shape == (3, side, side)


def test_the_forest_splits_what_touches_and_leaves_long_objects_whole():
    from podium_ml.objects.algorithms.pixel_forest import PixelForest

    forest = PixelForest(Layout(1, 24, True), trees=1, smooth=0.0, apart=0.5, leaf=1, seed=0, n_jobs=1)
    forest.areas_ = [40.0, 78.0]
    rows, columns = np.mgrid[:48, :48]
    pair = ((rows - 12) ** 2 + (columns - 12) ** 2 < 25) | ((rows - 12) ** 2 + (columns - 20) ** 2 < 25)
    long = (abs(rows - 36) < 4) & (abs(columns - 20) < 14)
    found = forest._objects(pair | long)
    assert sorted(box for _, box in found)[0] == [7, 33, 27, 7]
    assert len(found) == 3
