"""Tests of schedules, against a server that keeps recurring runs and answers as Kubeflow Pipelines 2.17.0 does."""

import json
import re
from typing import Any

import pytest
from pytest_httpserver import URI_DEFAULT
from werkzeug import Request, Response

from podium.main import main
from podium.servers.connections import Connections
from podium.servers.errors import ServerError
from podium.servers.kubeflow import Kubeflow, Version
from podium.servers.schedules import Schedules

SHELL = {"PODIUM_SERVICE_ACCOUNT": "of-the-shell", "PODIUM_PIPELINE_ROOT": "minio://shell/root"}
PARAMETERS = {"source": "s3://lake/a.csv", "target": "y", "max_trials": 3}


class Server:
    """Recurring runs and runs, by the requests that the client makes."""

    def __init__(self) -> None:
        self.recurring: list[dict[str, Any]] = []
        self.runs: list[dict[str, Any]] = []
        self.deleted: list[str] = []

    def __call__(self, request: Request) -> Response:
        """Return the response to a request."""
        name = f"{request.method} {request.path.removeprefix('/apis/v2beta1/')}"
        known = {
            r"GET healthz": lambda: {"tag_name": "2.17.0", "multi_user": False},
            r"GET experiments": lambda: {"experiments": [{"experiment_id": "e1", "display_name": "churn"}]},
            r"GET recurringruns": lambda: {"recurringRuns": self.recurring[::-1]},
            r"POST recurringruns": lambda: self.create(request.get_json()),
            r"DELETE recurringruns/(\w+)": lambda one: self.delete(one, **request.args),
            r"POST recurringruns/(\w+):(\w+)": self.switch,
            r"POST runs": lambda: self.run(request.get_json()),
        }
        for pattern, answer in known.items():
            if match := re.fullmatch(pattern, name):
                return Response(json.dumps(answer(*match.groups())), content_type="application/json")
        return Response("{}", 404)

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Create a recurring run."""
        status = "ENABLED" if body["mode"] == "ENABLE" else "DISABLED"
        number = len(self.recurring) + len(self.deleted)
        created = {**body, "recurring_run_id": f"id{number}", "status": status, "namespace": "kubeflow"}
        self.recurring.append(created)
        return created

    def delete(self, one: str, propagation_policy: str = "") -> dict[str, Any]:
        """Delete a recurring run; without the right policy Kubernetes would delete its runs too."""
        assert propagation_policy == "ORPHAN"
        self.recurring = [other for other in self.recurring if other["recurring_run_id"] != one]
        self.deleted.append(one)
        return {}

    def switch(self, one: str, to: str) -> dict[str, Any]:
        """Enable or disable a recurring run."""
        found = next(other for other in self.recurring if other["recurring_run_id"] == one)
        found.update(mode=to.upper(), status=f"{to.upper()}D")
        return {}

    def run(self, body: dict[str, Any]) -> dict[str, Any]:
        """Start a run."""
        self.runs.append(body)
        return {**body, "run_id": "115304fa-4f97-4258-ba4c-9c21f1e2002e"}


@pytest.fixture
def server(httpserver, monkeypatch):
    """Return a server that the environment names, with a service account and a root of the shell."""
    server = Server()
    httpserver.expect_request(URI_DEFAULT).respond_with_handler(server)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", f"http://127.0.0.1:{httpserver.port}")
    for name in SHELL:
        monkeypatch.delenv(name, raising=False)
    return server


def schedules() -> Schedules:
    connections = Connections()
    return Schedules(Kubeflow(connections), connections)


def create(name="churn"):
    version = Version("p1", "v1", "0.1.0-abc", "", is_new=True)
    schedules().create(name, "0 3 * * 1", version, arguments=PARAMETERS, description="Predicts y.")


@pytest.fixture
def created(server, monkeypatch):
    """Return the server with a schedule that was made with settings other than those of the shell now."""
    monkeypatch.setenv("PODIUM_SERVICE_ACCOUNT", "of-the-schedule")
    monkeypatch.setenv("PODIUM_PIPELINE_ROOT", "minio://lake/root")
    create()
    for name, value in SHELL.items():
        monkeypatch.setenv(name, value)
    return server


def test_triggered_run_has_the_settings_of_the_schedule(created):
    created.recurring[0]["experiment_id"] = "e2"
    schedules().trigger("churn")
    (run,) = created.runs
    assert run["service_account"] == "of-the-schedule"
    assert run["runtime_config"] == {"parameters": PARAMETERS, "pipeline_root": "minio://lake/root"}
    assert run["experiment_id"] == "e2"
    assert run["pipeline_version_reference"] == {"pipeline_id": "p1", "pipeline_version_id": "v1"}
    assert run["display_name"] == "churn (triggered)"


def test_triggered_run_of_a_schedule_without_account_and_root_has_none_of_the_shell(server, monkeypatch):
    create()
    for name, value in SHELL.items():
        monkeypatch.setenv(name, value)
    schedules().trigger("churn")
    (run,) = server.runs
    assert not run.get("service_account")
    assert not run["runtime_config"].get("pipeline_root")


def test_triggered_run_of_a_schedule_made_elsewhere(created):
    """The newest version of a pipeline, or a pipeline without a version, may be scheduled too."""
    (schedule,) = created.recurring
    schedule["pipeline_version_reference"] = {"pipeline_id": "p1"}
    schedules().trigger("churn")
    del schedule["pipeline_version_reference"]
    schedule["pipeline_spec"] = {"root": {}}
    schedules().trigger("churn")
    assert created.runs[0]["pipeline_version_reference"] == {"pipeline_id": "p1"}
    assert created.runs[1]["pipeline_spec"] == {"root": {}}


def test_resumed_schedule_is_a_new_one_with_the_same_settings(created):
    """Kubeflow starts a run for the latest time that a schedule missed; a new schedule has missed none."""
    (before,) = created.recurring
    schedules().pause("churn")
    assert created.recurring[0]["status"] == "DISABLED"
    schedules().resume("churn")
    (after,) = created.recurring
    own = {"recurring_run_id", "status", "mode"}
    assert {k: v for k, v in after.items() if k not in own} == {
        k: v for k, v in before.items() if k not in own
    }
    assert after["status"] == "ENABLED"
    assert created.deleted == [before["recurring_run_id"]]
    schedules().resume("churn")  # nothing to do
    assert created.recurring == [after]


def test_resumed_schedule_keeps_only_a_start_in_the_future(created):
    for start, kept in (("2020-01-01T00:00:00Z", False), ("2999-01-01T00:00:00Z", True)):
        schedules().pause("churn")
        created.recurring[0]["trigger"] = {
            "periodic_schedule": {"start_time": start, "interval_second": "60"}
        }
        schedules().resume("churn")
        assert ("start_time" in created.recurring[0]["trigger"]["periodic_schedule"]) == kept


def test_schedules_left_by_an_interrupted_resume(created):
    schedules().pause("churn")
    created.create({**created.recurring[0], "mode": "ENABLE"})
    schedules().pause("churn")
    assert [one["status"] for one in created.recurring] == ["DISABLED"] * 2
    schedules().delete("churn")
    assert created.recurring == []


def test_unknown_schedule_is_an_error_with_near_names(created):
    for command in ("pause", "resume", "delete", "trigger"):
        with pytest.raises(ServerError, match=r"no schedule chrun on .* Did you mean churn\?"):
            getattr(schedules(), command)("chrun")
    with pytest.raises(ServerError, match="podium schedules"):
        schedules().trigger("sales")


def test_resume_of_a_folder_that_does_not_exist_is_no_schedule(created, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["resume", "runs/churn"])
    assert ended.value.code == 2
    assert "There is no run at runs/churn" in capsys.readouterr().err
