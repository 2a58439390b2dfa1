"""Tests of tokens and passwords that would travel unencrypted: whoever sends them is told."""

import warnings

import pytest

from podium.api import run
from podium.servers.connections import Connections
from podium.servers.kubeflow import Kubeflow
from podium_ml.errors import PodiumError

TOKEN = "a-token-that-is-secret"


def messages(act):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        act()
    return [str(one.message) for one in caught if "unencrypted" in str(one.message)]


def client_of(host, **variables):
    return lambda: Kubeflow(Connections({"KF_PIPELINES_ENDPOINT": host, **variables})).client


def test_a_token_for_kubeflow_over_http():
    (message,) = messages(client_of("http://kubeflow.example.com", KFP_EXISTING_TOKEN=TOKEN))
    assert "https" in message
    assert TOKEN not in message


@pytest.mark.parametrize("host", ["https://kubeflow.example.com", "http://localhost:8888"])
def test_a_token_that_nobody_can_read_on_its_way(host):
    assert messages(client_of(host, KFP_EXISTING_TOKEN=TOKEN)) == []


def test_no_token_over_http():
    assert messages(client_of("http://kubeflow.example.com")) == []


def test_a_password_for_mlflow_over_http(monkeypatch, tmp_path):
    """The data of this run does not exist, so that nothing is sent."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.example.com")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", TOKEN)

    def start():
        with pytest.raises(PodiumError):
            run(str(tmp_path / "none.csv"), "y", out=tmp_path / "run")

    shown = messages(start)
    assert len(shown) == 1
    assert TOKEN not in shown[0]
