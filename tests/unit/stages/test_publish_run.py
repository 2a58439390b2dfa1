"""Tests of the stage ``publish_run``, which collects the artifacts of a run in the delivery."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import BranchSpec, Decision, Explanation, Problem, Selection
from podium_ml.ensembling import ENSEMBLES
from podium_ml.errors import SettingsError
from podium_ml.evaluation.leaderboard import write_leaderboard
from podium_ml.reporting.run_facts import read_facts
from podium_ml.reporting.summary import render_summary
from podium_ml.stages import publish_run

BRANCH = BranchSpec("ridge", seconds=3.0)


@pytest.fixture
def artifacts(tmp_path, facts_of) -> dict[str, object]:
    """Write the artifacts of a run as the stages do, and return the path arguments of ``publish_run``."""
    facts = facts_of("binary")
    folders = {name: tmp_path / name for name in ("validation", "model", "finished", "evaluation")}
    for folder in (*folders.values(), folders["model"] / ENSEMBLES):
        folder.mkdir()
    (folders["validation"] / "ingestion.json").write_text(json.dumps(facts.ingestion))
    facts.problem.save(tmp_path / "problem")
    facts.profile.save(folders["validation"] / "profile.json")
    results = [result.to_dict() for result in facts.guardrails]
    (folders["validation"] / "guardrails.json").write_text(json.dumps(results))
    planned = {"plan": [BRANCH.to_dict()], "skipped": list(facts.skipped), "warnings": ["Short of time."]}
    (tmp_path / "plan").write_text(json.dumps(planned))
    for ensemble in facts.ensembles:
        ensemble.save(folders["model"] / ENSEMBLES / f"{ensemble.name}.json")
    facts.selection.save(folders["model"] / "selection.json")
    (folders["model"] / "model.pkl").write_bytes(b"the chosen model")
    (folders["finished"] / "model.pkl").write_bytes(b"a model")
    (folders["finished"] / "refit.json").write_text(json.dumps({"refitted": True, "reason": ""}))
    facts.evaluation.save(folders["evaluation"] / "evaluation.json")
    write_leaderboard(facts.evaluation, folders["evaluation"] / "leaderboard.csv")
    pd.DataFrame({"truth": ["yes"]}).to_parquet(folders["evaluation"] / "predictions.parquet")
    facts.explanation.save(folders["finished"] / "explanation.json")
    return {
        **{name: str(folder) for name, folder in folders.items()},
        "problem": str(tmp_path / "problem"),
        "plan": str(tmp_path / "plan"),
        "candidates": [str(_write_candidate(tmp_path, facts, candidate)) for candidate in facts.candidates],
    }


def _write_candidate(parent: Path, facts, candidate) -> Path:
    folder = parent / f"candidate-{candidate.algorithm}"
    candidate.save(folder / "candidate.json")
    own = [trial for trial in facts.trials if trial.algorithm == candidate.algorithm]
    (folder / "trials.jsonl").write_text("".join(json.dumps(trial.to_dict()) + "\n" for trial in own))
    return folder


def publish(
    artifacts: dict[str, object], tmp_path: Path, *, in_pod: bool = False
) -> tuple[Path, dict[str, object]]:
    delivery = tmp_path / "delivery"
    settings = {"source": "data.csv", "target": "churn", "time_limit": "10m", "seed": 0, "refit": True}
    found = publish_run.run(
        **artifacts,
        publication={"settings": settings, "versions": {"fingerprint": "v1", "settings": "0123"}},
        # Fails because the run has no example of the model's input.
        tracking={} if in_pod else {"folder": str(tmp_path)},
        delivery=str(delivery),
        report=str(tmp_path / "report.html"),
        summary=str(tmp_path / "summary.md"),
    )
    return delivery, found


def test_delivery_is_complete_if_tracking_fails(artifacts, tmp_path):
    delivery, found = publish(artifacts, tmp_path)
    assert "not logged to MLflow" in found["warning"]
    assert [one["model"] for one in found["best"]] == ["Weighted ensemble", "LightGBM", "Ridge regression"]
    assert sum(one["chosen"] for one in found["best"]) == 1
    assert (delivery / "model.pkl").read_bytes() == b"a model"
    assert Problem.load(delivery / "problem.json").target == "churn"
    assert Selection.load(delivery / "selection.json").chosen == "weighted_ensemble"
    trials = [json.loads(line) for line in (delivery / "trials.jsonl").read_text().splitlines()]
    assert [trial["algorithm"] for trial in trials] == ["baseline"] * 5 + ["lightgbm"] * 5 + ["ridge"] * 5
    metrics = json.loads((delivery / "metrics.json").read_text())
    assert metrics["refitted"]
    assert metrics["test"]["roc_auc"]["low"] < metrics["test"]["roc_auc"]["value"]
    assert pd.read_csv(delivery / "importance.csv")["column"].tolist() == ["amount", "purpose", "since"]
    assert set(pd.read_csv(delivery / "importance.csv")["kind"]) == {"permutation"}
    assert pd.read_csv(delivery / "leaderboard.csv")["chosen"].sum() == 1
    assert len(json.loads((delivery / "guardrails.json").read_text())) == 3
    page = (delivery / "report.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Short of time." in page
    assert (tmp_path / "summary.md").read_text().startswith("# Predicting churn")


def test_summary_replaces_a_report_that_cannot_be_rendered(artifacts, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ValueError("no ink")

    monkeypatch.setattr(publish_run, "render_report", fail)
    delivery, _ = publish(artifacts, tmp_path)
    page = (delivery / "report.html").read_text(encoding="utf-8")
    assert "could not be drawn" in page
    assert "Weighted ensemble" in page


def test_missing_explanation_does_not_stop_publication(artifacts, tmp_path):
    (Path(str(artifacts["finished"])) / "explanation.json").unlink()
    (Path(str(artifacts["finished"])) / "refit.json").unlink()
    facts = read_facts(settings={}, **artifacts)
    assert isinstance(facts.explanation, Explanation)
    assert facts.refit == {}
    delivery, _ = publish(artifacts, tmp_path)
    assert "was not explained" in (delivery / "report.html").read_text(encoding="utf-8")


def test_chosen_model_is_delivered_without_a_refit(artifacts, tmp_path):
    finished = Path(str(artifacts["finished"]))
    (finished / "refit.json").write_text(json.dumps({"refitted": False, "reason": "No time."}))
    delivery, _ = publish(artifacts, tmp_path)
    assert (delivery / "model.pkl").read_bytes() == b"the chosen model"
    assert json.loads((delivery / "metrics.json").read_text())["refitted"] is False


def test_read_facts(artifacts, facts_of):
    written, facts = facts_of("binary"), read_facts(settings={}, **artifacts)
    assert facts.ingestion == written.ingestion
    assert facts.profile == written.profile
    assert facts.guardrails == written.guardrails
    assert facts.ensembles == written.ensembles
    assert facts.plan == (BRANCH,)
    assert facts.skipped == written.skipped
    assert facts.warnings == ("Short of time.",)


def test_decision_is_read_from_the_evaluation_folder(artifacts):
    assert read_facts(settings={}, **artifacts).decision is None
    decision = Decision(False, "No better.", "ridge", "churn/7")
    decision.save(Path(str(artifacts["evaluation"])) / "decision.json")
    assert read_facts(settings={}, **artifacts).decision == decision


def test_summary_escapes_markdown_in_names(facts_of):
    text = render_summary(facts_of("binary", target="a|b*<c>", test=False))
    assert text.startswith("# Predicting a\\|b\\*&lt;c&gt;")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 5
    assert "| XGBoost | failed" in text
    assert np.char.count(rows, "|").min() == 5


@pytest.mark.usefixtures("pod")
def test_nothing_is_published_under_the_name_of_another_team(artifacts, tmp_path, monkeypatch):
    name = Problem.load(artifacts["problem"]).name
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("PODIUM_ALLOWED_NAMES", f"{name}-of-others")
    with pytest.raises(SettingsError, match="may not use the name"):
        publish(artifacts, tmp_path, in_pod=True)
    assert not (tmp_path / "delivery").exists()
    monkeypatch.setenv("PODIUM_ALLOWED_NAMES", name)
    assert publish(artifacts, tmp_path, in_pod=True)[1]["best"]
