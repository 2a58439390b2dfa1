"""Training of a pretrained network that tags tokens; imported only with PyTorch."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from podium_ml.contracts import Problem
from podium_ml.embeddings.conversion import example_inputs, load_transformer, to_onnx
from podium_ml.embeddings.encoder import is_transformer
from podium_ml.embeddings.sentences import LENGTHS, longest_text
from podium_ml.embeddings.tokenizing import WordPieces
from podium_ml.entities.algorithms._batches import batches, texts_of
from podium_ml.entities.algorithms._training_progress import TrainingProgress
from podium_ml.entities.algorithms._transformer_tagger import INPUTS, TransformerTagger
from podium_ml.entities.algorithms._word_pieces import Window, padded, windows
from podium_ml.entities.tag_space import n_tags
from podium_ml.errors import TrainingError
from podium_ml.models.onnx_network import OnnxNetwork
from podium_ml.networks.device import Placement, reproducible, train_where_it_fits
from podium_ml.run.budget import Deadline
from podium_ml.weights import given

# The new layer learns so many times faster than the pretrained ones.
_NEW_RATE = 20.0
_SMALLEST_BATCH, _LONGEST_STEP = 256, 1.0
_IGNORED = -100


class TaggingNetwork(nn.Module):  # type: ignore[misc]
    """A pretrained network and a linear layer on its output for each piece.

    Args:
        body: A network of the library ``transformers``.
        tags: Number of tags.
        dropout: Share of the outputs that are left out in training.
    """

    def __init__(self, body: Any, tags: int, *, dropout: float) -> None:
        super().__init__()
        self.body, self.dropout = body, nn.Dropout(dropout)
        self.output = nn.Linear(body.config.hidden_size, tags)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return scores of tags, shape ``(b, p, K)``."""
        found = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return self.output(self.dropout(found.float()))


@dataclass
class TransformerLearner:
    """Trains all layers of the encoder that the task was given.

    Attributes:
        problem: Tells the types and the number of tokens.
        seed: Seed of everything random.
        n_jobs: Threads.
        epochs: Number of passes over the texts.
        rate: Greatest learning rate of the pretrained layers.
        dropout: Share of outputs that are left out.
        cells: Pieces of a batch.
    """

    problem: Problem
    seed: int
    n_jobs: int
    epochs: int = 5
    rate: float = 1e-4
    dropout: float = 0.1
    cells: int = 1_024

    def fit(
        self, encoded: np.ndarray, y: np.ndarray, *, deadline: Deadline | None = None
    ) -> TransformerTagger:
        """Return the trained network, which predicts without PyTorch.

        Args:
            encoded: Texts, shape ``(n, 1)``.
            y: Tags, shape ``(n, T)``.
            deadline: When to be done; the rate comes down in time.

        Raises:
            TrainingError: The encoder is no network that can be trained further.
        """
        assert self.problem.texts is not None
        folder, tags = given("encoder"), n_tags(len(self.problem.classes))
        if not is_transformer(folder):
            raise TrainingError(
                "The encoder is no network that can be trained further: it has no config.json of one."
            )
        pieces, most = WordPieces.read(folder), min(LENGTHS[0], longest_text(folder))
        cut = windows(pieces, texts_of(encoded), most)
        targets = [_target(one, y, tags) for one in cut]

        def work(placement: Placement) -> nn.Module:
            network = TaggingNetwork(load_transformer(folder), tags, dropout=self.dropout)
            self._train(network.to(placement.device), cut, targets, placement, deadline or Deadline())
            return network

        with reproducible(self.seed, self.n_jobs):
            network = train_where_it_fits(work, batch_size=self.cells, smallest=_SMALLEST_BATCH)
        exported = to_onnx(network.cpu().eval(), example_inputs(len(INPUTS)), INPUTS)
        return TransformerTagger(pieces, OnnxNetwork(exported), most, tags, self.problem.texts.longest)

    def _train(
        self,
        network: TaggingNetwork,
        cut: list[Window],
        targets: list[np.ndarray],
        placement: Placement,
        deadline: Deadline,
    ) -> None:
        lengths = np.array([len(one.ids) for one in cut])
        parts = list(batches(lengths, most=placement.batch_size))
        new = {"params": network.output.parameters(), "factor": _NEW_RATE}
        optimizer = torch.optim.AdamW([{"params": network.body.parameters(), "factor": 1.0}, new], lr=0.0)
        clock, random = TrainingProgress(self.epochs * len(parts), deadline), np.random.default_rng(self.seed)
        network.train()
        while not clock.done:
            for at in random.permutation(len(parts)):
                for group in optimizer.param_groups:
                    group["lr"] = self.rate * group["factor"] * clock.rate()
                chosen = [cut[row] for row in parts[at]]
                target = np.full((len(chosen), max(len(one.ids) for one in chosen)), _IGNORED)
                for row, one in enumerate(parts[at]):
                    target[row, : len(targets[one])] = targets[one]
                _step(network, optimizer, padded(chosen), target, placement)
                if clock.tick():
                    break


def _target(window: Window, y: np.ndarray, tags: int) -> np.ndarray:
    """Return the tag of each piece; pieces that begin no token, and tags that are unknown, are ignored."""
    own = y[window.text, window.first : window.first + len(window.places)]
    target = np.full(len(window.ids), _IGNORED, dtype=np.int64)
    places = window.places[: len(own)][::-1]  # the first of tokens that share a piece
    target[places] = np.where((own >= 0) & (own < tags), own, _IGNORED)[::-1]
    return target


def _step(
    network: TaggingNetwork,
    optimizer: torch.optim.Optimizer,
    rows: tuple[np.ndarray, np.ndarray],
    target: np.ndarray,
    placement: Placement,
) -> None:
    ids, mask, wanted = (torch.from_numpy(one).to(placement.device) for one in (*rows, target))
    with placement.quick():
        logits = network(ids, mask)
    loss = functional.cross_entropy(
        logits.float().flatten(0, 1), wanted.flatten().long(), ignore_index=_IGNORED
    )
    optimizer.zero_grad()
    if torch.isfinite(loss):
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), _LONGEST_STEP)
        optimizer.step()
