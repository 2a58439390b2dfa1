"""Tests of the retries of the object store client."""

import pytest
from botocore.exceptions import ClientError
from pytest_httpserver import URI_DEFAULT, HTTPServer
from werkzeug import Request, Response

from podium_ml.files.object_store import ObjectStore


@pytest.fixture
def statuses() -> list[int]:
    """Return the statuses of the next responses, in order; later responses succeed."""
    return []


@pytest.fixture
def store(httpserver: HTTPServer, statuses: list[int]) -> ObjectStore:
    def answer(_: Request) -> Response:
        return Response(status=statuses.pop(0) if statuses else 200)

    httpserver.expect_request(URI_DEFAULT, method="GET").respond_with_handler(answer)
    return ObjectStore(f"http://127.0.0.1:{httpserver.port}", "key", "secret", "", "us-east-1")


def get(store: ObjectStore) -> None:
    store.client(attempts=2).get_object(Bucket="bucket", Key="key")


@pytest.mark.parametrize("status", [499, 500, 502, 503, 504])
def test_server_errors_are_retried(store: ObjectStore, statuses: list[int], status: int) -> None:
    statuses[:] = [status]
    get(store)
    assert statuses == []


def test_denied_requests_are_not_retried(store: ObjectStore, statuses: list[int]) -> None:
    statuses[:] = [403, 403]
    with pytest.raises(ClientError, match="403"):
        get(store)
    assert statuses == [403]


def test_number_of_attempts_is_limited(store: ObjectStore, statuses: list[int]) -> None:
    statuses[:] = [499] * 3
    with pytest.raises(ClientError, match="499"):
        get(store)
    assert statuses == [499]
