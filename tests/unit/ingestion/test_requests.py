"""Attacks on downloads: redirects that carry a secret away, and names that leave the folder."""

from pathlib import Path

import pytest
from werkzeug import Response

from podium_ml.errors import DataError
from podium_ml.ingestion._requests import _CarefulRedirects, open_url
from podium_ml.ingestion.http import download

SECRET = "sig=hunter2hunter2"


@pytest.fixture(autouse=True)
def environment(monkeypatch, httpserver):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("PODIUM_SECRET_LINK", SECRET)
    monkeypatch.setenv("PODIUM_SECRET_LINK_HOST", f"{httpserver.host}:{httpserver.port}")


def test_secret_reaches_its_host(httpserver, tmp_path):
    httpserver.expect_request("/a.csv", query_string=SECRET).respond_with_data("a\n1\n")
    file = download(httpserver.url_for("/a.csv?$PODIUM_SECRET_LINK"), tmp_path)
    assert Path(file.address).read_text() == "a\n1\n"
    assert SECRET not in file.label


def test_secret_is_dropped_before_a_redirect_to_another_host(httpserver, tmp_path):
    """The server sends the whole address on, as a careless one does."""
    elsewhere = f"http://localhost:{httpserver.port}/b.csv?{SECRET}&page=2"
    httpserver.expect_request("/a.csv").respond_with_response(
        Response(status=302, headers={"Location": elsewhere})
    )
    httpserver.expect_request("/b.csv").respond_with_handler(
        lambda request: Response(f"query\n{request.query_string.decode()}\n")
    )
    file = download(httpserver.url_for("/a.csv?$PODIUM_SECRET_LINK"), tmp_path)
    assert Path(file.address).read_text() == "query\npage=2\n"


def test_no_redirect_from_https_to_http():
    from urllib.error import HTTPError
    from urllib.request import Request

    careful = _CarefulRedirects(SECRET)
    with pytest.raises(HTTPError, match="from https to http"):
        careful.redirect_request(Request("https://host/a"), None, 302, "", {}, "http://host/a")
    assert careful.redirect_request(Request("http://host/a"), None, 302, "", {}, "https://host/a") is not None


def test_other_variables_are_not_sent(httpserver, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    with (
        pytest.raises(DataError, match="not one for addresses"),
        open_url(httpserver.url_for("/a.csv?$AWS_SECRET_ACCESS_KEY")),
    ):
        pass
    assert not httpserver.log


@pytest.mark.parametrize("path", ["/..", "/%2e%2e", "/a/..%2f..%2f..%2fx.csv", "/a%00b.csv", "/"])
def test_downloads_stay_in_their_folder(httpserver, tmp_path, path):
    httpserver.expect_request("").respond_with_data("a\n1\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    try:
        file = download(f"http://{httpserver.host}:{httpserver.port}{path}", folder)
        assert Path(file.address).parent == folder
    except DataError:
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]


def test_endless_download(httpserver, tmp_path, monkeypatch):
    monkeypatch.setenv("PODIUM_MAX_DATA", "3M")
    httpserver.expect_request("/a.csv").respond_with_handler(
        lambda _: Response(b"1,2,3\n" * 100_000 for _ in range(1_000))
    )
    with pytest.raises(DataError, match=r"larger than .* GiB, the most that is read"):
        download(httpserver.url_for("/a.csv"), tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 4 << 20
