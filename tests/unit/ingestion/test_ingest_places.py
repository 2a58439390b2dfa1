"""Tests of ingestion from local paths, folders, patterns, lists and web addresses."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from podium_ml.errors import DataError
from podium_ml.ingestion.read import read_frame
from podium_ml.values.addresses import public_name
from tests.unit.ingestion.ingesting import Ingest, Write

TABLE = "a,b\n1,x\n"


class TestPaths:
    def test_missing_file_suggests_similar_names(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        good = write("customers.csv", TABLE)
        assert good in ingest.refusal(str(tmp_path / "Custmers.csv")).hint

    def test_missing_folder_suggests_similar_names(
        self, ingest: Ingest, write: Write, tmp_path: Path
    ) -> None:
        write("data/a.csv", TABLE)
        assert str(tmp_path / "data") in ingest.refusal(str(tmp_path / "dat" / "a.csv")).hint

    def test_missing_file_lists_others(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        write("zzz.csv", TABLE)
        assert "zzz.csv" in ingest.refusal(str(tmp_path / "q")).hint

    @pytest.mark.parametrize("name", ["x" * 5_000, "a\0b"])
    def test_invalid_path(self, ingest: Ingest, name: str) -> None:
        assert len(str(ingest.refusal(name))) < 1_000

    def test_empty_source(self, ingest: Ingest) -> None:
        assert "empty" in ingest.refusal(" ").message

    def test_home_and_file_urls(self, ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        path = Path(write("a b.csv", TABLE))
        monkeypatch.setenv("HOME", str(path.parent))
        assert len(ingest.frame("~/a b.csv")) == 1
        assert len(ingest.frame(path.as_uri())) == 1
        assert "no-such-user" in ingest.refusal("~no-such-user/a.csv").message

    def test_device_is_not_a_file(self, ingest: Ingest) -> None:
        assert "not a file" in ingest.refusal("/dev/null").message

    def test_without_permission(self) -> None:
        """Read in a process without privileges, because the test itself may run as root."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.csv")
            path.write_text(TABLE)
            locked = Path(folder, "locked")
            locked.mkdir(0o000)
            Path(folder).chmod(0o755)
            path.chmod(0o000)
            for source in (path, locked, locked / "a.csv"):
                assert "permission denied" in _message_as_nobody(str(source))

    def test_invalid_format_option(self, ingest: Ingest, write: Write) -> None:
        source = write("a.csv", TABLE)
        assert "csv" in ingest.refusal(source, format="cvs").hint
        assert "database URL" in ingest.refusal(source, format="sql").hint
        assert "_delta_log" in ingest.refusal(source, format="delta").hint


def _message_as_nobody(source: str) -> str:
    """Return the error raised in an unprivileged process."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            read_frame(source)
            os.write(write, b"was read")
        except DataError as error:
            os.write(write, str(error).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(pid, 0)
    with os.fdopen(read) as pipe:
        return pipe.read()


class TestSeveralFiles:
    def test_folder(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        write("data/b.csv", "b,a\ny,2\n")
        write("data/a.csv", TABLE)
        write("data/sub/c.csv.gz", __import__("gzip").compress(b"a;b\n3;z\n"))
        write("data/_SUCCESS", "")
        write("data/.hidden.csv", "x")
        write("data/README.md", "about")
        frame = ingest.frame(str(tmp_path / "data"))
        assert frame.to_dict("list") == {"a": [1, 2, 3], "b": ["x", "y", "z"]}

    def test_types_are_inferred_over_all_files(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        write("data/a.csv", "n,id\n1,12\n")
        write("data/b.csv", "n,id\n1.5,012\n")
        assert ingest.types(str(tmp_path / "data")) == {"n": "double", "id": "string"}

    def test_pattern_and_lists(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        first, second = write("a1.csv", TABLE), write("a2.csv", TABLE)
        write("b.csv", "other\n1\n")
        assert len(ingest.frame(str(tmp_path / "a?.csv"))) == 2
        assert len(ingest.frame(str(tmp_path / "**" / "a*.csv"))) == 2
        assert len(ingest.frame(f"{first}, {second}")) == 2
        assert len(ingest.frame([first, second, first])) == 3

    def test_comma_in_a_name(self, ingest: Ingest, write: Write) -> None:
        assert len(ingest.frame(write("a,b.csv", TABLE))) == 1

    def test_other_columns(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        write("data/a.csv", TABLE)
        second = write("data/b.csv", "a,c\n1,2\n")
        error = ingest.refusal(str(tmp_path / "data"))
        assert second in error.message
        assert "is missing 'b' and adds 'c'" in error.message

    def test_other_formats(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        write("data/a.csv", TABLE)
        write("data/b.jsonl", '{"a": 1, "b": "y"}\n')
        assert "csv (1), json_lines (1)" in ingest.refusal(str(tmp_path / "data")).message
        assert len(ingest.frame(str(tmp_path / "data"), format="csv")) == 1

    def test_empty_file_among_several(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        write("data/a.csv", TABLE)
        empty = write("data/b.csv", "")
        assert empty in ingest.refusal(str(tmp_path / "data")).message

    def test_file_without_rows_among_several(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        write("data/a.csv", TABLE)
        write("data/b.csv", "a,b\n")
        assert len(ingest.frame(str(tmp_path / "data"))) == 1
        write("data/a.csv", "a,b\n")
        assert "2 files" in ingest.refusal(str(tmp_path / "data")).message

    def test_missing_files(self, ingest: Ingest, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        assert "no files" in ingest.refusal(str(tmp_path / "empty")).message
        assert "No file matches" in ingest.refusal(str(tmp_path / "*.nothing")).message

    def test_partitions_become_columns(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        write("data/year=2023/kind=a%20b/x.csv", TABLE)
        write("data/year=2024/kind=c/x.csv", TABLE)
        frame = ingest.frame(str(tmp_path / "data"))
        assert frame["year"].tolist() == [2023, 2024]
        assert frame["kind"].tolist() == ["a b", "c"]

    def test_json_keys_of_all_files(self, ingest: Ingest, write: Write, tmp_path: Path) -> None:
        write("data/a.jsonl", '{"a": 1}\n')
        write("data/b.jsonl", '{"b": 2}\n')
        assert list(ingest.frame(str(tmp_path / "data"))) == ["a", "b"]


class TestWeb:
    def test_file(self, ingest: Ingest, write: Write, web: str) -> None:
        write("good.csv", TABLE)
        assert len(ingest.frame(f"{web}/good.csv?token=secret")) == 1
        assert ingest(f"{web}/good.csv?token=secret").source == f"{web}/good.csv"
        assert len(ingest.frame(f"{web}/moved")) == 1

    def test_name_with_blanks(self, ingest: Ingest, write: Write, web: str) -> None:
        write("a b ü.csv", TABLE)
        assert len(ingest.frame(f"{web}/a b ü.csv")) == 1

    def test_several(self, ingest: Ingest, write: Write, web: str) -> None:
        write("good.csv", TABLE)
        assert len(ingest.frame(f"{web}/good.csv,{web}/good.csv")) == 2

    def test_compressed(self, ingest: Ingest, write: Write, web: str) -> None:
        write("a.csv.gz", __import__("gzip").compress(TABLE.encode()))
        assert len(ingest.frame(f"{web}/a.csv.gz")) == 1

    def test_page_instead_of_a_file(self, ingest: Ingest, write: Write, web: str) -> None:
        write("good/index.html", "<!doctype html><html></html>")
        assert "web page" in ingest.refusal(f"{web}/good/").message

    @pytest.mark.parametrize(
        ("path", "message"), [("/none.csv", "404"), ("/private", "403"), ("/broken", "broke off")]
    )
    def test_refusals(self, ingest: Ingest, web: str, path: str, message: str) -> None:
        error = ingest.refusal(f"{web}{path}?token=secret")
        assert message in error.message
        assert "secret" not in str(error)

    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("http://127.0.0.1:9/a.csv", "refused the connection"),
            ("http://no-such-host.invalid/a.csv", "the host no-such-host.invalid does not exist"),
            ("http://[bad/a.csv", "http"),
            ("http://host:port/a.csv", "http"),
        ],
    )
    def test_unreachable(
        self, ingest: Ingest, monkeypatch: pytest.MonkeyPatch, url: str, message: str
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
        started = time.monotonic()
        assert message in ingest.refusal(url).message
        assert time.monotonic() - started < 10

    def test_silent_server(self, ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
        import socket

        from podium_ml.ingestion import _requests

        monkeypatch.setattr(_requests, "SECONDS", 0.2)
        monkeypatch.setenv("no_proxy", "*")
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}/a.csv"
            assert "did not answer" in ingest.refusal(url).message

    def test_no_tls(self, ingest: Ingest, web: str) -> None:
        assert "cannot be fetched" in ingest.refusal(web.replace("http:", "https:") + "/a.csv").message


@pytest.mark.parametrize("scheme", ["s3", "minio", "http", "https"])
def test_credentials_in_a_url_are_refused_and_not_shown(ingest: Ingest, scheme: str) -> None:
    error = ingest.refusal(f"{scheme}://me:hunter2@place/a.csv")
    assert "credentials" in error.message
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("url", ["gs://bucket/a.csv", "ftp://host/a.csv", "hdfs://host/a"])
def test_other_urls(ingest: Ingest, url: str) -> None:
    assert "cannot be read" in ingest.refusal(url).message


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("data/a.csv", "data/a.csv"),
        ("https://me:pw@host/a.csv?sig=1#x", "https://host/a.csv"),
        ("postgresql://me:p@ss/w?rd@db:5432/sales", "postgresql://db:5432/sales"),
        ("sqlite:///folder/a.db", "sqlite:///folder/a.db"),
        ("http://[bad/a", "http://..."),
    ],
)
def test_sources_shown_in_messages(source: str, shown: str) -> None:
    assert public_name(source) == shown
