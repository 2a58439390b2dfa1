"""Tests of an object store that fails, on an S3 server behind a proxy: nothing is lost, and errors are one line."""

import gzip
import os
import random
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from podium.servers.errors import ServerError
from podium.servers.store import Store
from podium_ml.errors import DataError, PodiumError
from podium_ml.ingestion.content_version import content_version
from podium_ml.ingestion.objects import Objects
from podium_ml.object_store import bucket as bucket_module
from podium_ml.object_store import connection

from .faulty_proxy import (
    Fault,
    FaultyProxy,
    Rule,
    be_silent,
    be_slow,
    break_off,
    faulty_proxy,
    ignore_ranges,
    lose_answer,
    lose_connection,
    refuse,
    refuse_other_regions,
)

pytestmark = pytest.mark.minio
PLACE = "s3://faults/data"
# Several parts, of which the last one is short. A part has at least 5 MiB.
PART = 5 * 1024 * 1024
LARGE = random.Random(0).randbytes(2 * PART + 1000)
SMALL = b"a,b\n1,x\n"
Connect = Callable[..., FaultyProxy]
Act = Callable[[Path], Any]


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_LONGEST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(bucket_module, "PART_BYTES", PART)


@pytest.fixture
def store(s3: Any) -> Any:
    """Return an independent client of a store that contains a small and a large object."""
    s3.create_bucket(Bucket="faults")
    s3.put_object(Bucket="faults", Key="data/small.csv", Body=SMALL)
    s3.put_object(Bucket="faults", Key="data/large.bin", Body=LARGE)
    return s3


@pytest.fixture
def through(
    store: Any, s3_server: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connect]:
    """Return a function that puts a proxy between Podium and the store."""
    with ExitStack() as stack:

        def connect(*rules: Rule, certificate: str = "") -> FaultyProxy:
            proxy = stack.enter_context(faulty_proxy(s3_server[0], *rules, certificate=certificate))
            monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.address)
            return proxy

        yield connect


def ingest_large(folder: Path) -> bytes:
    (file,) = Objects(f"{PLACE}/large.bin").fetch(folder, choose=list)
    return file.path.read_bytes()


def download_large(folder: Path) -> bytes:
    return Store(PLACE).download_one("large.bin", folder / "large.bin").read_bytes()


def upload_large(folder: Path) -> bytes:
    (folder / "sent.bin").write_bytes(LARGE)
    store = Store(PLACE)
    assert store.upload([(folder / "sent.bin", "sent.bin")], "up") == len(LARGE)
    return store.download_one("up/sent.bin", folder / "back.bin").read_bytes()


TRANSFERS = pytest.mark.parametrize("transfer", [ingest_large, download_large, upload_large])
ACTS = pytest.mark.parametrize(
    "act",
    [
        lambda _: Objects(f"{PLACE}/small.csv"),
        lambda _: content_version(f"{PLACE}/*.csv"),
        lambda _: Store(PLACE).check(),
        lambda _: Store(PLACE).probe(),
        download_large,
    ],
    ids=["ingest", "version", "check", "probe", "download"],
)


def message(act: Act, folder: Path) -> PodiumError:
    """Return the error of something that must fail, which must be short and in one line."""
    with pytest.raises((DataError, ServerError)) as caught:
        act(folder)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600
    assert caught.value.hint
    return caught.value


@TRANSFERS
@pytest.mark.parametrize(
    "fault",
    [refuse(499, "ClientClosedRequest"), refuse(503, "SlowDown"), lose_connection, break_off],
    ids=["499", "503", "lost connection", "broken off"],
)
def test_transfer_survives(through: Connect, tmp_path: Path, transfer: Act, fault: Fault) -> None:
    proxy = through(Rule(fault, "GET PUT POST", part=".bin", times=4))
    assert transfer(tmp_path) == LARGE
    assert proxy.hits == 4


@TRANSFERS
def test_transfer_survives_restart(through: Connect, tmp_path: Path, transfer: Act) -> None:
    """A store that restarts breaks off what it sends, and then accepts no connection for a while."""
    proxy = through(
        Rule(break_off, "GET", part=".bin", times=1),
        Rule(lose_connection, "GET PUT POST", part=".bin", times=7, after=1),
    )
    assert transfer(tmp_path) == LARGE
    assert proxy.hits == 8


@TRANSFERS
def test_slow_store(through: Connect, tmp_path: Path, transfer: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transfer may take longer than the store may be silent."""
    monkeypatch.setattr(connection, "READ_SECONDS", 2)
    through(Rule(be_slow, "GET", part=".bin"))
    assert transfer(tmp_path) == LARGE


def test_upload_is_complete_if_only_the_answer_was_lost(through: Connect, tmp_path: Path) -> None:
    through(Rule(lose_answer, "POST", part="uploadId=", times=1))
    assert upload_large(tmp_path) == LARGE


def test_upload_that_the_store_cannot_complete(through: Connect, tmp_path: Path) -> None:
    """S3 answers 200 before it puts the parts together, and tells the result in the text."""
    through(Rule(refuse(200, "InternalError"), "POST", part="uploadId="))
    assert "could not complete" in message(upload_large, tmp_path).message


@ACTS
@pytest.mark.parametrize("status", [499, 503])
def test_store_that_is_busy_for_good(through: Connect, tmp_path: Path, act: Act, status: int) -> None:
    through(Rule(refuse(status, "SlowDown")))
    assert str(status) in message(act, tmp_path).message


@ACTS
def test_store_that_never_answers(
    through: Connect, tmp_path: Path, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "READ_SECONDS", 0.1)
    proxy = through(Rule(be_silent))
    started = time.monotonic()
    error = message(act, tmp_path)
    assert f"{proxy.address} cannot be reached" in error.message
    assert "AWS_ENDPOINT_URL" in error.hint
    assert time.monotonic() - started < 20


@ACTS
@pytest.mark.usefixtures("store", "locked")
@pytest.mark.parametrize("variable", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_wrong_key(tmp_path: Path, act: Act, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "wrong-value")
    error = message(act, tmp_path)
    assert re.search("the store answered (403|404 XAdminUserNotFound)", error.message)
    assert "AWS_ACCESS_KEY_ID" in error.hint


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "act",
    [
        lambda _: Objects("s3://no-such-bucket/a.csv"),
        lambda _: Objects("s3://no-such-bucket/*.csv"),
        lambda _: Store("s3://no-such-bucket").check(),
        lambda _: Store("s3://no-such-bucket").probe(),
        lambda folder: Store("s3://no-such-bucket").download_one("a.csv", folder / "a.csv"),
    ],
)
def test_missing_bucket(tmp_path: Path, act: Act) -> None:
    error = message(act, tmp_path)
    assert "no-such-bucket" in error.message
    assert "bucket" in error.hint


def unfinished(store: Any) -> set[str]:
    """Return the uploads of parts that nobody completed."""
    return {one["UploadId"] for one in store.list_multipart_uploads(Bucket="faults").get("Uploads", ())}


def test_full_store(through: Connect, store: Any, tmp_path: Path) -> None:
    before = unfinished(store)
    through(Rule(refuse(507, "XMinioStorageFull"), "PUT", part="sent.bin"))
    error = message(upload_large, tmp_path)
    assert "XMinioStorageFull" in error.message
    assert "Free some space" in error.hint
    assert "Contents" not in store.list_objects_v2(Bucket="faults", Prefix="data/up")
    assert unfinished(store) == before


def authority(folder: Path) -> tuple[str, str]:
    """Create a certificate authority, and a certificate of the proxy that it signs."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    ca = ["-x509", *curve, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=test-authority"]
    server = [
        *("-x509", *curve, "-keyout", "server.key", "-out", "server.crt", "-subj", "/CN=store"),
        *("-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1"),
        *("-addext", "basicConstraints=critical,CA:FALSE"),
    ]
    for words in (ca, server):
        subprocess.run(["openssl", "req", *words], cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "server.key").read_bytes() + (folder / "server.crt").read_bytes())
    return str(folder / "ca.crt"), str(both)


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_private_certificate_authority(
    through: Connect, tmp_path: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    ca, certificate = authority(tmp_path)
    through(certificate=certificate)
    for act in (lambda _: Objects(f"{PLACE}/small.csv"), lambda _: Store(PLACE).check()):
        error = message(act, tmp_path)
        assert "certificate" in error.message
        assert "AWS_CA_BUNDLE" in error.hint
    monkeypatch.setenv(variable, ca)
    assert upload_large(tmp_path) == LARGE
    assert ingest_large(tmp_path) == LARGE
    monkeypatch.setenv(variable, str(tmp_path / "none.crt"))
    assert f"{variable} is {tmp_path}/none.crt" in message(lambda _: Store(PLACE), tmp_path).message


def test_public_data_is_read_without_signature(
    through: Connect, publish: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("faults", "data/large.bin")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    proxy = through()
    assert ingest_large(tmp_path) == LARGE
    assert not any(proxy.signed)


@pytest.mark.parametrize("transfer", [ingest_large, upload_large])
def test_bucket_in_another_region(
    through: Connect, tmp_path: Path, transfer: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    through(Rule(refuse_other_regions("us-east-1")))
    assert transfer(tmp_path) == LARGE


def test_region_that_is_never_right(through: Connect, tmp_path: Path) -> None:
    through(Rule(refuse(301, "PermanentRedirect", region="eu-central-1")))
    assert "301" in message(lambda _: Store(PLACE).check(), tmp_path).message


def test_delta_table_behind_faults(through: Connect, s3_server: tuple[str, str, str], tmp_path: Path) -> None:
    deltalake = pytest.importorskip("deltalake")
    from podium_ml.ingestion.read import read_frame

    options = {"AWS_ENDPOINT_URL": s3_server[0], "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1"}
    options["AWS_S3_ALLOW_UNSAFE_RENAME"] = "true"
    table = pa.table({"a": list(range(100)), "day": ["one 1/2", "50% #2"] * 50})
    deltalake.write_deltalake(f"{PLACE}/delta", table, partition_by=["day"], storage_options=options)
    through(Rule(refuse(503, "SlowDown"), "GET", part="delta", times=3))
    frame = read_frame(f"{PLACE}/delta")
    assert sorted(frame["a"]) == list(range(100))
    assert set(frame["day"]) == {"one 1/2", "50% #2"}


def test_object_overwritten_between_two_parts(through: Connect, store: Any, tmp_path: Path) -> None:
    """Parts of two versions of an object must not be put together."""
    proxy = through()

    def overwrite(handler: Any, body: bytes) -> None:
        store.put_object(Bucket="faults", Key="data/large.bin", Body=LARGE[::-1])
        handler.send(*handler.forward(body))

    proxy.rules.append(Rule(overwrite, "GET", part="large.bin", times=1, after=1))
    with pytest.raises(DataError, match=r"large\.bin was overwritten"):
        ingest_large(tmp_path)


def test_store_that_sends_no_parts(through: Connect, tmp_path: Path) -> None:
    through(Rule(ignore_ranges, "GET", part="large.bin"))
    assert "not parts" in message(ingest_large, tmp_path).message


def test_compressed_object_stays_as_it_is_stored(through: Connect, store: Any, tmp_path: Path) -> None:
    packed = gzip.compress(os.urandom(2 * PART))
    store.put_object(Bucket="faults", Key="data/large.bin", Body=packed, ContentEncoding="gzip")
    through()
    assert ingest_large(tmp_path) == packed


def test_empty_object(through: Connect, store: Any, tmp_path: Path) -> None:
    store.put_object(Bucket="faults", Key="data/large.bin", Body=b"")
    through()
    assert download_large(tmp_path) == b""


def test_proxy_of_the_environment(through: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy gets requests for a host that only it can reach."""
    proxy = through()
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", proxy.address)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:9")

    def send_to_path(handler: Any, body: bytes) -> None:
        handler.path = handler.path.removeprefix("http://localhost:9")
        handler.send(*handler.forward(body))

    proxy.rules.append(Rule(send_to_path))
    Store(PLACE).check()
    assert proxy.hits == 1
