"""Networks for pictures predict without PyTorch, and as they did in training."""

import numpy as np
import pytest

from podium_ml.tabular.encoders import PixelRows
from tests.unit.tabular.algorithms.torchless import predicted

pytest.importorskip("torch")
pytest.importorskip("onnxruntime")


def rows(count: int, *, channels: int, others: int) -> tuple[PixelRows, np.ndarray]:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 120, (count, 20, 20, channels), dtype=np.uint8)
    y = rng.integers(0, 2, count)
    pixels[y == 1, 4:12, 4:12] += 120
    return PixelRows(pixels, rng.normal(size=(count, others)).astype(np.float32)), y


@pytest.mark.parametrize(("channels", "others"), [(1, 0), (3, 2)])
def test_agrees_with_training(channels, others):
    from podium_ml.tabular.algorithms._exported_network import without_torch
    from podium_ml.tabular.algorithms._picture_estimator import PictureClassifier

    X, y = rows(60, channels=channels, others=others)
    trained = PictureClassifier(epochs=3, batch_size=16, learning_rate=0.004, width=8, depth=1).fit(X, y)
    np.testing.assert_allclose(without_torch(trained).predict_proba(X), trained.predict_proba(X), atol=1e-3)


def test_predicts_without_pytorch(tmp_path):
    from podium_ml.tabular.algorithms._exported_network import without_torch
    from podium_ml.tabular.algorithms._picture_estimator import PictureClassifier

    X, y = rows(60, channels=1, others=0)
    model = without_torch(
        PictureClassifier(epochs=3, batch_size=16, learning_rate=0.004, width=8, depth=0).fit(X, y)
    )
    assert predicted(model, X, tmp_path) == model.predict(X).tolist()
