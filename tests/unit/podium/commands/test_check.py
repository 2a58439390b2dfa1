"""Tests of ``podium check``: it finds what a run finds, and prints what needs attention first."""

import json

import numpy as np
import pandas as pd
import pytest

from podium.main import main


@pytest.fixture
def file(tmp_path):
    """A table with two groups, few rows, and a target with a rare class."""
    rng = np.random.default_rng(0)
    rows = 150
    frame = pd.DataFrame({
        "x": rng.normal(size=rows),
        "group": rng.choice(["a", "b"], rows),
        "value": rng.normal(size=rows),
        "y": np.where(np.arange(rows) % 30 == 0, "rare", "common"),
        "same": 1,
    })  # fmt: skip
    frame.to_csv(tmp_path / "data.csv", index=False)
    return str(tmp_path / "data.csv")


def call(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main(["check", *words])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return ended.value.code or 0, out, err


def test_each_alert_is_printed_once_and_first(file, capsys):
    code, out, _ = call(capsys, file, "--target", "y")
    rows = json.loads(call(capsys, file, "--target", "y", "--json")[1])
    assert code == 0
    alerts = [row for row in rows if row["outcome"] == "alert"]
    assert {"Class balance", "Number of rows"} <= {row["guardrail"] for row in alerts}
    for row in alerts:
        assert out.count(row["seen"]) == 1
    assert out.index(alerts[-1]["seen"]) < out.index("Fixed (1):") < out.index("Passed (")
    assert out.count("Constant columns: ") == 1


def test_warnings_of_reading_are_among_the_alerts(tmp_path, capsys):
    rows = "".join(f"{at},{at * 7 % 5},{at % 2}\n" for at in range(60))
    (tmp_path / "data.csv").write_text(f"a,,y\n{rows}")
    _, out, _ = call(capsys, str(tmp_path / "data.csv"), "--target", "y")
    assert out.count("has columns without a name; they were named column_2.") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--target", "churn"], "there is no column 'churn'"),
        (["--target", "y", "--metric", "msd"], "Unknown metric 'msd'"),
        ([], "target: name the column"),
        (["--target", "y", "--group-column", "group"], "'group' has only 2 groups"),
        (["--target", "value", "--metric", "rmsle"], "RMSLE is undefined"),
    ],
)
def test_mistakes_end_with_code_2(file, words, message, capsys):
    code, _, err = call(capsys, file, *words)
    assert code == 2
    assert message in err


def test_own_test_rows_are_checked(file, tmp_path, capsys):
    pd.DataFrame({"x": [1.0], "y": ["rare"]}).to_csv(tmp_path / "test.csv", index=False)
    code, _, err = call(capsys, file, "--target", "y", "--test", str(tmp_path / "test.csv"))
    assert code == 2
    assert "The test data is missing 'group'" in err


SERIES = ("--task", "forecasting", "--time-column", "day", "--target", "sales")


@pytest.fixture
def sales(tmp_path):
    """Sales on business days; two public holidays have no row."""
    days = pd.bdate_range("2023-01-02", periods=120).delete([30, 77])
    table = pd.DataFrame({"day": days, "shop": "a", "sales": 50 + np.arange(118) % 5})
    table.to_csv(tmp_path / "sales.csv", index=False)
    return str(tmp_path / "sales.csv")


OWN_SERIES = "day,receipt,sales\n" + "".join(f"2023-01-{day:02d},r{day},{day % 4}\n" for day in range(1, 31))
TWO_FREQUENCIES = "shop,day,sales\n" + "".join(
    [f"a,2023-01-{day:02d},{day}\n" for day in range(1, 31)]
    + [f"b,{year}-{month:02d}-01,{month}\n" for year in (2021, 2022) for month in range(1, 13)]
)


def test_series_are_described_and_checked(sales, capsys):
    code, out, _ = call(capsys, sales, *SERIES, "--series-column", "shop", "--horizon", "5")
    assert code == 0
    assert "Frequency: Business days." in out
    assert "Series: 1 series by 'shop', 118 rows (118 rows each), from 2023-01-02 to 2023-06-16." in out
    assert "windows of 5 steps and tested on the last 5." in out
    assert "Seasons: Found a season of 5 steps in 1 of 1 series" in out
    assert (
        "Missing times: 2 stamps (1.7%) within the series have no row, the first at 2023-02-13 of 'a'." in out
    )


@pytest.mark.parametrize(
    ("rows", "words", "message"),
    [
        ("day,sales\n2023-01-01,3\n2023-01-02,much\n", (), "row 2 (at 2023-01-02) holds 'much'"),
        ("day,sales\n2023-01-01,3\n2023-01-02,inf\n", (), "row 2 (at 2023-01-02) holds 'inf'"),
        ("day,sales\n2023-01-01,3\n2023-01-02,4\n", (), "the series has 2 rows, from 2023-01-01 on"),
        ("day,sales\n2023-01-01,3\n2023-01-01,4\n2023-01-02,4\n", (), "the first at 2023-01-01"),
        ("day,sales\n2023-01-01,3\n", ("--known", "price"), "known: there is no column 'price'"),
        ("day,a,b\n2023-01-01,3,4\n", ("--target", "a,b"), "var_name='series'"),
        (
            "day,a,b\n2023-01-01,3,4\n",
            (),
            "table.melt(id_vars=['day'], var_name='series', value_name='sales')",
        ),
        ("shop,2023-01,2023-02,2023-03\nx,1,2,3\n", (), "id_vars=['shop'], var_name='day'"),
        ("day,sales\n2023-01-01,\n2023-01-02,\n", (), "'sales' is missing in all 2 rows"),
        (OWN_SERIES, ("--series-column", "receipt"), "'receipt' differs in every row"),
        (TWO_FREQUENCIES, ("--series-column", "shop"), "no common frequency"),
        (OWN_SERIES, ("--holidays", "Atlantis"), "'Atlantis' is no country"),
    ],
)
def test_series_that_cannot_be_forecast_end_with_code_2(rows, words, message, tmp_path, capsys):
    (tmp_path / "data.csv").write_text(rows)
    code, _, err = call(capsys, str(tmp_path / "data.csv"), *SERIES, "--horizon", "5", *words)
    assert code == 2
    assert message in err


def test_series_without_horizon_or_time_end_with_code_2(sales, capsys):
    code, _, err = call(capsys, sales, "--task", "forecasting", "--target", "sales")
    assert code == 2
    assert "time_column: name the column of times." in err
    assert "horizon: say how many steps to forecast" in err
