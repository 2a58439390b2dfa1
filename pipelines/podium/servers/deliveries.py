"""The outputs of a run on a cluster, fetched from the object store.

KFP writes an output to ``<pipeline root>/<pipeline>/<run>/<task>/<attempt>/<output>``; nothing else is assumed here.
"""

import json
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from podium.packages import pipeline_name
from podium.run_folder import FETCHED
from podium.servers.connections import Connections
from podium.servers.errors import ServerError
from podium.servers.pod_states import TASKS_OF_BRANCHES, part_of_task
from podium.servers.store import Store
from podium.servers.workflow import root_of
from podium_ml.contracts import BranchSpec, Candidate
from podium_ml.files.inside import inside
from podium_ml.kinds import KINDS
from podium_ml.reporting.notices import GUARDRAILS, INGESTION, read_notices
from podium_ml.training.failure_notes import FAILURES

# Where Kubeflow Pipelines writes if neither the run nor PODIUM_PIPELINE_ROOT names a place.
DEFAULT_ROOT = "minio://mlpipeline/v2/artifacts"
_LOG = "executor-logs-"
RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The start of the first line of a task's log.
_BEGAN = re.compile(r"\[KFP Executor ([\d-]+ [\d:,]+) ")


@dataclass(frozen=True)
class Log:
    """What one task printed.

    Attributes:
        part: The algorithm of a branch, or the task.
        text: The log.
    """

    part: str
    text: str

    @property
    def began(self) -> str:
        """When it began, as its first line says; empty if it does not."""
        found = _BEGAN.search(self.text)
        return found[1] if found else ""


def in_order(logs: Iterable[Log]) -> list[Log]:
    """Return logs in the order in which their tasks began; those that do not say when come last."""
    return sorted(logs, key=lambda log: (not log.began, log.began))


class Deliveries:
    """The outputs of one run's tasks.

    Args:
        connections: Settings of the servers.
        run: The run as the server describes it.
        workflow: Returns Argo's record of a run. It says where the run writes to if nobody named a place, which depends
            on the settings of the namespace and not on those of this shell.
    """

    def __init__(
        self,
        connections: Connections,
        run: Any,
        *,
        workflow: Callable[[str], Mapping[str, Any]] = lambda _: {},
    ) -> None:
        asked = run.runtime_config.pipeline_root if run.runtime_config else ""
        self._run_id, self._workflow = str(run.run_id), workflow
        self._store = Store(asked or self._recorded_root() or connections["pipeline root"] or DEFAULT_ROOT)
        self._read: set[str] = set()

    def fetch(self, folder: Path) -> bool:
        """Download the files that ``publish_run`` delivers.

        Args:
            folder: Folder of the run; a file appears there only once it is complete.

        Returns:
            Whether there are any; a run that found nothing changed delivers nothing.

        Raises:
            ServerError: The run has no outputs in the store, or the store rejects the request.
        """
        if not self.finished() and (root := self._recorded_root()):
            self._store = Store(root)
        if not self.finished():
            raise ServerError(
                f"Run {self._run_id} has no outputs in {self._store}.",
                "If its pipeline root is elsewhere, set PODIUM_PIPELINE_ROOT.",
            )
        places = self._find("publish-run", "delivery")
        if places:
            self._fetch(places[-1], folder, FETCHED)
        return bool(places)

    def repeated(self) -> "Deliveries | None":
        """Return the outputs of the earlier run that this one repeats; ``None`` if it repeats none."""
        places = self._find("resolve-inputs", "repeated")
        found = RUN_ID.search(self._text(places[-1])) if places else None
        if found is None:
            return None
        earlier = copy(self)
        earlier._run_id, earlier._read = found[0], set()
        return earlier

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._run_id

    @property
    def store(self) -> Store:
        """The place that the run writes to."""
        return self._store

    @property
    def delivery(self) -> str:
        """Where below it the results are.

        Raises:
            ServerError: There are none.
        """
        if places := self._find("publish-run", "delivery"):
            return places[-1]
        raise ServerError(f"Run {self._run_id} has no results in {self._store}.")

    def plan(self) -> list[str]:
        """Return the names of the branches in order; empty until there is a plan."""
        places = self._find("plan-training", "plan")
        planned = json.loads(self._text(places[-1]))["plan"] if places else []
        return [BranchSpec.from_dict(branch).name for branch in planned]

    def notices(self) -> list[str]:
        """Return what the validation of the data found that the user should know; empty until it has ended."""
        places = self._find("validate-data", "validation")
        if not places:
            return []
        with tempfile.TemporaryDirectory(prefix="podium-") as folder:
            self._fetch(places[-1], Path(folder), (INGESTION, GUARDRAILS))
            return read_notices(Path(folder))

    def finished(self) -> dict[str, datetime]:
        """Return the time at which each task wrote its last output, by task."""
        found: dict[str, datetime] = {}
        for key, written in self._listing():
            task = _part(self._store.relative(key), 2)
            found[task] = max(written, found.get(task, written))
        return found

    def logs(self) -> list[Log]:
        """Return the logs of the tasks that have ended, in order of time."""
        tasks = self.finished()
        places = [place for task in sorted(tasks, key=tasks.__getitem__) for place in self._find(task, _LOG)]
        texts = [(place.split("/")[2], self._text(place)) for place in places]
        return in_order(Log(part_of_task(task, text), text) for task, text in texts)

    def candidates(self) -> Iterator[Candidate]:
        """Yield the candidates written since the last call."""
        for place, candidate in self._candidates(but=self._read):
            self._read.add(place)
            yield candidate

    def _recorded_root(self) -> str:
        return root_of(self._workflow(self._run_id), self._run_id)

    def _candidates(self, *, but: Collection[str] = ()) -> Iterator[tuple[str, Candidate]]:
        for place in (place for task in TASKS_OF_BRANCHES for place in self._find(task, "candidate")):
            if place not in but:
                yield place, Candidate.from_dict(json.loads(self._text(f"{place}/candidate.json")))

    def _fetch(self, place: str, folder: Path, names: Collection[str]) -> None:
        """Download the files of an output that have a known name; others can write any name to the store."""
        listed = {key for key, _ in self._store.listing(place)}
        for name in names:
            if any(key.partition(f"{place}/")[2] == name for key in listed):
                self._store.download_one(f"{place}/{name}", inside(folder, name))

    def _text(self, name: str) -> str:
        with tempfile.TemporaryDirectory(prefix="podium-") as folder:
            return self._store.download_one(name, Path(folder) / "file").read_text(encoding="utf-8")

    def _find(self, task: str, output: str) -> list[str]:
        """Return where the attempts of a task wrote an output, in order of time.

        KFP numbers the logs of a task by attempt: ``executor-logs-0``.
        """
        found = {}
        for key, written in self._listing(f"/{task}/"):
            parts = self._store.relative(key).parts
            if len(parts) > 4 and (parts[4] == output or (output == _LOG and parts[4].startswith(_LOG))):
                found["/".join(parts[:5])] = written
        return sorted(found, key=lambda place: found[place])

    def _listing(self, below: str = "") -> Iterator[tuple[str, datetime]]:
        """Yield the key and the time of each object of the run. Its id is under the pipeline of one kind of problem.

        Notes of failures are left out, because later tasks and runs write them beside the outputs of this one.
        """
        for kind in KINDS:
            for key, written in self._store.listing(f"{pipeline_name(kind)}/{self._run_id}{below}"):
                if f"/{FAILURES}/" not in key:
                    yield key, written


def _part(path: PurePosixPath, number: int) -> str:
    """Return one part of a path; empty if it is too short, as keys of others may be."""
    return path.parts[number] if len(path.parts) > number else ""
