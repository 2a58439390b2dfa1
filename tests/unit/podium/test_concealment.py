"""TabularSettings without what signs a URL."""

import pytest

from podium.concealment import conceal
from podium_ml.errors import DataError, SettingsError
from podium_ml.settings import TabularSettings
from podium_ml.values.addresses import public_names, reveal_query


def test_each_query_has_a_variable_of_its_own(monkeypatch):
    sources = ["https://host/a.csv?sig=one", "https://host/b.csv", "https://host/c.csv?sig=three"]
    settings = TabularSettings(source=",".join(sources), test="https://host/t.csv?sig=four")
    concealed, variables = conceal(settings)
    assert variables == {
        "PODIUM_SOURCE_QUERY_1": "sig=one",
        "PODIUM_SOURCE_QUERY_3": "sig=three",
        "PODIUM_TEST_QUERY_1": "sig=four",
    }
    assert "sig" not in concealed.source + concealed.test
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert [reveal_query(one) for one in concealed.source.split(",")] == sources
    assert conceal(concealed) == (concealed, {})


@pytest.mark.parametrize(
    "source",
    [
        "data/a?.csv",
        "s3://bucket/part-?.csv",
        "sqlite:///a.db",
        "postgresql://me@db/sales",
        "https://host/a?$KEY",
    ],
)
def test_nothing_to_conceal(source):
    settings = TabularSettings(source=source)
    assert conceal(settings) == (settings, {})


def test_database_with_a_password_in_its_query():
    concealed, variables = conceal(TabularSettings(source="mssql+pyodbc:///?odbc_connect=PWD%3Dsecret"))
    assert "secret" not in concealed.source
    assert variables == {"PODIUM_SOURCE_QUERY_1": "odbc_connect=PWD%3Dsecret"}


def test_services_own_parameters_are_no_variables():
    assert reveal_query("https://host/rows?$top=5") == "https://host/rows?$top=5"


def test_variable_that_is_not_set(monkeypatch):
    monkeypatch.delenv("SIGNATURE", raising=False)
    with pytest.raises(DataError, match="the environment variable SIGNATURE is not set"):
        reveal_query("https://host/a.csv?$SIGNATURE")


def test_lists_are_shown_without_any_query():
    assert public_names("https://h/a?s=1,https://h/b?s=2") == "https://h/a, https://h/b"


@pytest.mark.parametrize("source", ["https://token@host/a.csv", "https://h/a.csv,https://me:pw@h/b.csv"])
def test_users_are_refused_before_anything_is_written(source):
    with pytest.raises(SettingsError, match="source: the address holds"):
        TabularSettings.parse({"source": source})
