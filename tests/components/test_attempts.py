"""Tests of telling how often the pod of a branch died, from the name of its node."""

import pytest

from podium_components.attempts import MOST_DEATHS, NODE_VARIABLE, earlier_deaths

# As Argo 4.0.5 names the node of a branch in a run of Kubeflow Pipelines 2.17.0.
BRANCH = (
    "podium-tabular-f7b7l(0).root(0).exit-handler-1(0).condition-2(0).for-loop-3(0)"
    ".iteration-iterations(12:12)(0).iteration-item(0).branch(0).{}({}).executor({})"
)


@pytest.mark.parametrize(
    ("node", "deaths"),
    [
        (BRANCH.format("train-candidate", 0, 0), 0),
        (BRANCH.format("train-candidate", 1, 0), 1),
        (BRANCH.format("train-candidate", 0, 1), 1),
        (BRANCH.format("train-candidate", 2, 1), MOST_DEATHS),
        (BRANCH.format("train-again", 0, 0), 1),
        (BRANCH.format("train-again", 0, 1), MOST_DEATHS),
        ("podium-tabular-f7b7l.root.for-loop-3.iteration-iterations(2:2).train-candidate.executor(1)", 1),
        ("podium-tabular-f7b7l.root.for-loop-3.iteration-iterations(2:2).train-candidate.executor", 0),
        ("", 0),
    ],
)
def test_deaths_are_the_attempts_at_the_task_and_at_the_one_before_it(node, deaths, monkeypatch):
    monkeypatch.setenv(NODE_VARIABLE, node)
    assert earlier_deaths() == deaths


def test_local_tasks_have_one_attempt(monkeypatch):
    monkeypatch.delenv(NODE_VARIABLE, raising=False)
    assert earlier_deaths() == 0
