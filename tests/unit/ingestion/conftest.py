"""Fixtures for the ingestion tests: files and a web server for them."""

from pathlib import Path

import pytest
from pytest_httpserver import URI_DEFAULT, HTTPServer
from werkzeug import Request, Response
from werkzeug.utils import send_from_directory

from tests.unit.ingestion.ingesting import Ingest, Write


@pytest.fixture
def ingest(tmp_path: Path) -> Ingest:
    return Ingest(tmp_path)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write_file


@pytest.fixture
def web(tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL of a server for the test's files.

    ``/moved`` redirects, ``/private`` denies access and ``/broken`` ends the response early.
    """

    def answer(request: Request) -> Response:
        name = request.path[1:] + "index.html" * request.path.endswith("/")
        return send_from_directory(tmp_path, name, request.environ, mimetype="text/plain", etag=False)

    monkeypatch.setenv("no_proxy", "*")
    httpserver.expect_request("/moved").respond_with_data(status=302, headers={"Location": "/good.csv"})
    httpserver.expect_request("/private").respond_with_data(status=403)
    broken = Response([b"a,b\n1,2\n"], headers={"Content-Length": "1000"})
    httpserver.expect_request("/broken").respond_with_response(broken)
    httpserver.expect_request(URI_DEFAULT).respond_with_handler(answer)
    return f"http://127.0.0.1:{httpserver.port}"
