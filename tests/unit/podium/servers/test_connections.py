"""Tests of the connection settings of servers and of their origins."""

import json

import pytest

from podium.servers import connections
from podium.servers.connections import Connections


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """Hide the kubeconfig, the pod service account and the saved kfp context."""
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.setattr(connections, "_KFP_CONTEXT", tmp_path / "context.json")
    monkeypatch.setattr(connections, "_SERVICE_ACCOUNT", tmp_path / "account")


def test_defaults():
    known = Connections({})
    assert not known.has_kubeflow
    assert known["store"] == "s3://mlpipeline/podium"
    assert known.settings["store"].origin == "default"
    assert known.settings["kubeflow endpoint"].origin == "set KF_PIPELINES_ENDPOINT"


def test_first_variable_takes_precedence():
    known = Connections({"KFP_ENDPOINT": "http://b", "KF_PIPELINES_ENDPOINT": "http://a"})
    assert known["kubeflow endpoint"] == "http://a"
    assert known.settings["kubeflow endpoint"].origin == "KF_PIPELINES_ENDPOINT"
    assert known["kubeflow UI"] == "http://a"
    assert known.settings["kubeflow UI"].origin == "the endpoint"


def test_secrets_are_masked():
    known = Connections({"AWS_SECRET_ACCESS_KEY": "hunter2", "KFP_EXISTING_TOKEN": "token"})
    assert known["S3 secret key"] == "hunter2"
    shown = [setting.shown for setting in known.settings.values()]
    assert "hunter2" not in shown
    assert "token" not in shown
    assert known.settings["S3 access key"].shown == ""


def test_endpoint_from_kubeconfig(tmp_path, monkeypatch):
    context = {"name": "kind", "context": {"cluster": "c", "user": "u"}}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "kind",
        "contexts": [context, {"name": "other", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://localhost"}}],
        "users": [{"name": "u", "user": {}}],
    }
    (tmp_path / "config").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    assert Connections({})["kubeflow endpoint"] == "kubernetes://kind/kubeflow"
    chosen = Connections({"KFP_KUBE_CONTEXT": "other", "KFP_NAMESPACE": "ml"})
    assert chosen["kubeflow endpoint"] == "kubernetes://other/ml"
    assert Connections({"KFP_KUBE_CONTEXT": "missing"})["kubeflow endpoint"] == ""


def test_endpoint_inside_a_pod(tmp_path):
    (tmp_path / "account").mkdir()
    (tmp_path / "account" / "token").write_text("t")
    (tmp_path / "account" / "namespace").write_text("team\n")
    known = Connections({})
    assert known["kubeflow endpoint"] == "http://ml-pipeline.kubeflow.svc.cluster.local:8888"
    assert known.settings["kubeflow endpoint"].origin == "in-cluster service account"
    assert known["kubeflow user namespace"] == "team"


def test_namespace_from_kfp_context(tmp_path):
    (tmp_path / "context.json").write_text('{"namespace": "mine"}')
    assert Connections({})["kubeflow user namespace"] == "mine"
    assert Connections({"PODIUM_NAMESPACE": "yours"})["kubeflow user namespace"] == "yours"


def test_pod_with_a_named_endpoint_asks_its_own_cluster(monkeypatch, tmp_path):
    """The endpoint of Kubeflow Pipelines says nothing about where the API of Kubernetes is."""
    import kubernetes.config

    from podium.servers.pods import core_api

    loaded = []
    monkeypatch.setattr(kubernetes.config, "load_incluster_config", lambda: loaded.append("pod"))
    monkeypatch.setattr(kubernetes.config, "load_kube_config", lambda **_: loaded.append("file"))
    known = Connections({"KF_PIPELINES_ENDPOINT": "http://ml-pipeline:8888"})
    monkeypatch.delenv("KUBECONFIG")
    core_api(known)
    (tmp_path / "account").mkdir()
    (tmp_path / "account" / "token").write_text("x")
    core_api(known)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "other"))
    core_api(known)
    assert loaded == ["file", "pod", "file"]
