"""Tests of the stage ``challenge_champion``, which compares the new model with the champion."""

import numpy as np
import pytest

from podium_ml.champions import confined_answer
from podium_ml.champions.folder import ChampionFolder
from podium_ml.champions.seen_rows import hash_rows
from podium_ml.contracts import Decision
from podium_ml.errors import PodiumError
from podium_ml.settings import ModelLimits, PromotionSettings, TabularSettings
from podium_ml.stages import challenge_champion
from podium_ml.stages.challenge_champion import compared_rows, record_failure, seen_rows


@pytest.fixture
def inputs(good, selection, tmp_path):
    """Return all arguments of the stage except the champion, for a good model."""
    (tmp_path / "model").mkdir()
    good.predictor.save(tmp_path / "model" / "model.pkl")
    selection.save(tmp_path / "model" / "selection.json")
    good.problem.save(tmp_path / "problem.json")
    for name in ("train", "test"):
        getattr(good, name).to_parquet(tmp_path / name)
    paths = {name: str(tmp_path / name) for name in ("model", "train", "test", "evaluation")}
    return {**paths, "problem": str(tmp_path / "problem.json"), "settings": asked()}


def run(champion, inputs, **changes):
    """Run the stage with a champion that has predicted the test rows."""
    given = {**inputs, **changes}
    into = {"champion": str(champion.path), "folder": str(champion.path)}
    confined_answer.predict(**{name: given[name] for name in ("train", "test", "problem")}, **into)
    return challenge_champion.run(champion=str(champion.path), **given)


def asked(**settings):
    """Return the user's settings in the form that the stage receives."""
    return TabularSettings(**settings).cut(PromotionSettings)


def test_decision_is_saved_in_the_evaluation_folder(inputs, poor, folder_of, tmp_path):
    facts = run(folder_of(poor), inputs)
    decision = Decision.load(tmp_path / "evaluation" / "decision.json")
    assert decision.to_dict() == facts
    assert decision.promoted, decision.reason
    assert (decision.champion, decision.challenger) == ("churn/7", "linear")


def test_existing_files_are_kept(inputs, poor, folder_of, tmp_path):
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation" / "evaluation.json").write_text("{}")
    run(folder_of(poor), inputs)
    names = {path.name for path in (tmp_path / "evaluation").iterdir()}
    assert names == {"evaluation.json", "decision.json", "train.npy", "test.npy", "compared.npy"}


def test_settings_control_promotion(inputs, poor, folder_of):
    champion = folder_of(poor)
    for settings, promoted in (
        ({"promote": "never"}, False),
        ({"promotion_margin": 0.9}, False),
        ({"promote": "always", "max_memory": "1000"}, False),
        ({"promote": "always", "promotion_margin": 0.9}, True),
    ):
        facts = run(champion, inputs, settings=asked(**settings))
        assert facts["promoted"] is promoted, settings


def test_incomplete_settings_raise_an_error(inputs, poor, folder_of):
    incomplete = TabularSettings(promote="never").cut(ModelLimits)
    with pytest.raises(
        PodiumError, match="PromotionSettings is incomplete: promote, promotion_margin missing"
    ):
        run(folder_of(poor), inputs, settings=incomplete)


def test_seen_rows_are_saved(inputs, good, tmp_path):
    ChampionFolder(tmp_path / "none").write_champion(None)
    challenge_champion.run(champion=str(tmp_path / "none"), **inputs)
    trained, judged = (hash_rows(rows, good.problem) for rows in (good.train, good.test))
    np.testing.assert_array_equal(seen_rows(inputs["evaluation"], with_test=False), trained)
    assert compared_rows(inputs["evaluation"]) is None  # there was no champion
    both = np.concatenate([trained, judged])
    np.testing.assert_array_equal(seen_rows(inputs["evaluation"], with_test=True), both)


def test_compared_rows_are_saved(inputs, good, poor, folder_of):
    folder = folder_of(poor)
    run(folder, inputs)
    expected = hash_rows(good.test, poor.problem)
    np.testing.assert_array_equal(compared_rows(inputs["evaluation"]), expected)


def test_seen_rows_are_none_if_not_recorded(inputs, tmp_path):
    (tmp_path / "evaluation").mkdir()
    assert seen_rows(inputs["evaluation"], with_test=False) is None
    np.save(tmp_path / "evaluation" / "train.npy", np.arange(3, dtype=np.uint64))
    assert seen_rows(inputs["evaluation"], with_test=True) is None
    assert list(seen_rows(inputs["evaluation"], with_test=False)) == [0, 1, 2]


def test_failed_comparison_keeps_the_champion(inputs, tmp_path):
    (tmp_path / "evaluation").mkdir()
    facts = record_failure(
        champion="churn/7",
        model=inputs["model"],
        settings=asked(promote="always", promotion_margin=0.1),
        evaluation=inputs["evaluation"],
        reason="Killed by signal 9.",
    )
    decision = Decision.load(tmp_path / "evaluation" / "decision.json")
    assert decision.to_dict() == facts
    assert not decision.promoted
    assert "Killed by signal 9." in decision.reason
    assert (decision.champion, decision.challenger) == ("churn/7", "linear")
    assert (decision.promote, decision.margin) == ("always", 0.1)
