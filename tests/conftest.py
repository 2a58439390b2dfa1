"""Servers, for tests of any folder, and threads as the engines give them."""

import inspect
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import hypothesis
import pytest

from podium_ml.run.concurrency import thread_variables

# Before a native library is loaded: one thread a core in each of several processes would have them wait for each other.
os.environ.update(thread_variables(1))
# Some tests keep models of their own.
os.environ["PODIUM_MODEL_MODULES"] = "tests"

# A busy machine must not fail a test.
hypothesis.settings.register_profile("podium", deadline=None)
hypothesis.settings.load_profile("podium")


def _stack(context: int = 0) -> list[inspect.FrameInfo]:
    """Return the frames of the caller and of its callers, innermost first, without lines of source."""
    return [
        inspect.FrameInfo(frame, frame.f_code.co_filename, line, frame.f_code.co_name, None, None)
        for frame, line in traceback.walk_stack(sys._getframe(1))
    ]


# KFP looks at the stack at each option of a task. With lines of source, and with a search of all modules for frames
# whose file does not exist, that takes a compilation among ten thousand tests up to twelve seconds.
inspect.stack = _stack

ADDRESS = "PODIUM_TEST_S3"
MLFLOW_VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")
VARIABLES = (
    "AWS_ENDPOINT_URL_S3",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_SESSION_TOKEN",
    "AWS_CA_BUNDLE",
    "MINIO_ENDPOINT",
    "MINIO_ACCESS_KEY",
    "MINIO_SECRET_KEY",
    "MINIO_ROOT_USER",
    "MINIO_ROOT_PASSWORD",
)


@pytest.fixture(scope="session")
def httpserver_listen_address() -> tuple[str, int]:
    """Address of ``httpserver``: a number, since clients treat names differently; the system chooses the port."""
    return "127.0.0.1", 0


@pytest.fixture(scope="session", autouse=True)
def keys_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the keys that sign models out of the folder of the user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        for name in ("PODIUM_SIGNING_KEY", "PODIUM_TRUSTED_KEYS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True)
def mlflow_environment() -> Iterator[None]:
    """Undo what MLflow keeps in the process and the environment, so that no test uses the server of an earlier one."""
    before = {name: os.environ.get(name) for name in MLFLOW_VARIABLES}
    yield
    if mlflow := sys.modules.get("mlflow"):
        mlflow.set_tracking_uri(None)
        mlflow.set_registry_uri(None)
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


@pytest.fixture(scope="session")
def s3_server() -> Iterator[tuple[str, str, str]]:
    """Address, access key and secret key: of a real server that PODIUM_TEST_S3 names, else of moto's, made here."""
    if os.environ.get(ADDRESS):
        yield os.environ[ADDRESS], os.environ["MINIO_ROOT_USER"], os.environ["MINIO_ROOT_PASSWORD"]
        return
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}", "somebody", "topsecret"
    server.stop()


@pytest.fixture
def s3(s3_server: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a store without buckets, which the environment names; what a test makes is deleted."""
    endpoint, key, secret = s3_server
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.client("s3", region_name="us-east-1")
    before = _buckets(client)
    yield client
    for bucket in _buckets(client) - before:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for one in [one for page in pages for one in page.get("Contents", ())]:
            client.delete_object(Bucket=bucket, Key=one["Key"])
        client.delete_bucket(Bucket=bucket)


@pytest.fixture
def publish(s3: Any) -> Callable[[str, str], None]:
    """A function that makes an object public: with a policy on MinIO, which has no ACLs, and with an ACL on moto."""

    def make_public(bucket: str, key: str) -> None:
        if not os.environ.get(ADDRESS):
            s3.put_object_acl(Bucket=bucket, Key=key, ACL="public-read")
            return
        rule = {"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:GetObject"]}
        policy = {"Version": "2012-10-17", "Statement": [{**rule, "Resource": [f"arn:aws:s3:::{bucket}/*"]}]}
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))

    return make_public


@pytest.fixture
def locked(s3_server: tuple[str, str, str]) -> Iterator[None]:
    """Make the moto server check credentials, as real servers do."""
    import requests

    def look_after(number: int) -> None:
        if not os.environ.get(ADDRESS):
            address = f"{s3_server[0]}/moto-api/reset-auth"
            requests.post(address, data=str(number), timeout=5, proxies={"http": ""}).raise_for_status()

    look_after(0)
    yield
    look_after(1_000_000)


def _buckets(client: Any) -> set[str]:
    return {one["Name"] for one in client.list_buckets()["Buckets"]}
