"""Tests of the delivered facts about every model."""

from dataclasses import replace

import pytest

from podium_ml.contracts.evaluation import MetricValue
from podium_ml.reporting.model_facts import model_facts


@pytest.mark.parametrize("name", ["binary", "regression"])
def test_all_scores_have_titles(name, facts_of):
    facts = facts_of(name)
    # Of the metrics that are shown, some cannot be what models are compared by.
    models = [replace(one, test={**one.test, "bias": MetricValue(0.1)}) for one in facts.evaluation.models]
    made = model_facts(replace(facts, evaluation=replace(facts.evaluation, models=tuple(models))))
    assert made["metrics"]["bias"] == "Bias"
    assert made["metrics"].keys() == {metric for one in made["models"] for metric in one["scores"]}
