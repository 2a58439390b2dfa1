"""How to use a model that finds spans, for the report."""

from podium_ml.kinds import Usage


def usage_of() -> Usage:
    """Return the commands and the Python code that find spans."""
    return Usage(
        commands=(("Find spans in new texts", "podium predict model.pkl new.jsonl --out spans.jsonl"),),
        python="\n".join(
            [
                "import podium",
                "",
                'model = podium.Predictor.load("model.pkl")',
                'model.predict(["A text."])  # for each text its spans: start, end, label, score, text',
            ]
        ),
    )
