"""Tests of where the models of a run on this machine are found."""

import pytest

from podium.run_artifacts import has_artifacts, model_artifacts
from podium.run_folder import RunFolder
from podium_ml.errors import RunError

FILES = (
    "validate-data/problem",
    "validate-data/train",
    "featurize-data/features",
    "featurize-data/featurizer",
    "select-model/model",
)


def write(folder, task, *, ended):
    """Write what a branch leaves behind, and return its candidate."""
    candidate = folder.artifacts / task / "train-candidate" / "candidate"
    candidate.mkdir(parents=True)
    if ended:
        candidate.with_name("executor_output.json").write_text("{}")
    return candidate


@pytest.fixture
def folder(tmp_path):
    """Return a run whose shared artifacts are there, and no candidate."""
    run = RunFolder(tmp_path)
    for name in FILES:
        path = run.artifacts / "second" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return run


def test_candidate_of_a_branch_that_was_cancelled_is_left_out(folder):
    write(folder, "first/for-loop-3-iteration-0", ended=False)
    cached = write(folder, "first/for-loop-3-iteration-1", ended=True)
    trained = write(folder, "second/for-loop-3-iteration-0", ended=True)
    assert sorted(model_artifacts(folder)["candidates"]) == [cached, trained]


def test_run_that_was_cancelled_has_no_models_to_put_together(folder):
    write(folder, "first/for-loop-3-iteration-0", ended=False)
    assert not has_artifacts(folder)
    with pytest.raises(RunError, match="holds the chosen model alone"):
        model_artifacts(folder)
