"""Frozen models that turn texts into vectors: static vectors of word pieces, and networks that read sentences.

``read_text_encoder`` reads either from a folder of weights. Both are small, picklable, and need neither PyTorch nor the
folder when they encode.
"""

from podium_ml.embeddings.encoder import TextEncoder, read_static, read_text_encoder
from podium_ml.embeddings.sentences import SentenceEncoder
from podium_ml.embeddings.static import StaticEncoder

__all__ = ["SentenceEncoder", "StaticEncoder", "TextEncoder", "read_static", "read_text_encoder"]
