"""Common tests of all guardrails of series on clean data and on data that triggers them."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import GuardrailResult
from podium_ml.errors import DataError
from podium_ml.forecasting.guardrails import GUARDRAILS, Phase, run_guardrails
from podium_ml.forecasting.kind import KIND
from podium_ml.forecasting.panel.panel import make_panel
from podium_ml.forecasting.panel.stamps import StampFormat
from podium_ml.forecasting.validation.context import Context
from podium_ml.forecasting.validation.infer_problem import infer_problem
from podium_ml.kinds import InferredProblem
from podium_ml.kinds.features import build_feature_table
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.settings import ForecastingSettings

DAYS, SHOPS = 140, ("a", "b", "c", "d")
BASE = {"time_column": "day", "series_column": "shop", "target": "sales", "horizon": 7, "known": "price"}


def clean() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = []
    for place, shop in enumerate(SHOPS):
        week = 20 * (place + 1) + 8 * np.sin(2 * np.pi * np.arange(DAYS) / 7)
        rows.append(
            pd.DataFrame(
                {
                    "day": pd.date_range("2023-01-02", periods=DAYS),
                    "shop": shop,
                    "sales": week + rng.normal(size=DAYS),
                    "price": rng.choice([1.0, 1.5, 2.0], DAYS),
                    "city": f"city {place % 2}",
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def hourly(first: str, zone: str) -> pd.DataFrame:
    stamps = pd.date_range(first, periods=24 * 30, freq="h", tz=zone).tz_localize(None)
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {"day": stamps, "shop": "a", "sales": rng.normal(size=720) + 9, "price": rng.normal(size=720)}
    )


def offsets(table: pd.DataFrame) -> pd.DataFrame:
    text = table["day"].dt.strftime("%Y-%m-%dT%H:%M:%S")
    return table.assign(day=text + np.where(table["shop"] == "a", "+01:00", "-05:00"))


def at(table: pd.DataFrame, column: str, shop: str, rows: slice, value: object) -> pd.DataFrame:
    """Return the table with other values in some rows of a shop."""
    places = table.index[table["shop"] == shop][rows]
    return table.assign(**{column: table[column].where(~table.index.isin(places), value)})


def repeated(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.head(9)], ignore_index=True)


def shifted(table: pd.DataFrame) -> pd.DataFrame:
    late = table["day"] >= "2023-03-20"
    return table.assign(sales=table["sales"] + np.where(late & (table["shop"] == "b"), 60, 0))


def rare(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(sales=table["sales"].where((table["shop"] != "c") | (table.index % 5 == 0), 0))


# For each guardrail: a change to the clean table that triggers it, the settings and the expected outcome.
FIRES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], dict[str, object], str]] = {
    "unreadable_times": (lambda t: t.assign(day=t["day"].where(t.index != 5)), {}, "fixed"),
    "time_zones": (offsets, {}, "alert"),
    "daylight_saving": (lambda _: hourly("2023-10-20", "Europe/Berlin"), {}, "alert"),
    "frequency": (lambda t: t.assign(day=t["day"] + pd.to_timedelta(t.index % 7, "min")), {}, "fixed"),
    "closed_days": (lambda t: t[(t["shop"] != "b") | (t["day"].dt.day_of_week != 6)], {}, "fixed"),
    "missing_times": (lambda t: t[t.index % 20 != 3], {}, "fixed"),
    "duplicate_times": (repeated, {}, "fixed"),
    "series": (lambda t: t, {}, "passed"),
    "series_names": (lambda t: t.assign(shop=t["shop"].where(t["shop"] != "a")), {}, "alert"),
    "short_series": (lambda t: t[(t["shop"] != "a") | (t["day"] > "2023-05-15")], {}, "alert"),
    "ended_series": (lambda t: t[(t["shop"] != "a") | (t["day"] < "2023-05-01")], {}, "alert"),
    "windows": (lambda t: t, {"horizon": 60}, "alert"),
    "plan": (lambda t: at(t, "sales", "a", slice(-7, None), None), {}, "passed"),
    "missing_target": (lambda t: at(t, "sales", "a", slice(20, 25), None), {}, "fixed"),
    "constant_series": (lambda t: at(t, "sales", "d", slice(None), 4.0), {}, "alert"),
    "intermittent_series": (rare, {}, "alert"),
    "outliers": (lambda t: at(t, "sales", "b", slice(50, 51), 900.0), {}, "alert"),
    "stand_ins": (lambda t: t.assign(sales=t["sales"].where(t.index % 17 != 3, -999)), {}, "alert"),
    "level_shifts": (shifted, {}, "alert"),
    "trend": (lambda t: t.assign(sales=t["sales"] + t.groupby("shop").cumcount()), {}, "passed"),
    "seasons": (lambda t: t, {"season": 10}, "alert"),
    "metric_fit": (lambda t: at(t, "sales", "a", slice(30, 31), 0.0), {"metric": "mape"}, "alert"),
    "known_target": (lambda t: t.assign(price=3 * t["sales"] + 5), {}, "alert"),
    "varying_static": (lambda t: at(t, "city", "a", slice(70, None), "city 9"), {}, "alert"),
}  # fmt: skip


def validate(
    change: Callable[[pd.DataFrame], pd.DataFrame] | None = None, **options: object
) -> InferredProblem:
    table = clean() if change is None else change(clean())
    return infer_problem(table.reset_index(drop=True), ForecastingSettings.parse(BASE | options))


@cache
def fired(name: str) -> InferredProblem:
    change, options, _ = FIRES[name]
    return validate(change, **options)


def result_of(inferred: InferredProblem, name: str) -> GuardrailResult:
    return next(result for result in inferred.results if result.name == name)


def test_every_guardrail_has_a_case() -> None:
    assert set(FIRES) == set(GUARDRAILS)


def test_clean_data_passes() -> None:
    results = validate().results
    assert {result.name: result.seen for result in results if result.outcome != "passed"} == {}
    assert {result.name for result in results} == set(GUARDRAILS)


@pytest.mark.parametrize("name", FIRES)
def test_guardrail_fires(name: str) -> None:
    result = result_of(fired(name), name)
    assert "could not be checked" not in result.seen
    assert result.outcome == FIRES[name][2]


@pytest.mark.parametrize("name", FIRES)
def test_results_are_readable_and_json_serializable(name: str) -> None:
    for result in fired(name).results:
        assert result.title == GUARDRAILS[result.name].title
        assert result.seen.endswith(".")
        assert not result.done or result.done.endswith((".", "?"))
        assert len({tuple(row) for row in result.details}) <= 1
        assert len(result.details) <= 20
        assert GuardrailResult.from_dict(json.loads(json.dumps(result.to_dict()))).seen == result.seen


@pytest.mark.parametrize("guardrail", GUARDRAILS.values(), ids=lambda guardrail: guardrail.name)
def test_declaration(guardrail: Guardrail) -> None:
    assert guardrail.name.isidentifier()
    assert guardrail.title[0].isupper()
    assert guardrail.phase in get_args(Phase)
    assert guardrail.check.__doc__


def test_orders_are_unique() -> None:
    places = [(guardrail.phase, guardrail.order) for guardrail in GUARDRAILS.values()]
    assert len(places) == len(set(places))


def test_headlines_are_guardrails() -> None:
    assert set(KIND.headlines) <= set(GUARDRAILS)


@pytest.mark.parametrize("name", FIRES)
def test_no_series_is_dropped_or_padded(name: str) -> None:
    inferred = fired(name)
    given = FIRES[name][0](clean())
    named = given["shop"].fillna("").nunique() if name != "duplicate_times" else len(SHOPS)
    assert inferred.problem.series is not None
    assert len(inferred.problem.series.labels) == named
    if name != "closed_days":
        assert len(inferred.train) + len(inferred.test) <= given["sales"].notna().sum()


def test_check_of_one_series_names_none() -> None:
    panel = make_panel(clean().query("shop == 'a'"), time_column="day", target="sales")
    settings = ForecastingSettings.parse({"time_column": "day", "target": "sales", "horizon": 7})
    results = {result.name: result for result in run_guardrails(Context(panel, settings, tested=7, season=7))}
    assert results["series"].seen == "One series of 140 rows, from 2023-01-02 to 2023-05-21."
    assert results["seasons"].seen.startswith("Found a season of 7 steps in 1 of 1 series")
    assert {one.outcome for one in results.values()} == {"passed"}


def test_series_of_another_weekday_are_told() -> None:
    weeks = pd.date_range("2022-01-02", periods=60, freq="7D")
    days = [*weeks, *weeks, *(weeks + pd.Timedelta(days=3))]
    table = pd.DataFrame({"day": days, "shop": np.repeat(["a", "b", "c"], 60), "sales": 1.0, "price": 2.0})
    table["sales"] += np.arange(180) % 13
    result = result_of(validate(lambda _: table), "frequency")
    assert result.outcome == "alert"
    assert "All times of 'c' are off." in result.seen


def test_hole_in_the_plan_is_told() -> None:
    def planned(table: pd.DataFrame) -> pd.DataFrame:
        late = table["day"] > "2023-05-14"
        hole = (table["shop"] == "b") & (table["day"] > "2023-05-19")
        return table.assign(sales=table["sales"].where(~late), price=table["price"].where(~hole))

    result = result_of(validate(planned), "plan")
    assert result.outcome == "alert"
    assert "no value of 'price' for series 'b' at 2023-05-20; 2 of its values are missing" in result.seen


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2023-01-02", "2023-05-21", ""),
        ("2023-01-02", "2023-05-17", "Rows of 2023-05-15 seem to be missing."),
        ("2023-01-07", "2023-05-17", "Rows of 2023-01-02 and 2023-05-15 seem to be missing."),
    ],
)
def test_unfinished_weeks_are_told(first: str, last: str, told: str) -> None:
    def some_days(table: pd.DataFrame) -> pd.DataFrame:
        return table[(table["day"] >= first) & (table["day"] <= last)]

    inferred = validate(some_days, frequency="W", aggregate="sum", horizon=2)
    result = result_of(inferred, "duplicate_times")
    assert result.outcome == ("alert" if told else "fixed")
    assert result.seen.endswith(told or "with another row.")


def test_spring_is_told_too() -> None:
    result = result_of(validate(lambda _: hourly("2024-03-20", "Europe/Berlin")), "daylight_saving")
    assert result.seen.startswith("Daylight saving: on 2024-03-31 the clocks were set forward")


def test_closed_days_are_told() -> None:
    table = clean()
    keep = (table["day"].dt.day_of_week < 5) | (table["day"] == "2023-03-04")
    result = result_of(validate(lambda t: t[keep]), "frequency")
    assert result.seen == "Business days. 4 rows are on days that are else closed."
    assert result.outcome == "fixed"


def test_rows_that_are_combined_are_told() -> None:
    result = result_of(validate(repeated, aggregate="sum"), "duplicate_times")
    assert (result.seen, result.done) == (
        "9 rows share series and time with another row.",
        "Their sum was taken.",
    )


def test_names_that_differ_in_case_are_told() -> None:
    result = result_of(validate(lambda t: t.assign(shop=t["shop"].replace("b", "A"))), "series_names")
    assert "such as 'A', 'a'" in result.seen


def test_names_that_are_one_number_are_told() -> None:
    def respelled(table: pd.DataFrame) -> pd.DataFrame:
        late = table["day"] > "2023-03-01"
        return table.assign(shop=table["shop"].replace("a", "1").mask((table["shop"] == "a") & late, "1.0"))

    inferred = validate(respelled)
    result = result_of(inferred, "series_names")
    assert (result.outcome, result.seen) == ("alert", "Some names are written in several ways: '1', '1.0'.")
    assert inferred.problem.series is not None
    assert inferred.problem.series.labels[0] == ("1",)


def test_codes_of_missing_values_are_no_outliers() -> None:
    inferred = fired("stand_ins")
    assert result_of(inferred, "stand_ins").seen == "Values that may stand for missing ones: -999 in 33 rows."
    assert "--missing-markers=-999" in result_of(inferred, "stand_ins").done
    assert result_of(inferred, "outliers").outcome == "passed"
    assert result_of(inferred, "level_shifts").outcome == "passed"


def test_names_in_another_encoding_are_told() -> None:
    names = {"a": "Z\u00fcrich", "b": "Zu\u0308rich"}
    result = result_of(validate(lambda t: t.assign(shop=t["shop"].replace(names))), "series_names")
    assert result.seen.startswith("Names of 1 series are written in several ways")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"test_windows": 40}, "--test-windows 18 leaves rows for one."),
        ({"gap": 200}, "A smaller --gap or a shorter horizon leaves rows for one."),
        ({"horizon": 100}, "A horizon of at most 68 steps leaves rows for one."),
        ({"windows": 40}, "The histories are too short for 40 windows."),
    ],
)
def test_more_windows_than_fit_are_told(asked: dict[str, int], says: str) -> None:
    inferred = validate(**asked)
    assert result_of(inferred, "windows").done == says
    assert inferred.problem.series is not None
    assert inferred.problem.series.windows < 20


def test_several_zones_are_named() -> None:
    inferred = fired("time_zones")
    result = result_of(inferred, "time_zones")
    assert "(+01:00, -05:00), which no single time zone has" in result.seen
    assert "the day of its own zone" in result.done
    assert result_of(inferred, "frequency").seen.startswith("Days")
    hours = validate(lambda t: offsets(t.assign(day=t["day"].min() + (t["day"] - t["day"].min()) / 24)))
    assert "written in UTC" in result_of(hours, "time_zones").done
    assert result_of(hours, "frequency").seen.startswith("Hours")


def test_days_of_several_zones_go_on_without_offsets() -> None:
    form = StampFormat.plan(offsets(clean())["day"])
    assert form.read(pd.Series(["2023-03-01T00:00:00-04:00", "2023-03-01"])).tolist() == [
        datetime(2023, 3, 1),
        datetime(2023, 3, 1),
    ]
    assert form.write(np.array(["2023-03-02"], dtype="M8[us]")) == ["2023-03-02"]


def test_closed_days_of_a_series_are_zero() -> None:
    inferred = fired("closed_days")
    assert result_of(inferred, "closed_days").seen == "Never open on Sunday, unlike others: 'b'."
    rows = pd.concat([inferred.train, inferred.test])
    shop = rows[rows["shop"] == "b"].sort_values("day")
    assert len(shop) == DAYS
    assert (shop["sales"][shop["day"].dt.day_of_week == 6] == 0).all()
    assert result_of(inferred, "missing_times").outcome == "passed"


def test_prices_go_on_over_closed_days() -> None:
    walk = 100 + np.random.default_rng(0).normal(size=DAYS * len(SHOPS)).cumsum() * 0.2
    change = FIRES["closed_days"][0]
    inferred = validate(lambda t: change(t.assign(sales=walk - walk.min() + 50)))
    assert result_of(inferred, "closed_days").outcome == "passed"


def test_weights_of_series_count_in_the_scores() -> None:
    inferred = validate(
        lambda t: t.assign(worth=t["shop"].map({"a": 3, "b": 1, "c": 0, "d": 1})), weight_column="worth"
    )
    problem = inferred.problem
    assert problem.weight_column == "worth"
    assert next(one.role for one in problem.columns if one.name == "worth") == "weight"
    assert problem.series is not None
    assert "worth" not in problem.series.static
    table = build_feature_table(KIND.plan_features(problem, inferred.train), inferred.train, problem)
    assert set(table.weight) == {0.0, 1.0, 3.0}


@pytest.mark.parametrize(
    ("value", "message"), [("much", "row 6 holds 'much'"), (-1, "row 6 holds '-1'"), (None, "row 6")]
)
def test_wrong_weights_are_refused(value: object, message: str) -> None:
    table = clean().assign(worth=1)
    table["worth"] = table["worth"].astype(object).where(table.index != 5, value)
    with pytest.raises(DataError, match="Weight column 'worth'") as caught:
        validate(lambda _: table, weight_column="worth")
    assert message in caught.value.message
