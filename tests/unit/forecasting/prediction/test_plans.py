"""Tests of the columns that are known in advance, and of plans."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError
from tests.unit.forecasting.fitted import fitted, inferred, weekly

RIDGE = ("ridge_reduction",)


def priced(series=("A", "B"), days=84, **options):
    """Return sales that fall with the price, which changes from day to day."""
    table = weekly(series, days, **options)
    price = np.random.default_rng(5).choice([8.0, 10.0, 12.0], len(table))
    return table.assign(price=price, sales=(table["sales"] * (20 - price) / 10).round(2))


def plan_of(price=8.0, days=7, series=("A", "B"), start="2024-03-25"):
    stamps = pd.date_range(start, periods=days)
    rows = pd.MultiIndex.from_product([series, stamps], names=["shop", "day"]).to_frame(index=False)
    return rows.assign(price=price)


@pytest.fixture(scope="module")
def forecaster():
    return fitted(priced(), algorithms=RIDGE, known="price")


def test_known_columns_matter(forecaster):
    cheap, dear = (forecaster.predict(future=plan_of(price))["forecast"].mean() for price in (8.0, 12.0))
    assert cheap > 1.2 * dear


def test_several_plans_come_side_by_side(forecaster):
    plans = {"cheap": plan_of(8.0), "dear": plan_of(12.0)}
    both = forecaster.predict(future=plans, quantiles=[0.5])
    assert list(both) == ["shop", "day", "forecast", "q0.5", "forecast_dear", "q0.5_dear", "note"]
    for name, column in (("cheap", "forecast"), ("dear", "forecast_dear")):
        alone = forecaster.predict(future=plans[name])
        np.testing.assert_allclose(both[column], alone["forecast"])


def test_plan_without_column_of_series_holds_for_all(forecaster):
    shared = plan_of(8.0, series=["A"]).drop(columns="shop")
    pd.testing.assert_frame_equal(forecaster.predict(future=shared), forecaster.predict(future=plan_of(8.0)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda plan: None, "needs the future values of 'price'"),
        (lambda plan: plan.drop(columns="price"), "no column 'price'"),
        (
            lambda plan: plan.assign(price="cheap"),
            "'price': row 1 of the plan holds 'cheap', which is not a finite number",
        ),
        (lambda plan: plan.assign(price=np.inf), "row 1 of the plan holds 'inf'"),
        (lambda plan: plan.iloc[:-2], "no value of 'price' for series 'B' at 2024-03-30; 2 of 14"),
        (lambda plan: plan[plan["shop"] == "B"], "no value of 'price' for series 'A' at 2024-03-25; 7 of 14"),
        (
            lambda plan: plan.assign(price=plan["price"].mask(plan.index == 3)),
            "for series 'A' at 2024-03-28; 1 of 14",
        ),
        (
            lambda plan: pd.concat([plan, plan.head(1).assign(price=9.0)]),
            "several rows of series 'A' at 2024-03-25",
        ),
    ],
)
def test_incomplete_plans_are_refused_by_name(change, says, forecaster):
    with pytest.raises(DataError, match=says):
        forecaster.predict(future=change(plan_of()))


def test_misspelled_series_of_a_plan_are_named(forecaster):
    with pytest.raises(DataError, match="for series 'A'") as caught:
        forecaster.predict(future=plan_of(series=("a", "B")))
    assert caught.value.hint.endswith("The model does not know these series of the plan: 'a'.")


def test_unseen_and_missing_categories_are_harmless():
    table = priced().assign(weather=lambda t: np.where(t["price"] > 9, "sun", "rain"))
    table.loc[::5, "weather"] = None
    forecaster = fitted(table, algorithms=RIDGE, known="price,weather")
    plan = plan_of().assign(weather=["snow", None, "sun", "rain", "sun", "hail", "rain"] * 2)
    assert np.isfinite(forecaster.predict(future=plan)["forecast"]).all()


def test_one_table_with_empty_targets_is_data_and_plan():
    stamps = pd.to_datetime(["2024-03-25", "2024-03-27", "2024-03-28"])
    rows = pd.MultiIndex.from_product([["A", "B"], stamps], names=["shop", "day"]).to_frame(index=False)
    table = pd.concat([priced(), rows.assign(price=[8.0, 12.0, 8.0] * 2)], ignore_index=True)
    forecaster = fitted(table.sample(frac=1, random_state=0), algorithms=RIDGE, known="price")
    forecasts = forecaster.predict()
    assert forecasts["day"].tolist() == [*stamps, *stamps]
    with pytest.raises(DataError, match="for series 'A' at 2024-03-26"):
        forecaster.predict(horizon=4)
    alone = fitted(priced(), algorithms=RIDGE, known="price").predict(table)
    pd.testing.assert_frame_equal(alone, forecasts)


def test_plan_that_ends_early_for_one_series_is_refused_by_name():
    table = pd.concat([priced(), plan_of().iloc[:-2]], ignore_index=True)
    with pytest.raises(DataError, match="no value of 'price' for series 'B' at 2024-03-30; 2 of 14"):
        fitted(table, algorithms=RIDGE, known="price").predict()
    plan = next(one for one in inferred(table, known="price").results if one.name == "plan")
    assert plan.outcome == "alert"
    assert "no row for series 'B' at 2024-03-30; 2 rows at the ends of series are missing" in plan.seen


def test_series_whose_plan_ends_early_is_forecast_with_a_note_if_nothing_is_known():
    table, plan = (rows.drop(columns="price") for rows in (priced(), plan_of().iloc[:-2]))
    forecasts = fitted(pd.concat([table, plan])).predict()
    assert forecasts.groupby("shop").size().tolist() == [7, 7]
    noted = forecasts["note"].str.contains("after the end of the series' plan")
    assert forecasts[noted]["day"].dt.day.tolist() == [30, 31]
    assert set(forecasts[noted]["shop"]) == {"B"}


@pytest.mark.parametrize(
    "plan",
    [
        plan_of()[lambda rows: (rows["shop"] == "A") | (rows.index % 2 == 1)],
        pd.concat([plan_of(series=["A"]), plan_of(series=["B"], start="2024-03-22")]),
    ],
    ids=["stamps of its own", "history that ends earlier"],
)
def test_a_plan_of_its_own_is_no_early_end(plan):
    table = priced()
    table = table[(table["shop"] == "A") | (table["day"] < plan[plan["shop"] == "B"]["day"].min())]
    forecasts = fitted(pd.concat([table, plan]), algorithms=RIDGE, known="price").predict()
    assert len(forecasts) == len(plan)
    assert (forecasts["note"] == "").all()


def test_empty_targets_at_the_end_of_one_series_are_missing_values():
    table = weekly(["A", "B", "C"])
    table.loc[(table["shop"] == "A") & (table["day"] > "2024-03-08"), "sales"] = np.nan
    days = fitted(table).predict().groupby("shop")["day"].min()
    assert days.tolist() == [pd.Timestamp("2024-03-09"), *[pd.Timestamp("2024-03-11")] * 2]


def test_plan_may_be_named_with_the_settings(tmp_path):
    plan_of().to_csv(tmp_path / "plan.csv", index=False)
    forecaster = fitted(priced(), algorithms=RIDGE, known="price", future=str(tmp_path / "plan.csv"))
    expected = forecaster.predict(future=plan_of())
    pd.testing.assert_frame_equal(forecaster.predict(), expected)


def test_named_plan_is_read_like_the_data(tmp_path):
    table, plan = priced(("007", "7")), plan_of(series=("007", "7"))
    parts = [part.assign(day=part["day"].dt.strftime("%d/%m/%Y")) for part in (table, plan)]
    parts[1].to_csv(tmp_path / "plan.csv", index=False)
    forecaster = fitted(parts[0], algorithms=RIDGE, known="price", future=str(tmp_path / "plan.csv"))
    forecasts = forecaster.predict()
    assert forecasts.groupby("shop").size().to_dict() == {"007": 7, "7": 7}
    assert forecasts["day"].iloc[[0, -1]].tolist() == ["2024-03-25", "2024-03-31"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda plan: plan.drop(columns="price"), "future: the plan has no column 'price'"),
        (lambda plan: plan.assign(day="soon"), "row 1 of the plan holds 'soon' in column 'day'"),
        (
            lambda plan: plan.assign(day="2024-01-05"),
            "no row of the plan is after the data, which end at 2024-03-24",
        ),
    ],
)
def test_wrong_named_plans_are_refused(change, says, tmp_path):
    change(plan_of()).to_csv(tmp_path / "plan.csv", index=False)
    with pytest.raises(DataError, match=says):
        inferred(priced(), known="price", future=str(tmp_path / "plan.csv"))


def test_ended_series_needs_no_plan():
    table = priced()
    table = table[(table["shop"] == "A") | (table["day"] < "2024-02-20")]
    forecasts = fitted(table, algorithms=RIDGE, known="price").predict(future=plan_of(series=["A"]))
    assert len(forecasts) == 14
    assert forecasts[forecasts["shop"] == "B"]["note"].str.contains("ended at 2024-02-19").all()


def test_series_without_history_follows_those_of_its_kind():
    table = priced(("A", "B", "C")).assign(
        region=lambda t: t["shop"].map({"A": "north", "B": "south", "C": "south"})
    )
    forecaster = fitted(table, algorithms=RIDGE, known="price")
    regions = {"A": "north", "B": "south", "C": "south", "NEW": "south"}
    plan = plan_of(series=list(regions)).assign(region=lambda t: t["shop"].map(regions))
    means = forecaster.predict(future=plan).groupby("shop")["forecast"].mean()
    assert means["B"] < means["NEW"] < means["C"]
    notes = forecaster.predict(future=plan).groupby("shop")["note"].first()
    assert "no history" in notes["NEW"]


def test_series_of_which_nothing_is_known_is_refused():
    plan = plan_of(series=["A", "B", "NEW"]).drop(columns="price")
    with pytest.raises(
        DataError, match="Series 'NEW' is not in the training data, and the model has no static"
    ):
        fitted(weekly()).predict(future=plan)


def test_series_of_the_plan_alone_is_forecast_too():
    table = priced().assign(region=lambda rows: rows["shop"].map({"A": "north", "B": "south"}))
    plan = plan_of(series=["A", "B", "NEW"]).assign(region="south")
    forecasts = fitted(pd.concat([table, plan]), algorithms=RIDGE, known="price").predict()
    assert len(forecasts) == 21
    assert forecasts["note"].str.contains("no history").sum() == 7
    means = forecasts.groupby("shop")["forecast"].mean()
    assert means["NEW"] == pytest.approx(means["B"], rel=0.05)


def test_dates_and_truth_values_may_be_known():
    table = priced().assign(
        promo=lambda rows: rows["price"] < 9, season=lambda rows: rows["day"].dt.normalize()
    )
    plan = plan_of().assign(promo=True, season=lambda rows: rows["day"])
    forecaster = fitted(pd.concat([table, plan]), algorithms=RIDGE, known="price,promo,season")
    assert np.isfinite(forecaster.predict()["forecast"]).all()
    forecaster.problem.from_dict(forecaster.problem.to_dict())


def test_fill_makes_missing_rows_zeros_or_earlier_values():
    table = weekly(["A", "B"])
    gone = table[(table["shop"] == "B") | ((table.index % 6 != 3) & (table["day"] < "2024-03-09"))]
    zero, previous, unknown = (fitted(gone, fill=how) for how in ("zero", "previous", ""))
    past = {
        how: one.model.folds[0].estimator.past_[0].values
        for how, one in (("zero", zero), ("previous", previous), ("", unknown))
    }
    assert len(past["zero"]) == 70
    assert past["zero"][3] == past["zero"][-1] == 0
    assert past["previous"][3] == past["previous"][2]
    assert len(past["previous"]) == 68
    assert np.isnan(past[""][3])
    newer = weekly(["B"], 14, start="2024-03-11")
    assert len(zero.predict(newer)) == 14
    assert zero.predict(newer)["day"].min() == pd.Timestamp("2024-03-11")


def test_gap_is_left_out(forecaster):
    forecasts = fitted(weekly(), algorithms=RIDGE, gap=3).predict()
    assert forecasts["day"].min() == pd.Timestamp("2024-03-14")
    assert (forecasts["note"] == "").all()
