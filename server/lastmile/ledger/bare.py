"""Takes out of an outcome what a server, a model or a run said, and leaves what we say of it ourselves.

The ledger holds no text of a document, and any of those may quote one. It cuts and adds nothing.
"""

from __future__ import annotations

import re

from attrs import evolve

from lastmile.cascade.outcome import Attempt, Outcome

_QUESTION = "samples differ, and what is meant is for the person to say"
_QUOTE = re.compile("[`'\"“”]")
_END = re.compile(r"[:.] |\n")
"""Where a clause ends; a quotation begins after that."""


def bare(outcome: Outcome) -> Outcome:
    """Give an outcome whose failures, summaries and notes are in our own words, to make a receipt of."""
    accepted = outcome.accepted
    return evolve(
        outcome,
        attempts=tuple(evolve(attempt, failure=own_words(attempt)) for attempt in outcome.attempts),
        accepted=None if accepted is None else _accepted(accepted),
        reason=_reason(outcome.reason),
        notes=tuple(_note(note, outcome.task.oracle.doubt) for note in outcome.notes),
    )


def own_words(attempt: Attempt) -> str:
    """Give what we say of a failure ourselves: its first clause, without what a server answered.

    Findings are told by check and code alone.
    """
    return _clause(attempt.failure.removeprefix(f"{attempt.tier}: "))


def _accepted(attempt: Attempt) -> Attempt:
    runs = tuple(evolve(run, summary=_clause(run.summary)) for run in attempt.verdict.runs)
    draft = None if attempt.draft is None else evolve(attempt.draft, note=_clause(attempt.draft.note))
    return evolve(attempt, draft=draft, verdict=evolve(attempt.verdict, runs=runs))


def _note(note: str, doubt: str) -> str:
    """Cut a note; where it begins with why no check decided, that is cut, and what is said after it stays."""
    if doubt and note.startswith(doubt):
        return _clause(doubt) + note.removeprefix(doubt)
    return _clause(note)


def _reason(reason: str) -> str:
    """Say why a task ended: of what kind it is, with its counts, and up to where it quotes a run or a program."""
    if reason.endswith("?"):
        return _QUESTION
    return _QUOTE.split(_clause(reason))[0].strip()


def _clause(text: str) -> str:
    """Give the first clause, with the bracket closed that it opened."""
    cut = _END.split(text, maxsplit=1)[0]
    return cut + ")" * (cut.count("(") - cut.count(")")) if cut != text else cut
