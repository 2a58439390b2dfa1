"""Tests of whole runs that classify pictures: from an archive of folders to classes of new pictures."""

import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw

from podium import run
from tests.pipelines.no_network import forbid_network

pytestmark = pytest.mark.slow
ASKED = {"task": "classification", "max_trials": 1, "seed": 3, "algorithms": "logistic_regression"}


def shape(label, seed):
    """Return a picture of a disc or a square."""
    rng = np.random.default_rng(seed)
    image = Image.fromarray(rng.integers(180, 220, (40, 40, 3), dtype=np.uint8))
    x, y = (int(one) for one in rng.integers(4, 16, 2))
    draw = ImageDraw.Draw(image)
    (draw.ellipse if label == "disc" else draw.rectangle)((x, y, x + 18, y + 18), fill=(60, 60, 60))
    return image


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return two runs on the same archive, with the same seed; no process of them reaches another machine."""
    folder = tmp_path_factory.mktemp("pictures")
    for at in range(60):
        label = ("disc", "square")[at % 2]
        (folder / "photos" / label).mkdir(parents=True, exist_ok=True)
        shape(label, at).save(folder / "photos" / label / f"{at}.png")
    source = shutil.make_archive(str(folder / "photos"), "zip", folder, "photos")
    with pytest.MonkeyPatch.context() as changed:
        forbid_network(folder / "early", changed)
        runs = [run(source, out=folder / name, **ASKED).wait() for name in ("first", "second")]
    return runs, folder


def test_equal_seeds_give_the_same_scores(finished):
    (one, other), _ = finished
    boards = [done.leaderboard.set_index("model").sort_index() for done in (one, other)]
    scores = [name for name in boards[0] if name.endswith(("_oof", "_test"))]
    assert boards[0]["status"].eq("ok").all()
    pd.testing.assert_frame_equal(boards[0][scores], boards[1][scores])
    assert boards[0].loc["logistic_regression", "accuracy_test"] > 0.8


def test_each_new_picture_has_its_class_and_unreadable_ones_are_named(finished):
    (done, _), folder = finished
    (folder / "new").mkdir()
    truth = {}
    for at in range(100, 112):
        truth[f"{at}.png"] = label = ("disc", "square")[at % 2]
        shape(label, at).save(folder / "new" / f"{at}.png")
    (folder / "new" / "page.jpg").write_text("<html>")
    command = [sys.executable, "-m", "podium.main", "predict", done.path, folder / "new"]
    said = subprocess.run([*command, "--out", folder / "new.csv"], capture_output=True, text=True, check=True)
    assert "page.jpg is no picture" in said.stdout + said.stderr
    found = pd.read_csv(folder / "new.csv").set_index("file")["prediction"].to_dict()
    assert found.keys() == truth.keys()
    assert sum(found[name] == truth[name] for name in truth) >= 10
