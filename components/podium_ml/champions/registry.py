"""The model registry: which version is the champion, and moving that title."""

import contextlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from podium_ml.errors import PodiumError

ALIAS = "champion"
# Tags of a registered version.
FINGERPRINT, SETTINGS = "podium.fingerprint", "podium.settings"
DECISION, REASON, RUN = "podium.decision", "podium.reason", "podium.run"
PREVIOUS, MODEL_HASH = "podium.previous_champion", "podium.model_sha256"
_ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
# Without these, MLflow tries for minutes to reach a server that is down.
_PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "20"}


@dataclass(frozen=True)
class Version:
    """One version of a registered model.

    Attributes:
        name: Name of the model.
        number: Its version, as text.
        run_id: MLflow run that it came from.
        tags: Its tags.
    """

    name: str
    number: str
    run_id: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """Name and version as one text, like ``"churn/7"``."""
        return f"{self.name}/{self.number}"


def has_registry(folder: str) -> bool:
    """Whether there can be a registered model at all; tells without importing MLflow.

    Args:
        folder: Parent folder of the runs, where the local registry lies.
    """
    servers = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")
    return any(os.environ.get(name) for name in servers) or (Path(folder) / "mlflow.db").exists()


class Registry:
    """The registry of a tracking server, or of the local database.

    Args:
        folder: Parent folder of the runs, for the local database.

    Raises:
        PodiumError: It cannot be reached.
    """

    def __init__(self, folder: str) -> None:
        from podium_ml.tracking.store import open_client

        for name, value in _PATIENCE.items():
            os.environ.setdefault(name, value)
        with _reachable():
            self._client = open_client(folder)

    def champion(self, name: str) -> Version | None:
        """Return the version of a registered model that is its champion, or ``None``."""
        return self._found(lambda: self._client.get_model_version_by_alias(name, ALIAS))

    def version(self, name: str, number: str) -> Version | None:
        """Return one version of a registered model, or ``None``."""
        return self._found(lambda: self._client.get_model_version(name, number))

    def expect(self, reference: str) -> Version:
        """Return a version that was seen a moment ago.

        Args:
            reference: Name and number, like ``"churn/7"``.

        Raises:
            PodiumError: It is gone.
        """
        version = self.version(*split_reference(reference))
        if version is None:
            raise PodiumError(f"{reference} is not in the registry any more.", "Run again.")
        return version

    def has_model(self, name: str) -> bool:
        """Whether a model of this name is registered."""
        return self._found(lambda: self._client.get_registered_model(name), whole=True) is not None

    def tag(self, version: Version, tags: dict[str, str]) -> None:
        """Set tags of a version."""
        with _reachable():
            for key, value in tags.items():
                self._client.set_model_version_tag(version.name, version.number, key, value)

    def log(self, version: Version, folder: Path, *, into: str) -> None:
        """Log the files of a folder as artifacts of the version's run."""
        with _reachable():
            self._client.log_artifacts(version.run_id, str(folder), artifact_path=into)

    def fetch(self, version: Version, names: Collection[str], folder: Path, *, of: str = "") -> None:
        """Download files from the artifacts of the version's run, those of the names that are there.

        Args:
            version: The version.
            names: Names of the files.
            folder: Where to put them; made if need be.
            of: Folder of them among the artifacts; the top by default.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with _reachable():
            for artifact in self._client.list_artifacts(version.run_id, of or None):
                if PurePosixPath(artifact.path).name in names:
                    self._download(f"runs:/{version.run_id}/{artifact.path}", folder)

    def fetch_model(self, version: Version, folder: Path) -> Path:
        """Download the registered model and return its folder.

        Args:
            version: The version.
            folder: Where to put it; made if need be.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with _reachable():
            return self._download(f"models:/{version.reference}", folder)

    def crown(self, version: Version) -> None:
        """Make a version the champion: one call, which the registry does wholly or not at all."""
        with _reachable():
            self._client.set_registered_model_alias(version.name, ALIAS, version.number)

    def _download(self, uri: str, folder: Path) -> Path:
        import mlflow

        return Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(folder)))

    def _found(self, look: Any, *, whole: bool = False) -> Any:
        from mlflow.exceptions import MlflowException

        with _reachable():
            try:
                found = look()
            except MlflowException as error:
                if error.error_code in _ABSENT:
                    return None
                raise
        if whole:
            return found
        return Version(found.name, str(found.version), found.run_id or "", dict(found.tags))


def split_reference(reference: str) -> tuple[str, str]:
    """Return name and version of a reference; registered names hold no slash.

    >>> split_reference("churn/7")
    ('churn', '7')
    """
    name, _, number = reference.rpartition("/")
    return name, number


@contextlib.contextmanager
def _reachable() -> Iterator[None]:
    """Word for the user that the registry cannot be used."""
    try:
        yield
    except PodiumError:
        raise
    except Exception as error:
        from podium_ml.ingestion.addresses import public_name

        where = public_name(os.environ.get("MLFLOW_TRACKING_URI", "")) or "the local database"
        reason = " ".join(str(error).partition(" with exception")[0].split())[:200]
        raise PodiumError(
            f"The model registry ({where}) cannot be used: {reason}.",
            "Check MLFLOW_TRACKING_URI and that its server is up.",
        ) from error
