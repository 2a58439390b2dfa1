"""Tiny pretrained models that the tests make, with a tokenizer of their own."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

BACKBONE = "test_efficientnet"
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "good",
    "bad",
    "tea",
    "film",
    "was",
    "the",
    "a",
    "e",
    "1",
    ".",
    ",",
    "very",
]


def write_tokenizer(folder, words=WORDS):
    """Write a tokenizer of whole words."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing

    made = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
    made.normalizer, made.pre_tokenizer = Lowercase(), Whitespace()
    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    made.save(str(folder / "tokenizer.json"))


def write_static(folder):
    """Write static vectors."""
    folder.mkdir(parents=True)
    vectors = np.random.default_rng(0).normal(size=(len(WORDS), 8)).astype(np.float16)
    save_file({"embeddings": vectors}, folder / "model.safetensors")
    write_tokenizer(folder)
    return folder


def write_transformer(folder, more=()):
    """Write a network of the library transformers, whose tokenizer knows some words more."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    words = [*WORDS, *more]
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    config = transformers.BertConfig(vocab_size=len(words), max_position_embeddings=64, **sizes)
    transformers.BertModel(config).save_pretrained(folder)
    write_tokenizer(folder, words)
    assert json.loads((folder / "config.json").read_text())["model_type"] == "bert"
    return folder


def write_backbone(folder):
    """Write the random weights of a small network of pictures, as hubs have them, and return the folder."""
    import timm
    import torch

    folder.mkdir()
    torch.manual_seed(0)
    network = timm.create_model(BACKBONE, pretrained=False)
    torch.save(network.state_dict(), folder / "pytorch_model.bin")
    (folder / "config.json").write_text(json.dumps({"architecture": BACKBONE}))
    return folder
