"""Tests of the concealment of signed URLs in settings."""

import pytest

from podium.concealment import conceal, hosts_of
from podium_ml.errors import DataError, SettingsError
from podium_ml.settings import ForecastingSettings, TabularSettings
from podium_ml.values.addresses import public_names, reveal_query


def test_each_query_becomes_a_variable(monkeypatch):
    sources = ["https://host/a.csv?sig=one", "https://host/b.csv", "https://host/c.csv?sig=three"]
    settings = TabularSettings(source=",".join(sources), test="https://host/t.csv?sig=four")
    concealed, variables = conceal(settings)
    assert variables == {
        "PODIUM_SOURCE_QUERY_1": "sig=one",
        "PODIUM_SOURCE_QUERY_3": "sig=three",
        "PODIUM_TEST_QUERY_1": "sig=four",
    }
    assert "sig" not in concealed.source + concealed.test
    for name, value in {**variables, **hosts_of(concealed)}.items():
        monkeypatch.setenv(name, value)
    assert [reveal_query(one) for one in concealed.source.split(",")] == sources
    assert conceal(concealed) == (concealed, {})


def test_query_of_a_plan_becomes_a_variable():
    concealed, variables = conceal(ForecastingSettings(future="https://host/plan.csv?sig=five"))
    assert variables == {"PODIUM_FUTURE_QUERY_1": "sig=five"}
    assert "sig" not in concealed.future
    assert hosts_of(concealed) == {"PODIUM_FUTURE_QUERY_1_HOST": "https://host"}


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


def test_query_of_a_database():
    concealed, variables = conceal(TabularSettings(source="mssql+pyodbc:///?odbc_connect=UID%3Dme"))
    assert concealed.source == "mssql+pyodbc:///?$PODIUM_SOURCE_QUERY_1"
    assert variables == {"PODIUM_SOURCE_QUERY_1": "odbc_connect=UID%3Dme"}
    assert conceal(TabularSettings(source="postgresql://db/sales?sslmode=require"))[1] == {}


def test_dollar_parameters_of_services_are_not_variables():
    assert reveal_query("https://host/rows?$top=5") == "https://host/rows?$top=5"


def test_unset_variable(monkeypatch):
    monkeypatch.delenv("PODIUM_SECRET_LINK", raising=False)
    with pytest.raises(DataError, match="the environment variable PODIUM_SECRET_LINK is not set"):
        reveal_query("https://host/a.csv?$PODIUM_SECRET_LINK")


def test_lists_are_shown_without_queries():
    assert public_names("https://h/a?s=1,https://h/b?s=2") == "https://h/a, https://h/b"


@pytest.mark.parametrize("source", ["https://token@host/a.csv", "https://h/a.csv,https://me:pw@h/b.csv"])
def test_credentials_in_url_are_refused(source):
    with pytest.raises(SettingsError, match="source: the address holds"):
        TabularSettings.parse({"source": source})
