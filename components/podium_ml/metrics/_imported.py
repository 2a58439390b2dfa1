"""User-defined metrics, given by import path."""

import importlib
import importlib.util
import inspect
import os
import sys
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np

from podium_ml.confinement import check_metric
from podium_ml.errors import SettingsError
from podium_ml.metrics._metric import SET_TASKS, Function, Metric, Needs
from podium_ml.metrics._quiet import quiet

# Tasks whose predictions are values.
_VALUE_TASKS = frozenset({"regression", "forecasting"})
_IMPORT_HINT = "Add the folder of its module to PYTHONPATH; on a cluster, add it to the image."


def imported_metric(path: str, task: str) -> Metric:
    """Return a metric that wraps a user's ``function(y_true, y_pred)``, called as scikit-learn's metrics are.

    ``y_true`` holds class codes (positions in the sorted classes; 1 is the positive class) or values, shape ``(n,)``.
    For sets of labels it is a 0/1 matrix of shape ``(n, L)``, and so are predicted labels.
    The function may have these attributes:

    - ``needs``: ``"label"`` (default), ``"probability"`` (shape ``(n,)`` of the positive class for binary problems,
      ``(n, K)`` for several classes) or ``"value"`` (the only choice for regression and forecasts);
    - ``greater_is_better``: default true;
    - ``best``: value of a perfect prediction, default 1, or 0 if lower is better.

    If the function has a parameter ``sample_weight``, it receives the rows' weights, if there are any.

    Args:
        path: ``package.module:function``.
        task: ``"binary"``, ``"multiclass"``, ``"multilabel"``, ``"regression"`` or ``"forecasting"``.

    Raises:
        SettingsError: The metric cannot be imported, or may not in the pod of a run; it is not such a function; or it
            fails on a small example.
    """
    check_metric(path)
    function = _import(path)
    needs = _needs(function, path, task)
    greater_is_better = bool(getattr(function, "greater_is_better", True))
    metric = Metric(
        name=path,
        title=path.rpartition(":")[2],
        tasks=frozenset({task}),
        needs=needs,
        greater_is_better=greater_is_better,
        function=_adapt(function, positive_only=needs == "probability" and task == "binary"),
        description=(inspect.getdoc(function) or "A user-defined metric.").splitlines()[0],
        best=float(getattr(function, "best", 1.0 if greater_is_better else 0.0)),
        tunes_threshold=needs == "label" and task in ("binary", *SET_TASKS),
        of_sets=task in SET_TASKS,
    )
    _check_on_example(metric, function, task)
    return metric


def _import(path: str) -> Any:
    module, _, attribute = path.partition(":")
    if module.endswith(".py") or "/" in module or "\\" in module:
        raise SettingsError(
            f"The metric '{path}' names a file.", "Give its module instead: 'my_metrics:function'."
        )
    try:
        _check_place(path, module)
        function = getattr(importlib.import_module(module), attribute)
    except SettingsError:
        raise
    except Exception as error:  # whatever the user's module does
        reason = f"{type(error).__name__}: {error}".rstrip(".")
        raise SettingsError(f"Cannot import the metric '{path}': {reason}.", _IMPORT_HINT) from error
    if not callable(function) or hasattr(function, "_score_func"):
        kind = type(function).__name__
        raise SettingsError(
            f"The metric '{path}' is of type {kind}.", "It must be a function(y_true, y_pred)."
        )
    return function


def _check_place(path: str, module: str) -> None:
    """Refuse a module in the working folder, which may hold files of others, unless the user put it on the path.

    Python itself puts the working folder on the path of ``python -m`` and of notebooks.
    """
    top = module.partition(".")[0]
    spec = importlib.util.find_spec(top) if top and top not in sys.modules else None
    places = spec.submodule_search_locations or [spec.origin or ""] if spec else ()
    own = [Path(one).resolve() for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one]
    here = Path.cwd().resolve()
    # A link in the working folder is there, wherever it leads to.
    if here not in own and any(Path(place).parent.resolve() == here for place in places):
        raise SettingsError(f"The metric '{path}' is in the working folder.", _IMPORT_HINT)


def _needs(function: Any, path: str, task: str) -> Needs:
    needs = getattr(function, "needs", "value" if task in _VALUE_TASKS else "label")
    possible = ("value",) if task in _VALUE_TASKS else ("label", "probability")
    if needs not in possible:
        wanted = " or ".join(f"'{one}'" for one in possible)
        hint = f"For {task} problems, use {wanted}." if needs in get_args(Needs) else f"Use {wanted}."
        raise SettingsError(f"The metric '{path}' needs '{needs}'.", hint)
    return cast(Needs, needs)


def _adapt(function: Any, *, positive_only: bool) -> Function:
    weighted = _takes_weights(function)

    @quiet
    def adapted(y_true: np.ndarray, prediction: np.ndarray, sample_weight: np.ndarray | None) -> float:
        shown = prediction[:, 1] if positive_only else prediction
        if weighted and sample_weight is not None:
            return function(y_true, shown, sample_weight=sample_weight)
        return function(y_true, shown)

    return adapted


def _takes_weights(function: Any) -> bool:
    try:
        return "sample_weight" in inspect.signature(function).parameters
    except (TypeError, ValueError):  # built in C, without a signature
        return False


def _check_on_example(metric: Metric, function: Any, task: str) -> None:
    """Call a metric once, so that its errors show before anything is trained."""
    try:
        float(function(*_example(metric.needs, task)))
    except Exception as error:  # whatever the user's function does
        reason = f"{type(error).__name__}: {error}".rstrip(".")
        raise SettingsError(
            f"The metric '{metric.name}' fails on a small {task} example: {reason}.",
            "It is called as function(y_true, y_pred) and must return one number.",
        ) from error


def _example(needs: Needs, task: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a few true targets with mediocre predictions."""
    classes = 2 if task == "binary" else 3
    codes = np.arange(30) % classes
    guessed = np.where(np.arange(30) % 4 == 0, np.roll(codes, 1), codes)
    if needs == "value":
        return codes + 1.0, guessed + 1.5
    if task in SET_TASKS:
        truth, labels = np.eye(classes, dtype=np.int64)[codes], np.eye(classes, dtype=np.int64)[guessed]
        return truth, labels if needs == "label" else 0.1 + 0.7 * labels
    if needs == "label":
        return codes, guessed
    raw = 0.1 + 0.7 * np.eye(classes)[guessed]
    raw /= raw.sum(axis=1, keepdims=True)
    return codes, raw[:, 1] if task == "binary" else raw
