"""A candidate on disk, complete after every trial, so that nothing is lost if the process dies."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from podium_ml.contracts import Candidate, ColumnChoice, FittedTrial, Trial
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.files import pickles
from podium_ml.files.atomic_write import atomic_write
from podium_ml.models.bagged_model import BaggedModel
from podium_ml.training.cross_validation import CrossValidated
from podium_ml.training.fit import FittedModel

_KIND = "bagged model"


class CandidateFolder:
    """Reads and writes a candidate.

    Args:
        path: Folder of the candidate.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @classmethod
    def create(cls, path: str | Path, algorithm: str) -> "CandidateFolder":
        """Create an empty folder. Its candidate counts as failed until a trial is kept."""
        folder = cls(path)
        shutil.rmtree(folder.path, ignore_errors=True)
        for part in ("models", "oof"):
            (folder.path / part).mkdir(parents=True)
        folder.write(Candidate(algorithm=algorithm, status="failed", reason="No trial was completed."))
        folder._ledger.touch()
        return folder

    @property
    def candidate(self) -> Candidate:
        """The candidate as written so far."""
        return Candidate.load(self.path / "candidate.json")

    def write(self, candidate: Candidate) -> None:
        """Write ``candidate.json`` atomically."""
        with atomic_write(self.path / "candidate.json") as partial:
            candidate.save(partial)

    def log(self, trial: Trial) -> None:
        """Append a trial to the ledger."""
        with self._ledger.open("a", encoding="utf-8") as file:
            file.write(json.dumps(trial.to_dict()) + "\n")

    def trials(self) -> list[Trial]:
        """Return the ledger. A last line that was cut off is left out."""
        text = self._ledger.read_text(encoding="utf-8") if self._ledger.exists() else ""
        return [
            Trial.from_dict(json.loads(line))
            for line in text.splitlines(keepends=True)
            if line.endswith("\n")
        ]

    def keep(
        self,
        trial: Trial,
        scored: CrossValidated,
        fitted: FittedModel,
        *,
        columns: ColumnChoice | None = None,
        better: "list[FittedTrial]",
        most: int,
    ) -> None:
        """Store the model and predictions of a trial, and delete those that no longer rank among the best.

        Args:
            trial: The trial.
            scored: Its out-of-fold predictions.
            fitted: Its model of all rows.
            columns: The columns that its model uses; ``None`` for all.
            better: Kept trials that are better than this one, best first.
            most: How many to keep.
        """
        size = pickles.dump(fitted.model, self.model_file(trial.number), kind=_KIND)
        scored.oof.save(self._oof_file(trial.number))
        kept_trial = FittedTrial(
            number=trial.number,
            parameters=trial.parameters,
            score=scored.score,
            fold_scores=tuple(filter(math.isfinite, scored.fold_scores)),
            rounds=scored.rounds,
            fit_seconds=fitted.fit_seconds,
            predict_seconds=fitted.predict_seconds,
            row_seconds=fitted.row_seconds,
            size_bytes=size,
            columns=columns or ColumnChoice(),
            sharpness=scored.sharpness,
        )
        before = self.candidate
        worse = [one for one in before.kept if one not in better]
        kept = [*better, kept_trial, *worse][:most]
        # Written after the models: the candidate is complete before and after this step.
        self.write(
            replace(
                before,
                status="ok",
                reason="",
                kept=tuple(kept),
                n_trials=trial.number + 1,
                seconds=trial.at,
            )
        )
        for dropped in {one.number for one in before.kept} - {one.number for one in kept}:
            self.model_file(dropped).unlink(missing_ok=True)
            self._oof_file(dropped).unlink(missing_ok=True)

    def show(self, pictures: dict[str, Any] | None) -> None:
        """Store a group of pictures for the report, if there is one."""
        if pictures:
            with atomic_write(self._pictures) as partial:
                partial.write_text(json.dumps(pictures), encoding="utf-8")

    def shown(self) -> dict[str, Any] | None:
        """Return the group of pictures that ``show`` stored."""
        return json.loads(self._pictures.read_text(encoding="utf-8")) if self._pictures.exists() else None

    def load_model(self, number: int) -> BaggedModel:
        """Return the model of a kept trial."""
        return pickles.load(self.model_file(number), kind=_KIND)

    def load_oof(self, number: int) -> OutOfFold:
        """Return the out-of-fold predictions of a kept trial, shape ``(r, K)`` or ``(r,)``."""
        return OutOfFold.load(self._oof_file(number))

    def model_file(self, number: int) -> Path:
        """Return the file with the model of a kept trial."""
        return self.path / "models" / f"{number}.pkl"

    def _oof_file(self, number: int) -> Path:
        return self.path / "oof" / f"{number}.npz"

    @property
    def _pictures(self) -> Path:
        return self.path / "augmented_pictures.json"

    @property
    def _ledger(self) -> Path:
        return self.path / "trials.jsonl"


def mark_failed(path: str | Path, algorithm: str, reason: str) -> Candidate:
    """Record that the process of a branch died. Trials that it had kept still count.

    Args:
        path: The candidate's folder; it may not exist.
        algorithm: Name of the algorithm.
        reason: How the process died, in words for the user.
    """
    folder = CandidateFolder(path)
    if not (folder.path / "candidate.json").exists():
        folder = CandidateFolder.create(path, algorithm)
    candidate = folder.candidate
    if kept := len(candidate.kept):
        reason = f"{reason} {kept} of its trials {'was' if kept == 1 else 'were'} kept."
    marked = replace(
        candidate,
        status="ok" if candidate.kept else "failed",
        reason=reason,
        n_trials=len(folder.trials()),
    )
    folder.write(marked)
    return marked
