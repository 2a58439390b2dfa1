"""What validation found, without the values of single rows."""

from dataclasses import replace

from podium_ml.contracts import GuardrailResult
from podium_ml.contracts.profile import ColumnProfile
from podium_ml.kinds._kind import InferredProblem

# A category that fewer rows have may point to one of them.
_FEWEST = 5


def without_examples(inferred: InferredProblem) -> InferredProblem:
    """Return the same without examples, rare categories and rows in findings; later stages see it in the problem."""
    profile = replace(inferred.profile, columns=tuple(map(_summary, inferred.profile.columns)))
    problem = replace(inferred.problem, examples=False)
    return replace(inferred, problem=problem, profile=profile, results=list(map(_result, inferred.results)))


def _summary(column: ColumnProfile) -> ColumnProfile:
    if not column.top:
        return replace(column, examples=())
    frequent = [
        (value, count) for value, count in zip(column.top, column.counts, strict=False) if count >= _FEWEST
    ]
    top, counts = tuple(value for value, _ in frequent), tuple(count for _, count in frequent)
    return replace(column, examples=(), top=top, counts=counts)


def _result(result: GuardrailResult) -> GuardrailResult:
    return replace(result, details=tuple(one for one in result.details if "row" not in one))
