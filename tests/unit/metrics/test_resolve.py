"""Tests of resolve_metric."""

import sys

import numpy as np
import pytest

from podium_ml.errors import SettingsError
from podium_ml.metrics import METRICS, default_metric, metrics_for, resolve_metric
from podium_ml.metrics._resolve import _ALIASES


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_auto_is_the_default_metric(task):
    assert resolve_metric("auto", task).name == default_metric(task) == metrics_for(task)[0].name


@pytest.mark.parametrize(
    ("typed", "task", "meant"),
    [
        ("neg_root_mean_squared_error", "regression", "rmse"),
        ("neg_log_loss", "multiclass", "log_loss"),
        ("roc_auc_ovr", "multiclass", "roc_auc_macro"),
        ("AUC_weighted", "binary", "roc_auc_weighted"),
        (" RMSE ", "regression", "rmse"),
        ("f1_score", "binary", "f1"),
        ("AUCWeighted", "binary", "roc_auc_weighted"),
        ("NormalizedRootMeanSquaredError", "forecasting", "nrmse"),
        ("R2Score", "forecasting", "r2"),
        ("SpearmanCorrelation", "forecasting", "spearman"),
        ("mean_wQuantileLoss", "forecasting", "wql"),
        ("WAPE", "forecasting", "wape"),
        ("MSE", "forecasting", "rmse"),
    ],
)
def test_aliases(typed, task, meant):
    assert resolve_metric(typed, task).name == meant


def test_bias_is_reported_but_not_optimized():
    assert "bias" in {metric.name for metric in metrics_for("regression")}
    with pytest.raises(SettingsError, match="errors in both directions cancel"):
        resolve_metric("bias", "regression")


def test_similar_names_are_suggested():
    with pytest.raises(SettingsError, match="Did you mean roc_auc"):
        resolve_metric("roc_auk", "binary")


def test_metric_of_another_task_is_refused():
    with pytest.raises(SettingsError, match=r"'rmse' is not for binary problems\. Choose one of roc_auc"):
        resolve_metric("rmse", "binary")


def test_most_similar_names_are_listed_first():
    with pytest.raises(SettingsError, match="Choose one of roc_auc_macro, "):
        resolve_metric("roc_auc", "multiclass")


def test_aliases_are_valid():
    assert set(_ALIASES.values()) <= set(METRICS)
    assert not set(_ALIASES) & set(METRICS)
    assert all(name == name.lower() for name in _ALIASES)


OWN = '''
def cost(y_true, y_pred):
    """Misses cost five, false alarms one."""
    return float((5 * ((y_true == 1) & (y_pred == 0)) + ((y_true == 0) & (y_pred == 1))).mean())

cost.greater_is_better = False
cost.best = 0.0

def weighted(y_true, y_pred, sample_weight=None):
    return float(np.average(y_true == y_pred, weights=sample_weight))

def ranking(y_true, y_score):
    return float(y_score[y_true == 1].mean() - y_score[y_true == 0].mean())

ranking.needs = "probability"

def surest(y_true, y_score):
    return float(y_score.max(axis=1).mean())

surest.needs = "probability"

def ratio(y_true, y_pred):
    """Total predicted over total true."""
    return y_pred.sum() / y_true.sum()

def broken(y_true, y_pred):
    raise KeyError("no such thing")

def text(y_true, y_pred):
    return "fine"

def confused(y_true, y_pred):
    return 0.0

confused.needs = "hope"

import numpy as np
from sklearn.metrics import accuracy_score, make_scorer

scorer = make_scorer(accuracy_score)
number = 3
'''


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Return the name of a module with custom metrics."""
    (tmp_path / "own_metrics.py").write_text(OWN)
    (tmp_path / "bad_module.py").write_text("undefined_name")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "own_metrics"


def test_custom_metric(own):
    metric = resolve_metric(f"{own}:cost", "binary")
    y, raw = np.array([1, 0]), np.array([[0.9, 0.1], [0.2, 0.8]])
    assert metric.score(y, raw) == 3.0
    assert metric.utility(3.0) == -3.0
    assert metric.description == "Misses cost five, false alarms one."


def test_custom_metric_with_weights(own):
    metric = resolve_metric(f"{own}:weighted", "binary")
    y, raw = np.array([1, 0]), np.array([[0.1, 0.9], [0.2, 0.8]])
    assert metric.score(y, raw, np.array([3.0, 1.0])) == 0.75


def test_custom_metric_of_probabilities(own):
    y, raw = np.array([1, 0]), np.array([[0.1, 0.9], [0.8, 0.2]])
    assert resolve_metric(f"{own}:ranking", "binary").score(y, raw) == pytest.approx(0.7)
    assert resolve_metric(f"{own}:surest", "multiclass").score(y, raw) == pytest.approx(0.85)


def test_custom_metric_of_values(own):
    metric = resolve_metric(f"{own}:ratio", "regression")
    assert metric.score(np.array([2.0, 2.0]), np.array([1.0, 2.0])) == 0.75
    assert np.isnan(metric.score(np.zeros(2), np.ones(2)))


def test_scikit_learn_functions_are_metrics():
    metric = resolve_metric("sklearn.metrics:zero_one_loss", "multiclass")
    assert metric.score(np.array([0, 1]), np.eye(3)[[0, 2]]) == 0.5
    assert metric.description


@pytest.mark.parametrize(
    ("path", "task", "message"),
    [
        ("nowhere:metric", "binary", "No module named 'nowhere'. Add the folder"),
        ("own_metrics:missing", "binary", "no attribute 'missing'"),
        ("own_metrics:number", "binary", "is of type int. It must be a function"),
        ("own_metrics:scorer", "binary", "It must be a function"),
        ("own_metrics:broken", "binary", "fails on a small binary example: KeyError: 'no such thing'"),
        ("own_metrics:text", "multiclass", "could not convert string to float"),
        ("own_metrics:confused", "binary", "needs 'hope'. Use 'label' or 'probability'"),
        ("own_metrics:ranking", "regression", "For regression problems, use 'value'"),
        ("own_metrics.py:cost", "binary", "Give its module"),
        (":cost", "binary", "Cannot import"),
        ("bad_module:cost", "binary", "Cannot import the metric 'bad_module:cost': NameError"),
    ],
)
def test_invalid_metrics(own, path, task, message):
    with pytest.raises(SettingsError) as caught:
        resolve_metric(path, task)
    assert message in str(caught.value)


def test_modules_in_the_working_folder_are_not_imported(tmp_path, monkeypatch):
    """The folder may hold files of somebody else, as may the configuration that names them."""
    (tmp_path / "stranger.py").write_text("raise SystemExit('it was imported')")
    (tmp_path / "strangers").mkdir()
    (tmp_path / "strangers" / "__init__.py").write_text("raise SystemExit('it was imported')")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "hidden.py").write_text("raise SystemExit('it was imported')")
    (tmp_path / "linked.py").symlink_to(tmp_path / "deep" / "hidden.py")
    monkeypatch.chdir(tmp_path)
    for place in ("", str(tmp_path)):
        monkeypatch.syspath_prepend(place)  # as `python -m` and notebooks do
        for name in ("stranger:cost", "strangers.metrics:cost", "deep.hidden:cost", "linked:cost"):
            with pytest.raises(SettingsError, match="Add the folder of its module to PYTHONPATH"):
                resolve_metric(name, "binary")


def test_modules_of_the_working_folder_on_the_users_own_path(own, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert resolve_metric(f"{own}:cost", "binary").best == 0.0


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize("path", ["antigravity:metric", "os:system", "sklearn.metrics:zero_one_loss"])
def test_pods_import_no_module_that_a_form_names(path, monkeypatch):
    """Importing a module runs its code: any module of the image, for whoever fills in the form."""
    monkeypatch.setenv("PODIUM_ALLOWED_METRICS", "our_metrics:*")
    monkeypatch.delitem(sys.modules, "antigravity", raising=False)
    with pytest.raises(SettingsError, match=r"may not import .*The cluster's owner allows our_metrics:\*"):
        resolve_metric(path, "binary")
    assert "antigravity" not in sys.modules


@pytest.mark.usefixtures("pod")
def test_pods_import_metrics_that_the_owner_lists(own, monkeypatch):
    monkeypatch.setenv("PODIUM_ALLOWED_METRICS", f"{own}:cost, {own}:w*")
    assert resolve_metric(f"{own}:cost", "binary").best == 0.0
    assert resolve_metric(f"{own}:weighted", "binary")
    with pytest.raises(SettingsError, match="may not import"):
        resolve_metric(f"{own}:ranking", "binary")
