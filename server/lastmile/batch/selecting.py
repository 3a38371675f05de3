"""Which rules a person named, as ruff reads their names. It knows no rule by itself."""

from __future__ import annotations

import re

_RULE = re.compile(r"([A-Z]+)(\d*)")


def selected(code: str, rules: tuple[str, ...]) -> bool:
    """Tell whether a rule is among those named: ``F`` names F401 and not FBT001, ``E7`` names E711.

    As ruff reads them: ``PL`` names all of pylint's rules, PLC, PLE, PLR and PLW, and ``ALL`` all rules.
    """
    found = _RULE.fullmatch(code)
    return any(rule == "ALL" or (found is not None and _names(rule, found[1], found[2])) for rule in rules)


def _names(rule: str, letters: str, digits: str) -> bool:
    named = _RULE.fullmatch(rule)
    if named is None or (named[1] == "PL" and not named[2]):
        return rule == "PL" and letters.startswith("PL")
    return named[1] == letters and digits.startswith(named[2])
