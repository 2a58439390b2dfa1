"""Tests of the lists of the cluster's owner."""

import ipaddress
from pathlib import Path

import pytest

from podium_ml.confinement import VARIABLES, Lists, is_confined
from podium_ml.confinement._public import is_public
from podium_ml.run.budget import BEGAN_VARIABLE

INWARD = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0", "100.100.100.200"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.0.0.192"),
    *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "::127.0.0.1"),
    *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2001:0:1::1", "2001:db8::1"),
]


@pytest.mark.parametrize("text", INWARD)
def test_inward_addresses_are_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("sign", [BEGAN_VARIABLE, "KFP_POD_NAME"])
def test_pods_of_runs_are_recognized(monkeypatch: pytest.MonkeyPatch, sign: str) -> None:
    for name in (BEGAN_VARIABLE, "KFP_POD_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")  # a notebook of the user's own
    assert not is_confined()
    monkeypatch.setenv(sign, "")
    assert is_confined()


def test_defaults_hold_what_the_manifests_deploy() -> None:
    lists = Lists.read({})
    assert lists.allow_host("minio.podium.svc", 9000)
    assert lists.allow_host("MinIO.podium.svc.cluster.local.", 9000)
    assert not lists.allow_host("minio.podium.svc", 22)
    assert not lists.allow_host("mlflow.podium.svc", 5000)
    assert lists.allow_address(ipaddress.ip_address("1.1.1.1"), 443)
    assert lists.allow_object("mlpipeline", "podium/data.csv")
    assert not lists.allow_object("mlflow", "model.pkl")
    assert not lists.folders
    assert lists.allow_name("anything")


@pytest.mark.parametrize(
    ("entries", "host", "port", "is_allowed"),
    [
        ("db.team.svc", "db.team.svc", 5432, True),
        ("db.team.svc", "db.team.svc", None, True),
        ("db.team.svc:5432", "db.team.svc", 5433, False),
        ("db.team.svc:5432", "db.team.svc", None, False),
        ("*.team.svc", "db.team.svc", 1, True),
        ("*.team.svc", "team.svc", 1, False),
        ("*.team.svc", "db.team.svc.stranger.example", 1, False),
        ("a.example,\n b.example", "b.example", 1, True),
        ("public", "db.team.svc", 1, False),
        ("*", "db.team.svc", 1, True),
        ("", "minio.podium.svc", 9000, False),
        ("[::1]:80", "::1", 80, True),
    ],
)
def test_hosts(entries: str, host: str, port: int | None, is_allowed: bool) -> None:
    assert Lists.read({"PODIUM_ALLOWED_HOSTS": entries}).allow_host(host, port) is is_allowed


@pytest.mark.parametrize(
    ("entries", "address", "is_allowed"),
    [
        ("10.1.0.0/16", "10.1.2.3", True),
        ("10.1.0.0/16", "10.2.2.3", False),
        ("10.1.2.3:80", "10.1.2.3", True),
        ("10.1.2.3:81", "10.1.2.3", False),
        ("fd00::/8", "fd00::1", True),
        ("10.1.0.0/16", "1.1.1.1", False),
        ("db.team.svc", "10.1.2.3", False),
    ],
)
def test_addresses(entries: str, address: str, is_allowed: bool) -> None:
    lists = Lists.read({"PODIUM_ALLOWED_HOSTS": entries})
    assert lists.allow_address(ipaddress.ip_address(address), 80) is is_allowed


@pytest.mark.parametrize(
    ("entries", "bucket", "key", "is_allowed"),
    [
        ("lake", "lake", "a.csv", True),
        ("lake", "lake2", "a.csv", False),
        ("team-a-*", "team-a-raw", "a.csv", True),
        ("team-a-*", "team-b-raw", "a.csv", False),
        ("lake/a", "lake", "a/x.csv", True),
        ("lake/a/", "lake", "a", True),
        ("lake/a", "lake", "ab/x.csv", False),
        ("lake/a", "lake", "", False),
        ("*", "any", "", True),
        ("", "mlpipeline", "", False),
    ],
)
def test_buckets(entries: str, bucket: str, key: str, is_allowed: bool) -> None:
    assert Lists.read({"PODIUM_ALLOWED_BUCKETS": entries}).allow_object(bucket, key) is is_allowed


def test_names() -> None:
    assert Lists.read({"PODIUM_ALLOWED_NAMES": ""}).allow_name("churn")
    lists = Lists.read({"PODIUM_ALLOWED_NAMES": "team-a-*, our churn"})
    assert lists.allow_name("team-a-churn")
    assert lists.allow_name("our churn")
    assert not lists.allow_name("team-b-churn")


def test_each_list_is_documented() -> None:
    readme = (Path(__file__).parents[3] / "manifests" / "README.md").read_text(encoding="utf-8")
    assert [name for name in VARIABLES if f"| `{name}` |" not in readme] == []
