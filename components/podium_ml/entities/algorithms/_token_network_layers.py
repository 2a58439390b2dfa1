"""The token network in PyTorch; imported only where it is trained."""

import torch
from torch import Tensor, nn

from podium_ml.entities.algorithms._token_codes import GAPS

_LOOKS, _GAPS, _LETTER, _KNOWN, _VECTOR = 16, 4, 24, 12, 64


class _Block(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.norm = nn.LayerNorm(width)


class TokenNetwork(nn.Module):  # type: ignore[misc]
    """Tags tokens by their letters, looks and words, and by the tokens around them (dilated convolutions).

    After Strubell et al., EMNLP 2017 (https://aclanthology.org/D17-1283/), and the letters of Ma and Hovy, ACL 2016
    (https://aclanthology.org/P16-1101/).

    Args:
        sizes: Numbers of codes of words, looks, letters and places in known names.
        tags: Number of tags.
        word: Width of the embeddings of words.
        width: Width of the hidden layers.
        dilations: Distance of the tokens that each block looks at.
        dropout: Share of values that are left out in training.
        vector: Width of the pretrained vectors of tokens; 0 for none.
    """

    def __init__(
        self,
        sizes: tuple[int, int, int, int],
        tags: int,
        *,
        word: int,
        width: int,
        dilations: tuple[int, ...],
        dropout: float,
        vector: int = 0,
    ) -> None:
        super().__init__()
        self.words = nn.Embedding(sizes[0], word, padding_idx=0)
        self.looks = nn.Embedding(sizes[1], _LOOKS, padding_idx=0)
        self.gaps = nn.Embedding(GAPS, _GAPS, padding_idx=0)
        self.letters = nn.Embedding(sizes[2], _LETTER, padding_idx=0)
        self.known = nn.Embedding(sizes[3], _KNOWN, padding_idx=0)
        self.spelling = nn.Conv1d(_LETTER, width // 2, 3, padding=1)
        self.vectors = nn.Linear(vector, _VECTOR) if vector else None
        known = word + _LOOKS + _GAPS + _KNOWN + width // 2 + (_VECTOR if vector else 0)
        self.input = nn.Linear(known, width)
        self.blocks = nn.ModuleList(_Block(width, one) for one in dilations)
        self.output = nn.Linear(width, tags)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        words: Tensor,
        looks: Tensor,
        gaps: Tensor,
        letters: Tensor,
        known: Tensor,
        there: Tensor,
        vectors: Tensor,
    ) -> Tensor:
        """Return logits, shape ``(b, t, K)``; arguments as in ``Codes``."""
        batch, length, letter = letters.shape
        spelled = self.spelling(self.letters(letters.reshape(batch * length, letter)).transpose(1, 2))
        spelled = torch.relu(spelled).amax(dim=2).reshape(batch, length, -1)
        parts = [self.words(words), self.looks(looks), self.gaps(gaps), spelled, self.known(known)]
        if self.vectors is not None:
            parts.append(self.vectors(vectors))
        present = there[:, :, None].to(spelled.dtype)
        hidden = torch.relu(self.input(self.dropout(torch.cat(parts, dim=2)))) * present
        for block in self.blocks:
            change = torch.relu(block.convolution(self.dropout(hidden).transpose(1, 2))).transpose(1, 2)
            hidden = block.norm(hidden + change) * present
        return self.output(self.dropout(hidden))
