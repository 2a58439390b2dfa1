"""The stage that gathers a run: from artifacts on disk to the delivery."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Explanation, Problem, Selection
from podium_ml.evaluation.leaderboard import write_leaderboard
from podium_ml.reporting.run_facts import read_facts
from podium_ml.reporting.summary import render_summary
from podium_ml.stages import publish_run


@pytest.fixture
def artifacts(tmp_path, facts_of) -> dict[str, object]:
    """Write the artifacts of a run as the stages do, and return the arguments of ``publish_run``."""
    facts = facts_of("binary")
    folders = {
        name: tmp_path / name
        for name in ("table", "ensemble", "model", "refitted", "evaluation", "explanation")
    }
    for folder in folders.values():
        folder.mkdir()
    (folders["table"] / "ingestion.json").write_text(json.dumps(facts.ingestion))
    facts.problem.save(tmp_path / "problem")
    facts.profile.save(tmp_path / "profile")
    (tmp_path / "guardrails").write_text(json.dumps([result.to_dict() for result in facts.guardrails]))
    (tmp_path / "skipped").write_text(
        json.dumps({"skipped": list(facts.skipped), "warnings": ["Short of time."]})
    )
    for ensemble in facts.ensembles:
        ensemble.save(folders["ensemble"] / f"{ensemble.name}.json")
    facts.selection.save(folders["model"] / "selection.json")
    (folders["refitted"] / "model.pkl").write_bytes(b"a model")
    (folders["refitted"] / "refit.json").write_text(json.dumps({"refitted": True, "reason": ""}))
    facts.evaluation.save(folders["evaluation"] / "evaluation.json")
    write_leaderboard(facts.evaluation, folders["evaluation"] / "leaderboard.csv")
    pd.DataFrame({"truth": ["yes"]}).to_parquet(folders["evaluation"] / "predictions.parquet")
    facts.explanation.save(folders["explanation"] / "explanation.json")
    return {
        "settings": facts.settings,
        "ingestion": str(folders["table"]),
        "problem": str(tmp_path / "problem"),
        "profile": str(tmp_path / "profile"),
        "guardrail_results": str(tmp_path / "guardrails"),
        "plan": [],
        "skipped": str(tmp_path / "skipped"),
        "candidates": [str(_write_candidate(tmp_path, facts, candidate)) for candidate in facts.candidates],
        "ensemble": str(folders["ensemble"]),
        "model": str(folders["model"]),
        "refitted": str(folders["refitted"]),
        "evaluation": str(folders["evaluation"]),
        "explanation": str(folders["explanation"]),
    }


def _write_candidate(parent: Path, facts, candidate) -> Path:
    folder = parent / f"candidate-{candidate.algorithm}"
    candidate.save(folder / "candidate.json")
    own = [trial for trial in facts.trials if trial.algorithm == candidate.algorithm]
    (folder / "trials.jsonl").write_text("".join(json.dumps(trial.to_dict()) + "\n" for trial in own))
    return folder


def publish(artifacts: dict[str, object], tmp_path: Path) -> tuple[Path, dict[str, object]]:
    delivery = tmp_path / "delivery"
    found = publish_run.run(
        **artifacts,
        tracking={"folder": str(tmp_path)},  # fails, as there is no example of the model's input
        delivery=str(delivery),
        report=str(tmp_path / "report.html"),
        summary=str(tmp_path / "summary.md"),
    )
    return delivery, found


def test_the_delivery_is_whole_though_tracking_fails(artifacts, tmp_path):
    delivery, found = publish(artifacts, tmp_path)
    assert "not logged to MLflow" in found["warning"]
    assert (delivery / "model.pkl").read_bytes() == b"a model"
    assert Problem.load(delivery / "problem.json").target == "churn"
    assert Selection.load(delivery / "selection.json").chosen == "weighted_ensemble"
    trials = [json.loads(line) for line in (delivery / "trials.jsonl").read_text().splitlines()]
    assert [trial["algorithm"] for trial in trials] == ["baseline"] * 5 + ["lightgbm"] * 5 + ["ridge"] * 5
    metrics = json.loads((delivery / "metrics.json").read_text())
    assert metrics["refitted"]
    assert metrics["test"]["roc_auc"]["low"] < metrics["test"]["roc_auc"]["value"]
    assert pd.read_csv(delivery / "importance.csv")["column"].tolist() == ["amount", "purpose", "since"]
    assert pd.read_csv(delivery / "leaderboard.csv")["chosen"].sum() == 1
    assert len(json.loads((delivery / "guardrails.json").read_text())) == 3
    page = (delivery / "report.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Short of time." in page
    assert (tmp_path / "summary.md").read_text().startswith("# Predicting churn")


def test_a_report_that_cannot_be_drawn_gives_way_to_its_summary(artifacts, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ValueError("no ink")

    monkeypatch.setattr(publish_run, "render_report", fail)
    delivery, _ = publish(artifacts, tmp_path)
    page = (delivery / "report.html").read_text(encoding="utf-8")
    assert "could not be drawn" in page
    assert "Weighted ensemble" in page


def test_a_missing_explanation_is_a_gap_not_an_end(artifacts, tmp_path):
    (Path(str(artifacts["explanation"])) / "explanation.json").unlink()
    (Path(str(artifacts["refitted"])) / "refit.json").unlink()
    facts = read_facts(**artifacts)
    assert isinstance(facts.explanation, Explanation)
    assert facts.refit == {}
    delivery, _ = publish(artifacts, tmp_path)
    assert "was not explained" in (delivery / "report.html").read_text(encoding="utf-8")


def test_the_summary_is_markdown_whatever_the_names(facts_of):
    text = render_summary(facts_of("binary", target="a|b*<c>", test=False))
    assert text.startswith("# Predicting a\\|b\\*&lt;c&gt;")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 5
    assert "| XGBoost | failed" in text
    assert np.char.count(rows, "|").min() == 5
