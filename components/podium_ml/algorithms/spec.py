"""The declaration of an algorithm."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from podium_ml.algorithms.cost import Cost
from podium_ml.algorithms.related import Related
from podium_ml.algorithms.rounds import Rounds
from podium_ml.algorithms.space import Dimension
from podium_ml.run.budget import Deadline

Encoding = Literal[
    "ordinal",
    "onehot",
    "native",
    "target",
    "panel",
    "panel_past",
    "pixels",
    "maps",
    "tfidf",
    "words",
    "pieces",
    "nothing",
]
Matrix = np.ndarray | pd.DataFrame
# Features, targets and weights (or ``None``) of validation rows.
Validation = tuple[Matrix, np.ndarray, np.ndarray | None]


# ``build(problem, *, seed, n_jobs, **params)`` returns an unfitted scikit-learn estimator; ``params`` is a point
# of the search space, and every parameter has a default.
Build = Callable[..., Any]
# ``augment(pixels, y, *, seed, **params)`` returns the pixels of one row, uint8, shape ``(side, side, channels)``, and
# its objects, if the kind has some, as training changes them by chance.
Augment = Callable[..., tuple[np.ndarray, Any]]


class Fit(Protocol):
    """A custom way to fit an estimator, with validation rows, sample weights or a time limit.

    If the estimator has the attribute ``splits_inside``, the function is also given ``related``, and passes it on to
    the estimator's own ``fit``.
    """

    def __call__(
        self,
        estimator: Any,
        X: Matrix,
        y: np.ndarray,
        *,
        sample_weight: np.ndarray | None,
        validation: Validation | None,
        deadline: Deadline,
    ) -> Any:
        """Fit and return the estimator.

        Args:
            estimator: Estimator returned by ``build``.
            X: Encoded features, shape ``(n, d)``.
            y: Class codes ``0 .. K-1`` (int64) or values (float64), shape ``(n,)``.
            sample_weight: Weights, shape ``(n,)``, or ``None``.
            validation: The fold's own validation rows, or ``None``. They may end a fit that no longer gains anything,
                but only the losses on all folds together choose the number of rounds; see ``Rounds``.
            deadline: When to stop training and keep the model fitted so far.
        """
        ...


@dataclass(frozen=True)
class Resources:
    """Resources that one branch requests from a cluster, in Kubernetes notation.

    Attributes:
        cpu: CPU limit.
        memory: Memory limit.
        accelerator: Accelerator resource that speeds up training, or empty; used only if the user has one.
        image: Project image that the branch runs in.
    """

    cpu: str = "1"
    memory: str = "2Gi"
    accelerator: str = ""
    image: Literal["python-cpu", "python-torch"] = "python-cpu"


@dataclass(frozen=True)
class AlgorithmSpec:
    """Everything that the pipeline needs to know about an algorithm.

    Attributes:
        name: Name that users type and the leaderboard shows, in snake_case.
        title: Name in reports, e.g. ``"LightGBM"``.
        tasks: Kinds of problems that it solves.
        build: Returns the estimator. Classifiers get class codes and must provide ``predict_proba``.
        search_space: Dimensions by parameter name; empty if there is nothing to tune.
        portfolio: Configurations to try first, the best default first; ``{}`` stands for the plain defaults.
        sparse: Configurations that leave out most columns, to try first if there are many columns for the rows.
        needs: Encoding of the features that it requires.
        reads: Role of columns without which it takes no part, such as ``"image"``; empty for none.
        weights: Setting that names the pretrained weights without which it takes no part, such as ``"encoder"``.
        reads_weights: Whether it can read a file of these weights, by its name; ``None`` if it can read any.
        fit: How to fit the estimator, if ``estimator.fit(X, y[, sample_weight=])`` is not enough.
        augment: How training changes pictures; ``None`` if it does not.
        rounds: How the number of rounds is chosen, for algorithms that learn in rounds.
        seeds: Number of models whose mean is handed over, each fitted on all rows with another seed, if the limits on
            the model allow it.
        resources: Resources that its pod requests.
        trials: Greatest number of trials; 0 for no limit.
        weight: Relative share of the training time; 1 is average. Those with 2 or more gain from each further trial and
            get what the others leave.
        usefulness: Expected place among the algorithms, higher is better. For tables, boosted trees come before
            forests, and these before linear models and neighbors, as in TabArena (https://arxiv.org/abs/2506.16791).
            If time is short, those with the highest value per second take part.
        cost: What a fit costs; see ``Cost``.
        max_rows: Maximum size of the random subset to fit on, for methods whose cost explodes; 0 for all rows.
        by_group: Whether each group of rows is learned on its own, so that several branches can share the groups. The
            search then tries the same configurations whatever they score, because all branches must agree.
        weighted: Whether fitting takes sample weights. If not, they are ignored there and count in the scores alone.
        interpretable: Whether the fitted model explains its own predictions, like a linear model or a small tree.
        joint_labels: Whether one estimator learns all labels of sets at once, from targets of shape ``(n, L)``; others
            learn one label at a time.
        deterministic: Whether equal seeds give bit-identical models.
        keeps_rows: Whether the fitted model holds training rows, so that it takes no part if the model may hold none.
        requires: Modules that must be importable, e.g. ``("torch",)``; see ``is_available``.
        predicts_with: Those that its models need to predict, if they are not the same.
        extra: Extra of ``podium-automl`` that installs them.
        for_accelerators: Whether it takes part only if the user names it or branches get an accelerator.
        description: One sentence for ``podium algorithms``.
    """

    name: str
    title: str
    tasks: frozenset[str]
    build: Build
    search_space: Mapping[str, Dimension] = field(default_factory=dict)
    portfolio: Sequence[Mapping[str, Any]] = ({},)
    sparse: Sequence[Mapping[str, Any]] = ()
    needs: Encoding = "ordinal"
    reads: str = ""
    weights: str = ""
    reads_weights: Callable[[str], bool] | None = None
    fit: Fit | None = None
    augment: Augment | None = None
    rounds: Rounds | None = None
    seeds: int = 1
    resources: Resources = field(default_factory=Resources)
    trials: int = 0
    weight: float = 1.0
    usefulness: int = 0
    cost: Cost = field(default_factory=Cost)
    max_rows: int = 0
    by_group: bool = False
    weighted: bool = True
    interpretable: bool = False
    joint_labels: bool = False
    deterministic: bool = True
    keeps_rows: bool = False
    requires: tuple[str, ...] = ()
    predicts_with: tuple[str, ...] | None = None
    extra: str = ""
    for_accelerators: bool = False
    description: str = ""

    @property
    def samples_rows(self) -> bool:
        """Whether it may learn from a random part of the rows. Without some of its steps, a series is another one."""
        return not self.needs.startswith("panel")

    @property
    def compresses(self) -> bool:
        """Whether a deadline compresses the schedule of a fit, which ends complete, in place of cutting it short."""
        return self.rounds is not None and not self.rounds.grow

    @property
    def models_require(self) -> tuple[str, ...]:
        """Modules that its models import when they predict."""
        return self.requires if self.predicts_with is None else self.predicts_with

    def is_available(self) -> bool:
        """Whether the required modules are installed, checked without importing them."""
        return all(find_spec(module) is not None for module in self.requires)

    def fit_estimator(
        self,
        estimator: Any,
        X: Matrix,
        y: np.ndarray,
        *,
        sample_weight: np.ndarray | None = None,
        validation: Validation | None = None,
        rounds: int = 0,
        deadline: Deadline | None = None,
        related: Related | None = None,
    ) -> Any:
        """Fit an estimator from ``build``, with ``fit`` if the algorithm has one, and return it.

        Args:
            estimator: The unfitted estimator.
            X: Encoded features, shape ``(n, d)``.
            y: Targets, shape ``(n,)``.
            sample_weight: Weights, shape ``(n,)``, or ``None``.
            validation: Validation rows, or ``None``.
            rounds: Number of rounds without validation rows; 0 for the algorithm's own.
            deadline: When to stop training.
            related: Groups and times of the rows, for estimators that split them; these have ``splits_inside``.
        """
        weight = sample_weight if self.weighted else None
        if self.rounds is not None and validation is None:
            estimator.set_params(**{self.rounds.parameter: rounds or self.rounds.default(estimator)})
        more: dict[str, Any] = {}
        if related is not None and getattr(estimator, "splits_inside", False):
            more["related"] = related
        if self.fit is not None:
            more |= {"validation": validation, "deadline": deadline or Deadline()}
            return self.fit(estimator, X, y, sample_weight=weight, **more)
        if weight is not None:
            more["sample_weight"] = weight
        return estimator.fit(X, y, **more)
