"""MLflow: one experiment a project, one run a pipeline run, a child a candidate, its trials as steps."""

from podium_ml.tracking._log_run import log_run
from podium_ml.tracking.store import prepare_store, tracking_uri

__all__ = ["log_run", "prepare_store", "tracking_uri"]
