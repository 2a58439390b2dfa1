"""The stage that compares: what it writes into the evaluation's folder, for publication and for later runs."""

import numpy as np
import pytest

from podium_ml.champions.folder import ChampionFolder
from podium_ml.champions.seen_rows import hash_rows
from podium_ml.contracts import Decision
from podium_ml.errors import PodiumError
from podium_ml.settings import ModelLimits, PromotionSettings, TabularSettings
from podium_ml.stages import challenge_champion
from podium_ml.stages.challenge_champion import record_failure, seen_rows


@pytest.fixture
def inputs(good, selection, tmp_path):
    """The arguments of the stage for a good model, all but the champion."""
    (tmp_path / "model").mkdir()
    good.predictor.save(tmp_path / "model" / "model.pkl")
    selection.save(tmp_path / "model" / "selection.json")
    good.problem.save(tmp_path / "problem.json")
    for name in ("train", "test"):
        getattr(good, name).to_parquet(tmp_path / name)
    paths = {name: str(tmp_path / name) for name in ("model", "train", "test", "evaluation")}
    return {**paths, "problem": str(tmp_path / "problem.json"), "settings": asked()}


def asked(**settings):
    """Return what the user asked for as the stage gets it."""
    return TabularSettings(**settings).cut(PromotionSettings)


def test_the_decision_lies_beside_the_evaluation(inputs, poor, folder_of, tmp_path):
    facts = challenge_champion.run(champion=str(folder_of(poor).path), **inputs)
    decision = Decision.load(tmp_path / "evaluation" / "decision.json")
    assert decision.to_dict() == facts
    assert decision.promoted, decision.reason
    assert (decision.champion, decision.challenger) == ("churn/7", "linear")


def test_what_is_in_the_folder_already_stays(inputs, poor, folder_of, tmp_path):
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation" / "evaluation.json").write_text("{}")
    challenge_champion.run(champion=str(folder_of(poor).path), **inputs)
    names = {path.name for path in (tmp_path / "evaluation").iterdir()}
    assert names == {"evaluation.json", "decision.json", "train.npy", "test.npy"}


def test_the_settings_are_the_gate(inputs, poor, folder_of):
    champion = str(folder_of(poor).path)
    for settings, promoted in (
        ({"promote": "never"}, False),
        ({"promotion_margin": 0.9}, False),
        ({"promote": "always", "max_memory": "1000"}, False),
        ({"promote": "always", "promotion_margin": 0.9}, True),
    ):
        facts = challenge_champion.run(champion=champion, **{**inputs, "settings": asked(**settings)})
        assert facts["promoted"] is promoted, settings


def test_a_gap_in_the_settings_is_no_default(inputs, poor, folder_of):
    incomplete = TabularSettings(promote="never").cut(ModelLimits)
    with pytest.raises(
        PodiumError, match="PromotionSettings is incomplete: promote, promotion_margin missing"
    ):
        challenge_champion.run(champion=str(folder_of(poor).path), **{**inputs, "settings": incomplete})


def test_the_rows_that_a_model_knows_are_kept(inputs, good, tmp_path):
    ChampionFolder(tmp_path / "none").write_champion(None)
    challenge_champion.run(champion=str(tmp_path / "none"), **inputs)
    trained, judged = (hash_rows(rows, good.problem) for rows in (good.train, good.test))
    np.testing.assert_array_equal(seen_rows(inputs["evaluation"], with_test=False), trained)
    both = np.concatenate([trained, judged])
    np.testing.assert_array_equal(seen_rows(inputs["evaluation"], with_test=True), both)


def test_rows_that_were_not_recorded_are_not_known(inputs, tmp_path):
    (tmp_path / "evaluation").mkdir()
    assert seen_rows(inputs["evaluation"], with_test=False) is None
    np.save(tmp_path / "evaluation" / "train.npy", np.arange(3, dtype=np.uint64))
    assert seen_rows(inputs["evaluation"], with_test=True) is None
    assert list(seen_rows(inputs["evaluation"], with_test=False)) == [0, 1, 2]


def test_a_comparison_that_failed_leaves_the_champion_where_it_is(inputs, tmp_path):
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
