import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import GuardrailResult, Problem, Profile
from podium_ml.errors import DataError, PodiumError
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.kinds.guardrail_page import render_guardrails
from podium_ml.reporting.notices import read_notices
from podium_ml.run.events import recorded
from podium_ml.settings import TabularProblem, TabularSettings
from podium_ml.splits.folds import make_folds
from podium_ml.stages import ingest_data, validate_data
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.validation.infer_problem import infer_problem

RNG = np.random.default_rng(0)
OUTPUTS = ("train", "test", "problem", "validation", "guardrails")


def table(rows: int = 300) -> pd.DataFrame:
    number = RNG.normal(size=rows)
    return pd.DataFrame({
        "number": np.where(RNG.random(rows) < 0.1, np.nan, number),
        "price": [f"${value:,}" for value in RNG.integers(0, 9_999, rows)],
        "day": pd.date_range("2020-01-01", periods=rows).strftime("%m/%d/%Y"),
        "colour": RNG.choice(["red", "green", None], rows),
        "text": [f"the {word} has {n} words in it" for n, word in enumerate(RNG.choice(["cat", "dog"], rows))],
        "tags": [["a", "b"], ["c"]] * (rows // 2),
        "same": 1,
        "y": np.where(number + RNG.normal(size=rows) > 0, "yes", "no"),
    })  # fmt: skip


def run(folder: Path, data: pd.DataFrame, test: pd.DataFrame | None = None, **settings):
    source = folder / "table"
    source.mkdir()
    data.to_parquet(source / "data.parquet")
    if test is not None:
        test.to_parquet(source / "test.parquet")
    types = {"number": "double"}
    (source / "ingestion.json").write_text(json.dumps({"types": types, "fingerprint": "abc"}))
    return validate(source, folder, **settings)


def validate(source: Path, folder: Path, *, time_limit: str = "", **settings):
    asked = TabularSettings(**{"target": "y", **settings}).cut(TabularProblem)
    outputs = {name: str(folder / name) for name in OUTPUTS}
    return validate_data.run(
        kind="tabular", table=str(source), settings=asked, time_limit=time_limit, **outputs
    )


def test_outputs_for_later_stages(tmp_path):
    facts = run(tmp_path, table(), metric="f1", name="demo")
    folder = tmp_path / "validation"
    problem, profile = Problem.load(tmp_path / "problem"), Profile.load(folder / "profile.json")
    train, test = pd.read_parquet(tmp_path / "train"), pd.read_parquet(tmp_path / "test")
    assert facts["task"] == problem.task == "binary"
    assert facts["metric"] == problem.metric == "f1"
    assert (problem.name, problem.fingerprint) == ("demo", "abc")
    assert facts["train_rows"] == problem.n_train == len(train) == profile.rows
    assert facts["test_rows"] == problem.n_test == len(test)
    assert list(train.columns) == list(table().columns)
    results = [GuardrailResult.from_dict(r) for r in json.loads((folder / "guardrails.json").read_text())]
    assert facts["alerts"] == sum(result.outcome == "alert" for result in results)
    assert "Missing values" in (tmp_path / "guardrails").read_text()
    ingestion = (tmp_path / "table" / "ingestion.json").read_text()
    assert json.loads((folder / "ingestion.json").read_text()) == json.loads(ingestion)
    assert problem.kind == "tabular"
    features = build_feature_table(Featurizer.plan(problem, train), train, problem)
    assert len(make_folds(problem, y=features.y)) == problem.n_folds * problem.n_repeats


def test_each_alert_and_each_warning_of_ingestion_is_told_once(tmp_path, monkeypatch):
    monkeypatch.setenv("PODIUM_EVENTS", str(tmp_path / "events"))
    source = tmp_path / "table"
    source.mkdir()
    table(80).to_parquet(source / "data.parquet")
    facts = {"warnings": ["data.csv has a total."], "test": {"warnings": ["test.csv has a total."]}}
    (source / "ingestion.json").write_text(json.dumps(facts))
    results = validate(source, tmp_path)["guardrails"]
    told = [event["text"] for event in recorded("notice")]
    alerts = [result["title"] for result in results if result["outcome"] == "alert"]
    assert "Number of rows" in alerts
    assert told[:2] == ["Reading the data: data.csv has a total.", "Reading the data: test.csv has a total."]
    assert [text.partition(".")[0] for text in told[2:]] == [f"Alert: {title}" for title in alerts]
    assert read_notices(tmp_path / "validation") == told


def test_user_supplied_test_rows(tmp_path):
    facts = run(tmp_path, table(), table(60))
    assert (facts["train_rows"], facts["test_rows"]) == (300, 60)


def test_short_time_limit_skips_expensive_checks(tmp_path, monkeypatch):
    monkeypatch.setenv("PODIUM_STARTED", "1")
    facts = validate_with_limit(tmp_path)
    seen = {result["name"]: result["seen"] for result in facts["guardrails"]}
    assert "too little time" in seen["label_noise"]


def validate_with_limit(folder: Path):
    source = folder / "table"
    source.mkdir()
    table().to_parquet(source / "data.parquet")
    (source / "ingestion.json").write_text("{}")
    return validate(source, folder, time_limit="10s")


def test_profile_describes_every_column():
    inferred = infer_problem(table(), TabularSettings(target="y"))
    columns = {column.name: column for column in inferred.profile.columns}
    assert columns["number"].missing == pytest.approx(inferred.train["number"].isna().mean())
    assert columns["number"].minimum == pytest.approx(inferred.train["number"].min())
    assert sum(columns["number"].counts) == inferred.train["number"].notna().sum()
    assert len(columns["number"].edges) == len(columns["number"].counts) + 1
    assert columns["price"].mean > 0
    assert set(columns["colour"].top) == {"red", "green"}
    assert sum(columns["colour"].counts) == inferred.train["colour"].notna().sum()
    assert columns["text"].top == ()
    assert columns["same"].role == "dropped"
    assert columns["same"].unique == 1
    assert all(len(column.examples) <= 5 for column in columns.values())
    assert inferred.profile.memory_bytes > 0


def test_infer_problem_runs_the_guardrails():
    results = KINDS["tabular"].infer_problem(table(), TabularSettings(target="y")).results
    assert {"constant_columns", "drift", "label_noise"} <= {result.name for result in results}
    assert next(result for result in results if result.name == "constant_columns").columns == ("same",)


def test_guardrails_page_escapes_html():
    inferred = infer_problem(table(), TabularSettings(target="y"))
    evil = GuardrailResult(
        "evil", "<script>", "alert", "a < b", "", ("<i>",), ({"column": "<b>bold</b>", "share": None},)
    )
    page = render_guardrails([*inferred.results, evil], inferred.problem)
    assert page.index("&lt;script&gt;") < page.index("Constant columns")
    assert "<script>" not in page
    assert "<b>" not in page
    assert "http:" not in page
    assert "https:" not in page


@pytest.mark.parametrize("target", ["y", "z"])
def test_errors_say_what_was_noticed_when_the_data_was_read(tmp_path, target):
    (tmp_path / "table").mkdir()
    table().assign(y=None).to_parquet(tmp_path / "table" / "data.parquet")
    noticed = {"warnings": ["The formulas of column 'y' have no stored results."]}
    (tmp_path / "table" / "ingestion.json").write_text(json.dumps(noticed))
    with pytest.raises(PodiumError, match="formulas"):
        validate(tmp_path / "table", tmp_path, target=target)


def test_nested_column_is_refused_unless_it_is_dropped(tmp_path):
    lines = [json.dumps({"x": n % 7, "y": n % 2, "meta": {"n": n}}) for n in range(100)]
    (tmp_path / "data.jsonl").write_text("\n".join(lines))
    ingest_data.run(source=str(tmp_path / "data.jsonl"), test="", reader={}, table=str(tmp_path / "table"))
    with pytest.raises(DataError, match="'meta' contains nested objects"):
        validate(tmp_path / "table", tmp_path)
    with pytest.raises(DataError, match="'meta' contains nested objects"):
        validate(tmp_path / "table", tmp_path, target="meta")
    assert validate(tmp_path / "table", tmp_path, drop="meta")["task"] == "binary"
