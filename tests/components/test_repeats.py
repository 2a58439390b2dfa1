"""Tests of runs that repeat an earlier one: on a store, as two runs on a cluster would."""

import json

import pytest

from podium_components.repeats import find_repeated, leave_record, request_of
from podium_ml.contracts import Candidate
from podium_ml.training.failure_notes import mark_failure

FIRST, SECOND = "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000"
RUNS = "minio://runs/v2/artifacts/podium-tabular"
VERSIONS = {"fingerprint": "abc", "settings": "def"}
REQUEST = request_of("tabular", "churn", VERSIONS, {"python-cpu": "podium/python-cpu:1"})
PROMOTED = {"model_name": "churn", "model_version": "3", "decision": {"outcome": "promoted", "champion": ""}}


@pytest.fixture
def first(s3, tmp_path):
    """Return a function that ends the first run, with some differences to one in which all went well."""
    s3.create_bucket(Bucket="runs")
    s3.put_object(
        Bucket="runs",
        Key=f"v2/artifacts/podium-tabular/{FIRST}/publish-run/1/delivery/metrics.json",
        Body=b"{}",
    )

    def end(facts=PROMOTED, status="ok", failure=""):
        Candidate("good", "ok").save(tmp_path / "good" / "candidate.json")
        Candidate("other", status).save(tmp_path / "other" / "candidate.json")
        if failure:
            mark_failure(tmp_path / "finished", failure)
        leave_record(
            f"{RUNS}/{FIRST}/publish-run/1/delivery",
            REQUEST,
            facts,
            candidates=[str(tmp_path / "good"), str(tmp_path / "other")],
            stages=[str(tmp_path / "evaluation"), str(tmp_path / "finished")],
        )

    return end


def repeated(request=REQUEST, champion="churn/3"):
    return find_repeated(f"{RUNS}/{SECOND}/resolve-inputs/1/repeated", request, champion=champion)


def test_second_run_with_the_same_request(first):
    first()
    assert repeated() == FIRST


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "forecasting"},
        {"name": "another"},
        {"versions": {**VERSIONS, "fingerprint": "other rows"}},
        {"versions": {**VERSIONS, "settings": "another seed"}},
        {"images": {"python-cpu": "podium/python-cpu:2"}},
    ],
)
def test_another_request_repeats_nothing(first, change):
    first()
    given = {
        "kind": "tabular",
        "name": "churn",
        "versions": VERSIONS,
        "images": {"python-cpu": "podium/python-cpu:1"},
    }
    assert request_of(**given) == REQUEST
    assert repeated(request_of(**{**given, **change})) == ""


def test_another_champion_would_be_compared(first):
    first()
    assert repeated(champion="churn/2") == ""
    assert repeated(champion="") == ""


def test_champion_that_stayed(first):
    first({"decision": {"outcome": "held", "champion": "churn/2"}})
    assert repeated(champion="churn/2") == FIRST


@pytest.mark.parametrize(
    "given",
    [{"status": "failed"}, {"failure": "Out of time."}, {"facts": {"warning": "The run was not logged."}}],
)
def test_what_failed_is_done_again(first, given):
    first(**given)
    assert repeated() == ""


def test_results_that_somebody_deleted(first, s3):
    first()
    s3.delete_object(
        Bucket="runs", Key=f"v2/artifacts/podium-tabular/{FIRST}/publish-run/1/delivery/metrics.json"
    )
    assert repeated() == ""


@pytest.mark.parametrize("run", ["../../elsewhere", f"{FIRST}/x", "", None])
def test_record_of_a_stranger(first, s3, run):
    key = f"v2/artifacts/podium-tabular/repeats/{REQUEST}.json"
    s3.put_object(Bucket="runs", Key=key, Body=json.dumps({"run": run, "champion": "churn/3"}).encode())
    assert repeated() == ""


def test_store_that_fails_costs_no_run(s3, capsys):
    """There is no such bucket."""
    assert repeated() == ""
    assert "Earlier runs are unknown: " in capsys.readouterr().out
    leave_record(f"{RUNS}/{FIRST}/publish-run/1/delivery", REQUEST, PROMOTED, candidates=[], stages=[])
    assert "Later runs will not know" in capsys.readouterr().out


def test_local_runs_have_no_records(tmp_path):
    address = str(tmp_path / "run" / "resolve-inputs" / "1" / "repeated")
    assert find_repeated(address, REQUEST, champion="") == ""
    leave_record(address, REQUEST, PROMOTED, candidates=[], stages=[])
    assert not list(tmp_path.iterdir())
