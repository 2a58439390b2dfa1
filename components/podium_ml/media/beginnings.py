"""What the first bytes of a file say about it."""

# Bytes that are looked at.
MOST = 32
_PICTURES = (*(b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"\0\0\0\x0cjP  "),)
_CAMERAS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_OTHERS = ((b"8BPS", "PSD"), (b"%PDF", "PDF"), (b"\xff\x0a", "JPEG XL"), (b"\0\0\0\x0cJXL ", "JPEG XL"))


def begins_as_picture(beginning: bytes) -> bool:
    """Whether a file begins like a picture, whatever it is called.

    >>> begins_as_picture(b"GIF89a..."), begins_as_picture(b"a,b")
    (True, False)
    """
    is_web = beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP"
    is_film = beginning[4:12] == b"ftypavif"
    return is_web or is_film or beginning.startswith(_PICTURES) or bool(unreadable_format(beginning))


def unreadable_format(content: bytes) -> str:
    """Return the name of a format of pictures that nothing here decodes, or an empty text."""
    if content[4:8] == b"ftyp" and content[8:12] in _CAMERAS and b"avif" not in content[:MOST]:
        return "HEIC"
    return next((name for start, name in _OTHERS if content.startswith(start)), "")
