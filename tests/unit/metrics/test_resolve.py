"""From what a user types to a metric."""

import numpy as np
import pytest

from podium_ml.errors import SettingsError
from podium_ml.metrics import default_metric, metrics_for, resolve_metric


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_auto_is_the_default_and_comes_first(task):
    assert resolve_metric("auto", task).name == default_metric(task) == metrics_for(task)[0].name


@pytest.mark.parametrize(
    ("typed", "task", "meant"),
    [
        ("neg_root_mean_squared_error", "regression", "rmse"),
        ("neg_log_loss", "multiclass", "log_loss"),
        ("roc_auc_ovr", "multiclass", "roc_auc_macro"),
        ("AUC_weighted", "binary", "roc_auc_weighted"),
    ],
)
def test_names_from_elsewhere_are_known(typed, task, meant):
    assert resolve_metric(typed, task).name == meant


def test_near_names_are_suggested():
    with pytest.raises(SettingsError, match="Did you mean roc_auc"):
        resolve_metric("roc_auk", "binary")


def test_a_metric_of_another_task_is_refused_with_those_that_fit():
    with pytest.raises(SettingsError, match=r"'rmse' is not for binary problems\. Choose among roc_auc"):
        resolve_metric("rmse", "binary")


OWN = '''
def cost(y_true, y_pred):
    """Misses cost five, false alarms one."""
    return float((5 * ((y_true == 1) & (y_pred == 0)) + ((y_true == 0) & (y_pred == 1))).mean())

cost.greater_is_better = False
cost.best = 0.0

def weighted(y_true, y_pred, sample_weight=None):
    return float(np.average(y_true == y_pred, weights=sample_weight))

import numpy as np
number = 3
'''


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A module of the user's own metrics."""
    (tmp_path / "own_metrics.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "own_metrics"


def test_the_users_own_metric(own):
    metric = resolve_metric(f"{own}:cost", "binary")
    y, raw = np.array([1, 0]), np.array([[0.9, 0.1], [0.2, 0.8]])
    assert metric.score(y, raw) == 3.0
    assert metric.utility(3.0) == -3.0
    assert metric.description == "Misses cost five, false alarms one."


def test_the_users_own_metric_with_weights(own):
    metric = resolve_metric(f"{own}:weighted", "binary")
    y, raw = np.array([1, 0]), np.array([[0.1, 0.9], [0.2, 0.8]])
    assert metric.score(y, raw, np.array([3.0, 1.0])) == 0.75


@pytest.mark.parametrize("path", ["nowhere:metric", "own_metrics:missing", "own_metrics:number"])
def test_metrics_that_cannot_be_imported(own, path):
    with pytest.raises(SettingsError, match=r"[Mm]etric"):
        resolve_metric(path, "binary")
