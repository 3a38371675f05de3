"""Small rewrites for findings that ruff reports and cannot fix itself, by rule.

A template takes the text and the finding's span and gives the new text, or None where it does not
fit. It proposes the repair that the rule's own page recommends. Templates parse, so they run in the
worker process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lastmile.text.edits import Span
from lastmile.tiers.rules.handlers import bare_except, raise_from, suppressed
from lastmile.tiers.rules.percent import percent_format
from lastmile.tiers.rules.rewrites import extended, identical_types

Template = Callable[[str, Span], str | None]

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
