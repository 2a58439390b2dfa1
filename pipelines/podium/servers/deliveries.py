"""What a run on a cluster wrote, fetched from the object store.

KFP writes an output to ``<pipeline root>/<pipeline>/<run>/<task>/<attempt>/<output>``; no more is assumed here.
"""

import json
import tempfile
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from podium.packages import PIPELINE
from podium.servers.connections import Connections
from podium.servers.errors import ServerError
from podium.servers.store import Store
from podium_ml.contracts import Candidate

# Where Kubeflow Pipelines writes if neither the run nor PODIUM_PIPELINE_ROOT says so.
DEFAULT_ROOT = "minio://mlpipeline/v2/artifacts"
_LOG = "executor-logs-"


class Deliveries:
    """The outputs of one run's tasks.

    Args:
        connections: Where the servers are.
        run: The run as the server describes it.
    """

    def __init__(self, connections: Connections, run: Any) -> None:
        asked = run.runtime_config.pipeline_root if run.runtime_config else ""
        self._store = Store(asked or connections["pipeline root"] or DEFAULT_ROOT)
        self._run_id = str(run.run_id)
        self._read: set[str] = set()

    def fetch(self, folder: Path) -> bool:
        """Download what ``publish_run`` delivers.

        Args:
            folder: Folder of the run; a file appears there when it is whole.

        Returns:
            Whether there is anything: a run that found nothing changed delivers nothing.

        Raises:
            ServerError: The run wrote nothing at all here, or the store refuses.
        """
        if not self.finished():
            raise ServerError(
                f"Run {self._run_id} left nothing in {self._store}.",
                "If its pipeline root lies elsewhere, name it in PODIUM_PIPELINE_ROOT.",
            )
        places = self._find("publish-run", "delivery")
        if places:
            self._store.download(places[-1], folder)
        return bool(places)

    def plan(self) -> list[str]:
        """Return the algorithms of the branches, in their order; empty as long as there is no plan."""
        places = self._find("plan-training", "skipped")
        return [str(name) for name in json.loads(self._text(places[-1]))["branches"]] if places else []

    def finished(self) -> dict[str, datetime]:
        """Return the tasks that wrote their outputs, and when they had written the last."""
        found: dict[str, datetime] = {}
        for key, written in self._store.listing(f"{PIPELINE}/{self._run_id}"):
            task = self._store.relative(key).parts[2]
            found[task] = max(written, found.get(task, written))
        return found

    def logs(self, part: str = "") -> Iterator[tuple[str, str]]:
        """Yield name and printed text of each task that ended, in the order of time; a branch's name is its algorithm.

        Args:
            part: Name of a task or an algorithm; all by default.
        """
        algorithms = {place.rpartition("/")[0]: one.algorithm for place, one in self._candidates()}
        places = [place for task in self.finished() for place in self._find(task, _LOG)]
        for place in places:
            task, attempt = place.split("/")[2], place.rpartition("/")[0]
            if part in ("", task, task.replace("-", "_"), algorithms.get(attempt)):
                yield algorithms.get(attempt, task), self._text(place)

    def candidates(self) -> Iterator[Candidate]:
        """Yield the candidates that were written since the last call."""
        for place, candidate in self._candidates(but=self._read):
            self._read.add(place)
            yield candidate

    def _candidates(self, *, but: Collection[str] = ()) -> Iterator[tuple[str, Candidate]]:
        for place in self._find("train-candidate", "candidate"):
            if place not in but:
                yield place, Candidate.from_dict(json.loads(self._text(f"{place}/candidate.json")))

    def _text(self, name: str) -> str:
        with tempfile.TemporaryDirectory(prefix="podium-") as folder:
            return self._store.download_one(name, Path(folder) / "file").read_text(encoding="utf-8")

    def _find(self, task: str, output: str) -> list[str]:
        """Return where a task's attempts wrote an output, in the order of time.

        KFP numbers what a task printed by attempt: ``executor-logs-0``.
        """
        found = {}
        for key, written in self._store.listing(f"{PIPELINE}/{self._run_id}/{task}"):
            parts = self._store.relative(key).parts
            if len(parts) > 4 and (parts[4] == output or (output == _LOG and parts[4].startswith(_LOG))):
                found["/".join(parts[:5])] = written
        return sorted(found, key=lambda one: found[one])
