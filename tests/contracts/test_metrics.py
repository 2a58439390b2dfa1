"""Every registered metric keeps the same promises."""

import warnings

import numpy as np
import pytest

from podium_ml.metrics import METRICS, metrics_for

CASES = [(name, task) for name in METRICS for task in sorted(METRICS[name].tasks)]


def truth(task, rows=90, seed=0):
    """Targets that every metric of the task is defined for."""
    random = np.random.default_rng(seed)
    if task == "regression":
        return random.gamma(2.0, 3.0, rows) + 0.1
    return np.arange(rows) % (2 if task == "binary" else 4)


def guesses(task, y, *, skill, seed=1):
    """Raw predictions between nonsense (skill 0) and perfection (skill 1)."""
    random = np.random.default_rng(seed)
    if task == "regression":
        return skill * y + (1 - skill) * random.permutation(y)
    perfect = np.eye(y.max() + 1)[y]
    return skill * perfect + (1 - skill) * random.dirichlet(np.ones(perfect.shape[1]), len(y))


@pytest.mark.parametrize(("name", "task"), CASES)
def test_perfection_is_the_best_value(name, task):
    y = truth(task)
    assert METRICS[name].score(y, guesses(task, y, skill=1.0)) == pytest.approx(METRICS[name].best)


@pytest.mark.parametrize(("name", "task"), CASES)
def test_better_predictions_have_greater_utility(name, task):
    y, metric = truth(task), METRICS[name]
    utilities = [metric.utility(metric.score(y, guesses(task, y, skill=skill))) for skill in (0.05, 0.6, 1.0)]
    assert utilities == sorted(utilities)
    assert utilities[0] < utilities[2]


@pytest.mark.parametrize(("name", "task"), CASES)
def test_equal_weights_are_no_weights(name, task):
    y = truth(task)
    raw = guesses(task, y, skill=0.4)
    plain, weighted = (METRICS[name].score(y, raw, weight) for weight in (None, np.ones(len(y))))
    assert plain == pytest.approx(weighted)


@pytest.mark.parametrize(("name", "task"), CASES)
def test_a_weight_of_two_is_a_row_twice(name, task):
    if name == "spearman":
        pytest.skip("ranks are those of the rows, whatever their weight")
    y, metric = truth(task), METRICS[name]
    raw = guesses(task, y, skill=0.4)
    weight = np.ones(len(y))
    weight[:20] = 2
    rows = np.concatenate([np.arange(len(y)), np.arange(20)])
    assert metric.score(y, raw, weight) == pytest.approx(metric.score(y[rows], raw[rows]))


@pytest.mark.parametrize(("name", "task"), CASES)
def test_what_is_undefined_is_nan_or_a_number_and_never_an_error(name, task):
    metric = METRICS[name]
    y = np.full(10, 2.0) if task == "regression" else np.zeros(10, dtype=int)
    raw = y + 0.5 if task == "regression" else np.full((10, 2 if task == "binary" else 4), 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        score = metric.score(y, raw)
    assert isinstance(score, float)
    assert metric.utility(float("nan")) == -np.inf


@pytest.mark.parametrize("name", METRICS)
def test_metrics_introduce_themselves(name):
    metric = METRICS[name]
    assert metric.title
    assert metric.description.endswith(".")
    assert metric.tasks <= {"binary", "multiclass", "regression"}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_values_are_those_of_scikit_learn(task):
    from sklearn import metrics

    y = truth(task)
    raw = guesses(task, y, skill=0.3)
    ours = {metric.name: metric.score(y, raw) for metric in metrics_for(task)}
    if task == "regression":
        known = {
            "rmse": metrics.root_mean_squared_error(y, raw),
            "mae": metrics.mean_absolute_error(y, raw),
            "mape": metrics.mean_absolute_percentage_error(y, raw),
            "rmsle": metrics.root_mean_squared_log_error(y, raw),
            "r2": metrics.r2_score(y, raw),
            "quantile_loss_90": metrics.mean_pinball_loss(y, raw, alpha=0.9),
        }
    else:
        labels = raw.argmax(axis=1)
        known = {
            "log_loss": metrics.log_loss(y, raw),
            "accuracy": metrics.accuracy_score(y, labels),
            "balanced_accuracy": metrics.balanced_accuracy_score(y, labels),
            "f1_macro": metrics.f1_score(y, labels, average="macro"),
            "mcc": metrics.matthews_corrcoef(y, labels),
            "norm_macro_recall": metrics.balanced_accuracy_score(y, labels, adjusted=True),
        }
    if task == "binary":
        known |= {
            "roc_auc": metrics.roc_auc_score(y, raw[:, 1]),
            "brier": metrics.brier_score_loss(y, raw[:, 1]),
        }
    if task == "multiclass":
        known |= {"roc_auc_macro": metrics.roc_auc_score(y, raw, multi_class="ovr")}
    for name, value in known.items():
        assert ours[name] == pytest.approx(value), name
