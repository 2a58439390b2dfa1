"""The MLflow store: a tracking server or a local database."""

import contextlib
import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from podium_ml.values.masking import masked_address

URI_VARIABLE, REGISTRY_VARIABLE = "MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"
_USER_VARIABLE, _PASSWORD_VARIABLE = "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"
# Nothing about a run leaves the machine unless the user asks for it.
_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "GIT_PYTHON_REFRESH": "quiet"}


def tracking_uri(folder: str) -> str:
    """Return the user's tracking server, or a local database in ``folder`` that needs no server.

    Args:
        folder: Parent folder of the runs; start ``mlflow ui`` there to see them.
    """
    return _server(folder) or _database(folder)


def public_uri(folder: str) -> str:
    """Return the address of the store without a user and password, for metadata and messages."""
    return masked_address(_server(folder)) or _database(folder)


def artifact_location(folder: str) -> str | None:
    """Return the artifact URI for the local database, or ``None`` for a server, which decides that itself."""
    return None if _server(folder) else (Path(folder).absolute() / "mlartifacts").as_uri()


def _server(folder: str) -> str:
    """Return the user's tracking server, or an empty string.

    MLflow itself may set the variable to the local database; that is not a server.
    """
    uri = os.environ.get(URI_VARIABLE, "")
    return "" if uri == _database(folder) else uri


def _database(folder: str) -> str:
    return f"sqlite:///{_database_file(folder)}"


def _database_file(folder: str) -> Path:
    """Return the file of the local database, which may not exist."""
    return Path(folder).absolute() / "mlflow.db"


def open_client(folder: str) -> Any:
    """Return an ``MlflowClient`` of the store, and make the store this process's default."""
    os.environ.update(_QUIET)
    for name in (URI_VARIABLE, REGISTRY_VARIABLE):
        _take_credentials(name)
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.ERROR)
    import mlflow

    mlflow.set_tracking_uri(tracking_uri(folder))
    mlflow.set_registry_uri(os.environ.get(REGISTRY_VARIABLE) or tracking_uri(folder))
    if _server(folder):
        return mlflow.MlflowClient()
    with _exclusive_access(folder):
        if not _database_file(folder).exists():
            _create_database(folder)
        client = mlflow.MlflowClient()
        client.search_experiments(max_results=1)
    return client


def _create_database(folder: str) -> None:
    """Create the local database under another name: MLflow cannot complete one whose creation was killed."""
    import mlflow

    partial = Path(folder).absolute() / ".mlflow.db.partial"
    partial.unlink(missing_ok=True)
    mlflow.MlflowClient(f"sqlite:///{partial}").search_experiments(max_results=1)
    partial.rename(_database_file(folder))


def _take_credentials(name: str) -> None:
    """Move user and password from a server's address to MLflow's own variables, because messages repeat the address.

    Args:
        name: Variable of this process that holds the address.
    """
    scheme, _, rest = os.environ.get(name, "").partition("://")
    user, at, place = rest.rpartition("@")
    if scheme not in ("http", "https") or not at:
        return
    user, _, password = user.partition(":")
    if _USER_VARIABLE not in os.environ:
        os.environ.update({_USER_VARIABLE: unquote(user), _PASSWORD_VARIABLE: unquote(password)})
    os.environ[name] = f"{scheme}://{place}"


@contextlib.contextmanager
def _exclusive_access(folder: str) -> Iterator[None]:
    """Keep other processes from creating the local database at the same time, which MLflow cannot handle."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def prepare_store(folder: str) -> dict[str, str]:
    """Create the local database in advance: its first use takes seconds that a short run cannot spare."""
    open_client(folder)
    return {"uri": tracking_uri(folder)}
