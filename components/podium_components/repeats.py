"""Recognizes a run that repeats an earlier one, whose results are then its own.

Kubeflow's cache would find each task of such a run, but only after a pod for each, most of them one after another. So a
run in which nothing failed leaves a record in the object store, beside the folders of all runs of its pipeline. The
first task of a later run looks for the record of what it is asked for.
"""

import hashlib
import importlib.metadata
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podium_ml.contracts import Candidate
from podium_ml.object_store import Bucket, ObjectStore
from podium_ml.training.failure_notes import marked_failure
from podium_ml.values.addresses import place_of, scheme_of

REPEATS = "repeats"
_PACKAGE = "podium-automl"
_RUN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ATTEMPTS = 3


@dataclass(frozen=True)
class _Runs:
    """The folder of all runs of a pipeline in the object store, and one of the runs."""

    bucket: Bucket
    folder: str
    run: str

    @classmethod
    def of(cls, address: str) -> "_Runs | None":
        """Return them for the address of an artifact; ``None`` if it is not in an object store.

        KFP writes artifacts to ``<root>/<pipeline>/<run>/<task>/<attempt>/<output>``.
        """
        if place_of(address) != "objects":
            return None
        bucket, _, key = address.partition("://")[2].partition("/")
        folder, run, *_ = key.rsplit("/", 4)
        store = ObjectStore.from_environment(scheme_of(address))
        return cls(Bucket(store, bucket, attempts=_ATTEMPTS), folder, run)

    def record(self, request: str) -> str:
        """Return the key of the record of a request."""
        return f"{self.folder}/{REPEATS}/{request}.json"

    def has_delivered(self, run: str) -> bool:
        """Whether the results of a run are still there."""
        found = self.bucket.listing(f"{self.folder}/{run}/publish-run/")
        return any(one.key.endswith("/delivery/metrics.json") for one in found)


def request_of(kind: str, name: str, versions: Mapping[str, str], images: Mapping[str, str]) -> str:
    """Return a hash of all that determines the results of a run.

    Args:
        kind: Kind of problem.
        name: Project name.
        versions: The versions of the data and of the settings.
        images: Images of the tasks.
    """
    whole = [importlib.metadata.version(_PACKAGE), kind, name, versions, images]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def find_repeated(address: str, request: str, *, champion: str) -> str:
    """Return the earlier run that a run repeats; empty if there is none.

    Args:
        address: Address of an artifact of the run.
        request: What the run is asked for; see ``request_of``.
        champion: The present champion, like ``"churn/7"``. If it is another one than after the earlier run, the model
            would be compared with it, so the run repeats nothing.
    """
    try:
        runs = _Runs.of(address)
        if runs is None or runs.bucket.find(runs.record(request)) is None:
            return ""
        record = json.loads(runs.bucket.read(runs.record(request)))
        run = str(record["run"])
        is_same = record["champion"] == champion and _RUN.fullmatch(run) and runs.has_delivered(run)
        return run if is_same else ""
    except Exception as error:  # A run that trains once more is better than one that fails.
        print(f"Earlier runs are unknown: {type(error).__name__}: {error}", flush=True)
        return ""


def leave_record(
    address: str, request: str, facts: Mapping[str, Any], *, candidates: Iterable[str], stages: Iterable[str]
) -> None:
    """Leave a record for later runs, unless something failed that they would do again.

    Args:
        address: Address of an artifact of the run.
        request: What the run was asked for; see ``request_of``.
        facts: What ``publish_run`` returned.
        candidates: Folders of the candidates.
        stages: What the stages wrote that the run goes on without.
    """
    try:
        runs = _Runs.of(address)
        if (
            runs is None
            or "warning" in facts
            or any(map(_has_failed, candidates))
            or any(map(marked_failure, stages))
        ):
            return
        record = {"run": runs.run, "champion": _champion_after(facts)}
        runs.bucket.write(runs.record(request), json.dumps(record).encode())
    except Exception as error:  # The run has succeeded.
        print(
            f"Later runs will not know that they repeat this one: {type(error).__name__}: {error}", flush=True
        )


def _has_failed(candidate: str) -> bool:
    return Candidate.load(Path(candidate) / "candidate.json").status == "failed"


def _champion_after(facts: Mapping[str, Any]) -> str:
    """Return the champion when the run ended, as far as it knows."""
    decision = facts.get("decision") or {}
    if decision.get("outcome") == "promoted":
        return f"{facts['model_name']}/{facts['model_version']}"
    return str(decision.get("champion", ""))
