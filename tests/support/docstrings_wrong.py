"""Subtly wrong docstrings in the conventions of numpy and reST: the code, the docstring, and what is said of it."""

from __future__ import annotations

from tests.support.docstring_sources import GOOGLE_PARSE, NUMPY_PARSE, PARSE, REST_PARSE, N, R

WRONG = {
    "numpy, a parameter is missing": (
        N,
        PARSE,
        NUMPY_PARSE.replace("*args, **kwargs", "*args"),
        "Parameter `**kwargs` is not documented in Parameters.",
    ),
    "numpy, no description": (
        N,
        PARSE,
        NUMPY_PARSE.replace("text : str\n    What is split.", "text : str"),
        "`text` in Parameters has no description.",
    ),
    "numpy, the result is only a type": (
        N,
        PARSE,
        NUMPY_PARSE.replace("list of str\n    The words, in order.", "list"),
        "Returns has no description.",
    ),
    "numpy, a heading without its line": (
        N,
        PARSE,
        NUMPY_PARSE.replace("Returns\n-------\n", "Returns\n"),
        "The heading Returns has no underline.",
    ),
    "numpy, a name that does not exist": (
        N,
        PARSE,
        NUMPY_PARSE.replace("limit :", "size :"),
        "Parameter `size` is documented, but `parse` has no such parameter.",
    ),
    "numpy, a section twice": (
        N,
        PARSE,
        NUMPY_PARSE.replace("limit :", "\nParameters\n----------\nlimit :"),
        "The section Parameters stands there twice.",
    ),
    "numpy, prose for a parameter": (
        N,
        PARSE,
        NUMPY_PARSE.replace("text : str", "the text"),
        "A line in Parameters cannot be read as `name : type`.",
    ),
    "numpy, prose for an exception": (
        N,
        PARSE,
        NUMPY_PARSE.replace("ValueError\n    If", "If"),
        "A line in Raises cannot be read as an exception.",
    ),
    "numpy, an exception without a reason": (
        N,
        PARSE,
        NUMPY_PARSE.replace("ValueError\n    If the text is empty.", "ValueError"),
        "`ValueError` in Raises has no description.",
    ),
    "numpy, another convention": (N, PARSE, GOOGLE_PARSE, "The sections are in the google convention"),
    "rest, a parameter is missing": (
        R,
        PARSE,
        REST_PARSE.replace(":param str text: What is split.\n", ""),
        "Parameter `text` is not documented in a :param name: field.",
    ),
    "rest, only its type": (
        R,
        PARSE,
        REST_PARSE.replace(":param str text: What is split.", ":type text: str"),
        "Parameter `text` is not documented in a :param name: field.",
    ),
    "rest, no description": (
        R,
        PARSE,
        REST_PARSE.replace(" What is split.", ""),
        "`text` in :param str text: has no description.",
    ),
    "rest, a field without its last colon": (
        R,
        PARSE,
        REST_PARSE.replace(":param str text:", ":param str text"),
        "A line begins like a field and cannot be read as one",
    ),
    "rest, fields right after prose": (
        R,
        PARSE,
        REST_PARSE.replace("words.\n\n", "words.\n"),
        "A field list needs a blank line before it",
    ),
    "rest, a field without a name": (
        R,
        PARSE,
        REST_PARSE.replace(":raises ValueError:", ":raises:"),
        "The field :raises: names nothing.",
    ),
    "rest, a parameter twice": (
        R,
        PARSE,
        REST_PARSE.replace(":param limit:", ":param text: What is split.\n:param limit:"),
        "Parameter `text` is documented twice.",
    ),
    "rest, the result twice": (
        R,
        PARSE,
        REST_PARSE.replace(":returns:", ":returns: All words.\n:returns:"),
        "The section :returns: stands there twice.",
    ),
    "rest, only the type of the result": (
        R,
        PARSE,
        REST_PARSE.replace(":returns: The words, in order.\n", ""),
        "The return value is not documented in a :returns: field.",
    ),
    "rest, no exception": (
        R,
        PARSE,
        REST_PARSE.replace(":raises ValueError:", ":raises TypeError:"),
        "Exception `ValueError` is raised, but not documented in a :raises Name: field.",
    ),
    "rest, a name that does not exist": (
        R,
        PARSE,
        REST_PARSE.replace(":param limit:", ":param size:"),
        "Parameter `size` is documented, but `parse` has no such parameter.",
    ),
    "rest, another convention": (R, PARSE, GOOGLE_PARSE, "The sections are in the google convention"),
}
