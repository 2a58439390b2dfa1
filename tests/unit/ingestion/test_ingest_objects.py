"""Tests of ingestion from an S3 server."""

import gzip
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from podium_ml.errors import DataError
from podium_ml.ingestion.content_version import content_version
from podium_ml.ingestion.objects import Objects
from tests.unit.ingestion.ingesting import Ingest

pytestmark = pytest.mark.minio
TABLE = b"a,b\n1,x\n"


@pytest.fixture
def store(s3: Any) -> Any:
    """Return a client of a store that contains some objects."""
    s3.create_bucket(Bucket="bucket")
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
        s3.put_object(Bucket="bucket", Key=key, Body=content)
    return s3


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
        ("s3://bucket/folder/?.csv", 2),
        ("s3://bucket/fol*/[!b].csv", 1),
        ("s3://bucket/**/b.csv", 1),
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


@pytest.mark.parametrize(
    "name", ["Größe & Maß (1).csv", "a+b=c.csv", "50%.csv", "#1;x,y.csv", "deep/er/a b.csv"]
)
def test_unusual_names(ingest: Ingest, store: Any, name: str) -> None:
    store.put_object(Bucket="bucket", Key=f"odd/{name}", Body=TABLE)
    assert ingest("s3://bucket/odd").rows == 1
    if "," not in name:  # a comma separates sources
        assert ingest(f"s3://bucket/odd/{name}").rows == 1


def test_parquet(ingest: Ingest, store: Any) -> None:
    packed = io.BytesIO()
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), packed)
    for name in ("one", "two"):
        store.put_object(Bucket="bucket", Key=f"parquet/{name}.parquet", Body=packed.getvalue())
    table = ingest("s3://bucket/parquet")
    assert (table.format, table.rows) == ("parquet", 4)


def test_multipart_object_is_read_completely(ingest: Ingest, store: Any) -> None:
    rows = 1_500_000
    content = "a,b\n" + "".join(f"{number},{number % 7}\n" for number in range(rows))
    assert len(content) > 8 << 20, "the object is too small for a multipart upload"
    store.upload_fileobj(io.BytesIO(content.encode()), "bucket", "large.csv")
    assert "-" in store.head_object(Bucket="bucket", Key="large.csv")["ETag"]
    frame = ingest.frame("s3://bucket/large.csv")
    assert frame["a"].tolist() == list(range(rows))


@pytest.mark.parametrize("is_deleted", [False, True])
@pytest.mark.parametrize(
    "url", ["s3://bucket/folder", "s3://bucket/folder/*.csv", "s3://bucket/folder/a.csv"]
)
def test_objects_changed_during_reading_are_refused(
    ingest: Ingest, store: Any, url: str, is_deleted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading on would mix the old and the new content of an object or a folder."""
    fetch = Objects._fetch

    def fetch_and_change(self: Objects, *given: Any) -> Any:
        one = fetch(self, *given)
        if is_deleted:
            store.delete_object(Bucket="bucket", Key="folder/a.csv")
        else:
            store.put_object(Bucket="bucket", Key="folder/a.csv", Body=TABLE + b"2,y\n")
        return one

    monkeypatch.setattr(Objects, "_fetch", fetch_and_change)
    message = ingest.refusal(url).message
    assert "s3://bucket/folder/a.csv" in message


@pytest.mark.usefixtures("store")
def test_similar_names_are_suggested(ingest: Ingest) -> None:
    error = ingest.refusal("s3://bucket/custmers.csv")
    assert "no object" in error.message
    assert "s3://bucket/customers.csv" in error.hint


@pytest.mark.parametrize(
    "url", ["s3://no-such-bucket/a.csv", "s3://no-such-bucket", "s3://bucket/none/*.csv"]
)
@pytest.mark.usefixtures("store")
def test_missing_objects(ingest: Ingest, url: str) -> None:
    error = ingest.refusal(url)
    assert "There is no object" in error.message
    assert url in error.message


@pytest.mark.usefixtures("store", "locked")
def test_wrong_credentials(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrongsecret")
    started = time.monotonic()
    error = ingest.refusal("s3://bucket/customers.csv")
    assert time.monotonic() - started < 10
    assert "was denied" in error.message
    assert "AWS_ACCESS_KEY_ID" in error.hint
    assert "wrongsecret" not in str(error)


@pytest.mark.usefixtures("store")
def test_no_credentials(
    ingest: Ingest,
    publish: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Public objects are readable without credentials."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert "AWS_ACCESS_KEY_ID" in ingest.refusal("s3://bucket/customers.csv").hint
    publish("bucket", "customers.csv")
    assert ingest("s3://bucket/customers.csv").rows == 1


@pytest.mark.parametrize(
    "url", ["s3://bucket/customers.csv", "s3://bucket/folder", "s3://bucket/folder/*.csv"]
)
def test_content_version_of_objects(store: Any, url: str) -> None:
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
def test_minio_environment_variables(
    ingest: Ingest, s3_server: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, key, secret = s3_server
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("MINIO_ENDPOINT", endpoint.removeprefix("http://"))
    monkeypatch.setenv("MINIO_ACCESS_KEY", key)
    monkeypatch.setenv("MINIO_SECRET_KEY", secret)
    assert ingest("minio://bucket/customers.csv").rows == 1


@pytest.mark.usefixtures("store")
def test_invalid_bucket_name(ingest: Ingest) -> None:
    assert "cannot be fetched" in ingest.refusal("s3://Not A Bucket!/a.csv").message


@pytest.mark.usefixtures("store")
def test_delta_table(ingest: Ingest, s3_server: tuple[str, str, str]) -> None:
    deltalake = pytest.importorskip("deltalake")
    options = {
        "AWS_ENDPOINT_URL": s3_server[0],
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_S3_ALLOW_UNSAFE_RENAME": "true",
    }
    deltalake.write_deltalake("s3://bucket/delta", pa.table({"a": [1, 2]}), storage_options=options)
    table = ingest("s3://bucket/delta")
    assert (table.format, table.rows) == ("delta", 2)
