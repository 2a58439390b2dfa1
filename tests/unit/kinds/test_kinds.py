"""Tests of the discovery of problem kinds and of their selection from settings."""

import pytest

from podium_ml.errors import RegistryError, SettingsError
from podium_ml.kinds import KINDS, Kind, kind_of_parsed, kind_of_settings, parse_settings
from podium_ml.registries import KINDS_VARIABLE
from podium_ml.settings import ProblemSettings, Settings, TabularProblem, TabularSettings

PICTURES = """
from typing import Literal

from pydantic import Field

from podium_ml.settings import ProblemSettings, Settings
from podium_ml.tabular.kind import TabularKind


class PictureProblem(ProblemSettings):
    width: int = Field(64, ge=1, description="Pixels in a row.")


class PictureSettings(Settings, PictureProblem):
    pass


class Pictures(TabularKind):
    name, title, tasks = {name!r}, "pictures", ("caption", "regression")
    settings, problem_settings = PictureSettings, PictureProblem


KIND = Pictures()
"""


@pytest.fixture
def declare(tmp_path, monkeypatch):
    """Return a function that declares kinds with the given names, each in a separate package."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(*names):
        packages = []
        for number, name in enumerate(names):
            package = tmp_path / f"kind_of_{tmp_path.name}_{number}"
            package.mkdir()
            (package / "__init__.py").touch()
            (package / "kind.py").write_text(PICTURES.format(name=name))
            packages.append(package.name)
        monkeypatch.setenv(KINDS_VARIABLE, ":".join(packages))
        monkeypatch.setattr(KINDS, "_found", {})

    return make


def test_tabular_is_the_first_kind():
    assert next(iter(KINDS)) == "tabular"
    assert len(KINDS) == len(list(KINDS))


@pytest.mark.parametrize("name", list(KINDS))
def test_kind_declares_required_attributes(name):
    kind = KINDS[name]
    assert isinstance(kind, Kind)
    assert kind.name == name
    assert kind.description.endswith(".")
    assert issubclass(kind.settings, Settings)
    assert issubclass(kind.problem_settings, ProblemSettings)
    assert issubclass(kind.settings, kind.problem_settings), (
        "the problem settings must be a base class of the settings"
    )
    assert set(kind.first_settings) <= set(kind.settings.model_fields)
    assert "baseline" in kind.algorithms


def test_unknown_kind_error_lists_known_kinds():
    with pytest.raises(RegistryError, match="Unknown kind of problem 'pictures'") as caught:
        KINDS["pictures"]
    assert "tabular" in caught.value.hint
    assert "pictures" not in KINDS


def test_custom_kinds_are_found(declare):
    declare("pictures", "audio")
    assert list(KINDS) == ["tabular", "audio", "entities", "forecasting", "objects", "pictures"]
    assert "pictures" in KINDS


def test_duplicate_kind_names_are_refused(declare):
    declare("pictures", "pictures")
    with pytest.raises(RegistryError, match="same name"):
        list(KINDS)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "tabular"),
        ({"task": "auto", "target": "y"}, "tabular"),
        ({"task": None}, "tabular"),
        ({"task": "caption"}, "pictures"),
        ({"task": "regression"}, "tabular"),  # both kinds have this task, and tabular comes first
        ({"width": 32}, "pictures"),
        ({"task": "multiclass", "width": 32}, "tabular"),  # the task takes precedence
        ({"widht": 32}, "tabular"),  # an unknown setting is reported later by validation
        ({"drop": "a"}, "tabular"),
    ],
)
def test_settings_select_kind(declare, values, expected):
    declare("pictures")
    assert kind_of_settings(values).name == expected


def test_kind_of_parsed_settings(declare):
    declare("pictures")
    assert kind_of_parsed(parse_settings({"width": 32})).name == "pictures"
    assert kind_of_parsed(parse_settings({"drop": "a"})).name == "tabular"
    assert type(parse_settings({})) is TabularSettings


def test_settings_are_validated_by_their_kind(declare):
    declare("pictures")
    with pytest.raises(SettingsError, match="width: Input should be greater"):
        parse_settings({"width": 0})
    with pytest.raises(SettingsError, match="drop: there is no such setting"):
        parse_settings({"width": 1, "drop": "a"})
    with pytest.raises(SettingsError) as caught:
        parse_settings({"seed": -1, "max_trials": -1})
    assert len(str(caught.value).splitlines()) == 2


def test_unknown_task_error_lists_all_tasks(declare):
    declare("pictures")
    with pytest.raises(SettingsError, match="task: 'clustering' is not one of auto, ") as caught:
        parse_settings({"task": "clustering"})
    assert "caption" in str(caught.value)
    assert str(caught.value).count("regression") == 1
    assert TabularProblem.parse({"task": "regression"}).task == "regression"
