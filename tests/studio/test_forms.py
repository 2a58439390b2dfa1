"""Forms, and their way to a file of settings and back."""

import shlex

import pytest
import yaml

from podium.studio.equals import equals_of
from podium.studio.forms import READER, fields_of, merged, mistakes_by_name
from podium_ml.kinds import KINDS
from podium_ml.settings import ReaderOptions


@pytest.mark.parametrize("name", list(KINDS))
def test_each_setting_has_a_field(name):
    kind = KINDS[name]
    fields = {field.name for group in fields_of(kind, {}).values() for field in group}
    settings = set(kind.settings.model_fields) - {"reader"}
    assert fields == settings | {READER + name for name in ReaderOptions.model_fields}


@pytest.mark.parametrize("name", list(KINDS))
def test_each_field_says_what_it_does(name):
    for group in fields_of(KINDS[name], {}).values():
        for field in group:
            assert field.help.endswith((".", ".)")), field.name
            assert field.label[0].isupper()


def test_form_to_file_to_form_loses_nothing():
    kind = KINDS["tabular"]
    entered = {
        "source": "sales, 2024.csv",
        "target": "Income, USD",
        "time_limit": "10m",
        "max_trials": "7",
        "interpretable": "true",
        "reader.delimiter": ";",
        "reader.skip_rows": "2",
        "metric": "mae",
    }
    values = merged({}, entered, kind)
    settings = kind.settings.parse(values)
    again = yaml.safe_load(equals_of(settings, engine="local").yaml)
    assert kind.settings.parse(again) == settings
    fields = {field.name: field.value for group in fields_of(kind, again).values() for field in group}
    assert {name: fields[name] for name in entered} == entered
    assert {name for name, value in fields.items() if value} == set(entered)


def test_empty_fields_take_their_default_and_others_stay():
    kind = KINDS["tabular"]
    values = merged({"target": "sold", "metric": "mae", "reader": {"delimiter": ";"}}, {"metric": " "}, kind)
    assert values == {"target": "sold", "reader": {"delimiter": ";"}}
    assert merged(values, {"reader.delimiter": ""}, kind) == {"target": "sold"}


def test_fields_that_are_no_settings_are_left_out():
    values = merged(
        {}, {"target": "y", "reader": "x", "reader.nothing": "1", "__class__": "x"}, KINDS["tabular"]
    )
    assert values == {"target": "y"}


def test_command_and_code_are_those_of_the_settings():
    settings = KINDS["tabular"].settings.parse(
        {"source": "my data.csv", "target": "y; rm -rf /", "time_limit": "5m", "reader": {"delimiter": "\t"}}
    )
    found = equals_of(settings, engine="kubeflow")
    words = shlex.split(found.command)
    assert words[:3] == ["podium", "run", "my data.csv"]
    assert words[words.index("--target") + 1] == "y; rm -rf /"
    assert words[words.index("--delimiter") + 1] == "\t"
    assert words[-2:] == ["--engine", "kubeflow"]
    compile(found.python, "run.py", "exec")


def test_mistakes_go_to_their_fields():
    lines = KINDS["tabular"].settings.mistakes({"folds": "many", "max_trials": -1})
    found, rest = mistakes_by_name(lines)
    assert set(found) >= {"folds", "max_trials"}
    assert rest == []
