"""Tests of the training plan: which algorithms run, in which order, and with which resources."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import BranchSpec, Column, ColumnProfile, Problem, Profile, SeriesTask
from podium_ml.errors import PodiumError, SettingsError
from podium_ml.forecasting.algorithms import ALGORITHMS as FORECASTERS
from podium_ml.kinds import KINDS
from podium_ml.run.budget import training_seconds
from podium_ml.settings import PlanSettings, TabularSettings
from podium_ml.stages import plan_training
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training.costs import TrialCosts, TrialSize
from podium_ml.training.plan import Plan, _install_warnings, plan_branches
from podium_ml.training.time_shares import drop_for_time, is_minor, shares
from podium_ml.values.quantities import parse_size
from tests.unit.training.conftest import TASKS, make_problem

COLUMNS = tuple(Column(f"c{i}", "numeric", "double") for i in range(20))


def plan(
    task: str = "binary",
    *,
    rows: int = 1000,
    memory: int = 1 << 20,
    n_jobs: int = 1,
    slots: int = 2,
    placement: dict[str, Any] | None = None,
    pace: float = 1.0,
    **asked: Any,
) -> Plan:
    problem = make_problem(task, n_train=rows, columns=COLUMNS)
    profile = Profile(rows=rows, columns=(), memory_bytes=memory)
    return plan_branches(
        problem,
        profile,
        settings=TabularSettings(**asked),
        images={},
        n_jobs=n_jobs,
        slots=slots,
        placement=placement,
        pace=pace,
    )


def names(made: Plan) -> list[str]:
    return [branch.algorithm for branch in made.branches]


def reasons(made: Plan) -> dict[str, str]:
    return {entry["algorithm"]: entry["reason"] for entry in made.skipped}


@pytest.mark.parametrize("task", TASKS)
def test_every_algorithm_is_planned_or_skipped_with_a_reason(task: str) -> None:
    made = plan(task)
    assert sorted(names(made) + list(reasons(made))) == sorted(ALGORITHMS)
    assert names(made)[0] == "baseline"
    assert all(task in ALGORITHMS[name].tasks for name in names(made))
    assert all(reasons(made).values())
    assert made.warnings == []


def test_fields_of_planned_branches() -> None:
    branches = plan(time_limit="10m", max_trials=7, trial_timeout="1m", patience=4, seed=3, n_jobs=2).branches
    assert [branch.index for branch in branches] == list(range(len(branches)))
    assert len({branch.weights for branch in branches}) == 1
    one = branches[-1]
    assert one.weights[one.index] == one.seconds
    assert (one.time_limit, one.max_trials, one.trial_timeout, one.patience) == (600.0, 7, 60.0, 4)
    assert (one.seed, one.n_jobs) == (3, 2)


@given(
    limit=st.integers(1, 100_000),
    rows=st.integers(2, 10_000_000),
    task=st.sampled_from(TASKS),
    slots=st.integers(1, 30),
)
@settings(max_examples=50, deadline=None)
def test_shares_fit_into_the_training_time(limit: int, rows: int, task: str, slots: int) -> None:
    branches = plan(task, rows=rows, time_limit=f"{limit}s", slots=slots).branches
    seconds = [branch.seconds for branch in branches]
    assert branches[0].algorithm == "baseline"
    window = training_seconds(limit, rows=branches[0].rows)
    assert all(0 < one <= window for one in seconds)
    assert sum(seconds) <= slots * window * 1.001


def test_more_slots_allow_more_time_and_algorithms() -> None:
    few, many = (plan(time_limit="1m", rows=50_000, slots=slots) for slots in (2, 30))
    assert len(few.branches) < len(many.branches)
    assert few.branches[-1].seconds < many.branches[-1].seconds
    assert len({branch.seconds for branch in many.branches}) == 1
    assert {branch.slots for branch in many.branches} == {30}


@pytest.mark.parametrize("task", TASKS)
def test_ties_are_not_broken_by_the_alphabet(task: str) -> None:
    order = names(plan(task))[1:]  # the baseline is always first
    assert order[-3:] == ["xgboost", "lightgbm", "catboost"]
    cheap = [name for name in order if ALGORITHMS[name].weight < 2]
    assert order[: len(cheap)] == cheap
    assert (
        cheap.index("decision_tree")
        < cheap.index("extra_trees")
        < cheap.index("explainable_boosting_machine")
    )


def test_without_time_limit_there_are_no_shares() -> None:
    assert {branch.seconds for branch in plan().branches} == {0.0}


def test_less_time_means_fewer_algorithms() -> None:
    counts = [len(names(plan(time_limit=limit, rows=20_000))) for limit in ("30s", "2m", "30m", "10h")]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] == len(names(plan(rows=20_000)))
    short = plan(time_limit="30s", rows=20_000)
    late = [reason for reason in reasons(short).values() if "A first trial would take about" in reason]
    assert late
    assert all(re.search(r"about [\d,]+ s of the \d+ s for training", reason) for reason in late)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("rows", [1_000, 10_000])
def test_each_strong_algorithm_has_time_for_several_trials_within_a_minute(task: str, rows: int) -> None:
    made = plan(task, rows=rows, time_limit="1m")
    for branch in made.branches:
        if branch.algorithm in ("catboost", "lightgbm", "xgboost"):
            spec = ALGORITHMS[branch.algorithm]
            size = TrialSize(rows, 20, {"binary": 2, "multiclass": 3, "regression": 1}[task], 5)
            assert branch.seconds > 1.8 * TrialCosts(spec, size).expected({})


@given(
    limit=st.integers(15, 10_000),
    rows=st.integers(100, 5_000_000),
    task=st.sampled_from(TASKS),
    slots=st.integers(1, 3),
    pace=st.floats(0.4, 2.5),
)
@settings(max_examples=40, deadline=None)
def test_planned_first_trials_fit_into_the_window(
    limit: int, rows: int, task: str, slots: int, pace: float
) -> None:
    """All first trials together, in configurations that the time allows, leave time to search."""
    problem = make_problem(task, n_train=rows, columns=COLUMNS)
    window = training_seconds(limit, rows=rows)
    size = TrialSize.of_problem(problem, columns=20)
    able = [spec for spec in ALGORITHMS.values() if task in spec.tasks]
    costs = {spec.name: TrialCosts(spec, size, pace=pace) for spec in able}
    kept, dropped = drop_for_time(able, costs, window=window, slots=slots)
    assert len(kept) + len(dropped) == len(able)
    given = shares(kept, costs, window=window, slots=slots)
    assert sum(given) <= 1.001 * slots * window
    # Algorithms that learn in rounds can end at any time.
    needs = [
        costs[spec.name].least(seconds) for spec, seconds in zip(kept, given, strict=True) if not spec.rounds
    ]
    assert len(kept) == 2 or sum(needs) <= slots * window
    assert len(kept) == 2 or max(needs) <= window


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("rows", [1_000, 50_000, 1_000_000])
@pytest.mark.parametrize("pace", [0.5, 4.0])
def test_boosted_trees_always_take_part(task: str, rows: int, pace: float) -> None:
    made = names(plan(task, rows=rows, time_limit="1m", pace=pace))
    assert {"lightgbm", "xgboost", "catboost", "hist_gradient_boosting"} & set(made)


def test_network_comes_before_the_third_library_of_boosted_trees() -> None:
    """It errs elsewhere, which is what an ensemble needs: letter has a log loss of .126 without it, .078 with it."""
    able = [
        ALGORITHMS[name] for name in ("baseline", "lightgbm", "xgboost", "catboost", "neural_network", "tabm")
    ]
    costs = {spec.name: TrialCosts(spec, TrialSize(12_600, 16, 26, 1), pace=1.7) for spec in able}
    kept, _ = drop_for_time(able, costs, window=45.0, slots=2)
    assert "neural_network" in [spec.name for spec in kept]
    assert len(kept) < len(able)


@pytest.mark.parametrize("limit", ["30s", "1m", "5m", "1h"])
@pytest.mark.parametrize("rows", [1_000, 10_000, 100_000])
def test_minor_algorithms_leave_most_of_the_time_to_the_strong_ones(limit: str, rows: int) -> None:
    made = plan("regression", rows=rows, time_limit=limit)
    taken = [branch.seconds for branch in made.branches if is_minor(ALGORITHMS[branch.algorithm])]
    assert sum(taken) <= sum(branch.seconds for branch in made.branches) / 3


def test_what_the_user_asks_for_gets_its_first_trial() -> None:
    made = plan("regression", rows=20_000, time_limit="1m", algorithms="extra_trees, random_forest, lightgbm")
    size = TrialSize(16_000, 20, 1, 5)
    for branch in made.branches[1:]:
        assert branch.seconds > TrialCosts(ALGORITHMS[branch.algorithm], size).least(10.0)


def test_slow_machine_runs_fewer_algorithms_and_says_the_seconds() -> None:
    fast, slow = (plan(time_limit="1m", rows=50_000, pace=pace) for pace in (0.5, 2.5))
    assert set(names(slow)) < set(names(fast))
    (reason, *_) = [reasons(slow)[name] for name in set(names(fast)) - set(names(slow))]
    assert "A first trial would take about" in reason


def test_without_a_time_limit_the_machine_does_not_matter() -> None:
    assert plan(rows=50_000, pace=0.5) == plan(rows=50_000, pace=2.5)


def test_very_short_time_limit_leaves_only_the_baseline() -> None:
    made = plan(time_limit="5s")
    assert names(made) == ["baseline"]
    assert "only the baseline" in made.warnings[0]
    assert set(reasons(made)) == set(ALGORITHMS) - {"baseline"}


def test_missing_libraries_of_a_network_name_the_image_in_a_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AlgorithmSpec, "is_available", lambda spec: "torch" not in spec.requires)
    with pytest.raises(SettingsError, match=re.escape("run: pip install '.[torch]'")):
        plan(algorithms="neural_network")
    monkeypatch.setenv("KFP_POD_NAME", "podium-tabular-1")
    with pytest.raises(SettingsError, match="Set PODIUM_STAGE_IMAGE=python-torch"):
        plan(algorithms="neural_network")


def test_missing_libraries_of_a_kind_name_the_image_in_a_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AlgorithmSpec, "is_available", lambda spec: spec.extra != "forecasting")
    (told,) = _install_warnings(KINDS["forecasting"])
    assert "Not installed: " in told
    assert "pip install" in told
    monkeypatch.setenv("KFP_POD_NAME", "podium-forecasting-1")
    (told,) = _install_warnings(KINDS["forecasting"])
    assert "The image of the stages lacks the extra 'forecasting'" in told
    assert "pip install" not in told


def test_algorithms_for_small_data_are_skipped_for_large_data() -> None:
    made = plan(rows=2_000_000)
    assert not {"kernel_svm", "nearest_neighbors"} & set(names(made))
    assert "6,000 rows" in reasons(made)["kernel_svm"]
    assert "kernel_svm" in names(plan(rows=2_000_000, algorithms="kernel_svm"))


def test_baseline_is_added_to_requested_algorithms() -> None:
    made = plan(algorithms="lightgbm, decision_tree", time_limit="20s", rows=100_000)
    assert names(made) == ["baseline", "decision_tree", "lightgbm"]
    assert names(plan(algorithms="baseline")) == ["baseline"]


def test_baseline_cannot_be_excluded() -> None:
    made = plan(exclude="lightgbm, baseline")
    assert "lightgbm" not in names(made)
    assert reasons(made)["lightgbm"] == "Excluded by the user."
    assert names(made)[0] == "baseline"


def test_interpretable_setting_selects_interpretable_algorithms() -> None:
    made = plan(interpretable=True)
    assert all(ALGORITHMS[name].interpretable for name in names(made))
    assert len(names(made)) > 1


@pytest.mark.parametrize("setting", ["algorithms", "exclude"])
def test_unknown_name_suggests_similar_names(setting: str) -> None:
    with pytest.raises(SettingsError, match="lightgmb") as caught:
        plan(**{setting: "lightgmb"})
    assert caught.value.message.startswith(setting)
    assert "lightgbm" in caught.value.hint


@pytest.mark.parametrize(
    ("task", "asked"),
    [
        ("regression", {"algorithms": "logistic_regression"}),
        ("binary", {"algorithms": "lightgbm", "interpretable": True}),
        ("binary", {"algorithms": "lightgbm", "exclude": "lightgbm"}),
    ],
)
def test_requested_algorithm_that_cannot_run_raises_an_error(task: str, asked: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="cannot run"):
        plan(task, **asked)


def test_algorithm_that_is_not_installed_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(ALGORITHMS["lightgbm"]), "is_available", lambda self: self.name != "lightgbm")
    assert "pip install" in reasons(plan())["lightgbm"]


@pytest.mark.parametrize("installed", [True, False])
def test_missing_extra_of_a_kind_is_told_in_one_line(
    installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AlgorithmSpec, "is_available", lambda spec: installed or not spec.requires)
    problem = replace(make_problem("regression"), task="forecasting", kind="forecasting")
    problem = replace(problem, target_type="future_values", series=SeriesTask(3, "day"))
    asked = TabularSettings(algorithms="seasonal_mean")
    made = plan_branches(
        problem, Profile(rows=99, columns=(), memory_bytes=1), settings=asked, images={}, n_jobs=1, slots=2
    )
    assert "seasonal_mean" in names(made)
    told = [text for text in made.warnings if "pip install '.[forecasting]'" in text]
    assert len(told) == (0 if installed else 1)


def test_memory_grows_with_the_data_up_to_the_limit() -> None:
    small, large = plan(), plan(memory=1 << 30)
    capped = plan(memory=1 << 30, max_memory="4G")
    for one, more, most in zip(small.branches, large.branches, capped.branches, strict=True):
        assert parse_size(one.memory) == parse_size(ALGORITHMS[one.algorithm].resources.memory)
        assert parse_size(more.memory) == 12 << 30
        assert parse_size(most.memory) == 4 << 30


def test_too_little_memory_causes_a_warning() -> None:
    assert "MiB" in plan(memory=1 << 30, max_memory="1G").warnings[0]


def test_images(tmp_path: Path) -> None:
    problem = make_problem("binary", columns=COLUMNS)
    images = {"python-cpu": "registry/cpu:1", "python-torch": "registry/torch:1"}
    profile = Profile(rows=10, columns=())
    made = plan_branches(problem, profile, settings=TabularSettings(), images=images, n_jobs=1, slots=2)
    for branch in made.branches:
        assert branch.image == images[ALGORITHMS[branch.algorithm].resources.image]


def test_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_THREADS", "3")
    monkeypatch.setenv("PODIUM_SLOTS", "2")
    problem: Problem = make_problem("binary", columns=COLUMNS)
    problem.save(tmp_path / "problem.json")
    validation = tmp_path / "validation"
    validation.mkdir()
    Profile(rows=200, columns=()).save(validation / "profile.json")

    def run(**images: Any) -> dict[str, Any]:
        settings = TabularSettings(algorithms="lightgbm", time_limit="1m", max_trials=2, seed=5)
        return plan_training.run(
            problem=str(tmp_path / "problem.json"),
            validation=str(validation),
            settings=settings.cut(PlanSettings),
            **images,
        )

    made = run()
    branches = [BranchSpec.from_dict(one) for one in made["plan"]]
    assert [branch.algorithm for branch in branches] == ["baseline", "lightgbm"]
    assert {branch.n_jobs for branch in branches} == {3}
    assert {(branch.max_trials, branch.seed, branch.time_limit) for branch in branches} == {(2, 5, 60.0)}
    assert {branch.configurations for branch in branches} == {()}
    assert made["skipped"] == made["warnings"] == []
    # With a reference model, the plan tries its configurations first.
    known = {"lightgbm": [{"num_leaves": 7}], "ridge": [{"alpha": 1.0}]}
    (validation / "warm_start").mkdir()
    (validation / "warm_start" / "configurations.json").write_text(json.dumps(known))
    replayed = {one["algorithm"]: one["configurations"] for one in run()["plan"]}
    assert {name: list(tried) for name, tried in replayed.items()} == {
        "baseline": [],
        "lightgbm": [{"num_leaves": 7}],
    }


def test_incomplete_settings_raise_an_error(tmp_path: Path) -> None:
    """A missing setting must not silently take its default value."""
    make_problem("binary").save(file := tmp_path / "problem.json")
    with pytest.raises(PodiumError, match=r"PlanSettings is incomplete: .*algorithms.* missing"):
        plan_training.run(problem=str(file), validation="unread", settings={"max_trials": 2})


def test_only_algorithms_that_use_accelerators_get_one() -> None:
    placement = {
        "accelerators": 2,
        "accelerator": "example.com/gpu",
        "node_selector": {"zone": "a"},
        "tolerations": [{"key": "gpu"}],
    }
    fast = [name for name, spec in ALGORITHMS.items() if spec.resources.accelerator]
    made = plan(placement=placement)
    assert set(fast) & set(names(made))
    for branch in made.branches:
        assert "tolerations" not in branch.to_dict()
        given = (branch.accelerator, branch.accelerator_count, branch.node_selector)
        if branch.algorithm in fast:
            assert given == ("example.com/gpu", "2", {"zone": "a"})
        else:
            assert given == ("", "0", {})


@pytest.mark.parametrize(
    ("engine", "asked", "slots"), [({}, 0, 100), ({}, 8, 8), ({"PODIUM_SLOTS": "2"}, 8, 2)]
)
def test_number_of_slots(
    engine: dict[str, str], asked: int, slots: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PODIUM_SLOTS", raising=False)
    for name, value in engine.items():
        monkeypatch.setenv(name, value)
    assert plan_training.slots(TabularSettings(parallel=asked)) == slots


@pytest.mark.parametrize(("cores", "factor"), [(1, 2.0), (2, 1.0), (8, 1.0)])
def test_branches_that_share_a_core_take_longer(
    cores: int, factor: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_training, "machine_pace", lambda patience: 1.5)
    monkeypatch.setattr(plan_training, "cores", lambda: cores)
    assert plan_training._pace(tmp_path, 2, 60.0) == pytest.approx(1.5 * factor)


def test_number_of_threads() -> None:
    assert {branch.n_jobs for branch in plan(n_jobs=3).branches} == {3}
    pods = {branch.algorithm: branch for branch in plan(n_jobs=0).branches}
    assert (pods["baseline"].cpu, pods["baseline"].n_jobs) == ("500m", 1)
    assert (pods["neural_network"].cpu, pods["neural_network"].n_jobs) == ("2", 2)


@pytest.mark.parametrize("asked", [{}, {"time_limit": "1h", "slots": 3}])
def test_branch_without_shared_time_does_not_depend_on_other_branches(asked: dict[str, Any]) -> None:
    """Kubeflow can then reuse its cached result in a later run with other algorithms."""
    few = plan(algorithms="decision_tree", **asked)
    many = plan(algorithms="naive_bayes,decision_tree", **asked)
    assert [one for one in many.branches if one.algorithm != "naive_bayes"] == few.branches


@pytest.mark.parametrize("rows", [130, 1_400, 35_000])
@pytest.mark.parametrize("seconds", [30, 60, 600])
@pytest.mark.parametrize("pace", [0.7, 1.0, 3.0])
def test_forecasters_that_take_part_have_time_for_a_trial(rows: int, seconds: int, pace: float) -> None:
    """None of them dominates, so the strong ones must not wait for what the others leave."""
    able = [spec for spec in FORECASTERS.values() if spec.extra != "pretrained"]
    size, window = TrialSize(rows, 2, 1, 5), training_seconds(seconds, rows=rows)
    costs = {spec.name: TrialCosts(spec, size, pace=pace) for spec in able}
    kept, _ = drop_for_time(able, costs, window=window, slots=2)
    given_seconds = dict(
        zip([spec.name for spec in kept], shares(kept, costs, window=window, slots=2), strict=True)
    )
    assert sum(given_seconds.values()) <= 2.001 * window
    assert "exponential_smoothing" in given_seconds or rows > 10_000
    for name, own in given_seconds.items():
        assert own >= 0.9 * costs[name].least(own), name


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_simple_models_of_topics_leave_texts_to_those_of_words(task: str) -> None:
    texts = (Column("title", "text", "string"), Column("body", "text", "string"))
    simple = {"decision_tree", "naive_bayes", "nearest_neighbors", "logistic_regression", "linear_svm"}

    def planned(columns: tuple[Column, ...], target: str, **asked: Any) -> Plan:
        return plan_branches(
            make_problem(target, n_train=2_000, columns=columns),
            Profile(2_000, ()),
            settings=TabularSettings(**asked),
            images={},
            n_jobs=1,
            slots=2,
        )

    alone = planned(texts, task)
    assert not simple & set(names(alone))
    assert {"text_logistic_regression", "lightgbm", "extra_trees"} <= set(names(alone))
    assert "from whose words" in reasons(alone)["decision_tree"]
    assert simple <= set(names(planned((*texts, Column("price", "numeric", "float")), task)))
    assert "ridge" in names(planned(texts, "regression"))
    assert "decision_tree" in names(planned(texts, task, algorithms="decision_tree"))


def test_sums_of_words_take_part_however_short_the_time_is() -> None:
    """Boosters have more value per second on long texts, but linear models of words tell these apart best."""
    columns = (Column("text", "text", "string"),)
    problem = make_problem("binary", n_train=4_000, columns=columns)
    profile = Profile(4_000, (ColumnProfile("text", "text", 0.0, 4_000, mean=2_700.0),))
    for limit in ("60s", "120s", "300s"):
        made = plan_branches(
            problem,
            profile,
            settings=TabularSettings(time_limit=limit),
            images={},
            n_jobs=1,
            slots=2,
            pace=2.0,
        )
        assert {"text_logistic_regression", "text_naive_bayes_svm"} & set(names(made))
        assert sum(branch.seconds for branch in made.branches) <= 2 * 1.01 * training_seconds(
            float(limit[:-1]), rows=4_000
        )
