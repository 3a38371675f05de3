"""Small rewrites for findings that ruff reports and cannot fix itself, by rule.

A template takes the code and the finding's span and gives the new text, or None where it does not
fit. It proposes the repair that the rule's own page recommends. Templates parse, so they run in the
worker process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from lastmile.text.code import Code
from lastmile.text.edits import Span
from lastmile.tiers.rules.handlers import bare_except, raise_from, suppressed
from lastmile.tiers.rules.percent import percent_format
from lastmile.tiers.rules.rewrites import extended, identical_types

Template = Callable[[Code, Span], str | None]

TEMPLATES: Mapping[str, tuple[Template, ...]] = MappingProxyType(
    {
        "B904": (raise_from,),
        "E721": (identical_types,),
        "E722": (bare_except,),
        "PERF402": (extended,),
        "SIM105": (suppressed,),
        "UP031": (percent_format,),
    }
)


def written(code: Code | None, rule: str, span: Span) -> Iterator[tuple[str, str]]:
    """Give what the templates of a rule make of a finding: the name of each that fits, and the new text."""
    for template in TEMPLATES.get(rule, ()):
        text = None if code is None else template(code, span)
        if text is not None:
            yield f"template {template.__name__.replace('_', ' ')}", text


def by_template(text: str, rule: str, span: Span) -> tuple[tuple[str, str], ...]:
    """Parse a text and give what the templates of a rule make of a finding of it."""
    return tuple(written(Code.of(text), rule, span))
