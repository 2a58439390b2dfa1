import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError, SettingsError
from podium_ml.kinds import InferredProblem
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import TabularSettings
from podium_ml.splits.folds import make_folds
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.validation.infer_problem import infer_problem
from podium_ml.tabular.validation.split import auto_test_fraction

RNG = np.random.default_rng(0)


def table(rows: int = 300, **columns) -> pd.DataFrame:
    y = np.where(RNG.random(rows) < 0.3, "yes", "no")
    return pd.DataFrame({"a": RNG.normal(size=rows), "row": np.arange(rows) ** 2, "y": y} | columns)


def split(data: pd.DataFrame, **settings) -> InferredProblem:
    return infer_problem(data, TabularSettings(target="y", **settings))


def test_test_rows_are_stratified_and_disjoint_from_training_rows():
    inferred = split(table())
    assert len(inferred.test) == inferred.problem.n_test == 60
    assert len(inferred.train) == inferred.problem.n_train == 240
    assert not set(inferred.train["row"]) & set(inferred.test["row"])
    assert abs((inferred.train["y"] == "yes").mean() - (inferred.test["y"] == "yes").mean()) < 0.02
    assert inferred.train["row"].is_monotonic_increasing


@pytest.mark.parametrize(("rows", "in_test"), [(1_000, 200), (2_000, 300), (4_000, 400)])
def test_larger_tables_set_a_smaller_part_aside(rows, in_test):
    assert len(split(table(rows)).test) == in_test


def test_large_tables_test_on_at_most_10_000_rows():
    assert round(auto_test_fraction(500_000) * 500_000) == 10_000


@pytest.mark.parametrize("asked", [0.25, "0.25"])
def test_the_users_test_fraction_rules(asked):
    assert len(split(table(4_000), test_fraction=asked).test) == 1_000


def test_groups_are_counted_instead_of_rows():
    inferred = split(table(4_000, g=np.repeat(np.arange(40), 100)), group_column="g")
    assert inferred.test["g"].nunique() == 8


def test_split_depends_on_the_seed():
    data = table()
    assert split(data).test["row"].equals(split(data).test["row"])
    assert not split(data).test["row"].equals(split(data, seed=1).test["row"])


def test_no_test_rows_if_test_fraction_is_zero():
    inferred = split(table(), test_fraction=0)
    assert len(inferred.test) == 0
    assert list(inferred.test.columns) == ["a", "row", "y"]


def test_latest_rows_are_test_rows():
    when = pd.date_range("2020-01-01", periods=300, freq="D").strftime("%d/%m/%Y")
    order = RNG.permutation(300)
    inferred = split(table(t=when[order], n=order), time_column="t")
    assert inferred.train["n"].max() < inferred.test["n"].min()
    assert inferred.problem.fold_strategy == "ordered"
    assert inferred.problem.n_folds == 5
    assert [c.name for c in inferred.problem.features if c.role == "time"] == ["t"]


def test_rows_of_one_time_stay_together():
    inferred = split(table(t=np.repeat(np.arange(30), 10)), time_column="t", test_fraction=0.25)
    assert not set(inferred.train["t"]) & set(inferred.test["t"])


@pytest.mark.parametrize("moments", [[0] * 20 + [1] * 280, [0] * 100 + [1] * 200])
def test_rows_of_one_time_are_split_if_necessary(moments):
    inferred = split(table(t=moments), time_column="t")
    assert len(inferred.train) >= 200
    assert len(inferred.test) >= 30


@pytest.mark.parametrize("target", ["y", "a"])
def test_groups_stay_together(target):
    data = table(g=np.repeat(np.arange(60), 5))
    inferred = infer_problem(data, TabularSettings(target=target, group_column="g"))
    assert not set(inferred.train["g"]) & set(inferred.test["g"])
    assert 30 <= len(inferred.test) <= 90
    assert inferred.problem.fold_strategy == "grouped"


def test_latest_groups_are_test_rows():
    group = np.repeat(np.arange(60), 5)
    data = table(g=group, t=group * 10 + RNG.integers(0, 15, 300)).sample(frac=1, random_state=0)
    inferred = split(data, group_column="g", time_column="t")
    assert inferred.train["g"].max() < inferred.test["g"].min()
    assert 50 <= len(inferred.test) <= 70
    assert inferred.problem.fold_strategy == "ordered"
    features = build_feature_table(
        Featurizer.plan(inferred.problem, inferred.train), inferred.train, inferred.problem
    )
    for train, valid in make_folds(inferred.problem, y=features.y, group=features.group, time=features.time):
        assert inferred.train["g"].iloc[train].max() < inferred.train["g"].iloc[valid].min()


@pytest.mark.parametrize(
    ("moments", "words"),
    [
        (np.tile(np.arange(5), 60), "end at the same 't'"),
        (np.tile(np.arange(5), 60) * 100 + np.repeat(np.arange(60), 5), "lie side by side in 't'"),
    ],
)
def test_groups_without_order_in_time_are_refused(moments, words):
    with pytest.raises(SettingsError, match=words) as caught:
        split(table(g=np.repeat(np.arange(60), 5), t=moments), group_column="g", time_column="t")
    assert "time column alone" in str(caught.value)


def test_three_groups_are_the_fewest():
    """One is for the test, and two are for the folds, whatever test fraction is asked for."""
    for fraction in ("auto", "0.9"):
        inferred = split(table(g=list("uvw") * 100), group_column="g", test_fraction=fraction)
        assert (len(set(inferred.train["g"])), len(set(inferred.test["g"]))) == (2, 1)
    two = table(g=["left", "right"] * 150)
    with pytest.raises(SettingsError, match="'g' has only 2 groups") as caught:
        split(two, group_column="g")
    assert "test_fraction to 0" in str(caught.value)
    assert split(two, group_column="g", test_fraction=0).problem.n_folds == 2


def test_of_few_groups_those_are_set_aside_that_leave_each_class_on_both_sides():
    group = np.arange(300) // 30
    data = table(g=group, y=np.where(np.isin(group, [3, 5, 7]), "yes", "no"))
    for seed in range(5):
        inferred = split(data, group_column="g", seed=seed)
        assert set(inferred.train["y"]) == set(inferred.test["y"]) == {"yes", "no"}


def test_a_group_that_holds_nearly_all_rows_is_learned_from():
    group = np.where(np.arange(300) < 270, 0, np.arange(300))
    for seed in range(5):
        inferred = split(table(g=group), group_column="g", seed=seed)
        assert len(inferred.test) < 30


def continuous(rows: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"x": RNG.normal(size=rows), "z": RNG.normal(size=rows), "c": RNG.choice(list("uvw"), rows)}
    )


def whole_numbers(rows: int) -> pd.DataFrame:
    age, day = RNG.integers(18, 90, rows), RNG.integers(1, 366, rows)
    return pd.DataFrame({"age": age, "day": day, "sex": RNG.choice(list("fm"), rows)})


def drawn(originals: pd.DataFrame, rows: int) -> pd.DataFrame:
    """Return copies of the rows, in random order and number, with a target of their own."""
    drawn = originals.assign(y=RNG.choice(["yes", "no"], len(originals)))
    return drawn.iloc[RNG.integers(0, len(drawn), rows)].reset_index(drop=True)


def key(data: pd.DataFrame) -> pd.Series:
    return data.drop(columns="y").astype(str).agg("|".join, axis=1)


@pytest.mark.parametrize("make", [continuous, whole_numbers])
@pytest.mark.parametrize("repeated", [0.02, 0.3, 0.6, 0.96])
def test_copies_share_test_and_folds(make, repeated):
    data = drawn(make(round(1_000 * (1 - repeated))), 1_000)
    inferred = split(data)
    assert 100 <= len(inferred.test) <= 320
    assert not set(key(inferred.train)) & set(key(inferred.test))
    rows = next(result for result in inferred.results if result.name == "duplicate_rows")
    assert rows.outcome == ("fixed" if repeated < 0.4 else "alert")
    features = build_feature_table(
        Featurizer.plan(inferred.problem, inferred.train), inferred.train, inferred.problem
    )
    keys = key(inferred.train).to_numpy()
    folds = make_folds(inferred.problem, y=features.y, group=features.group)
    assert len(folds) == inferred.problem.n_folds
    for train, valid in folds:
        assert not set(keys[train]) & set(keys[valid])


def few_values(rows: int) -> pd.DataFrame:
    return pd.DataFrame({name: RNG.choice(["x", "y", "z"], rows) for name in "abc"})


def skewed(rows: int) -> pd.DataFrame:
    return pd.DataFrame((RNG.random((rows, 10)) < 0.05).astype(int)).add_prefix("flag")


def dependent(rows: int) -> pd.DataFrame:
    hidden = RNG.integers(0, 5, rows)
    return pd.DataFrame({
        name: np.where(RNG.random(rows) < 0.2, RNG.integers(0, 5, rows), (hidden * step) % 5)
        for step, name in enumerate("abcde", start=1)
    })  # fmt: skip


def determined(rows: int) -> pd.DataFrame:
    place = RNG.zipf(1.5, rows) % 60
    return pd.DataFrame({"zip": place, "city": place // 5, "kind": RNG.integers(0, 4, rows)})


def rounded(rows: int) -> pd.DataFrame:
    return pd.DataFrame(RNG.normal(size=(rows, 3)).round()).add_prefix("size")


@pytest.mark.parametrize("make", [few_values, skewed, dependent, determined, rounded])
@pytest.mark.parametrize("seed", range(3))
def test_rows_that_are_equal_by_chance_are_split_at_random(make, seed):
    data = make(1_000).assign(y=RNG.choice(["yes", "no"], 1_000))
    assert key(data).duplicated().mean() > 0.5
    inferred = split(data, seed=seed)
    assert len(inferred.test) == 200
    assert not inferred.problem.copies_together
    rows = next(result for result in inferred.results if result.name == "duplicate_rows")
    assert (rows.outcome, "to be expected" in rows.seen) == ("passed", True)


def test_rows_without_entries_are_no_copies():
    data = continuous(600).assign(y=RNG.choice(["yes", "no"], 600))
    data.loc[:329, ["x", "z", "c"]] = [0.0, 0.0, "u"]
    inferred = split(data)
    assert len(inferred.test) == 120
    assert (inferred.test["x"] == 0).any()
    assert (inferred.train["x"] == 0).any()


@pytest.mark.parametrize("column", ["group_column", "time_column"])
def test_copies_on_both_sides_are_no_green_light(column):
    data = drawn(continuous(100), 600).assign(part=RNG.integers(0, 60, 600))
    rows = next(
        result for result in split(data, **{column: "part"}).results if result.name == "duplicate_rows"
    )
    assert rows.outcome == "alert"
    assert "both sides" in rows.done


@pytest.mark.parametrize("repeated", [0.6, 0.9])
def test_copies_are_dropped_from_separate_test_rows(repeated):
    data = drawn(continuous(round(2_000 * (1 - repeated))), 2_000)
    test = pd.concat([data.sample(250, random_state=0), drawn(continuous(50), 50)], ignore_index=True)
    inferred = infer_problem(data, TabularSettings(target="y"), test=test)
    assert len(inferred.test) == 50
    assert inferred.problem.copies_together


def test_equal_separate_test_rows_are_kept_if_they_are_equal_by_chance():
    data, test = (few_values(rows).assign(y=RNG.choice(["yes", "no"], rows)) for rows in (1_000, 200))
    inferred = infer_problem(data, TabularSettings(target="y"), test=test)
    assert len(inferred.test) == 200


@pytest.mark.parametrize("rows", [300, 4_000])
@pytest.mark.parametrize("rare", [3, 4, 9])
@pytest.mark.parametrize("fraction", ["auto", "0.01", "0.5"])
def test_test_has_a_row_of_each_class(rows, rare, fraction):
    labels = np.where(np.arange(rows) < rare, "c", np.where(np.arange(rows) % 3, "a", "b"))
    inferred = split(table(rows, y=labels), test_fraction=fraction)
    assert (inferred.test["y"] == "c").sum() >= 1
    assert (inferred.train["y"] == "c").sum() >= 2 - (fraction == "0.5" and rare == 3)
    assert inferred.problem.classes == ("a", "b", "c")
    assert len(inferred.train) + len(inferred.test) == rows


def test_test_has_a_row_of_each_label():
    sets = [["a"], ["b"], ["a", "b"]] * 98 + [["a", "rare"]] * 6
    inferred = infer_problem(table(y=sets), TabularSettings(target="y", test_fraction="0.05"))
    assert any("rare" in labels for labels in inferred.test["y"])


@pytest.mark.parametrize(
    ("positives", "classes", "strategy"),
    [(4, 2, "stratified"), (4_000, 2, "holdout"), (4, 3, "stratified"), (40, 3, "holdout")],
)
def test_large_tables_get_folds_if_a_holdout_would_miss_a_class(positives, classes, strategy):
    codes = np.arange(120_000)
    labels = np.where(codes < positives, 0, 1 + codes % (classes - 1))
    assert split(table(120_000, y=labels)).problem.fold_strategy == strategy


@pytest.mark.parametrize(
    ("rows", "folds", "strategy", "count"),
    [
        (400, "auto", "stratified", 10),
        (2_000, "auto", "stratified", 5),
        (30_000, "auto", "stratified", 3),
        (130_000, "auto", "holdout", 1),
        (400, "3", "stratified", 3),
    ],
)
def test_number_of_rows_determines_the_folds(rows, folds, strategy, count):
    problem = split(table(rows), folds=folds).problem
    assert (problem.fold_strategy, problem.n_folds) == (strategy, count)


@pytest.mark.parametrize(
    ("rows", "limit", "count"),
    [
        (2_000, "60s", 5),
        (2_000, "1s", 5),
        (16_000, "60s", 3),
        (30_000, "60s", 1),
        (16_000, "5m", 5),
        (30_000, "5m", 3),
        (130_000, "1d", 1),
    ],
)
def test_short_runs_have_fewer_folds_of_many_rows(rows, limit, count):
    settings = TabularSettings(target="y")
    assert infer_problem(table(rows), settings, time_limit=limit).problem.n_folds == count


def test_regression_uses_shuffled_folds():
    assert infer_problem(table(), TabularSettings(target="a")).problem.fold_strategy == "shuffled"


def test_range_of_the_training_values_is_kept():
    inferred = infer_problem(table(), TabularSettings(target="a"))
    assert inferred.problem.target_range == inferred.train["a"].max() - inferred.train["a"].min()
    assert split(table()).problem.target_range is None


def test_large_grouped_data_uses_a_holdout():
    data = table(130_000, g=np.repeat(np.arange(1_300), 100))
    assert split(data, group_column="g").problem.fold_strategy == "holdout"


def test_training_rows_of_one_class_raise_an_error():
    data = table(100, t=np.arange(100), y=["no"] * 80 + ["yes"] * 20)
    with pytest.raises(DataError, match="Without the test rows"):
        split(data, time_column="t")


def test_folds_of_few_rows_are_repeated():
    assert split(table(300)).problem.n_repeats == 2
    assert split(table(300), folds="5").problem.n_repeats == 1
    assert split(table(1_000)).problem.n_repeats == 1
    assert split(table(300, day=np.arange(300)), time_column="day").problem.n_repeats == 1
