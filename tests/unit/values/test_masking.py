"""Secrets in texts that are shown, stored or sent."""

import pytest

from podium.servers.connections import Connections
from podium_components.metadata import annotate
from podium_components.supervision._call import describe
from podium_ml.run.events import EVENTS_VARIABLE, emit
from podium_ml.tracking import store
from podium_ml.values.masking import masked, masked_address
from podium_ml.values.secrets import travels_openly

SECRET = "hunter2hunter2"
URI = f"https://me:{SECRET}@mlflow.example.com/path"


@pytest.mark.parametrize(
    "name",
    ["AWS_SECRET_ACCESS_KEY", "MLFLOW_TRACKING_PASSWORD", "KFP_EXISTING_TOKEN", "PODIUM_WEBHOOK_URL", "PGPASSWORD",
     "PODIUM_SECRET_DB", "PODIUM_SOURCE_QUERY_1", "MINIO_ROOT_PASSWORD"],
)  # fmt: skip
def test_values_of_variables(monkeypatch, name):
    monkeypatch.setenv(name, f"{SECRET}/+")
    text = f"It said {SECRET}/+, or {SECRET}%2F%2B."
    assert SECRET not in masked(text)
    assert masked(text).startswith("It said ***")


def test_words_stay(monkeypatch):
    monkeypatch.setenv("MINIO_ACCESS_KEY", "podium")
    monkeypatch.setenv("PODIUM_SECRET_DB_HOST", "db.example.com")
    monkeypatch.setenv("KF_PIPELINES_SA_TOKEN_PATH", "/var/run/token")
    text = "podium reads db.example.com with /var/run/token, you@example.com"
    assert masked(text) == text


def test_addresses():
    assert SECRET not in masked(f"{URI} is down")
    assert masked_address(URI) == "https://***@mlflow.example.com/path"
    assert masked_address("s3://bucket/prefix") == "s3://bucket/prefix"


def test_password_in_an_address_of_the_environment(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", URI)
    assert masked(f"refused: {SECRET}") == "refused: ***"


def test_sinks(monkeypatch, tmp_path):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", URI)
    monkeypatch.setenv(EVENTS_VARIABLE, str(tmp_path / "events.jsonl"))
    emit("error", message=f"{URI} is down", hint="", kind="bug")

    class Artifact:
        metadata: dict[str, object] = {}

    annotate(Artifact, {"uri": URI, "rows": 3})
    found = describe(ConnectionError(f"API request to {URI} failed"))
    shown = [
        setting.shown
        for setting in Connections({"MLFLOW_TRACKING_URI": URI, "AWS_ENDPOINT_URL": URI}).settings.values()
    ]
    left = f"{(tmp_path / 'events.jsonl').read_text()} {Artifact.metadata} {found} {shown}"
    assert SECRET not in left
    assert "mlflow.example.com" in left
    assert Artifact.metadata["rows"] == 3


def test_password_of_the_tracking_server_moves_to_mlflows_own_variables(monkeypatch, tmp_path):
    import mlflow

    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", URI.replace(SECRET, "a%40b"))
    try:
        store.open_client(str(tmp_path))
        assert mlflow.get_tracking_uri() == "https://mlflow.example.com/path"
        assert store.public_uri(str(tmp_path)) == "https://mlflow.example.com/path"
        import os

        assert (os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"]) == (
            "me",
            "a@b",
        )
    finally:
        for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
            os.environ.pop(name, None)


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("http://mlflow.example.com", True),
        ("http://me:pw@10.0.0.1:5000/x", True),
        ("https://mlflow.example.com", False),
        ("http://localhost:5000", False),
        ("http://[::1]:5000", False),
        ("http://ml-pipeline.kubeflow.svc.cluster.local:8888", False),
        ("http://stranger.example/.svc", True),
        ("", False),
    ],
)
def test_what_travels_unencrypted(address, is_open):
    assert travels_openly(address) == is_open
