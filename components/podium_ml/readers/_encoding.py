"""Finding the character encoding of text files, and reading them as UTF-8."""

import codecs
import difflib
import io
from dataclasses import dataclass
from typing import BinaryIO, cast

from podium_ml.errors import DataError, SettingsError
from podium_ml.readers._content import looks_wide
from podium_ml.readers._converted import ConvertedStream
from podium_ml.readers._legacy_encoding import guess_encoding
from podium_ml.readers._quoted_lines import UnquotedLines
from podium_ml.readers._source_file import SourceFile

_CHUNK = 4 * 1024 * 1024
_SAMPLE = 256 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KNOWN = (
    "utf-8",
    "utf-16",
    "latin-1",
    "cp1252",
    "cp1250",
    "cp1251",
    "shift_jis",
    "gb18030",
    "big5",
    "mac_roman",
)


@dataclass(frozen=True)
class Encoding:
    """The encoding of a text file.

    Attributes:
        name: Python's name for the encoding.
        is_damaged: Whether some bytes are invalid in it.
        rival: Another encoding that is nearly as probable, or an empty string.
        words: A word as the first and as the other encoding reads it; empty if there is no other.
        quotes_lines: Whether each line is in quotes as a whole, which do not belong to the text.
    """

    name: str
    is_damaged: bool = False
    rival: str = ""
    words: tuple[str, str] = ("", "")
    quotes_lines: bool = False

    def doubts(self, label: str) -> list[str]:
        """Return the warnings about reading a file in this encoding."""
        if self.is_damaged:
            return [f"{label} has bytes that are not valid {self.name}; they were replaced by U+FFFD."]
        if self.rival and all(self.words):
            mine, other = self.words
            return [
                f"{label} seems to be {self.name} ('{mine}'), but could be {self.rival} ('{other}'). "
                f"If so, set the encoding to {self.rival}."
            ]
        return []


def find_encoding(file: SourceFile, *, given: str = "") -> Encoding:
    """Return a text file's encoding, from its byte order mark or else from all of its bytes.

    Args:
        file: The file.
        given: The encoding that the user set; checked only against the byte order mark.

    Raises:
        SettingsError: The given encoding does not exist.
    """
    head = file.head()
    marked = next((name for mark, name in _BOMS if head.startswith(mark)), "")
    if given:
        name = _check(given)
        return Encoding(marked if marked and name.startswith(marked.removesuffix("-sig")) else name)
    if sure := marked or looks_wide(head):
        return Encoding(sure)
    return _find_narrow(file)


def open_utf8(file: SourceFile, encoding: Encoding) -> BinaryIO:
    """Open a text file for reading its bytes as UTF-8; invalid bytes become U+FFFD."""
    stream = file.open()
    if encoding.name != "utf-8" or encoding.is_damaged:
        stream = cast(BinaryIO, io.BufferedReader(_Transcoded(stream, encoding.name), _CHUNK))
    if encoding.quotes_lines:
        stream = cast(BinaryIO, io.BufferedReader(UnquotedLines(stream), _CHUNK))
    return stream


def open_text(file: SourceFile, encoding: Encoding) -> io.TextIOWrapper:
    """Open a text file for reading its lines; invalid bytes become U+FFFD."""
    return io.TextIOWrapper(file.open(), encoding=encoding.name, errors="replace", newline="")


def check_decodes(file: SourceFile, encoding: Encoding) -> None:
    """Raise an error if the file is not in the encoding that the user set.

    Raises:
        DataError: Some bytes are invalid in it; the message gives the line and the likely encoding.
    """
    decoder, line = codecs.getincrementaldecoder(encoding.name)(), 1
    with file.open() as stream:
        while chunk := stream.read(_CHUNK):
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                line += bytes(error.object[: error.start]).count(b"\n")
                raise DataError(
                    f"{file.label}, line {line}: the bytes are not valid {encoding.name}.",
                    f"The encoding seems to be {find_encoding(file).name}.",
                ) from None


class _Transcoded(ConvertedStream):
    """A byte stream in any encoding, converted to UTF-8."""

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        super().__init__(source)
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")

    def _next(self) -> bytes:
        while chunk := self._source.read(_CHUNK):
            if text := self._decoder.decode(chunk):
                return text.encode("utf-8", errors="replace")
        return self._decoder.decode(b"", final=True).encode("utf-8", errors="replace")


def _check(given: str) -> str:
    try:
        return codecs.lookup(given).name
    except LookupError:
        near = difflib.get_close_matches(given.lower(), _KNOWN, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Common encodings: {', '.join(_KNOWN)}."
        raise SettingsError(f"encoding: '{given}' is not a known encoding.", hint) from None


def _find_narrow(file: SourceFile) -> Encoding:
    """Infer the encoding from the first bytes that are not UTF-8 and their surroundings, if there are any."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    before = b""
    with file.open() as stream:
        while chunk := stream.read(_CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                at = max(0, error.start - _SAMPLE // 2)
                return _guess(before + bytes(error.object[at : at + _SAMPLE]))
            before = chunk[-_SAMPLE // 2 :]
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _guess(before)
    return Encoding("utf-8")


def _guess(sample: bytes) -> Encoding:
    """Guess the encoding of bytes that are not all UTF-8."""
    text = sample.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    # Bytes of other encodings are hardly ever characters in UTF-8, so that these are a few damaged ones.
    if 2 * damaged <= sum(character > "\x7f" for character in text) - damaged:
        return Encoding("utf-8", is_damaged=True)
    guess = guess_encoding(sample)
    return Encoding(guess.name, rival=guess.rival, words=guess.words)
