"""Definitions that want a docstring in the place of the mark, and whole docstrings for one of them."""

from __future__ import annotations

from lastmile.config.tree import Convention

# The name of the error with which a method says that a subclass has to write it.
UNWRITTEN = f"{NotImplemented}Error"

G, N, R = Convention.GOOGLE, Convention.NUMPY, Convention.REST

PARSE = """
def parse(text, limit=10, *args, **kwargs):
    <doc>
    if not text:
        raise ValueError("empty")
    return text.split()[:limit]
"""
WRITE = """
def write(path: str, lines: list[str]) -> None:
    <doc>
    with open(path, "w") as file:
        file.writelines(lines)
"""
PAIRS = """
def pairs(items):
    <doc>
    for one in items:
        yield one, one
"""
NOTHING = """
def reset():
    <doc>
    STATE.clear()
"""
BOX = """
class Box:
    <doc>

    size = 0

    def __init__(self, width, height=1, *, _debug=False):
        self.area = width * height
"""
MADE = """
class Box:
    '''A box with a lid.

    Args:
        width: How wide it is.
    '''

    def __init__(self, width, height=1):
        <doc>
        self.width = width
"""
BARE = """
class Plain:
    <doc>

    colour: str = "red"
    size: int
"""
CHILD = """
class Child(Parent):
    <doc>

    colour: str = "red"
"""
PROPERTY = """
class Box:
    @functools.cached_property
    def area(self) -> int:
        <doc>
        return 1
"""
LOAD = """
async def load(url: str, /, *, retries: int = 3) -> bytes | None:
    <doc>
    if retries < 0:
        raise errors.RetryError(retries)
    try:
        raise KeyError(url)
    except LookupError:
        return None
"""
OPEN = """
@contextlib.contextmanager
def opened(path):
    <doc>
    yield path
"""
METHOD = """
class Box:
    def grow(self, by):
        <doc>
        self.size += by
"""
STATIC = """
class Box:
    @staticmethod
    def made(side):
        <doc>
        return Box(side)
"""
OVERLOAD = """
@overload
def get(key: str) -> str:
    <doc>
    ...
"""
EXCEPTION = """
class Missing(Exception):
    <doc>
    pass
"""
PRIVATE = """
def _scan(text):
    <doc>
    return text
"""
ABSTRACT = """
class Shape:
    def area(self, scale):
        <doc>
        raise <unwritten>
""".replace("<unwritten>", UNWRITTEN)
KEYWORDS = """
def plot(data, **style):
    <doc>
    draw(data, style)
"""

GOOGLE_PARSE = '''"""Split a text into words.

Args:
    text: What is split.
    limit (int, optional): How many words are kept, at most;
        the rest is lost.
    *args: Passed on.
    **kwargs: Passed on too.

Returns:
    The words, in order.

Raises:
    ValueError: If the text is empty.
"""'''
NUMPY_PARSE = '''"""Split a text into words.

Parameters
----------
text : str
    What is split.
limit : int, optional
    How many words are kept, at most.
*args, **kwargs
    Passed on.

Returns
-------
list of str
    The words, in order.

Raises
------
ValueError
    If the text is empty.
"""'''
REST_PARSE = r'''r"""Split a text into words.

:param str text: What is split.
:param limit: How many words are kept,
    at most.
:type limit: int
:param \*args: Passed on.
:param \**kwargs: Passed on too.
:returns: The words, in order.
:rtype: list[str]
:raises ValueError: If the text is empty.
"""'''
