"""Tests of settings and of their slices, which stages read without defaults."""

import inspect
import json
import unicodedata

import pytest
from pydantic import Field

from podium_ml.errors import PodiumError, SettingsError
from podium_ml.settings import (
    DataSettings,
    DeploymentSettings,
    ModelLimits,
    PlanSettings,
    ProblemSettings,
    PromotionSettings,
    ReaderOptions,
    Settings,
    Slice,
    TabularProblem,
    TabularSettings,
    without_secrets,
)
from podium_ml.settings._slice import join_names, match_names, split_names

COLUMNS = ("target", "time_column", "group_column", "weight_column", "drop")
SLICES = (DataSettings, ProblemSettings, TabularProblem, PlanSettings, ModelLimits, PromotionSettings)


def test_missing_settings_take_their_defaults():
    settings = TabularSettings.parse({"target": "churn"})
    assert settings == TabularSettings(target="churn")
    assert (settings.metric, settings.test_fraction, settings.refit) == ("auto", "auto", True)


@pytest.mark.parametrize("part", SLICES)
def test_slice_round_trip(part):
    settings = TabularSettings(
        source="data.csv",
        target="churn",
        seed=7,
        max_memory="8G",
        interpretable=True,
        reader=ReaderOptions(delimiter=";"),
    )
    cut = settings.cut(part)
    assert set(cut) == set(part.model_fields)
    assert cut == json.loads(json.dumps(cut))
    again = part.read(cut)
    for name in part.model_fields:
        assert getattr(again, name) == getattr(settings, name)


@pytest.mark.parametrize("part", SLICES)
def test_incomplete_slice_is_rejected(part):
    cut = TabularSettings().cut(part)
    for name in part.model_fields:
        rest = {other: value for other, value in cut.items() if other != name}
        with pytest.raises(PodiumError, match=f"{part.__name__} is incomplete: {name} missing"):
            part.read(rest)
    with pytest.raises(PodiumError, match="incomplete"):
        part.read({})


@pytest.mark.parametrize("part", SLICES)
def test_slice_rejects_unknown_settings(part):
    with pytest.raises(SettingsError, match="colour: there is no such setting"):
        part.read({**TabularSettings().cut(part), "colour": "red"})


def test_each_invalid_setting_is_reported_on_its_own_line():
    with pytest.raises(SettingsError) as caught:
        TabularSettings.parse({"tarqet": "y", "seed": -1, "time_limit": "soon", "reader": {"sheet": 3}})
    lines = sorted(str(caught.value).splitlines())
    assert [line.partition(":")[0] for line in lines] == ["reader.sheet", "seed", "tarqet", "time_limit"]
    assert all(line.endswith((".", "?")) for line in lines)
    assert "Did you mean target?" in str(caught.value)


def test_wrong_fields_and_contradictions_between_the_others_are_reported_together():
    values = {"target": "y", "time_column": "y", "drop": "y", "folds": "1", "max_trials": -1}
    lines = "\n".join(TabularSettings.mistakes(values)).splitlines()
    assert sorted(lines) == [
        "folds: '1' is not auto or a number from 2 to 50.",
        "max_trials: Input should be greater than or equal to 0.",
        "target, time_column, group_column and weight_column must be different columns.",
        "the target cannot be dropped.",
    ]


def test_stored_settings_are_readable_though_some_are_wrong():
    stored = {
        "drop": "y",
        "target": "y",
        "time_limit": "soon",
        "seed": 3.0,  # Kubeflow stores numbers as floats
        "reader": {"delimiter": 7},
        "tarqet": "z",
        "name": "churn",
    }
    settings, wrong = TabularSettings.lenient(stored)
    assert (settings.target, settings.seed, settings.name, settings.time_limit) == ("y", 3, "churn", "")
    assert set(wrong) == {"drop", "time_limit", "reader", "tarqet"}
    assert TabularSettings.lenient({}) == (TabularSettings(), {})


def test_settings_are_immutable():
    with pytest.raises(ValueError, match="frozen"):
        TabularSettings().seed = 1


@pytest.mark.parametrize("model", [TabularSettings, DeploymentSettings, ReaderOptions])
def test_every_setting_has_a_default_and_a_description(model):
    for name, field in model.model_fields.items():
        assert not field.is_required(), name
        assert field.description.endswith((".", "never", "empty")), name


def test_shared_setting_is_declared_once():
    """A common base class declares it, so its default and description cannot differ between slices."""
    for name, field in Settings.model_fields.items():
        owners = [part for part in SLICES if part is not TabularProblem and name in part.model_fields]
        declared = {id(owner) for part in owners for owner in part.__mro__ if name in own_fields(owner)}
        assert len(declared) == (1 if owners else 0), name
        for owner in owners:
            assert owner.model_fields[name].description == field.description
            assert owner.model_fields[name].default == field.default


def own_fields(model):
    """Return the fields that a class declares itself, without inherited ones."""
    return inspect.get_annotations(model)


def test_shared_settings_are_in_every_slice_that_uses_them():
    assert set(PlanSettings.model_fields) & set(ProblemSettings.model_fields) == {"seed", "max_memory"}
    assert set(ModelLimits.model_fields) < set(PromotionSettings.model_fields)
    assert set(DataSettings.model_fields) == {"source", "test", "reader"}


def test_kind_can_restrict_a_setting():
    with pytest.raises(SettingsError, match="task"):
        TabularProblem.parse({"task": "clustering"})
    assert ProblemSettings.parse({"task": "clustering"}).task == "clustering"


def test_new_slice_needs_only_fields():
    class Fruit(Slice):
        colour: str = Field("red", description="Its colour.")

    class Basket(TabularSettings, Fruit):
        pass

    basket = Basket.parse({"colour": "green", "target": "y"})
    assert basket.cut(Fruit) == {"colour": "green"}
    assert Fruit.read(basket.cut(Fruit)) == Fruit(colour="green")


def test_split_names():
    assert split_names("") == ()
    assert split_names(" ridge , lightgbm,,") == ("ridge", "lightgbm")


def test_secrets_are_removed_from_displayed_settings():
    shown = without_secrets({"source": "https://host/a.csv?sig=secret", "test": "", "target": "y"})
    assert shown == {"source": "https://host/a.csv", "test": "", "target": "y"}


@pytest.mark.parametrize("given", [0.25, "0.25"])
def test_a_test_fraction_replaces_the_automatic_one(given):
    assert ProblemSettings(test_fraction=given).test_share(auto=0.1) == 0.25
    assert ProblemSettings().test_share(auto=0.1) == 0.1


@pytest.mark.parametrize("given", [1, -0.1, "some"])
def test_a_wrong_test_fraction_is_rejected(given):
    with pytest.raises(SettingsError, match="is not auto or a fraction"):
        ProblemSettings.parse({"test_fraction": given})


def test_names_with_commas_survive_lists():
    names = ("Income, USD", "age", ' "quoted" ', 'five" pipe', "a,b,c")
    assert split_names(join_names(names)) == names
    asked = TabularSettings.parse(
        {"drop": list(names), "algorithms": ["ridge", "lightgbm"], "target": ["Cost, USD"]}
    )
    assert asked.columns_to_drop == names
    assert asked.algorithm_names == ("ridge", "lightgbm")
    assert asked.target == "Cost, USD"
    assert TabularProblem.read(asked.cut(TabularProblem)).columns_to_drop == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Income, USD", ("Income, USD",)),
        ("age, Income, USD,b", ("age", "Income, USD", "b")),
        ('"Income, USD",age', ("Income, USD", "age")),
        ("Income,age", ("Income", "age")),
        ("", ()),
    ],
)
def test_names_are_matched_with_those_that_exist(text, names):
    assert match_names(text, ["Income, USD", "age", "b", "USD"]) == names


def test_names_of_columns_are_composed():
    asked = TabularSettings.parse({name: unicodedata.normalize("NFD", f"größe_{name}") for name in COLUMNS})
    assert all(getattr(asked, name) == f"größe_{name}" for name in COLUMNS)


def test_contradicting_rows_of_names_are_refused():
    with pytest.raises(SettingsError, match="header_row says that row 3"):
        ReaderOptions.parse({"skip_rows": 3, "header_row": 3})
