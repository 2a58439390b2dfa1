"""Tests of ``Predictor``."""

import decimal
import enum
import os
import pickle
import subprocess
import sys
import unicodedata
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from podium_ml.contracts import Column, Problem
from podium_ml.errors import ModelFileError, SchemaError
from podium_ml.files.requirements import modules_in, requirements_of
from podium_ml.kinds.features import build_feature_table
from podium_ml.splits.folds import make_folds
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.predictor import Predictor
from podium_ml.targets._calibration import TemperatureCalibrator
from tests.unit.fitting import train

TASKS = ("binary", "multiclass", "regression")
COLUMNS = (
    Column("amount", "numeric", "double"),
    Column("purpose", "categorical", "string"),
    Column("since", "datetime", "timestamp[us]"),
    Column("member", "boolean", "string"),
    Column("hint", "numeric", "double", required=False),
    Column("target", "target", "string"),
)


def make_rows(task: str, *, rows: int = 160, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "amount": rng.normal(100, 20, rows).round(1),
            "purpose": rng.choice(["car", "home", "study"], rows),
            "since": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, rows), unit="D"),
            "member": rng.choice(["yes", "no"], rows),
            "hint": rng.normal(size=rows),
        }
    )
    signal = (table["amount"] - 100) / 20 + 0.7 * (table["purpose"] == "car") + 0.3 * table["hint"]
    if task == "regression":
        table["target"] = 1000 + 50 * signal
    elif task == "binary":
        table["target"] = (signal > 0.2).astype(int)
    else:
        table["target"] = np.select([signal < -0.5, signal > 0.8], ["low", "top"], "middle")
    return table


def make_predictor(
    task: str, *, algorithm: str = "random_forest", amount: str = "amount", **options: Any
) -> Predictor:
    rows = make_rows(task).rename(columns={"amount": amount})
    classes = () if task == "regression" else tuple(sorted(rows["target"].unique().tolist()))
    problem = Problem(
        name="loans",
        task=task,  # type: ignore[arg-type]
        target="target",
        metric={"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}[task],
        columns=(replace(COLUMNS[0], name=amount), *COLUMNS[1:]),
        classes=classes,
        fold_strategy="shuffled" if task == "regression" else "stratified",
        n_folds=2,
        n_train=len(rows),
    )
    featurizer = Featurizer.plan(problem, rows)
    table = build_feature_table(featurizer, rows, problem)
    spec, folds = ALGORITHMS[algorithm], make_folds(problem, y=table.y)
    parameters = {"n_estimators": 20} if algorithm == "random_forest" else {}
    model = train(spec, parameters, table, problem=problem, folds=folds, seed=0).model
    sample = rows.drop(columns="target").head(20)
    return Predictor(problem, featurizer, model, name=algorithm, sample=sample, **options)


@pytest.fixture(scope="module", params=TASKS)
def predictor(request: pytest.FixtureRequest) -> Predictor:
    return make_predictor(request.param)


@pytest.fixture(scope="module")
def binary() -> Predictor:
    return make_predictor("binary")


def test_predictions_have_the_target_type(predictor: Predictor) -> None:
    task = predictor.problem.task
    rows = make_rows(task, seed=1)
    predicted = predictor.predict(rows)
    assert predicted.shape == (len(rows),)
    if task == "regression":
        assert predicted.dtype == np.float64
        assert np.corrcoef(predicted, rows["target"])[0, 1] > 0.7
    else:
        assert set(predicted.tolist()) <= set(predictor.problem.classes)
        assert (predicted == rows["target"]).mean() > 0.6
        kind = int if task == "binary" else str
        assert all(isinstance(label, kind) for label in predicted.tolist())


def test_probabilities_are_in_class_order(predictor: Predictor) -> None:
    rows = make_rows(predictor.problem.task, seed=1)
    if not predictor.problem.is_classification:
        assert not len(predictor.classes_)
        with pytest.raises(AttributeError, match="regression"):
            predictor.predict_proba(rows)
        return
    proba = predictor.predict_proba(rows)
    assert proba.shape == (len(rows), len(predictor.classes_))
    assert np.allclose(proba.sum(axis=1), 1)
    assert (predictor.classes_[proba.argmax(axis=1)] == predictor.predict(rows)).all()


def test_loaded_predictor_gives_identical_predictions(predictor: Predictor, tmp_path: Path) -> None:
    rows = make_rows(predictor.problem.task, seed=2)
    size = predictor.save(tmp_path / "model.pkl")
    assert size == (tmp_path / "model.pkl").stat().st_size
    loaded = Predictor.load(tmp_path / "model.pkl")
    assert loaded.predict_raw(rows).tobytes() == predictor.predict_raw(rows).tobytes()
    assert loaded.predict(rows).tolist() == predictor.predict(rows).tolist()
    assert repr(loaded) == repr(predictor)
    with (tmp_path / "model.pkl").open("rb") as file:  # plain pickle can load the file as well
        assert pickle.load(file).name == predictor.name


def test_column_order_and_extra_columns_do_not_matter(predictor: Predictor) -> None:
    rows = make_rows(predictor.problem.task, seed=3)
    expected = predictor.predict_raw(rows)
    other = rows.drop(columns="target")[rows.columns[:-1][::-1]].assign(unasked=1)
    other.index = pd.Index(np.arange(len(other))[::-1])
    assert np.array_equal(predictor.predict_raw(other), expected)


def test_predictions_do_not_depend_on_other_rows(binary: Predictor) -> None:
    rows = make_rows("binary", seed=3).head(5)
    single = np.concatenate([binary.predict_raw(rows.iloc[[at]]) for at in range(5)])
    assert np.allclose(single, binary.predict_raw(rows))


def test_input_formats(binary: Predictor) -> None:
    rows = make_rows("binary", seed=3).head(3).drop(columns="target")
    expected = binary.predict_raw(rows)
    assert np.array_equal(binary.predict_raw(rows.to_dict("list")), expected)
    assert np.array_equal(binary.predict_raw(rows.to_dict("records")), expected)
    assert np.array_equal(binary.predict_raw(rows.iloc[0].to_dict()), expected[:1])
    assert np.array_equal(binary.predict_raw(rows.iloc[0]), expected[:1])
    with pytest.raises(SchemaError, match="cannot be read from a str"):
        binary.predict("rows.csv")  # type: ignore[arg-type]
    with pytest.raises(SchemaError, match="do not form a table"):
        binary.predict({"amount": [1, 2], "purpose": ["car"]})  # type: ignore[arg-type]


def test_rows_of_other_libraries_arrays_and_lists(binary: Predictor) -> None:
    with_target = make_rows("binary", seed=3).head(3)
    rows = with_target.drop(columns="target")
    expected = binary.predict_raw(rows)
    for given in (
        pa.Table.from_pandas(rows, preserve_index=False),
        rows.to_numpy(dtype=object),
        rows.to_numpy(dtype=object).tolist(),
        with_target.to_numpy(dtype=object),
        rows.set_index("amount"),
        list(rows.itertuples(index=False)),
    ):
        assert np.array_equal(binary.predict_raw(given), expected)
    assert len(binary.explain(rows.to_numpy(dtype=object))) == 3
    assert list(binary.check_schema(rows.set_index("amount"))) == list(binary.needed_columns)
    with pytest.raises(SchemaError, match="2 columns without names, but the training data has 5"):
        binary.predict(np.zeros((3, 2)))
    with pytest.raises(SchemaError, match="do not form a table"):
        binary.predict(np.zeros(3))


def test_values_mean_the_same_whatever_their_dtype(binary: Predictor) -> None:
    rows = make_rows("binary", seed=3).head(30).drop(columns="target")
    other = rows.assign(
        amount=rows["amount"].map(decimal.Decimal),
        purpose=rows["purpose"].astype("category"),
        since=rows["since"].dt.to_period("D"),
        member=rows["member"].map(enum.Enum("Answer", ["yes", "no"]).__getitem__),
        hint=pd.arrays.SparseArray(rows["hint"]),
    )
    assert np.array_equal(binary.predict_raw(other), binary.predict_raw(rows))
    assert np.array_equal(binary.predict_raw(other.head(1)), binary.predict_raw(rows.head(1)))


def test_missing_required_columns_are_named_in_the_error(binary: Predictor) -> None:
    rows = make_rows("binary").rename(columns={"purpose": "purposes"})
    with pytest.raises(SchemaError, match=r"Missing column 'purpose' \(there is 'purposes'\)"):
        binary.predict(rows)
    with pytest.raises(SchemaError, match="Missing columns 'amount', 'purpose'"):
        binary.predict(make_rows("binary")[["since", "member"]])


def test_missing_optional_column_warns_once(binary: Predictor) -> None:
    rows = make_rows("binary")
    with pytest.warns(UserWarning, match="Missing column 'hint': treated as missing") as caught:
        without = binary.predict_raw(rows.drop(columns="hint"))
    assert len(caught) == 1
    assert np.array_equal(without, binary.predict_raw(rows.assign(hint=np.nan)))


def test_numbers_and_dates_in_text_are_parsed(binary: Predictor) -> None:
    rows = make_rows("binary", seed=4)
    texts = rows.assign(amount=rows["amount"].astype(str), since=rows["since"].astype(str))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(binary.predict_raw(texts), binary.predict_raw(rows))


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [("amount", "many", "numbers"), ("since", "some day", "dates"), ("member", "perhaps", "yes or no")],
)
def test_values_of_the_wrong_type_are_treated_as_missing(
    binary: Predictor, column: str, value: str, what: str
) -> None:
    rows = make_rows("binary", seed=4)
    dirty = rows.astype({column: object})
    dirty.loc[3, column] = value
    empty = rows.astype({column: object})
    empty.loc[3, column] = None
    with pytest.warns(UserWarning, match=f"'{column}' should hold {what}: 1 value .e.g. '{value}'"):
        found = binary.predict_raw(dirty)
    assert np.array_equal(found, binary.predict_raw(empty))


@pytest.mark.parametrize("column", ["amount", "since"])
def test_column_of_the_wrong_type_raises_an_error(binary: Predictor, column: str) -> None:
    rows = make_rows("binary").astype({column: object}).assign(**{column: "words"})
    for ask in (binary.predict, binary.check_schema):
        with pytest.raises(SchemaError, match=f"'{column}' should hold .* holds e.g. 'words'"):
            ask(rows)


def test_numbers_with_the_other_decimal_mark_are_refused(binary: Predictor) -> None:
    rows = make_rows("binary").head(3).astype({"amount": object}).assign(amount=["1,250", "2,5", "7"])
    with pytest.raises(SchemaError, match=r"'amount' holds '2,5', which has another decimal mark") as caught:
        binary.predict(rows)
    assert "--decimal ," in caught.value.hint


def test_missing_value_markers_cause_no_warning(binary: Predictor) -> None:
    rows = make_rows("binary").head(4).astype({"amount": object}).assign(amount="n/a")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(binary.predict_raw(rows)).all()


def test_unseen_categories_and_missing_values_are_accepted(predictor: Predictor) -> None:
    rows = make_rows(predictor.problem.task).head(6)
    rows["purpose"] = ["boat", None, "car", 7, "🚤" * 20, ""]
    rows.loc[0, ["amount", "since", "member", "hint"]] = None
    assert np.isfinite(predictor.predict_raw(rows)).all()


def test_no_rows_give_no_predictions(predictor: Predictor) -> None:
    rows = make_rows(predictor.problem.task).head(0)
    assert predictor.predict(rows).shape == (0,)
    expected = (0, len(predictor.classes_)) if predictor.problem.is_classification else (0,)
    assert predictor.predict_raw(rows).shape == expected


def test_first_of_duplicate_columns_is_used(binary: Predictor) -> None:
    rows = make_rows("binary", seed=5)
    twice = pd.concat([rows, rows[["amount"]] * 0], axis=1)
    assert np.array_equal(binary.predict_raw(twice), binary.predict_raw(rows))


def test_threshold_and_calibrator(binary: Predictor) -> None:
    rows = make_rows("binary", seed=5)
    options: dict[str, Any] = {"name": "x", "threshold": 0.9, "calibrator": TemperatureCalibrator(2.0)}
    strict = Predictor(binary.problem, binary.featurizer, binary.model, **options)
    proba = strict.predict_proba(rows)
    assert (np.abs(proba[:, 1] - 0.5) <= np.abs(binary.predict_proba(rows)[:, 1] - 0.5) + 1e-12).all()
    assert ((proba[:, 1] >= 0.9) == (strict.predict(rows) == 1)).all()


def test_explanations_sum_to_the_output(binary: Predictor) -> None:
    rows = make_rows("binary", seed=6).head(2)
    table = binary.explain(rows)
    assert len(table) == 2
    columns = [column.name for column in COLUMNS[:-1]]
    assert np.allclose(table[columns].sum(axis=1) + table["base"], table["output"])


def test_explanation_of_columns_named_base_and_output() -> None:
    rows = make_rows("regression").rename(columns={"amount": "base", "hint": "output"})
    columns = tuple(
        replace(column, name={"amount": "base", "hint": "output"}.get(column.name, column.name))
        for column in COLUMNS
    )
    problem = replace(make_predictor("regression").problem, columns=columns)
    featurizer = Featurizer.plan(problem, rows)
    features = build_feature_table(featurizer, rows, problem)
    folds = make_folds(problem, y=features.y)
    model = train(ALGORITHMS["ridge"], {}, features, problem=problem, folds=folds, seed=0).model
    table = Predictor(problem, featurizer, model, name="x", sample=rows.head(40)).explain(rows.head(3))
    assert list(table.columns) == ["base", "purpose", "since", "member", "output", "base_", "output_"]
    assert np.allclose(table.drop(columns="output_").sum(axis=1), table["output_"])


@pytest.mark.parametrize("content", [b"", b"rubbish", pickle.dumps({"a": 1}), b"\x80\x05"])
def test_unrelated_files_raise_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.pkl").write_bytes(content)
    with pytest.raises(ModelFileError):
        Predictor.load(tmp_path / "model.pkl")


def test_damaged_file_raises_an_error(binary: Predictor, tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    binary.save(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="damaged"):
        Predictor.load(path)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelFileError, match="truncated"):
        Predictor.load(path)
    with pytest.raises(ModelFileError, match="Cannot read"):
        Predictor.load(tmp_path / "nothing.pkl")


def test_requirements_list_only_packages_of_the_model() -> None:
    model = make_predictor("binary", algorithm="lightgbm").model
    assert {"lightgbm", "numpy"} <= modules_in(model)
    names = [one.partition("==")[0] for one in requirements_of(model)]
    assert {"podium-automl", "lightgbm", "scikit-learn"} <= set(names)
    assert not {"optuna", "mlflow", "kfp", "torch", "xgboost"} & set(names)
    assert "optuna" in " ".join(requirements_of(1, modules=("optuna", "no_such_package")))


BLOCKED = ("kfp", "kubernetes", "mlflow", "optuna", "typer", "shap", "rich", "torch", "matplotlib", "podium")
SCRIPT = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in sys.argv[4].split(","):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Block())
import numpy as np, pandas as pd
from podium_ml import Predictor
rows = pd.read_parquet(sys.argv[2])
np.save(sys.argv[3], Predictor.load(sys.argv[1]).predict_raw(rows))
"""


def test_prediction_needs_no_training_dependencies(binary: Predictor, tmp_path: Path) -> None:
    rows = make_rows("binary", seed=7)
    binary.save(tmp_path / "model.pkl")
    rows.to_parquet(tmp_path / "rows.parquet")
    files = [str(tmp_path / name) for name in ("model.pkl", "rows.parquet", "found.npy")]
    root = Path(__file__).parents[3] / "components"
    subprocess.run(
        [sys.executable, "-c", SCRIPT, *files, ",".join(BLOCKED)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=tmp_path,
    )
    assert np.load(files[2]).tobytes() == binary.predict_raw(rows).tobytes()


def test_names_meet_however_unicode_composes_them() -> None:
    for trained in ("NFC", "NFD"):
        predictor = make_predictor("binary", amount=unicodedata.normalize(trained, "größe"))
        for given in ("NFC", "NFD"):
            rows = make_rows("binary").rename(columns={"amount": unicodedata.normalize(given, "größe")})
            assert len(predictor.predict(rows)) == len(rows)
            assert predictor.check_schema(rows)[predictor.problem.columns[0].name].notna().all()
