"""Attacks by the sources of a form, which the pods of a run read; each beside a source that works."""

import json
import shutil
import socket
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import URL, make_url

from podium_ml.errors import DataError
from podium_ml.ingestion import _patience, fingerprint_source, read_frame
from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.ingestion.content_version import content_version
from podium_ml.ingestion.header import read_header
from podium_ml.ingestion.http import download
from podium_ml.readers import SourceFile
from podium_ml.readers._database_url import parse_url, pinned
from podium_ml.settings import ReaderOptions
from tests.unit.ingestion.ingesting import Ingest, Write
from tests.unit.objects.scenes import save_pictures, write_coco

TABLE = "a,b\n1,x\n2,y\n"
SECRET = "token-of-the-pod"


@pytest.fixture
def mount(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the owner of the cluster lists, beside a secret that is a table."""
    write("mount/a.csv", TABLE)
    write("mount/more/b.csv", TABLE)
    write("secret.csv", f"a,b\n{SECRET},1\n")
    monkeypatch.setenv("PODIUM_ALLOWED_FOLDERS", str(tmp_path / "mount"))
    return tmp_path / "mount"


@pytest.mark.usefixtures("pod")
def test_mounted_data(ingest: Ingest, mount: Path) -> None:
    for source in (str(mount), f"file://{mount}/a.csv", f"{mount}/*.csv", f"{mount}/a.csv,{mount}/a.csv"):
        assert ingest(source).rows >= 2
    assert content_version(str(mount)) != content_version(f"{mount}/a.csv")
    assert read_header(f"{mount}/a.csv", ReaderOptions()) == ("a", "b")


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize(
    "source",
    [
        *(
            "{secret}",
            "file://{secret}",
            "FILE://localhost{secret}",
            "{mount}/../secret.csv",
            "{mount}/*/../../*.csv",
        ),
        *(
            "file://{mount}/..%2fsecret.csv",
            "file://{mount}/%2e%2e/secret.csv",
            "{mount}/link.csv",
            "{mount}/links",
        ),
        *(
            "{mount}/link*",
            "{mount}/**/s*.csv",
            "{mount}/a.csv,{secret}",
            "{parent}",
            "{parent}/*.csv",
            "~",
            ".",
        ),
        *("/proc/self/environ", "/proc/self/fd/0", "/dev/stdin", "/", "\\\\?\\{secret}", "secret.csv"),
    ],
)
def test_files_of_the_pod(ingest: Ingest, mount: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.chdir(mount.parent)
    (mount / "link.csv").symlink_to("../secret.csv")
    (mount / "links").symlink_to("..")
    source = source.format(secret=mount.parent / "secret.csv", mount=mount, parent=mount.parent)
    assert SECRET not in str(ingest.refusal(source))
    assert fingerprint_source(source) == ""
    assert read_header(source, ReaderOptions()) == () or "," in source


@pytest.mark.usefixtures("pod")
def test_web_pages_of_the_cluster(
    ingest: Ingest, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/a.csv").respond_with_data(TABLE)
    address = httpserver.url_for("/a.csv")
    for source in (
        address,
        address.replace("127.0.0.1", "127.1"),
        address.replace("127.0.0.1", "[::ffff:127.0.0.1]"),
    ):
        assert "may not connect" in ingest.refusal(source).message
        with pytest.raises(DataError, match="may not connect"):
            content_version(source)
    assert not httpserver.log
    monkeypatch.setenv("PODIUM_ALLOWED_HOSTS", f"127.0.0.1:{httpserver.port}")
    assert ingest(address).rows == 2
    assert content_version(address)


@pytest.mark.usefixtures("pod")
def test_secret_of_the_owner_works_in_a_pod(
    ingest: Ingest, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODIUM_ALLOWED_HOSTS", "127.0.0.1, db.example")
    monkeypatch.setenv("PODIUM_SECRET_SOURCE", "sig=hunter2")
    monkeypatch.setenv("PODIUM_SECRET_SOURCE_HOST", f"127.0.0.1:{httpserver.port}")
    httpserver.expect_request("/a.csv", query_string="sig=hunter2").respond_with_data(TABLE)
    assert ingest(httpserver.url_for("/a.csv?$PODIUM_SECRET_SOURCE")).rows == 2
    monkeypatch.setenv("PODIUM_SECRET_SOURCE_HOST", "db.example")
    url = parse_url(SourceFile("postgresql://me:$PODIUM_SECRET_SOURCE@db.example/x?sslmode=require", "it"))
    assert url.password == "sig=hunter2"
    with pytest.raises(DataError, match="for another host"):
        parse_url(SourceFile("postgresql://me:$PODIUM_SECRET_SOURCE@stranger.example/x", "it"))


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize(
    "target", ["http://127.0.0.2:{port}/b.csv", "http://169.254.169.254/", "ftp://localhost/x"]
)
def test_redirects_into_the_cluster(
    ingest: Ingest, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.setenv("PODIUM_ALLOWED_HOSTS", "127.0.0.1")
    to = {"Location": target.format(port=httpserver.port)}
    httpserver.expect_request("/a.csv").respond_with_data(status=302, headers=to)
    httpserver.expect_request("/b.csv").respond_with_data(TABLE)
    assert ingest.refusal(httpserver.url_for("/a.csv")).message
    assert len(httpserver.log) == 1
    httpserver.expect_request("/c.csv").respond_with_data(status=302, headers={"Location": "/b.csv"})
    assert ingest(httpserver.url_for("/c.csv")).rows == 2


@pytest.mark.usefixtures("pod")
def test_proxy_does_not_lead_into_the_cluster(
    ingest: Ingest, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner sets the proxy, which may be at a private address; what it fetches is checked before."""
    monkeypatch.setenv("http_proxy", httpserver.url_for("/"))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    httpserver.expect_request("/a.csv").respond_with_data(TABLE)
    assert "may not connect" in ingest.refusal("http://169.254.169.254/a.csv").message
    assert not httpserver.log
    monkeypatch.setenv("PODIUM_ALLOWED_HOSTS", "data.example")
    assert ingest("http://data.example/a.csv").rows == 2


@pytest.mark.minio
@pytest.mark.usefixtures("pod")
def test_objects_of_others(ingest: Ingest, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for bucket in ("mlpipeline", "others"):
        s3.create_bucket(Bucket=bucket)
        for key in ("ours/a.csv", "theirs/a.csv"):
            s3.put_object(Bucket=bucket, Key=key, Body=TABLE.encode())
    assert ingest("s3://mlpipeline/**/a.csv").rows == 4
    for source in (
        "s3://others/ours/a.csv",
        "minio://others",
        "s3://mlpipeline/ours/a.csv,s3://others/ours/a.csv",
    ):
        assert "only from mlpipeline" in ingest.refusal(source).message
        with pytest.raises(DataError, match="only from mlpipeline"):
            content_version(source)
    for source in (
        "s3://mlpipeline/../others/ours/a.csv",
        "s3://../others/a.csv",
        "s3://mlpipeline/./ours/a.csv",
    ):
        assert "no address of an object" in ingest.refusal(source).message
    monkeypatch.setenv("PODIUM_ALLOWED_BUCKETS", "mlpipeline/ours")
    assert ingest("s3://mlpipeline/ours/*.csv").rows == 2
    for source in (
        "s3://mlpipeline/*/a.csv",
        "s3://mlpipeline/our*/a.csv",
        "s3://mlpipeline",
        "s3://mlpipeline/theirs",
    ):
        assert "only from mlpipeline/ours" in ingest.refusal(source).message
    assert "theirs" not in ingest.refusal("s3://mlpipeline/ours/b.csv").hint


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize(
    "address",
    [
        *("sqlite:///{db}", "sqlite:////{db}", "sqlite+pysqlite:///{db}", "sqlite://", "duckdb:///x.db"),
        *(
            "postgresql:///db",
            "postgresql://%2Fvar%2Frun/db",
            "postgresql://a,b/db",
            "postgresql:///db?host=x",
        ),
        *(
            "postgresql://1.1.1.1/db?host=127.0.0.1",
            "postgresql://1.1.1.1/db?sslkey=/x",
            "mysql://1.1.1.1/a;b=c",
        ),
        "postgresql://1.1.1.1/host=127.0.0.1",
    ],
)
def test_databases_of_the_pod(ingest: Ingest, write: Write, address: str) -> None:
    error = ingest.refusal(address.format(db=write("a.db", b"SQLite format 3\x00")), query="SELECT 1")
    assert "only from servers" in error.message or "may lead the connection elsewhere" in error.message


@pytest.mark.usefixtures("pod")
def test_database_servers(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(["2606:4700::1111 1.1.1.1", "10.0.0.7", "1.1.1.1", "10.0.0.7", "169.254.169.254"])

    def resolve(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        found = next(numbers).split()
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert _pinned("postgresql+psycopg://me@db.example/x") == ("db.example", {"hostaddr": "1.1.1.1"})
    with pytest.raises(DataError, match="may not connect"):
        _pinned("postgresql+psycopg://me@db.example/x")
    assert _pinned("mysql+pymysql://me@db.example/x") == ("1.1.1.1", {})
    monkeypatch.setenv("PODIUM_ALLOWED_HOSTS", "db.example:5432")
    assert _pinned("postgresql+psycopg://me@db.example/x") == ("db.example", {})
    with pytest.raises(DataError, match="may not connect"):
        _pinned("postgresql+psycopg://me@db.example/x")


def _pinned(address: str) -> tuple[str | None, dict[str, object]]:
    file = SourceFile(address, "it")
    url, more = pinned(file, parse_url(file))
    assert isinstance(url, URL)
    return make_url(url).host, more


def test_delta_table_with_files_of_others(ingest: Ingest, tmp_path: Path) -> None:
    deltalake = pytest.importorskip("deltalake")
    for name in ("ours", "theirs"):
        deltalake.write_deltalake(tmp_path / name, pa.table({"a": [1, 2], "b": ["x", "y"]}))
    assert ingest(str(tmp_path / "ours")).rows == 2
    log = next((tmp_path / "ours" / "_delta_log").glob("*.json"))
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    other = next((tmp_path / "theirs").glob("*.parquet"))
    for path in (f"../theirs/{other.name}", f"%2e%2e/theirs/{other.name}"):
        for entry in entries:
            if "add" in entry:
                entry["add"].update(path=path, size=other.stat().st_size)
        log.write_text("\n".join(map(json.dumps, entries)))
        assert "outside of its folder" in ingest.refusal(str(tmp_path / "ours")).message


def send_folder(s3: Any, folder: Path, prefix: str) -> None:
    for path in folder.rglob("*.*"):
        key = f"{prefix}/{path.relative_to(folder).as_posix()}"
        s3.put_object(Bucket="mlpipeline", Key=key, Body=path.read_bytes())


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize("source", ["s3://mlpipeline/scenes", "s3://mlpipeline/packed/scenes.zip"])
def test_pictures_that_were_fetched_are_read(s3: Any, tmp_path: Path, source: str) -> None:
    s3.create_bucket(Bucket="mlpipeline")
    write_coco(tmp_path / "scenes", 4)
    send_folder(s3, tmp_path / "scenes", "scenes")
    (tmp_path / "packed").mkdir()
    shutil.make_archive(str(tmp_path / "packed" / "scenes"), "zip", tmp_path / "scenes")
    send_folder(s3, tmp_path / "packed", "packed")
    frame = read_frame(source, hints=ColumnHints(kind="objects"))
    assert sorted(Path(name).name for name in frame["file"]) == [f"p{number:03d}.png" for number in range(4)]
    with pytest.raises(DataError, match="no files of their own pods"):
        read_frame(str(tmp_path / "scenes"), hints=ColumnHints(kind="objects"))


@pytest.mark.usefixtures("pod")
def test_folders_of_pictures_that_were_fetched_are_read(s3: Any, tmp_path: Path) -> None:
    s3.create_bucket(Bucket="mlpipeline")
    for label in ("bricks", "slabs"):
        save_pictures(tmp_path / "photos" / label, 3)
    send_folder(s3, tmp_path / "photos", "photos")
    assert sorted(read_frame("s3://mlpipeline/photos")["label"]) == ["bricks"] * 3 + ["slabs"] * 3


@pytest.mark.usefixtures("pod")
def test_mounted_delta_table_with_links(ingest: Ingest, mount: Path) -> None:
    deltalake = pytest.importorskip("deltalake")
    for folder in (mount / "table", mount.parent / "theirs"):
        deltalake.write_deltalake(folder, pa.table({"a": [1, 2], "b": ["x", "y"]}))
    assert ingest(str(mount / "table")).rows == 2
    file = next((mount / "table").glob("*.parquet"))
    file.unlink()
    file.symlink_to(next((mount.parent / "theirs").glob("*.parquet")))
    assert "only files in" in ingest.refusal(str(mount / "table")).message
    (mount / "log").mkdir()
    (mount / "log" / "_delta_log").symlink_to(mount.parent / "theirs" / "_delta_log")
    assert "only files in" in ingest.refusal(str(mount / "log")).message


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_patience, "_START_SECONDS", 0.3)
    monkeypatch.setattr(_patience, "_CHECK_SECONDS", 0.05)


DRIPS = {
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
    "endless body": b"HTTP/1.1 200 OK\r\n\r\n",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "headers": b"HTTP/1.1 200 OK\r\nX-Long: ",
    "status": b"HTTP/1.1 200 ",
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: /\r\nX-Long: ",
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("begin", DRIPS.values(), ids=DRIPS)
def test_server_that_drips(tmp_path: Path, begin: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_drip, args=(server, begin), daemon=True).start()
        with pytest.raises(DataError, match="takes too long"):
            download(f"http://127.0.0.1:{server.getsockname()[1]}/a.csv", tmp_path)


def _drip(server: socket.socket, begin: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        try:
            connection.sendall(begin)
            for _ in range(600):
                connection.sendall(b"1")
                time.sleep(0.02)
        except OSError:
            pass


def test_only_slow_and_endless_downloads_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_patience, "_START_SECONDS", 0.0)
    monkeypatch.setattr(_patience, "_CHECK_SECONDS", 0.01)
    for most, ends in ((60.0, nullcontext()), (0.1, pytest.raises(DataError, match="takes too long"))):
        monkeypatch.setattr(_patience, "_MOST_SECONDS", most)
        patience = _patience.Patience("a.csv")
        patience.count(10_000_000)
        with ends, patience, patience.checked():
            time.sleep(0.4)


def test_redirect_with_an_endless_page(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows the headers of a redirect is not read."""
    monkeypatch.setattr(_patience, "_START_SECONDS", 5.0)
    httpserver.expect_request("/b.csv").respond_with_data(TABLE)
    page = f"HTTP/1.1 302 Found\r\nLocation: {httpserver.url_for('/b.csv')}\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_drip, args=(server, page.encode()), daemon=True).start()
        file = download(f"http://127.0.0.1:{server.getsockname()[1]}/a.csv", tmp_path)
    assert Path(file.address).read_text() == TABLE
