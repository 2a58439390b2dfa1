"""What a reader should know before trusting the score."""

from dataclasses import dataclass

from podium_ml.contracts.candidate import CUT_SHORT
from podium_ml.metrics import Metric
from podium_ml.reporting.formats import counted, number
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import in_sentence, model_title, with_titles
from podium_ml.reporting.views.scores import BASELINE, PrimaryScore, chosen_model, primary_of
from podium_ml.values.listed import listed

_NOT_BETTER = "The score is not clearly better than guessing."
_ALONE = "No other model could be trained: the leaderboard says why. A longer time limit may help."
_UNBEATEN = "No model is better than the baseline, so the columns may not tell the target."
_ADVICE = "More rows or more informative columns would help."


@dataclass(frozen=True)
class Remark:
    """Something the reader should know.

    Attributes:
        kind: ``good``, ``note`` or ``alert``.
        text: One or two sentences.
        link: Anchor of the section with more detail, or empty.
    """

    kind: str
    text: str
    link: str = ""


def remarks(facts: RunFacts, metric: Metric, score: PrimaryScore | None) -> list[Remark]:
    """Return all remarks about a run, the most important first."""
    return [
        *_about_gain(facts, metric, score),
        *_about_test(facts, metric, score),
        *_about_interval(facts),
        *_about_cut_fits(facts),
        *_about_refit(facts),
        *_about_champion(facts),
        *_about_guardrails(facts),
        *_about_failures(facts),
        *(Remark("note", text) for text in facts.evaluation.notes),
        *(Remark("note", text) for text in facts.warnings),
        *(Remark("note", str(text)) for text in facts.ingestion.get("warnings", ())),
    ]


def _about_champion(facts: RunFacts) -> list[Remark]:
    """Return the decision if there was a champion to beat."""
    decision = facts.decision
    if decision is None or not decision.champion:
        return []
    kind = "good" if decision.promoted else "note"
    return [Remark(kind, f"{decision.word.capitalize()}. {decision.reason}", "champion")]


def _about_gain(facts: RunFacts, metric: Metric, score: PrimaryScore | None) -> list[Remark]:
    """Return a remark if the model may be no better than the baseline, on the same resamples if possible."""
    if facts.selection.chosen == BASELINE:
        alone = all(one.name == BASELINE or one.status == "failed" for one in facts.evaluation.models)
        return [Remark("alert", _ALONE if alone else _UNBEATEN, "models")]
    gain = facts.evaluation.over_baseline
    if gain is not None and gain.value is not None:
        if (gain.value if gain.low is None else gain.low) > 0:
            return []
        ends = ""
        if gain.low is not None and gain.high is not None:
            ends = (
                f" On the same rows, its {in_sentence(metric.title)} is better than the baseline's by "
                f"{number(gain.value, 2)} (95% interval {number(gain.low, 2)} to {number(gain.high, 2)})."
            )
        return [Remark("alert", f"{_NOT_BETTER}{ends} {_ADVICE}")]
    if score is None or score.baseline is None:
        return []
    ends_known = [end for end in (score.low, score.high) if end is not None] or [score.value]
    if min(map(metric.utility, ends_known)) > metric.utility(score.baseline):
        return []
    return [Remark("alert", f"{_NOT_BETTER} {_ADVICE}")]


def _about_interval(facts: RunFacts) -> list[Remark]:
    """Return a remark if there is no telling how sure the score is."""
    found = primary_of(facts, chosen_model(facts))
    if found is None or not found.reason:
        return []
    return [Remark("note", f"The score has no interval: {found.reason}.")]


def _about_test(facts: RunFacts, metric: Metric, score: PrimaryScore | None) -> list[Remark]:
    if not facts.evaluation.rows:
        text = (
            "There is no test set, so the scores are out of fold. They are fair for each model, but slightly "
            "optimistic for the chosen one, because it was chosen by them."
        )
        return [Remark("alert", text)]
    rows = counted(facts.evaluation.rows, "test row")
    if score is None or not score.on_test:
        text = (
            f"The {rows} cannot judge the model, because {in_sentence(metric.title)} is undefined on them. "
            "The score is out of fold, and slightly optimistic, because the model was chosen by it."
        )
        return [Remark("alert", text, "guardrails")]
    text = f"The scores come from {rows} that played no part in training or choosing the models."
    return [Remark("good", text)]


def _about_refit(facts: RunFacts) -> list[Remark]:
    names = [one.name for one in facts.evaluation.models]
    reason = with_titles(str(facts.refit.get("reason", "")), names)
    if not facts.refit.get("refitted"):
        return [Remark("note", f"The model was not refitted on all rows. {reason}".strip())]
    # Runs of earlier versions did not say what the refit covered.
    covered = reason.rstrip(".") or "Refitted on all rows"
    # A forecaster that there is no time to refit is told of the newest rows.
    text = (
        f"The model in model.pkl was {covered[0].lower()}{covered[1:]}."
        if covered.startswith("Refitted")
        else f"The model was not refitted. {covered}."
    )
    return [Remark("note", f"{text} The scores and explanations describe the model before that.")]


def _about_cut_fits(facts: RunFacts) -> list[Remark]:
    """Return a remark if the chosen model, or a member of it, had no time to learn all that its folds had learned."""
    members = next((one.members for one in facts.ensembles if one.name == facts.selection.chosen), ())
    names = {facts.selection.chosen, *(one.algorithm for one in members)}
    cut = [
        in_sentence(model_title(one.algorithm))
        for one in facts.candidates
        if one.algorithm in names and CUT_SHORT in one.reason
    ]
    if not cut:
        return []
    text = (
        f"The time limit cut the training of {listed(cut)} short, so the model may be "
        "worse than its out-of-fold score promises. A longer time limit would help."
    )
    return [Remark("alert", text, "effort")]


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
    text = f"{failed} of {every} failed. The leaderboard says why."
    return [Remark("note", text, "models")]
