"""The declaration of an algorithm."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from podium_ml.algorithms.space import Dimension
from podium_ml.run.budget import Deadline

Encoding = Literal["ordinal", "onehot", "native", "target"]
Matrix = np.ndarray | pd.DataFrame


# ``build(problem, *, seed, n_jobs, **params)`` returns an unfitted scikit-learn estimator; ``params`` are a
# point of the search space, and all have defaults.
Build = Callable[..., Any]


class Fit(Protocol):
    """Fits an estimator in a way of its own: early stopping, sample weights, a time limit."""

    def __call__(
        self,
        estimator: Any,
        X: Matrix,
        y: np.ndarray,
        *,
        sample_weight: np.ndarray | None,
        validation: tuple[Matrix, np.ndarray] | None,
        deadline: Deadline,
    ) -> Any:
        """Fit and return the estimator.

        Args:
            estimator: What ``build`` made.
            X: Encoded features, shape ``(n, d)``.
            y: Class codes ``0 .. K-1`` (int64) or values (float64), shape ``(n,)``.
            sample_weight: Weights, shape ``(n,)``, or ``None``.
            validation: The fold's own validation rows for early stopping, or ``None``.
            deadline: When to stop training and keep what there is.
        """
        ...


@dataclass(frozen=True)
class Resources:
    """What one branch asks of a cluster, in Kubernetes' notation.

    Attributes:
        cpu: CPU limit.
        memory: Memory limit.
        accelerator: Accelerator resource that speeds it up, or empty; used only where the user has one.
        image: Which of the project's images it runs in.
    """

    cpu: str = "1"
    memory: str = "2Gi"
    accelerator: str = ""
    image: Literal["python-cpu", "python-torch"] = "python-cpu"


@dataclass(frozen=True)
class AlgorithmSpec:
    """Everything that the pipeline needs to know of an algorithm.

    Attributes:
        name: What users type and the leaderboard shows, in snake_case.
        title: What reports print, e.g. ``"LightGBM"``.
        tasks: Kinds of problem that it solves.
        build: Makes the estimator. Classifiers get class codes and must offer ``predict_proba``.
        search_space: Dimensions by parameter name; empty if there is nothing to search.
        portfolio: Configurations to try first, the best default in front; ``{}`` is the plain default.
        needs: Which encoding of the features it wants.
        fit: How to fit, when ``estimator.fit(X, y[, sample_weight=])`` will not do.
        resources: What its pod asks for.
        weight: Relative claim to training time; 1 is average.
        minimum_seconds: Below this share of time a branch is not worth starting.
        max_rows: Fit on a random subset of at most so many rows (for methods whose cost explodes); 0 for all.
        interpretable: Whether predictions can be read off the model itself.
        deterministic: Whether equal seeds give equal models bit by bit.
        requires: Modules that must be importable, e.g. ``("torch",)``; see ``is_available``.
        extra: The extra of ``podium-automl`` that brings them.
        description: One sentence for ``podium algorithms``.
    """

    name: str
    title: str
    tasks: frozenset[str]
    build: Build
    search_space: Mapping[str, Dimension] = field(default_factory=dict)
    portfolio: Sequence[Mapping[str, Any]] = ({},)
    needs: Encoding = "ordinal"
    fit: Fit | None = None
    resources: Resources = field(default_factory=Resources)
    weight: float = 1.0
    minimum_seconds: float = 1.0
    max_rows: int = 0
    interpretable: bool = False
    deterministic: bool = True
    requires: tuple[str, ...] = ()
    extra: str = ""
    description: str = ""

    def is_available(self) -> bool:
        """Whether the modules that it requires are installed; nothing is imported to find out."""
        return all(find_spec(module) is not None for module in self.requires)

    def fit_estimator(
        self,
        estimator: Any,
        X: Matrix,
        y: np.ndarray,
        *,
        sample_weight: np.ndarray | None = None,
        validation: tuple[Matrix, np.ndarray] | None = None,
        deadline: Deadline | None = None,
    ) -> Any:
        """Fit what ``build`` made, by ``fit`` where the algorithm has one, and return it."""
        if self.fit is not None:
            deadline = deadline or Deadline()
            return self.fit(
                estimator, X, y, sample_weight=sample_weight, validation=validation, deadline=deadline
            )
        if sample_weight is None:
            return estimator.fit(X, y)
        return estimator.fit(X, y, sample_weight=sample_weight)
