"""Tests of whole runs that find objects in pictures: from annotations to boxes, on the command line."""

import json
import pickle
import time
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from podium import run
from podium_ml.objects import algorithms
from podium_ml.objects.algorithms import ALGORITHMS
from tests.pipelines.faulty_kinds import faulty
from tests.pipelines.no_network import forbid_network
from tests.unit.embeddings.tiny import write_backbone
from tests.unit.objects.scenes import CLASSES, save_pictures, write_coco

pytestmark = pytest.mark.slow
ASKED = {"task": "segmentation", "max_trials": 1, "name": "blocks", "seed": 3}
READS_MAPS = ALGORITHMS["map_head"].is_available() and find_spec("timm") is not None


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a finished run on scenes of blocks, with a pretrained network if it can be read, and its folder.

    No process of it reaches another machine.
    """
    folder = tmp_path_factory.mktemp("objects")
    more = {"backbone": str(write_backbone(folder / "backbone"))} if READS_MAPS else {}
    names = ["pixel_forest", *(["map_head"] if READS_MAPS else [])]
    write_coco(folder / "scenes", 48)
    with pytest.MonkeyPatch.context() as changed:
        forbid_network(folder / "early", changed)
        done = run(
            folder / "scenes",
            out=folder / "run",
            time_limit="60s",
            algorithms=",".join(names),
            **ASKED,
            **more,
        ).wait()
    return done, folder


def test_models_compete(finished):
    done, folder = finished
    board = pd.read_csv(folder / "run" / "leaderboard.csv").set_index("model")
    assert board["status"].eq("ok").all()
    assert {"pixel_forest", "baseline"} <= set(board.index)
    assert ("map_head" in board.index) == READS_MAPS
    assert board.loc["pixel_forest", "map_test"] > board.loc["baseline", "map_test"] + 0.2
    report = (folder / "run" / "report.html").read_text()
    assert "could not be drawn" not in report
    assert "What became of objects" in report
    assert "Precision and recall" in report
    assert ("Augmented training pictures" in report) == READS_MAPS
    # All blocks are small, and those are all there are.
    assert (board["map_small_test"] == board["map_test"]).all()
    assert board.get("map_large_test", pd.Series(dtype=float)).isna().all()
    assert board.loc["pixel_forest", "mean_iou_test"] > 0.5
    assert "Mean IoU" in report
    assert "mAP, small objects" in report
    assert "medium objects" not in report
    found = done.predictor.predict([str(folder / "scenes" / "images" / "p005.png")])[0]
    assert {one["label"] for one in found} <= set(CLASSES)


def test_the_model_holds_the_network_only_if_it_reads_its_maps(finished):
    done, _ = finished
    encoder = done.predictor.featurizer.encoder
    reads = "map_head" in {one.algorithm for one in getattr(done.predictor.model, "members", [])} or (
        getattr(done.predictor.model, "algorithm", "") == "map_head"
    )
    assert (encoder is not None) == reads
    assert pickle.loads(pickle.dumps(done.predictor.featurizer)).schema == done.predictor.featurizer.schema


def test_boxes_of_new_pictures_are_coco(finished):
    from podium.main import main

    _, folder = finished
    truth = dict(save_pictures(folder / "new", 6))
    with pytest.raises(SystemExit) as ended:
        main(["predict", str(folder / "run"), str(folder / "new"), "--out", str(folder / "boxes.json")])
    assert ended.value.code in (0, None)
    content = json.loads((folder / "boxes.json").read_text())
    names = {one["id"]: one["file_name"] for one in content["images"]}
    sure = [one for one in content["annotations"] if one["score"] > 0.5]
    objects = sum(map(len, truth.values()))
    near = 0
    for one in sure:
        boxes = [box for _, box in truth[names[one["image_id"]].rpartition("/")[2]]]
        near += any(np.abs(np.subtract(one["bbox"], box)).max() <= 6 for box in boxes)
    assert near >= objects / 2


def test_equal_seeds_give_the_same_scores(finished, tmp_path):
    """Also beside another model, and without a time limit."""
    done, folder = finished
    again = run(folder / "scenes", out=tmp_path / "again", algorithms="pixel_forest", **ASKED).wait()
    ours, theirs = (one.leaderboard.set_index("model") for one in (again, done))
    scores = [name for name in ours if name.endswith(("_oof", "_test"))]
    assert scores
    names = ["pixel_forest", "baseline"]
    pd.testing.assert_frame_equal(ours.loc[names, scores], theirs.loc[names, scores])


@pytest.mark.alone
def test_branches_that_die_devour_or_hang_are_failed_rows_within_the_time_limit(tmp_path):
    write_coco(tmp_path / "scenes", 30)
    began, names = time.monotonic(), ("dies", "devours", "hangs")
    with faulty(algorithms, names=names, folder=tmp_path, tasks=frozenset({"detection"})):
        done = run(
            tmp_path / "scenes",
            task="detection",
            out=tmp_path / "run",
            algorithms="dies,devours,hangs,pixel_forest",
            max_memory="1500M",
            time_limit="30s",
        ).wait()
    assert time.monotonic() - began < 45
    board = done.leaderboard.set_index("model")
    reasons = board["reason"].fillna("")
    assert "signal 9" in reasons["dies"]
    assert "Out of memory" in reasons["devours"]
    assert "Out of time" in reasons["hangs"]
    assert set(board.index[board["status"] == "failed"]) == {"dies", "devours", "hangs"}
    assert board.loc["pixel_forest", "status"] == "ok"
    assert len(done.predictor.predict([str(tmp_path / "scenes" / "images" / "p001.png")])) == 1
