"""Training of the token network."""

import math
import time
from dataclasses import dataclass

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.embeddings import read_static
from podium_ml.entities.algorithms._batches import batches, texts_of
from podium_ml.entities.algorithms._plain_token_network import PlainTokenNetwork
from podium_ml.entities.algorithms._token_codes import UNKNOWN, Codes, Vocabulary
from podium_ml.entities.tag_space import n_tags
from podium_ml.run.budget import Deadline
from podium_ml.weights import given

_DILATIONS = (1, 2, 4)
_PEAK, _WARM = 1.0, 0.1
# Share of the time after which the rate must have come down, so that the model is complete.
_SPENT = 0.95


@dataclass
class TokenNetworkLearner:
    """Trains the network.

    Attributes:
        problem: Tells the types and the number of tokens.
        seed: Seed of everything random.
        epochs: Number of passes over the texts.
        rate: Greatest learning rate.
        width: Width of the hidden layers.
        word: Width of the embeddings of words.
        dropout: Share of values that are left out.
        hidden_words: Share of words that are shown as unknown, so that letters and looks are learned.
        cells: Tokens of a batch.
    """

    problem: Problem
    seed: int
    epochs: int = 30
    rate: float = 4e-3
    width: int = 128
    word: int = 48
    dropout: float = 0.4
    hidden_words: float = 0.15
    cells: int = 384

    def fit(
        self, encoded: np.ndarray, y: np.ndarray, *, deadline: Deadline | None = None
    ) -> PlainTokenNetwork:
        """Return the trained network as arrays.

        Args:
            encoded: Texts, shape ``(n, 1)``.
            y: Tags, shape ``(n, T)``.
            deadline: When to be done; the rate comes down in time.
        """
        import torch

        from podium_ml.entities.algorithms._token_network_layers import TokenNetwork

        assert self.problem.texts is not None
        texts, tags = texts_of(encoded), n_tags(len(self.problem.classes))
        static = read_static(given("encoder")) if "encoder" in self.problem.weights else None
        vocabulary = Vocabulary.of(texts, fewest=1, static=static)
        random = np.random.default_rng(self.seed)
        torch.manual_seed(self.seed)
        sizes = tuple(
            len(one) + UNKNOWN + 1 for one in (vocabulary.words, vocabulary.looks, vocabulary.letters)
        )
        network = TokenNetwork(
            sizes,  # type: ignore[arg-type]
            tags,
            word=self.word,
            width=self.width,
            dilations=_DILATIONS,
            dropout=self.dropout,
            vector=static.width if static else 0,
        )
        lengths = np.array([len(one.tokens) for one in texts])
        prepared = [
            (vocabulary.encode([texts[at] for at in rows]), y[rows, : max(1, lengths[rows].max())], rows)
            for rows in batches(lengths, most=self.cells)
        ]
        optimizer = torch.optim.AdamW(network.parameters(), lr=self.rate, weight_decay=0.01)
        clock = _Progress(self.epochs * len(prepared), deadline or Deadline())
        network.train()
        while not clock.done:
            for at in random.permutation(len(prepared)):
                for group in optimizer.param_groups:
                    group["lr"] = self.rate * clock.rate()
                self._step(network, optimizer, *prepared[at][:2], tags=tags, random=random)
                if clock.tick():
                    break
        weights = {name: value.detach().numpy().copy() for name, value in network.state_dict().items()}
        return PlainTokenNetwork(vocabulary, weights, _DILATIONS, self.problem.texts.longest)

    def _step(
        self,
        network: "torch.nn.Module",  # type: ignore[name-defined] # noqa: F821
        optimizer: "torch.optim.Optimizer",  # type: ignore[name-defined] # noqa: F821
        codes: Codes,
        y: np.ndarray,
        *,
        tags: int,
        random: np.random.Generator,
    ) -> None:
        import torch

        hidden = (random.random(codes.words.shape) < self.hidden_words) & codes.there
        words = np.where(hidden, UNKNOWN, codes.words)
        arrays = (words, codes.looks, codes.gaps, codes.letters, codes.there, codes.vectors)
        logits = network(*(torch.from_numpy(one) for one in arrays))
        target = torch.from_numpy(np.where((y >= 0) & (y < tags) & codes.there, y, -100).astype(np.int64))
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        if torch.isfinite(loss):
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()


class _Progress:
    """How much of the training is over, by steps or by time, whichever is further."""

    def __init__(self, steps: int, deadline: Deadline) -> None:
        self._steps, self._step = max(1, steps), 0
        self._began = time.time()
        self._allowed = _SPENT * deadline.remaining()

    @property
    def share(self) -> float:
        """From 0 to 1."""
        late = 0.0 if math.isinf(self._allowed) else (time.time() - self._began) / max(1e-6, self._allowed)
        return max(self._step / self._steps, late)

    @property
    def done(self) -> bool:
        """Whether the training is over."""
        return self.share >= 1.0

    def rate(self) -> float:
        """Return the factor of the learning rate: up in the first tenth, then down to 0 (Smith 2018)."""
        share = min(1.0, self.share)
        if share < _WARM:
            return _PEAK * (0.1 + 0.9 * share / _WARM)
        return _PEAK * 0.5 * (1 + math.cos(math.pi * (share - _WARM) / (1 - _WARM)))

    def tick(self) -> bool:
        """Count a step, and return whether the training is over."""
        self._step += 1
        return self.done
