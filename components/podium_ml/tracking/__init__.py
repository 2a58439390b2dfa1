"""MLflow: an experiment per project, a run per pipeline run, a child run per candidate, a step per trial."""

from podium_ml.tracking._log_one import log_one_model
from podium_ml.tracking._log_run import log_run
from podium_ml.tracking.store import prepare_store, tracking_uri

__all__ = ["log_one_model", "log_run", "prepare_store", "tracking_uri"]
