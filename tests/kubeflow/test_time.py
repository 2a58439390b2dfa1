"""Tests of how long runs take on a real Kubeflow Pipelines server, which must be idle."""

import os
import time

import pytest

import podium
from podium.engines.kubeflow import upload_pipeline
from podium.packages import pipeline_arguments
from podium.servers.deliveries import Deliveries
from podium.servers.store import Store
from podium_ml.settings import TabularSettings
from tests.kubeflow.test_real_server import ended
from tests.pipelines.tables import binary_table

pytestmark = [pytest.mark.kubeflow, pytest.mark.timeout(3600)]
LIMIT = 600


def seconds(run):
    """Return the seconds that the server took for a run."""
    return (run.finished_at - run.created_at).total_seconds()


@pytest.fixture(scope="module")
def limited(folder):
    """Return a finished run with all algorithms and a time limit."""
    binary_table(5000, seed=int.from_bytes(os.urandom(3))).to_csv(folder / "limited.csv", index=False)
    return podium.run(
        folder / "limited.csv",
        "churn",
        engine="kubeflow",
        out=folder / "limited",
        name=f"test-{os.urandom(4).hex()}",
        time_limit=f"{LIMIT}s",
    ).wait()


def test_time_limit_is_kept(limited, kubeflow):
    took = seconds(kubeflow.run(limited.state.run_id))
    print(f"a limit of {LIMIT} s took {took:.0f} s")
    assert took < 1.1 * LIMIT
    assert limited.leaderboard["status"].eq("ok").any()


def rerun(limited, folder, name, **changed):
    """Run again with the settings of the limited run, except some."""
    given = {**limited.folder.settings.model_dump(include={"time_limit", "name"}), **changed}
    return podium.run(folder / "limited.csv", "churn", engine="kubeflow", out=folder / name, **given).wait()


def test_same_run_again_takes_the_results_of_the_first(limited, kubeflow, pods, folder):
    again = rerun(limited, folder, "again")
    took = seconds(kubeflow.run(again.state.run_id))
    first = seconds(kubeflow.run(limited.state.run_id))
    count = pods.count(again.state.run_id)
    print(f"the same run again took {took:.0f} s of {first:.0f} s, and {count} pods")
    assert took < first / 3
    assert again.leaderboard.equals(limited.leaderboard)
    assert again.report.read_text() == limited.report.read_text()
    notices = [event["text"] for event in again.folder.events() if event["event"] == "notice"]
    assert any(f"are those of run {limited.state.run_id}" in text for text in notices)


def test_another_run_takes_all_branches_from_the_cache(limited, kubeflow, connections, pods, folder):
    """It asks for something else, though not for other models, so it repeats no run; its pods start in 20 steps."""
    again = rerun(limited, folder, "held", promote="never")
    run = kubeflow.run(again.state.run_id)
    failed = set(limited.leaderboard.query("status == 'failed'")["model"])
    trained = {one.algorithm for one in Deliveries(connections, run).candidates()}
    assert trained <= failed
    took, first = seconds(run), seconds(kubeflow.run(limited.state.run_id))
    count = pods.count(again.state.run_id)
    print(
        f"all from the cache took {took:.0f} s of {first:.0f} s, and {count} pods; trained {trained or 'nothing'}"
    )
    assert trained or took < first / 2


def test_wrong_target_is_told_by_the_first_task(kubeflow, connections, folder):
    """As from the form or a schedule, where no command line looks at the data before."""
    store = Store(connections["store"])
    binary_table(400).to_csv(folder / "lake.csv", index=False)
    store.upload([(folder / "lake.csv", "lake.csv")], "lake/wrong-target")
    settings = TabularSettings(source=f"{store}/lake/wrong-target/lake.csv", target="churned")
    version = upload_pipeline(kubeflow, connections, "tabular")
    began = time.time()
    run_id = kubeflow.start(
        version,
        title="wrong-target",
        experiment="wrong-target",
        arguments=pipeline_arguments(settings),
        description="",
    )
    run = ended(kubeflow, run_id)
    print(f"a wrong target was told after {time.time() - began:.0f} s")
    assert run.state == "FAILED"
    outputs = Deliveries(connections, run)
    assert "validate-data" not in outputs.finished()
    texts = "\n".join(log.text for log in outputs.logs())
    assert "there is no column 'churned'. Did you mean 'churn'?" in texts
