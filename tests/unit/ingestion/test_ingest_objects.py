"""Objects of a real S3 server."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from ingesting import Ingest

from podium_ml.errors import DataError
from podium_ml.ingestion.content_version import content_version

boto3 = pytest.importorskip("boto3")
moto_server = pytest.importorskip("moto.server")

TABLE = b"a,b\n1,x\n"
VARIABLES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "MINIO_ENDPOINT", "AWS_PROFILE", "AWS_SESSION_TOKEN")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def store(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of a store with some objects; the environment says where it is."""
    monkeypatch.setenv("no_proxy", "*")
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "topsecret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="bucket")
    objects = {
        "customers.csv": TABLE,
        "packed.csv.gz": gzip.compress(TABLE),
        "folder/a.csv": TABLE,
        "folder/b.csv": TABLE,
        "folder/_SUCCESS": b"",
        "folder/notes.md": b"about",
        "parts/year=2024/a.csv": TABLE,
    }
    for key, content in objects.items():
        client.put_object(Bucket="bucket", Key=key, Body=content)
    return client


@pytest.mark.parametrize(
    ("url", "rows"),
    [
        ("s3://bucket/customers.csv", 1),
        ("s3a://bucket/customers.csv", 1),
        ("minio://bucket/customers.csv", 1),
        ("s3://bucket/packed.csv.gz", 1),
        ("s3://bucket/folder", 2),
        ("s3://bucket/folder/", 2),
        ("s3://bucket/folder/*.csv", 2),
        ("s3://bucket/folder/a.csv,s3://bucket/folder/b.csv", 2),
    ],
)
@pytest.mark.usefixtures("store")
def test_objects(ingest: Ingest, url: str, rows: int) -> None:
    table = ingest(url)
    assert table.rows == rows
    assert [column.name for column in table.columns] == ["a", "b"]
    assert all(name.startswith(url.partition("://")[0]) for name in table.files)


@pytest.mark.usefixtures("store")
def test_partitions(ingest: Ingest) -> None:
    assert ingest.frame("s3://bucket/parts")["year"].tolist() == [2024]


@pytest.mark.usefixtures("store")
def test_near_names(ingest: Ingest) -> None:
    error = ingest.refusal("s3://bucket/custmers.csv")
    assert "no object" in error.message
    assert "s3://bucket/customers.csv" in error.hint


@pytest.mark.parametrize(
    "url", ["s3://no-such-bucket/a.csv", "s3://no-such-bucket", "s3://bucket/none/*.csv"]
)
@pytest.mark.usefixtures("store")
def test_nothing_there(ingest: Ingest, url: str) -> None:
    error = ingest.refusal(url)
    assert "There is no object" in error.message
    assert url in error.message


def test_wrong_credentials(ingest: Ingest, store: Any, server: str) -> None:
    """From now on the server looks at credentials, and knows none."""
    import requests

    requests.post(f"{server}/moto-api/reset-auth", data=b"0", timeout=5, proxies={"http": ""})
    try:
        started = time.monotonic()
        error = ingest.refusal("s3://bucket/customers.csv")
        assert time.monotonic() - started < 10
    finally:
        requests.post(f"{server}/moto-api/reset-auth", data=b"1000000", timeout=5, proxies={"http": ""})
    assert "may not be read" in error.message
    assert "AWS_ACCESS_KEY_ID" in error.hint
    assert "topsecret" not in str(error)


def test_no_credentials(ingest: Ingest, store: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is public is read as nobody."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert "AWS_ACCESS_KEY_ID" in ingest.refusal("s3://bucket/customers.csv").hint
    store.put_object_acl(Bucket="bucket", Key="customers.csv", ACL="public-read")
    assert ingest("s3://bucket/customers.csv").rows == 1


@pytest.mark.parametrize(
    "url", ["s3://bucket/customers.csv", "s3://bucket/folder", "s3://bucket/folder/*.csv"]
)
def test_objects_have_versions_by_their_content(store: Any, url: str) -> None:
    first = content_version(url)
    assert content_version(url) == first
    for key in ("customers.csv", "folder/b.csv"):
        store.put_object(Bucket="bucket", Key=key, Body=TABLE + b"7,x\n")
    assert content_version(url) != first
    with pytest.raises(DataError, match="no object"):
        content_version("s3://bucket/nothing.csv")


@pytest.mark.usefixtures("store")
def test_unreachable(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    started = time.monotonic()
    assert "http://127.0.0.1:9 cannot be reached" in ingest.refusal("s3://bucket/customers.csv").message
    assert time.monotonic() - started < 10


@pytest.mark.usefixtures("store")
def test_minio_has_variables_of_its_own(ingest: Ingest, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("MINIO_ENDPOINT", server.removeprefix("http://"))
    monkeypatch.setenv("MINIO_ACCESS_KEY", "key")
    monkeypatch.setenv("MINIO_SECRET_KEY", "topsecret")
    assert ingest("minio://bucket/customers.csv").rows == 1


@pytest.mark.usefixtures("store")
def test_invalid_bucket_name(ingest: Ingest) -> None:
    assert "cannot be fetched" in ingest.refusal("s3://Not A Bucket!/a.csv").message


@pytest.mark.usefixtures("store")
def test_delta_table(ingest: Ingest, server: str) -> None:
    deltalake = pytest.importorskip("deltalake")
    options = {
        "AWS_ENDPOINT_URL": server,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_S3_ALLOW_UNSAFE_RENAME": "true",
    }
    deltalake.write_deltalake("s3://bucket/delta", pa.table({"a": [1, 2]}), storage_options=options)
    table = ingest("s3://bucket/delta")
    assert (table.format, table.rows) == ("delta", 2)
