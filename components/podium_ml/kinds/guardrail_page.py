"""The results of the guardrails as an HTML page."""

from collections.abc import Sequence

from jinja2 import Environment

from podium_ml.contracts import GuardrailResult, Problem

_TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Guardrails</title><style>
:root { color-scheme: light dark; --line: #8884; --passed: #2a9d5c; --fixed: #b7791f; --alert: #d1344b; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 54rem; padding: 0 1rem; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem 1rem; margin: .6rem 0; }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin: 0; } p { margin: .2rem 0; overflow-wrap: anywhere; }
.outcome { font-weight: 600; float: right; } .passed { color: var(--passed); } .fixed { color: var(--fixed); }
.alert { color: var(--alert); } .table { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
td, th { border-top: 1px solid var(--line); padding: .2rem .8rem .2rem 0; text-align: left; max-width: 24rem;
  overflow-wrap: anywhere; }
</style></head><body>
<h1>Guardrails: predicting “{{ problem.target }}”, {{ problem.task }}, {{ problem.n_train }} training rows and
{{ problem.n_test }} test rows</h1>
{% for result in results %}<article>
<span class="outcome {{ result.outcome }}">{{ result.outcome }}</span><h2>{{ result.title }}</h2>
<p>{{ result.seen }}</p>{% if result.done %}<p><em>{{ result.done }}</em></p>{% endif %}
{% if result.details %}<div class="table"><table>
<tr>{% for key in result.details[0] %}<th>{{ key }}</th>{% endfor %}</tr>
{% for row in result.details %}<tr>{% for value in row.values() %}<td>{{ value }}</td>{% endfor %}</tr>{% endfor %}
</table></div>{% endif %}</article>{% endfor %}
</body></html>
"""
_ORDER = {"alert": 0, "fixed": 1, "passed": 2}


def render_guardrails(results: Sequence[GuardrailResult], problem: Problem) -> str:
    """Return a self-contained page, with alerts first.

    Args:
        results: Results of the guardrails.
        problem: The problem.
    """
    ordered = sorted(results, key=lambda result: _ORDER[result.outcome])
    template = Environment(autoescape=True).from_string(_TEMPLATE)
    return template.render(results=ordered, problem=problem)
