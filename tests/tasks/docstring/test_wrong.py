"""Subtly wrong docstrings are refused, and the finding says what is wrong."""

from __future__ import annotations

import pytest
from tests.support import docstrings_wrong
from tests.support.docstring_sources import (
    BARE,
    BOX,
    GOOGLE_PARSE,
    LOAD,
    MADE,
    METHOD,
    NOTHING,
    NUMPY_PARSE,
    PAIRS,
    PARSE,
    PRIVATE,
    STATIC,
    WRITE,
    G,
)
from tests.support.docstrings import check

from lastmile.config.tree import Convention
from lastmile.tools.offload import Offload

WRONG_IN_GOOGLE = {
    "google, a parameter is missing": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("    text: What is split.\n", ""),
        "Parameter `text` is not documented in Args.",
    ),
    "google, kwargs are missing": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("    **kwargs: Passed on too.\n", ""),
        "Parameter `**kwargs` is not documented in Args.",
    ),
    "google, a name that does not exist": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("    *args", "    maximum: Not there.\n    *args"),
        "Parameter `maximum` is documented, but `parse` has no such parameter.",
    ),
    "google, a misspelt name": (G, PARSE, GOOGLE_PARSE.replace("limit (", "limits ("), "`limits` is documented"),
    "google, empty description": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("text: What is split.", "text:"),
        "`text` in Args has no description.",
    ),
    "google, placeholder description": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("What is split.", "_description_"),
        "`text` in Args has a placeholder",
    ),
    "google, dots for a description": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("What is split.", "..."),
        "`text` in Args has a placeholder",
    ),
    "google, the name for a description": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("What is split.", "The text."),
        "`text` in Args has only its name",
    ),
    "google, a parameter twice": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("    *args", "    text: Again, what is split.\n    *args"),
        "Parameter `text` is documented twice.",
    ),
    "google, a section twice": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("Returns:", "Returns:\n    All of them.\n\nReturns:"),
        "The section Returns stands there twice.",
    ),
    "google, two names for one section": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("    *args", "\nParameters:\n    *args"),
        "The section Parameters stands there twice.",
    ),
    "google, no result": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("Returns:\n    The words, in order.\n\n", ""),
        "The return value is not documented in Returns.",
    ),
    "google, the result is only a type": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("The words, in order.", "list[str]:"),
        "Returns has no description.",
    ),
    "google, the result is said to be None": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("The words, in order.", "None."),
        "is said to be None",
    ),
    "google, an empty section": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("    The words, in order.\n", ""),
        "The section Returns is empty.",
    ),
    "google, no exception": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("ValueError", "TypeError"),
        "Exception `ValueError` is raised, but not documented in Raises.",
    ),
    "google, an exception without a reason": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("ValueError: If the text is empty.", "ValueError:"),
        "`ValueError` in Raises has no description.",
    ),
    "google, a dash for the colon": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("text: What", "text - what"),
        "A line in Args cannot be read as `name: description`.",
    ),
    "google, prose for an exception": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("ValueError: If", "If"),
        "A line in Raises cannot be read as `Exception: when it is raised`.",
    ),
    "google, entries are not indented": (
        G,
        METHOD,
        '"""Make it larger.\n\nArgs:\nby: How much.\n"""',
        "The section Args is empty.",
    ),
    "google, heading without its colon": (
        G,
        METHOD,
        '"""Make it larger.\n\nArgs\n    by: How much.\n"""',
        "Parameter `by` is not documented in Args.",
    ),
    "google, self is documented": (
        G,
        METHOD,
        '"""Make it larger.\n\nArgs:\n    self: The box.\n    by: How much.\n"""',
        "Parameter `self` is documented, but `grow` has no such parameter.",
    ),
    "google, a result that does not exist": (
        G,
        WRITE,
        '''"""Write the lines.

Args:
    path: Where.
    lines: Which.

Returns:
    The file.
"""''',
        "The return value is documented, but `write` has none.",
    ),
    "google, returns for yields": (
        G,
        PAIRS,
        '"""Pair each item with itself.\n\nArgs:\n    items: Any.\n\nReturns:\n    Pairs.\n"""',
        "The yielded values are not documented in Yields.",
    ),
    "google, yields for returns": (
        G,
        STATIC,
        '"""Make a box.\n\nArgs:\n    side: How long.\n\nYields:\n    The box.\n"""',
        "The yielded values are documented, but `made` has none.",
    ),
    "google, no summary": (G, METHOD, '"""\nArgs:\n    by: How much.\n"""', "The docstring has no summary."),
    "google, empty": (G, NOTHING, '""" """', "The docstring has no summary."),
    "google, a placeholder": (G, NOTHING, '"""Todo: write this up."""', "The summary is a placeholder."),
    "google, a placeholder in capitals": (G, NOTHING, '"""TBD write this up."""', "The summary is a placeholder."),
    "google, a template": (G, NOTHING, '"""[summary] of this thing."""', "The summary is a placeholder."),
    "google, dots": (G, NOTHING, '"""..."""', "The summary is a placeholder."),
    "google, one word": (G, NOTHING, '"""Reset."""', "The summary has fewer than 3 words."),
    "google, two words": (G, NOTHING, '"""Reset it."""', "The summary has fewer than 3 words."),
    "google, the name taken apart": (
        G,
        NOTHING.replace("reset", "reset_all_state"),
        '"""Reset all state."""',
        "The summary only takes the name `reset_all_state` apart.",
    ),
    "google, the class's name taken apart": (
        G,
        BARE.replace("Plain", "HTTPPlainThing"),
        '"""HTTP plain thing."""',
        "The summary only takes the name",
    ),
    "google, a class without its parameters": (
        G,
        BOX,
        '"""A box with a lid."""',
        "Parameter `width` is not documented in Args.",
    ),
    "google, an attribute that does not exist": (
        G,
        BARE,
        '"""A plain thing.\n\nAttributes:\n    weight: In grams.\n"""',
        "Attribute `weight` is documented, but `Plain` has no such attribute.",
    ),
    "google, a parameter that a class does not take": (
        G,
        BARE,
        '"""A plain thing.\n\nArgs:\n    weight: In grams.\n"""',
        "Parameter `weight` is documented, but `Plain` has no such parameter.",
    ),
    "google, init without what the class leaves out": (
        G,
        MADE,
        '"""Make a new box."""',
        "Parameter `height` is not documented in Args.",
    ),
    "google, a private function is no exception": (
        G,
        PRIVATE,
        '"""Scan a whole text."""',
        "Parameter `text` is not documented in Args.",
    ),
    "google, keywords where none are taken": (
        G,
        METHOD,
        '"""Make it larger.\n\nArgs:\n    by: How much.\n\nKeyword Args:\n    deep: Not there.\n"""',
        "Parameter `deep` is documented, but `grow` has no such parameter.",
    ),
    "google, an exception that is handled need not, one that is not must": (
        G,
        LOAD,
        '''"""Load from a place.

Args:
    url: Where.
    retries: How often.

Returns:
    Bytes.
"""''',
        "Exception `RetryError` is raised, but not documented in Raises.",
    ),
    "google, another convention": (
        G,
        PARSE,
        NUMPY_PARSE,
        "The sections are in the numpy convention; this project's is google.",
    ),
    "google, fields among sections": (
        G,
        METHOD,
        '"""Make it larger.\n\n:param by: How much.\n\nArgs:\n    by: How much.\n"""',
        "The sections are in the rest convention",
    ),
    "google, two strings": (G, NOTHING, '"""Forget all """ "that is known."', "not one string in triple quotes"),
    "google, quotes for one line": (G, NOTHING, '"Forget all that is known."', "not one string in triple quotes"),
    "google, an escape that is none": (G, NOTHING, r'"""Forget all of C:\data."""', r"an invalid escape sequence '\d'"),
    "google, bytes": (G, NOTHING, 'b"""Forget all that is known."""', "The code changed: `b"),
    "google, a formatted string": (G, NOTHING, 'f"""Forget all that is {known}."""', "The code changed: `f"),
}
WRONG = WRONG_IN_GOOGLE | docstrings_wrong.WRONG


@pytest.mark.parametrize(("convention", "code", "docstring", "expected"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_docstring_is_refused_with_what_is_wrong(
    convention: Convention, code: str, docstring: str, expected: str, offload: Offload
) -> None:
    messages = await check(convention, code, docstring, offload)
    assert any(expected in message for message in messages), messages
