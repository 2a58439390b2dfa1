"""Tests of the gate that decides whether a new model replaces the champion."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from podium_ml.champions.challenge import Gate, decide
from podium_ml.champions.confined_answer import write_answer
from podium_ml.champions.folder import CHALLENGES, MODEL, SEEN_ROWS, ChampionFolder
from podium_ml.champions.seen_rows import hash_rows, rows_to_compare, unseen
from podium_ml.contracts import Decision
from podium_ml.run.budget import Deadline
from podium_ml.selection.limits import Limits
from tests.pipelines.tables import binary_table


@pytest.fixture
def challenge(selection, folder_of):
    """Return a function that compares a challenger with a champion on the challenger's test rows."""

    def run(challenger, champion, *, gate=None, test=None, folder=None, problem=None) -> Decision:
        task, champion = problem or challenger.problem, folder or folder_of(champion)
        rows, deadline = challenger.test if test is None else test, Deadline.after(30)
        champion.path.mkdir(exist_ok=True)
        tables = {"train": challenger.train, "test": rows}
        write_answer(champion, task, **tables, deadline=deadline, into=champion.path)
        return decide(
            task,
            selection,
            challenger=challenger.predictor,
            champion=champion,
            **tables,
            gate=gate or Gate(),
            deadline=deadline,
        )

    return run


def test_first_model_is_promoted_if_it_beats_the_baseline(challenge, good, tmp_path):
    decision = challenge(good, None, folder=ChampionFolder(tmp_path))
    assert decision.promoted, decision.reason
    assert decision.champion == ""
    assert decision.champion_score == 0.5
    assert 0 < decision.low < decision.improvement
    assert "baseline" in decision.reason
    assert f"{len(good.test)} test rows" in decision.reason


def test_first_model_is_held_if_it_is_no_better_than_the_baseline(challenge, good, tmp_path):
    shuffled = good.test["churn"].sample(frac=1, random_state=0).to_numpy()
    decision = challenge(good, None, folder=ChampionFolder(tmp_path), test=good.test.assign(churn=shuffled))
    assert not decision.promoted
    assert decision.low <= 0
    always = Gate("always")
    assert challenge(
        good, None, folder=ChampionFolder(tmp_path), gate=always, test=good.test.head(0)
    ).promoted


@pytest.mark.parametrize("rows", [0, 1, 29])
def test_first_model_is_held_without_enough_test_rows(challenge, good, tmp_path, rows):
    decision = challenge(good, None, folder=ChampionFolder(tmp_path), test=good.test.head(rows))
    assert not decision.promoted
    assert "must beat the baseline" in decision.reason
    assert "by hand" in decision.reason


def test_few_rows_of_the_rarer_class_hold_challenger(challenge, good, poor):
    positive = good.test["churn"] == "yes"
    few = pd.concat([good.test[positive].head(9), good.test[~positive]])
    decision = challenge(good, poor, test=few)
    assert not decision.promoted
    assert "Only 9 of the test rows are of the rarer class" in decision.reason
    enough = pd.concat([good.test[positive].head(10), good.test[~positive]])
    assert challenge(good, poor, test=enough).improvement is not None


def test_few_groups_hold_challenger(challenge, good, poor):
    def grouped(count):
        problem = replace(good.problem, group_column="shop")
        test = good.test.assign(shop=np.arange(len(good.test)) % count)
        return challenge(good, poor, test=test, problem=problem)

    assert "only 9 groups" in grouped(9).reason
    assert grouped(40).drawn == "groups"


def test_blocks_of_time_are_drawn_together(challenge, good, poor):
    problem = replace(good.problem, time_column="day")
    test = good.test.assign(day=np.arange(len(good.test)) // 4)
    decision = challenge(good, poor, test=test, problem=problem)
    assert "in blocks of time" in decision.reason
    few = challenge(good, poor, test=test.assign(day=test["day"] % 5), problem=problem)
    assert "only 5 blocks of time" in few.reason


def test_repeated_challenges_need_more_confidence(challenge, good, poor, folder_of):
    folder = folder_of(poor)
    first = challenge(good, None, folder=folder)
    rows = rows_to_compare(good.test, folder)
    (folder.path / CHALLENGES).mkdir()
    for number in range(3):
        np.save(folder.path / CHALLENGES / f"{number}.npy", rows if number < 2 else rows + 1)
    third = challenge(good, None, folder=folder)
    assert (first.attempt, third.attempt) == (1, 3)
    assert first.confidence == pytest.approx(0.975)
    assert third.confidence == pytest.approx(1 - 0.05 / 12)
    assert third.low < first.low
    assert "challenge number 3" in third.reason


def test_clearly_better_model_is_promoted(challenge, good, poor):
    decision = challenge(good, poor)
    assert decision.promoted, decision.reason
    assert decision.champion == "churn/7"
    assert 0 < decision.low < decision.improvement < decision.high
    assert decision.rows == len(good.test)
    assert "97.5% confidence" in decision.reason
    assert Decision.from_dict(decision.to_dict()) == decision


def test_equal_and_worse_models_are_held(challenge, good, poor):
    assert not challenge(good, good).promoted
    big = replace_test(poor, binary_table(300, seed=77))
    worse = challenge(big, good)
    assert not worse.promoted
    assert worse.high < 0
    assert "no better" in worse.reason
    assert "These rows decide about the promotion" in worse.reason


def replace_test(trained, test):
    return type(trained)(trained.problem, trained.predictor, trained.train, test)


def test_margin_is_in_metric_units(challenge, good, poor):
    without = challenge(good, poor)
    held = challenge(good, poor, gate=Gate(margin=without.low + 0.01))
    assert not held.promoted
    assert "margin" in held.reason
    assert challenge(good, poor, gate=Gate(margin=without.low - 0.01)).promoted


def test_rows_seen_by_champion_are_excluded(challenge, good, poor, folder_of):
    folder = folder_of(poor)
    known = good.test.head(len(good.test) // 2)
    seen = np.concatenate([np.load(folder.path / SEEN_ROWS), hash_rows(known, poor.problem)])
    np.save(folder.path / SEEN_ROWS, np.unique(seen))
    decision = challenge(good, None, folder=folder)
    assert decision.seen_rows == len(known)
    assert decision.rows == len(good.test) - len(known)


@pytest.mark.parametrize(("rows", "said"), [(0, "No test row is"), (29, "Only 29 test rows are")])
def test_too_few_new_rows_hold_challenger(challenge, good, poor, rows, said):
    decision = challenge(good, poor, test=good.test.head(rows))
    assert not decision.promoted
    assert f"{said} new to the champion" in decision.reason
    assert "by hand" in decision.reason


def test_class_missing_from_new_rows_holds_challenger(challenge, good, poor, folder_of):
    folder = folder_of(poor)
    known = hash_rows(good.test[good.test["churn"] == "yes"], poor.problem)
    np.save(folder.path / SEEN_ROWS, known)
    decision = challenge(good, None, folder=folder)
    assert not decision.promoted
    assert "'yes'" in decision.reason


def test_incompatible_champion_holds_challenger(challenge, good, poor, folder_of):
    gone = challenge(good, poor, test=good.test.drop(columns="usage"))
    assert not gone.promoted
    assert "'usage'" in gone.reason
    other = challenge(good, None, folder=folder_of(poor, classes=("maybe", "no", "yes")))
    assert not other.promoted
    assert "other classes" in other.reason
    target = challenge(good, None, folder=folder_of(poor, target="gone"))
    assert "something else" in target.reason


@pytest.mark.parametrize("content", [None, b"", b"\x80\x05 foreign"])
def test_damaged_champion_holds_challenger(challenge, good, poor, folder_of, content):
    folder = folder_of(poor)
    (folder.path / MODEL).unlink()
    if content is not None:
        (folder.path / MODEL).write_bytes(content)
    decision = challenge(good, None, folder=folder)
    assert not decision.promoted
    assert "cannot be loaded" in decision.reason


def test_champion_without_seen_rows_holds_challenger(challenge, good, poor, folder_of):
    folder = folder_of(poor)
    (folder.path / SEEN_ROWS).unlink()
    assert "was trained on are unknown" in challenge(good, None, folder=folder).reason


def test_gate_setting_overrides_all_but_limits(challenge, good, poor):
    assert not challenge(good, poor, gate=Gate("never")).promoted
    always = challenge(good, good, gate=Gate("always"))
    assert always.promoted
    assert always.improvement == 0
    assert challenge(good, poor, gate=Gate("always"), test=good.test.head(5)).promoted
    for limits in (Limits(latency=0.001), Limits(size=1000)):
        decision = challenge(good, poor, gate=Gate("always", limits=limits))
        assert not decision.promoted
        assert "limit" in decision.reason


def test_comparison_ignores_label_order(challenge, good, poor, folder_of):
    turned = replace(good.problem, classes=good.problem.classes[::-1], positive_label="no")
    plain, other = challenge(good, poor), challenge(good, poor, problem=turned)
    assert other.champion_score == pytest.approx(plain.champion_score)
    assert other.challenger_score == pytest.approx(plain.challenger_score)


def test_row_hashes_ignore_order_types_and_other_columns(good):
    seen = hash_rows(good.train, good.problem)
    again = good.train.sample(frac=1, random_state=0).assign(row=range(len(good.train)))
    again = again[again.columns[::-1]].astype({"age": "float64"})
    assert not unseen(again, good.problem, seen).any()
    assert unseen(good.test, good.problem, seen).all()
    changed = good.train.assign(age=good.train["age"] + 1)
    assert unseen(changed, good.problem, seen).mean() > 0.99
    assert isinstance(changed, pd.DataFrame)
