"""The error of a picture that cannot be used."""


class PictureError(ValueError):
    """A picture cannot be read; the text says why, to follow the picture's name."""
