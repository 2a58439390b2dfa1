"""The first task, which reads everything that the run needs from outside. Each setting is a parameter of its own.

KFP inserts placeholders into dictionaries as text, so a quote or a backslash in a column name would break the
dictionary. The settings therefore enter this component as separate parameters, and leave it as groups, by value. The
signature is generated from the settings of the kind, so that each setting is declared only once.
"""

import linecache
from collections.abc import Mapping
from typing import Any

from kfp.dsl import Markdown, Output, OutputPath

from podium_components._component import component

_SOURCE = '''\
def resolve_inputs(
    kind: str,
    images: dict,
{parameters}
    source_today: OutputPath(str),
    test_today: OutputPath(str),
    data_version: OutputPath(str),
    reference: OutputPath(dict),
    problem_settings: OutputPath(dict),
    plan_settings: OutputPath(dict),
    limits: OutputPath(dict),
    promotion: OutputPath(dict),
    publication: OutputPath(dict),
    repeated: Output[Markdown],
) -> bool:
    """Check the settings, determine the version of the data, and look up the champion and earlier runs.

    Args:
        kind: Kind of problem.
        images: Container images, by the names that the project gives them.
{descriptions}
        source_today: The source, with today's date in place of {{date}}.
        test_today: The test data, with today's date in place of {{date}}.
        data_version: Content hash or version of the data; a new one invalidates cached results.
        reference: The newest champion trained on other data, whose configurations are tried first.
        problem_settings: The settings that the problem depends on.
        plan_settings: The settings that the training plan depends on.
        limits: Limits that the chosen model must meet.
        promotion: The champion, and the conditions for replacing it.
        publication: All settings, and the versions that later runs compare against.
        repeated: The earlier run whose results are those of this one, if there is one.

    Returns:
        False if an earlier run has the same data, settings and champion, or if the champion has the same data and
        settings and the user skips unchanged runs; else True.
    """
    form = dict(locals())
    from podium_components.resolution import resolve

    outputs = [
        "source_today", "test_today", "data_version", "reference", "problem_settings", "plan_settings", "limits",
        "promotion", "publication",
    ]
    paths = {{name: form.pop(name) for name in outputs}}
    note = form.pop("repeated")
    return resolve(form.pop("kind"), form.pop("images"), form, paths, note=note.path, address=note.uri)
'''


def resolve_inputs_for(fields: Mapping[str, tuple[type, str]]) -> Any:
    """Return a component with these settings as parameters.

    Args:
        fields: Type (``str``, ``int``, ``float``, ``bool``, ``dict`` or ``list``) and description, by name.
    """
    source = _SOURCE.format(
        parameters="\n".join(f"    {name}: {kind.__name__}," for name, (kind, _) in fields.items()),
        descriptions="\n".join(f"        {name}: {text}" for name, (_, text) in fields.items()),
    )
    # KFP copies a component's source into the package and looks it up with ``inspect``, which reads generated code from
    # ``linecache``.
    file = f"<resolve_inputs of {len(fields)} settings: {hash(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names: dict[str, Any] = {"Markdown": Markdown, "Output": Output, "OutputPath": OutputPath}
    exec(compile(source, file, "exec"), names)  # noqa: S102 - built only from the declarations of kinds
    return component(names["resolve_inputs"])
