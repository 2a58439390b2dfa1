"""Tests of the errors for missing, unreachable or refusing Kubeflow servers, over HTTP."""

import json
import warnings

import pytest
from pytest_httpserver import URI_DEFAULT
from werkzeug import Response
from werkzeug.serving import WSGIRequestHandler

from podium.servers.connections import Connections
from podium.servers.doctor import examine
from podium.servers.errors import ServerError
from podium.servers.kubeflow import Kubeflow, status_of
from podium.servers.schedules import kubeflow_cron, usual_cron
from podium_ml.errors import RunError, SettingsError

RUN = "115304fa-4f97-4258-ba4c-9c21f1e2002e"


class Answers:
    """Configurable responses of the server."""

    status, version, date = 200, "2.17.0", ""
    pages = {}  # list responses by page token

    def __call__(self, request):
        """Return the response to a request."""
        healthy = request.path.endswith("healthz")
        facts = {"tag_name": self.version, "multi_user": False} if healthy else {"message": "No.\nNot you."}
        if self.pages and "page_token" in request.args:
            facts = self.pages[request.args["page_token"]]
        headers = {"Date": self.date} if self.date else {}
        status = 200 if healthy else self.status
        return Response(json.dumps(facts), status, headers, content_type="application/json")


@pytest.fixture
def answers(httpserver, monkeypatch):
    """Return the responses of the server, which do not get an automatic Date header."""
    monkeypatch.setattr(WSGIRequestHandler, "send_response", WSGIRequestHandler.send_response_only)
    answers = Answers()
    httpserver.expect_request(URI_DEFAULT).respond_with_handler(answers)
    return answers


@pytest.fixture
def server(httpserver, answers, monkeypatch):
    """Return the connections to a server whose responses ``answers`` controls."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    return Connections({"KF_PIPELINES_ENDPOINT": f"http://127.0.0.1:{httpserver.port}"})


def finding(connections, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return next(one for one in examine(connections) if one.check == check)


def test_endpoint_is_not_set(monkeypatch):
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    with pytest.raises(ServerError, match="endpoint of Kubeflow Pipelines is not set"):
        Kubeflow(Connections({}))


def test_unreachable_server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(ServerError, match=r"127.0.0.1:9 cannot be reached \(.*refused"):
        Kubeflow(Connections({"KF_PIPELINES_ENDPOINT": "http://127.0.0.1:9"})).health()


@pytest.mark.parametrize(("status", "hint"), [(401, "token"), (403, "permission")])
def test_denied_requests_have_hint(server, answers, status, hint):
    answers.status = status
    with pytest.raises(ServerError, match=f"returned {status} No. Not you") as caught:
        Kubeflow(server).runs()
    assert hint in caught.value.hint
    assert finding(server, "permission to run").verdict == "wrong"


def test_missing_run(server, answers):
    answers.status = 404
    with pytest.raises(RunError, match="There is no run"):
        Kubeflow(server).run(RUN)


def test_only_podium_runs_are_listed(server, answers):
    def run(name, state, *history, **parameters):
        states = [{"state": one} for one in history]
        given = {"parameters": parameters}
        return {"run_id": name, "state": state, "state_history": states, "runtime_config": given}

    ours = {"source": "s3://lake/a.csv", "target": "y"}
    mixed = [
        run("a", "RUNNING", **ours),
        run("other", "FAILED", rows=3),
        {"run_id": "none", "state": "FAILED"},
    ]
    ended = [
        run("b", "FAILED", "RUNNING", "CANCELING", "FAILED", **ours),
        run("c", "FAILED", "RUNNING", "FAILED", **ours),
    ]
    answers.pages = {"": {"runs": mixed, "next_page_token": "2"}, "2": {"runs": ended}}
    found = [(one.run_id, status_of(one)) for one in Kubeflow(server).runs()]
    assert found == [("a", "running"), ("b", "cancelled"), ("c", "failed")]
    assert [one.run_id for one in Kubeflow(server).runs(limit=2)] == ["a", "b"]
    answers.pages = {"": {"recurring_runs": [{"display_name": "theirs"}]}}
    assert list(Kubeflow(server).schedules()) == []


def test_doctor_checks_version_and_clock(server, answers):
    assert finding(server, "Kubeflow").verdict == "ok"
    assert finding(server, "clock").verdict == "skipped"
    answers.version, answers.date = "2.3.0", "Mon, 01 Jan 2024 00:00:00 GMT"
    assert "2.5" in finding(server, "Kubeflow").remedy
    clock = finding(server, "clock")
    assert clock.verdict == "wrong"
    assert "ahead" in clock.seen


def test_cron_conversion():
    assert kubeflow_cron("*/5 * * * *") == "0 */5 * * * *"
    assert usual_cron("0 */5 * * * *") == "*/5 * * * *"
    assert usual_cron("30 0 3 * * 1") == "30 0 3 * * 1"
    with pytest.raises(SettingsError, match="five"):
        kubeflow_cron("@daily")
