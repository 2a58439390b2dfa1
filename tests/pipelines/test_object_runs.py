"""Tests of whole runs that find objects in pictures: from annotations to boxes, on the command line."""

import json
import pickle
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from podium import run
from podium_ml.objects.algorithms import ALGORITHMS
from tests.unit.embeddings.tiny import write_backbone
from tests.unit.objects.scenes import CLASSES, save_pictures, write_coco

pytestmark = pytest.mark.slow
READS_MAPS = ALGORITHMS["map_head"].is_available() and find_spec("timm") is not None


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a finished run on scenes of blocks, with a pretrained network if it can be read, and its folder."""
    folder = tmp_path_factory.mktemp("objects")
    more = {"backbone": str(write_backbone(folder / "backbone"))} if READS_MAPS else {}
    names = ["pixel_forest", *(["map_head"] if READS_MAPS else [])]
    done = run(
        write_coco(folder / "scenes", 48),
        task="segmentation",
        out=folder / "run",
        max_trials=1,
        time_limit="60s",
        algorithms=",".join(names),
        name="blocks",
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
    assert "could not be drawn" not in (folder / "run" / "report.html").read_text()
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
