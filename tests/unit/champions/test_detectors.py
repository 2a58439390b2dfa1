"""Tests of the comparison of models that find objects: both see the same pictures."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from podium_ml.champions.challenge import Gate, decide
from podium_ml.champions.confined_answer import write_answer
from podium_ml.champions.folder import MODEL, SEEN_ROWS, ChampionFolder
from podium_ml.champions.seen_rows import hash_rows
from podium_ml.contracts import Champion, ModelChoice, Selection
from podium_ml.ingestion import read_frame
from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.models import BaggedModel
from podium_ml.models.fold_model import FoldModel
from podium_ml.objects.algorithms import ALGORITHMS
from podium_ml.run.budget import Deadline
from podium_ml.settings import ObjectsProblem
from tests.unit.objects.scenes import write_coco

KIND, PICTURES = KINDS["objects"], 120
SELECTION = Selection(
    "pixel_forest", "", (ModelChoice("pixel_forest", 0.9, predict_milliseconds=1.0, size_bytes=1),)
)


@pytest.fixture(scope="module")
def inferred(tmp_path_factory) -> Any:
    path = write_coco(tmp_path_factory.mktemp("scenes"), PICTURES)
    table = read_frame(str(path), hints=ColumnHints(kind="objects"))
    return KIND.infer_problem(table, ObjectsProblem(task="detection", test_fraction="0.5"))


@pytest.fixture(scope="module")
def finders(inferred) -> dict[str, Any]:
    """Return predictors by algorithm."""
    problem, made = inferred.problem, {}
    featurizer = KIND.plan_features(problem, inferred.train)
    table = build_feature_table(featurizer, inferred.train, problem)
    for name in ("baseline", "pixel_forest"):
        spec = ALGORITHMS[name]
        encoder = KIND.make_encoder(spec.needs, schema=table.schema, problem=problem, seed=0)
        fitted = spec.build(problem, seed=0, n_jobs=1).fit(encoder.fit_transform(table.X, table.y), table.y)
        fold = FoldModel(encoder, fitted, len(problem.classes), target_type="found_objects")
        made[name] = KIND.make_predictor(problem, featurizer, BaggedModel(name, {}, (fold,)), name=name)
    return made


def compare(inferred: Any, challenger: Any, folder: ChampionFolder) -> Any:
    rows = {"train": inferred.train, "test": inferred.test, "deadline": Deadline()}
    folder.path.mkdir(exist_ok=True)
    write_answer(folder, inferred.problem, **rows, into=folder.path)
    return decide(inferred.problem, SELECTION, challenger=challenger, champion=folder, gate=Gate(), **rows)


def champion(path: Path, predictor: Any, *, seen: Any = None) -> ChampionFolder:
    folder = ChampionFolder(path)
    folder.write_champion(Champion("blocks", "2", "run", predictor.problem))
    predictor.save(path / MODEL)
    hashes = hash_rows(seen, predictor.problem) if seen is not None else np.zeros(0, np.uint64)
    np.save(path / SEEN_ROWS, np.unique(hashes))
    return folder


def test_a_better_finder_replaces_the_champion_on_the_same_pictures(inferred, finders, tmp_path):
    decision = compare(
        inferred, finders["pixel_forest"], champion(tmp_path / "champion", finders["baseline"])
    )
    assert decision.promoted, decision.reason
    assert decision.rows == len(inferred.test)
    assert decision.metric == "map"
    assert 0 < decision.low < decision.improvement


def test_an_equal_finder_is_held(inferred, finders, tmp_path):
    forest = finders["pixel_forest"]
    decision = compare(inferred, forest, champion(tmp_path / "champion", forest))
    assert not decision.promoted
    assert decision.improvement == 0


def test_pictures_that_the_champion_learned_from_do_not_count(inferred, finders, tmp_path):
    seen = inferred.test.head(10)
    folder = champion(tmp_path / "champion", finders["baseline"], seen=seen)
    decision = compare(inferred, finders["pixel_forest"], folder)
    assert decision.rows == len(inferred.test) - 10
    assert decision.seen_rows == 10


def test_the_first_finder_must_beat_one_that_finds_nothing(inferred, finders, tmp_path):
    first = compare(inferred, finders["pixel_forest"], ChampionFolder(tmp_path / "none"))
    assert first.promoted, first.reason
    assert first.champion == ""
