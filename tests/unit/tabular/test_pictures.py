"""Pictures beside other columns: features, related rows, grids, occlusion, and what predict takes."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.media.decoding import decode_any
from podium_ml.media.packing import pack
from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.fold_model import FoldModel
from podium_ml.run.budget import Deadline
from podium_ml.settings import TabularProblem
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.encoders import make_encoder
from podium_ml.tabular.occlusion import occlusion_maps

ROWS = 60


def disc(seed: int) -> np.ndarray:
    """Return a picture whose disc is in the upper or the lower half, by the seed."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(200, 256, (40, 40, 3), dtype=np.uint8)
    y, x = np.mgrid[:40, :40]
    row = 10 if seed % 2 else 30
    pixels[(y - row) ** 2 + (x - rng.integers(12, 28)) ** 2 < 40] = (20, 20, 120)
    return pixels


def table(rows: int = ROWS) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "photo": [pack(decode_any(disc(seed))) for seed in range(rows)],
            "weight": np.random.default_rng(0).normal(size=rows),
            "where": ["above" if seed % 2 else "below" for seed in range(rows)],
        }
    )


@pytest.fixture(scope="module")
def inferred():
    return KINDS["tabular"].infer_problem(table(), TabularProblem(target="where"))


@pytest.fixture(scope="module")
def predictor(inferred):
    kind, problem = KINDS["tabular"], inferred.problem
    featurizer = kind.plan_features(problem, inferred.train)
    features = build_feature_table(featurizer, inferred.train, problem)
    spec = ALGORITHMS["logistic_regression"]
    encoder = make_encoder(spec.needs, schema=features.schema, problem=problem, seed=0)
    encoded = encoder.fit_transform(features.X, features.y)
    estimator = spec.fit_estimator(spec.build(problem, seed=0, n_jobs=1), encoded, features.y)
    model = BaggedModel(spec.name, {}, (FoldModel(encoder, estimator, 2, target_type="labels"),))
    return kind.make_predictor(problem, featurizer, model, name=spec.name)


def test_roles(inferred):
    roles = {column.name: column.role for column in inferred.problem.columns}
    assert roles == {"photo": "image", "weight": "numeric", "where": "target"}


def test_features_go_through_parquet(inferred, tmp_path):
    kind = KINDS["tabular"]
    featurizer = kind.plan_features(inferred.problem, inferred.train)
    made = build_feature_table(featurizer, inferred.train, inferred.problem)
    made.save(tmp_path)
    pd.testing.assert_frame_equal(type(made).load(tmp_path).X, made.X)
    assert {feature.kind for feature in made.schema.features} == {"image", "vector", "numeric"}


def test_learns_from_pictures_beside_numbers(predictor, inferred):
    assert (predictor.predict(inferred.test) == inferred.test["where"]).mean() > 0.8


def test_missing_and_damaged_pictures_have_a_prediction(predictor):
    rows = table(3).astype({"photo": object})
    rows.loc[0, "photo"] = None
    rows.loc[1, "photo"] = b"rubbish"
    assert len(predictor.predict(rows)) == 3


@pytest.mark.parametrize("form", ["bytes", "array", "pillow", "packed"])
def test_any_form_of_a_picture_gives_the_same_prediction(form, predictor):
    pixels = disc(7)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    forms = {
        "bytes": stream.getvalue(),
        "array": pixels,
        "pillow": Image.fromarray(pixels),
        "packed": pack(decode_any(pixels)),
    }
    row = pd.DataFrame({"photo": pd.Series([forms[form]], dtype=object), "weight": [0.0]})
    expected = predictor.predict_proba(table(8).iloc[[7]].assign(weight=0.0))
    np.testing.assert_allclose(predictor.predict_proba(row), expected, atol=1e-3)


def test_nearly_equal_pictures_share_a_group():
    rows = table(20)
    burst = decode_any(disc(3)).image.resize((80, 80))
    rows.loc[5, "photo"] = pack(decode_any(burst))
    inferred = KINDS["tabular"].infer_problem(rows, TabularProblem(target="where", test_fraction="0"))
    groups = KINDS["tabular"].related_rows(inferred.train, inferred.problem)
    assert groups is None or groups[3] == groups[5] or len(set(groups)) > 15


def test_names_of_files_are_no_feature():
    rows = table().assign(name=[f"{label}/{at}.png" for at, label in enumerate(table()["where"])])
    from podium_ml.contracts import Reading

    readings = {"photo": Reading(type="image"), "name": Reading(type="string")}
    problem = KINDS["tabular"].infer_problem(rows, TabularProblem(target="where"), readings=readings).problem
    assert "name" not in [column.name for column in problem.features]


def test_occlusion_covers_parts_of_the_picture(predictor, inferred):
    maps = occlusion_maps(predictor, inferred.test, deadline=Deadline())
    assert maps
    assert all(one["src"].startswith("data:image/png;base64,") for one in maps)


def test_grids_show_the_worst_first(inferred):
    kind, problem = KINDS["tabular"], inferred.problem
    featurizer = kind.plan_features(problem, inferred.train)
    train = build_feature_table(featurizer, inferred.train, problem)
    raw = np.tile([0.9, 0.1], (len(train.y), 1))
    worst, best, unsure = kind.charts(problem, train=train, oof=raw, test=None, raw=raw[:0])["pictures"]
    assert unsure["title"] == "Label more like these"
    assert all(one["wrong"] for one in worst["pictures"])
    assert not any(one["wrong"] for one in best["pictures"])


def test_frames_of_images_become_packed_pictures():
    from podium_ml.ingestion.in_memory import to_arrow

    frame = pd.DataFrame(
        {"photo": [Image.fromarray(disc(1)), None, Image.fromarray(disc(2))], "n": [1, 2, 3]}
    )
    values = to_arrow(frame, name="source")["photo"].to_pylist()
    assert values[1] is None
    np.testing.assert_array_equal(np.asarray(decode_any(values[2]).image), disc(2))
