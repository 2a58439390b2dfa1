"""Tests of frozen models of texts."""

import pickle

import numpy as np
import pytest

from podium_ml.embeddings import SentenceEncoder, StaticEncoder, read_text_encoder
from podium_ml.errors import SettingsError

TEXTS = ["the tea was very good", "the film was bad", "", "tea", "good good tea " * 200]


@pytest.fixture(params=["static", "transformer"])
def encoder(request):
    return read_text_encoder(request.getfixturevalue(request.param))


def test_vectors_do_not_depend_on_the_other_texts(encoder):
    found = encoder.encode(TEXTS)
    assert found.shape == (len(TEXTS), encoder.width)
    for text, vector in zip(TEXTS, found, strict=True):
        np.testing.assert_allclose(encoder.encode([text])[0], vector, atol=2e-2)
    lengths = np.linalg.norm(found, axis=1)
    np.testing.assert_allclose(lengths[[0, 1, 3, 4]], 1, atol=1e-5)


def test_encoder_outlives_its_folder(encoder, tmp_path):
    again = pickle.loads(pickle.dumps(encoder))
    np.testing.assert_allclose(again.encode(TEXTS), encoder.encode(TEXTS), atol=1e-6)
    assert encoder.encode([]).shape == (0, encoder.width)


def test_static_vectors_are_means_of_words(static):
    encoder = read_text_encoder(static)
    assert isinstance(encoder, StaticEncoder)
    tea, film, both = encoder.encode(["tea", "film", "tea film tea film"])
    assert both @ (tea + film) > 1
    assert len(pickle.dumps(encoder)) < 10_000


def test_sentences_agree_with_the_network(transformer):
    torch = pytest.importorskip("torch")
    from podium_ml.embeddings.conversion import example_inputs, load_transformer, to_onnx
    from podium_ml.models.onnx_network import OnnxNetwork

    network = load_transformer(transformer)

    class Pooled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, input_ids, attention_mask):
            return self.network(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    names = ["input_ids", "attention_mask"]
    exported = OnnxNetwork(to_onnx(Pooled().eval(), example_inputs(2), names))
    ids = np.array([[2, 4, 6, 3, 0, 0, 0], [2, 4, 5, 6, 7, 8, 3]])
    mask = (ids > 0).astype(np.int64)
    with torch.no_grad():
        expected = Pooled().eval()(torch.tensor(ids), torch.tensor(mask)).numpy()
    found = exported.outputs({"input_ids": ids, "attention_mask": mask})[0]
    np.testing.assert_allclose(found[mask > 0], expected[mask > 0], atol=1e-4)


def test_long_texts_are_cut_until_there_is_time(transformer):
    encoder = read_text_encoder(transformer)
    assert isinstance(encoder, SentenceEncoder)
    assert encoder.within(TEXTS, np.inf) is encoder
    assert encoder.within(TEXTS, 1e-9) is None


@pytest.mark.parametrize("kind", ["static", "transformer"])
def test_weights_without_a_tokenizer(kind, request):
    folder = request.getfixturevalue(kind)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(SettingsError, match="no tokenizer"):
        read_text_encoder(folder)
