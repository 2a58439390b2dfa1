"""Tests of ``podium doctor``: each cause has its own message and remedy, in time and without tracebacks."""

import socket
import threading
import time

import pytest
from werkzeug import Response

from podium.main import main
from podium.servers import allowances, doctor
from podium.servers.connections import Connections
from podium.servers.doctor import examine
from podium.servers.errors import ServerError
from podium.servers.kubeflow import Kubeflow
from podium.servers.store import Store


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """Leave out the servers that this machine has."""
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("no_proxy", "*")
    for name in ("MLFLOW_TRACKING_URI", "PODIUM_STORE", "PODIUM_PIPELINE_ROOT", "KFP_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def silent():
    """Return the port of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepted = []
        threading.Thread(target=lambda: accepted.append(listener.accept()), daemon=True).start()
        yield listener.getsockname()[1]
        for connection, _ in accepted:
            connection.close()


def findings(monkeypatch, endpoint):
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", endpoint)
    return {one.check: one for one in examine(Connections())}


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (Response("<!doctype html><h1>Not Found</h1>", 404), "is not Kubeflow Pipelines: it answers 404"),
        (Response("<html>Sign in</html>", 200), "or wants a login: it answers with a page"),
        (Response("[]", 200), "is not Kubeflow Pipelines"),
    ],
)
def test_another_server_is_told_at_once(httpserver, monkeypatch, s3, capfd, answer, seen):
    """Another server, such as MLflow, is at the address."""
    httpserver.expect_request("/apis/v2beta1/healthz").respond_with_handler(lambda _: answer)
    started = time.monotonic()
    found = findings(monkeypatch, httpserver.url_for(""))
    assert found["Kubeflow"].verdict == "wrong"
    assert seen in found["Kubeflow"].seen
    assert "KF_PIPELINES_ENDPOINT" in found["Kubeflow"].remedy
    assert {found[name].verdict for name in ("permission to run", "clock")} == {"skipped"}
    assert time.monotonic() - started < 60  # it took more than a minute on an idle machine
    printed = capfd.readouterr()
    assert "Traceback" not in printed.out + printed.err
    with pytest.raises(ServerError, match="is not Kubeflow Pipelines"):
        Kubeflow(Connections()).runs()


def test_a_server_that_does_not_answer_takes_no_longer_than_one_check(silent, monkeypatch, s3):
    monkeypatch.setattr(doctor, "_SECONDS", 0.2)
    found = findings(monkeypatch, f"http://127.0.0.1:{silent}")
    assert found["Kubeflow"].seen == "There was no answer within 0 s."
    assert found["permission to run"].verdict == "skipped"


def test_no_finding_advises_to_ask_the_doctor(monkeypatch, s3, capsys):
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(SystemExit) as caught:
        main(["doctor"])
    assert caught.value.code == 2
    out = capsys.readouterr().out
    assert "podium doctor" not in out
    assert "NoSuchBucket" in out


@pytest.mark.parametrize(
    ("setting", "remedy"),
    [
        ({}, "Create the bucket none"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "that the store is running"),
        ({"AWS_ENDPOINT_URL": "127.0.0.1:9"}, "with its scheme"),
        (
            {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_CONFIG_FILE": "/none"},
            "Set AWS_ACCESS_KEY_ID",
        ),
    ],
)
def test_each_error_of_the_store_has_its_own_remedy(s3, monkeypatch, setting, remedy):
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/none")
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ServerError) as caught:
        Store("s3://none/x").check()
    assert remedy in caught.value.hint


@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [
        (403, "InvalidAccessKeyId", "keys of this store"),
        (403, "SignatureDoesNotMatch", "keys of this store"),
        (403, "AccessDenied", "Ask for the right"),
        (403, "RequestTimeTooSkewed", "clock"),
        (400, "AuthorizationHeaderMalformed", "AWS_REGION"),
        (405, "MethodNotAllowed", "address of an S3 store"),
        (418, "Teapot", "Check AWS_ENDPOINT_URL and the keys"),
    ],
)
def test_each_answer_of_the_store_has_its_own_remedy(httpserver, s3, monkeypatch, status, code, remedy):
    body = f"<Error><Code>{code}</Code><Message>No.</Message></Error>"
    httpserver.expect_request("/bucket").respond_with_data(body, status)
    monkeypatch.setenv("AWS_ENDPOINT_URL", httpserver.url_for("").rstrip("/"))
    with pytest.raises(ServerError) as caught:
        Store("s3://bucket/x").check()
    assert remedy in caught.value.hint
    assert code in caught.value.message


class _Api:
    """A cluster whose ConfigMap holds some variables."""

    def __init__(self, data=None, status=None):
        self.data, self.status = data, status

    def read_namespaced_config_map(self, name, namespace, **_):
        from kubernetes.client.exceptions import ApiException

        assert (name, namespace) == ("podium-servers", "kubeflow")
        if self.status:
            raise ApiException(status=self.status, reason="No")
        return self


@pytest.mark.parametrize(
    ("api", "verdict", "words"),
    [
        (
            _Api(status=404),
            "ok",
            "hosts public, minio.podium.svc:9000; buckets mlpipeline; folders none; names *",
        ),
        (_Api({"PODIUM_ALLOWED_BUCKETS": "lake"}), "wrong", "may not read s3://mlpipeline/podium"),
        (_Api({"PODIUM_ALLOWED_NAMES": "team-a-*", "PODIUM_ALLOWED_HOSTS": ""}), "ok", "hosts none"),
        (_Api(status=403), "skipped", "Kubernetes returned 403"),
    ],
)
def test_lists_of_the_owner_are_told(monkeypatch, api, verdict, words):
    monkeypatch.setattr(allowances, "core_api", lambda _: api)
    monkeypatch.setenv("KFP_NAMESPACE", "kubeflow")
    monkeypatch.delenv("PODIUM_NAMESPACE", raising=False)
    found = doctor._check("lists", doctor._lists, doctor._Servers(Connections()))
    assert found.verdict == verdict
    assert words in found.seen
