"""A run on disk: its state, settings and events, and its results once it has succeeded."""

import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from podium.concealment import conceal
from podium_ml.errors import RunError
from podium_ml.files.full_disk import is_full
from podium_ml.kinds import KINDS, Kind, kind_of_parsed
from podium_ml.run.events import parse
from podium_ml.settings import Settings

Status = Literal["running", "succeeded", "failed", "cancelled"]
# Files that publish_run delivers, and that the folder of a successful run holds.
DELIVERED = ("model.pkl", "leaderboard.csv", "metrics.json", "problem.json", "trials.jsonl", "report.html")


@dataclass(frozen=True)
class RunState:
    """The contents of ``run.json``.

    Attributes:
        name: Project name.
        status: Status of the run; only ``succeeded`` guarantees the delivered files.
        started: When the last attempt started, in seconds since the epoch.
        ended: When it ended, or 0.
        engine: Where it runs: ``local`` or ``kubeflow``.
        error: Error message for the user, or empty.
        kind: ``user`` if the user can fix the error, else ``memory``, ``timeout``, ``killed`` or ``bug``.
        pid: Id of the process that runs it on the local engine, or 0.
        run_id: Its id on a server, or empty.
        link: Its page on the server, or empty.
        note: Why a successful run delivered nothing, when nothing had changed; else empty.
        problem: Kind of problem, a key of ``podium_ml.kinds.KINDS``.
    """

    name: str
    status: Status
    started: float
    ended: float = 0.0
    engine: str = "local"
    error: str = ""
    kind: str = ""
    pid: int = 0
    run_id: str = ""
    link: str = ""
    note: str = ""
    problem: str = "tabular"


class RunFolder:
    """One run's folder.

    Args:
        path: The folder; it does not have to exist yet.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).absolute()

    @classmethod
    def open(cls, path: str | Path) -> "RunFolder":
        """Return the folder of an existing run.

        Raises:
            RunError: There is no run in this folder.
        """
        folder = cls(path)
        if not folder._state_file.exists():
            raise RunError(f"There is no run at {path}.", "See `podium runs`.")
        return folder

    @classmethod
    def create(cls, path: str | Path, settings: Settings, *, engine: str = "local") -> "RunFolder":
        """Create the folder of a new run and record its settings.

        Args:
            path: The folder.
            settings: Settings of the run.
            engine: Engine that will run it.

        Raises:
            RunError: The folder is not empty, or cannot be written.
        """
        folder = cls(path)
        try:
            folder.path.mkdir(parents=True, exist_ok=True)
            if any(folder.path.iterdir()):
                raise RunError(
                    f"{path} is not empty.", "Choose another --out, or `podium resume` the run there."
                )
            folder.write_settings(folder._conceal(settings))
            folder.write(
                RunState(
                    settings.name,
                    "running",
                    started=time.time(),
                    engine=engine,
                    problem=kind_of_parsed(settings).name,
                )
            )
        except OSError as error:
            raise RunError(f"Cannot write to {path}: {error.strerror}.", "Choose another --out.") from error
        return folder

    def write_settings(self, settings: Settings) -> None:
        """Write the settings to ``config.yaml``, which ``--config`` can read."""
        values = settings.model_dump(mode="json", exclude_defaults=True)
        text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
        (self.path / "config.yaml").write_text(text, encoding="utf-8")

    def _conceal(self, settings: Settings) -> Settings:
        """Move the query strings of URLs, which may hold signatures, from the settings to a private file."""
        concealed, variables = conceal(settings)
        if variables:
            with os.fdopen(os.open(self._variables_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                json.dump(variables, file)
        return concealed

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that hold the query strings of URLs, until the run has succeeded."""
        if not self._variables_file.exists():
            return {}
        return json.loads(self._variables_file.read_text(encoding="utf-8"))

    def forget_variables(self) -> None:
        """Remove the query strings of URLs, which only an unfinished run needs."""
        self._variables_file.unlink(missing_ok=True)

    @property
    def settings(self) -> Settings:
        """The settings of the run, with environment variables in place of the query strings of URLs."""
        values = yaml.safe_load((self.path / "config.yaml").read_text(encoding="utf-8")) or {}
        return self.kind.settings.parse(values)

    @property
    def kind(self) -> Kind:
        """The kind of problem that the run solves."""
        return KINDS[self.state.problem]

    @property
    def state(self) -> RunState:
        """The state of the run; a run whose process is gone counts as failed."""
        state = RunState(**json.loads(self._state_file.read_text(encoding="utf-8")))
        if state.status == "running" and state.pid and not _alive(state.pid):
            return replace(state, status="failed", error="The run was interrupted.", kind="killed")
        return state

    @property
    def seconds(self) -> float | None:
        """How long the run took in wall-clock seconds, as its report says; ``None`` while it is running."""
        state = self.state
        if not state.ended:
            return None
        metrics = self.path / "metrics.json"
        if state.status == "succeeded" and metrics.exists():
            reported = json.loads(metrics.read_text(encoding="utf-8")).get("seconds")
            if reported is not None:
                return float(reported)
        return round(state.ended - state.started, 1)

    def write(self, state: RunState) -> None:
        """Write the state atomically, or over the old file if the disk is full."""
        text = json.dumps(asdict(state), indent=1) + "\n"
        partial = self._state_file.with_suffix(".partial")
        try:
            partial.write_text(text, encoding="utf-8")
            partial.replace(self._state_file)
        except OSError as error:
            partial.unlink(missing_ok=True)
            if not is_full(error) or not self._state_file.exists():
                raise
            with self._state_file.open("r+", encoding="utf-8") as file:
                file.write(text)
                file.truncate()

    def update(self, **changes: Any) -> RunState:
        """Change fields of the state, write it and return it."""
        state = replace(self.state, **changes)
        self.write(state)
        return state

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield all events so far, in the order in which they were written."""
        if self.events_file.exists():
            with self.events_file.open("rb") as lines:
                yield from parse(lines)

    @property
    def events_file(self) -> Path:
        """The file to which tasks append their events."""
        return self.path / "events.jsonl"

    @property
    def log_file(self) -> Path:
        """The log of the engine and the tasks."""
        return self.path / "logs" / "engine.log"

    @property
    def artifacts(self) -> Path:
        """The pipeline root, which holds the outputs of all tasks."""
        return self.path / "artifacts"

    @property
    def _variables_file(self) -> Path:
        return self.path / ".variables.json"

    @property
    def _state_file(self) -> Path:
        return self.path / "run.json"


def new_run_path(name: str, parent: str | Path = "runs") -> Path:
    """Return an unused path for a new run, made from its name and the time."""
    stem = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60] or "run"
    path = Path(parent) / f"{stem}-{datetime.now(UTC).astimezone():%Y%m%d-%H%M%S}"
    number, chosen = 2, path
    while chosen.exists():
        chosen, number = path.with_name(f"{path.name}-{number}"), number + 1
    return chosen


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
