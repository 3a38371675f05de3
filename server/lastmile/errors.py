"""The closed tree of errors, each class saying who sees it.

    LastmileError                 a person sees the message, never a traceback
      ├── SettingsError           a setting is unknown, ill-typed or not allowed where it stands
      ├── RequestError            an editor or a command line asked for something that cannot be done
      │     └── StaleError        the document changed and the edit no longer fits it
      ├── ToolError               a program we run (ruff, the judge's worker) failed or timed out
      │     └── SlowError         it did not come to an end in its time, and might with more of it
      ├── ModelError              a local model cannot be loaded
      │     └── ModelGoneError    its host went away in the middle of an answer; asking again starts another
      ├── LedgerError             the ledger cannot be read or written
      │     └── BudgetError       the reservation would pass a budget
      └── TierError               a tier could not draft; the attempt failed and the loop goes on
            └── TierOffError      the tier cannot be used until the settings change (a wrong key)

This module holds no policy: who catches what stands where it is caught.
"""

from __future__ import annotations


class LastmileError(Exception):
    """Something a person can act on: ``str(error)`` says what happened and what to do."""


class SettingsError(LastmileError):
    """A setting is unknown, ill-typed or not allowed in the place where it stands."""


class RequestError(LastmileError):
    """The request cannot be done: an unknown document, a range outside it, a path outside."""


class StaleError(RequestError):
    """The document changed and the edit no longer fits it."""


class ToolError(LastmileError):
    """A program that we run failed, was killed or ran past its deadline."""


class SlowError(ToolError):
    """A program that we run did not come to an end in its time, and might with more of it."""


class ModelError(LastmileError):
    """A local model cannot be loaded: no such file, a damaged one, an unknown kind, too little memory."""


class ModelGoneError(ModelError):
    """The model's host went away before its answer was complete; asking again starts another."""


class LedgerError(LastmileError):
    """The ledger cannot be read or written; paid tiers are off until it can."""


class BudgetError(LedgerError):
    """The worst case of a call would pass a budget; the message says which and by how much."""


class TierError(LastmileError):
    """The tier could not draft. It becomes a failed attempt, and the loop goes on."""


class TierOffError(TierError):
    """The tier cannot be used until the settings change: a wrong key, an unknown model."""
