"""Tests of uploading packages, against a server that keeps versions of pipelines as Kubeflow Pipelines 2.17.0 does."""

import json
import warnings
from typing import Any

import pytest
import yaml
from pytest_httpserver import URI_DEFAULT
from werkzeug import Request, Response

from podium.servers.connections import Connections
from podium.servers.kubeflow import Kubeflow

PIPELINE = {"pipelineInfo": {"name": "podium-tabular"}, "root": {"dag": {}}, "schemaVersion": "2.1.0"}
PLATFORM = {"platforms": {"kubernetes": {"deploymentSpec": {}}}}
FOREIGN = {"pipelineInfo": {"name": "podium-tabular"}, "root": {"dag": {"tasks": "of a neighbour"}}}


class Server:
    """Versions of one pipeline, by the requests that the client makes."""

    def __init__(self) -> None:
        self.versions: list[dict[str, Any]] = []
        self.has_rival = False

    def __call__(self, request: Request) -> Response:
        """Return the response to a request."""
        path = request.path.removeprefix("/apis/v2beta1/")
        if path == "healthz":
            answer: Any = {"tag_name": "2.17.0", "multi_user": False}
        elif path == "pipelines":
            answer = {"pipelines": [{"pipeline_id": "p1", "display_name": "podium-tabular"}]}
        elif path == "pipelines/upload_version":
            documents = list(yaml.safe_load_all(request.files["uploadfile"].read()))
            answer = self.keep(request.args["name"], *documents)
            if self.has_rival:  # another command, which was first
                return Response("{}", status=409, content_type="application/json")
        else:
            (wanted,) = json.loads(request.args["filter"])["predicates"]
            found = [one for one in self.versions if wanted["stringValue"] in one["display_name"]]
            answer = {"pipeline_versions": found}
        return Response(json.dumps(answer), content_type="application/json")

    def keep(self, name: str, pipeline: Any, platform: Any = None) -> dict[str, Any]:
        """Keep a version, and return it as the server shows it."""
        spec = {"pipeline_spec": pipeline, "platform_spec": platform} if platform else pipeline
        number = f"v{len(self.versions)}"
        self.versions.append({"pipeline_version_id": number, "display_name": name, "pipeline_spec": spec})
        return self.versions[-1]


@pytest.fixture
def server(httpserver):
    served = Server()
    httpserver.expect_request(URI_DEFAULT).respond_with_handler(served)
    served.address = httpserver.url_for("").rstrip("/")
    return served


@pytest.fixture(params=[(PIPELINE,), (PIPELINE, PLATFORM)], ids=["plain", "with platform"])
def upload(request, server, tmp_path, monkeypatch):
    """Return a function that uploads a package."""
    monkeypatch.setenv("no_proxy", "*")
    package = tmp_path / "tabular.yaml"
    package.write_text(yaml.safe_dump_all(request.param))
    kubeflow = Kubeflow(Connections({"KF_PIPELINES_ENDPOINT": server.address}))
    return lambda: kubeflow.upload(package, "podium-tabular", description="", fields="")


def test_a_package_is_uploaded_once(server, upload):
    first = upload()
    assert first.is_new
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        second = upload()
    assert (second.is_new, second.version) == (False, first.version)
    assert len(server.versions) == 1


def test_commands_that_upload_at_once_end_with_the_same_version(server, upload):
    server.has_rival = True
    version = upload()
    assert (version.is_new, version.version) == (False, server.versions[0]["pipeline_version_id"])
    assert len(server.versions) == 1


def test_a_pipeline_of_a_neighbour_with_the_expected_name_is_not_run(server, upload):
    expected = upload()
    server.versions.clear()
    planted = server.keep(expected.name, FOREIGN)
    with pytest.warns(UserWarning, match=f"another pipeline under the name {expected.name}"):
        used = upload()
    assert used.is_new
    assert used.version != planted["pipeline_version_id"]
    assert server.versions[-1]["pipeline_spec"] != FOREIGN
    again = upload()
    assert (again.is_new, again.version) == (False, used.version)
