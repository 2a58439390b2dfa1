"""Tests of the retries of single requests."""

import pytest
from pytest_httpserver import URI_DEFAULT, HTTPServer
from werkzeug import Request, Response

from podium_ml.object_store import Bucket, ObjectStore, StoreError, connection

CONTENT = b"content"


@pytest.fixture
def statuses() -> list[int]:
    """Return the statuses of the next responses, in order; later responses succeed."""
    return []


@pytest.fixture
def bucket(httpserver: HTTPServer, statuses: list[int], monkeypatch: pytest.MonkeyPatch) -> Bucket:
    def answer(_: Request) -> Response:
        status = statuses.pop(0) if statuses else 200
        return Response(CONTENT if status == 200 else b"", status=status, headers={"Retry-After": "3600"})

    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(connection, "_LONGEST_PAUSE_SECONDS", 0.01)
    httpserver.expect_request(URI_DEFAULT).respond_with_handler(answer)
    return Bucket(ObjectStore(f"http://127.0.0.1:{httpserver.port}"), "bucket", attempts=2)


@pytest.mark.parametrize("status", [429, 499, 500, 502, 503, 504])
def test_server_errors_are_retried(bucket: Bucket, statuses: list[int], status: int) -> None:
    """A store may ask to come back in an hour, which no run can."""
    statuses[:] = [status]
    assert bucket.read("key") == CONTENT


def test_writes_are_retried_too(bucket: Bucket, statuses: list[int]) -> None:
    statuses[:] = [499]
    bucket.write("key", CONTENT)
    assert statuses == []


@pytest.mark.parametrize(("status", "kind"), [(403, "denied"), (404, "missing"), (400, "refused")])
def test_refused_requests_are_not_retried(
    bucket: Bucket, statuses: list[int], status: int, kind: str
) -> None:
    statuses[:] = [status, status]
    with pytest.raises(StoreError, match=str(status)) as caught:
        bucket.read("key")
    assert caught.value.kind == kind
    assert statuses == [status]


def test_number_of_attempts_is_limited(bucket: Bucket, statuses: list[int]) -> None:
    statuses[:] = [499] * 3
    with pytest.raises(StoreError, match="499"):
        bucket.read("key")
    assert statuses == [499]


def test_redirect_to_another_host_is_not_followed(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    stranger = f"http://localhost:{httpserver.port}/stranger"
    httpserver.expect_request("/bucket/key").respond_with_data("", 307, {"Location": stranger})
    httpserver.expect_request("/stranger").respond_with_data(CONTENT)
    bucket = Bucket(ObjectStore(f"http://127.0.0.1:{httpserver.port}"), "bucket")
    with pytest.raises(StoreError, match="307"):
        bucket.read("key")


def test_answer_of_another_kind_of_server_is_one_line(httpserver: HTTPServer) -> None:
    httpserver.expect_request(URI_DEFAULT).respond_with_data(
        "<html>\n<br>hello", 200, content_type="text/html"
    )
    bucket = Bucket(ObjectStore(f"http://127.0.0.1:{httpserver.port}"), "bucket")
    with pytest.raises(StoreError, match="not that of an object store"):
        bucket.listing()
