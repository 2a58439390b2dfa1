"""The artifacts of a run on a cluster, from which its models are put together again on this machine.

A task of the run may have taken its results from the cache, and then they are in the folder of an earlier run. So
tasks note where what they were given is (``podium_components/sources.py``). Notes are texts of pods: what they name is
fetched only from below the place that the run writes to, if it is the output of the right task, and of a run that the
user may see.
"""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from podium.run_artifacts import FETCHED_TO
from podium.servers.deliveries import RUN_ID
from podium.servers.errors import ServerError
from podium.servers.pod_states import TASKS_OF_BRANCHES
from podium.servers.store import Store
from podium_components.sources import SOURCES
from podium_ml.errors import RunError
from podium_ml.files.inside import inside

# Which output of which tasks each artifact is.
_OUTPUTS = {
    "model": (("select-model",), "model"),
    "validation": (("validate-data",), "validation"),
    "evaluation": (("evaluate-models",), "evaluation"),
    "train": (("validate-data",), "train"),
    "test": (("validate-data",), "test"),
    "problem": (("validate-data",), "problem"),
    "features": (("featurize-data",), "features"),
    "featurizer": (("featurize-data",), "featurizer"),
    "candidates": (TASKS_OF_BRANCHES, "candidate"),
}
_PLACE = re.compile(
    r"(?P<pipeline>podium-[\w-]+)/(?P<run>[\w-]+)/(?P<task>[\w-]+)/(?P<attempt>[\w-]+)/(?P<output>[\w-]+)"
)
_ONE_EACH = ("problem", "train", "test", "features", "featurizer", "validation", "evaluation")
_PROFILE = "profile.json"


class Artifacts:
    """The artifacts of one run.

    Args:
        store: The place that the run writes to.
        delivery: Where below it the run has delivered its results.
        run_id: The run.
        check_run: Raises an error unless the user may see a run.
    """

    def __init__(self, store: Store, delivery: str, run_id: str, *, check_run: Callable[[str], Any]) -> None:
        self._store, self._delivery, self._known = store, delivery, {run_id}
        self._check_run = check_run

    def fetch(self, folder: Path) -> None:
        """Download all that other models are made of.

        Args:
            folder: Folder of the artifacts of the run.

        Raises:
            ServerError: The store rejects the request, or a note names what is not the run's.
            RunError: The run was made by an earlier version, which left no notes.
        """
        notes = self._notes(self._delivery)
        model = self._place("model", notes.get("model"))
        notes |= self._notes(model)
        notes["test"] = f"{str(notes.get('train')).rpartition('/')[0]}/test"
        for name in _ONE_EACH:
            place = self._place(name, notes.get(name))
            self._fetch(place, _target(folder, place))
        for number, address in enumerate(notes.get("candidates") or ()):
            place = self._place("candidates", address)
            self._fetch(place, inside(folder, f"{FETCHED_TO}/{number:04d}/{TASKS_OF_BRANCHES[0]}/candidate"))
        # Last, because whoever looks for models looks for this.
        self._fetch(model, _target(folder, model))

    def fetch_profile(self, folder: Path) -> None:
        """Download the statistics of the training rows, with which forms of rows begin; see ``fetch``."""
        place = self._place("validation", self._notes(self._delivery).get("validation"))
        self._store.download_one(f"{place}/{_PROFILE}", _target(folder, place) / _PROFILE)

    def _notes(self, place: str) -> dict[str, Any]:
        """Return the addresses that a task noted beside an output."""
        if not any(f"/{key}".endswith(f"/{place}/{SOURCES}") for key, _ in self._store.listing(place)):
            raise RunError(
                "The run was made by another version of Podium, which did not note where its models are.",
                "Train again to use models that were not chosen.",
            )
        with tempfile.TemporaryDirectory(prefix="podium-") as scratch:
            file = self._store.download_one(f"{place}/{SOURCES}", Path(scratch) / SOURCES)
            notes = json.loads(file.read_text(encoding="utf-8"))
        return notes if isinstance(notes, dict) else {}

    def _place(self, name: str, address: Any) -> str:
        """Return where below the store an artifact is.

        Raises:
            ServerError: The address is not that of such an artifact.
        """
        plain = re.sub(r"^\w+://", "s3://", str(address)).partition("?")[0]
        place = plain.removeprefix(f"{self._store}/")
        match, (tasks, output) = _PLACE.fullmatch(place), _OUTPUTS[name]
        if match is None or match["task"] not in tasks or match["output"] != output:
            raise ServerError(f"The run names {address} as its {name}, which is not below {self._store}.")
        self._check(match["run"])
        return place

    def _check(self, run: str) -> None:
        """Refuse a run that the user may not see."""
        if run not in self._known:
            if not RUN_ID.fullmatch(run):
                raise ServerError(f"{run} is no run.")
            self._check_run(run)
            self._known.add(run)

    def _fetch(self, place: str, target: Path) -> None:
        """Download an artifact, which is a file or a folder."""
        if not self._store.download(place, target):
            self._store.download_one(place, target)


def _target(folder: Path, place: str) -> Path:
    """Return where an artifact is kept, under the names of the local engine."""
    _, _, task, _, output = place.split("/")
    return inside(folder, f"{FETCHED_TO}/{task}/{output}")
