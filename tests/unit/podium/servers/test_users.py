"""Tests of acting for users: what they may do, and whose name the requests carry."""

import pytest
from pytest_httpserver import URI_DEFAULT
from werkzeug import Request, Response

from podium.servers.connections import Connections
from podium.servers.errors import ServerError
from podium.servers.kubeflow import Kubeflow
from podium.servers.rights import Right, user_may

RUNS = Right("list", "runs", "pipelines.kubeflow.org")


def test_cluster_is_asked_about_the_user(cluster, httpserver):
    asked = []

    def answer(request: Request) -> Response:
        spec = request.get_json()["spec"]
        asked.append((spec["user"], spec["groups"], spec["resourceAttributes"]))
        allowed = str(spec["user"] == "alice@example.com").lower()
        return Response(
            f'{{"status": {{"allowed": {allowed}}}, "spec": {{}}}}', content_type="application/json"
        )

    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    httpserver.clear()
    httpserver.expect_request(path, method="POST").respond_with_handler(answer)
    assert user_may(Connections(), "alice@example.com", RUNS, "team-a")
    assert not user_may(Connections(), "bob@example.com", RUNS, "team-a")
    assert asked[0] == (
        "alice@example.com",
        ["system:authenticated"],
        {"namespace": "team-a", "verb": "list", "group": "pipelines.kubeflow.org", "resource": "runs"},
    )


def test_cluster_that_does_not_answer_says_no_yes(cluster, httpserver):
    httpserver.clear()
    httpserver.expect_request("/apis/authorization.k8s.io/v1/subjectaccessreviews").respond_with_data("", 403)
    with pytest.raises(ServerError):
        user_may(Connections(), "alice@example.com", RUNS, "team-a")


@pytest.mark.parametrize("user", ["alice@example.com", ""])
def test_requests_carry_the_name_of_the_user(cluster, httpserver, monkeypatch, user):
    seen = []

    def answer(request: Request) -> Response:
        seen.append(request.headers.get("kubeflow-userid"))
        return cluster(request)

    httpserver.clear()
    httpserver.expect_request(URI_DEFAULT).respond_with_handler(answer)
    monkeypatch.setenv("PODIUM_KUBEFLOW_USER", user)
    Kubeflow(Connections()).health()
    assert set(seen) == {user or None}
