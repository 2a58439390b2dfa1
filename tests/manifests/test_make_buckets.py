"""Tests of the job that creates buckets and users, on a real MinIO."""

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from minio import Minio, MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.error import MinioAdminException, S3Error

from .conftest import MANIFESTS

pytestmark = pytest.mark.minio
SCRIPT = MANIFESTS / "components" / "minio-buckets" / "make_buckets.py"
BUCKETS = ("team-one", "team-two")
# Lets everybody read a bucket.
PUBLIC = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": ["*"]},
                "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::team-one/*"],
            }
        ],
    }
)


@pytest.fixture
def clients(tmp_path: Path) -> Path:
    """Return a folder with the keys of each client, beside the links that Kubernetes makes."""
    folder = tmp_path / "clients"
    for bucket in BUCKETS:
        write_keys(folder / bucket, f"user-of-{bucket}")
    (folder / "..data").mkdir()
    return folder


def write_keys(folder: Path, key: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "AWS_ACCESS_KEY_ID").write_text(f"{key}\n")
    (folder / "AWS_SECRET_ACCESS_KEY").write_text(f"secret-of-{key}\n")


@pytest.fixture
def server(s3_server: tuple[str, str, str], s3: Any) -> Any:
    """Return the environment of the script; users are deleted afterwards."""
    address, user, password = s3_server
    if not requests.get(f"{address}/minio/health/live", timeout=5, proxies={"http": ""}).ok:
        pytest.skip("needs a real MinIO: make test-minio")
    yield {"AWS_ENDPOINT_URL": address, "MINIO_ROOT_USER": user, "MINIO_ROOT_PASSWORD": password}
    admin = MinioAdmin(
        endpoint=address.partition("://")[2], credentials=StaticProvider(user, password), secure=False
    )
    for name in json.loads(admin.user_list()):
        admin.user_remove(name)


def make(server: dict[str, str], clients: Path) -> str:
    done = subprocess.run(
        [sys.executable, SCRIPT, clients], env={**os.environ, **server}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def client_of(server: dict[str, str], key: str) -> Minio:
    host = server["AWS_ENDPOINT_URL"].partition("://")[2]
    return Minio(host, key, f"secret-of-{key}", secure=False, region="us-east-1")


def test_each_user_has_a_bucket_of_its_own(server: dict[str, str], clients: Path) -> None:
    printed = make(server, clients)
    assert all(f"bucket {bucket}" in printed for bucket in BUCKETS)
    assert "secret-of" not in printed
    for mine, other in (BUCKETS, BUCKETS[::-1]):
        client = client_of(server, f"user-of-{mine}")
        client.put_object(mine, "a", io.BytesIO(b"x"), 1)
        assert [found.object_name for found in client.list_objects(mine)] == ["a"]
        client.remove_object(mine, "a")
        for attack in (
            lambda client=client, other=other: client.put_object(other, "a", io.BytesIO(b"x"), 1),
            lambda client=client, other=other: list(client.list_objects(other)),
            lambda client=client, other=other: client.get_object(other, "a"),
            lambda client=client, mine=mine: client.make_bucket(f"{mine}-more"),
            lambda client=client, mine=mine: client.remove_bucket(mine),
            lambda client=client, mine=mine: client.set_bucket_policy(mine, PUBLIC),
        ):
            with pytest.raises(S3Error, match="AccessDenied"):
                attack()


def test_user_does_not_administer_the_store(server: dict[str, str], clients: Path) -> None:
    make(server, clients)
    host = server["AWS_ENDPOINT_URL"].partition("://")[2]
    keys = StaticProvider("user-of-team-one", "secret-of-user-of-team-one")
    admin = MinioAdmin(endpoint=host, credentials=keys, secure=False)
    for attack in (
        admin.user_list,
        admin.policy_list,
        admin.info,
        lambda: admin.user_add("eve", "secret-of-eve"),
        lambda: admin.policy_add("all", policy={"Version": "2012-10-17", "Statement": []}),
        lambda: admin.policy_set("consoleAdmin", user="user-of-team-one"),
    ):
        with pytest.raises(MinioAdminException, match="AccessDenied"):
            attack()
    buckets = client_of(server, "user-of-team-one").list_buckets()
    assert {found.name for found in buckets} == {"team-one"}


def test_replaced_keys_end_the_old_user(server: dict[str, str], clients: Path) -> None:
    make(server, clients)
    make(server, clients)
    assert list(client_of(server, "user-of-team-one").list_objects("team-one")) == []
    write_keys(clients / "team-one", "new-user")
    make(server, clients)
    assert list(client_of(server, "new-user").list_objects("team-one")) == []
    with pytest.raises(S3Error, match="InvalidAccessKeyId"):
        list(client_of(server, "user-of-team-one").list_objects("team-one"))
    assert list(client_of(server, "user-of-team-two").list_objects("team-two")) == []


def write_with_the_id_alone(server: dict[str, str], key: str, bucket: str) -> int:
    """Write an object with the id of a key but without its secret (CVE-2026-41145); return the answer's status."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{key}/{now[:8]}/us-east-1/s3/aws4_request",
        "X-Amz-Date": now,
        "X-Amz-Expires": "900",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Signature": "0" * 64,
    }
    headers = {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "1",
        "x-amz-trailer": "x-amz-checksum-crc32",
        "Content-Encoding": "aws-chunked",
    }
    body = b"1\r\nx\r\n0\r\nx-amz-checksum-crc32:jNwWgw==\r\n\r\n"
    url = f"{server['AWS_ENDPOINT_URL']}/{bucket}/planted"
    answer = requests.put(url, params=query, headers=headers, data=body, timeout=5, proxies={"http": ""})
    return answer.status_code


def test_the_id_of_a_key_opens_no_bucket_of_another_client(server: dict[str, str], clients: Path) -> None:
    """MinIO's own builds take the id of a key for the key, so each client has a key, and a key has one bucket."""
    make(server, clients)
    assert write_with_the_id_alone(server, "user-of-team-one", "team-two") == 403
    assert write_with_the_id_alone(server, "nobody", "team-two") == 403
    assert list(client_of(server, "user-of-team-two").list_objects("team-two")) == []
    # This is the hole: MinIO's own builds answer 200, Silo does not.
    assert write_with_the_id_alone(server, "user-of-team-one", "team-one") in (200, 403)
