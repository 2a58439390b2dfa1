"""Suggests the next configuration from the results of earlier trials."""

import inspect
from collections.abc import Mapping
from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Dimension, Float, Int

# The space counts as exhausted after this many repeated suggestions in a row.
_MOST_REPEATS = 20
# With fewer trials than this, the sampler draws at random.
_RANDOM_TRIALS = 5


class Suggestions:
    """Suggests configurations with Optuna's tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011).

    Equal seeds and equal results give equal suggestions.

    Args:
        spec: The algorithm, for its search space and defaults.
        seed: Seed of the sampler.
        by_chance: Whether to draw at random, whatever the results.
    """

    def __init__(self, spec: AlgorithmSpec, *, seed: int, by_chance: bool = False) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        samplers = optuna.samplers
        sampler = (
            samplers.RandomSampler(seed=seed)
            if by_chance
            else samplers.TPESampler(seed=seed, n_startup_trials=_RANDOM_TRIALS, multivariate=True)
        )
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self._space, self._defaults = spec.search_space, _defaults(spec)
        self._distributions = {name: _distribution(one) for name, one in spec.search_space.items()}
        self._known: list[tuple[dict[str, Any], float | None]] = []
        self._asked: Any = None

    def learn(self, parameters: Mapping[str, Any], utility: float | None) -> None:
        """Add a trial that was not suggested here. The sampler learns from it if it lies in the search space.

        Args:
            parameters: Configuration of the trial; missing parameters have the algorithm's defaults.
            utility: Score of the trial, greater is better; ``None`` if it has none.
        """
        import optuna

        whole = {**self._defaults, **parameters}
        point = {name: whole[name] for name in self._space if name in whole}
        self._known.append((point, utility))
        inside = point.keys() == self._space.keys() and set(parameters) <= set(self._space)
        if utility is None or not inside or not all(map(_contains, self._space.values(), point.values())):
            return
        self._study.add_trial(
            optuna.trial.create_trial(params=point, distributions=self._distributions, value=utility)
        )

    def ask(self) -> dict[str, Any] | None:
        """Return a configuration that has not been tried yet, or ``None`` if the space seems exhausted."""
        for _ in range(_MOST_REPEATS):
            self._asked = self._study.ask(self._distributions)
            parameters = dict(self._asked.params)
            same = [utility for point, utility in self._known if point == parameters]
            if not same:
                self._known.append((parameters, None))
                return parameters
            self.tell(same[-1])
        return None

    def tell(self, utility: float | None) -> None:
        """Report the score of the last suggestion, greater is better; ``None`` if it has no score."""
        import optuna

        states = optuna.trial.TrialState
        self._study.tell(self._asked, utility, state=states.FAIL if utility is None else states.COMPLETE)
        self._known.append((dict(self._asked.params), utility))


def _defaults(spec: AlgorithmSpec) -> dict[str, Any]:
    parameters = inspect.signature(spec.build).parameters.values()
    return {one.name: one.default for one in parameters if one.default is not inspect.Parameter.empty}


def _distribution(dimension: Dimension) -> Any:
    from optuna import distributions

    if isinstance(dimension, Int):
        return distributions.IntDistribution(dimension.low, dimension.high, log=dimension.log)
    if isinstance(dimension, Float):
        return distributions.FloatDistribution(dimension.low, dimension.high, log=dimension.log)
    return distributions.CategoricalDistribution(dimension.choices)


def _contains(dimension: Dimension, value: Any) -> bool:
    if isinstance(dimension, Categorical):
        return any(value is choice or value == choice for choice in dimension.choices)
    return isinstance(value, int | float) and dimension.low <= value <= dimension.high
