"""Types of columns come as text, mapping or list, and mistakes are told."""

import pytest

from podium_ml.errors import SettingsError
from podium_ml.settings import TabularSettings


@pytest.mark.parametrize(
    "types", ["zip=category, born=date", {"zip": "category", "born": "date"}, ["zip=category", "born=date"]]
)
def test_every_form_means_the_same(types: object) -> None:
    assert TabularSettings.parse({"types": types}).column_types == {"zip": "category", "born": "date"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"types": "zip=categry"}, "did you mean category"),
        ({"types": "zip=colour"}, "the types are numeric, category, text"),
        ({"types": "zip"}, "'zip' is not column=type"),
        ({"types": "y=text", "target": "y"}, "the target is numeric or category"),
        (
            {"types": "y=category", "target": "y", "task": "binary"},
            "either the type of the target or the task",
        ),
    ],
)
def test_mistakes_are_told(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        TabularSettings.parse(settings)


def test_the_name_of_a_column_may_hold_an_equals_sign() -> None:
    assert TabularSettings.parse({"types": "a=b=text"}).column_types == {"a=b": "text"}
