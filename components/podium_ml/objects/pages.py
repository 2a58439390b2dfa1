"""The page of features of pictures with objects."""

from html import escape

from podium_ml.contracts import FeatureSchema, Problem


def features_page(problem: Problem, schema: FeatureSchema) -> str:
    """Return an HTML page that says what models see."""
    feature, *maps = schema.features
    more = f" Some also see maps of it by the pretrained network ({len(maps)} scales)." if maps else ""
    return (
        "<!doctype html><meta charset='utf-8'><title>Features</title><style>body{font:16px system-ui;max-width:50em;"
        "margin:2em auto}</style><h1>Features</h1>"
        f"<p>Models see {escape(feature.how)}, of the column <b>{escape(feature.source)}</b>. They look for "
        f"{escape(', '.join(map(str, problem.classes)))} on a grid over the whole picture.{more}</p>"
    )
