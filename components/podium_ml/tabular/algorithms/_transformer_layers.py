"""A pretrained network that is trained further, and the numbers beside its text; imported only with PyTorch."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

# The new layer learns so many times faster than the pretrained ones.
_NEW_RATE = 20.0
# Rows that are predicted at once.
_ROWS_AT_ONCE = 64


class TransformerNetwork(nn.Module):  # type: ignore[misc]
    """The mean of a pretrained network's outputs over the pieces of a text, and a linear layer that sees the numbers.

    Args:
        body: A network of the library ``transformers``.
        others: Number of other columns.
        n_outputs: Number of outputs.
    """

    def __init__(self, body: Any, *, others: int, n_outputs: int) -> None:
        super().__init__()
        self.dropout, self.body = 0.0, body
        self.output = nn.Linear(body.config.hidden_size + others, n_outputs)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)
        for parameter in self.parameters():  # what the optimizer wants to know
            parameter.rate, parameter.decays = 1.0, parameter.ndim > 1
        for parameter in self.output.parameters():
            parameter.rate = _NEW_RATE

    def forward(self, words: Tensor, others: Tensor) -> Tensor:
        """Return outputs, shape ``(n, n_outputs)``.

        Args:
            words: Numbers of pieces, each one greater than the network's, 0 for none, shape ``(n, t)``.
            others: float32, shape ``(n, p)``.
        """
        if self.training or torch.jit.is_tracing() or len(words) <= _ROWS_AT_ONCE:
            return self._outputs(words, others)
        parts = zip(words.split(_ROWS_AT_ONCE), others.split(_ROWS_AT_ONCE), strict=True)
        return torch.cat([self._outputs(*part) for part in parts])

    def _outputs(self, words: Tensor, others: Tensor) -> Tensor:
        x = functional.dropout(self.vectors(words), self.dropout, self.training)
        return self.output(torch.cat([x, others], dim=1))

    def vectors(self, words: Tensor) -> Tensor:
        """Return the mean output of the pretrained network for each text, shape ``(n, d)``."""
        mask = (words > 0).long()
        is_able = words.is_cuda and torch.cuda.is_bf16_supported()
        with torch.autocast(words.device.type, dtype=torch.bfloat16, enabled=is_able):
            found = self.body(
                input_ids=(words.long() - 1).clamp(min=0), attention_mask=mask
            ).last_hidden_state
        weight = mask[:, :, None].to(torch.float32)
        return (found.float() * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1.0)
