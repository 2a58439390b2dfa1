"""Whether the data are still like those that the champion was trained on."""

from podium_ml.champions.drift import ColumnDrift, measure_drift
from podium_ml.contracts import GuardrailResult
from podium_ml.tabular.guardrails._guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Compare every column, the target included, with the champion's training profile; nothing is changed for it."""
    if context.champion is None:
        return guardrail.passed("There is no champion that was trained on other data.")
    found = _drifts(context)
    drifted = [one for one in found if one.drifted]
    details = (_row(one) for one in sorted(found, key=lambda one: -one.index))
    compared = f"Compared with the {context.champion.rows:,} rows that the champion was trained on"
    lacking = _columns_gone(context)
    if not drifted and not lacking:
        return guardrail.passed(f"{compared}, no column has drifted.", details=details)
    target = context.settings.target
    parts = [f"{name_list(one.name for one in drifted)} drifted"] if drifted else []
    parts += [f"{name_list(lacking)} {'lacks' if len(lacking) == 1 else 'lack'}"] if lacking else []
    seen = f"{compared}, {' and '.join(parts)}."
    if any(one.name == target for one in drifted):
        seen += " The target is among them: what is to be predicted has changed."
    return guardrail.alert(
        seen,
        "The champion may do worse on such data than it did; the comparison with the new model says whether.",
        columns=[one.name for one in drifted],
        details=details,
    )


def _drifts(context: Context) -> list[ColumnDrift]:
    assert context.champion is not None
    found = []
    for before in context.champion.columns:
        column = context.columns.get(before.name)
        if column is None or column.role in ("text", "list", "group") or before.role in ("dropped", "group"):
            continue
        drift = measure_drift(context.values(before.name), column, before, rows=context.champion.rows)
        if drift is not None:
            found.append(drift)
    return found


def _columns_gone(context: Context) -> list[str]:
    assert context.champion is not None
    return [
        one.name
        for one in context.champion.columns
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


SPEC = Guardrail("champion_drift", "Drift since the champion", "split", 25, check)
