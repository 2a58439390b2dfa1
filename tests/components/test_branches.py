"""Tests of the branch items that the pipeline loops over, and of what becomes of a branch that fails."""

import os
import subprocess
import sys

import pytest
from kfp.dsl import Model

from podium_components import branches
from podium_components.attempts import MOST_DEATHS, NODE_VARIABLE
from podium_components.branches import _timeout, loop_items, train_branch
from podium_components.record_loss import record_loss
from podium_components.supervision import StageFailedError
from podium_ml.contracts import BranchSpec, Candidate
from podium_ml.run.concurrency import MEMORY_VARIABLE
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.failure_notes import marked_failure
from podium_ml.training.limits import _FIRST_SECONDS


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
    assert {name: value for name, value in made.items() if name != "branch"} == {
        "algorithm": "ridge",
        "cpu_request": "1",
        **given,
    }
    assert BranchSpec.from_dict(made["branch"]) == BranchSpec("ridge", **given, seed=3)


@pytest.mark.parametrize(("limit", "requested"), [("500m", "500m"), ("1", "1"), ("2", "1"), ("1500m", "1")])
def test_pod_requests_at_most_one_cpu(limit, requested):
    """A node of two CPUs never has two that are free: its servers request some, so the pod would wait forever."""
    assert item(cpu=limit)["cpu_request"] == requested


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
        "algorithm",
        "cpu",
        "cpu_request",
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
    assert _timeout({"algorithm": "ridge", "time_limit": 60.0, "rows": 300}) == 5.0
    assert _timeout({"algorithm": "ridge", "time_limit": 30.0, "rows": 3_000_000}) == 5.0
    assert _timeout({"algorithm": "baseline", "time_limit": 60.0}) == 30.0
    assert _timeout({"algorithm": "baseline", "time_limit": 0.0}) == 0.0


def test_a_late_first_model_of_few_rows_is_not_killed_before_its_own_deadline(monkeypatch):
    monkeypatch.setenv("PODIUM_STARTED", "1000")
    assert _timeout({"algorithm": "ridge", "time_limit": 30.0, "rows": 32}) >= _FIRST_SECONDS + 5


NODE = "podium-tabular-x7k2p(0).root(0).iteration-item(0).train-candidate({}).executor(0)"


@pytest.fixture
def attempts(monkeypatch, tmp_path):
    """Return the memory limits of all trainings, which fail for lack of memory, and a function that trains."""
    limits = []

    def supervised(call, arguments, *, timeout=0.0, memory=0):
        if call.endswith(":record_failure"):
            from podium_ml.stages.train_candidate import record_failure

            return record_failure(**arguments)
        limits.append(memory)
        raise StageFailedError("Out of memory.", kind="memory")

    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    monkeypatch.setattr(branches, "limit_bytes", lambda: 2**30)
    monkeypatch.setattr(branches, "supervise", supervised)
    branch = BranchSpec("ridge", memory="512Mi").to_dict()

    def train(deaths):
        monkeypatch.setenv(NODE_VARIABLE, NODE.format(deaths))
        return train_branch(features="", problem="", branch=branch, candidate=str(tmp_path / "candidate"))

    return limits, train


def test_first_pod_may_take_all_its_memory_in_a_second_attempt(attempts):
    limits, train = attempts
    assert train(deaths=0)["status"] == "failed"
    assert limits == [2**29, 0]


def test_pod_after_a_death_keeps_to_the_requested_memory(attempts):
    limits, train = attempts
    train(deaths=1)
    assert limits == [2**29]


def test_pod_after_two_deaths_does_not_train(attempts, tmp_path):
    limits, train = attempts
    facts = train(deaths=2)
    assert not limits
    assert facts["status"] == "failed"
    assert "died 2 times before it had a result" in facts["reason"]
    assert Candidate.load(tmp_path / "candidate" / "candidate.json").reason == facts["reason"]


def test_branch_whose_failure_cannot_be_recorded_by_a_child_is_recorded(attempts, monkeypatch, tmp_path):
    """As if the kernel killed every child."""

    def dead(*_, **__):
        raise StageFailedError("Killed by signal 9.", kind="killed")

    monkeypatch.setattr(branches, "supervise", dead)
    facts = attempts[1](deaths=0)
    assert (facts["status"], facts["reason"]) == ("failed", "Killed by signal 9.")
    assert CandidateFolder(tmp_path / "candidate").trials() == []


def test_task_after_the_last_death_records_the_loss(tmp_path):
    candidate = Model(uri=str(tmp_path / "lost"))
    record_loss.python_func(algorithm="ridge", candidate=candidate)
    assert candidate.metadata["status"] == "failed"
    assert "died 2 times" in Candidate.load(tmp_path / "lost" / "candidate.json").reason


def test_recording_a_death_imports_little(tmp_path):
    """Too little memory for the imports may be what killed the earlier pods."""
    code = (
        "import os, sys; from podium_components.branches import train_branch\n"
        f"train_branch(features='', problem='', branch={{'algorithm': 'ridge'}}, candidate={str(tmp_path / 'c')!r})\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'sklearn'} & set(sys.modules); assert not heavy, heavy"
    )
    environment = {**os.environ, NODE_VARIABLE: NODE.format(MOST_DEATHS)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert Candidate.load(tmp_path / "c" / "candidate.json").algorithm == "ridge"


@pytest.mark.parametrize(
    ("status", "died"), [("failed", False), ("failed", True), ("ok", True), ("ok", False)]
)
def test_only_good_branches_are_not_marked_as_failed(status, died, attempts, monkeypatch, tmp_path):
    """A branch that died is not good, even if some of its trials were kept."""

    def supervised(call, arguments, **_):
        if died and call.endswith(":run"):
            raise StageFailedError("Killed.", kind="killed")
        return {"algorithm": "ridge", "status": status, "reason": "Killed."}

    monkeypatch.setattr(branches, "supervise", supervised)
    assert attempts[1](deaths=0)["status"] == status
    assert marked_failure(tmp_path / "candidate") == ("" if status == "ok" and not died else "Killed.")
