"""Tests of the table of stages, which the budget, the progress display, the engines and the pipeline read."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest

import podium_components
import podium_ml.stages
from podium_ml.run.stages import NAMES, STAGES, TASKS, stage, warm_groups

MODULES = {
    "validation": ("table_checks",),
    "training": ("sklearn.ensemble", "lightgbm"),
    "tracking": ("mlflow",),
}


def modules(package):
    """Return the names of the public modules of a package."""
    files = Path(package.__path__[0]).glob("*.py")
    return {file.stem for file in files if not file.stem.startswith("_")}


def test_stages_are_in_execution_order():
    assert NAMES[0] == "resolve_inputs"
    assert NAMES[-1] == "publish_run"
    order = (
        "ingest_data",
        "validate_data",
        "plan_training",
        "train_candidate",
        "build_ensemble",
        "select_model",
    )
    order += ("evaluate_models", "challenge_champion", "refit_model", "publish_run")
    positions = [NAMES.index(name) for name in order]
    assert positions == sorted(positions)
    # The stages of one task are consecutive.
    assert [one.task for one in STAGES] == sorted((one.task for one in STAGES), key=TASKS.index)
    assert len(set(NAMES)) == len(STAGES)


def test_stages_match_the_modules_of_the_stages_package():
    assert set(NAMES) == modules(podium_ml.stages)
    for name in NAMES:
        assert inspect.isfunction(import_module(f"podium_ml.stages.{name}").run)


def test_every_task_has_a_component():
    assert set(TASKS) | {"finalize_run"} <= modules(podium_components)
    for name in set(TASKS) - {"resolve_inputs"}:
        component = getattr(import_module(f"podium_components.{name}"), name)
        assert component.python_func.__name__ == name


def test_task_is_not_named_after_a_stage_of_another_task():
    """A task that runs several stages has the name of one of them, or a name that no stage has."""
    for one in STAGES:
        if one.task in NAMES:
            assert stage(one.task).task == one.task


def test_titles_are_unique_and_capitalized():
    titles = [one.title for one in STAGES]
    assert len(set(titles)) == len(titles)
    for title in titles:
        assert title[0].isupper()
        assert not title.endswith(".")


def test_modules_are_imported_before_the_stages_that_need_them():
    found = [module for group in warm_groups(**MODULES) for module in group]
    for one in STAGES:
        at = found.index(f"podium_ml.stages.{one.name}")
        assert all(found.index(module) < at for module in one.warm)
    assert [name for name in found if name.startswith("podium_ml.stages.")] == [
        f"podium_ml.stages.{name}" for name in NAMES
    ]


def test_each_group_of_modules_is_imported_apart():
    """The first stages work while the modules of the training are still being imported."""
    early, training, publishing = warm_groups(**MODULES)
    assert early.index("table_checks") == early.index("podium_ml.stages.validate_data") - 1
    assert training[:2] == ("sklearn.ensemble", "lightgbm")
    assert publishing[0] == "mlflow"
    assert "podium_ml.stages.featurize_data" in early
    assert {"podium_ml.stages.train_candidate", "podium_ml.stages.explain_model"} <= set(training)
    assert "podium_ml.stages.publish_run" in publishing


def test_unknown_stage_raises_an_error():
    with pytest.raises(ValueError, match="tuple"):
        stage("train")
