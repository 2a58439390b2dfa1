"""Units of the same quantity, so that ``500 g`` and ``1.2 kg`` in one column are comparable."""

_QUANTITIES: tuple[dict[str, float], ...] = (
    {"mg": 1e-6, "g": 1e-3, "kg": 1.0, "t": 1e3},
    {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3},
    {"ml": 1e-3, "cl": 1e-2, "l": 1.0},
    {"ms": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hr": 3600.0}
    | {"hour": 3600.0, "day": 86400.0, "week": 604800.0},
    {"kb": 1e-3, "mb": 1.0, "gb": 1e3, "tb": 1e6},
    {"month": 1.0, "mo": 1.0, "year": 12.0, "yr": 12.0, "y": 12.0},
    {"in": 1.0, "inch": 1.0, "ft": 12.0, "feet": 12.0},
    {"oz": 1.0, "lb": 16.0, "lbs": 16.0},
)


def factor_to(unit: str, wanted: str) -> float | None:
    """Return what a number in one unit is multiplied by for another; ``None`` if they measure different things.

    >>> factor_to("g", "kg"), factor_to("kg", "kg"), factor_to("kg", "km")
    (0.001, 1.0, None)
    """
    if unit == wanted:
        return 1.0
    for sizes in _QUANTITIES:
        own, other = sizes.get(unit.casefold()), sizes.get(wanted.casefold())
        if own is not None and other is not None:
            return own / other
    return None
