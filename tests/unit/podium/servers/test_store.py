"""Tests of transfers to and from the object store, on a real S3 server."""

import random
from pathlib import Path

import pytest

from podium.servers.errors import ServerError
from podium.servers.store import Store, object_name
from podium.servers.uploads import check_scheduled, send_data
from podium_ml.errors import DataError, SettingsError
from podium_ml.settings import ForecastingSettings, TabularSettings

pytestmark = pytest.mark.minio


@pytest.fixture
def bucket(s3):
    """Return a client of a store with one bucket."""
    s3.create_bucket(Bucket="servers")
    return s3


def keys(client):
    return [one["Key"] for one in client.list_objects_v2(Bucket="servers").get("Contents", ())]


def test_upload_and_download(bucket, tmp_path):
    store = Store("s3://servers/prefix/")
    (tmp_path / "a.csv").write_text("a\n1\n")
    assert store.upload([(tmp_path / "a.csv", "x/a.csv")], "data/h") == 4
    assert store.upload([(tmp_path / "a.csv", "x/a.csv")], "data/h") == 0
    assert keys(bucket) == ["prefix/data/h/x/a.csv"]
    files = store.download("data", tmp_path / "back")
    assert files == [tmp_path / "back" / "h" / "x" / "a.csv"]
    assert files[0].read_text() == "a\n1\n"
    assert [path.name for path in (tmp_path / "back").rglob("*") if path.is_file()] == ["a.csv"]


@pytest.mark.parametrize("size", [7, 20_000_000])
def test_an_object_of_the_same_size_with_other_content_is_replaced(bucket, tmp_path, size):
    content = random.Random(0).randbytes(size)
    path, store = tmp_path / "rows.bin", Store("s3://servers/prefix")
    path.write_bytes(content)
    store.upload([(path, "rows.bin")], "data/h")
    # A neighbour who may write to the bucket plants other rows where the next run looks for its own.
    bucket.put_object(Bucket="servers", Key="prefix/data/h/rows.bin", Body=content[::-1])
    assert store.upload([(path, "rows.bin")], "data/h") == size
    assert bucket.get_object(Bucket="servers", Key="prefix/data/h/rows.bin")["Body"].read() == content
    assert store.upload([(path, "rows.bin")], "data/h") == 0


def test_an_object_whose_tag_says_nothing_is_compared_and_kept(bucket, tmp_path):
    path, store = tmp_path / "rows.bin", Store("s3://servers/prefix")
    path.write_bytes(random.Random(0).randbytes(6_000_000))
    # Another client uploads in other parts, which gives another tag; a store with its own keys does so too.
    half = 5 * 1024 * 1024
    place = {"Bucket": "servers", "Key": "prefix/data/h/rows.bin"}
    upload = bucket.create_multipart_upload(**place)["UploadId"]
    parts = [
        {
            "PartNumber": number,
            "ETag": bucket.upload_part(**place, UploadId=upload, PartNumber=number, Body=body)["ETag"],
        }
        for number, body in enumerate((path.read_bytes()[:half], path.read_bytes()[half:]), start=1)
    ]
    bucket.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
    assert store.upload([(path, "rows.bin")], "data/h") == 0


def test_probe_leaves_no_objects(bucket):
    Store("s3://servers/prefix").probe()
    assert keys(bucket) == []


def test_connection_errors(bucket, monkeypatch):
    with pytest.raises(ServerError, match=r"Bucket none cannot be used: http.*NoSuchBucket"):
        Store("s3://none/x").check()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(ServerError, match="cannot be reached"):
        Store("s3://servers/x").check()


def test_same_data_is_uploaded_once(bucket, tmp_path):
    (tmp_path / "My data (1).csv").write_text("a,y\n1,2\n")
    settings = TabularSettings(source=str(tmp_path / "My data (1).csv"), target="y")
    sent, fingerprint = send_data(settings, "s3://servers/podium")
    assert sent.source == f"s3://servers/podium/data/{fingerprint}/My-data-1-.csv"
    before = bucket.list_objects_v2(Bucket="servers")["Contents"][0]["LastModified"]
    assert send_data(settings, "s3://servers/podium") == (sent, fingerprint)
    assert bucket.list_objects_v2(Bucket="servers")["Contents"][0]["LastModified"] == before
    (tmp_path / "My data (1).csv").write_text("a,y\n1,3\n")
    assert send_data(settings, "s3://servers/podium")[1] != fingerprint


def test_plans_and_events_are_uploaded_with_the_data(bucket, tmp_path):
    for name in ("sales.csv", "plan.csv", "events.csv"):
        (tmp_path / name).write_text("day,y\n2024-01-01,2\n")
    settings = ForecastingSettings(
        source=str(tmp_path / "sales.csv"),
        future=str(tmp_path / "plan.csv"),
        holidays=f"DE,{tmp_path}/events.csv",
        target="y",
    )
    sent, fingerprint = send_data(settings, "s3://servers/podium")
    assert sent.future.startswith("s3://servers/podium/data/")
    assert sent.future.endswith("/plan.csv")
    country, events = sent.holiday_names
    assert country == "DE"
    assert events.endswith("/events.csv")
    (tmp_path / "events.csv").write_text("day,y\n2024-01-02,2\n")
    assert send_data(settings, "s3://servers/podium")[1] != fingerprint


def test_folders_and_patterns_keep_names_and_order_of_files(bucket, tmp_path):
    for name in ("year=2023/b.csv", "year=2024/a.csv"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("a\n1\n")
    sent, fingerprint = send_data(TabularSettings(source=str(tmp_path)), "s3://servers/podium")
    assert sent.source == f"s3://servers/podium/data/{fingerprint}"
    assert [key.split(fingerprint)[1] for key in keys(bucket)] == ["/year=2023/b.csv", "/year=2024/a.csv"]
    sent, other = send_data(TabularSettings(source=f"{tmp_path}/*/*.csv"), "s3://servers/podium")
    assert [key.split(other)[1] for key in keys(bucket) if other in key][-2:] == [
        "/00000-b.csv",
        "/00001-a.csv",
    ]


def test_remote_data_is_not_uploaded():
    settings = TabularSettings(source="s3://lake/a.csv", test="https://host/test.csv")
    assert send_data(settings, "s3://servers/podium") == (settings, "")


def test_sources_unreadable_by_pods_are_refused(tmp_path):
    with pytest.raises(ServerError, match="file on this machine"):
        send_data(TabularSettings(source="sqlite:///sales.db"), "s3://servers/podium")
    with pytest.raises(ServerError, match="would be visible"):
        send_data(TabularSettings(source="https://host/a.csv?signature=secret"), "s3://servers/podium")
    with pytest.raises(DataError, match="There is no file"):
        send_data(TabularSettings(source=str(tmp_path / "none.csv")), "s3://servers/podium")
    with pytest.raises(SettingsError, match="is on this machine"):
        check_scheduled(TabularSettings(source=str(Path("data.csv"))))
    with pytest.raises(SettingsError, match="name the data"):
        check_scheduled(TabularSettings())


def test_object_names_are_sanitized():
    assert object_name("a?b*[c] d%.csv") == "a-b-c-d-.csv"


def test_large_file_multipart_round_trip(bucket, tmp_path):
    content = random.Random(0).randbytes(20_000_000)
    (tmp_path / "large.bin").write_bytes(content)
    store = Store("s3://servers/prefix")
    assert store.upload([(tmp_path / "large.bin", "large.bin")], "data") == len(content)
    assert "-" in bucket.head_object(Bucket="servers", Key="prefix/data/large.bin")["ETag"]
    assert store.download_one("data/large.bin", tmp_path / "back.bin").read_bytes() == content


def test_listing_reads_all_pages(bucket):
    for number in range(1001):
        bucket.put_object(Bucket="servers", Key=f"many/{number:04}", Body=b"")
    assert [key for key, _ in Store("s3://servers").listing("many")][-1] == "many/1000"
