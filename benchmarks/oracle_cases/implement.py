"""Bodies for stubs."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject, implement_more
from benchmarks.oracle_cases.implement_more import UNWRITTEN

KIND = "implement"

SUBJECTS = (
    Subject(
        KIND,
        '''def clamp(value: int, low: int, high: int) -> int:
    """Keep a number within bounds.

    >>> clamp(5, 0, 3)
    3
    >>> clamp(-1, 0, 3)
    0
    >>> clamp(2, 0, 3)
    2
    """
    ...
''',
        "clamp",
        "    ...\n",
        right=(
            "    return max(low, min(value, high))\n",
            "    if value < low:\n        return low\n    return high if value > high else value\n",
            "    return sorted((low, value, high))[1]\n",
            "    bounded = value\n    if bounded > high:\n        bounded = high\n    if bounded < low:\n        bounded = low\n    return bounded\n",
        ),
        wrong=(
            "    pass\n",
            "    ...  # later\n",
            "    return 0\n",
            f"    raise {UNWRITTEN}\n",
            "    # TODO: respect high\n    return max(value, low)\n",
            "    print(max(low, min(value, high)))\n",
            f"    if value < low:\n        raise {UNWRITTEN}(low)\n    return min(value, high)\n",
            "    max(low, min(value, high))\n",
            "    if value > high:\n        ...\n    return max(low, value)\n",
            (("low: int, high", "low: int = 0, high"), ("    ...\n", "    return max(low, min(value, high))\n")),
            (("Keep a number", "Keep any number"), ("    ...\n", "    return max(low, min(value, high))\n")),
            (("-> int", "-> float"), ("    ...\n", "    return max(low, min(value, high))\n")),
        ),
        unseen=(
            "    return min(low, max(value, high))\n",
            "    return value\n",
            "    return max(low, value)\n",
            "    return low if value < low else high\n",
            "    return max(low, min(value, high - 1))\n",
        ),
    ),
    Subject(
        KIND,
        '''class Stack:
    """Values, the last of which comes first."""

    def __init__(self):
        self.values = []

    def push(self, value):
        """Put a value on top."""
        self.values.append(value)

    def pop(self):
        """Take the top value off and give it; None when there is none."""
        raise NotImplementedError("soon")

    @property
    def top(self):
        """The value on top, left where it is; None when there is none."""
        return self.values[-1] if self.values else None
''',
        "Stack.pop",
        '        raise NotImplementedError("soon")\n',
        right=(
            "        return self.values.pop() if self.values else None\n",
            "        if not self.values:\n            return None\n        return self.values.pop()\n",
            "        try:\n            return self.values.pop()\n        except IndexError:\n            return None\n",
            "        top = self.top\n        del self.values[-1:]\n        return top\n",
        ),
        wrong=(
            "        pass\n",
            '        """Take it."""\n',
            f'        raise {UNWRITTEN}("later")\n',
            "        # FIXME\n        return self.values.pop()\n",
            "        return self.valeus.pop() if self.values else nothing\n",
            (
                ('        raise NotImplementedError("soon")\n', "        return self.values.pop()\n"),
                ("class Stack:", "class Heap:"),
            ),
            (
                ("def pop(self)", "def pop(self, default=None)"),
                ('raise NotImplementedError("soon")', "return self.values.pop()"),
            ),
            (
                ("self.values.append(value)", "self.values.insert(0, value)"),
                ('raise NotImplementedError("soon")', "return self.values.pop(0)"),
            ),
            (("    @property\n", ""), ('raise NotImplementedError("soon")', "return self.values.pop()")),
        ),
        unseen=(
            "        return self.values.pop()\n",
            "        return self.top\n",
            "        return self.values.pop(0) if self.values else None\n",
            "        return self.values and self.values.pop()\n",
        ),
        tests="""from mod import Stack


def test_the_last_comes_first():
    stack = Stack()
    stack.push(1)
    stack.push(2)
    assert stack.pop() == 2
    assert stack.pop() == 1
    assert stack.pop() is None


def test_top():
    stack = Stack()
    stack.push(1)
    assert stack.top == 1
""",
    ),
    Subject(
        KIND,
        '''import asyncio


async def first(delays: list[float]) -> int | None:
    """Give the place of the shortest delay; None without any."""
    pass
''',
        "first",
        "    pass\n",
        right=(
            "    if not delays:\n        return None\n    return min(range(len(delays)), key=delays.__getitem__)\n",
            "    await asyncio.sleep(0)\n    return delays.index(min(delays)) if delays else None\n",
            "    best = None\n    for place, delay in enumerate(delays):\n        if best is None or delay < delays[best]:\n            best = place\n    return best\n",
        ),
        wrong=(
            "    ...\n",
            "    return None\n",
            "    return  # TODO\n",
            (("async def", "def"), ("    pass\n", "    return delays.index(min(delays)) if delays else None\n")),
            (
                ("delays: list[float]", "delays"),
                ("    pass\n", "    return delays.index(min(delays)) if delays else None\n"),
            ),
            (
                ("import asyncio\n", "import asyncio\n\nasyncio.run = None\n"),
                ("    pass\n", "    return 1 if delays else None\n"),
            ),
        ),
        unseen=(
            "    return delays.index(min(delays))\n",
            "    return min(delays) if delays else None\n",
            "    return delays.index(max(delays)) if delays else None\n",
            "    return len(delays) - 1 if delays else None\n",
        ),
        tests="""import asyncio

from mod import first


def test_first():
    assert asyncio.run(first([3.0, 0.5, 2.0])) == 1
    assert asyncio.run(first([])) is None
""",
    ),
    Subject(
        KIND,
        '''from collections.abc import Iterator


def windows(items: list[int], size: int) -> Iterator[list[int]]:
    """Give each run of neighbours of a size, in order.

    >>> list(windows([1, 2, 3], 2))
    [[1, 2], [2, 3]]
    >>> list(windows([1], 2))
    []
    """


def other(items):
    return items
''',
        "windows",
        '    []\n    """\n',
        right=(
            '    []\n    """\n    for start in range(len(items) - size + 1):\n        yield items[start : start + size]\n',
            '    []\n    """\n    return (items[start : start + size] for start in range(len(items) - size + 1))\n',
            '    []\n    """\n    ends = range(size, len(items) + 1)\n    yield from (items[end - size : end] for end in ends)\n',
        ),
        wrong=(
            '    []\n    """\n    ...\n',
            '    []\n    """\n    # XXX: to be done\n    return iter(())\n',
            '    []\n    ... """\n    for start in range(len(items) - size + 1):\n        yield items[start : start + size]\n',
            '    []\n    """\n    for start in range(len(items) - size + 1):\n        yield items[start : begin + size]\n',
            (
                ('    []\n    """\n', '    []\n    """\n    yield items\n'),
                ("    return items\n", "    return list(items)\n"),
            ),
        ),
        unseen=(
            '    []\n    """\n    for start in range(len(items) - size):\n        yield items[start : start + size]\n',
            '    []\n    """\n    for start in range(len(items)):\n        yield items[start : start + size]\n',
            '    []\n    """\n    for start in range(0, len(items), size):\n        yield items[start : start + size]\n',
            '    []\n    """\n    yield items\n',
        ),
    ),
    *implement_more.SUBJECTS,
)
