"""Tests of where credentials, region and endpoint come from."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from podium_ml.object_store import ObjectStore, StoreError

IDENTITY = """<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>role</AccessKeyId><SecretAccessKey>hidden</SecretAccessKey>
<SessionToken>session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"""
TOKEN = "header.claims.signature"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home folder without settings, in an environment without settings."""
    import os

    for name in [name for name in os.environ if name.startswith(("AWS_", "MINIO_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    (tmp_path / ".aws").mkdir()
    return tmp_path


def found(scheme: str = "s3") -> tuple[str, str, str | None]:
    credentials = ObjectStore.from_environment(scheme).credentials()
    assert credentials is not None
    return credentials.access_key, credentials.secret_key, credentials.session_token


def set_all(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_SESSION_TOKEN="c")
    set_all(monkeypatch, MINIO_ROOT_USER="m", MINIO_ROOT_PASSWORD="n", AWS_REGION="eu-central-1")
    assert found() == ("a", "b", "c")
    assert found("minio") == ("m", "n", None)
    assert ObjectStore.from_environment("s3").region == "eu-central-1"
    assert "b" not in repr(ObjectStore.from_environment("s3")).split()


def test_nothing_set() -> None:
    store = ObjectStore.from_environment("s3")
    assert (store.credentials(), store.endpoint, store.region) == (None, "", "us-east-1")


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_half_of_the_credentials(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(StoreError, match="is not set"):
        ObjectStore.from_environment("s3")


def test_profile_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".aws/credentials").write_text(
        "[default]\naws_access_key_id = a\naws_secret_access_key = 50%s\n"
        "[team]\naws_access_key_id = t\naws_secret_access_key = u\naws_session_token = v\n"
    )
    (folder / ".aws/config").write_text(
        "[default]\nregion = eu-west-3\n[profile team]\nregion = eu-north-1\nendpoint_url = https://s3.team.example\n"
        "s3 =\n  addressing_style = path\n"
    )
    assert found() == ("a", "50%s", None)
    assert ObjectStore.from_environment("s3").region == "eu-west-3"
    monkeypatch.setenv("AWS_PROFILE", "team")
    assert found() == ("t", "u", "v")
    store = ObjectStore.from_environment("s3")
    assert (store.region, store.endpoint) == ("eu-north-1", "https://s3.team.example")
    set_all(
        monkeypatch, AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="y", AWS_ENDPOINT_URL="http://127.0.0.1:9"
    )
    assert found() == ("x", "y", None)
    assert ObjectStore.from_environment("s3").endpoint == "http://127.0.0.1:9"


def test_files_of_other_names(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "keys").write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "keys"))
    assert found() == ("a", "b", None)


def test_profile_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "team")
    with pytest.raises(StoreError, match=r"AWS_PROFILE is team, which neither .*credentials nor .*config"):
        ObjectStore.from_environment("s3")


@pytest.mark.parametrize("text", ["aws_access_key_id = a\n", "[default\n"])
def test_damaged_file_is_named(folder: Path, text: str) -> None:
    (folder / ".aws/credentials").write_text(text)
    with pytest.raises(StoreError, match=r"credentials cannot be read") as caught:
        ObjectStore.from_environment("s3")
    assert "\n" not in caught.value.reason


def test_profile_of_single_sign_on_says_how_to_get_keys(folder: Path) -> None:
    (folder / ".aws/config").write_text("[default]\nsso_session = corp\n")
    with pytest.raises(StoreError, match=r"sso_session.*aws configure export-credentials"):
        ObjectStore.from_environment("s3")


def test_role_of_a_service_account(
    folder: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "token").write_text(TOKEN)
    set_all(
        monkeypatch,
        AWS_WEB_IDENTITY_TOKEN_FILE=str(folder / "token"),
        AWS_ROLE_ARN="arn:aws:iam::1:role/podium",
        AWS_ENDPOINT_URL_STS=httpserver.url_for("/"),
    )

    def answer(request: Request) -> Response:
        assert request.args["WebIdentityToken"] == TOKEN
        assert request.args["RoleArn"] == "arn:aws:iam::1:role/podium"
        return Response(IDENTITY, content_type="text/xml")

    httpserver.expect_request("/", method="POST").respond_with_handler(answer)
    assert found() == ("role", "hidden", "session")


@pytest.mark.parametrize("status", [403, 503])
def test_role_that_is_refused_shows_no_token(
    folder: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    (folder / "token").write_text(TOKEN)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(folder / "token"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", httpserver.url_for("/"))
    httpserver.expect_request("/").respond_with_data("no", status)
    with pytest.raises(StoreError, match=f"the role gives no credentials.*{status}") as caught:
        ObjectStore.from_environment("s3")
    assert TOKEN not in str(caught.value)


def test_role_of_a_container(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {"AccessKeyId": "c", "SecretAccessKey": "d", "Token": "e"}
    answer = json.dumps({**given, "Expiration": "2099-01-01T00:00:00Z"})
    httpserver.expect_request("/role", headers={"Authorization": "mine"}).respond_with_data(answer)
    set_all(
        monkeypatch,
        AWS_CONTAINER_CREDENTIALS_FULL_URI=httpserver.url_for("/role"),
        AWS_CONTAINER_AUTHORIZATION_TOKEN="mine",
    )
    assert found() == ("c", "d", "e")


def test_addresses_of_amazon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each region has its own address, and a bucket is part of the host name."""
    set_all(monkeypatch, AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    for region, host in (
        ("eu-central-1", "https://lake.s3.eu-central-1.amazonaws.com/x.csv?"),
        ("cn-north-1", "https://lake.s3.cn-north-1.amazonaws.com.cn/x.csv?"),
    ):
        monkeypatch.setenv("AWS_REGION", region)
        client = ObjectStore.from_environment("s3").client(attempts=1)
        assert client.presigned_get_object("lake", "x.csv").startswith(host)


@pytest.mark.parametrize(
    "endpoint", ["minio:9000", "ftp://host", "http://host/path", "http://user:secret@host", "http://"]
)
def test_invalid_endpoints(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(StoreError, match="endpoint") as caught:
        ObjectStore.from_environment("s3").client(attempts=1)
    assert "secret" not in str(caught.value)
