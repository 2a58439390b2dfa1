"""Tests of the branch items that the pipeline loops over."""

from podium_components.branches import _timeout, loop_items
from podium_ml.contracts import BranchSpec


def item(**fields):
    """Return the loop item of one branch."""
    (made,) = loop_items([BranchSpec("ridge", **fields).to_dict()])
    return made


def test_item_contains_branch_and_pod_fields():
    given = {
        "cpu": "4",
        "memory": "3Gi",
        "memory_limit": "6Gi",
        "image": "registry/cpu:1",
        "accelerator": "nvidia.com/gpu",
        "accelerator_count": "2",
    }
    made = item(**given, seed=3)
    assert {name: value for name, value in made.items() if name != "branch"} == given
    assert BranchSpec.from_dict(made["branch"]) == BranchSpec("ridge", **given, seed=3)


def test_missing_branch_fields_use_defaults():
    """KFP cannot pass nulls."""
    assert "target_score" not in item()["branch"]
    assert BranchSpec.from_dict(item()["branch"]) == BranchSpec("ridge")
    assert item(target_score=0.0)["branch"]["target_score"] == 0.0


def test_node_selector_becomes_node_affinity():
    selector = {"node.kubernetes.io/instance-type": "gpu-large", "zone": "a"}
    made = item(node_selector=selector)
    terms = made["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    (expressions,) = terms  # all expressions of a term must match
    assert expressions == {
        "matchExpressions": [
            {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["gpu-large"]},
            {"key": "zone", "operator": "In", "values": ["a"]},
        ]
    }


def test_branch_without_node_selector_has_no_affinity():
    assert set(item()) == {
        "branch",
        "cpu",
        "memory",
        "memory_limit",
        "image",
        "accelerator",
        "accelerator_count",
    }


def test_items_follow_plan_order():
    plan = [BranchSpec(name).to_dict() for name in ("ridge", "lightgbm", "baseline")]
    assert [one["branch"]["algorithm"] for one in loop_items(plan)] == ["ridge", "lightgbm", "baseline"]


def test_late_branches_are_killed_soon_except_for_the_baseline(monkeypatch):
    monkeypatch.setenv("PODIUM_STARTED", "1000")
    assert _timeout({"algorithm": "ridge", "time_limit": 60.0}) == 5.0
    assert _timeout({"algorithm": "baseline", "time_limit": 60.0}) == 30.0
    assert _timeout({"algorithm": "baseline", "time_limit": 0.0}) == 0.0
