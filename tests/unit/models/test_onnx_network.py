"""Networks of strangers, which may name files that hold their weights."""

from pathlib import Path

import numpy as np
import pytest

from podium_ml.models.onnx_network import OnnxNetwork

onnx = pytest.importorskip("onnx")
SIZE = 4096


def network(location: str = "") -> bytes:
    """Return a network that adds its weights, which lie in a file if a location is given."""
    from onnx import TensorProto, helper, numpy_helper

    weights = numpy_helper.from_array(np.arange(SIZE, dtype=np.float32), "w")
    if location:
        weights.ClearField("raw_data")
        weights.data_location = TensorProto.EXTERNAL
        entry = weights.external_data.add()
        entry.key, entry.value = "location", location
    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, SIZE]) for name in ("x", "y")]
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])], "g", sides[:1], sides[1:], [weights]
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString()


@pytest.mark.parametrize(
    "location", ["secret.bin", "{folder}/secret.bin", "../{name}/secret.bin", "link.bin"]
)
def test_weights_in_files_are_not_read(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.bin").write_bytes(np.ones(SIZE, dtype=np.float32).tobytes())
    (tmp_path / "link.bin").symlink_to("secret.bin")
    row = {"x": np.zeros((1, SIZE), dtype=np.float32)}
    with pytest.raises(Exception, match=r"External data|external data|model_path"):
        OnnxNetwork(network(location.format(folder=tmp_path, name=tmp_path.name)))(row)
    assert OnnxNetwork(network())(row).sum() == np.arange(SIZE).sum()
