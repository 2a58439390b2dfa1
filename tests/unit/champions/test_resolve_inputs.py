"""The first stage: what is wrong is told at once, and what the data and the champion are is settled once."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from podium_ml.errors import SettingsError
from podium_ml.settings.tabular import Settings
from podium_ml.stages import read_champion, read_lessons, resolve_inputs


def resolve(tmp_path, fingerprint="", **settings):
    values = {**Settings().model_dump(mode="json"), "source": "data.csv", "target": "churn", **settings}
    return resolve_inputs.run(settings=values, fingerprint=fingerprint, tracking={"folder": str(tmp_path)})


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
def test_mistakes_are_told_one_a_line(tmp_path, settings, words):
    with pytest.raises(SettingsError) as caught:
        resolve(tmp_path, **settings)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(words)
    for line, word in zip(lines, words, strict=True):
        assert word in line


def test_the_date_is_that_of_the_run(tmp_path):
    days = {f"{datetime.now(UTC):%Y-%m-%d}"}
    found = resolve(tmp_path, source="s3://lake/{date}/a.csv", test="{date}/{date}.csv", fingerprint="v1")
    days.add(f"{datetime.now(UTC):%Y-%m-%d}")  # midnight may pass
    assert found["source"] in {f"s3://lake/{day}/a.csv" for day in days}
    assert found["test"] in {f"{day}/{day}.csv" for day in days}


def test_a_given_fingerprint_is_taken_and_else_the_data_are_looked_at(tmp_path):
    (tmp_path / "a.csv").write_text("x\n")
    assert resolve(tmp_path, fingerprint="v1")["fingerprint"] == "v1"
    found = [resolve(tmp_path, source=str(tmp_path / "a.csv"))["fingerprint"] for _ in range(2)]
    assert found[0] == found[1] != "v1"


def test_the_hash_of_settings_is_of_what_matters(tmp_path):
    first = resolve(tmp_path, fingerprint="v1")["settings_hash"]
    assert resolve(tmp_path, source="b.csv", notify="always", skip_unchanged=True)["settings_hash"] == first
    assert resolve(tmp_path, seed=1)["settings_hash"] != first
    assert resolve(tmp_path, reader={"delimiter": ";"})["settings_hash"] != first


def test_without_a_registry_there_is_no_champion_and_nothing_is_imported_for_it(tmp_path):
    code = (
        "import sys; from podium_ml.settings.tabular import Settings; from podium_ml.stages import resolve_inputs\n"
        "values = {**Settings().model_dump(mode='json'), 'source': 'a.csv', 'target': 'b', 'skip_unchanged': True}\n"
        f"found = resolve_inputs.run(settings=values, fingerprint='', tracking={{'folder': {str(tmp_path)!r}}})\n"
        "assert found['champion'] == '' and not found['unchanged'], found\n"
        "heavy = {'pandas', 'mlflow', 'sklearn', 'pyarrow'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    read_champion.run(champion="", registry="", folder=str(tmp_path / "champion"))
    folder = read_champion.ChampionFolder(tmp_path / "champion")
    assert (folder.champion, folder.seen_rows) == (None, None)
    read_lessons.run(teacher="", registry="", folder=str(tmp_path / "lessons"))
    lessons = read_lessons.Lessons(tmp_path / "lessons")
    assert (lessons.profile, lessons.configurations) == (None, {})


def test_a_registry_that_cannot_be_reached_is_told_and_stops_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    assert resolve(tmp_path, fingerprint="v1", skip_unchanged=True)["champion"] == ""
    assert "The champion is not known" in capsys.readouterr().out
