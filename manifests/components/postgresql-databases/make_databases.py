"""make_databases.py FOLDER: wait for the server, and create the database and the role of each of its clients.

FOLDER contains a folder for each client, with the name of its database and the files PGUSER and PGPASSWORD.
A role owns its database and may do nothing else. A role that exists gets the password of the file.
PGHOST is the server; POSTGRES_USER and POSTGRES_PASSWORD are the superuser, who makes all this.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

SECONDS = 240
# Number of the role that a server begins with.
FIRST = 10
FOREIGN = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner <> %s"
PLAIN = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def connect(user: str, password: str, database: str) -> Any:
    """Connect to a database, where each statement is carried out at once."""
    connection = psycopg2.connect(user=user, password=password, dbname=database, connect_timeout=10)
    connection.autocommit = True
    return connection


def wait(user: str, password: str, database: str) -> Any:
    """Connect; while the server does not answer, try again for up to four minutes."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            return connect(user, password, database)
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error) or time.monotonic() > end:
                raise
            print(f"waiting for the server: {error}", flush=True)
            time.sleep(3)


def run(connection: Any, statement: str, *names: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Carry out a statement with quoted names, and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)), values)
        return list(cursor.fetchall()) if cursor.description else []


def make(root: Any, database: Any, name: str, user: str, password: str) -> None:
    """Create the role of a client, or update it, and make it the owner of its database.

    Args:
        root: Connection of the superuser.
        database: The same to the database of the client.
        name: Name of the database.
        user: Name of the role.
        password: Its password.
    """
    found = run(root, "SELECT oid FROM pg_roles WHERE rolname = %s", values=(user,))
    if found == [(FIRST,)]:
        # An earlier version made it the first superuser, who stays one for ever: that gets another name and no login.
        run(root, "ALTER ROLE {} RENAME TO {}", user, f"{user}_before")
        run(root, "ALTER ROLE {} NOLOGIN PASSWORD NULL", f"{user}_before")
        found = []
    run(root, f"{'ALTER' if found else 'CREATE'} ROLE {{}} {PLAIN} PASSWORD %s", user, values=(password,))
    run(root, "ALTER DATABASE {} OWNER TO {}", name, user)
    for (table,) in run(database, FOREIGN, values=(user,)):
        run(database, "ALTER TABLE public.{} OWNER TO {}", table, user)
    # Otherwise every role may connect.
    for one in (name, "postgres", "template1"):
        run(root, "REVOKE ALL ON DATABASE {} FROM PUBLIC", one)
    print(f"database {name} and its owner are ready", flush=True)


def superuser(user: str, password: str, folders: list[Path]) -> Any:
    """Connect as the superuser, whom a client of an earlier version makes first."""
    try:
        return wait(user, password, "postgres")
    except psycopg2.OperationalError as error:
        client = connect(read(folders[0], "PGUSER"), read(folders[0], "PGPASSWORD"), folders[0].name)
        if run(client, "SELECT 1 FROM pg_roles WHERE rolname = %s", values=(user,)):
            raise error
        run(client, "CREATE ROLE {} SUPERUSER LOGIN PASSWORD %s", user, values=(password,))
        return connect(user, password, "postgres")


def read(folder: Path, name: str) -> str:
    """Return one of a client's files."""
    return (folder / name).read_text().strip()


def main() -> None:
    """Make all databases and roles."""
    root, password = os.environ["POSTGRES_USER"], os.environ["POSTGRES_PASSWORD"]
    # Kubernetes adds links whose names begin with two dots.
    folders = [one for one in sorted(Path(sys.argv[1]).iterdir()) if one.is_dir() and one.name[0] != "."]
    connection = superuser(root, password, folders)
    for folder in folders:
        name = folder.name
        if not run(connection, "SELECT 1 FROM pg_database WHERE datname = %s", values=(name,)):
            run(connection, "CREATE DATABASE {}", name)
        database = connect(root, password, name)
        make(connection, database, name, read(folder, "PGUSER"), read(folder, "PGPASSWORD"))


if __name__ == "__main__":
    main()
