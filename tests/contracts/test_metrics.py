"""Common tests of all registered metrics."""

import warnings

import numpy as np
import pytest

from podium_ml.metrics import METRICS, metrics_for
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import FIELDS, MASK, known_of
from podium_ml.objects.grid import EDGES, QUARTERS, SHOWN_FROM

CASES = [(name, task) for name in METRICS for task in sorted(METRICS[name].tasks)]
LABELS, QUANTILES = 4, 9
# Tags of three types, up to twelve tokens a text.
TYPES, TOKENS = 3, 12
# Objects of two classes on a grid, one in each half of a picture.
OBJECTS, GRID = 2, 16
# Sides of pictures whose objects are small, medium and large.
SIDES = (80, 200, 800)
OF_PICTURES = ("detection", "segmentation")
WEIGHTED = [case for case in CASES if case[1] not in OF_PICTURES]  # pictures have no weights


def metric_of(name, task):
    """Return the metric as it scores problems of the task."""
    return METRICS[name].for_task(task)


def one_value(task):
    """Return targets that are all equal."""
    if task == "multilabel":
        return np.zeros((10, LABELS), dtype=int)
    if task == "forecasting":
        return np.column_stack([np.full(10, 2.0), np.ones((10, 2))])
    if task == "entities":
        return np.zeros((10, TOKENS), dtype=np.int16)
    if task in OF_PICTURES:
        return np.full((10, OBJECTS, fields(task)), np.nan, dtype=np.float32)
    return np.full(10, 2.0) if task == "regression" else np.zeros(10, dtype=int)


def truth(task, rows=90, seed=0):
    """Return targets for which every metric of the task is defined."""
    random = np.random.default_rng(seed)
    if task == "regression":
        return random.gamma(2.0, 3.0, rows) + 0.1
    if task == "forecasting":
        return np.column_stack([random.gamma(2.0, 3.0, rows) + 0.1, random.uniform(0.5, 2.0, (rows, 2))])
    if task == "multilabel":
        return (random.random((rows, LABELS)) < [0.6, 0.5, 0.3, 0.2]).astype(np.int64)
    if task == "entities":
        return tags(random, rows)
    if task in OF_PICTURES:
        return objects(random, rows, task)
    return np.arange(rows) % (2 if task == "binary" else 4)


def tags(random, rows):
    """Return legal tags of texts of several lengths."""
    y = np.full((rows, TOKENS), -1, dtype=np.int16)
    for row in y:
        length = random.integers(4, TOKENS + 1)
        row[:length] = 0
        for start in range(0, length - 2, 3):
            kind = random.integers(0, TYPES)
            row[start : start + 2] = 1 + 2 * kind, 2 + 2 * kind
    return y


def fields(task):
    """Return how many numbers tell of an object."""
    return FIELDS + (MASK * MASK if task == "segmentation" else 0)


def objects(random, rows, task):
    """Return two objects a picture, left and right, whose edges lie between the cells of the grid."""
    y = np.ones((rows, OBJECTS, fields(task)), dtype=np.float32)
    for number, row in enumerate(y):
        for at, one in enumerate(row):
            width, height = random.integers(3, 7, 2) / GRID
            one[:FIELDS] = (
                random.integers(0, 2),
                (1 + 8 * at) / GRID,
                random.integers(1, 9) / GRID,
                width,
                height,
                0,
                SIDES[number % len(SIDES)] ** 2,
            )
    return y


def grids(random, y, task, skill):
    """Return raw predictions that find a share of the objects, and as many that are not there as they miss."""
    layout = Layout(2, GRID, task == "segmentation")
    raw = layout.empty(len(y))
    for grid, row in zip(raw, y, strict=True):
        known = known_of(row)
        for code, box in zip(known.classes, known.boxes, strict=True):
            score = random.uniform(SHOWN_FROM, 1.0)
            if random.random() >= skill:
                code, box = 1 - code, np.array([box[0], random.integers(9, 14) / GRID, 2 / GRID, 2 / GRID])
            layout.place(grid, code, box, score)
            rows, columns = (
                slice(round(start * GRID), round((start + size) * GRID))
                for start, size in ((box[1], box[3]), (box[0], box[2]))
            )
            grid[rows, columns, 2 + EDGES : 2 + EDGES + QUARTERS] = 1
    return raw


def guesses(task, y, *, skill, seed=1):
    """Return raw predictions between random (skill 0) and perfect (skill 1)."""
    random = np.random.default_rng(seed)
    if task == "regression":
        return skill * y + (1 - skill) * random.permutation(y)
    if task == "forecasting":
        values = skill * y[:, 0] + (1 - skill) * random.permutation(y[:, 0])
        return np.tile(values[:, None], 1 + QUANTILES)
    if task == "multilabel":
        return skill * y + (1 - skill) * random.random(y.shape)
    if task == "entities":
        perfect = np.eye(1 + 2 * TYPES)[np.maximum(y, 0)] * (y >= 0)[:, :, None]
        return skill * perfect + (1 - skill) * random.dirichlet(np.ones(1 + 2 * TYPES), y.shape)
    if task in OF_PICTURES:
        return grids(random, y, task, skill)
    perfect = np.eye(y.max() + 1)[y]
    return skill * perfect + (1 - skill) * random.dirichlet(np.ones(perfect.shape[1]), len(y))


def unsure(task, y):
    """Return raw predictions of ten rows that are neither perfect nor far off."""
    if task == "regression":
        return y + 0.5
    if task == "forecasting":
        return np.tile(y[:, :1] + 0.5, 1 + QUANTILES)
    if task == "entities":
        return np.full((10, TOKENS, 1 + 2 * TYPES), 1 / (1 + 2 * TYPES))
    if task in OF_PICTURES:
        return Layout(2, GRID, task == "segmentation").empty(10)
    return np.full((10, 2 if task == "binary" else LABELS), 0.5)


@pytest.mark.parametrize(("name", "task"), CASES)
def test_perfect_predictions_have_best_score(name, task):
    if name == "coverage":
        pytest.skip("certain forecasts cover all values, where 80% are best")
    y = truth(task)
    assert metric_of(name, task).score(y, guesses(task, y, skill=1.0)) == pytest.approx(
        metric_of(name, task).best
    )


@pytest.mark.parametrize(("name", "task"), CASES)
def test_better_predictions_have_greater_utility(name, task):
    y, metric = truth(task), metric_of(name, task)
    utilities = [metric.utility(metric.score(y, guesses(task, y, skill=skill))) for skill in (0.05, 0.6, 1.0)]
    assert metric.comparable is False or utilities == sorted(utilities)
    assert metric.comparable is False or utilities[0] < utilities[2]


@pytest.mark.parametrize(("name", "task"), CASES)
def test_equal_weights_change_nothing(name, task):
    y = truth(task)
    raw = guesses(task, y, skill=0.4)
    plain, weighted = (metric_of(name, task).score(y, raw, weight) for weight in (None, np.ones(len(y))))
    assert plain == pytest.approx(weighted)


@pytest.mark.parametrize(("name", "task"), WEIGHTED)
def test_weight_of_two_equals_repeated_row(name, task):
    y, metric = truth(task), metric_of(name, task)
    raw = guesses(task, y, skill=0.4)
    weight = np.ones(len(y))
    weight[:20] = 2
    rows = np.concatenate([np.arange(len(y)), np.arange(20)])
    assert metric.score(y, raw, weight) == pytest.approx(metric.score(y[rows], raw[rows]))


@pytest.mark.parametrize(("name", "task"), CASES)
def test_constant_targets_give_a_float_without_warnings(name, task):
    metric = metric_of(name, task)
    y = one_value(task)
    raw = unsure(task, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        score = metric.score(y, raw)
    assert isinstance(score, float)
    assert metric.utility(float("nan")) == -np.inf


# Metrics that are undefined for a single class or value: there is no ranking, chance level or variance.
UNDEFINED = {
    name
    for name in METRICS
    if name.startswith(("roc_auc", "average_precision", "label_", "mcc", "norm_macro_recall"))
} | {"cohen_kappa", "quadratic_kappa", "r2", "explained_variance", "spearman", "nrmse", "nmae"}


@pytest.mark.parametrize(("name", "task"), [case for case in CASES if case[0] in UNDEFINED])
def test_undefined_metrics_are_nan_for_constant_targets(name, task):
    y = one_value(task)
    right = np.eye(2 if task == "binary" else LABELS)[y] if task in ("binary", "multiclass") else y
    assert np.isnan(metric_of(name, task).score(y, right))


@pytest.mark.parametrize(("name", "task"), WEIGHTED)
def test_zero_weights_give_no_score(name, task):
    y = truth(task)
    score = metric_of(name, task).score(y, guesses(task, y, skill=0.4), np.zeros(len(y)))
    assert np.isnan(score) or METRICS[name].needs == "label" or name == "lrap"


@pytest.mark.parametrize(("name", "task"), CASES)
def test_greater_is_better_matches_scores(name, task):
    y, metric = truth(task), metric_of(name, task)
    good, bad = (metric.score(y, guesses(task, y, skill=skill)) for skill in (0.9, 0.1))
    assert metric.comparable is False or (good > bad) == metric.greater_is_better


@pytest.mark.parametrize("name", [name for name in METRICS if "multiclass" in METRICS[name].tasks])
def test_absent_classes_are_supported(name):
    y = truth("multiclass")
    raw = guesses("multiclass", y, skill=0.6)
    for absent in range(4):
        assert np.isfinite(METRICS[name].score(y[y != absent], raw[y != absent]))


def test_log_loss_of_certain_wrong_predictions_is_finite():
    y = np.array([0, 1])
    assert 30 < METRICS["log_loss"].score(y, np.array([[0.0, 1.0], [1.0, 0.0]])) < 100


def test_rmsle_of_negative_predictions_is_nan():
    assert np.isnan(METRICS["rmsle"].score(np.array([1.0, 2.0]), np.array([1.0, -3.0])))


def test_threshold_is_not_tuned_if_predicting_one_class_would_win():
    assert not any(METRICS[name].tunes_threshold for name in ("recall", "precision", "roc_auc", "log_loss"))
    assert all(METRICS[name].tunes_threshold for name in ("f1", "f1_macro", "mcc", "balanced_accuracy"))


@pytest.mark.parametrize(("name", "task"), CASES)
def test_scores_lie_within_bounds(name, task):
    y, metric = truth(task), metric_of(name, task)
    low, high = metric.bounds
    assert all(low <= metric.score(y, guesses(task, y, skill=skill)) <= high for skill in (0.0, 0.5, 1.0))


def test_parts_of_rows_share_one_range():
    y = truth("regression")
    raw, part = y + 1.0, y < np.median(y)
    nrmse = METRICS["nrmse"].over(float(np.ptp(y)))
    assert nrmse.score(y[part], raw[part]) == pytest.approx(nrmse.score(y, raw))
    assert METRICS["nrmse"].score(y[part], raw[part]) > 1.5 * nrmse.score(y, raw)


def test_bias_tells_understated_totals():
    y = truth("regression")
    assert METRICS["bias"].score(y, 0.9 * y) == pytest.approx(-0.1 * y.mean())


@pytest.mark.parametrize("name", METRICS)
def test_metric_is_described(name):
    metric = METRICS[name]
    assert metric.title
    assert metric.description.endswith(".")
    assert metric.tasks <= {
        *("binary", "multiclass", "multilabel", "regression", "forecasting", "entities"),
        *OF_PICTURES,
    }


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel", "regression"])
def test_values_match_scikit_learn(task):
    from scipy.stats import spearmanr
    from sklearn import metrics

    y = truth(task)
    raw = guesses(task, y, skill=0.3)
    ours = {metric.name: metric.score(y, raw) for metric in metrics_for(task)}
    if task == "regression":
        known = {
            "spearman": spearmanr(y, raw).statistic,
            "median_absolute_error": metrics.median_absolute_error(y, raw),
            "explained_variance": metrics.explained_variance_score(y, raw),
            "quantile_loss": metrics.mean_pinball_loss(y, raw),
            "quantile_loss_10": metrics.mean_pinball_loss(y, raw, alpha=0.1),
            "nrmse": metrics.root_mean_squared_error(y, raw) / np.ptp(y),
            "nmae": metrics.mean_absolute_error(y, raw) / np.ptp(y),
            "rmse": metrics.root_mean_squared_error(y, raw),
            "mae": metrics.mean_absolute_error(y, raw),
            "mape": metrics.mean_absolute_percentage_error(y, raw),
            "rmsle": metrics.root_mean_squared_log_error(y, raw),
            "r2": metrics.r2_score(y, raw),
            "quantile_loss_90": metrics.mean_pinball_loss(y, raw, alpha=0.9),
        }
    elif task == "multilabel":
        sets = (raw >= 0.5).astype(int)
        assert y.any(axis=1).any()
        both = y.any(axis=1) | sets.any(axis=1)  # scikit-learn scores two empty sets as 0
        known = {
            "hamming_loss": metrics.hamming_loss(y, sets),
            "subset_accuracy": metrics.accuracy_score(y, sets),
            "lrap": metrics.label_ranking_average_precision_score(y, raw),
            "label_roc_auc": metrics.roc_auc_score(y, raw, average="macro"),
            "label_average_precision": metrics.average_precision_score(y, raw, average="macro"),
            "f1_samples": (
                metrics.f1_score(y[both], sets[both], average="samples") * both.sum() + (~both).sum()
            )
            / len(y),
            **{f"jaccard_{one}": metrics.jaccard_score(y, sets, average=one) for one in ("micro", "macro")},
            **{f"f1_{one}": metrics.f1_score(y, sets, average=one) for one in ("micro", "macro", "weighted")},
        }
    else:
        labels = raw.argmax(axis=1)
        known = {
            "log_loss": metrics.log_loss(y, raw),
            "accuracy": metrics.accuracy_score(y, labels),
            "balanced_accuracy": metrics.balanced_accuracy_score(y, labels),
            **{
                f"{name}_{average}": score(y, labels, average=average)
                for name, score in (
                    ("f1", metrics.f1_score),
                    ("precision", metrics.precision_score),
                    ("recall", metrics.recall_score),
                )
                for average in ("macro", "micro", "weighted")
            },
            "brier": metrics.brier_score_loss(y, raw[:, 1] if task == "binary" else raw),
            "cohen_kappa": metrics.cohen_kappa_score(y, labels),
            "quadratic_kappa": metrics.cohen_kappa_score(y, labels, weights="quadratic"),
            "mcc": metrics.matthews_corrcoef(y, labels),
            "norm_macro_recall": metrics.balanced_accuracy_score(y, labels, adjusted=True),
        }
    if task == "binary":
        known |= {
            "roc_auc": metrics.roc_auc_score(y, raw[:, 1]),
            "average_precision": metrics.average_precision_score(y, raw[:, 1]),
            "f1": metrics.f1_score(y, labels),
            "precision": metrics.precision_score(y, labels),
            "recall": metrics.recall_score(y, labels),
        }
    if task == "multiclass":
        known |= {
            "roc_auc_macro": metrics.roc_auc_score(y, raw, multi_class="ovr"),
            "roc_auc_weighted": metrics.roc_auc_score(y, raw, multi_class="ovr", average="weighted"),
            "average_precision_macro": metrics.average_precision_score(y, raw),
            "average_precision_weighted": metrics.average_precision_score(y, raw, average="weighted"),
        }
    for name, value in known.items():
        assert ours[name] == pytest.approx(value), name
