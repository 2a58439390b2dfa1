"""A page that lists every feature with its source column and an example."""

from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Feature, FeatureSchema, Problem
from podium_ml.values.listed import listed

_LONG = 80
_REASONS = {
    "target": "The value to predict.",
    "weight": "The weight of each row.",
    "group": "Keeps rows that belong together in one fold.",
}


def render_feature_report(
    problem: Problem, table: pd.DataFrame, X: pd.DataFrame, schema: FeatureSchema
) -> str:
    """Return a self-contained HTML page.

    Args:
        problem: The learning problem.
        table: Training rows, with the user's columns.
        X: Features of these rows.
        schema: Description of each feature.
    """
    from jinja2 import Environment
    from markupsafe import Markup

    environment = Environment(autoescape=True)
    environment.filters["short"] = _shorten
    environment.filters["title_if_long"] = lambda name: (
        Markup(' title="{}"').format(name) if len(name) > _LONG else ""
    )
    template = environment.from_string(
        Path(__file__).with_name("feature_report.html").read_text(encoding="utf-8")
    )
    used = {feature.source for feature in schema.features}
    return template.render(
        name=problem.name,
        summary=_summarize(schema),
        columns=_describe_columns(problem, table, X, schema),
        unused=[
            {"name": c.name, "role": c.role, "reason": c.reason or _REASONS.get(c.role, "")}
            for c in problem.columns
            if c.name not in used
        ],
    )


def _describe_columns(
    problem: Problem, table: pd.DataFrame, X: pd.DataFrame, schema: FeatureSchema
) -> list[dict[str, Any]]:
    features_of: dict[str, list[Feature]] = {}
    for feature in schema.features:
        features_of.setdefault(feature.source, []).append(feature)
    roles = {column.name: column.role for column in problem.columns}
    shown = table if problem.examples else table.head(0)
    return [
        {"name": source, "role": roles.get(source, ""), "features": _with_examples(features, shown, X)}
        for source, features in features_of.items()
    ]


def _with_examples(features: list[Feature], table: pd.DataFrame, X: pd.DataFrame) -> list[dict[str, str]]:
    """Describe features, with the first row that has a value as the example."""
    source = features[0].source
    raw = table[source] if source in table.columns else pd.Series(dtype=object)
    filled = raw.notna().to_numpy().ravel()
    row = int(filled.argmax()) if filled.any() else None
    described = []
    for feature in features:
        example = "" if row is None else _example(raw.iloc[row], X[feature.name].iloc[row])
        described.append({"name": feature.name, "kind": feature.kind, "how": feature.how, "example": example})
    return described


def _example(value: Any, made: Any) -> str:
    before, after = _show(value), _show(made)
    return after if before == after else f"{before} → {after}"


def _summarize(schema: FeatureSchema) -> str:
    sources = len({feature.source for feature in schema.features})
    kinds = {
        "numeric": "number",
        "categorical": "category",
        "text": "text",
        "image": "picture",
        "vector": "vector",
    }
    counts = [_count(len(schema.of_kind(kind)), noun) for kind, noun in kinds.items() if schema.of_kind(kind)]  # type: ignore[arg-type]
    return f"{_count(len(schema.features), 'feature')} from {_count(sources, 'column')}: {listed(counts or ['none'])}."


def _count(number: int, noun: str) -> str:
    plural = {"category": "categories"}.get(noun, f"{noun}s")
    return f"{number:,} {noun if number == 1 else plural}"


def _show(value: Any) -> str:
    if not isinstance(value, str) and pd.api.types.is_scalar(value) and pd.isna(value):
        return "missing"
    if isinstance(value, float):
        return f"{value:.6g}"
    return _shorten(str(value), 40)


def _shorten(text: str, most: int = _LONG) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
