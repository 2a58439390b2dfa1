"""Networks that read words in their order, and the numbers beside them; imported only with PyTorch."""

import torch
from torch import Tensor, nn
from torch.nn import functional

# Codes of pairs of neighbouring words, which are shared by pairs with the same remainder (the hashing trick).
_PAIRS = 10_007
_FACTOR = 31_337
# Numbers of neighbouring words that convolutions look at.
_SPANS = (1, 2, 3, 4)
_EMBEDDED_SPREAD = 0.1


class BagNetwork(nn.Module):  # type: ignore[misc]
    """The mean of the vectors of words and of pairs of words, and a linear layer that also sees the numbers.

    After Joulin et al., EACL 2017 (https://aclanthology.org/E17-2068/).

    Args:
        codes: Number of codes of words.
        others: Number of other columns.
        n_outputs: Number of outputs.
        width: Numbers of a vector.
    """

    def __init__(self, *, codes: int, others: int, n_outputs: int, width: int) -> None:
        super().__init__()
        self.dropout = 0.0
        self.words, self.pairs = _embedding(codes, width), _embedding(_PAIRS, width)
        self.output = _output(2 * width + others, n_outputs)
        _prepare(self)

    def forward(self, words: Tensor, others: Tensor) -> Tensor:
        """Return outputs, shape ``(n, n_outputs)``.

        Args:
            words: Codes, shape ``(n, t)``.
            others: float32, shape ``(n, p)``.
        """
        pairs = (words[:, :-1] * _FACTOR + words[:, 1:]) % (_PAIRS - 1) + 1
        pairs = pairs * ((words[:, :-1] > 0) & (words[:, 1:] > 0))
        x = torch.cat([_mean(self.words, words), _mean(self.pairs, pairs)], dim=1)
        x = functional.dropout(x, self.dropout, self.training)
        return self.output(torch.cat([x, others], dim=1))


class ConvolutionNetwork(nn.Module):  # type: ignore[misc]
    """Convolutions over neighbouring words, the strongest of each, and a linear layer that also sees the numbers.

    After Kim, EMNLP 2014 (https://aclanthology.org/D14-1181/).

    Args:
        codes: Number of codes of words.
        others: Number of other columns.
        n_outputs: Number of outputs.
        width: Numbers of a vector, and of convolutions of each span.
    """

    def __init__(self, *, codes: int, others: int, n_outputs: int, width: int) -> None:
        super().__init__()
        self.dropout = 0.0
        self.words = _embedding(codes, width)
        self.spans = nn.ModuleList(nn.Conv1d(width, width, span, padding=span - 1) for span in _SPANS)
        self.output = _output((len(_SPANS) + 1) * width + others, n_outputs)
        _prepare(self)

    def forward(self, words: Tensor, others: Tensor) -> Tensor:
        """Return outputs, as ``BagNetwork.forward`` does."""
        x = functional.dropout(self.words(words), self.dropout / 2, self.training).transpose(1, 2)
        found = [functional.relu(span(x)).amax(dim=2) for span in self.spans]
        x = functional.dropout(
            torch.cat([*found, _mean(self.words, words)], dim=1), self.dropout, self.training
        )
        return self.output(torch.cat([x, others], dim=1))


def _embedding(codes: int, width: int) -> nn.Embedding:
    made = nn.Embedding(codes, width, padding_idx=0)
    with torch.no_grad():
        made.weight.mul_(_EMBEDDED_SPREAD)
    return made


def _output(inputs: int, n_outputs: int) -> nn.Linear:
    layer = nn.Linear(inputs, n_outputs)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def _mean(embedding: nn.Embedding, codes: Tensor) -> Tensor:
    there = (codes > 0).to(embedding.weight.dtype)[:, :, None]
    return (embedding(codes) * there).sum(dim=1) / there.sum(dim=1).clamp(min=1.0).sqrt()


def _prepare(network: nn.Module) -> None:
    """Set what the optimizer wants to know."""
    for parameter in network.parameters():
        parameter.rate, parameter.decays = 1.0, parameter.ndim > 1
