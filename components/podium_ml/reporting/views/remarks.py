"""What a reader should know before trusting the score."""

from dataclasses import dataclass

from podium_ml.metrics import Metric
from podium_ml.reporting.formats import counted, listed, number
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import in_sentence
from podium_ml.reporting.views.scores import PrimaryScore


@dataclass(frozen=True)
class Remark:
    """Something to know.

    Attributes:
        kind: ``good``, ``note`` or ``alert``.
        text: One or two sentences.
        link: Anchor of the section that tells more, or empty.
    """

    kind: str
    text: str
    link: str = ""


def remarks(facts: RunFacts, metric: Metric, score: PrimaryScore | None) -> list[Remark]:
    """Return all that there is to say about a run, what matters most first."""
    return [
        *_about_gain(metric, score),
        *_about_test(facts, metric, score),
        *_about_refit(facts),
        *_about_champion(facts),
        *_about_guardrails(facts),
        *_about_failures(facts),
        *(Remark("note", text) for text in (facts.evaluation.notes if facts.evaluation.rows else ())),
        *(Remark("note", text) for text in facts.warnings),
        *(Remark("note", str(text)) for text in facts.ingestion.get("warnings", ())),
    ]


def _about_champion(facts: RunFacts) -> list[Remark]:
    """Return the decision, where there was a champion to beat."""
    decision = facts.decision
    if decision is None or not decision.champion:
        return []
    kind = "good" if decision.promoted else "note"
    return [Remark(kind, f"{decision.word.capitalize()}. {decision.reason}", "champion")]


def _about_gain(metric: Metric, score: PrimaryScore | None) -> list[Remark]:
    if score is None or score.baseline is None:
        return []
    ends = [end for end in (score.low, score.high) if end is not None] or [score.value]
    if min(map(metric.utility, ends)) > metric.utility(score.baseline):
        return []
    text = (
        "The score is not clearly better than guessing, which its interval takes in. More rows or more telling columns "
        "would help."
    )
    return [Remark("alert", text)]


def _about_test(facts: RunFacts, metric: Metric, score: PrimaryScore | None) -> list[Remark]:
    if not facts.evaluation.rows:
        text = (
            "There is no test set. Scores are out of fold: honest for each model, but slightly flattering for the one "
            "that was chosen by them."
        )
        return [Remark("alert", text)]
    rows = counted(facts.evaluation.rows, "test row")
    text = f"Scores come from {rows} that no model had learned from and that nothing was chosen by."
    return [Remark("good", text), *_about_difference(facts, metric, score)]


def _about_difference(facts: RunFacts, metric: Metric, score: PrimaryScore | None) -> list[Remark]:
    """Say so if the test rows seem to be of another kind than the training rows."""
    oof = facts.selection.score
    if score is None or oof is None or score.low is None or score.high is None:
        return []
    if min(score.low, score.high) <= oof <= max(score.low, score.high):
        return []
    text = (
        f"Out of fold the {in_sentence(metric.title)} was {number(oof, 3)}, outside the interval of the test rows: "
        "these may differ from the training rows."
    )
    return [Remark("note", text)]


def _about_refit(facts: RunFacts) -> list[Remark]:
    if not facts.refit.get("refitted"):
        reason = str(facts.refit.get("reason", ""))
        return [Remark("note", f"The model was not trained again on all rows. {reason}".strip())]
    rows = counted(facts.problem.n_train + facts.problem.n_test, "row")
    text = (
        f"The model in model.pkl was trained once more, the same way, on all {rows}, those of the test included. "
        "Scores and explanations are of the model before that."
    )
    return [Remark("note", text)]


def _about_guardrails(facts: RunFacts) -> list[Remark]:
    fired = [result.title.lower() for result in facts.guardrails if result.outcome == "alert"]
    if not fired:
        return [Remark("good", "No guardrail raised an alert about the data.", "guardrails")]
    text = f"{counted(len(fired), 'guardrail')} raised an alert: {listed(fired, most=4)}."
    return [Remark("alert", text, "guardrails")]


def _about_failures(facts: RunFacts) -> list[Remark]:
    failed = sum(one.status == "failed" for one in facts.candidates)
    if not failed:
        return []
    every = counted(len(facts.candidates), "algorithm")
    text = f"{failed} of {every} failed and took no part; the leaderboard says why."
    return [Remark("note", text, "models")]
