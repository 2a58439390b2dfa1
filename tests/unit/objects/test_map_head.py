"""A head on maps of a frozen network: stored once, learned from by branches, and read without PyTorch."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Problem
from podium_ml.errors import TrainingError
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.models import BaggedModel
from podium_ml.models.fold_model import FoldModel
from podium_ml.objects.algorithms import ALGORITHMS
from podium_ml.objects.features import MapEncoder, PictureFeaturizer
from podium_ml.objects.map_rows import MapRows, read_cells, to_cells
from podium_ml.objects.precision import match, precisions
from podium_ml.readers import READERS, SourceFile
from podium_ml.settings import ObjectsProblem, PlanSettings, ReaderOptions
from podium_ml.training.choice import choose_algorithms
from podium_ml.weights import giving
from tests.unit.embeddings.tiny import write_backbone
from tests.unit.objects.scenes import write_coco

pytest.importorskip("timm")
pytest.importorskip("torch")

KIND = KINDS["objects"]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the weights of a small network, as a run has it."""
    folder = tmp_path_factory.mktemp("weights")
    write_backbone(folder / "backbone")
    return folder


@pytest.fixture(scope="module", params=["detection", "segmentation"])
def planned(
    request: pytest.FixtureRequest, weights: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Problem, PictureFeaturizer, pd.DataFrame, pd.DataFrame]:
    """Return the problem of some scenes, what makes their features, and training and test pictures."""
    path = write_coco(tmp_path_factory.mktemp("scenes"), 48)
    reading = READERS["annotations"].read(SourceFile(str(path), path.name), ReaderOptions())
    table = next(iter([batch.to_pandas() for batch in reading.batches if batch.num_rows]))
    settings = ObjectsProblem(task=request.param, test_fraction="0.25", backbone=str(weights))
    inferred = KIND.infer_problem(table, settings)
    problem = replace(inferred.problem, weights=settings.weights)
    with giving(str(weights)):
        featurizer = KIND.plan_features(problem, inferred.train)
    return problem, featurizer, inferred.train, inferred.test


@pytest.fixture(scope="module")
def model(planned: Any) -> BaggedModel:
    problem, featurizer, train, _ = planned
    table, spec = build_feature_table(featurizer, train, problem), ALGORITHMS["map_head"]
    encoder = KIND.make_encoder(spec.needs, schema=table.schema, problem=problem, seed=0)
    estimator = spec.build(problem, seed=0, n_jobs=1, effort=0.6, width=24)
    fitted = spec.fit_estimator(estimator, encoder.fit_transform(table.X, table.y), table.y)
    fold = FoldModel(encoder, fitted, len(problem.classes), target_type="found_objects")
    return BaggedModel("map_head", {}, (fold,))


def test_cells_hold_maps_of_any_proportions():
    maps = np.random.default_rng(0).normal(size=(3, 5, 2, 4)).astype(np.float32)
    found = read_cells(to_cells(maps))
    assert found.dtype == np.float16
    np.testing.assert_allclose(found, maps.transpose(0, 2, 3, 1), atol=2e-3)
    assert np.isfinite(read_cells(to_cells(1e9 * maps))).all()


def test_maps_of_three_scales_are_stored_beside_pixels(planned):
    problem, featurizer, train, _ = planned
    table = build_feature_table(featurizer, train, problem)
    assert [one.kind for one in table.schema.features] == ["image", "map", "map", "map"]
    rows = MapEncoder(table.schema).transform(table.X)
    sides = [one.shape[1] for one in rows.maps]
    # The finest map is as fine as the grid.
    assert sides == [problem.objects.grid // factor for factor in (1, 2, 4)]
    assert rows[3:5].shape == (2, 4 * problem.objects.grid)
    np.testing.assert_array_equal(rows[3:5].maps[1], rows.maps[1][3:5])
    assert "3 scales" in KIND.render_features(problem, train, table.X, table.schema)


def test_it_finds_blocks(planned, model):
    problem, featurizer, _, test = planned
    table = build_feature_table(featurizer, test, problem)
    raw = model.predict_raw(table.X)
    assert raw.shape[1:3] == (problem.objects.grid,) * 2
    assert np.nanmean(precisions(match(table.y, raw))[:, 0]) > 0.5


def test_the_predictor_needs_neither_pytorch_nor_the_weights(planned, model, tmp_path):
    problem, featurizer, _, test = planned
    predictor = KIND.make_predictor(problem, featurizer, model, name="map_head", threshold=0.3)
    predictor.save(tmp_path / "model.pkl")
    test.to_pickle(tmp_path / "rows.pkl")
    np.save(tmp_path / "raw.npy", predictor.predict_raw(test))
    code = (
        "import sys, numpy as np, pandas as pd; from podium_ml.kinds import load_predictor\n"
        f"predictor = load_predictor({str(tmp_path / 'model.pkl')!r})\n"
        f"raw = predictor.predict_raw(pd.read_pickle({str(tmp_path / 'rows.pkl')!r}))\n"
        f"np.testing.assert_allclose(raw, np.load({str(tmp_path / 'raw.npy')!r}), atol=1e-3)\n"
        "assert not {'torch', 'timm'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert {"onnxruntime"} <= set(KIND.prediction_modules(problem))


def test_models_of_pixels_carry_no_network(planned):
    problem, featurizer, train, _ = planned
    table, spec = build_feature_table(featurizer, train, problem), ALGORITHMS["baseline"]
    encoder = KIND.make_encoder(spec.needs, schema=table.schema, problem=problem, seed=0)
    fitted = spec.build(problem, seed=0, n_jobs=1).fit(encoder.fit_transform(table.X, table.y), table.y)
    fold = FoldModel(encoder, fitted, len(problem.classes), target_type="found_objects")
    predictor = KIND.make_predictor(
        problem, featurizer, BaggedModel("baseline", {}, (fold,)), name="baseline"
    )
    assert predictor.featurizer.encoder is None
    assert list(predictor.featurizer.transform(train[:2])) == ["picture"]
    assert len(predictor.predict_raw(train[:2])) == 2


def test_it_takes_part_only_with_weights(planned):
    problem, *_ = planned
    names = {spec.name for spec in choose_algorithms(problem, PlanSettings())[0]}
    assert "map_head" in names
    plain = replace(problem, weights={})
    _, skipped = choose_algorithms(plain, PlanSettings())
    assert "--backbone" in next(one["reason"] for one in skipped if one["algorithm"] == "map_head")


def test_without_time_for_maps_the_branch_says_so(planned, weights):
    problem, _, train, _ = planned
    with giving(str(weights), seconds=0.01):
        hurried = PictureFeaturizer.plan(problem, train)
    assert [one.kind for one in hurried.schema.features] == ["image"]
    table = build_feature_table(hurried, train[:4], problem)
    with pytest.raises(TrainingError, match="no maps"):
        MapEncoder(table.schema).fit_transform(table.X, table.y)


def test_rows_are_sliced_like_a_matrix():
    rows = MapRows(np.zeros((5, 8, 8, 3), np.uint8), (np.zeros((5, 2, 2, 4), np.float16),))
    assert len(rows[:2]) == 2
    assert rows.nbytes == 5 * (8 * 8 * 3 + 2 * 2 * 4 * 2)
    assert list(rows.arrays) == ["pixels", "map_0"]
