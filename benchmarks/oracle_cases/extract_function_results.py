"""Functions made of statements that return, that make two values, and that stand in a loop."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "extract-function"

RETURN = """def sign(value, names):
    kind = type(value)
«    if value < 0:
        return names[0], kind
    elif value > 0:
        return names[1], kind
    return names[2], kind
»"""
_RETURN = RETURN[RETURN.index("«") + 1 : RETURN.index("»")]
PAIR = """def bounds(values):
    first = last = None
«    low = min(values)
    high = max(values)
»    spread = high - low
    return low, spread, first, last
"""
_PAIR = "    low = min(values)\n    high = max(values)\n"
LOOP = """def runs(values):
    previous, count, found = None, 0, []
    for value in values:
«        if value == previous:
            count += 1
        else:
            found.append(count)
            count = 1
»        previous = value
    return found, count
"""
_LOOP = LOOP[LOOP.index("«") + 1 : LOOP.index("»")]
_LOOP_BODY = (
    _LOOP.replace("        ", "    ", 1).replace("\n        ", "\n    ").replace("        count", "        count")
)

SUBJECTS = (
    Subject(
        KIND,
        RETURN,
        right=(
            ((_RETURN, "    return _named(value, names, kind)\n\n\ndef _named(value, names, kind):\n" + _RETURN),),
            (
                (_RETURN, "    return named(kind, names, value)\n"),
                ("def sign", f"def named(kind, names, value):\n{_RETURN}\n\ndef sign"),
            ),
            (
                (_RETURN, "    return named(kind=kind, names=names, value=value)\n"),
                ("def sign", f"def named(*, kind, names, value):\n{_RETURN}\n\ndef sign"),
            ),
        ),
        wrong=(
            ((_RETURN, "    _named(value, names, kind)\n\n\ndef _named(value, names, kind):\n" + _RETURN),),
            (
                (
                    _RETURN,
                    "    return _named(value, names)\n\n\ndef _named(value, names):\n    kind = type(value)\n"
                    + _RETURN,
                ),
            ),
            (
                (
                    _RETURN,
                    "    return _named(value, names, kind)\n\n\ndef _named(value, names, kind):\n"
                    + _RETURN.replace("elif", "if").replace("names[1]", "names[2]"),
                ),
            ),
            ((_RETURN, "    kind = _named(value, names, kind)\n\n\ndef _named(value, names, kind):\n" + _RETURN),),
        ),
    ),
    Subject(
        KIND,
        PAIR,
        right=(
            (
                (_PAIR, "    low, high = ends(values)\n"),
                ("def bounds", f"def ends(values):\n{_PAIR}    return low, high\n\n\ndef bounds"),
            ),
            (
                (_PAIR, "    high, low = ends(values)\n"),
                ("def bounds", f"def ends(values):\n{_PAIR}    return high, low\n\n\ndef bounds"),
            ),
            (
                (_PAIR, "    (low, high) = ends(values)\n"),
                ("def bounds", f"def ends(values):\n{_PAIR}    return (low, high)\n\n\ndef bounds"),
            ),
            (
                (_PAIR, "    low, high = ends(values=values)\n"),
                ("def bounds", f"def ends(values: list) -> tuple:\n{_PAIR}    return low, high\n\n\ndef bounds"),
            ),
        ),
        wrong=(
            (
                (_PAIR, "    high, low = ends(values)\n"),
                ("def bounds", f"def ends(values):\n{_PAIR}    return low, high\n\n\ndef bounds"),
            ),
            (
                (_PAIR, "    low = ends(values)\n"),
                ("def bounds", f"def ends(values):\n{_PAIR}    return low\n\n\ndef bounds"),
            ),
            (
                (_PAIR, "    low, high = ends(values)\n"),
                ("def bounds", f"def ends(values):\n{_PAIR}    return [low, high]\n\n\ndef bounds"),
            ),
            (
                (_PAIR, "    low, high, first = ends(values)\n"),
                ("def bounds", f"def ends(values):\n{_PAIR}    return low, high, None\n\n\ndef bounds"),
            ),
            (
                (_PAIR, "    low, high = ends(first)\n"),
                ("def bounds", f"def ends(values):\n{_PAIR}    return low, high\n\n\ndef bounds"),
            ),
        ),
    ),
    Subject(
        KIND,
        LOOP,
        right=(
            (
                (_LOOP, "        count = step(count, found, previous, value)\n"),
                ("def runs", f"def step(count, found, previous, value):\n{_LOOP_BODY}    return count\n\n\ndef runs"),
            ),
            (
                (_LOOP, "        count = step(value, previous, count, found)\n"),
                ("def runs", f"def step(value, previous, count, found):\n{_LOOP_BODY}    return count\n\n\ndef runs"),
            ),
            (
                (_LOOP, "        count = step(value, previous, found=found, count=count)\n"),
                (
                    "def runs",
                    f"def step(value, previous, *, count, found):\n{_LOOP_BODY}    return count\n\n\ndef runs",
                ),
            ),
            (
                (_LOOP, "        count = step(value, previous, count, found)\n"),
                (
                    "def runs",
                    f'def step(value, previous, count, found):\n    """Take a step."""\n{_LOOP_BODY}    return count\n\n\ndef runs',
                ),
            ),
            (
                (_LOOP, "        count = step(value, previous, count, found)\n"),
                (
                    "    return found, count\n",
                    f"    return found, count\n\n\ndef step(value, previous, count, found):\n{_LOOP_BODY}    return count\n",
                ),
            ),
            (
                (_LOOP, "        count: int = step(value, previous, count, found)\n"),
                (
                    "def runs",
                    f"def step(value, previous, count: int, found) -> int:\n{_LOOP_BODY}    return count\n\n\ndef runs",
                ),
            ),
        ),
        wrong=(
            (
                (_LOOP, "        step(count, found, previous, value)\n"),
                ("def runs", f"def step(count, found, previous, value):\n{_LOOP_BODY}\n\ndef runs"),
            ),
            (
                (_LOOP, "        count = step(found, previous, value)\n"),
                (
                    "def runs",
                    f"def step(found, previous, value):\n    count = 0\n{_LOOP_BODY}    return count\n\n\ndef runs",
                ),
            ),
            (
                (_LOOP, "        count = step(count, found, previous, value)\n"),
                ("def runs", f"def step(count, found, value, previous):\n{_LOOP_BODY}    return count\n\n\ndef runs"),
            ),
            (
                (_LOOP, "        found = step(count, found, previous, value)\n"),
                ("def runs", f"def step(count, found, previous, value):\n{_LOOP_BODY}    return found\n\n\ndef runs"),
            ),
        ),
    ),
)
