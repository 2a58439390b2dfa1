"""Tests of the commands that use a forecaster: forecast, backtest and predict."""

import json

import numpy as np
import pandas as pd
import pytest

from podium.main import main
from tests.unit.forecasting.fitted import fitted, weekly


def call(capsys, *words):
    """Run the command line in this process; return exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as ended:
        main(list(map(str, words)))
    out, err = capsys.readouterr()
    return ended.value.code or 0, out, err


def shops(**options):
    """Return sales of shops whose names have leading zeros, with a price."""
    table = weekly(["007", "012"], **options)
    price = np.random.default_rng(1).choice([8.0, 10.0], len(table))
    return table.assign(price=price, sales=table["sales"] * (18 - price) / 10)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a folder with a model, a plan, newer rows and older ones."""
    folder = tmp_path_factory.mktemp("forecasts")
    fitted(shops(), algorithms=["ridge_reduction"], known="price").save(folder / "model.pkl")
    newer = shops(days=21, start="2024-03-11", seed=4)
    newer.to_csv(folder / "newer.csv", index=False)
    shops(days=30).to_csv(folder / "older.csv", index=False)
    plan = newer[newer["day"] < "2024-03-18"].drop(columns="sales")
    plan.to_csv(folder / "plan.csv", index=False)
    plan.assign(price=12.0).to_csv(folder / "dear.csv", index=False)
    plan.iloc[:-1].to_csv(folder / "short.csv", index=False)
    return folder


def test_forecasts_of_a_plan(files, tmp_path, capsys):
    out = tmp_path / "new" / "f.csv"
    words = ["forecast", files / "model.pkl", "--future", files / "plan.csv", "--quantiles", "0.1,0.9"]
    code, said, _ = call(capsys, *words, "--out", out)
    assert (code, said) == (0, f"Wrote 14 forecasts to {out}\n")
    written = pd.read_csv(out, dtype=str)
    assert list(written) == ["shop", "day", "forecast", "q0.1", "q0.9", "note"]
    assert written["shop"].unique().tolist() == ["007", "012"]
    assert written["day"].iloc[0] == "2024-03-11"


def test_several_plans_and_the_total(files, capsys):
    plans = [word for name in ("plan", "dear") for word in ("--future", files / f"{name}.csv")]
    code, out, _ = call(
        capsys, "forecast", files / "model.pkl", *plans, "--quantiles", "0.5", "--total", "--whole"
    )
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "shop,day,forecast,q0.5,forecast_dear,q0.5_dear,note"
    assert sum(line.startswith("all series,") for line in lines) == 7


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "the future values of 'price'"),
        (["--future", "short.csv"], "no value of 'price' for series '012' at 2024-03-17"),
        (["older.csv"], "older than the model's"),
        (["--future", "plan.csv", "--horizon", "0"], "horizon: 0"),
        (["--future", "plan.csv", "--quantiles", "10,90"], "quantiles: 10 is not between 0 and 1"),
        (["--future", "plan.csv", "--quantiles", "low"], "'low' are no numbers"),
        (["--future", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_mistakes_are_one_message(words, says, files, capsys, monkeypatch):
    monkeypatch.chdir(files)
    code, out, err = call(capsys, "forecast", "model.pkl", *words)
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


def test_backtest_prints_scores_and_writes_forecasts(files, tmp_path, capsys):
    words = ["backtest", files / "model.pkl", files / "newer.csv"]
    code, out, _ = call(capsys, *words, "--out", tmp_path / "b.csv")
    assert code == 0
    assert "mase" in out
    written = pd.read_csv(tmp_path / "b.csv")
    assert {"origin", "actual", "forecast", "q0.9"} <= set(written)
    code, out, _ = call(capsys, *words, "--step", 14, "--json")
    assert [row["origin"] for row in json.loads(out)] == ["2024-03-10", "2024-03-24", "all"]


def test_predict_forecasts_the_rows_of_a_file(files, capsys):
    code, out, _ = call(capsys, "predict", files / "model.pkl", files / "plan.csv", "--proba")
    assert code == 0
    assert out.splitlines()[0].startswith("prediction,q0.1,")
    assert len(out.splitlines()) == 15


def test_predict_without_rows_points_to_forecast(files, capsys):
    code, _, err = call(capsys, "predict", files / "model.pkl")
    assert code == 2
    assert f"`podium forecast {files / 'model.pkl'}`" in err


def test_explain_and_models_of_tables_are_refused(files, good_model, capsys):
    code, _, err = call(capsys, "explain", files / "model.pkl", files / "plan.csv")
    assert code == 2
    assert "forecast" in err
    code, _, err = call(capsys, "forecast", good_model)
    assert code == 2
    assert "does not forecast" in err


@pytest.fixture
def good_model(tmp_path):
    """Return the file of a model of a table."""
    from tests.pipelines.tables import binary_table
    from tests.unit.champions.conftest import train

    train(binary_table(60)).predictor.save(tmp_path / "tables.pkl")
    return tmp_path / "tables.pkl"
