"""Tests of what a fitted forecaster does with the rows of a user."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError, SettingsError
from podium_ml.kinds import load_predictor
from tests.unit.forecasting.fitted import fitted, weekly

BOTH = ("baseline", "ridge_reduction")


@pytest.fixture(scope="module")
def table():
    return weekly()


@pytest.fixture(scope="module")
def forecaster(table):
    return fitted(table, algorithms=BOTH)


def of(forecasts, shop):
    return forecasts[forecasts["shop"] == shop]


def test_next_values_of_every_series(forecaster):
    forecasts = forecaster.predict()
    assert list(forecasts) == ["shop", "day", "forecast", *(f"q0.{n}" for n in range(1, 10)), "note"]
    assert of(forecasts, "B")["day"].tolist() == pd.date_range("2024-03-11", periods=7).tolist()
    assert (forecasts["note"] == "").all()
    weekend = of(forecasts, "A").set_index("day")["forecast"]
    assert weekend["2024-03-16"] > weekend["2024-03-12"] + 5


def test_quantiles_are_ordered_whatever_is_asked(forecaster):
    forecasts = forecaster.predict(quantiles=[0.99, 0.5, 0.01, 0.25])
    columns = ["q0.01", "q0.25", "q0.5", "q0.99"]
    assert list(forecasts)[3:-1] == columns
    assert (np.diff(forecasts[columns].to_numpy(), axis=1) >= 0).all()
    assert (forecasts[columns] >= 0).all().all(), "sales were never negative"
    with pytest.raises(SettingsError, match=r"quantiles: 1\.5"):
        forecaster.predict(quantiles=[1.5])


def test_horizon_beyond_training_is_wider_and_noted(forecaster):
    forecasts = of(forecaster.predict(horizon=28), "A")
    assert len(forecasts) == 28
    assert np.isfinite(forecasts["forecast"]).all()
    assert (forecasts["note"].str.contains("beyond the 7 steps")).tolist() == [False] * 7 + [True] * 21
    width = (forecasts["q0.9"] - forecasts["q0.1"]).to_numpy()
    assert width[-7:].mean() > width[:7].mean()
    with pytest.raises(SettingsError, match="horizon: 0"):
        forecaster.predict(horizon=0)


@pytest.mark.parametrize("part", ["whole history", "new rows alone"])
def test_newer_history_moves_origin_and_level(part, table, forecaster):
    newer = weekly(days=30, start="2024-03-11", seed=1)
    newer["sales"] *= 2
    given = pd.concat([table, newer]) if part == "whole history" else newer
    forecasts = of(forecaster.predict(given), "A")
    assert forecasts["day"].iloc[0] == pd.Timestamp("2024-04-10")
    assert 1.5 < forecasts["forecast"].mean() / of(forecaster.predict(), "A")["forecast"].mean() < 2.5


def test_unseen_series_with_history_is_forecast_with_a_note(forecaster):
    new = weekly(["NEW"], days=5, start="2024-03-11")
    forecasts = forecaster.predict(new)
    assert set(forecasts["shop"]) == {"A", "B", "NEW"}
    assert of(forecasts, "NEW")["note"].str.contains("not in the training data").all()
    assert of(forecasts, "NEW")["forecast"].between(30, 90).all()
    assert of(forecasts, "NEW")["day"].iloc[0] == pd.Timestamp("2024-03-16")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda table: table.head(60), "older than the model's: it ends at 2024-02-29, but"),
        (lambda table: table.assign(sales="many"), "row 1 of the history holds 'many'"),
        (lambda table: table.drop(columns="sales"), "no column 'sales'"),
        (lambda table: table.drop(columns="shop"), "no column 'shop'"),
        (lambda table: table.assign(day="someday"), "row 1 of the history holds 'someday'"),
        (
            lambda table: pd.concat([table, table.tail(2).assign(sales=1.0)]),
            "'B' has several rows of one time, with different values: the first at 2024-03-09",
        ),
        (
            lambda table: pd.DataFrame(
                {"shop": "A", "day": pd.date_range("2024-03-11", periods=9, freq="30D"), "sales": 1.0}
            ),
            "another frequency than the model, which forecasts days",
        ),
    ],
)
def test_wrong_history_is_refused(change, says, table, forecaster):
    with pytest.raises(DataError, match=says):
        forecaster.predict(change(table))


@pytest.mark.parametrize(
    "write",
    [
        lambda day: f"{day.tz_localize('Europe/Berlin').isoformat()}[Europe/Berlin]",
        lambda day: f"{day:%Y-%m-%d} (estimated)" if day > pd.Timestamp("2024-03-15") else f"{day:%Y-%m-%d}",
        lambda day: f"{day:%Y-%m-%d}*" if day > pd.Timestamp("2024-03-05") else f"{day:%Y-%m-%d}",
    ],
    ids=["zone", "remarks of newer rows", "remarks"],
)
def test_newer_times_with_words_are_read(write):
    whole = weekly(["A"], days=80).assign(day=lambda rows: rows["day"].map(write))
    forecaster = fitted(whole.head(70))
    forecasts = forecaster.predict(whole)
    assert str(forecasts["day"].iloc[0])[:10] == "2024-03-21"
    following = forecaster.predict()[["shop", "day"]].assign(sales=50.0)
    assert str(forecaster.predict(following)["day"].iloc[0])[:10] == "2024-03-18"


def test_copies_in_a_newer_history_are_left_out(table, forecaster):
    newer = weekly(days=80)
    pd.testing.assert_frame_equal(
        forecaster.predict(pd.concat([newer, newer.tail(30)])), forecaster.predict(newer)
    )


@pytest.mark.parametrize("as_text", [True, False])
def test_times_with_and_without_offsets_are_not_mixed(as_text, table, forecaster):
    def zoned(rows):
        stamps = rows["day"].dt.tz_localize("America/New_York")
        return rows.assign(day=stamps.map(pd.Timestamp.isoformat) if as_text else stamps)

    newer = weekly(days=10, start="2024-03-11")
    with pytest.raises(
        DataError, match="history have an offset from UTC, but those of the training data have none"
    ):
        forecaster.predict(zoned(newer))
    zoned_forecaster = fitted(zoned(table))
    with pytest.raises(
        DataError, match="the history have none, but those of the training data have an offset"
    ):
        zoned_forecaster.predict(newer)
    assert str(zoned_forecaster.predict(zoned(newer))["day"].iloc[0])[:10] == "2024-03-21"


def test_rare_sales_are_no_other_frequency(forecaster):
    days = np.cumsum([1, 9, 4, 17, 5, 12, 6, 3, 21, 8])
    rare = pd.DataFrame(
        {"shop": "A", "day": pd.Timestamp("2024-03-11") + pd.to_timedelta(days, "D"), "sales": 1.0}
    )
    assert of(forecaster.predict(rare), "A")["day"].min() == rare["day"].max() + pd.Timedelta(days=1)


def test_history_of_hours_is_refused_by_a_model_of_days(forecaster):
    stamps = pd.date_range("2024-03-11", periods=50, freq="h")
    with pytest.raises(DataError, match="another frequency"):
        forecaster.predict(pd.DataFrame({"shop": "A", "day": stamps, "sales": 1.0}))


def test_short_and_ended_series_have_notes():
    table = weekly()
    table = pd.concat([table[(table["shop"] == "A") | (table["day"] < "2024-02-10")], weekly(["ONE"], 1)])
    table.loc[table["shop"] == "ONE", "day"] = pd.Timestamp("2024-03-10")
    forecasts = fitted(table, algorithms=BOTH).predict()
    assert of(forecasts, "B")["note"].str.contains("ended at 2024-02-09").all()
    assert of(forecasts, "ONE")["note"].str.contains("only 1 value known").all()
    assert np.isfinite(forecasts.filter(regex="forecast|q").to_numpy(dtype=float)).all()


def test_series_of_one_value_has_the_shape_of_the_others():
    one = weekly(["ONE"], 1, start="2024-03-10").assign(sales=13.0)  # a Sunday, as good as a Saturday
    forecasts = fitted(pd.concat([weekly(), one]), algorithms=["lightgbm_reduction"]).predict()
    sales = of(forecasts, "ONE").set_index("day")["forecast"]
    assert sales["2024-03-16"] == pytest.approx(13, rel=0.1)
    assert sales["2024-03-13"] == pytest.approx(10, rel=0.1)


def test_changes_after_the_end_of_history_do_not_matter(table, forecaster):
    """The same model with the same rows forecasts the same, whether it was given them or has learned from them."""
    pd.testing.assert_frame_equal(forecaster.predict(table), forecaster.predict())


def test_numbers_of_series_and_years_stay_numbers():
    table = pd.DataFrame(
        {"shop": np.repeat([7, 12], 30), "day": np.tile(np.arange(1990, 2020), 2), "sales": 5.0}
    )
    forecasts = fitted(table, horizon=2).predict()
    assert sorted(forecasts["shop"]) == [7, 7, 12, 12]
    assert forecasts["day"].tolist() == [2020, 2021] * 2
    zeros = fitted(table.assign(shop=table["shop"].map("{:03d}".format)), horizon=2).predict()
    assert zeros["shop"].tolist() == ["007", "007", "012", "012"]


def test_history_may_be_a_file(forecaster, tmp_path):
    newer = weekly(days=14, start="2024-03-11")
    newer.to_csv(tmp_path / "newer.csv", index=False)
    pd.testing.assert_frame_equal(forecaster.predict(tmp_path / "newer.csv"), forecaster.predict(newer))


def test_whole_numbers(forecaster):
    forecasts = forecaster.predict(whole=True, quantiles=[0.1, 0.9])
    numbers = forecasts[["forecast", "q0.1", "q0.9"]].to_numpy()
    assert (numbers == numbers.round()).all()


def test_total_has_an_interval_narrower_than_sums_of_quantiles(forecaster):
    forecasts = forecaster.predict(total=True)
    parts, sums = (forecasts[forecasts["shop"].isin(one)] for one in (["A", "B"], ["all series"]))
    assert len(sums) == 7
    assert (sums["note"] == "sum of 2 series").all()
    by_day = parts.groupby("day")[["forecast", "q0.1", "q0.9"]].sum()
    np.testing.assert_allclose(sums["forecast"], by_day["forecast"])
    width, added = sums["q0.9"] - sums["q0.1"], by_day["q0.9"] - by_day["q0.1"]
    assert (width.to_numpy() < 0.98 * added.to_numpy()).all()
    with pytest.raises(SettingsError, match="only one series"):
        fitted(weekly(["A"]).drop(columns="shop"), series_column="").predict(total=True)


def test_rows_of_the_future_are_predicted_in_their_order(table, forecaster):
    rows = pd.DataFrame({"shop": ["B", "A", "B"], "day": ["2024-03-13", "2024-03-11", "2024-03-12"]})
    expected = forecaster.predict().set_index(["shop", "day"])["forecast"]
    predicted = forecaster.prediction_table(rows)
    assert list(predicted) == ["prediction"]
    wanted = [expected[shop, pd.Timestamp(day)] for shop, day in rows.to_numpy()]
    np.testing.assert_allclose(predicted["prediction"], wanted)
    assert list(forecaster.prediction_table(rows, proba=True))[:2] == ["prediction", "q0.1"]
    with pytest.raises(DataError, match="podium forecast RUN"):
        forecaster.prediction_table(table.drop(columns="sales"))


def test_labelled_rows_are_history_of_the_others(table, forecaster):
    newer = weekly(days=10, start="2024-03-11").assign(sales=lambda t: 2 * t["sales"])
    rows = newer.assign(sales=newer["sales"].where(newer["day"] < "2024-03-18"))
    predicted = forecaster.prediction_table(rows)["prediction"]
    assert predicted.isna().tolist() == rows["sales"].notna().tolist()
    expected = forecaster.predict(rows[rows["sales"].notna()], horizon=3)["forecast"]
    np.testing.assert_allclose(predicted.dropna(), expected)


def test_backtest_scores_from_one_origin_after_the_other(forecaster):
    newer = weekly(days=21, start="2024-03-11", seed=3)
    result = forecaster.backtest(newer)
    assert result.scores["origin"].tolist() == ["2024-03-10", "2024-03-17", "2024-03-24", "all"]
    assert result.scores["rows"].tolist() == [14, 14, 14, 42]
    assert result.scores["wape"].iloc[-1] < 0.1
    first = result.rows[result.rows["origin"] == "2024-03-10"]
    np.testing.assert_allclose(first["forecast"], forecaster.predict()["forecast"])
    np.testing.assert_allclose(first["actual"], newer[newer["day"] < "2024-03-18"]["sales"])
    assert len(forecaster.backtest(newer, step=3).scores) == 8


def test_backtest_needs_newer_rows(table, forecaster):
    with pytest.raises(DataError, match="do not go on after the model's own, which end at 2024-03-10"):
        forecaster.backtest(table)
    with pytest.raises(SettingsError, match="step: 0"):
        forecaster.backtest(weekly(days=21, start="2024-03-11"), step=0)


def test_saved_forecaster_forecasts_the_same(forecaster, tmp_path):
    forecaster.save(tmp_path / "model.pkl")
    pd.testing.assert_frame_equal(load_predictor(tmp_path / "model.pkl").predict(), forecaster.predict())
