"""Tests of asking a registry for digests, on a server that answers as registries do."""

import base64
import json

import pytest
import yaml

from podium.engines.kubeflow import package_for
from podium.servers.connections import Connections
from podium.servers.errors import ServerError
from podium.servers.registry import digest_of

DIGEST = "sha256:" + "a" * 64
TEAM = "/v2/team/python-cpu/manifests/1.2"


@pytest.fixture
def registry(httpserver, monkeypatch, tmp_path):
    """A registry's server, its address, and no logins."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    return httpserver


def address(server):
    return f"127.0.0.1:{server.port}/team"


def offer(server, path=TEAM, **fields):
    server.expect_request(path, method="HEAD", **fields).respond_with_data(
        headers={"Docker-Content-Digest": DIGEST}
    )


def images_of(folder, **variables):
    package = package_for(Connections(variables), "tabular", folder)
    executors = next(yaml.safe_load_all(package.read_text()))["deploymentSpec"]["executors"]
    # The image of a branch is a parameter of its task.
    return {image for one in executors.values() if "{{" not in (image := one["container"]["image"])}


def test_asks_an_open_registry(registry):
    offer(registry)
    assert digest_of(f"{address(registry)}/python-cpu:1.2") == DIGEST
    ((request, _),) = registry.log
    assert "application/vnd.oci.image.index.v1+json" in request.headers["Accept"]
    assert "Authorization" not in request.headers


def test_fetches_the_token_that_a_registry_wants(registry, tmp_path):
    login = base64.b64encode(b"me:secret").decode()
    (tmp_path / "config.json").write_text(
        json.dumps({"auths": {address(registry).partition("/")[0]: {"auth": login}}})
    )
    offer(registry, headers={"Authorization": "Bearer ticket"})
    realm = f'Bearer realm="{registry.url_for("/token")}",service="r",scope="repository:team/python-cpu:pull"'
    registry.expect_request(TEAM).respond_with_data(status=401, headers={"WWW-Authenticate": realm})
    registry.expect_request(
        "/token", query_string={"service": "r", "scope": "repository:team/python-cpu:pull"}
    ).respond_with_json({"token": "ticket"})
    assert digest_of(f"{address(registry)}/python-cpu:1.2") == DIGEST
    (asked,) = [request for request, _ in registry.log if request.path == "/token"]
    assert asked.headers["Authorization"] == f"Basic {login}"


@pytest.mark.parametrize("realm", ["http://stranger.invalid/token", "file:///etc/passwd", "/token"])
def test_sends_no_password_in_clear(registry, tmp_path, realm, monkeypatch):
    host = address(registry).partition("/")[0]
    (tmp_path / "config.json").write_text(json.dumps({"auths": {host: {"auth": "bWU6c2VjcmV0"}}}))
    registry.expect_request(TEAM).respond_with_data(
        status=401, headers={"WWW-Authenticate": f'Bearer realm="{realm}"'}
    )
    monkeypatch.setattr("requests.get", lambda *_, **__: pytest.fail("the password was sent"))
    with pytest.raises(ServerError, match="answers 401"):
        digest_of(f"{address(registry)}/python-cpu:1.2")


def test_follows_no_redirect_and_takes_no_odd_digest(registry):
    registry.expect_request(TEAM).respond_with_data(
        status=307, headers={"Location": "http://stranger.invalid/", "Docker-Content-Digest": DIGEST + "x"}
    )
    with pytest.raises(ServerError, match="does not tell the digest of"):
        digest_of(f"{address(registry)}/python-cpu:1.2")


def test_a_run_uses_the_digests_of_the_registry(registry, tmp_path):
    offer(registry)
    offer(registry, TEAM.replace("cpu", "torch"))
    variables = {"PODIUM_IMAGE_REGISTRY": address(registry), "PODIUM_IMAGE_TAG": "1.2"}
    assert images_of(tmp_path, **variables) == {f"{address(registry)}/python-cpu@{DIGEST}"}


def test_an_image_that_the_registry_does_not_have_keeps_its_tag(registry, tmp_path):
    variables = {"PODIUM_IMAGE_REGISTRY": address(registry), "PODIUM_IMAGE_TAG": "1.2"}
    with pytest.warns(UserWarning, match="does not tell the digest of .*python-cpu:1.2"):
        assert images_of(tmp_path, **variables) == {f"{address(registry)}/python-cpu:1.2"}


def test_a_file_of_digests_goes_before_the_registry(registry, tmp_path):
    file = tmp_path / "digests.json"
    file.write_text(json.dumps({"python-cpu": DIGEST}))
    variables = {"PODIUM_IMAGE_REGISTRY": address(registry), "PODIUM_IMAGE_DIGESTS": str(file)}
    assert images_of(tmp_path, **variables) == {f"{address(registry)}/python-cpu@{DIGEST}"}
    assert not registry.log
