"""The first stage: from wherever the data lies to one Parquet table."""

from kfp.dsl import Dataset, Output

from podium_components._component import component


@component
def ingest_data(source: str, test: str, reader: dict, fingerprint: str, table: Output[Dataset]):
    """Read the source into one table whose types were inferred once, on whole columns.

    Args:
        source: Labelled data: a file, folder, glob, http(s) or s3 URL, or database URL.
        test: Separate test data in the same forms, or empty.
        reader: How to read it where that cannot be inferred, e.g. {"delimiter": ";"}.
        fingerprint: Content hash or version of the data; a changed one makes cached results stale.
        table: The rows as Parquet, with what was inferred.
    """
    from podium_components.metadata import tell
    from podium_components.supervision import run_stage

    facts = run_stage("ingest_data", source=source, test=test, reader=reader, table=table.path)
    tell(table, facts)
