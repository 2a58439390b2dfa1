"""The delivered model in MLflow's own format."""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.files import pickles
from podium_ml.tabular.predictor import Predictor


class PredictorModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Serves a ``Predictor`` through MLflow: the same columns as ``podium predict --proba``."""

    def load_context(self, context: Any) -> None:
        """Load the model that lies beside."""
        self._predictor = Predictor.load(context.artifacts["model"])

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Return ``prediction`` and, for classification, one ``probability_<class>`` a class."""
        table = pd.DataFrame({"prediction": self._predictor.predict(model_input)})
        if not self._predictor.problem.is_classification:
            return table
        columns = [f"probability_{label}" for label in self._predictor.problem.classes]
        return table.join(pd.DataFrame(self._predictor.predict_proba(model_input), columns=columns))


class _Flavor:
    """MLflow's Python function flavour, for ``Model.log``."""

    @staticmethod
    def save_model(path: str, mlflow_model: Any, *, validate_serving_input: bool, **arguments: Any) -> None:
        """Save; the flag is for ``Model.log`` alone."""
        mlflow.pyfunc.save_model(path, mlflow_model=mlflow_model, **arguments)


def log_model(delivery: Path, *, problem: Problem, example: pd.DataFrame, registered_name: str) -> str:
    """Log the model with signature and input example to the active run and register it.

    Nothing is loaded or predicted for it: that was done before, and large ensembles would take long.

    Args:
        delivery: Folder with ``model.pkl``.
        problem: The problem that it solves.
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
        signature=_signature(problem, example),
        input_example=example,
        pip_requirements=pickles.read_metadata(delivery / "model.pkl")["requirements"],
        registered_model_name=registered_name,
    )
    return str(info.registered_model_version)


def _signature(problem: Problem, example: pd.DataFrame) -> Any:
    from mlflow.models import ModelSignature, infer_signature
    from mlflow.types import ColSpec, DataType, Schema

    kinds = {bool: DataType.boolean, int: DataType.long, float: DataType.double}
    label = type(problem.classes[0]) if problem.classes else float
    columns = [ColSpec(kinds.get(label, DataType.string), "prediction")]
    columns += [ColSpec(DataType.double, f"probability_{one}") for one in problem.classes]
    return ModelSignature(inputs=infer_signature(example).inputs, outputs=Schema(columns))
