"""Training of the token network."""

from dataclasses import dataclass, replace

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.embeddings import read_static
from podium_ml.entities.algorithms._batches import batches, texts_of
from podium_ml.entities.algorithms._known_names import learn_names, n_codes
from podium_ml.entities.algorithms._plain_token_network import PlainTokenNetwork
from podium_ml.entities.algorithms._token_codes import UNKNOWN, Codes, Vocabulary
from podium_ml.entities.algorithms._training_progress import TrainingProgress
from podium_ml.entities.tag_space import n_tags
from podium_ml.run.budget import Deadline
from podium_ml.weights import given

_DILATIONS = (1, 2, 4)


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
        names, instead = learn_names(texts, y)
        vocabulary = Vocabulary.of(texts, fewest=1, static=static, names=names)
        random = np.random.default_rng(self.seed)
        torch.manual_seed(self.seed)
        words, looks, letters = (
            len(one) + UNKNOWN + 1 for one in (vocabulary.words, vocabulary.looks, vocabulary.letters)
        )
        network = TokenNetwork(
            (words, looks, letters, n_codes(len(self.problem.classes))),
            tags,
            word=self.word,
            width=self.width,
            dilations=_DILATIONS,
            dropout=self.dropout,
            vector=static.width if static else 0,
        )
        lengths = np.array([len(one.tokens) for one in texts])
        prepared = [
            (
                vocabulary.encode([texts[at] for at in rows], [instead[at] for at in rows]),
                y[rows, : max(1, lengths[rows].max())],
            )
            for rows in batches(lengths, most=self.cells)
        ]
        optimizer = torch.optim.AdamW(network.parameters(), lr=self.rate, weight_decay=0.01)
        clock = TrainingProgress(self.epochs * len(prepared), deadline or Deadline())
        network.train()
        while not clock.done:
            for at in random.permutation(len(prepared)):
                for group in optimizer.param_groups:
                    group["lr"] = self.rate * clock.rate()
                self._step(network, optimizer, *prepared[at], tags=tags, random=random)
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
        logits = network(*map(torch.from_numpy, replace(codes, words=words).arrays))
        target = torch.from_numpy(np.where((y >= 0) & (y < tags) & codes.there, y, -100).astype(np.int64))
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        if torch.isfinite(loss):
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
