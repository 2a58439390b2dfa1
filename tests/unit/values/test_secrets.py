"""Attacks on secrets that addresses name: a stranger writes the address, the environment belongs to the user."""

import pytest

from podium_ml.errors import DataError, SettingsError
from podium_ml.settings import TabularSettings
from podium_ml.values.addresses import reveal_query
from podium_ml.values.secrets import holds_secret, is_plain

OURS = {
    "AWS_SECRET_ACCESS_KEY": "not-for-strangers",
    "PODIUM_SECRET_LINK": "sig=not-for-strangers",
    "PODIUM_SECRET_LINK_HOST": "files.example.com",
    "PODIUM_SECRET_LOOSE": "sig=not-for-strangers",
    "PODIUM_SOURCE_QUERY_1": "sig=not-for-strangers",
    "PODIUM_SOURCE_QUERY_1_HOST": "https://files.example.com:8443",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name, value in OURS.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("https://stranger.example/a.csv?$AWS_SECRET_ACCESS_KEY", "not one for addresses"),
        ("https://files.example.com/a.csv?$HOME", "not one for addresses"),
        ("https://stranger.example/a.csv?$PODIUM_SECRET_LINK", "for another host"),
        ("https://files.example.com.stranger.example/a.csv?$PODIUM_SECRET_LINK", "for another host"),
        ("https://files.example.com/a.csv?$PODIUM_SECRET_LOOSE", "no host is set"),
        ("https://files.example.com/a.csv?$PODIUM_SECRET_LINK_HOST", "no host is set"),
        ("https://files.example.com/a.csv?$PODIUM_SECRET_NONE", "is not set"),
        ("http://files.example.com/a.csv?$PODIUM_SECRET_LINK", "unencrypted"),
        ("https://files.example.com/a.csv?$PODIUM_SOURCE_QUERY_1", "for another host"),
        ("http://files.example.com:8443/a.csv?$PODIUM_SOURCE_QUERY_1", "unencrypted"),
        ("https://files.example.com@stranger.example/a.csv?$PODIUM_SECRET_LINK", "unusual address"),
        ("https://stranger.example\\@files.example.com/a.csv?$PODIUM_SECRET_LINK", "unusual address"),
        ("https://files.example.com\t.stranger.example/a?$PODIUM_SECRET_LINK", "unusual address"),
        ("https://files.example.com#.stranger.example/a?$PODIUM_SECRET_LINK", "unusual address"),
    ],
)
def test_secrets_stay_with_their_host(address, reason):
    with pytest.raises(DataError, match=reason) as refusal:
        reveal_query(address)
    assert "not-for-strangers" not in str(refusal.value)


@pytest.mark.parametrize(
    ("address", "variable"),
    [
        ("https://files.example.com/a.csv", "PODIUM_SECRET_LINK"),
        ("HTTPS://Files.Example.com:444/a.csv", "PODIUM_SECRET_LINK"),
        ("https://files.example.com:8443/a.csv", "PODIUM_SOURCE_QUERY_1"),
    ],
)
def test_secrets_reach_their_host(address, variable):
    assert reveal_query(f"{address}?${variable}") == f"{address}?sig=not-for-strangers"


def test_http_on_this_machine(monkeypatch):
    monkeypatch.setenv("PODIUM_SECRET_LINK_HOST", "127.0.0.1:8000")
    assert reveal_query("http://127.0.0.1:8000/a?$PODIUM_SECRET_LINK").endswith("not-for-strangers")


@pytest.mark.parametrize(
    "query",
    [
        "user=me&password=hunter2",
        "odbc_connect=UID%3Dme%3BPWD%3Dhunter2",
        "Passwd=hunter2",
        "api_key=hunter2x",
    ],
)
def test_passwords_in_the_query_of_a_database(query):
    with pytest.raises(SettingsError, match="holds a password"):
        TabularSettings.parse({"source": f"postgresql://db/sales?{query}"})
    assert holds_secret(query)


@pytest.mark.parametrize("source", ["postgresql://me:hunter2@db/sales", "postgresql://me:$1hunter2@db/sales"])
def test_passwords_before_the_host_of_a_database(source):
    with pytest.raises(SettingsError, match="holds a password"):
        TabularSettings.parse({"source": source})


@pytest.mark.parametrize(
    "source",
    [
        "postgresql://me:$PODIUM_SECRET_DB@db/sales?sslmode=require",
        "postgresql://me@db/sales?$PODIUM_SECRET_DB",
        "data/a?password=b.csv",
        "https://host/a.csv?token=1",
    ],
)
def test_addresses_without_a_password(source):
    assert TabularSettings.parse({"source": source}).source == source


@pytest.mark.parametrize(
    "query", ["host=stranger", "hostaddr=1.2.3.4", "service=x", "unix_socket=/x", "driver=/tmp/x.so", "dsn=x"]
)
def test_parameters_that_lead_elsewhere(query):
    assert not is_plain(query)
