"""Settings without what may sign a URL."""

from podium_ml.ingestion.addresses import conceal_query
from podium_ml.ingestion.local_files import split_list
from podium_ml.settings.tabular import Settings


def conceal(settings: Settings) -> tuple[Settings, dict[str, str]]:
    """Put names of environment variables in the place of the queries of URLs.

    Args:
        settings: What a run was asked to do.

    Returns:
        Settings that may be stored and shown, and the variables.
    """
    variables: dict[str, str] = {}
    changes = {}
    for field in ("source", "test"):
        parts = []
        for number, one in enumerate(split_list(getattr(settings, field)), start=1):
            variable = f"PODIUM_{field.upper()}_QUERY_{number}"
            address, query = conceal_query(one, variable)
            parts.append(address)
            variables |= {variable: query} if query else {}
        changes[field] = ",".join(parts)
    return (settings.model_copy(update=changes), variables) if variables else (settings, {})
