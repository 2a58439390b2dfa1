"""Attacks by paths, keys, databases and names that lead out of what the cluster's owner lists."""

from pathlib import Path

import pytest

from podium_ml.confinement import check_database, check_file, check_name, check_object
from podium_ml.errors import DataError, SettingsError


@pytest.fixture
def mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the owner lists, beside a secret."""
    folder = tmp_path / "mount"
    folder.mkdir()
    (folder / "a.csv").write_text("a\n1\n")
    (tmp_path / "secret").write_text("token")
    monkeypatch.setenv("PODIUM_ALLOWED_FOLDERS", str(folder))
    return folder


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize(
    "path", ["/proc/self/environ", "/var/run/secrets/x", "a.csv", "\\\\?\\x", "\0", "a" * 5000]
)
def test_files_of_a_pod(path: str) -> None:
    with pytest.raises(DataError, match="cannot be used"):
        check_file(Path(path), "it")


@pytest.mark.usefixtures("pod")
def test_mounted_files(mount: Path) -> None:
    check_file(mount / "a.csv", "it")
    check_file(mount, "it")
    for name in ("../secret", "x/../../secret", "link", "loop", "folder/secret"):
        if name == "link":
            (mount / "link").symlink_to("../secret")
            (mount / "loop").symlink_to("loop")
            (mount / "folder").symlink_to("..")
        with pytest.raises(DataError, match="only files in"):
            check_file(mount / name, "it")
    with pytest.raises(DataError):
        check_file(mount.parent / "mount2" / "a.csv", "it")


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize(
    ("backend", "host"),
    [
        *(("sqlite", None), ("duckdb", None), ("sqlite", "host"), ("access", "host"), ("postgresql", None)),
        *(("postgresql", "/var/run"), ("postgresql", "a,b"), ("mssql", "a;b"), ("oracle", "(DESCRIPTION=x)")),
    ],
)
def test_databases_that_are_files(backend: str, host: str | None) -> None:
    with pytest.raises(DataError, match="only from servers"):
        check_database(backend, host, "it")


@pytest.mark.usefixtures("pod")
def test_databases_that_are_servers() -> None:
    for host in ("db.team.svc", "10.0.0.1", "fd00::1", "db"):
        check_database("postgresql", host, "it")


@pytest.mark.parametrize("key", ["../x", "a/../../x", "a/./x", ".."])
def test_keys_that_clients_rewrite(key: str) -> None:
    with pytest.raises(DataError, match="no address of an object"):
        check_object("mlpipeline", key, "it")


@pytest.mark.usefixtures("pod")
def test_objects() -> None:
    check_object("mlpipeline", "a/..b/%2e%2e/x", "it")
    with pytest.raises(DataError, match="only from mlpipeline") as caught:
        check_object("mlflow", "a", "it")
    assert "PODIUM_ALLOWED_BUCKETS" in caught.value.hint


@pytest.mark.usefixtures("pod")
def test_names_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    check_name("name", "team-b-churn")
    monkeypatch.setenv("PODIUM_ALLOWED_NAMES", "team-a-*")
    check_name("name", "team-a-churn")
    with pytest.raises(SettingsError, match="may not use the name 'team-b-churn'"):
        check_name("name", "team-b-churn")


def test_own_machine_refuses_nothing(tmp_path: Path) -> None:
    check_file(Path("/proc/self/environ"), "it")
    check_object("any", "a", "it")
    check_database("sqlite", None, "it")
    check_name("name", "any")
