"""Tests of further kinds of data on a real Kubeflow Pipelines server: each run is compared with a local one.

Networks take part if the image of the stages has PyTorch: ``PODIUM_STAGE_IMAGE=python-torch``.
"""

import json
import os

import numpy as np
import pytest

import podium
from podium.images import image_names
from tests.pipelines.tables import binary_table
from tests.unit.entities.test_models import texts
from tests.unit.objects.scenes import write_coco

pytestmark = [pytest.mark.kubeflow, pytest.mark.timeout(3600)]
# Their sums depend on the number of threads.
NETWORKS = {"centre_network", "token_network", "bag_of_words_network"}


def write_reviews(folder):
    """Write a table whose target is told by words and numbers."""
    table = binary_table(300, seed=int.from_bytes(os.urandom(3)))
    openings = np.random.default_rng(0).choice(["The service is", "It was", "On most days it is"], len(table))
    words = np.where(table["churn"] == "yes", "slow and often broken", "quick and always there")
    table["review"] = [
        f"{one} {other}, said customer {row}."
        for row, (one, other) in enumerate(zip(openings, words, strict=True))
    ]
    table.to_csv(folder / "reviews.csv", index=False)
    return folder / "reviews.csv"


def write_dishes(folder):
    """Write texts with spans."""
    rows = texts(120, seed=int.from_bytes(os.urandom(3))).to_dict("records")
    lines = [json.dumps({**row, "spans": json.loads(row["spans"])}) for row in rows]
    (folder / "dishes.jsonl").write_text("\n".join(lines))
    return folder / "dishes.jsonl"


def write_blocks(folder):
    """Write pictures with boxes."""
    return write_coco(folder / "blocks", 24)


CASES = {
    "texts": (write_reviews, "logistic_regression,text_svm", "bag_of_words_network", {"target": "churn"}),
    "entities": (write_dishes, "conditional_random_field", "token_network", {"task": "entities"}),
    "objects": (write_blocks, "pixel_forest", "centre_network", {"task": "detection"}),
}


@pytest.fixture(scope="module", params=CASES)
def runs(request, connections, folder):
    """Return a finished run on the server and one on this machine, of data that no earlier session has sent."""
    write, algorithms, network, settings = CASES[request.param]
    if connections["image of the stages"] == "python-torch":
        algorithms += f",{network}"
    place = folder / request.param
    place.mkdir()
    source, seed = write(place), int.from_bytes(os.urandom(2))

    def finished(engine):
        return podium.run(
            source,
            engine=engine,
            out=place / engine,
            name=f"test-{os.urandom(4).hex()}",
            max_trials=1,
            seed=seed,
            algorithms=algorithms,
            **settings,
        ).wait()

    return finished("kubeflow"), finished("local")


def test_leaderboard_matches_a_local_run(runs):
    assert [run.status for run in runs] == ["succeeded", "succeeded"]
    ours, theirs = (run.leaderboard.set_index("model") for run in runs)
    assert ours["status"].eq("ok").all()
    scores = [name for name in ours if name.endswith(("_oof", "_test"))]
    alike = [name for name in ours.index if name in theirs.index and name not in NETWORKS | {"ensemble"}]
    assert scores
    assert {"baseline", *runs[1].folder.settings.algorithm_names} <= {*alike, *NETWORKS}
    np.testing.assert_allclose(ours.loc[alike, scores], theirs.loc[alike, scores], rtol=1e-3, atol=1e-3)


def test_delivered_model_predicts(runs):
    delivered, local = (run.predictor for run in runs)
    assert delivered.problem.classes == local.problem.classes
    assert runs[0].report.read_text().count("<h1") == 1


def test_branches_have_the_images_of_their_algorithms(runs, pods):
    images = {algorithm: one.image for algorithm, _, one in pods.branches(runs[0].state.run_id)}
    assert images
    for algorithm, image in images.items():
        assert image == image_names()["python-torch" if algorithm in NETWORKS else "python-cpu"]
