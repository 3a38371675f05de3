"""Which of ruff's unsafe fixes are proposed: those whose change is what was asked for, or none at all.

Ruff calls a fix unsafe for one of two reasons. It may drop comments: that can be seen, and a fix that
does is left out. Or it may change what the code does, which no check sees: ruff then finds nothing any
more, and the file compiles. So a fix is proposed only where the table here says why it may be, and the
unsafe fixes of all other rules are left to people and models. A reason is one of three: the new code
means the same by the language's own rules; the change is the very thing that the rule asks for; or
`meaning` or `annotated` shows, in this place, that it means the same.
"""

from __future__ import annotations

import re
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from types import MappingProxyType

from lastmile.text.code import Code
from lastmile.text.diagnostic import Diagnostic, Fix, Safety
from lastmile.text.edits import Span, apply
from lastmile.tiers.rules import annotated, meaning
from lastmile.tools.offload import Offload
from lastmile.verify.documented import judge_docstrings

Proof = Callable[[Code, Span], bool]

_SAME = frozenset(
    {
        *("B905", "B912"),  # strict=False is the default, spelt out
        *("C400", "C401", "C402", "C403", "C404", "C405", "C406", "C408", "C409", "C410", "C411", "C418"),
        *("RET503", "RET504", "SIM102", "SIM105", "SIM108", "SIM208", "SIM211", "SIM212"),
        *("UP008", "UP022", "UP029"),
    }
)
_ASKED = frozenset(
    {
        *("B004", "B011"),  # callable() is another question than hasattr(), raise another statement than assert
        "E731",  # a function has the name that a lambda has not
        "RUF013",  # only the annotation changes
        "UP035",  # the import moves to where the name is from by now
        "UP036",  # the branch is for a Python that the project does not support
    }
)
_ABOUT_DOCSTRINGS = re.compile(r"D\d+")
_PROVEN: Mapping[str, Proof] = MappingProxyType(
    {
        "B006": meaning.default_is_no_memory,
        "B007": meaning.is_local,
        "C414": meaning.order_is_the_same,
        "C416": meaning.items_stay_as_they_are,
        "C417": meaning.ends_by_no_exception,
        "E711": meaning.only_truth_counts,
        "E712": meaning.compares_bools,
        "F841": meaning.nothing_is_tried,
        "PIE810": meaning.prefixes_are_texts,
        "SIM101": meaning.types_are_names,
        "SIM103": meaning.gives_a_bool,
        "SIM110": meaning.ends_by_no_exception,
        "SIM201": meaning.only_truth_counts,
        "SIM202": meaning.only_truth_counts,
        "SIM210": meaning.gives_a_bool,
    }
)
# A directive belongs to the line that it stands on, and goes with what it was about.
_DIRECTIVE = re.compile(r"#\s*noqa\b", re.IGNORECASE)
_MARKS = re.compile(r"[#\s]+")


async def may_be_proposed(offload: Offload, text: str, problem: Diagnostic) -> bool:
    """Tell whether ruff's fix for a problem of the text may be a draft.

    Raises `ToolError` where it cannot be found out.
    """
    if problem.fix is None or problem.fix.safety is Safety.DISPLAY:
        return False
    return problem.fix.safety is Safety.SAFE or await offload.run(is_sound, text, problem)


def label_of(source: str, fix: Fix) -> str:
    """Name a tool's own fix, for the person."""
    return f"{source}'s {'fix' if fix.safety is Safety.SAFE else 'unsafe fix'}: {fix.title}"


def has_reasons(problem: Diagnostic) -> bool:
    """Tell whether an unsafe fix of the rule is ever proposed; for most rules none is."""
    return problem.code in _PROVEN or problem.code in annotated.RULES or is_always_meant(problem)


def is_always_meant(problem: Diagnostic) -> bool:
    """Tell whether an unsafe fix of the rule is proposed wherever it loses nothing."""
    return problem.code in _SAME or problem.code in _ASKED or is_about_docstrings(problem)


def is_sound(text: str, problem: Diagnostic) -> bool:
    """Tell whether an unsafe fix keeps comments and docstrings and changes nothing but what was asked for."""
    if problem.fix is None or not has_a_reason(lambda: Code.of(text), problem):
        return False
    edits = problem.fix.edits
    new = apply(text, edits)
    # Reading all comments takes a second for a long file, and few fixes replace one.
    kept = not any("#" in edit.span.of(text) for edit in edits) or keeps_comments(text, new)
    return kept and (is_about_docstrings(problem) or not judge_docstrings(text, new))


def has_a_reason(read: Callable[[], Code | None], problem: Diagnostic) -> bool:
    """Tell whether one of the reasons holds for a finding; its code is read only where it is looked at."""
    rule = problem.code
    if is_always_meant(problem):
        return True
    code = read() if rule in _PROVEN or rule in annotated.RULES else None
    if code is None:
        return False
    return annotated.is_right(code, problem) if rule in annotated.RULES else _PROVEN[rule](code, problem.span)


def is_about_docstrings(problem: Diagnostic) -> bool:
    """Tell whether docstrings are what a rule is about."""
    return _ABOUT_DOCSTRINGS.fullmatch(problem.code) is not None


def keeps_comments(old: str, new: str) -> bool:
    """Tell whether all comments of the old text are in the new, wherever; no where either cannot be read."""
    try:
        return not Counter(_comments(old)) - Counter(_comments(new))
    except (tokenize.TokenError, SyntaxError):
        return False


def _comments(text: str) -> Iterator[str]:
    """Give the comments, as they read: a formatter may put blanks before and into one."""
    for token in tokenize.generate_tokens(StringIO(text, newline="").readline):
        if token.type == tokenize.COMMENT and not _DIRECTIVE.match(token.string):
            yield _MARKS.sub(" ", token.string).strip()
