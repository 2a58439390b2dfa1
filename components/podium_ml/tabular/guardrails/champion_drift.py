"""Whether the data has drifted since the champion was trained."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.drift import ColumnDrift, measure_drift


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Compare every column, including the target, with the champion's training profile; the data is not changed."""
    if context.reference is None:
        return guardrail.passed("Not checked: there is no champion that was trained on other data.")
    found = _drifts(context)
    drifted = [one for one in found if one.drifted]
    details = (_row(one) for one in sorted(found, key=lambda one: -one.index))
    compared = f"Compared with the {context.reference.rows:,} rows that the champion was trained on"
    missing = _missing_columns(context)
    if not drifted and not missing:
        return guardrail.passed(f"{compared}, no column has drifted.", details=details)
    target = context.settings.target
    parts = [f"{name_list(one.name for one in drifted)} drifted"] if drifted else []
    parts += [f"{name_list(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
    seen = f"{compared}, {' and '.join(parts)}."
    if any(one.name == target for one in drifted):
        seen += " The target itself has changed."
    return guardrail.alert(
        seen,
        "The champion may perform worse on such data; the comparison with the new model will show this.",
        columns=[one.name for one in drifted],
        details=details,
    )


def _drifts(context: Context) -> list[ColumnDrift]:
    assert context.reference is not None
    found = []
    for before in context.reference.columns:
        column = context.columns.get(before.name)
        if (
            column is None
            or column.role in ("text", "list", "image", "group")
            or before.role in ("dropped", "group")
        ):
            continue
        drift = measure_drift(context.values(before.name), column, before, rows=context.reference.rows)
        if drift is not None:
            found.append(drift)
    return found


def _missing_columns(context: Context) -> list[str]:
    assert context.reference is not None
    return [
        one.name
        for one in context.reference.columns
        if one.role != "dropped" and one.name not in context.columns
    ]


def _row(drift: ColumnDrift) -> dict[str, str | float | None]:
    return {
        "column": drift.name,
        "stability index": round(drift.index, 3),
        "alert above": round(drift.limit, 3),
        "largest difference": None if drift.distance is None else round(drift.distance, 3),
        "missing before": round(drift.missing[0], 3),
        "missing now": round(drift.missing[1], 3),
    }


SPEC = Guardrail("champion_drift", "Drift since the champion was trained", "split", 25, check)
