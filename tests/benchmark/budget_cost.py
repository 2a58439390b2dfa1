"""Print what it costs to keep models quick and small: ensembles with and without the budget, on a run's own trials.

Run as ``python -m tests.benchmark.budget_cost RUN [RUN ...]``. Nothing is trained: the out-of-fold predictions that the
branches of each run kept are combined twice, and both scores are cross-fitted.
"""

import argparse
from pathlib import Path

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.ensembling import Costs, Pool, Spending, build_stacked, build_weighted, stackable
from podium_ml.run.budget import Deadline
from podium_ml.settings import ModelLimits, TabularSettings
from podium_ml.stages.build_ensemble import model_budget


def best_score(pool: Pool, problem: Problem, budget: Costs) -> tuple[float, int]:
    """Return the best score of an ensemble or a single member within a budget, and its number of members."""
    weighted, _, _ = build_weighted(pool, budget=budget, deadline=Deadline())
    found = [(weighted.score, len(weighted.members))]
    if len(stackable(pool)) > 1 and (built := build_stacked(pool, problem=problem, budget=budget)):
        found.append((built[0].score, len(built[0].members)))
    alone = Spending.of([one.costs for one in pool.members], budget).possible()
    found += [(pool.members[at].score, 1) for at in alone]
    return max(found, key=lambda one: pool.metric.utility(one[0]))


def main() -> None:
    """Print one row a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path)
    print(
        "| run | metric | without a budget | members | with it | members | lost % |\n|---|---|---|---|---|---|---|"
    )
    for run in parser.parse_args().runs:
        problem = Problem.load(run / "problem.json")
        features = next(run.glob("artifacts/**/features/y.npy")).parent
        candidates = [str(path.parent) for path in run.glob("artifacts/**/candidate.json")]
        pool = Pool.gather(candidates, Targets.load(features), problem=problem)
        limits = ModelLimits.read(TabularSettings().cut(ModelLimits))
        free, kept = (
            best_score(pool, problem, budget)
            for budget in (Costs(), model_budget(pool, limits, deadline=Deadline()))
        )
        lost = 100 * (pool.metric.utility(free[0]) - pool.metric.utility(kept[0])) / abs(free[0])
        print(
            f"| {run.name} | {problem.metric} | {free[0]:.5g} | {free[1]} | {kept[0]:.5g} | {kept[1]} | {lost:.3f} |"
        )


if __name__ == "__main__":
    main()
