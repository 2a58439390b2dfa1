"""What the pipeline loops over: the branches, and what their pods get."""

from podium_components.branches import loop_items
from podium_ml.contracts import BranchSpec


def item(**fields):
    """Return the item of one branch."""
    (made,) = loop_items([BranchSpec("ridge", **fields).to_dict()])
    return made


def test_an_item_holds_its_branch_and_what_its_pod_gets():
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


def test_what_a_branch_does_not_say_is_left_to_its_default():
    """KFP cannot pass nulls."""
    assert "target_score" not in item()["branch"]
    assert BranchSpec.from_dict(item()["branch"]) == BranchSpec("ridge")
    assert item(target_score=0.0)["branch"]["target_score"] == 0.0


def test_a_node_selector_becomes_a_node_affinity():
    selector = {"node.kubernetes.io/instance-type": "gpu-large", "zone": "a"}
    made = item(node_selector=selector)
    terms = made["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    (expressions,) = terms  # all of one term's must hold
    assert expressions == {
        "matchExpressions": [
            {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["gpu-large"]},
            {"key": "zone", "operator": "In", "values": ["a"]},
        ]
    }


def test_a_branch_for_any_node_has_no_affinity():
    assert set(item()) == {
        "branch",
        "cpu",
        "memory",
        "memory_limit",
        "image",
        "accelerator",
        "accelerator_count",
    }


def test_the_items_come_in_the_order_of_the_plan():
    plan = [BranchSpec(name).to_dict() for name in ("ridge", "lightgbm", "baseline")]
    assert [one["branch"]["algorithm"] for one in loop_items(plan)] == ["ridge", "lightgbm", "baseline"]
