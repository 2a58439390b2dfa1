"""A mixture whose weights, and what corrects it, are learned anew once the test was scored.

The test holds the newest rows, and so those that are most like what comes next. The mixture that was chosen and scored
did not know them; the one that is handed over has learned from them, as its members have.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.ensembling import Pool, build_weighted
from podium_ml.kinds import KINDS
from podium_ml.models import BaggedModel, GroupWeights
from podium_ml.run.budget import Deadline
from podium_ml.selection.assembly import corrections_of
from podium_ml.selection.model_store import Contender, Key, ModelStore
from podium_ml.splits.cross_fit import cross_fit_folds
from podium_ml.targets import Corrections, target_of
from podium_ml.training.candidate_folder import CandidateFolder

# Of more rows in the test, there are enough before it.
_MOST_ROWS = 50_000


@dataclass(frozen=True)
class Reweighed:
    """A mixture of some of its earlier members.

    Attributes:
        mixture: The mixture.
        by_group: Its weights by group, if they differ.
        corrections: What is done to its predictions.
    """

    mixture: Contender
    by_group: GroupWeights | None
    corrections: Corrections

    def put_together(self, store: ModelStore, models: dict[Key, BaggedModel]) -> Any:
        """Return the mixture of refitted members."""
        return replace(store.put_together(self.mixture, models), by_group=self.by_group)


def reweigh(
    chosen: Contender,
    candidates: Sequence[str],
    *,
    table: FeatureTable,
    test: FeatureTable,
    problem: Problem,
    deadline: Deadline,
) -> Reweighed | None:
    """Return the chosen mixture with weights that the test has a say in; ``None`` if it stays as it is.

    Args:
        chosen: The model that was chosen.
        candidates: Folders of the candidates.
        table: The training rows, followed by those of the test.
        test: The rows of the test.
        problem: The problem.
        deadline: When to stop.
    """
    if chosen.ensemble is None or chosen.ensemble.kind != "weighted":
        return None
    if not target_of(problem).weighs_anew or len(test.y) > _MOST_ROWS:
        return None
    pool = _with_test(_members(chosen, candidates, table, problem), candidates, table, test, problem)
    ensemble, oof, by_group = build_weighted(pool, deadline=deadline)
    members = {key: chosen.members[key] for one in ensemble.members for key in [(one.algorithm, one.trial)]}
    mixture = replace(chosen, members=members, ensemble=replace(ensemble, name=chosen.name))
    return Reweighed(mixture, by_group, corrections_of(oof, table, problem))


def _members(chosen: Contender, candidates: Sequence[str], table: FeatureTable, problem: Problem) -> Pool:
    """Return the members of a mixture with their out-of-fold predictions."""
    pool = Pool.gather(candidates, table, problem=problem)
    used = [at for at, one in enumerate(pool.members) if (one.algorithm, one.trial) in chosen.members]
    return pool.subset(used)


def _with_test(
    pool: Pool, candidates: Sequence[str], table: FeatureTable, test: FeatureTable, problem: Problem
) -> Pool:
    """Return the members with their predictions of the test as well, which their first models have not seen."""
    folders = {(one := CandidateFolder(path)).candidate.algorithm: one for path in candidates}
    kind = KINDS[problem.kind]
    raw = np.stack(
        [
            kind.predict_test(folders[one.algorithm].load_model(one.trial), test, problem)
            for one in pool.members
        ]
    )
    known = np.flatnonzero(np.isfinite(raw).all(axis=(0, 2)))
    rows = np.append(pool.rows, len(table.y) - len(test.y) + known)
    targets = table.of_rows(rows)
    return replace(
        pool,
        oof=np.concatenate([pool.oof, raw[:, known]], axis=1),
        rows=rows,
        y=targets.y,
        weight=targets.weight,
        group=targets.group,
        time=targets.time,
        folds=cross_fit_folds(problem, table, rows),
        n_rows=len(table.y),
    )
