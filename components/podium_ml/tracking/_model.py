"""The delivered model in MLflow's own format."""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd

from podium_ml.predictor import Predictor


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


def log_model(delivery: Path, *, registered_name: str) -> str:
    """Log the model with signature and input example to the active run and register it.

    Args:
        delivery: Folder with ``model.pkl``.
        registered_name: Name in the model registry.

    Returns:
        The registered version.
    """
    predictor = Predictor.load(delivery / "model.pkl")
    example = predictor.sample.head(5)
    model = PredictorModel()
    model._predictor = predictor
    output = model.predict(None, example)
    del model._predictor
    info = mlflow.pyfunc.log_model(
        name="model",
        python_model=model,
        artifacts={"model": str(delivery / "model.pkl")},
        signature=mlflow.models.infer_signature(example, output),
        input_example=example,
        pip_requirements=predictor.requirements,
        registered_model_name=registered_name,
    )
    return str(info.registered_model_version)
