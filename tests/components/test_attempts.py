"""Tests of telling which attempt at a task a pod is, from the name of its node."""

from inspect import signature

import pytest

from podium_components.attempts import MOST_DEATHS, NODE_VARIABLE, earlier_deaths, outer_attempts
from podium_components.plan_training import plan_training as component
from podium_components.resolution import resolve


def resolve_inputs():
    resolve("tabular", {}, {})


def plan_training():
    component.python_func(*[None] * len(signature(component.python_func).parameters))


# As Argo 4.0.5 names the node of a branch in a run of Kubeflow Pipelines 2.17.0.
BRANCH = (
    "podium-tabular-f7b7l({0}).root({0}).exit-handler-1({0}).condition-2({0}).for-loop-3({1})"
    ".iteration-iterations(12:12)({1}).iteration-item({2}).train-candidate({3}).executor({4})"
)


@pytest.mark.parametrize(
    ("node", "deaths"),
    [
        (BRANCH.format(0, 0, 0, 0, 0), 0),
        (BRANCH.format(0, 0, 0, 1, 0), 1),
        (BRANCH.format(0, 0, 0, 2, 0), 2),
        (BRANCH.format(0, 0, 0, 0, 1), 1),
        (BRANCH.format(0, 0, 1, 0, 0), MOST_DEATHS),
        (BRANCH.format(0, 1, 0, 0, 0), MOST_DEATHS),
        ("podium-tabular-f7b7l.root.for-loop-3.iteration-iterations(2:2).train-candidate.executor(1)", 1),
        ("podium-tabular-f7b7l.root.for-loop-3.iteration-iterations(2:2).train-candidate.executor", 0),
        ("", 0),
    ],
)
def test_deaths_are_the_attempts_at_the_task_and_all_after_those_around_it(node, deaths, monkeypatch):
    monkeypatch.setenv(NODE_VARIABLE, node)
    assert earlier_deaths() == deaths


def test_local_tasks_have_one_attempt(monkeypatch):
    monkeypatch.delenv(NODE_VARIABLE, raising=False)
    assert earlier_deaths() == outer_attempts() == 0


def test_attempts_at_the_task_itself_are_not_those_around_it():
    assert outer_attempts(BRANCH.format(0, 0, 0, 2, 1)) == 0
    assert outer_attempts(BRANCH.format(1, 0, 0, 0, 0)) > 0


@pytest.mark.parametrize("first", [resolve_inputs, plan_training])
def test_repeated_run_ends_with_its_first_task(first, monkeypatch):
    """Kubeflow finds the tasks of a repeated pipeline twice, and Argo would go on repeating it."""
    monkeypatch.setenv(NODE_VARIABLE, "run(0).root(1).exit-handler-1(0).condition-2(0).task(0).executor(0)")
    with pytest.raises(SystemExit, match="died again and again"):
        first()
