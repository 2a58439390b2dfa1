"""Readers, one file per format, discovered by walking this folder."""

from podium_ml.readers._content import describe_rubbish
from podium_ml.readers._encoding import find_encoding
from podium_ml.readers._picture_notes import told_of_pictures
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._records import field_of, is_mixed
from podium_ml.readers._source_file import SourceFile
from podium_ml.registries.folder_registry import Registry
from podium_ml.values.bounds import Allowance

READERS: Registry[Reader] = Registry(__name__, Reader, noun="format", part="readers")

__all__ = [
    "READERS",
    "Allowance",
    "Confidence",
    "Reader",
    "Reading",
    "SourceFile",
    "describe_rubbish",
    "field_of",
    "find_encoding",
    "is_mixed",
    "told_of_pictures",
]
