"""What a pixel looks like, at several scales: colours, edges and texture."""

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_gradient_magnitude, zoom

_SCALES = (0.7, 1.6, 3.5)


def pixel_features(pixels: np.ndarray, size: int) -> np.ndarray:
    """Return features of the pixels of pictures that were scaled, float32, shape ``(n, size, size, d)``.

    Args:
        pixels: uint8, shape ``(n, side, side, 3)``.
        size: Side of the scaled pictures.
    """
    return np.stack([_of_picture(_scaled(one, size)) for one in pixels])


def _scaled(picture: np.ndarray, size: int) -> np.ndarray:
    side, values = picture.shape[0], picture.astype(np.float32) / 255
    if side == size:
        return values
    if side % size == 0:
        step = side // size
        return values.reshape(size, step, size, step, 3).mean(axis=(1, 3))
    return zoom(values, (size / side, size / side, 1), order=1)


def _of_picture(values: np.ndarray) -> np.ndarray:
    grey = values.mean(axis=2)
    parts = [values]
    for scale in _SCALES:
        smooth = gaussian_filter(values, (scale, scale, 0))
        spread = np.sqrt(np.maximum(gaussian_filter(grey**2, scale) - gaussian_filter(grey, scale) ** 2, 0))
        parts += [smooth, gaussian_gradient_magnitude(grey, scale)[..., None], spread[..., None]]
    parts.append((values - values.mean(axis=(0, 1)))[..., :])
    return np.concatenate(parts, axis=2).astype(np.float32)
