"""The kinds of problems: found by being there, and meant by what users write."""

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
    """Return the function that declares kinds of the given names, each in a package of its own."""
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


def test_tables_are_the_first_kind():
    assert next(iter(KINDS)) == "tabular"
    assert len(KINDS) == len(list(KINDS))


@pytest.mark.parametrize("name", list(KINDS))
def test_a_kind_declares_what_stages_and_forms_read(name):
    kind = KINDS[name]
    assert isinstance(kind, Kind)
    assert kind.name == name
    assert kind.description.endswith(".")
    assert issubclass(kind.settings, Settings)
    assert issubclass(kind.problem_settings, ProblemSettings)
    assert issubclass(kind.settings, kind.problem_settings), "the slice is cut out of the settings"
    assert set(kind.first_settings) <= set(kind.settings.model_fields)
    assert "baseline" in kind.algorithms


def test_an_unknown_kind_is_told_with_the_known_ones():
    with pytest.raises(RegistryError, match="Unknown kind of problem 'pictures'") as caught:
        KINDS["pictures"]
    assert "tabular" in caught.value.hint
    assert "pictures" not in KINDS


def test_a_kind_of_the_users_own_is_found(declare):
    declare("pictures", "audio")
    assert list(KINDS) == ["tabular", "audio", "pictures"]
    assert "pictures" in KINDS


def test_two_kinds_of_one_name_are_a_mistake(declare):
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
        ({"task": "regression"}, "tabular"),  # of both: tables come first
        ({"width": 32}, "pictures"),
        ({"task": "multiclass", "width": 32}, "tabular"),  # the task counts more
        ({"widht": 32}, "tabular"),  # nobody knows it: whoever checks will say so
        ({"drop": "a"}, "tabular"),
    ],
)
def test_settings_mean_a_kind(declare, values, expected):
    declare("pictures")
    assert kind_of_settings(values).name == expected


def test_parsed_settings_know_their_kind(declare):
    declare("pictures")
    assert kind_of_parsed(parse_settings({"width": 32})).name == "pictures"
    assert kind_of_parsed(parse_settings({"drop": "a"})).name == "tabular"
    assert type(parse_settings({})) is TabularSettings


def test_settings_are_checked_as_those_of_their_kind(declare):
    declare("pictures")
    with pytest.raises(SettingsError, match="width: Input should be greater"):
        parse_settings({"width": 0})
    with pytest.raises(SettingsError, match="drop: there is no such setting"):
        parse_settings({"width": 1, "drop": "a"})
    with pytest.raises(SettingsError) as caught:
        parse_settings({"seed": -1, "max_trials": -1})
    assert len(str(caught.value).splitlines()) == 2


def test_a_task_that_no_kind_has_is_told_with_all_there_are(declare):
    declare("pictures")
    with pytest.raises(SettingsError, match="task: 'clustering' is not one of auto, ") as caught:
        parse_settings({"task": "clustering"})
    assert "caption" in str(caught.value)
    assert str(caught.value).count("regression") == 1
    assert TabularProblem.parse({"task": "regression"}).task == "regression"
