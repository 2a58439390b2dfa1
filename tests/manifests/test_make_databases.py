"""Tests of the job that creates databases and roles, on a real PostgreSQL of this machine."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import MANIFESTS

psycopg2 = pytest.importorskip("psycopg2", reason="needs the driver of PostgreSQL")
SCRIPT = MANIFESTS / "components" / "postgresql-databases" / "make_databases.py"
ROOT = {"POSTGRES_USER": "postgres", "POSTGRES_PASSWORD": "secret-of-root"}
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def start(folder: Path, superuser: str, password: str) -> tuple[int, subprocess.Popen[bytes]]:
    """Start a server like the official image does, and return its port and process."""
    account = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    data, file = folder / "data", folder / "password"
    file.write_text(password)
    if account:
        for path in (folder, file):
            shutil.chown(path, **account)
    make = [PROGRAMS[-1] / "initdb", "-D", data, "-U", superuser, f"--pwfile={file}", "-A", "scram-sha-256"]
    subprocess.run([*make, "--no-sync"], check=True, capture_output=True, cwd=folder, **account)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    run = [PROGRAMS[-1] / "postgres", "-D", data, "-p", str(port), "-k", folder, "-c", "fsync=off"]
    return port, subprocess.Popen(run, cwd=folder, stderr=subprocess.DEVNULL, **account)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Return the environment of the script. The first superuser is the parameter, or that of the manifests."""
    if not PROGRAMS:
        pytest.skip("needs PostgreSQL's programs in /usr/lib/postgresql")
    user, password = getattr(request, "param", tuple(ROOT.values()))
    # The server has an account of its own, which may not enter the folders of pytest.
    with tempfile.TemporaryDirectory(prefix="podium-postgresql-") as folder:
        port, process = start(Path(folder), user, password)
        yield {**ROOT, "PGHOST": "127.0.0.1", "PGPORT": str(port)}
        process.terminate()
        process.wait()


def client(folder: Path, database: str, user: str = "", password: str = "") -> None:
    (folder / database).mkdir(parents=True, exist_ok=True)
    (folder / database / "PGUSER").write_text((user or f"owner-of-{database}") + "\n")
    (folder / database / "PGPASSWORD").write_text((password or f"secret-of-{database}") + "\n")


def make(server: dict[str, str], clients: Path) -> str:
    done = subprocess.run(
        [sys.executable, SCRIPT, clients], env={**os.environ, **server}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def connect(server: dict[str, str], database: str, user: str = "", password: str = "") -> Any:
    until = time.monotonic() + 30
    while True:
        try:
            found = psycopg2.connect(
                host=server["PGHOST"],
                port=server["PGPORT"],
                dbname=database,
                user=user or f"owner-of-{database}",
                password=password or f"secret-of-{database}",
            )
        except psycopg2.OperationalError as error:
            if ("refused" not in str(error) and "starting up" not in str(error)) or time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            found.autocommit = True
            return found


def ask(connection: Any, statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def test_each_role_owns_one_database_and_nothing_else(server: dict[str, str], tmp_path: Path) -> None:
    for name in ("team-one", "team-two"):
        client(tmp_path / "clients", name)
    (tmp_path / "clients" / "..data").mkdir()
    assert "secret-of" not in make(server, tmp_path / "clients")
    make(server, tmp_path / "clients")
    mine = connect(server, "team-one")
    ask(mine, "CREATE TABLE runs (id int)")
    assert ask(mine, "SELECT count(*) FROM runs") == [(0,)]
    for attack in (
        "CREATE ROLE eve SUPERUSER",
        "CREATE DATABASE more",
        'ALTER ROLE "owner-of-team-one" SUPERUSER',
        "ALTER ROLE postgres PASSWORD 'x'",
        "COPY runs FROM PROGRAM 'id'",
        "COPY runs FROM '/etc/passwd'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_authid",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(mine, attack)
    for other in ("team-two", "postgres", "template1"):
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            connect(server, other, "owner-of-team-one", "secret-of-team-one")


def test_new_password_and_new_owner_replace_the_old_ones(server: dict[str, str], tmp_path: Path) -> None:
    client(tmp_path / "clients", "mlflow")
    make(server, tmp_path / "clients")
    ask(connect(server, "mlflow"), "CREATE TABLE runs (id serial)")
    client(tmp_path / "clients", "mlflow", "new-owner", "new-secret")
    make(server, tmp_path / "clients")
    ask(connect(server, "mlflow", "new-owner", "new-secret"), "INSERT INTO runs DEFAULT VALUES")
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        connect(server, "mlflow")
    client(tmp_path / "clients", "mlflow", "new-owner", "newer-secret")
    make(server, tmp_path / "clients")
    connect(server, "mlflow", "new-owner", "newer-secret")
    with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
        connect(server, "mlflow", "new-owner", "new-secret")


@pytest.mark.parametrize("server", [("mlflow", "secret-of-mlflow")], indirect=True)
def test_superuser_of_an_earlier_version_becomes_a_plain_owner(
    server: dict[str, str], tmp_path: Path
) -> None:
    old = connect(server, "postgres", "mlflow", "secret-of-mlflow")
    ask(old, "CREATE DATABASE mlflow")
    ask(connect(server, "mlflow", "mlflow"), "CREATE TABLE runs (id serial PRIMARY KEY)")
    client(tmp_path / "clients", "mlflow", "mlflow")
    for _ in range(2):
        make(server, tmp_path / "clients")
    mine = connect(server, "mlflow", "mlflow")
    ask(mine, "INSERT INTO runs DEFAULT VALUES")
    ask(mine, "ALTER TABLE runs ADD COLUMN name text")  # as a migration of MLflow does
    assert ask(mine, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(mine, "CREATE ROLE eve SUPERUSER")
    with pytest.raises(psycopg2.OperationalError):
        connect(server, "mlflow", "mlflow_before", "secret-of-mlflow")


def test_another_password_of_the_superuser_is_an_error(server: dict[str, str], tmp_path: Path) -> None:
    client(tmp_path / "clients", "mlflow")
    make(server, tmp_path / "clients")
    wrong = {**os.environ, **server, "POSTGRES_PASSWORD": "wrong"}
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "clients"], env=wrong, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "password authentication failed" in done.stderr
