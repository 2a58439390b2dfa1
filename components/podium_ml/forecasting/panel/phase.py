"""Where within a step stamps lie."""

import numpy as np

# Stamps may be off by this part of a step, and this share of them by more.
_NEAR, _EXCEPTIONS = 0.25, 0.05
# Around a round number of these, in microseconds, stamps are taken to mean it.
_ROUND = (3_600_000_000, 60_000_000, 1_000_000)


def middle_of(ticks: np.ndarray, step: int) -> int | None:
    """Return the place in a step around which stamps lie, in microseconds; ``None`` if they are all over the step.

    Args:
        ticks: Microseconds since 1970, shape ``(n,)``.
        step: Microseconds of a step.
    """
    places = ticks % step
    if (places == places[0]).all():
        return int(places[0])
    angles = 2 * np.pi * places / step
    middle = float(np.angle(np.exp(1j * angles).mean()) / (2 * np.pi)) * step
    off = np.abs((places - middle + step / 2) % step - step / 2)
    if np.mean(off > _NEAR * step) > _EXCEPTIONS:
        return None
    values, counts = np.unique(places, return_counts=True)
    if counts.max() >= 0.5 * len(places):
        return int(values[counts.argmax()])
    # Stamps mean the roundest time that is as near to them as most of them are to their middle.
    spread = 1.1 * float(np.quantile(off, 1 - _EXCEPTIONS))
    unit = next((one for one in _ROUND if abs(middle - one * round(middle / one)) <= spread), 1)
    return round(middle / unit) * unit % step
