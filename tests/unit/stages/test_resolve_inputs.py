"""Tests of the stage ``resolve_inputs``, which validates settings and resolves the data and the champion."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from podium_ml.errors import RegistryError, SettingsError
from podium_ml.run.budget import STARTED_VARIABLE
from podium_ml.settings import (
    ForecastingSettings,
    ModelLimits,
    PlanSettings,
    PromotionSettings,
    TabularProblem,
    TabularSettings,
)
from podium_ml.stages import read_champion, read_warm_start, resolve_inputs


def resolve(tmp_path, fingerprint="", **settings):
    values = {
        **TabularSettings().model_dump(mode="json"),
        "source": "data.csv",
        "target": "churn",
        **settings,
    }
    return resolve_inputs.run(
        kind="tabular", settings=values, fingerprint=fingerprint, tracking={"folder": str(tmp_path)}
    )


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"source": ""}, ["source"]),
        ({"target": ""}, ["target"]),
        ({"algorithms": "lightgmb", "metric": "aux"}, ["Did you mean lightgbm", "metric"]),
        ({"time_limit": "soon"}, ["time_limit"]),
        ({"promote": "perhaps", "notify": "daily"}, ["promote", "notify"]),
        ({"promotion_margin": -1.0}, ["promotion_margin"]),
        ({"max_latency": "5 parsecs", "max_memory": "much"}, ["max_memory", "max_latency"]),
    ],
)
def test_each_invalid_setting_is_reported_on_its_own_line(tmp_path, settings, words):
    with pytest.raises(SettingsError) as caught:
        resolve(tmp_path, **settings)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(words)
    for line, word in zip(lines, words, strict=True):
        assert word in line


def test_wrong_column_is_told_before_the_data_are_read(tmp_path, monkeypatch):
    (tmp_path / "data.csv").write_text("age,churned\n" + "1,yes\n" * 20)
    monkeypatch.delenv(STARTED_VARIABLE, raising=False)
    given = {"source": str(tmp_path / "data.csv"), "fingerprint": "v1"}
    with pytest.raises(SettingsError) as caught:
        resolve(tmp_path, **given, target="churn", drop="ages")
    first, second = str(caught.value).splitlines()
    assert first == "target: there is no column 'churn'. Did you mean 'churned'?"
    assert second.startswith("drop: there is no column 'ages'.")
    assert resolve(tmp_path, **given, target="churned")["fingerprint"] == "v1"


def test_local_run_does_not_read_the_header_twice(tmp_path, monkeypatch):
    """The next stage reads it within a second."""
    (tmp_path / "data.csv").write_text("age,churned\n" + "1,yes\n" * 20)
    monkeypatch.setenv(STARTED_VARIABLE, "1000")
    resolve(tmp_path, source=str(tmp_path / "data.csv"), target="churn", fingerprint="v1")


def test_date_placeholder_is_the_current_date(tmp_path):
    days = {f"{datetime.now(UTC):%Y-%m-%d}"}
    found = resolve(tmp_path, source="s3://lake/{date}/a.csv", test="{date}/{date}.csv", fingerprint="v1")
    days.add(f"{datetime.now(UTC):%Y-%m-%d}")  # the date may change during the test
    assert found["source"] in {f"s3://lake/{day}/a.csv" for day in days}
    assert found["test"] in {f"{day}/{day}.csv" for day in days}


def test_fingerprint_is_computed_unless_given(tmp_path):
    (tmp_path / "a.csv").write_text("churn\n")
    assert resolve(tmp_path, fingerprint="v1")["fingerprint"] == "v1"
    found = [resolve(tmp_path, source=str(tmp_path / "a.csv"))["fingerprint"] for _ in range(2)]
    assert found[0] == found[1] != "v1"


def test_settings_hash_covers_only_settings_that_affect_the_model(tmp_path):
    def hashed(**settings):
        return resolve(tmp_path, fingerprint="v1", **settings)["publication"]["versions"]["settings"]

    first = hashed()
    assert hashed(source="b.csv", notify="always", skip_unchanged=True) == first
    assert hashed(seed=1) != first
    assert hashed(reader={"delimiter": ";"}) != first


def test_each_stage_gets_a_complete_slice_of_the_settings(tmp_path):
    asked = {
        "seed": 3,
        "max_memory": "8G",
        "drop": "noise",
        "max_trials": 2,
        "promote": "never",
        "max_latency": "5ms",
    }
    found = resolve(tmp_path, fingerprint="v1", **asked)
    settings = TabularSettings(source="data.csv", target="churn", **asked)
    assert TabularProblem.read(found["problem"]) == TabularProblem(
        target="churn", seed=3, max_memory="8G", drop="noise"
    )
    assert PlanSettings.read(found["plan"]) == PlanSettings(seed=3, max_memory="8G", max_trials=2)
    assert ModelLimits.read(found["limits"]) == ModelLimits(max_memory="8G", max_latency="5ms")
    promotion = {**settings.cut(PromotionSettings), "champion": "", "registry": str(tmp_path)}
    assert found["promotion"] == promotion
    assert found["reference"] == {"reference": "", "registry": str(tmp_path)}
    for name in ("problem", "plan", "limits", "promotion"):
        assert found[name].items() <= {**settings.model_dump(mode="json"), **promotion}.items()


def test_publication_contains_all_settings(tmp_path):
    settings = {"source": "{date}.csv", "reader": {"delimiter": ";"}, "seed": 3}
    found = resolve(tmp_path, fingerprint="v1", **settings)
    asked = TabularSettings(source=found["source"], target="churn", seed=3).model_dump(mode="json")
    assert found["source"] != "{date}.csv"
    assert found["publication"]["settings"] == {name: asked[name] for name in asked if name != "reader"}
    assert found["publication"]["versions"]["fingerprint"] == "v1"


def test_changed_setting_affects_only_slices_that_contain_it(tmp_path):
    """Kubeflow can then reuse cached results of stages whose slices are unchanged."""
    slices = ("problem", "plan", "limits", "promotion", "reference", "source", "test")

    def changed(**settings):
        before, now = (resolve(tmp_path, fingerprint="v1", **given) for given in ({}, settings))
        return {name for name in slices if before[name] != now[name]}

    assert changed(algorithms="ridge", time_limit="10m") == {"plan"}
    assert changed(drop="noise", folds="3") == {"problem"}
    assert changed(promote="always", promotion_margin=0.1) == {"promotion"}
    assert changed(max_latency="5ms") == {"limits", "promotion"}
    assert changed(interpretable=True) == {"plan", "limits", "promotion"}
    assert changed(seed=1) == {"problem", "plan"}
    assert changed(notify="always", refit=False, skip_unchanged=True) == set()


def test_unknown_kind_raises_an_error(tmp_path):
    with pytest.raises(RegistryError, match="Unknown kind of problem 'pictures'"):
        resolve_inputs.run(kind="pictures", settings={})


def test_no_champion_and_no_imports_without_a_registry(tmp_path):
    code = (
        "import sys; from podium_ml.settings import TabularSettings; from podium_ml.stages import resolve_inputs\n"
        "values = {**TabularSettings().model_dump(mode='json'), 'source': 'a.csv', 'target': 'b'}\n"
        "values['skip_unchanged'] = True\n"
        f"tracking = {{'folder': {str(tmp_path)!r}}}\n"
        "found = resolve_inputs.run(kind='tabular', settings=values, fingerprint='', tracking=tracking)\n"
        "assert found['champion'] == '' and not found['unchanged'], found\n"
        "heavy = {'pandas', 'mlflow', 'sklearn', 'pyarrow'} & set(sys.modules); assert not heavy, heavy"
    )
    # A local run, whose next stage reads the header.
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, STARTED_VARIABLE: "1000"})
    read_champion.run(champion="", registry="", folder=str(tmp_path / "champion"))
    folder = read_champion.ChampionFolder(tmp_path / "champion")
    assert (folder.champion, folder.seen_rows) == (None, None)
    read_warm_start.run(reference="", registry="", folder=str(tmp_path / "warm_start"))
    warm_start = read_warm_start.WarmStart(tmp_path / "warm_start")
    assert (warm_start.profile, warm_start.configurations) == (None, {})


def test_unreachable_registry_is_reported_without_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    assert resolve(tmp_path, fingerprint="v1", skip_unchanged=True)["champion"] == ""
    assert "The champion is unknown" in capsys.readouterr().out


@pytest.mark.usefixtures("pod")
def test_name_of_another_team(tmp_path, monkeypatch):
    """Whoever uses the name of a model may replace its champion, with ``promote=always`` without a comparison."""
    monkeypatch.setenv("PODIUM_ALLOWED_NAMES", "team-a-*")
    monkeypatch.setenv(STARTED_VARIABLE, "1000")  # no header is read
    attacks = [
        {"name": "team-b-churn"},
        {"target": "team-b-churn"},
        {"name": "../team-a-churn"},
        {"name": "team-a-churn", "tracking": {"experiment": "team-b-churn"}},
        {"name": "team-a-churn", "tracking": {"folder": str(tmp_path)}},
    ]
    for attack in attacks:
        with pytest.raises(SettingsError, match=r"^(name|tracking): "):
            resolve_in_pod(**{"promote": "always", **attack})
    assert resolve_in_pod(name="team-a-churn", tracking={"experiment": "team-a-churn"})["champion"] == ""
    monkeypatch.setenv("PODIUM_ALLOWED_NAMES", "")
    assert resolve_in_pod(name="team-b-churn")["champion"] == ""


def resolve_in_pod(tracking=None, **settings):
    values = {
        **TabularSettings().model_dump(mode="json"),
        "target": "churn",
        "source": "s3://mlpipeline/a",
        **settings,
    }
    return resolve_inputs.run(kind="tabular", settings=values, fingerprint="v1", tracking=tracking)


def test_changed_plans_and_events_are_new_data(tmp_path):
    for name in ("sales.csv", "plan.csv", "events.csv"):
        (tmp_path / name).write_text("day,price,y\n2024-01-01,1,2\n")
    settings = {
        **ForecastingSettings().model_dump(mode="json"),
        **{"source": str(tmp_path / "sales.csv"), "target": "y", "time_column": "day", "horizon": 1},
        **{"known": "price", "future": str(tmp_path / "plan.csv"), "holidays": f"DE,{tmp_path}/events.csv"},
    }
    versions = []
    for name in ("", "plan.csv", "events.csv"):
        if name:
            (tmp_path / name).write_text("day,price,y\n2024-01-02,1,2\n")
        versions.append(resolve_inputs.run(kind="forecasting", settings=settings)["fingerprint"])
    assert len(set(versions)) == 3
