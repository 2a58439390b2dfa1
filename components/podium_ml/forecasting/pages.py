"""The HTML page that lists features."""

from html import escape

from podium_ml.contracts import FeatureSchema

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Features</title><style>
:root {{ color-scheme: light dark; }} body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 54rem;
padding: 0 1rem; }} h1 {{ font-size: 1.3rem; }} td, th {{ border-top: 1px solid #8884; padding: .2rem .8rem .2rem 0;
text-align: left; overflow-wrap: anywhere; }}
</style></head><body><h1>Features</h1>
<p>Forecasters make lags, seasons and dates of these themselves, from what comes before each origin alone.</p>
<table><tr><th>feature</th><th>column</th><th>what it is</th></tr>{rows}</table></body></html>
"""


def features_page(schema: FeatureSchema) -> str:
    """Return a self-contained page with a row for each feature."""
    rows = (
        f"<tr><td>{escape(one.name)}</td><td>{escape(one.source)}</td><td>{escape(one.how)}</td></tr>"
        for one in schema.features
    )
    return _PAGE.format(rows="".join(rows))
