"""A run on disk: its state, settings and events, and its results once it has succeeded.

Several commands may work on one folder at the same time. Each change of the state is one step under a lock, and names
the attempt that it belongs to, so that what a command finds out about an old attempt never becomes the state of a new
one. Readers need no lock, because files are replaced as a whole.
"""

import fcntl
import itertools
import json
import os
import re
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from podium.concealment import conceal, hosts_of, store, stored
from podium_ml.errors import RunError, SettingsError
from podium_ml.files.full_disk import is_full
from podium_ml.files.plain_yaml import read_yaml
from podium_ml.kinds import KINDS, Kind, kind_of_parsed
from podium_ml.run.events import parse
from podium_ml.settings import Settings
from podium_ml.values.masking import masked
from podium_ml.values.secrets import HOST_SUFFIX

# The event that begins a new attempt; those before it are of earlier attempts.
RESUMED = "run_resumed"
Status = Literal["running", "succeeded", "failed", "cancelled"]
# Files that publish_run delivers, and that the folder of a successful run holds.
DELIVERED = ("model.pkl", "leaderboard.csv", "metrics.json", "problem.json", "trials.jsonl", "report.html")
# All that it may deliver; nothing else is taken from a store.
FETCHED = (
    *DELIVERED,
    *(
        "predictions.parquet",
        "selection.json",
        "guardrails.json",
        "decision.json",
        "importance.csv",
        "models.json",
        "label_errors.csv",
        "label_next.csv",
    ),
)


@dataclass(frozen=True)
class RunState:
    """The contents of ``run.json``.

    Attributes:
        name: Project name.
        status: Status of the run; only ``succeeded`` guarantees the delivered files.
        started: When the last attempt started, in seconds since the epoch; this identifies the attempt.
        ended: When it ended, or 0.
        engine: Where it runs: ``local`` or ``kubeflow``.
        error: Error message for the user, or empty.
        kind: ``user`` if the user can fix the error, else ``memory``, ``timeout``, ``killed`` or ``bug``.
        pid: Id of the process that runs it on the local engine, or that is starting it; or 0.
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

    def renewed(self) -> "RunState":
        """Return the state of a new attempt, which this process is starting."""
        return RunState(
            self.name,
            "running",
            started=time.time(),
            engine=self.engine,
            pid=os.getpid(),
            problem=self.problem,
        )


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
    def create(
        cls,
        path: str | Path,
        settings: Settings,
        *,
        engine: str = "local",
        wrong: dict[str, Any] | None = None,
    ) -> "RunFolder":
        """Create the folder of a new run and record its settings.

        Args:
            path: The folder.
            settings: Settings of the run.
            engine: Engine that will run it.
            wrong: Further settings, which are wrong, of a run that was started elsewhere.

        Raises:
            RunError: The folder is not empty, or cannot be written.
        """
        folder = cls(path)
        problem = kind_of_parsed(settings).name
        state = RunState(settings.name, "running", started=0.0, engine=engine, problem=problem).renewed()
        try:
            # What the run writes holds rows of the data, so nobody else may look into it.
            folder.path.parent.mkdir(parents=True, exist_ok=True)
            folder.path.mkdir(mode=0o700, exist_ok=True)
            with folder.locked():
                if any(folder.path.iterdir()):
                    raise RunError(
                        f"{path} is not empty.", "Choose another --out, or `podium resume` the run there."
                    )
                folder.write_settings(folder._conceal(settings), wrong=wrong)
                folder.write(state)
        except OSError as error:
            raise RunError(f"Cannot write to {path}: {error.strerror}.", "Choose another --out.") from error
        return folder

    def write_settings(self, settings: Settings, *, wrong: dict[str, Any] | None = None) -> None:
        """Write the settings, the wrong ones too, to ``config.yaml``, which ``--config`` can read."""
        values = {**settings.model_dump(mode="json", exclude_defaults=True), **(wrong or {})}
        text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
        (self.path / "config.yaml").write_text(text, encoding="utf-8")

    def _conceal(self, settings: Settings) -> Settings:
        """Move the query strings of URLs, which may hold signatures, from the settings to a private file."""
        concealed, variables = conceal(settings)
        if variables:
            store(self._variables_file, variables)
        return concealed

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that hold the query strings of URLs and their hosts, until the run ends.

        Raises:
            RunError: The file that holds them may come from somebody else.
        """
        queries = stored(self._variables_file)
        hosts = hosts_of(self.settings) if queries else {}
        return {
            **queries,
            **{name: host for name, host in hosts.items() if name.removesuffix(HOST_SUFFIX) in queries},
        }

    @property
    def settings(self) -> Settings:
        """The settings of the run, with environment variables in place of the query strings of URLs.

        Raises:
            SettingsError: Settings are wrong: one line for each.
        """
        return self.kind.settings.parse(self._values)

    @property
    def readable_settings(self) -> Settings:
        """The settings of the run without those that are wrong, to look at a run that failed because of them."""
        return self.kind.settings.lenient(self._values)[0]

    @property
    def _values(self) -> dict[str, Any]:
        file = self.path / "config.yaml"
        try:
            values = read_yaml(file.read_text(encoding="utf-8")) or {}
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            raise SettingsError(f"Cannot read {file}: {' '.join(str(error).split())}.") from error
        if not isinstance(values, dict):
            raise SettingsError(f"{file} is not a mapping of settings.")
        return values

    @property
    def kind(self) -> Kind:
        """The kind of problem that the run solves."""
        return KINDS[self.state.problem]

    @property
    def state(self) -> RunState:
        """The state of the run; a run whose process is gone counts as failed."""
        state = self._stored()
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
        shown = {**asdict(state), "error": masked(state.error), "note": masked(state.note)}
        text = json.dumps(shown, indent=1) + "\n"
        partial = self.path / f".run-{uuid.uuid4().hex}.partial"
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

    def update(self, *, attempt: float | None = None, **changes: Any) -> RunState:
        """Change fields of the state in one step, and return the state. When the run ends, its secrets are removed.

        Args:
            attempt: When the attempt started that the changes belong to. If that is over, or there is a newer one,
                nothing changes.
            **changes: The new values.
        """
        with self.locked():
            state = self._stored()
            if attempt is not None and (state.status != "running" or state.started != attempt):
                return self.state
            self.write(state := replace(state, **changes))
            if state.status != "running":
                self._variables_file.unlink(missing_ok=True)
        return state

    def restart(self) -> RunState:
        """Begin a new attempt of a cancelled or failed run, and return its state.

        Raises:
            RunError: The run is in progress, or has succeeded.
        """
        with self.locked():
            state = self.state
            if state.status in ("running", "succeeded"):
                raise RunError(
                    f"{self.path} cannot be resumed: its status is '{state.status}'.",
                    "Only a cancelled or failed run can be resumed.",
                )
            earlier, state = state, state.renewed()
            self.write(state)
            self.append([{"event": RESUMED, "at": state.started, "after": earlier.run_id}])
        return state

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from changing the state or the events. A process must not lock a folder twice."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            with suppress(OSError):  # some network file systems have no locks
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def append(self, events: Iterable[dict[str, Any]]) -> None:
        """Append events, all in one step."""
        if text := "".join(json.dumps(event) + "\n" for event in events):
            descriptor = os.open(self.events_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(descriptor, text.encode())
            finally:
                os.close(descriptor)

    def _stored(self) -> RunState:
        """Return the state as it is written; fields that a newer version added are left out."""
        try:
            values = json.loads(self._state_file.read_text(encoding="utf-8"))
        except ValueError:  # on a full disk the file is written over
            time.sleep(0.1)
            values = json.loads(self._state_file.read_text(encoding="utf-8"))
        known = {field.name for field in fields(RunState)}
        return RunState(**{name: value for name, value in values.items() if name in known})

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
    """Create an empty folder for a new run and return its path, made from its name and the time."""
    stem = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60] or "run"
    moment = f"{datetime.now(UTC).astimezone():%Y%m%d-%H%M%S}"
    path = Path(parent) / f"{stem}-{moment}"
    for number in itertools.count(2):
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            path = path.with_name(f"{stem}-{moment}-{number}")
        except OSError:
            break  # whoever writes to it will report the error
        else:
            break
    return path


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
