"""The model registry, which holds the versions of a model and the champion's alias."""

import contextlib
import os
import textwrap
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from podium_ml.errors import PodiumError

ALIAS = "champion"
# Tags of a registered version.
FINGERPRINT, SETTINGS = "podium.fingerprint", "podium.settings"
DECISION, REASON, RUN = "podium.decision", "podium.reason", "podium.run"
PREVIOUS, MODEL_HASH = "podium.previous_champion", "podium.model_sha256"
SIGNATURE = "podium.signature"
# Tag of a registered model: the numbers of its champions, in the order in which they became champion.
HISTORY = "podium.champions"
# The registry limits the length of a tag.
_LONGEST_HISTORY = 200
_MOST_MODELS = 200
_ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
# Without these limits, MLflow keeps trying for minutes to reach a server that is down.
_PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "20"}


@dataclass(frozen=True)
class Version:
    """One version of a registered model.

    Attributes:
        name: Name of the model.
        number: Version number, as text.
        run_id: MLflow run that created it.
        tags: Tags of the version.
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
    """Whether there can be a registered model at all. This check does not import MLflow.

    Args:
        folder: Parent folder of the runs, which contains the local registry.
    """
    servers = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")
    return any(os.environ.get(name) for name in servers) or (Path(folder) / "mlflow.db").exists()


class ModelRegistry:
    """The registry of a tracking server, or of the local database.

    Args:
        folder: Parent folder of the runs, for the local database.

    Raises:
        PodiumError: The registry cannot be reached.
    """

    def __init__(self, folder: str) -> None:
        from podium_ml.tracking.store import open_client

        for name, value in _PATIENCE.items():
            os.environ.setdefault(name, value)
        with _reachable():
            self._client = open_client(folder)

    def champion(self, name: str) -> Version | None:
        """Return the champion version of a registered model, or ``None``."""
        return self._look_up(lambda: self._client.get_model_version_by_alias(name, ALIAS))

    def version(self, name: str, number: str) -> Version | None:
        """Return one version of a registered model, or ``None``."""
        return self._look_up(lambda: self._client.get_model_version(name, number))

    def expect(self, reference: str) -> Version:
        """Return a version that is expected to exist.

        Args:
            reference: Name and number, like ``"churn/7"``.

        Raises:
            PodiumError: The version no longer exists.
        """
        version = self.version(*split_reference(reference))
        if version is None:
            raise PodiumError(f"{reference} is no longer in the registry.", "Run again.")
        return version

    def has_model(self, name: str) -> bool:
        """Whether a model of this name is registered."""
        return self._look_up(lambda: self._client.get_registered_model(name), whole=True) is not None

    def all_versions(self) -> list[tuple[str, list[Any]]]:
        """Return the names of all registered models with the registry's own records of their versions."""
        with _reachable():
            names = [one.name for one in self._client.search_registered_models(max_results=_MOST_MODELS)]
            return [
                (name, list(self._client.search_model_versions(f"name='{_quoted(name)}'"))) for name in names
            ]

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
        """Download files from the artifacts of the version's run. Names that do not exist there are skipped.

        Args:
            version: The version.
            names: Names of the files.
            folder: Folder to write to; created if it does not exist.
            of: Folder among the artifacts that contains the files; the top level by default.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with _reachable():
            for artifact in self._client.list_artifacts(version.run_id, of or None):
                if artifact.path in {f"{of}/{name}".lstrip("/") for name in names}:
                    self._download(f"runs:/{version.run_id}/{artifact.path}", folder)

    def fetch_all(self, version: Version, folder: Path, *, of: str) -> None:
        """Download all files of a folder among the artifacts of the version's run; none if there is no such folder.

        Args:
            version: The version.
            folder: Folder to write to; created if it does not exist.
            of: Folder among the artifacts.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with _reachable():
            for artifact in self._client.list_artifacts(version.run_id, of):
                if artifact.path == f"{of}/{PurePosixPath(artifact.path).name}":
                    self._download(f"runs:/{version.run_id}/{artifact.path}", folder)

    def fetch_model(self, version: Version, folder: Path) -> Path:
        """Download the registered model and return its folder.

        Args:
            version: The version.
            folder: Folder to write to; created if it does not exist.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with _reachable():
            return self._download(f"models:/{version.reference}", folder)

    def champions(self, name: str) -> list[str]:
        """Return the numbers of all champions of a registered model so far, oldest first, the present one last.

        Earlier versions of Podium recorded only the predecessor of each version. An alias that was moved by other
        means, or not at all after all, counts as it is: the history ends with the present champion.
        """
        model = self._look_up(lambda: self._client.get_registered_model(name), whole=True)
        history = [number for number in (model.tags.get(HISTORY, "") if model else "").split(",") if number]
        present = self.champion(name)
        if present is not None and present.number in history:
            last = len(history) - history[::-1].index(present.number)
            history = history[:last]
        elif present is not None:
            history.append(present.number)
        return [*self._recorded_before(name, history[0]), *history] if history else []

    def promote(self, version: Version, *, before: Sequence[str] | None = None) -> None:
        """Make a version the champion, in one atomic call to the registry, after recording that in the history.

        Args:
            version: The version.
            before: The champions before it; by default all champions so far.
        """
        history = [*(self.champions(version.name) if before is None else before), version.number]
        with _reachable():
            self._client.set_registered_model_tag(
                version.name, HISTORY, ",".join(history[-_LONGEST_HISTORY:])
            )
            self._client.set_registered_model_alias(version.name, ALIAS, version.number)

    def _recorded_before(self, name: str, number: str) -> list[str]:
        """Return the predecessors of a champion as the tags of each version name them, oldest first."""
        found: list[str] = []
        version = self.version(name, number)
        while version is not None and (earlier := version.tags.get(PREVIOUS)):
            version = self.version(name, earlier) if earlier not in (number, *found) else None
            found += [earlier] if version is not None else []
        return found[::-1]

    def _download(self, uri: str, folder: Path) -> Path:
        import mlflow

        return Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(folder)))

    def _look_up(self, query: Any, *, whole: bool = False) -> Any:
        from mlflow.exceptions import MlflowException

        with _reachable():
            try:
                entry = query()
            except MlflowException as error:
                if error.error_code in _ABSENT:
                    return None
                raise
        if whole:
            return entry
        return Version(entry.name, str(entry.version), entry.run_id or "", dict(entry.tags))


def _quoted(name: str) -> str:
    """Return a name for a search filter of MLflow."""
    return name.replace("\\", "\\\\").replace("'", "\\'")


def split_reference(reference: str) -> tuple[str, str]:
    """Return the name and version of a reference. Registered names contain no slash.

    >>> split_reference("churn/7")
    ('churn', '7')
    """
    name, _, number = reference.rpartition("/")
    return name, number


@contextlib.contextmanager
def _reachable() -> Iterator[None]:
    """Turn any error of the registry into a ``PodiumError`` that is worded for the user."""
    try:
        yield
    except PodiumError:
        raise
    except Exception as error:
        from podium_ml.values.addresses import public_name
        from podium_ml.values.masking import masked

        where = public_name(os.environ.get("MLFLOW_TRACKING_URI", "")) or "the local database"
        reason = textwrap.shorten(masked(str(error).partition(" with exception")[0]), 200, placeholder=" ...")
        raise PodiumError(
            f"The model registry ({where}) cannot be used: {reason}.",
            "Check MLFLOW_TRACKING_URI, and that its server is running.",
        ) from error
