"""What is handed over computes what was trained: grids within .001, boxes within one pixel."""

import numpy as np
import pytest

from podium_ml.models.onnx_network import OnnxNetwork
from podium_ml.objects.grid import decode

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

SIDE, CLASSES = 64, 2


def inputs(rows: int = 4) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    maps = {f"map_{at}": (rows, SIDE // side, SIDE // side, 6) for at, side in enumerate((4, 8))}
    pixels = random.integers(0, 255, (rows, SIDE, SIDE, 3), dtype=np.uint8)
    return {"pixels": pixels} | {
        key: random.normal(size=shape).astype(np.float16) for key, shape in maps.items()
    }


def network(name: str, given: dict[str, np.ndarray]):
    """Return an untrained network, whose centres are all about as likely, and what it reads."""
    from podium_ml.objects.algorithms._centre_layers import CentreNetwork
    from podium_ml.objects.algorithms._map_layers import MapHead

    torch.manual_seed(0)
    options = {"classes": CLASSES, "masks": True, "width": 12}
    if name == "centre_network":
        return CentreNetwork(**options).eval(), {"pixels": given["pixels"]}
    return MapHead([given["map_0"], given["map_1"]], **options).eval(), given


@pytest.mark.parametrize("name", ["centre_network", "map_head"])
def test_networks_of_centres(name):
    from podium_ml.networks.onnx_export import to_onnx

    trained, given = network(name, inputs())
    tensors = {key: torch.from_numpy(value) for key, value in given.items()}
    handed = OnnxNetwork(to_onnx(trained, {key: value[:2] for key, value in tensors.items()}, "grid"))
    with torch.no_grad():
        wanted = trained(*tensors.values()).numpy()
    found = handed(given)
    np.testing.assert_allclose(found, wanted, atol=1e-3)
    for one, other in zip(found, wanted, strict=True):
        own, real = (decode(grid, n_classes=CLASSES) for grid in (one, other))
        assert len(own.scores) == len(real.scores) > 0
        assert np.abs(own.boxes - real.boxes).max() * SIDE <= 1
        np.testing.assert_allclose(own.scores, real.scores, atol=1e-3)
        assert (own.masks != real.masks).mean() < 0.01


def test_detectors_of_torchvision():
    pytest.importorskip("torchvision")
    from podium_ml.networks.onnx_export import to_onnx
    from podium_ml.objects.algorithms._detector_layers import OfOnePicture, make_detector

    torch.manual_seed(0)
    detector = make_detector("fcos", classes=CLASSES, side=SIDE, depth=10, width=64)
    shown = OfOnePicture(detector.eval()).eval()
    pixels = inputs(1)["pixels"]
    content = to_onnx(shown, {"pixels": torch.from_numpy(pixels)}, "boxes", "labels", "scores", rows=False)
    with torch.no_grad():
        boxes, labels, scores = (one.numpy() for one in shown(torch.from_numpy(pixels)))
    found = OnnxNetwork(content).outputs({"pixels": pixels})
    assert len(scores) == len(found[2]) > 0
    np.testing.assert_allclose(found[0], boxes, atol=1.0)
    np.testing.assert_array_equal(found[1], labels)
    np.testing.assert_allclose(found[2], scores, atol=1e-3)
