"""The delivered model in MLflow's own format."""

import contextlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.utils import environment

from podium_ml.contracts import Problem, Reading
from podium_ml.files import pickles
from podium_ml.kinds import load_predictor, prediction_table
from podium_ml.targets import target_of

_LIBRARY, _PACKAGE = "podium-automl", Path(__file__).parents[1]


class PredictorModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Serves a ``Predictor`` through MLflow, with the same columns as ``podium predict --proba``."""

    def load_context(self, context: Any) -> None:
        """Load the model from the artifacts."""
        self._predictor = load_predictor(context.artifacts["model"])

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Return the column ``prediction``, and the probabilities of classes and labels or the quantiles of forecasts.

        Rows to forecast may come with newer rows that have the target, which are history and have no prediction.
        """
        return prediction_table(self._predictor, model_input, proba=True)


class _Flavor:
    """MLflow's Python function flavour, for ``Model.log``."""

    @staticmethod
    def save_model(path: str, mlflow_model: Any, *, validate_serving_input: bool, **arguments: Any) -> None:
        """Save the model; only ``Model.log`` uses the flag."""
        with _without_environment_check():
            mlflow.pyfunc.save_model(path, mlflow_model=mlflow_model, **arguments)


@contextlib.contextmanager
def _without_environment_check() -> Iterator[None]:
    """Keep MLflow from comparing the requirements with what is installed.

    They name the installed versions, so there is nothing to find, and the comparison reads the list of files of every
    package, which takes a third of the time of a whole publication.
    """
    check = "warn_dependency_requirement_mismatches"
    original = getattr(environment, check, None)
    setattr(environment, check, lambda _requirements: None)
    try:
        yield
    finally:
        setattr(environment, check, original)


def log_model(delivery: Path, *, problem: Problem, example: pd.DataFrame, registered_name: str) -> str:
    """Log the model with its signature and input example to the active run, and register it.

    The model is neither loaded nor run here: that was done before, and would take long for large ensembles.

    Args:
        delivery: Folder with ``model.pkl``.
        problem: The problem that the model solves.
        example: A few rows in the user's own columns.
        registered_name: Name in the model registry.

    Returns:
        The registered version.
    """
    info = mlflow.models.Model.log(
        artifact_path=None,
        name="model",
        flavor=_Flavor,
        validate_serving_input=False,
        python_model=PredictorModel(),
        artifacts={"model": str(delivery / "model.pkl")},
        code_paths=[str(_PACKAGE)],
        signature=_signature(problem, example, pickles.read_metadata(delivery / "model.pkl").get("columns")),
        input_example=example,
        pip_requirements=_requirements(delivery / "model.pkl"),
        registered_model_name=registered_name,
    )
    return str(info.registered_model_version)


def _requirements(model: Path) -> list[str]:
    """Return what the model needs besides the library, whose code goes with the model because no index has it."""
    return [
        one
        for one in pickles.read_metadata(model)["requirements"]
        if one.partition("==")[0] not in (_LIBRARY, "")
    ]


def _signature(problem: Problem, example: pd.DataFrame, needed: Collection[str] | None = None) -> Any:
    """Describe what goes in and out.

    Args:
        problem: The problem that the model solves.
        example: A few rows in the user's own columns.
        needed: The columns that the model reads; ``None`` for all.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema

    kinds = {bool: DataType.boolean, int: DataType.long, float: DataType.double}
    target = target_of(problem)
    decoded = target.decode(target.decide(target.zeros(1, problem), None), problem)[0]
    kind = type(decoded.item() if hasattr(decoded, "item") else decoded)
    columns = [ColSpec(kinds.get(kind, DataType.string), "prediction")]
    columns += [ColSpec(DataType.double, f"probability_{one}") for one in problem.classes]
    if problem.series is not None:
        columns += [ColSpec(DataType.double, f"q{level:g}") for level in problem.series.quantiles]
    required = {
        one.name for one in problem.columns if one.required and (needed is None or one.name in needed)
    }
    readings = problem.readings
    inputs = [
        ColSpec(_input_type(values, readings.get(str(name))), str(name), required=str(name) in required)
        for name, values in example.items()
    ]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(columns))


def _input_type(values: pd.Series, reading: Reading | None) -> Any:
    """Return a type that lets missing values through, as the model does.

    Numbers have any type: pandas turns whole numbers with gaps into floats, and MLflow takes neither floats for whole
    numbers nor whole numbers for floats. So have dates that the user writes in text: MLflow would read them in its own
    way, 05.12.2024 as 12 May.
    """
    from mlflow.types import DataType
    from mlflow.types.schema import AnyType

    if pd.api.types.is_bool_dtype(values.dtype):
        return DataType.boolean
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return AnyType() if reading and reading.type == "string" else DataType.datetime
    texts = not pd.api.types.is_numeric_dtype(values.dtype) and values.map(lambda one: isinstance(one, str))
    return DataType.string if np.all(texts) else AnyType()
