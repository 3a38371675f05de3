"""Right docstrings of many forms pass, in the three conventions."""

from __future__ import annotations

import pytest
from tests.support.docstring_sources import (
    ABSTRACT,
    BARE,
    BOX,
    CHILD,
    GOOGLE_PARSE,
    KEYWORDS,
    LOAD,
    MADE,
    METHOD,
    NOTHING,
    NUMPY_PARSE,
    OPEN,
    OVERLOAD,
    PAIRS,
    PARSE,
    PROPERTY,
    REST_PARSE,
    STATIC,
    WRITE,
    G,
    N,
    R,
)
from tests.support.docstrings import check

from lastmile.config.tree import Convention
from lastmile.tools.offload import Offload

RIGHT = {
    "google, everything": (G, PARSE, GOOGLE_PARSE),
    "google, description under the name": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("text: What is split.", "text:\n        What is split."),
    ),
    "google, long headings, stars left out": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("Args:", "Arguments:").replace("*args", "args").replace("**kwargs", "kwargs"),
    ),
    "google, prose and examples between": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("Args:", "It is not fast: mind that.\n\nArgs:").replace(
            "Raises:", "Example:\n    >>> parse('a b')\n    ['a', 'b']\n\nRaises:"
        ),
    ),
    "google, more exceptions than the body shows": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("ValueError:", "TypeError: If it is no text.\n    ValueError:"),
    ),
    "google, exceptions as cross-references": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("ValueError:", ":exc:`ValueError`:"),
    ),
    "google, two exceptions in one entry": (G, PARSE, GOOGLE_PARSE.replace("ValueError:", "TypeError, ValueError:")),
    "google, types in brackets with brackets": (
        G,
        PARSE,
        GOOGLE_PARSE.replace("text:", "text (Callable[[int], tuple(str)]):"),
    ),
    "google, typed result": (G, PARSE, GOOGLE_PARSE.replace("The words", "list[str]: The words")),
    "google, summary on the second line": (G, PARSE, GOOGLE_PARSE.replace('"""Split', '"""\nSplit', 1)),
    "google, single quotes": (G, PARSE, GOOGLE_PARSE.replace('"""', "'''")),
    "google, result None need not be told": (
        G,
        WRITE,
        '"""Write the lines into a file.\n\nArgs:\n    path: Where.\n    lines: What is written.\n"""',
    ),
    "google, result None may be told": (
        G,
        WRITE,
        '"""Write the lines.\n\nArgs:\n    path: Where.\n    lines: Which.\n\nReturns:\n    None.\n"""',
    ),
    "google, generator": (
        G,
        PAIRS,
        '''"""Pair each item with itself.

Args:
    items: Any.

Yields:
    Pairs of the same item.
"""''',
    ),
    "google, nothing to document": (G, NOTHING, '"""Forget all that is known."""'),
    "google, method without self": (G, METHOD, '"""Make it larger.\n\nArgs:\n    by: How much.\n"""'),
    "google, class method keeps the first of a static one": (
        G,
        STATIC,
        '"""Make a box.\n\nArgs:\n    side: How long.\n\nReturns:\n    The box.\n"""',
    ),
    "google, parameters of init in the class": (
        G,
        BOX,
        '''"""A box with a lid.

Args:
    width: How wide.
    height: How high.

Attributes:
    area: Its area.
    size: Always 0.
"""''',
    ),
    "google, init completes the class": (G, MADE, '"""Make a box.\n\nArgs:\n    height: How high.\n"""'),
    "google, init may say it all again": (
        G,
        MADE,
        '"""Make a box.\n\nArgs:\n    width: How wide.\n    height: How high.\n"""',
    ),
    "google, class without init": (G, BARE, '"""A plain thing with fields."""'),
    "google, fields as attributes": (G, BARE, '"""A plain thing.\n\nAttributes:\n    colour: Of the paint.\n"""'),
    "google, fields as parameters": (G, BARE, '"""A plain thing.\n\nArgs:\n    size: In metres.\n"""'),
    "google, attributes of a base": (G, CHILD, '"""A child of something.\n\nAttributes:\n    lost: By the base.\n"""'),
    "google, property": (G, PROPERTY, '"""The area in metres."""'),
    "google, property with a result": (G, PROPERTY, '"""The area in metres.\n\nReturns:\n    Square metres.\n"""'),
    "google, positional and keyword only": (
        G,
        LOAD,
        '''"""Load from a place.

Args:
    url: Where.
    retries: How often.

Returns:
    None or bytes.

Raises:
    RetryError: If negative.
"""''',
    ),
    "google, context manager yields": (
        G,
        OPEN,
        '"""Open a file.\n\nArgs:\n    path: Where.\n\nYields:\n    The path again.\n"""',
    ),
    "google, context manager returns": (
        G,
        OPEN,
        '"""Open a file.\n\nArgs:\n    path: Where.\n\nReturns:\n    The path again.\n"""',
    ),
    "google, a word that also marks placeholders": (G, NOTHING, '"""Todo items are cleared away."""'),
    "google, overload": (G, OVERLOAD, '"""Get one text."""'),
    "google, the error of an abstract method": (
        G,
        ABSTRACT,
        '"""Measure the shape.\n\nArgs:\n    scale: The unit.\n\nReturns:\n    Square units.\n"""',
    ),
    "google, keywords under their own heading": (
        G,
        KEYWORDS,
        '''"""Plot some data.

Args:
    data: What is shown.
    **style: How.

Keyword Args:
    colour: Of the line.
"""''',
    ),
    "google, words without blanks": (G, NOTHING, '"""すべての状態を消去する。"""'),
    "numpy, everything": (N, PARSE, NUMPY_PARSE),
    "numpy, result as a sentence": (N, PARSE, NUMPY_PARSE.replace("list of str\n    The words", "The words")),
    "numpy, named result": (N, PARSE, NUMPY_PARSE.replace("list of str", "words : list of str")),
    "numpy, no types": (N, PARSE, NUMPY_PARSE.replace("text : str", "text")),
    "numpy, other sections": (
        N,
        PARSE,
        NUMPY_PARSE.replace("Returns\n", "See Also\n--------\nstr.split : Splits.\n\nReturns\n"),
    ),
    "numpy, generator": (
        N,
        PAIRS,
        '''"""Pair each item with itself.

Parameters
----------
items
    Any.

Yields
------
tuple
    The same twice.
"""''',
    ),
    "numpy, None": (
        N,
        NOTHING,
        '"""Forget all that is known.\n\nReturns\n-------\nNone\n"""',
    ),
    "numpy, class": (
        N,
        BOX,
        '''"""A box with a lid.

Parameters
----------
width, height : float
    In metres.

Attributes
----------
area : float
    In square metres.
"""''',
    ),
    "rest, everything": (R, PARSE, REST_PARSE),
    "rest, types with blanks": (R, PARSE, REST_PARSE.replace(":param str text:", ":param dict[str, int] text:")),
    "rest, other spellings": (
        R,
        PARSE,
        REST_PARSE.replace(":param str", ":arg str").replace(":returns:", ":return:").replace(":raises", ":raise"),
    ),
    "rest, exception as a cross-reference": (
        R,
        PARSE,
        REST_PARSE.replace(":raises ValueError:", ":raises :py:exc:`ValueError`:"),
    ),
    "rest, generator": (
        R,
        PAIRS,
        '"""Pair each item with itself.\n\n:param items: Any.\n:yields: The same twice.\n"""',
    ),
    "rest, generator by returns": (
        R,
        PAIRS,
        '"""Pair each item with itself.\n\n:param items: Any.\n:returns: The same twice.\n"""',
    ),
    "rest, a role at the start of a line": (
        R,
        WRITE,
        '''"""Write the lines.

Uses
:func:`open` for it.

:param path: Where.
:param lines: Which.
"""''',
    ),
    "rest, class": (
        R,
        BOX,
        '''"""A box with a lid.

:param width: How wide.
:param height: How high.
:ivar area: Its area.
"""''',
    ),
}


@pytest.mark.parametrize(("convention", "code", "docstring"), RIGHT.values(), ids=RIGHT.keys())
async def test_a_right_docstring_passes(convention: Convention, code: str, docstring: str, offload: Offload) -> None:
    assert await check(convention, code, docstring, offload) == []
