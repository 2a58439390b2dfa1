"""Tests of where weights come from: real packages, folders, S3 servers and a server that answers as a hub does."""

import json
import pickle

import numpy as np
import pytest
from safetensors.numpy import save

from podium_ml.errors import DataError, SettingsError
from podium_ml.stages import fetch_weights
from podium_ml.weights import fetch, files, given, giving, pin
from podium_ml.weights.fetching import CACHE_VARIABLE, Weights
from podium_ml.weights.places import hub as places_hub
from podium_ml.weights.tensors import read_tensors

TENSORS = save({"embeddings": np.eye(3, dtype=np.float32)})
CARD = b"---\nlicense: apache-2.0\n---\n# A model"
WORDLLAMA = "8584016251714ef057866bab83aa3a146c445bf4b0c31d61c4d32346977af076"
COMMIT = "c" * 40


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "model"
    made.mkdir()
    (made / "model.safetensors").write_bytes(TENSORS)
    (made / "tokenizer.json").write_text("{}")
    (made / "README.md").write_bytes(CARD)
    (made / "modeling.py").write_text("raise SystemExit")
    (made / "pytorch_model.bin").write_bytes(pickle.dumps(print))
    return made


def test_package_is_pinned_by_version_and_hash(tmp_path):
    found = fetch(pin("package:wordllama"), tmp_path / "out")
    assert (found.sha256, found.licence) == (WORDLLAMA, "MIT License")
    assert fetch(found.pinned, tmp_path / "again") == found
    assert {array.shape for array in read_tensors(tmp_path / "out").values()} == {(32_000, 256)}


def test_folder_leaves_out_code_and_pickles(folder, tmp_path):
    found = fetch(str(folder), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "README.md",
        "model.safetensors",
        "tokenizer.json",
    }
    assert found.licence == "apache-2.0"
    np.testing.assert_array_equal(read_tensors(tmp_path / "out")["embeddings"], np.eye(3))


def test_changed_folder_is_noticed(folder, tmp_path):
    pinned = pin(str(folder))
    fetch(pinned, tmp_path / "out")
    (folder / "tokenizer.json").write_text("[]")
    with pytest.raises(SettingsError, match="have changed"):
        fetch(pinned, tmp_path / "again")


def test_wrong_hash_is_refused(folder, tmp_path):
    with pytest.raises(SettingsError, match=r"another hash: [0-9a-f]{64}, not 0{64}"):
        fetch(f"{folder}#sha256={'0' * 64}", tmp_path / "out")


@pytest.mark.parametrize("source", ["package:no-such-package", "/no/such/folder", "package:pip"])
def test_missing_weights(source, tmp_path):
    with pytest.raises(SettingsError, match=r"not installed|no folder|no weights"):
        fetch(source, tmp_path / "out")


@pytest.mark.minio
def test_bucket_is_read_once_a_version(s3, folder, tmp_path, cache):
    s3.create_bucket(Bucket="bucket")
    for path in folder.iterdir():
        s3.put_object(Bucket="bucket", Key=f"models/mini/{path.name}", Body=path.read_bytes())
    pinned = pin("s3://bucket/models/mini")
    first = fetch(pinned, tmp_path / "out")
    assert read_tensors(tmp_path / "out")
    assert len(list(cache.iterdir())) == 1
    assert fetch(pinned, tmp_path / "again") == first
    s3.put_object(Bucket="bucket", Key="models/mini/model.safetensors", Body=b"other")
    assert pin("s3://bucket/models/mini") != pinned
    with pytest.raises(SettingsError, match="have changed"):
        fetch(pinned, tmp_path / "third")


@pytest.fixture
def hub(httpserver, monkeypatch):
    """Serve one model as Hugging Face's hub does."""
    about = {
        "sha": COMMIT,
        "siblings": [{"rfilename": one} for one in ("model.safetensors", "README.md", "run.py")],
    }
    for revision in ("main", COMMIT):
        httpserver.expect_request(f"/api/models/owner/name/revision/{revision}").respond_with_json(about)
    httpserver.expect_request(f"/owner/name/resolve/{COMMIT}/model.safetensors").respond_with_data(TENSORS)
    httpserver.expect_request(f"/owner/name/resolve/{COMMIT}/README.md").respond_with_data(CARD)
    monkeypatch.setenv("HF_ENDPOINT", httpserver.url_for("/"))
    return httpserver


def test_hub_is_read_at_a_commit(hub, tmp_path):
    pinned = pin("hub:owner/name")
    assert pinned == f"hub:owner/name@{COMMIT}"
    found = fetch(pinned, tmp_path / "out")
    assert (found.revision, found.licence) == (COMMIT, "apache-2.0")
    assert not (tmp_path / "out" / "run.py").exists()


def test_hub_that_leads_out_of_the_folder(hub, tmp_path):
    about = {"sha": COMMIT, "siblings": [{"rfilename": "../../model.safetensors"}]}
    hub.expect_oneshot_request("/api/models/owner/bad/revision/main").respond_with_json(about)
    hub.expect_request(f"/api/models/owner/bad/revision/{COMMIT}").respond_with_json(about)
    with pytest.raises(SettingsError, match="holds no weights"):
        fetch(pin("hub:owner/bad"), tmp_path / "out")
    assert not list(tmp_path.glob("*.safetensors"))


def test_hub_that_sends_without_end(hub, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", len(TENSORS) - 1)
    with pytest.raises(DataError, match="is larger than"):
        fetch("hub:owner/name", tmp_path / "out")
    monkeypatch.setattr(places_hub, "_MOST_ANSWER", 10)
    with pytest.raises(DataError, match="is larger than"):
        pin("hub:owner/name")


def test_hub_that_cannot_be_reached(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(
        DataError, match=r"hub:owner/name.*refused the connection.*copy the model to a folder"
    ):
        fetch("hub:owner/name", tmp_path / "out")


def test_unknown_model_of_the_hub(hub, tmp_path):
    with pytest.raises(DataError, match="hub:owner/other"):
        fetch("hub:owner/other", tmp_path / "out")


@pytest.mark.usefixtures("pod")
def test_pods_read_no_folders_of_their_own(folder, tmp_path):
    with pytest.raises(DataError, match="on this cluster"):
        fetch(str(folder), tmp_path / "out")


def test_pickles_hold_numbers_alone(tmp_path):
    torch = pytest.importorskip("torch")
    torch.save({"a": torch.ones(2)}, tmp_path / "model.bin")
    np.testing.assert_array_equal(read_tensors(tmp_path)["a"], np.ones(2))
    (tmp_path / "model.bin").write_bytes(pickle.dumps(print))
    with pytest.raises(SettingsError, match="more than numbers"):
        read_tensors(tmp_path)


def test_damaged_safetensors(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(TENSORS[:20])
    with pytest.raises(SettingsError, match="damaged"):
        read_tensors(tmp_path)


def test_stage_hands_on_what_the_settings_name(folder, tmp_path):
    from podium_ml.settings import TabularProblem

    settings = TabularProblem(target="y", encoder=str(folder)).model_dump(mode="json")
    facts = fetch_weights.run(kind="tabular", settings=settings, weights=str(tmp_path / "out"))
    found = Weights.from_dict(json.loads((tmp_path / "out" / "encoder.json").read_text()))
    assert facts == {"weights": {"encoder": found.pinned}}
    with giving(str(tmp_path / "out")):
        assert read_tensors(given("encoder"))
    with pytest.raises(Exception, match="--encoder"):
        given("encoder")
