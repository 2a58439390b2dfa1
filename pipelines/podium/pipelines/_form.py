"""The run form of a kind of problem, built from its settings, so that each setting is declared once."""

from collections.abc import Callable, Iterator
from inspect import Parameter, Signature
from typing import Any, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from podium_ml.kinds import Kind
from podium_ml.settings import DeploymentSettings

_TYPES = (bool, int, float, dict, list)


def form_fields(kind: Kind) -> dict[str, FieldInfo]:
    """Return the fields of a kind's form: its settings, and those that the engine adds."""
    return {**kind.settings.model_fields, **DeploymentSettings.model_fields}


def field_types(kind: Kind) -> dict[str, tuple[type, str]]:
    """Return the KFP type and the description of each field of a kind's form."""
    return {name: (_type(field), str(field.description)) for name, field in form_fields(kind).items()}


def with_form(kind: Kind, function: Callable[[dict[str, Any]], None]) -> Callable[..., None]:
    """Return a function whose parameters are the fields of a kind's form, for KFP's compiler.

    Args:
        kind: The kind.
        function: Called with the values that KFP passes, by field name.
    """
    fields = form_fields(kind)

    def pipeline(*values: Any) -> None:  # KFP passes values by position
        function(dict(zip(fields, values, strict=True)))

    pipeline.__name__ = kind.name
    pipeline.__doc__ = "\n".join(_docstring(kind))
    pipeline.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=_default(field), annotation=_type(field))
            for name, field in fields.items()
        ]
    )
    pipeline.__annotations__ = {name: _type(field) for name, field in fields.items()}
    return pipeline


def _docstring(kind: Kind) -> Iterator[str]:
    yield from (kind.description, "", "Args:")
    for name, field in form_fields(kind).items():
        yield f"    {name}: {field.description}"


def _type(field: FieldInfo) -> type:
    annotation = get_origin(field.annotation) or field.annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return dict
    return next((kind for kind in _TYPES if annotation is kind), str)


def _default(field: FieldInfo) -> Any:
    value = field.get_default(call_default_factory=True)
    return {} if isinstance(value, BaseModel) else value
