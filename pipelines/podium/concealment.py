"""Removes the query strings of URLs, which may hold signatures, from settings."""

from podium_ml.settings import Settings
from podium_ml.values.addresses import conceal_query, split_list


def conceal(settings: Settings) -> tuple[Settings, dict[str, str]]:
    """Replace the query strings of URLs with the names of environment variables.

    Args:
        settings: Settings of a run.

    Returns:
        Settings that are safe to store and show, and the values of the variables.
    """
    variables: dict[str, str] = {}
    changes = {}
    for field in ("source", "test"):
        parts = []
        for number, address in enumerate(split_list(getattr(settings, field)), start=1):
            variable = f"PODIUM_{field.upper()}_QUERY_{number}"
            concealed, query = conceal_query(address, variable)
            parts.append(concealed)
            variables |= {variable: query} if query else {}
        changes[field] = ",".join(parts)
    return (settings.model_copy(update=changes), variables) if variables else (settings, {})
