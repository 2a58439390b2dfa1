"""Attacks by names that others chose: keys of a store, artifacts of a registry."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from podium.run_folder import FETCHED
from podium.servers.deliveries import Deliveries
from podium_ml.errors import PodiumError
from podium_ml.files.inside import inside, plain_name


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/passwd", "a//b", "", ".", "..", "a/./b", "a\0b", "a\\..\\b", "a\nb"]
)
def test_names_that_leave_the_folder(tmp_path, name):
    with pytest.raises(PodiumError, match="is not a file in"):
        inside(tmp_path, name)


def test_link_that_leaves_the_folder(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "out").symlink_to(tmp_path)
    with pytest.raises(PodiumError, match="is not a file in"):
        inside(tmp_path / "run", "out/x")


def test_names_within_the_folder(tmp_path):
    assert inside(tmp_path, "logs/a b.txt") == tmp_path / "logs" / "a b.txt"


@pytest.mark.parametrize("key", ["a/..", "..", "", "/", "a/."])
def test_last_part_of_a_key(key):
    assert "/" not in plain_name(key, otherwise="file")
    assert plain_name(key, otherwise="file") not in ("", ".", "..")


class Bucket:
    """A store in which somebody else writes too."""

    def __init__(self, keys):
        self.keys, self.fetched = keys, []

    def relative(self, key):
        from pathlib import PurePosixPath

        return PurePosixPath(key)

    def listing(self, prefix):
        return [(key, datetime.now(UTC)) for key in self.keys if key.startswith(f"{prefix.rstrip('/')}/")]

    def download_one(self, name, path):
        if name not in self.keys:
            raise FileNotFoundError(name)
        self.fetched.append(path)
        path.write_text("{}")
        return path


@pytest.fixture
def deliveries():
    """Return a function that makes the outputs of a run whose store holds the given keys."""

    def make(*names):
        place = "podium-tabular/run/publish-run/1/delivery"
        run = SimpleNamespace(run_id="run", runtime_config=None)
        found = Deliveries.__new__(Deliveries)
        found._run_id, found._read = run.run_id, set()
        found._store = Bucket([f"{place}/{name}" for name in names] + ["podium-tabular/run/short"])
        return found

    return make


def test_delivery_takes_known_names_only(deliveries, tmp_path):
    attacks = [
        "../../../../.bashrc",
        "..//x",
        "sub/model.pkl",
        "/model.pkl",
        "//etc/x",
        "evil.sh",
        "config.yaml",
    ]
    attacks += [".variables.json", "run.json", "metrics.json/..", "./metrics.json"]
    found = deliveries(*FETCHED, *attacks)
    folder = tmp_path / "a" / "b" / "run"
    folder.mkdir(parents=True)
    assert found.fetch(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(FETCHED)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != folder] == []


def test_delivery_without_some_files(deliveries, tmp_path):
    found = deliveries("model.pkl", "/metrics.json")
    assert found.fetch(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["model.pkl"]
